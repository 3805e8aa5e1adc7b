"""What a run counts, and how it says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.draws import ENGINES
from tests.chaos.marks import Phase

_PHASES = {
    Phase.INSIDE: "inside a write transaction", Phase.COMMITTING: "inside its COMMIT",
    Phase.RETURNED: "committed and not yet acknowledged", Phase.WAITING: "waiting for the right to write",
    Phase.BETWEEN: "between transactions, reading or starting",
}  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What happened in one round, or in all of them."""

    rounds: int = 0
    #: Kills by engine.
    kills: Counter[str] = field(default_factory=Counter)
    #: Kills by where they hit.
    phases: Counter[Phase] = field(default_factory=Counter)
    server_kills: int = 0
    #: Of these, those by which a writer lost the answer to its COMMIT.
    server_kills_in_commit: int = 0
    #: Events that writers acknowledged.
    events: int = 0
    files: int = 0
    #: Deeds that writers acknowledged, by name.
    deeds: Counter[str] = field(default_factory=Counter)
    #: Deeds that are in the journal though nobody was told: killed between COMMIT and word, or in doubt.
    survived: int = 0
    in_doubt: int = 0
    #: Refusals, by the error's code.
    refusals: Counter[str] = field(default_factory=Counter)
    #: Backups and copies that were compared with their original.
    copies: int = 0
    looks: int = 0
    verified: int = 0
    lost: int = 0
    doubled: int = 0
    #: Campaign, number of events and hash of the last one, of each campaign.
    heads: list[str] = field(default_factory=list)
    #: Everything that was not as promised, in words, with the round it was in.
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Adds what another one has counted."""
        for name in Tally.__slots__:
            theirs, ours = getattr(other, name), getattr(self, name)
            if isinstance(ours, Counter):
                ours.update(theirs)
            elif isinstance(ours, list):
                ours.extend(theirs)
            else:
                setattr(self, name, ours + theirs)

    def progress(self, seconds: float) -> str:
        """One line of how far it is."""
        kills = self.kills.total()
        where = ", ".join(f"{engine} {self.kills[engine]:,}" for engine in ENGINES if self.kills[engine])
        return (
            f"{seconds:6.0f} s  {kills:,} kills ({where}; {self.biting:,} in a transaction; server {self.server_kills})"
            f"  {self.events:,} events acknowledged, {self.lost} lost, {self.doubled} doubled"
            f"  {self.verified:,} times verified"
        )

    @property
    def biting(self) -> int:
        """The kills that hit inside a write transaction, its COMMIT included."""
        return self.phases[Phase.INSIDE] + self.phases[Phase.COMMITTING]

    def summary(self, seed: int, seconds: float) -> str:
        """Everything, for people."""
        kills = self.kills.total()
        lost_answers = f"{self.server_kills_in_commit:,} between a writer's COMMIT and its answer"
        lines = [
            f"seed {seed}, {self.rounds:,} rounds, {seconds:.0f} s",
            f"kills of writers        {kills:,}",
            *(f"  on {engine:20} {self.kills[engine]:,}" for engine in ENGINES if self.kills[engine]),
            *(f"  {words:44} {self.phases[phase]:,} ({_share(self.phases[phase], kills)})"
              for phase, words in _PHASES.items()),
            f"kills of the server     {self.server_kills:,}, {lost_answers}",
            f"events acknowledged     {self.events:,}, in {self.deeds.total():,} calls",
            f"  {_counts(self.deeds)}",
            f"files acknowledged      {self.files:,}",
            f"backups and copies      {self.copies:,}, each compared with its original",
            f"written, nobody told    {self.survived:,} calls",
            f"in doubt                {self.in_doubt:,}",
            f"refused                 {self.refusals.total():,} calls",
            f"  {_counts(self.refusals)}",
            f"lost                    {self.lost:,}",
            f"doubled                 {self.doubled:,}",
            f"looked into the journal {self.looks:,} times",
            f"verified                {self.verified:,} times, {'all clean' if not self.failures else 'see below'}",
        ]  # fmt: skip
        heads = [f"head                    {head}" for head in self.heads] if self.rounds == 1 else []
        return "\n".join([*lines, *heads, *self.failures])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counted.most_common()) or "-"
