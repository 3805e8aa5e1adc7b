"""Amending one deadline of a plan: what reading and comparing cost as the plan grows, and what is written.

    python benchmarks/amend.py

Reading the plan and comparing it with the one that runs may cost in proportion to the plan: the time for one unit is
shown for a small plan, a larger one and one of 65,000 units, against the small one, where 1 is exactly in proportion.
What is written must not grow with the plan: rows and bytes of one amendment are counted, and a run in which they do
says so.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path

from harness import ROUNDS, Row, Timing, table
from sample import BEFORE, applied

from campaignflow import Campaign, load_plan

SIZES = (1_000, 10_000, 65_000)
_ROUNDS = 5
_DAYS = ("2020-10-25", "2020-10-26")
"""The two days between which the deadline goes back and forth."""


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measures one amendment of plans of several sizes."""
    few = min(rounds, _ROUNDS)
    measured = {size: _measure(size, few) for size in SIZES}
    smallest = measured[SIZES[0]]
    rows = [
        Row(case=f"{name}, a unit of {size:,}", ours=found[name].per(size), peer=smallest[name].per(SIZES[0]),
            against=f"a unit of {SIZES[0]:,}")
        for size, found in measured.items()
        if size != SIZES[0]
        for name in ("reading the plan", "amending (compared, written)")
    ]  # fmt: skip
    return rows


def _measure(size: int, rounds: int) -> dict[str, Timing]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with applied(folder, size) as campaign:
            read, amended = [], []
            for number in range(rounds + 1):
                seconds = _amend(folder, campaign, number, size)
                read.append(seconds[0])
                amended.append(seconds[1])
            _ask(campaign, size)
    return {"reading the plan": Timing.of(read[1:]), "amending (compared, written)": Timing.of(amended[1:])}


def _amend(folder: Path, campaign: Campaign, number: int, size: int) -> tuple[float, float]:
    plan = folder / "plan.yaml"
    old, new = _DAYS if number % 2 == 0 else reversed(_DAYS)
    text = plan.read_text(encoding="utf-8")
    changed = text.replace(f"due: {{before: {old}}}", f"due: {{before: {new}}}")
    assert changed != text, "the deadline was not found"
    plan.write_text(changed, encoding="utf-8")
    began = time.perf_counter()
    loaded = load_plan(plan)
    read = time.perf_counter()
    before = _written(folder)
    applied = campaign.apply_loaded(loaded, now=BEFORE)
    ended = time.perf_counter()
    if number == 0:
        rows, length = (after - was for was, after in zip(before, _written(folder), strict=True))
        print(f"  {size:>6,} units: one deadline amended wrote {rows} rows and {length:,} bytes", flush=True)
    if not applied.changed or len(applied.affected) != size:
        raise SystemExit("the amendment is not what was meant")
    return read - began, ended - read


def _written(folder: Path) -> tuple[int, int]:
    """Rows that an amendment adds to, and their bytes: assignments counted by the sum of their versions."""
    connection = sqlite3.connect(folder / ".campaignflow" / "campaign.db")
    revisions = "sum(length(header) + length(lifecycles) + length(calendar) + length(plan))"
    counts = (
        f"SELECT count(*), coalesce({revisions}, 0) FROM revision",
        "SELECT count(*), coalesce(sum(length(body)), 0) FROM plan_part",
        "SELECT count(*), coalesce(sum(length(body)), 0) FROM journal",
        "SELECT coalesce(sum(version), 0), 0 FROM assignment",
    )
    found = [connection.execute(sql).fetchone() for sql in counts]
    connection.close()
    return sum(row[0] for row in found), sum(row[1] for row in found)


def _ask(campaign: Campaign, size: int) -> None:
    if campaign.status(now=BEFORE).totals.assignments != size:
        raise SystemExit("the status does not show every assignment")


if __name__ == "__main__":
    print(table(run()))
