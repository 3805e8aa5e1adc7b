"""Work besides the steps: checking and applying a plan, reading ten thousand assignments, verifying a long journal."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness import ROUNDS, Row, interleave
from processes import BIN, bare_click, command, environment
from sample import BEFORE, applied, key
from startup import NOW, plan_2020

from campaignflow import Campaign

ASSIGNMENTS = 10_000
EVENTS = 10_000
_ROUNDS = 7
"""These take long enough that few rounds say as much as many."""


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measures the work; no targets of the release, only what it costs against the least it could cost."""
    few = min(rounds, _ROUNDS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_plan_rows(folder, few), *_large_rows(folder, few)]


def _plan_rows(folder: Path, rounds: int) -> list[Row]:
    env, plan, bare = environment(folder / "home"), plan_2020(folder), bare_click(folder / "bare")
    seconds = interleave(
        {
            "click": command([bare, "--version"], env),
            "check": command([BIN / "campaignflow", "check", plan], env),
            "apply": _applying(plan, env),
        },
        rounds=rounds,
        warm=1,
    )
    against = "a bare click program, --version"
    return [
        Row(case="campaignflow check, the plan of 2020", ours=seconds["check"], peer=seconds["click"], against=against),
        Row(case="campaignflow apply, the plan of 2020", ours=seconds["apply"], peer=seconds["click"], against=against),
    ]


def _applying(plan: Path, env: dict[str, str]) -> Callable[[], None]:
    """Applies the plan to a database that is not there, every time."""
    apply = command([BIN / "campaignflow", "--plan", plan, "--now", NOW, "apply"], env)

    def run() -> None:
        shutil.rmtree(plan.parent / ".campaignflow", ignore_errors=True)
        apply()

    return run


def _large_rows(folder: Path, rounds: int) -> list[Row]:
    with applied(folder / "large", ASSIGNMENTS) as campaign:
        campaign.advance_many([key(number) for number in range(EVENTS)], "register")
        connection = sqlite3.connect(folder / "large" / ".campaignflow" / "campaign.db")
        seconds = interleave(
            {
                "status": lambda: _status(campaign),
                "rows": lambda: connection.execute("SELECT * FROM assignment").fetchall(),
                "verify": lambda: _verify(campaign),
                "hashes": lambda: _hashes(connection),
            },
            rounds=rounds,
        )
        connection.close()
    return [
        Row(case=f"status of {ASSIGNMENTS:,} assignments (library)", ours=seconds["status"], peer=seconds["rows"],
            against="their rows, fetched and nothing else"),
        Row(case=f"verify of {EVENTS:,} events (library)", ours=seconds["verify"], peer=seconds["hashes"],
            against="their bytes, fetched and hashed in a chain"),
    ]  # fmt: skip


def _status(campaign: Campaign) -> None:
    if campaign.status(now=BEFORE).totals.assignments != ASSIGNMENTS:
        raise SystemExit("the status does not show every assignment")


def _verify(campaign: Campaign) -> None:
    verdict = campaign.verify()
    if not verdict.ok or verdict.events < EVENTS:
        raise SystemExit(f"the journal is not what was written: {verdict}")


def _hashes(connection: sqlite3.Connection) -> bytes:
    digest = b""
    for (body,) in connection.execute("SELECT CAST(body AS BLOB) FROM journal ORDER BY sequence"):
        digest = hashlib.sha256(digest + body).digest()
    return digest
