"""The disk fails, or has no room: a command is refused whole, what was acknowledged stays, and the same one goes on.

The system calls of a process are made to fail by strace; a limit on the size of its files makes its writes short.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaignflow import Campaign
from tests.support.commands import example_copy
from tests.support.plans import open_workshop

ROOT = Path(__file__).parents[2]
DEEDS = 7
_KEPT = {"PATH", "HOME", "TMPDIR"}


def stubborn(path: Path, mode: str, *before: str) -> list[list[str]]:
    """What a process said that does everything on a database; `before` is put in front of its command."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    done = subprocess.run(
        [*before, sys.executable, "-B", "-m", "tests.support.stubborn", str(path), mode],
        cwd=ROOT, env={**kept, "PYTHONPATH": str(ROOT)}, capture_output=True, encoding="utf-8", timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def failing(path: Path, *faults: str) -> list[str]:
    """A strace that lets calls on the database, its `-wal` and its folder fail: `pwrite64:error=EIO:when=3+5`."""
    places = (str(path), f"{path}-wal", f"{path}-journal", str(path.parent))
    return [
        "strace", "-o", str(path.parent.parent / "trace"), "-e", "trace=pwrite64,fdatasync,ftruncate,unlink",
        *(word for place in places for word in ("-P", place)),
        *(word for one in faults for word in ("-e", f"inject={one}")),
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
        "fdatasync:error=EIO:when=5+12", "fdatasync:error=EIO:when=9+13",
    ],
)  # fmt: skip
def test_r15_when_the_disk_fails_again_and_again_each_command_is_refused_whole_and_goes_on_later(
    path: Path, fault: str
) -> None:
    """R15: the first apply, steps, documents, the clock, an amendment; each fails at another place each time."""
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
    """R15: no sync succeeds from the first step's commit on: its `-wal` and the folder were synced before."""
    open_workshop(f"sqlite:///{path}").close()

    said = stubborn(path, "dead", *failing(path, "fdatasync:error=EIO:when=3+1"))

    assert refusals(said) == {"commit-in-doubt"}
    with Campaign.open(database=f"sqlite:///{path}") as campaign:
        assert campaign.verify().ok


@pytest.mark.needs("strace")
@pytest.mark.parametrize("fault", ["ftruncate:error=EIO:when=1", "unlink:error=EIO:when=1+1"])
def test_r15_when_the_disk_fails_only_while_the_database_is_closed_nothing_is_refused_and_all_is_there(
    path: Path, fault: str
) -> None:
    """R15: what was written is moved into the database file by whoever opens it next."""
    open_workshop(f"sqlite:///{path}").close()

    said = stubborn(path, "on", *failing(path, fault))

    assert refusals(said) == set()
    assert_kept(path, said)


@pytest.mark.parametrize("limit", [20_000, 33_000, 60_001, 100_300, 131_072])
def test_r15_when_files_may_not_grow_each_command_is_refused_whole_and_goes_on_once_they_may(
    path: Path, limit: int
) -> None:
    """R15: the system writes only a part of what it is given, then refuses; the first limit does not hold a schema."""
    pytest.importorskip("resource")

    said = stubborn(path, f"limit={limit}")

    assert said[-1] == ["finished"]
    assert refusals(said) <= {"store-failed", "store-full"}
    assert len(refusals(said)) > 0
    assert sum(words[0] == "done" for words in said) == DEEDS
    assert_kept(path, said)


# --- reading


def test_r15_a_database_cut_short_is_told_as_damaged_whatever_is_asked(tmp_path: Path) -> None:
    """R15: at every page, and in the middle of one; by the command, without a traceback and with a cure."""
    commands = example_copy(tmp_path)
    commands.json("apply", now="2020-09-21T08:00:00+07:00")
    path = tmp_path / ".campaignflow" / "campaign.db"
    whole = path.read_bytes()
    told = set()
    for size in [*range(512, len(whole), 8 * 4096 + 700), len(whole) - 4096]:
        path.write_bytes(whole[:size])
        for words in (("status",), ("verify",), ("advance", "kiem-tra/so-gddt", "done")):
            answer = commands(*words, "--json", now="2020-09-28T08:00:00+07:00")
            if answer.code:
                told.add(answer.refusal["code"])
                assert answer.refusal["cure"]
        assert path.read_bytes()[:16] == whole[:16]
    assert told == {"store-damaged"}


STATUS = ("status",)
STEP = ("advance", "kiem-tra/so-gddt", "done", "--as", "so-gddt")


@pytest.mark.needs("strace")
@pytest.mark.parametrize(
    ("call", "beside", "words", "code", "told"),
    [
        ("pread64:error=EIO:when=3+1", "", STATUS, "store-failed", "disk I/O error"),
        ("pread64:error=EIO:when=9+1", "", STEP, "store-damaged", "malformed"),
        ("fcntl:error=EIO:when=1+1", "", STATUS, "store-failed", "disk I/O error"),
        ("openat:error=EACCES:when=1+1", "", STATUS, "store-failed", "unable to open database file"),
        ("openat:error=EACCES:when=1", "", STEP, "store-failed", "readonly database"),
        ("openat:error=EROFS:when=1+1", "-wal", STATUS, "store-failed", "unable to open database file"),
        ("openat:error=ENOSPC:when=1+1", "-wal", STEP, "store-failed", "unable to open database file"),
        ("openat:error=EMFILE:when=1+1", "-shm", STATUS, "store-failed", "unable to open database file"),
        ("newfstatat:error=EACCES:when=1+1", "", STATUS, "system", "Permission denied"),
    ],
    ids=[
        "a page cannot be read", "a page within cannot be read", "locks fail", "a file that is not for us",
        "a file that is only to be read", "a folder on a disk that is only to be read", "no room for a file beside it",
        "too many files are open", "a folder that is not for us",
    ],
)  # fmt: skip
def test_r15_a_database_that_cannot_be_used_is_told_with_its_place_the_reason_and_a_cure(
    tmp_path: Path, call: str, beside: str, words: tuple[str, ...], code: str, told: str
) -> None:
    """R15: the call fails as it would there; no traceback, and the database is as it was."""
    commands = example_copy(tmp_path.resolve())
    commands.json("apply", now="2020-09-21T08:00:00+07:00")
    path = commands.folder / ".campaignflow" / "campaign.db"
    before = path.read_bytes()
    fault = ["strace", "-o", str(tmp_path / "trace"), "-P", f"{path}{beside}", "-e", f"inject={call}"]

    done = subprocess.run(
        [*fault, sys.executable, "-m", "campaignflow", *words, "--json", "--now", "2020-09-28T09:00+07:00"],
        cwd=commands.folder, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (1, "")
    refusal = json.loads(done.stderr)["error"]
    assert refusal["code"] == code
    assert str(path) in refusal["message"]
    assert told in refusal["message"]
    assert refusal["cure"]
    assert path.read_bytes() == before
