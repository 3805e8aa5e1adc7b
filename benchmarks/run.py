"""`make bench`: measures the product, its peers and the floor in one run, and shows them as ratios.

A target that is missed is said loudly and fails nothing: figures are measured, never asserted. What counts is the
ratio of one run; the noise lines (a thing measured against itself) say how far to trust it.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from harness import ROUNDS, Row, table

CASES = {
    "startup": "the command's start-up, and the status of the plan of 2020",
    "steps": "one durable step through the library",
    "yaml_compose": "ten thousand units read from YAML with positions",
    "work": "checking, applying, the status of many, verifying",
    "amend": "amending one deadline of plans of growing size",
    "scale": "a national campaign read, applied and counted",
    "growth": "what one unit costs as the country grows",
    "bulk": "thousands of steps in one transaction",
    "pg_steps": "one durable step on a PostgreSQL server",
}
"""The modules that measure, in the order in which they run."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what was asked for; gives 0 whether targets are met or not."""
    asked = _parser().parse_args(arguments)
    print(_machine(), flush=True)
    rows: list[Row] = []
    for name in asked.only or CASES:
        print(f"\n# {name}: {CASES[name]}", flush=True)
        found: list[Row] = importlib.import_module(name).run(asked.rounds)
        print(table(found), flush=True)
        rows += found
    print(f"\n{_verdict(rows)}")
    if asked.json is not None:
        document = {"machine": _machine(), "rows": [row.to_json() for row in rows]}
        asked.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=CASES, metavar="NAME", help=f"one of {', '.join(CASES)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="interleaved rounds that are counted")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    return parser


def _machine() -> str:
    load: Any = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} processors, load {load}"
    )


def _verdict(rows: Sequence[Row]) -> str:
    targets = [row for row in rows if row.target is not None]
    missed = [f"  {row.case}: {row.ratio:.2f} instead of at most {row.target:.2f}" for row in targets if not row.met]
    if missed:
        return "\n".join([f"!!! {len(missed)} of {len(targets)} TARGETS MISSED", *missed])
    return f"All {len(targets)} targets are met."


if __name__ == "__main__":
    sys.exit(main())
