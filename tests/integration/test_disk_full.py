"""There is no room: a command is refused whole, and the same one goes on once there is room."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from campaignflow import Campaign
from campaignflow.store.errors import StoreFull
from campaignflow.store.sqlite import SqliteStore
from tests.support.commands import Answer, Commands, example_copy
from tests.support.course import amend
from tests.support.crash_images import files_of
from tests.support.crash_work import attached
from tests.support.plans import WORKSHOP, moment, open_2020, open_workshop, workshop
from tests.support.steps import take
from tests.support.workbooks import edit_file, instant, put

# --- the database


def connection_of(campaign: Campaign) -> sqlite3.Connection:
    """The connection that a campaign writes by."""
    store = campaign._store(create=True)
    assert isinstance(store, SqliteStore)
    return store._connection


def rows(connection: sqlite3.Connection) -> list[str]:
    """Everything that is stored."""
    return list(connection.iterdump())


DEEDS: dict[str, Callable[[Campaign], Any]] = {
    "a step": lambda on: take(on, "2026-02-18", "hold/ash", "register", actor="ash", reason="x" * 9_000),
    "many steps": lambda on: on.enter(
        lambda desk, who: [desk.take(who.request(key, "register")) for key in ("hold/ash", "hold/birch")],
        now=moment("2026-02-18"), reason="x" * 5_000,
    ),
    "a report with a file": lambda on: take(
        on, "2026-03-12 09:00", "hold/ash", "submit", actor="ash", document=attached(40_000)
    ),
    "an amendment": lambda on: amend(on, "2026-02-20", WORKSHOP, ("reports.results.due", {"before": "2026-03-18"})),
}  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
def test_r14_without_room_a_command_is_refused_whole_however_little_is_missing(tmp_path: Path, deed: str) -> None:
    """R14: a page more each time, until it fits; up to then nothing of it is stored."""
    with open_workshop(f"sqlite:///{tmp_path / 'campaign.db'}") as campaign:
        connection = connection_of(campaign)
        before, pages = rows(connection), connection.execute("PRAGMA page_count").fetchone()[0]
        refused = 0
        while True:
            connection.execute(f"PRAGMA max_page_count = {pages + refused}")
            try:
                DEEDS[deed](campaign)
            except StoreFull as error:
                assert error.code == "store-full"
                assert rows(connection) == before
                refused += 1
            else:
                break

        assert refused > 0
        assert rows(connection) != before
        assert campaign.verify().ok


def test_r14_without_room_the_first_apply_is_refused_whole_and_goes_on_once_there_is(tmp_path: Path) -> None:
    """R14: no campaign is there until all of it is."""
    with Campaign.open(database=f"sqlite:///{tmp_path / 'campaign.db'}", now=moment("2026-02-16 08:00")) as campaign:
        connection = connection_of(campaign)
        before, pages = rows(connection), connection.execute("PRAGMA page_count").fetchone()[0]
        for room in range(3):
            connection.execute(f"PRAGMA max_page_count = {pages + room}")
            with pytest.raises(StoreFull):
                campaign.apply_loaded(workshop())
            assert rows(connection) == before

        connection.execute(f"PRAGMA max_page_count = {pages + 1000}")
        assert campaign.apply_loaded(workshop()).changed
        assert campaign.verify().ok


def test_r14_a_database_that_fills_up_step_by_step_keeps_every_step_it_took(tmp_path: Path) -> None:
    """R14: and reading goes on."""
    with open_2020(f"sqlite:///{tmp_path / 'campaign.db'}") as campaign:
        connection = connection_of(campaign)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        keys = [line.facts.key for line in campaign.status().lines]
        taken = []

        with pytest.raises(StoreFull):
            for number in range(1000):
                event = campaign.acknowledge(keys[number % 41], reason="x" * 500, now=moment("2020-09-22"))
                taken.append(event.sequence)

        verdict = campaign.verify()
        assert (verdict.ok, verdict.events) == (True, taken[-1])
        assert campaign.status().totals.assignments == 41


# --- other files

_CONFINED = """
import resource, sys, tempfile
def confine():
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), most))
def made_and_confined(suffix=None, prefix=None, dir=None):
    if prefix and prefix.startswith("."):
        confine()
    return made(suffix, prefix, dir)
if sys.argv[2] == "now":
    confine()
made, tempfile.mkdtemp = tempfile.mkdtemp, made_and_confined
from campaignflow.cli.app import run
sys.exit(run(sys.argv[5:]))
"""


def confined(commands: Commands, size: int, *words: str, when: str = "later") -> Answer:
    """Runs a command whose files cannot have more bytes than `size`: `now`, or `later`, once it writes what it was
    asked for beside its place. It writes no bytecode, which would be cut too.
    """
    return commands.process(*words, now="2020-09-28T09:00:00+07:00", python=("-B", "-c", _CONFINED, str(size), when))


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    """The campaign of 2020, applied, with a workbook of its plan in `book/`."""
    pytest.importorskip("resource")
    made = example_copy(tmp_path / "plan")
    made.json("apply", now="2020-09-21T08:00:00+07:00")
    return made


WRITERS = {
    "export": ("export", "out"),
    "a sheet of steps": ("advance", "--write-sheet", "steps.xlsx"),
    "a workbook of the plan": ("init", ".", "--xlsx"),
    "a new plan": ("init", "new"),
    "the plan of another year": ("init", "next", "--from", "plan.yaml", "--year", "2021"),
}


@pytest.mark.parametrize("what", WRITERS)
def test_r14_a_file_that_cannot_be_written_whole_is_not_there_at_all(commands: Commands, what: str) -> None:
    """R14: neither under its own name nor under another; with room the same command writes it."""
    before = files_of(commands.folder)

    for size in (0, 2_000):
        refused = confined(commands, size, *WRITERS[what], "--json")
        assert (refused.code, refused.refusal["code"]) == (1, "file-unusable")
        assert "File too large" in refused.refusal["message"]
        assert files_of(commands.folder) == before

    assert confined(commands, 10_000_000, *WRITERS[what]).code == 0
    assert set(files_of(commands.folder)) > set(before)


@pytest.mark.parametrize("what", ["a workbook of the plan", "the plan of another year"])
def test_r14_without_room_for_what_is_only_kept_for_a_moment_nothing_is_left_either(
    commands: Commands, what: str
) -> None:
    """R14: a new text is read back from a folder of its own before it takes its place."""
    before = files_of(commands.folder)

    refused = confined(commands, 1_000, *WRITERS[what], "--json", when="now")

    assert refused.code == 1
    assert refused.refusal["code"] in {"system", "file-unusable"}
    assert refused.refusal["cure"]
    assert files_of(commands.folder) == before


def test_r14_a_plan_that_cannot_be_written_anew_is_as_it_was(commands: Commands) -> None:
    """R14: the plan's text and the table beside it, when a changed workbook is taken over, of which one would fit."""
    assert commands("init", ".", "--xlsx").code == 0
    edit_file(
        commands.folder / "ke-hoach.xlsx",
        put("Báo cáo", "G3", instant("2020-10-26")), put("Đầu mối", "E3", "other@sogddt.example"),
    )  # fmt: skip
    before = files_of(commands.folder)

    for size in (0, 20_000):
        refused = confined(commands, size, "import", "ke-hoach.xlsx", "--json")
        assert (refused.code, refused.refusal["code"]) == (1, "file-unusable")
        assert files_of(commands.folder) == before

    assert confined(commands, 10_000_000, "import", "ke-hoach.xlsx").code == 0
    after = files_of(commands.folder)
    assert {name for name in after if after[name] != before.get(name)} == {"plan.yaml", "contacts.csv"}


def test_r14_contacts_that_find_no_room_in_the_database_are_not_taken_in_part(commands: Commands) -> None:
    """R14: a register of thousands, into a database that may grow by some of them."""
    rows = "".join(f"n{number},so-gddt,clerk,Cán bộ {number},c{number}@so.example,,,\n" for number in range(3_000))
    (commands.folder / "more.csv").write_text(f"id,agency,role,name,email,phone,from,until\n{rows}", encoding="utf-8")
    size = (commands.folder / ".campaignflow" / "campaign.db").stat().st_size
    known = len(commands.json("contacts", "list")["contacts"])

    refused = confined(commands, size + 8_192, "contacts", "import", "more.csv", "--json", when="now")

    assert (refused.code, refused.refusal["code"]) == (1, "store-failed")
    assert len(commands.json("contacts", "list")["contacts"]) == known
    assert confined(commands, 10_000_000, "contacts", "import", "more.csv").code == 0
    assert len(commands.json("contacts", "list")["contacts"]) == known + 3_000
