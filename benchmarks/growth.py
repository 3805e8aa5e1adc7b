"""What one unit costs as the country grows, from a thousand to 65,000 of them: a table, and a picture of it.

python benchmarks/growth.py [--svg FILE]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from curve import Point, drawn
from harness import ROUNDS, Row, Timing, interleave, table
from national import write_national
from processes import BIN, command, environment
from scale import AGENCIES, ASKED, apply_anew, moment

from campaignflow import Campaign, load_plan

SIZES = (1_000, 4_000, 16_000, AGENCIES)
"""How many units there are."""
OVER = "2024-10-08T08:00:00+07:00"
"""When the clock has the most to do."""
_ROUNDS = 3


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measures each kind of work over each size; against the smallest size, 1 is exactly in proportion."""
    return rows_of(curve(min(rounds, _ROUNDS)))


def curve(rounds: int) -> dict[str, list[Point]]:
    """By kind of work: what one unit costs in campaigns of growing size."""
    found: dict[str, list[Point]] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            plan = write_national(Path(name), size)
            for work, seconds in _work(plan, Path(name), rounds).items():
                found.setdefault(work, []).append(Point(size, seconds))
        print(f"  {size:>6,} units: " + ", ".join(f"{work} {_micro(found[work][-1])}" for work in found), flush=True)
    return found


def _work(plan: Path, folder: Path, rounds: int) -> dict[str, Timing]:
    """What is done with a campaign, each some times; in the order in which it is done."""
    env = environment(folder / "home")
    status: list[str | Path] = [BIN / "campaignflow", "--plan", plan, "--now", ASKED, "status", "--by", "region"]
    seconds = interleave({"load": lambda: load_plan(plan), "apply": lambda: apply_anew(plan)}, rounds=rounds)
    with Campaign.open(plan, now=moment(ASKED)) as campaign:
        asked = interleave(
            {
                "status --by region": lambda: campaign.status(by="region", limit=0),
                "status --by region, command": command(status, env),
            },
            rounds=rounds,
        )
        asked |= interleave({"verify": lambda: _sound(campaign)}, rounds=1, warm=0)  # takes too long to be repeated
    return seconds | asked | {"tick, the week over": _ticking(plan, folder, rounds)}


def _ticking(plan: Path, folder: Path, rounds: int) -> Timing:
    """The clock's work when the week is over and nobody did anything: three steps of each commune and school."""
    seconds = []
    for number in range(rounds):
        database = shutil.copy(plan.parent / ".campaignflow" / "campaign.db", folder / f"tick-{number}.db")
        with Campaign.open(plan, database=f"sqlite:///{database}", now=moment(OVER)) as campaign:
            began = time.perf_counter()
            campaign.tick()
            seconds.append(time.perf_counter() - began)
    return Timing.of(seconds)


def _sound(campaign: Campaign) -> None:
    if not campaign.verify().ok:
        raise SystemExit("the journal is not what was written")


def rows_of(found: Mapping[str, Iterable[Point]]) -> list[Row]:
    """A row for each kind of work and size but the first, against the smallest size: 1 is exactly in proportion."""
    rows = []
    for work, points in found.items():
        first, *others = points
        rows += [
            Row(case=f"{work}, a unit of {point.size:,}", ours=point.unit, peer=first.unit,
                against=f"a unit of {first.size:,}")
            for point in others
        ]  # fmt: skip
    return rows


def _micro(point: Point) -> str:
    return f"{point.unit * 1e6:.1f} us"


def main() -> None:
    """Measures the curve alone, and draws it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svg", type=Path, metavar="FILE", help="where the picture goes")
    asked = parser.parse_args()
    found = curve(_ROUNDS)
    print(table(rows_of(found)))
    if asked.svg:
        asked.svg.write_text(drawn(found), encoding="utf-8")


if __name__ == "__main__":
    main()
