"""Steps in bulk: ours through the library, a table in a dict with batched writes, and what others do for it.

Ours: `Campaign.advance_many` on a database file: who may, the guards, the clock's work, every row by compare-and-set,
an event each, chained by its hash; all of it in one transaction. Measured against the least that takes the same steps:
the states read, a dict of (state, trigger) that gives the next one, rows and lines of a journal by `executemany`.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness import ROUNDS, Row, interleave, table
from peers.dict_table import DictTable
from peers.with_django import DjangoFsm
from peers.with_transitions import Machines
from sample import applied, key

from campaignflow import Campaign

STEPS = 5_000
"""Steps in one transaction."""
_ROUNDS, _WARM = 7, 1


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measures the steps; the row carries the target of the release."""
    few = min(rounds, _ROUNDS)
    count = (few + _WARM) * STEPS
    with _contenders(count) as (campaign, contenders):
        calls = {name: _batches(take) for name, take in contenders.items()}
        seconds = interleave(calls, rounds=few, warm=_WARM)
        _check(campaign, count)
    each = {name: timing.per(STEPS) for name, timing in seconds.items()}
    return [
        Row(
            case=f"{STEPS:,} steps in bulk, one of them", ours=each["ours"], peer=each["dict"],
            against="a dict table, writes in batches", target=5.0,
            others={
                "transitions, a model per object, in memory": each["transitions"],
                "transitions, and writes in batches": each["stored"],
                "django-fsm and Django's ORM, in one transaction": each["django"],
            },
        )
    ]  # fmt: skip


Take = Callable[[Sequence[int]], object]


@contextmanager
def _contenders(count: int) -> Iterator[tuple[Campaign, dict[str, Take]]]:
    """Everybody who takes steps, each with `count` assignments of its own in a file of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with applied(folder / "ours", count + 1) as campaign:
            campaign.advance(key(count), "register")
            body = campaign.history(key(count))[-1].canonical().decode()
            keys = [key(number) for number in range(count)]
            plain, mixed = DictTable(folder / "dict.db", keys), DictTable(folder / "mixed.db", keys)
            machines = Machines(count)
            yield (
                campaign,
                {
                    "ours": lambda numbers: campaign.advance_many([key(number) for number in numbers], "register"),
                    "dict": lambda numbers: plain.steps([key(number) for number in numbers], *_SAID),
                    "transitions": Machines(count).steps,
                    "stored": lambda numbers: _machines(machines, mixed, numbers),
                    "django": DjangoFsm(folder / "django.db", count, body).steps_at_once,
                },
            )


_SAID = ("register", "coordinator", "2020-09-21T08:00:00+07:00")


def _machines(machines: Machines, store: DictTable, numbers: Sequence[int]) -> None:
    before = [machines.models[number].state for number in numbers]
    machines.steps(numbers)
    moves = {key(number): (old, machines.models[number].state) for number, old in zip(numbers, before, strict=True)}
    store.write_at_once(moves, *_SAID)


def _batches(take: Take) -> Callable[[], object]:
    numbers = itertools.count()
    return lambda: take(list(itertools.islice(numbers, STEPS)))


def _check(campaign: Campaign, count: int) -> None:
    """Every assignment was moved, and the journal proves it; a figure for less would mean nothing."""
    phases = campaign.status().totals.by_phase
    if phases["opening"] != count + 1 or not campaign.verify().ok:
        raise SystemExit(f"not every step was taken: {phases}")


if __name__ == "__main__":
    print(table(run()))
