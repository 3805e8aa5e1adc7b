"""A national campaign: read, applied, asked for its status; and what one unit costs as the country grows.

    python benchmarks/scale.py

65,000 agencies below a ministry, 325,002 assignments. Measured against Python's own reading of the roster, plain rows
written into plain tables, and plain rows scanned. The curve is a case of its own, `growth`.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from harness import ROUNDS, Row, interleave, table
from national import assignments, write_national
from peers import plain_tables, taskwarrior
from processes import BIN, command, environment, peak_memory
from startup import NOW, plan_2020

from campaignflow import Campaign, load_plan

AGENCIES = 65_000
APPLIED, ASKED = "2024-08-20T08:00:00+07:00", "2024-09-20T08:00:00+07:00"
"""When the plan is applied, and when people ask: before the week, with some deadlines near."""
MEMORY = 100.0
"""How many megabytes the status may take."""

_DUTIES = ("ke-hoach", "tuyen-truyen", "tu-danh-gia", "khen-thuong", "to-chuc")
_ROUNDS, _SLOW = 7, 5
"""These take long enough that few rounds say as much as many."""
_ORM = Path(__file__).parent / "peers" / "orm_summary.py"


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measures the campaign; the first four rows carry the targets of the release."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = write_national(folder / "national", AGENCIES)
        rows = [_loading(plan, min(rounds, _ROUNDS)), _applying(plan, folder, min(rounds, _SLOW))]
        rows += _status(plan, folder, min(rounds, _ROUNDS))
    return rows


# --- loading and applying


def _loading(plan: Path, rounds: int) -> Row:
    seconds = interleave({"ours": lambda: load_plan(plan), "peer": lambda: _read(plan)}, rounds=rounds)
    return Row(
        case=f"reading and checking {AGENCIES:,} units", ours=seconds["ours"], peer=seconds["peer"],
        against="list(csv.DictReader) of the roster", target=4.0,
    )  # fmt: skip


def _read(plan: Path) -> object:
    with (plan.parent / "roster.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _applying(plan: Path, folder: Path, rounds: int) -> Row:
    roster, bare = plan.parent / "roster.csv", folder / "bare.db"
    seconds = interleave(
        {"ours": lambda: apply_anew(plan), "peer": lambda: plain_tables.write(roster, bare, _DUTIES)}, rounds=rounds
    )
    return Row(
        case=f"first apply, {assignments(AGENCIES):,} assignments", ours=seconds["ours"], peer=seconds["peer"],
        against="its roster read, as many plain rows written", target=3.0,
    )  # fmt: skip


def apply_anew(plan: Path) -> None:
    """Reads the plan and applies it to a database that is not there."""
    shutil.rmtree(plan.parent / ".campaignflow", ignore_errors=True)
    with Campaign.open(plan, now=moment(APPLIED)) as campaign:
        campaign.apply()


# --- the status


def _status(plan: Path, folder: Path, rounds: int) -> list[Row]:
    env = environment(folder / "home")
    small = plan_2020(folder)
    command([BIN / "campaignflow", "--plan", small, "--now", NOW, "apply"], env)()
    ours: list[str | Path] = [BIN / "campaignflow", "--plan", plan, "--now", ASKED, "status", "--by", "region"]
    bare = sqlite3.connect(folder / "bare.db")
    calls: dict[str, Callable[[], object]] = {
        "ours": command(ours, env),
        "small": command([BIN / "campaignflow", "--plan", small, "--now", NOW, "status", "--by", "region"], env),
        "scan": lambda: plain_tables.scan(bare),
    }
    seconds = interleave(calls | _others(folder, env), rounds=rounds)
    bare.close()
    allowed = seconds["small"].plus(seconds["scan"])
    names = {"small": "the same over the plan of 2020", "scan": "plain rows scanned by Python", **_NAMES}
    memory = peak_memory(ours, env)
    return [
        Row(case=f"status --by region, {assignments(AGENCIES):,} assignments", ours=seconds["ours"], peer=allowed,
            against="the plan of 2020 + plain rows scanned", target=1.0,
            others={names[key]: one for key, one in seconds.items() if key != "ours"}),
        Row(case="its memory at the peak", ours=memory, peer=MEMORY, against="what it may take", target=1.0,
            megabytes=True),
    ]  # fmt: skip


_NAMES = {"task": "Taskwarrior: task summary, as many tasks", "orm": "Django's ORM: a group-by count, as many rows"}


def _others(folder: Path, env: Mapping[str, str]) -> dict[str, Callable[[], object]]:
    """What others do for it, as commands too."""
    found: dict[str, Callable[[], object]] = {}
    database = folder / "orm.db"
    command([sys.executable, _ORM, database, "--fill", str(assignments(AGENCIES))], env)()
    found["orm"] = command([sys.executable, _ORM, database], env)
    summary = taskwarrior.summary(folder, assignments(AGENCIES))
    if summary is None:
        print("  Taskwarrior is not installed (the system's package `taskwarrior`); it is left out", flush=True)
    else:
        found["task"] = command(summary, env)
    return found


def moment(text: str) -> dt.datetime:
    """An instant, from its ISO form."""
    return dt.datetime.fromisoformat(text)


if __name__ == "__main__":
    print(table(run()))
