"""The disk fails, or has no room: a command is refused whole, what was acknowledged stays, and the same one goes on.

The system calls of a process are made to fail by strace; a limit on the size of its files makes its writes short.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaignflow import Campaign

ROOT = Path(__file__).parents[2]
DEEDS = 7
_KEPT = {"PATH", "HOME", "TMPDIR"}


def stubborn(path: Path, mode: str, *before: str) -> list[list[str]]:
    """What a process said that does everything on a database; `before` is put in front of its command."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    done = subprocess.run(
        [*before, sys.executable, "-B", "-m", "tests.support.stubborn", str(path), mode],
        cwd=ROOT, env={**kept, "PYTHONPATH": str(ROOT)}, capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def failing(path: Path, *faults: str) -> list[str]:
    """A strace that lets calls on the database, its `-wal` and its folder fail: `pwrite64:error=EIO:when=3+5`."""
    places = (str(path), f"{path}-wal", f"{path}-journal", str(path.parent))
    return [
        "strace", "-o", str(path.parent.parent / "trace"), "-e", "trace=pwrite64,fsync,fdatasync,ftruncate",
        *(word for place in places for word in ("-P", place)), *(word for one in faults for word in ("-e", f"inject={one}")),
    ]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be, in a folder of its own."""
    (tmp_path / "disk").mkdir()
    return tmp_path.resolve() / "disk" / "campaign.db"


def assert_kept(path: Path, said: list[list[str]]) -> None:
    """The database is sound, holds every event that was acknowledged, and nothing that was refused."""
    acknowledged = {int(words[1]): words[2] for words in said if words[0] == "done"}
    with Campaign.open(database=f"sqlite:///{path}") as campaign:
        if not acknowledged:
            assert campaign._store(create=True).campaigns() == []
            return  # opened without an error, and empty
        verdict = campaign.verify()
        kept = {one.event.sequence: one.hash for one in campaign.journal()}
    assert verdict.ok, [fault.text() for fault in verdict.faults]
    assert acknowledged.items() <= kept.items()
    assert verdict.events == max(acknowledged)


def refusals(said: list[list[str]]) -> set[str]:
    """The codes of the errors met."""
    return {words[1] for words in said if words[0] == "refused"}


@pytest.mark.needs("strace")
@pytest.mark.parametrize(
    "fault",
    [
        "pwrite64:error=EIO:when=3+191", "pwrite64:error=EIO:when=11+183", "pwrite64:error=EIO:when=97+187",
        "pwrite64:error=EIO:when=150+173", "fdatasync:error=EIO:when=1+11", "fdatasync:error=EIO:when=4+10",
        "fdatasync:error=EIO:when=6+12", "fdatasync:error=EIO:when=9+13", "ftruncate:error=EIO:when=1+2",
    ],
)  # fmt: skip
def test_r15_when_the_disk_fails_again_and_again_each_command_is_refused_whole_and_goes_on_later(
    path: Path, fault: str
) -> None:
    """R15: the first apply, steps, documents, the clock, an amendment; each command fails at another place each time."""
    said = stubborn(path, "on", *failing(path, fault))

    assert said[-1] == ["finished"]
    assert refusals(said) == {"store-failed"}
    assert sum(words[0] == "done" for words in said) == DEEDS
    assert_kept(path, said)


@pytest.mark.needs("strace")
@pytest.mark.parametrize("number", [*range(1, 14), 16, 20])
def test_r15_a_command_refused_because_the_disk_did_not_sync_is_not_there_after_a_crash_either(
    path: Path, number: int
) -> None:
    """R15: the process dies right behind the refusal, while all of it still lies in the `-wal`."""
    said = stubborn(path, "dead", *failing(path, f"fdatasync:error=EIO:when={number}"))

    assert refusals(said) <= {"store-failed"}
    assert_kept(path, said)


@pytest.mark.needs("strace")
def test_r15_where_the_disk_takes_nothing_back_either_nobody_says_that_nothing_was_written(path: Path) -> None:
    """R15: no sync succeeds from the first step on."""
    stubborn_until = stubborn(path, "dead", *failing(path, "fdatasync:error=EIO:when=9+1"))

    assert refusals(stubborn_until) == {"commit-in-doubt"}
