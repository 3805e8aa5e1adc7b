"""The short form of `make chaos`: writers are killed at random, and what they had acknowledged is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from tests.chaos.draws import UNAVAILABLE
from tests.support.pgserver import NotAvailable, available

SECONDS = 240
"""How long a run may take on a machine that does much else; it takes five."""


def run(root: Path, *arguments: str) -> tuple[int, str]:
    """Runs it in a process of its own, which forks and kills; gives its exit code and its summary."""
    command = [sys.executable, "-m", "tests.chaos", *arguments]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            out, messages = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.terminate()  # it ends its writers and its server
            raise
    if process.returncode == UNAVAILABLE:
        available(lambda: _refuse(messages))
    return process.returncode, out + messages


def _refuse(reason: str) -> NoReturn:
    raise NotAvailable(reason)


def number(summary: str, label: str) -> int:
    """The number that stands behind a label of the summary."""
    found = re.search(rf"^ *{label} +([\d,]+)", summary, re.MULTILINE)
    assert found, summary
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize(("engine", "seed"), [("sqlite", 4), ("postgresql", 61)])
def test_r1_r12_nothing_acknowledged_is_lost_when_writers_are_killed_at_random(
    root: Path, engine: str, seed: int
) -> None:
    """R1, R12, on PostgreSQL R17 too: nothing is lost or doubled, and most kills hit where they hurt."""
    code, summary = run(root, "--kills", "30", "--seed", str(seed), "--engine", engine)

    assert code == 0, summary
    assert number(summary, "kills of writers") >= 30
    assert number(summary, "lost") == number(summary, "doubled") == 0
    assert number(summary, "inside a write transaction") + number(summary, "inside its COMMIT") >= 8
    assert number(summary, "events acknowledged") >= 30
    assert number(summary, "files acknowledged") > 0
    if engine == "postgresql":
        assert number(summary, "kills of the server") > 0


def test_a_round_of_one_writer_run_again_gives_the_same_journal(root: Path) -> None:
    """What a round does follows from the seed and its number: the head of the chain is the same."""
    (first, summary), (second, again) = (
        run(root, "--seed", "1", "--round", "0", "--engine", "sqlite") for _ in range(2)
    )  # fmt: skip

    assert first == second == 0, summary + again
    heads = [re.findall(r"^head .*$", text, re.MULTILINE) for text in (summary, again)]
    assert heads[0] == heads[1] != []


def test_a_writer_that_acknowledges_before_it_commits_is_found_out(root: Path) -> None:
    """The run can fail: with that mistake built in it does, and says how to run the round again."""
    code, summary = run(root, "--kills", "200", "--seed", "1", "--engine", "sqlite", "--acknowledge-early")

    assert code == 1
    assert "was acknowledged and is lost" in summary
    assert "--seed 1 --round 0" in summary
