"""One durable step: ours through the library, the floor, and what others do for it.

Ours: `Campaign.advance` on a database file (WAL, synchronous=FULL): who may, the guards, the clock's work, the row by
compare-and-set, an event chained by its hash. Measured against a bare insert + update + commit with the same pragmas
and an event of the same size. Every step moves another assignment, and is checked to have moved it.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import ROUNDS, Row, Timing, interleave
from peers.bare_sqlite import BareStore, SameTables
from peers.with_django import DjangoFsm
from peers.with_transitions import Machines
from sample import applied, key

from campaignflow import Campaign

STEPS = 100
"""Steps in one call: enough to make the clock's own cost nothing."""

WARM = 3


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measures the steps; the row carries the target of the release."""
    count = (rounds + WARM) * STEPS
    with _contenders(count) as (campaign, contenders):
        calls = {name: _batches(take) for name, take in contenders.items()}
        timings = interleave(calls, rounds=rounds, warm=WARM)
        _check(campaign, count)
    return [_row({name: timing.per(STEPS) for name, timing in timings.items()})]


Take = Callable[[Sequence[int]], object]


@contextmanager
def _contenders(count: int) -> Iterator[tuple[Campaign, dict[str, Take]]]:
    """Everybody who takes steps, each with `count` assignments of its own in a file of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with applied(folder / "ours", count + 1) as campaign:
            body = _body(campaign, count)
            campaign.close()  # so that the file is whole and can be copied
            floor = BareStore(folder / "floor.db", count, body)
            again = BareStore(folder / "again.db", count, body)
            mixed = Stored(Machines(count), BareStore(folder / "mixed.db", count, body))
            yield (
                campaign,
                {
                    "ours": lambda numbers: _advance(campaign, numbers),
                    "floor": floor.steps,
                    "again": again.steps,
                    "tables": _same_tables(folder, count, body).steps,
                    "transitions": Machines(count).steps,
                    "stored": mixed.steps,
                    "django": DjangoFsm(folder / "django.db", count, body).steps,
                },
            )


@dataclass(frozen=True)
class Stored:
    """`transitions` for the step, the floor's write to keep it."""

    machines: Machines
    store: BareStore

    def steps(self, numbers: Iterable[int]) -> None:
        """One step each, durably."""
        self.machines.stored_steps(numbers, self.store)


def _same_tables(folder: Path, count: int, body: str) -> SameTables:
    copy = folder / "tables.db"
    shutil.copy(folder / "ours" / ".campaignflow" / "campaign.db", copy)
    return SameTables(copy, [key(number) for number in range(count)], 2, body)


def _row(seconds: dict[str, Timing]) -> Row:
    return Row(
        case="a durable step: Campaign.advance",
        ours=seconds["ours"],
        peer=seconds["floor"],
        against="bare SQLite: insert, update, commit",
        target=1.5,
        others={
            "the same once more (the run's noise)": seconds["again"],
            "bare SQLite, on the product's tables and indexes": seconds["tables"],
            "transitions, a model per object, in memory": seconds["transitions"],
            "transitions and the bare SQLite write": seconds["stored"],
            "django-fsm and Django's ORM": seconds["django"],
        },
    )


def _body(campaign: Campaign, spare: int) -> str:
    """An event as ours writes it, taken with the one assignment that is not measured."""
    campaign.advance(key(spare), "register")
    return campaign.history(key(spare))[-1].canonical().decode()


def _batches(take: Take) -> Callable[[], object]:
    numbers = itertools.count()
    return lambda: take(list(itertools.islice(numbers, STEPS)))


def _advance(campaign: Campaign, numbers: Iterable[int]) -> None:
    for number in numbers:
        campaign.advance(key(number), "register")


def _check(campaign: Campaign, count: int) -> None:
    """Every assignment was moved, and the journal proves it; a figure for less would mean nothing."""
    phases = campaign.status().totals.by_phase
    if phases["opening"] != count + 1 or not campaign.verify().ok:
        raise SystemExit(f"not every step was taken: {phases}")
