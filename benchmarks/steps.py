"""One durable step: ours through the library, the floor, and what others do for it.

Ours: `Campaign.advance` on a database file (WAL, synchronous=FULL): who may, the guards, the clock's work, the row by
compare-and-set, an event chained by its hash. Measured against a bare insert + update + commit with the same pragmas
and an event of the same size. Every step moves another assignment, and is checked to have moved it.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from harness import ROUNDS, Row, Timing, interleave
from peers.bare_sqlite import BareStore
from peers.with_django import DjangoFsm
from peers.with_transitions import Machines
from sample import applied, key

from campaignflow import Campaign

STEPS = 40
"""Steps in one call: enough to make the clock's own cost nothing."""

WARM = 3


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measures the steps; the row carries the target of the release."""
    rows = (rounds + WARM) * STEPS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with applied(folder / "ours", rows + 1) as campaign:
            body = _body(campaign, rows)
            floor = BareStore(folder / "floor.db", rows, body)
            again = BareStore(folder / "again.db", rows, body)
            mixed, machines, more = BareStore(folder / "mixed.db", rows, body), Machines(rows), Machines(rows)
            django = DjangoFsm(folder / "django.db", rows, body)
            timings = interleave(
                {
                    "ours": _batches(lambda numbers: _advance(campaign, numbers)),
                    "floor": _batches(floor.steps),
                    "again": _batches(again.steps),
                    "transitions": _batches(machines.steps),
                    "stored": _batches(lambda numbers: more.stored_steps(numbers, mixed)),
                    "django": _batches(django.steps),
                },
                rounds=rounds,
                warm=WARM,
            )
            _check(campaign, rows)
    return [_row({name: timing.per(STEPS) for name, timing in timings.items()})]


def _row(seconds: dict[str, Timing]) -> Row:
    return Row(
        case="a durable step: Campaign.advance",
        ours=seconds["ours"],
        peer=seconds["floor"],
        against="bare SQLite: insert, update, commit",
        target=1.5,
        others={
            "the same once more (the run's noise)": seconds["again"],
            "transitions, a model per object, in memory": seconds["transitions"],
            "transitions and the bare SQLite write": seconds["stored"],
            "django-fsm and Django's ORM": seconds["django"],
        },
    )


def _body(campaign: Campaign, spare: int) -> str:
    """An event as ours writes it, taken with the one assignment that is not measured."""
    campaign.advance(key(spare), "register")
    return campaign.history(key(spare))[-1].canonical().decode()


def _batches(take: Callable[[Sequence[int]], object]) -> Callable[[], object]:
    numbers = itertools.count()
    return lambda: take(list(itertools.islice(numbers, STEPS)))


def _advance(campaign: Campaign, numbers: Iterable[int]) -> None:
    for number in numbers:
        campaign.advance(key(number), "register")


def _check(campaign: Campaign, rows: int) -> None:
    """Every assignment was moved, and the journal proves it; a figure for less would mean nothing."""
    states = campaign.status().totals.by_phase
    if states["opening"] != rows + 1 or not campaign.verify().ok:
        raise SystemExit(f"not every step was taken: {states}")
