"""Running one round: writers are born, killed where their lives say so, and what they said is held against the journal.

This process never opens a campaign and has no thread, so that it can fork at any time; writers are forked from it.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import auditing
from tests.chaos.copies import Copies
from tests.chaos.deeds import BEGIN, plans
from tests.chaos.draws import Life, Round
from tests.chaos.engines import Database
from tests.chaos.ledger import Ledger
from tests.chaos.marks import Marks, Phase
from tests.chaos.tally import Tally
from tests.chaos.workers import Desk, live

SILENCE_SECONDS = 60.0
"""A writer that says nothing for so long waits for something that does not come."""
UNREACHED = 600
"""After so many words a writer would have come to where it is to die, if its statements were heard."""

EXPECTED = frozenset({
    "step-not-allowed", "step-overtaken", "trigger-unknown", "not-your-step", "step-refused", "opening-has-begun",
    "no-report-owed", "report-owed", "document-needed", "reason-needed", "part-unknown", "event-unknown", "event-known",
    "campaign-closed", "not-closed", "key-taken", "occupied-states", "nothing-to-undo", "used-by-consolidation",
    "nothing-to-extend", "not-later", "not-your-date", "not-on-demand", "not-assigned-to", "agency-unknown",
    "delegate-to-itself", "delegation-reversed", "key-unknown", "not-on-behalf", "promise-in-the-past",
})  # fmt: skip
"""Why a deed may be refused: by the campaign's rules, or because another writer was faster. Never by the store."""
AWAY = frozenset({"store-unreachable", "store-lost"})
"""What writers may meet besides where the server was killed under them: it says that nothing was written."""
IN_DOUBT = "store-in-doubt"
"""What they may meet there too: it says that nobody knows."""
MID_COMMIT_SECONDS = 0.5
"""How long the one who kills the server waits for a writer to be inside its COMMIT."""


@dataclass(slots=True)
class Writer:
    """A living writer, as the one who kills it sees it."""

    life: Life
    process: int
    pipe: int
    slot: int
    plan: str
    heard: bytes = b""
    words: int = 0
    #: When it was last heard of, and when it is to be killed, by the monotonic clock.
    last: float = field(default_factory=time.monotonic)
    due: float | None = None


class Runner:
    """One round."""

    def __init__(self, drawn: Round, database: Database, folder: Path, *, early: bool = False) -> None:
        self.drawn = drawn
        self.database = database
        self.tally = Tally(rounds=1)
        self.failures: list[str] = []
        self._marks = Marks()
        (folder / "copies").mkdir()
        self._copies = Copies(folder / "copies")
        self._desks = [
            Desk(
                slot=slot, url=database.url, plan=drawn.plans[slot % len(drawn.plans)], folder=self._copies.folder,
                early=early,
            )
            for slot in range(drawn.writers)
        ]  # fmt: skip
        self._ledgers = {name: Ledger() for name in drawn.plans}
        self._writers: dict[int, Writer] = {}
        self._selector = selectors.DefaultSelector()
        self._born = 0
        #: How often the server was killed; see `_kill_the_server`.
        self._crashes = 0

    def run(self) -> Tally:
        """Runs it; gives what it counted, failures included."""
        for name in self.drawn.plans:
            plans(name)
            self._marks.set_clock(name, BEGIN[name])
        try:
            while (self._born < self.drawn.kills or self._writers) and not self.failures:
                self._turn()
            self._end()
        finally:
            for writer in [*self._writers.values()]:
                os.kill(writer.process, signal.SIGKILL)
                self._bury(writer)
            self._selector.close()
            self._marks.close()
        return self.tally

    def _turn(self) -> None:
        """Until the next thing happens: somebody speaks, or dies, or is to be killed."""
        free = set(range(self.drawn.writers)) - self._writers.keys()
        for slot in sorted(free):
            if self._born < self.drawn.kills:
                self._bear(slot)
        for key, _ in self._selector.select(self._patience()):
            self._hear(self._writers[key.data])
        due = [kills for kills in self.drawn.server_kills if kills <= self.tally.kills.total()]
        if len(due) > self._crashes and self._writers:
            self._kill_the_server()
        now = time.monotonic()
        for writer in [*self._writers.values()]:
            if writer.due is not None and writer.due <= now:
                os.kill(writer.process, signal.SIGKILL)
                self._died(writer)
            elif now - writer.last > SILENCE_SECONDS:
                self._fail(f"life {writer.life.number} was silent for {SILENCE_SECONDS:.0f} s "
                           f"({self._marks.get(writer.slot).name.lower()})")  # fmt: skip

    def _patience(self) -> float:
        due = [writer.due for writer in self._writers.values() if writer.due is not None]
        return max(0.0, min([*due, time.monotonic() + 1.0]) - time.monotonic())

    # --- life and death

    def _bear(self, slot: int) -> None:
        self._born += 1
        life = self.drawn.life(self._born)
        reading, writing = os.pipe()
        self._marks.set(slot, Phase.BETWEEN)
        process = os.fork()
        if process == 0:
            os.close(reading)
            live(life, self._desks[slot], self._marks, writing)
        os.close(writing)
        os.set_blocking(reading, False)
        writer = Writer(life=life, process=process, pipe=reading, slot=slot, plan=self._desks[slot].plan)
        self._writers[slot] = writer
        self._selector.register(reading, selectors.EVENT_READ, slot)
        self._set_due(writer)

    def _set_due(self, writer: Writer) -> None:
        """Once the words of its life are said, the time of its death is certain."""
        life = writer.life
        if writer.due is None and life.place == "instant" and writer.words >= life.words:
            writer.due = time.monotonic() + life.seconds
        elif writer.due is None and writer.words >= UNREACHED:
            self._fail(f"life {life.number} does not come to where it is to die: its statements are not heard")

    def _died(self, writer: Writer) -> None:
        """Hears what it had said, notes where the kill has hit, and looks whether everything is there."""
        status = self._bury(writer)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            self.tally.kills[self.drawn.engine] += 1
            self.tally.phases[self._marks.get(writer.slot)] += 1
        else:
            self._fail(f"life {writer.life.number} ended by itself ({status})")
        if writer.life.looked_at:
            self._look()
        if self.tally.kills.total() % self.drawn.verified_every == 0 and not self.failures:
            self._audit()

    def _bury(self, writer: Writer) -> int:
        _, status = os.waitpid(writer.process, 0)
        while self._read(writer):
            pass
        self._selector.unregister(writer.pipe)
        os.close(writer.pipe)
        del self._writers[writer.slot]
        return status

    def _kill_the_server(self) -> None:
        """Kills the server once a writer is inside its COMMIT, and starts it again; the writers work on."""
        commits, seconds = self.drawn.server_waits(self._crashes)
        commits += self._marks.commits
        shot = self.database.aim()
        until = time.monotonic() + MID_COMMIT_SECONDS
        while time.monotonic() < until and (self._marks.commits < commits or not self._committing()):
            pass  # a COMMIT is over before one could wait for it
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pass
        committing = shot.fire(self._committing)
        self._crashes += 1
        self.tally.server_kills += 1
        self.tally.server_kills_in_commit += committing
        shot.start_again()
        self._look()

    def _committing(self) -> bool:
        return any(self._marks.get(slot) is Phase.COMMITTING for slot in self._writers)

    # --- what they say

    def _hear(self, writer: Writer) -> None:
        if not self._read(writer):
            self._died(writer)

    def _read(self, writer: Writer) -> bool:
        """Takes down what a writer has said since; false at its end."""
        try:
            heard = os.read(writer.pipe, 1 << 16)
        except BlockingIOError:
            return False
        *lines, writer.heard = (writer.heard + heard).split(b"\n")
        for line in lines:
            self._take_down(writer, line)
        if lines:
            writer.last = time.monotonic()
            self._set_due(writer)
        return bool(heard)

    def _take_down(self, writer: Writer, line: bytes) -> None:
        said, ledger = json.loads(line), self._ledgers[writer.plan]
        if "crash" in said:
            self._fail(f"life {writer.life.number}: {said['crash']}")
        elif "error" in said:
            self._refused(writer, said)
        else:
            writer.words += 1
            ledger.acknowledge(said)
            if "copy" in said:
                self._copies.acknowledge(said)
            self.tally.events += len(said["events"])
            self.tally.files += len(said["files"])
            self.tally.deeds[said["deed"]] += 1

    def _refused(self, writer: Writer, said: dict[str, str]) -> None:
        """Takes down what a writer could not do. That it was refused promises that nothing of it is written."""
        code = said["error"]
        if code == IN_DOUBT and self._crashes:
            self.tally.in_doubt += 1
            return
        self._ledgers[writer.plan].refused.add(said["token"])
        self.tally.refusals[code] += 1
        if code in EXPECTED:
            writer.words += 1
        elif not (code in AWAY and self._crashes):
            self._fail(f"life {writer.life.number} met {code} at {said['deed']}: {said['text']}")

    # --- what is there

    def _look(self) -> None:
        self._lose(auditing.look(self.database, self._ledgers, self.tally))

    def _audit(self) -> None:
        self._lose(auditing.audit(self.database, self._ledgers, self.tally))
        if not self.failures:
            self._lose(
                auditing.audit_copies(self._copies, self.database, self._ledgers, self.tally, over=not self._writers)
            )

    def _lose(self, found: list[str]) -> None:
        self.tally.lost += sum(text.endswith("is lost") for text in found)
        self.tally.doubled += sum(" was done " in text for text in found)
        for text in found:
            self._fail(text)

    def _end(self) -> None:
        if not self.failures:
            self._audit()
        self.tally.doubled += sum(ledger.doubled for ledger in self._ledgers.values())
        if self.tally.doubled and not self.failures:
            self._fail("an event was acknowledged twice")
        for name, ledger in self._ledgers.items():
            journal = self.database.journal(name)
            self.tally.survived += ledger.survived(journal)
            self.tally.heads.append(f"{name} {journal[-1][0]} {journal[-1][1]}" if journal else f"{name} -")

    def _fail(self, text: str) -> None:
        self.failures.append(text)
        self.tally.failures.append(f"round {self.drawn.number} ({self.drawn.engine}): {text}")
