"""A writer: a process that does one deed after the other, tells each one once its call has returned, and is killed.

It is forked from the process that runs the round, which has imported everything. What it says are lines of JSON on a
pipe; a line that the kill has cut short was not said.
"""

from __future__ import annotations

import json
import os
import random
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaignflow import Campaign
from campaignflow.errors import CampaignflowError
from campaignflow.services import recording
from campaignflow.store import postgres
from tests.chaos.deeds import Deed, Doer
from tests.chaos.draws import Life
from tests.chaos.dying import Reaper, watch_postgresql, watch_sqlite
from tests.chaos.marks import Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a writer works, life after life."""

    slot: int
    url: str
    plan: str
    #: Where copies go.
    folder: Path
    #: Whether it acknowledges before it commits.
    early: bool


class Writer:
    """One life."""

    def __init__(self, life: Life, desk: Desk, marks: Marks, pipe: int) -> None:
        self._reaper = Reaper(life, marks, desk.slot)
        self._pipe = pipe
        self._early = desk.early
        self._parent = os.getppid()
        self._written: list[tuple[int, str]] = []
        self._said: dict[str, object] = {}
        watch_sqlite(self._reaper)  # on PostgreSQL too: backups are SQLite files
        if not desk.url.startswith("sqlite"):
            watch_postgresql(self._reaper)
            if not life.patient:
                postgres.RECONNECT_SECONDS = 0.0
        self._note_what_is_recorded()
        campaign = Campaign.open(database=desk.url, campaign=desk.plan, now=lambda: marks.now(desk.plan))
        self._doer = Doer(
            campaign=campaign, plan=desk.plan, marks=marks, life=life.number, chance=random.Random(life.seed),
            folder=desk.folder,
        )  # fmt: skip

    def live(self) -> None:
        """Works until it is killed, or nobody listens any more."""
        self._try(self._doer.begin)
        while os.getppid() == self._parent:
            if self._try(self._doer.next) == "campaign-closed":
                self._try(self._doer.reopen)

    def _try(self, draw: Callable[[], Deed | None]) -> str | None:
        """Draws a deed and does it; tells what became of it, and gives the code of the error if it was refused."""
        self._written.clear()
        self._said = {"deed": "look", "token": "", "files": ()}
        try:
            deed = draw()
            if deed is None:
                return None
            self._said = {"deed": deed.name, "token": deed.token, "files": deed.files}
            answer = deed.act()
            self._said |= self._told(deed, answer)
        except CampaignflowError as error:
            self._reaper.told()
            self._say(error=error.code, text=str(error))
            return error.code
        self._reaper.returned()
        if not self._early:
            self._say(events=self._written)
        self._reaper.told()
        return None

    def _told(self, deed: Deed, answer: Any) -> dict[str, object]:
        """What an answer says besides the events.

        Raises:
            AssertionError: it names an event that was not noted when it was written: then nothing is proven here.
        """
        noted = {sequence for sequence, _ in self._written}
        named = {
            one.sequence for one in (answer if isinstance(answer, tuple) else (answer,)) if hasattr(one, "sequence")
        }
        assert named <= noted, f"{deed.name} wrote {named - noted} past Recorder.record"
        if deed.copy is None:
            return {}
        return {"copy": deed.copy, "kept": [(one.campaign, one.events, one.head) for one in answer]}

    def _note_what_is_recorded(self) -> None:
        """Keeps sequence and hash of every event that a call writes, as they are when it is written."""
        record = recording.Recorder.record

        def noted(recorder: recording.Recorder, *arguments: Any, **options: Any) -> Any:
            event = record(recorder, *arguments, **options)
            self._written.append((event.sequence, recorder.hash.hex()))
            if self._early:  # the mistake that a run must find: said before it is committed
                self._say(events=self._written[-1:])
            return event

        recording.Recorder.record = noted  # type: ignore[assignment, method-assign]

    def _say(self, **more: object) -> None:
        os.write(self._pipe, json.dumps({**self._said, **more}).encode() + b"\n")


def live(life: Life, desk: Desk, marks: Marks, pipe: int) -> None:
    """What the process does. It never returns: it is killed, or ends because it met what it must not."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        Writer(life, desk, marks, pipe).live()
    except BrokenPipeError:
        pass
    except BaseException:  # noqa: BLE001
        os.write(pipe, json.dumps({"crash": traceback.format_exc()[-3000:]}).encode() + b"\n")
    finally:
        os._exit(70)
