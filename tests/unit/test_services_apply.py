"""Applying a plan, the clock's work between, and proving afterwards that nothing was touched."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from campaignflow import Campaign
from campaignflow.domain.clock import to_micros
from campaignflow.ports import ContactRow, Store
from campaignflow.services.documents import Document, attach
from campaignflow.services.errors import (
    CampaignAmbiguous,
    CampaignMissing,
    FileUnusable,
    InTheFuture,
    NothingToExportTo,
)
from campaignflow.services.export import export, neutral
from campaignflow.store.errors import StoreMissing
from campaignflow.testing import SAMPLE, load_text
from tests.support.plans import (
    VIETNAM,
    WORKSHOP,
    moment,
    open_2020,
    open_workshop,
    opened,
    plan_2020,
    workshop,
)  # fmt: skip
from tests.support.steps import facts, last, paper, take


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    with open_workshop() as opened:
        yield opened


# --- applying


def test_applying_is_one_event_that_commits_to_the_text_and_one_for_the_register() -> None:
    with open_2020() as campaign:
        event, register = campaign.history()

        assert (register.kind, len(register.data["added"])) == ("contacts", len(campaign.contacts()))
        assert (event.kind, event.actor, event.data["assignments"]) == ("applied", "so-gddt", 41)
        assert event.data["plan"] == plan_2020().plan.digest()


def test_the_same_text_twice_changes_nothing(campaign: Campaign) -> None:
    head = campaign.verify().head

    applied = campaign.apply_loaded(workshop(), now=moment("2026-03-01"))

    assert (applied.changed, applied.revision, applied.added) == (False, 1, ())
    assert campaign.verify().head == head


def test_a_text_that_only_looks_different_is_the_same_text(campaign: Campaign) -> None:
    text = WORKSHOP.replace("role: inform, assigned_to: ash", "assigned_to: [ash], role: inform") + "\n# a remark\n"

    assert campaign.apply_loaded(load_text(text)).changed is False


def test_a_dry_run_says_what_applying_would_do_and_writes_nothing(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'campaign.db'}"
    with Campaign.open(database=database, now=moment("2026-02-16")) as campaign:
        applied = campaign.apply_loaded(workshop(), dry_run=True)

        assert (applied.changed, len(applied.added)) == (True, 13)
        assert applied.affected[:2] == ("ash", "birch")
        assert list(tmp_path.iterdir()) == []

        campaign.apply_loaded(workshop())
        assert campaign.apply_loaded(workshop(), dry_run=True).changed is False
        assert campaign.status().totals.assignments == 13


def test_the_contacts_of_the_plan_start_the_register() -> None:
    from campaignflow.domain.agencies import Contact

    contact = Contact.model_validate({"id": "c1", "agency": "ash", "role": "clerk", "from": "2026-02-01"})
    with opened(replace(workshop(), contacts=(contact,)), "sqlite://", moment("2026-02-16")) as campaign:
        assert campaign.contacts() == [ContactRow(id="c1", agency="ash", role="clerk", since="2026-02-01")]
        assert [event.kind for event in campaign.history()] == ["applied", "contacts"]


def test_the_document_that_issued_the_plan_stays_with_its_event() -> None:
    with Campaign.open(database="sqlite://", now=moment("2026-02-16 08:00")) as campaign:
        campaign.apply_loaded(workshop(), document=Document(number="12/QĐ", date=dt.date(2026, 2, 16)))

        assert last(campaign).document == {"number": "12/QĐ", "date": "2026-02-16"}


def test_a_file_that_came_with_the_plan_is_kept(tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"signed")
    with Campaign.open(database="sqlite://", now=moment("2026-02-16 08:00")) as campaign:
        campaign.apply_loaded(workshop(), document=Document(attachments=(attach(tmp_path / "plan.pdf"),)))

        assert campaign.verify().ok


def test_two_campaigns_live_in_one_database_and_are_told_apart(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'both.db'}"
    opened(workshop(), database, moment("2026-02-16")).close()
    opened(load_text(SAMPLE), database, moment("2026-02-16")).close()

    with Campaign.open(database=database) as unnamed, pytest.raises(CampaignAmbiguous) as caught:
        unnamed.status()
    assert "reading-week" in caught.value.text()

    with Campaign.open(database=database, campaign="workshop", now=moment("2026-03-04")) as one:
        take(one, "2026-03-04", "hold/ash", "open", actor="ash")
        assert one.status().totals.assignments == 13
    with Campaign.open(database=database, campaign="reading-week", now=moment("2026-03-04")) as other:
        assert other.status().totals.assignments == 3
        assert len(other.history()) == 1
        assert other.verify().ok


def test_a_campaign_that_was_never_applied_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing), Campaign.open(database=f"sqlite:///{tmp_path / 'no.db'}") as nothing:
        nothing.status()

    opened(workshop(), f"sqlite:///{tmp_path / 'one.db'}", moment("2026-02-16")).close()
    with Campaign.open(database=f"sqlite:///{tmp_path / 'one.db'}", campaign="other") as other:
        for ask in (other.status, other.history, other.worklist, other.verify, other.tick):
            with pytest.raises(CampaignMissing):
                ask()


def test_a_campaign_is_opened_by_its_plan_or_its_database() -> None:
    with pytest.raises(ValueError, match="plan"):
        Campaign.open()


def test_the_zone_is_the_running_plans(tmp_path: Path) -> None:
    text = SAMPLE.replace("  language: en\n", "  language: en\n  timezone: America/Lima\n")
    database = f"sqlite:///{tmp_path / 'lima.db'}"
    opened(load_text(text), database, moment("2026-02-16")).close()

    with Campaign.open(database=database) as campaign:
        assert campaign.zone.key == "America/Lima"
    with Campaign.open(database=f"sqlite:///{tmp_path / 'none.db'}") as nothing:
        assert nothing.zone == VIETNAM


def test_the_document_that_issued_the_plan_is_not_dated_after_now() -> None:
    with Campaign.open(database="sqlite://", now=moment("2026-02-16 08:00")) as campaign:
        with pytest.raises(InTheFuture):
            campaign.apply_loaded(workshop(), document=Document(date=dt.date(2026, 2, 17)))

        assert campaign._store().campaigns() == []


# --- the clock's work


def test_a_tick_moves_each_group_by_one_event_however_many_they_are() -> None:
    with open_2020() as campaign:
        assert campaign.tick(now=moment("2020-10-01 08:00")) == 2
        assert sorted(event.data["assignments"] for event in campaign.history() if event.kind == "clock") == [11, 18]


def test_after_weeks_without_anybody_the_clock_catches_up_in_the_order_of_the_moments() -> None:
    with open_2020() as campaign:
        assert campaign.tick(now=moment("2020-12-01")) == 6

        steps = [event for event in campaign.history() if event.kind == "clock"]
        happened = [event.happened for event in steps]
        assert happened == sorted(happened)
        assert {event.recorded for event in steps} == {to_micros(moment("2020-12-01"))}
        assert happened[0] == to_micros(moment("2020-10-01"))
        assert campaign.verify().ok


def test_no_step_of_the_clock_happens_before_the_one_that_it_follows() -> None:
    early = WORKSHOP.replace("opening: {on: 2026-03-02, missed: presume}", "opening: {by: 2026-02-20, missed: presume}")
    with opened(load_text(early), "sqlite://", moment("2026-02-16 08:00")) as campaign:
        campaign.tick(now=moment("2026-03-20"))

        happened = [event.happened for event in campaign.history("hold/ash")]
        assert happened == [to_micros(moment(day)) for day in ("2026-03-02", "2026-03-02", "2026-03-07")]


def test_a_tick_twice_is_a_tick_once() -> None:
    with open_2020() as campaign:
        campaign.tick(now=moment("2020-10-08"))

        assert campaign.tick(now=moment("2020-10-08")) == 0
        assert campaign.tick(now=moment("2020-10-02")) == 0


def test_day_by_day_the_clock_does_what_it_does_at_once() -> None:
    with open_2020() as daily, open_2020() as at_once:
        for day in range(1, 9):
            daily.tick(now=moment(f"2020-10-0{day} 07:00"))
        at_once.tick(now=moment("2020-10-08 07:00"))

        for line in at_once.status().lines:
            assert facts(daily, line.facts.key) == facts(at_once, line.facts.key)


def test_every_write_takes_the_clocks_steps_first(campaign: Campaign) -> None:
    campaign.confirm("others", now=moment("2026-03-02 00:00"))

    assert [event.kind for event in campaign.history()] == ["applied", "clock", "confirmed"]


def test_a_refused_write_leaves_not_even_the_clocks_steps(campaign: Campaign) -> None:
    with pytest.raises(Exception, match="asch"):
        take(campaign, "2026-03-04", "hold/asch", "open")

    assert len(campaign.history()) == 1


def test_a_plan_sent_back_waits_for_the_clock_again(campaign: Campaign) -> None:
    take(campaign, "2026-02-20", "hold/ash", "register", actor="ash")
    take(campaign, "2026-02-23", "hold/ash", "return_plan", actor="watch", reason="r")

    campaign.tick(now=moment("2026-03-02"))

    assert (facts(campaign, "hold/ash").state, facts(campaign, "hold/ash").presumed) == ("opening", ("drafting",))


def test_the_clock_has_nothing_to_do_before_its_next_moment_and_knows_when_that_is(campaign: Campaign) -> None:
    store, running = campaign._store(), campaign.running()
    head = store.head(running.key)
    assert head is not None and head.next_tick == to_micros(moment("2026-03-02"))

    campaign.tick(now=moment("2026-03-20"))

    head = store.head(running.key)
    assert head is not None and head.next_tick is None


# --- verifying


def test_the_head_is_the_hash_of_the_newest_event_and_changes_with_each(campaign: Campaign) -> None:
    before = campaign.verify()
    campaign.confirm("others", now=moment("2026-02-20"))
    after = campaign.verify()

    assert (before.events, after.events) == (1, 2)
    assert before.head != after.head
    assert campaign.verify(expect=before.head).ok
    assert campaign.verify(expect=after.head.upper()).ok


def tampered(tmp_path: Path, *statements: str) -> list[str]:
    """What verifying finds after somebody ran these on the file of a campaign in full swing."""
    path = tmp_path / "campaign.db"
    with open_workshop(f"sqlite:///{path}") as campaign:
        (tmp_path / "a.pdf").write_bytes(b"content")
        take(campaign, "2026-02-20", "hold/ash", "register", actor="ash")
        take(campaign, "2026-03-12", "hold/ash", "submit", actor="ash",
             document=replace(paper(), attachments=(attach(tmp_path / "a.pdf"),)))  # fmt: skip
        campaign.occur("decision", now=moment("2026-03-12"))
        assert campaign.verify().ok
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        assert connection.execute(statement).rowcount != 0
    connection.commit()
    connection.close()
    with Campaign.open(database=f"sqlite:///{path}") as again:
        return [fault.text() for fault in again.verify().faults]


TAMPERING: list[tuple[str, str]] = [
    ("UPDATE assignment SET state = 'completed' WHERE key = 'hold/birch'", "hold/birch is stored otherwise"),
    ("UPDATE assignment SET counted = counted - 1 WHERE key = 'hold/ash'", "hold/ash is stored otherwise"),
    ("UPDATE assignment SET due_version = 7 WHERE key = 'tell/press'", "tell/press is stored otherwise"),
    ("UPDATE assignment SET version = 9 WHERE key = 'tell/press'", "tell/press is stored otherwise"),
    ("UPDATE assignment SET key = 'hold/oak' WHERE key = 'hold/birch'", "hold/oak is in the store or in the plan"),
    ("DELETE FROM assignment WHERE key = 'hold/birch'", "hold/birch is in the store or in the plan"),
    ("UPDATE duty SET body = replace(body, '2026-03-16', '2026-04-16') WHERE key = 'hold'", "the duty hold is not"),
    ("UPDATE revision SET plan = replace(plan, '2026-03-16', '2026-04-16')", "the stored plan is not what was applied"),
    ("UPDATE revision SET digest = 'x'", "is not what was applied"),
    ("UPDATE revision SET lifecycles = replace(lifecycles, 'registry', 'ash') || ' '", ""),
    ("UPDATE revision SET lifecycles = replace(lifecycles, 'receiver', 'assignee')", "lifecycles"),
    ('UPDATE revision SET header = replace(header, \'"coordinator":"office"\', \'"coordinator":"ash"\')', "header"),
    ("UPDATE agency SET name = 'Another' WHERE key = 'ash'", "agencies"),
    ("UPDATE blob SET bytes = x'00'", "a.pdf"),
    ("DELETE FROM blob", "a.pdf"),
]


@pytest.mark.parametrize(("statement", "named"), TAMPERING)
def test_r24_what_is_stored_otherwise_than_the_journal_says_is_named(
    tmp_path: Path, statement: str, named: str
) -> None:
    found = tampered(tmp_path, statement)

    assert (named in " · ".join(found)) if named else found == []
    assert bool(found) == bool(named)


# --- export


def test_an_export_holds_everything_as_open_files(campaign: Campaign, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"content")
    blob = attach(tmp_path / "a.pdf")
    take(campaign, "2026-03-12", "hold/ash", "submit", actor="ash", document=replace(paper(), attachments=(blob,)))

    names = campaign.export(tmp_path / "out", now=moment("2026-03-12"))

    assert names == (
        "README.txt", "agencies.csv", "assignments.csv", f"attachments/{blob.blob.sha256}", "contacts.csv",
        "journal.jsonl", "plan.json", "status.json",
    )  # fmt: skip
    lines = [json.loads(line) for line in (tmp_path / "out" / "journal.jsonl").read_text("utf-8").splitlines()]
    assert [line["sequence"] for line in lines] == list(range(1, len(campaign.history()) + 1))
    assert lines[-1]["hash"] == campaign.verify().head
    assert campaign.verify().head in (tmp_path / "out" / "README.txt").read_text("utf-8")


def test_the_exported_assignments_tell_their_instants_as_people_read_them(campaign: Campaign, tmp_path: Path) -> None:
    take(campaign, "2026-03-12 09:30", "hold/ash", "submit", actor="ash")

    campaign.export(tmp_path / "out", now=moment("2026-03-12 10:00"))

    with (tmp_path / "out" / "assignments.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(one for one in csv.DictReader(file) if one["key"] == "hold/ash")
    assert (row["sent"], row["counted"], row["done"]) == (*["2026-03-12T09:30:00+07:00"] * 2, "")


def test_the_exported_journal_can_be_checked_without_this_program(campaign: Campaign, tmp_path: Path) -> None:
    import hashlib

    take(campaign, "2026-03-12", "hold/ash", "submit", actor="ash", note="có dấu")
    campaign.export(tmp_path / "out", now=moment("2026-03-12"))

    previous = hashlib.sha256(b"campaignflow journal 1 workshop").digest()
    for line in (tmp_path / "out" / "journal.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        previous = hashlib.sha256(previous + row["body"].encode()).digest()
        assert previous.hex() == row["hash"]


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2", "@sum", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_a9_a_text_that_a_spreadsheet_would_run_is_exported_as_a_text(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"), [(-5, "-5"), (None, ""), ("a=b", "a=b"), (("a", "b"), "a b"), (False, "False")]
)
def test_a9_what_is_no_formula_is_exported_as_it_is(value: Any, cell: str) -> None:
    assert neutral(value) == cell


def test_a9_no_cell_of_any_table_begins_a_formula(campaign: Campaign, tmp_path: Path) -> None:
    hostile = ContactRow(id="c1", agency="ash", role="clerk", name="=1+1", email="@x", phone="+84 205")
    campaign.add_contact(hostile, now=moment("2026-02-20"))
    campaign.acknowledge("hold/ash", promised=dt.date(2026, 3, 1), now=moment("2026-02-20"))

    campaign.export(tmp_path / "out", now=moment("2026-02-20"))

    for name in ("agencies", "assignments", "contacts"):
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert len({len(row) for row in rows}) == 1
        for cell in (cell for row in rows for cell in row):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


def test_a11_attachments_are_exported_by_their_content_whatever_their_names(campaign: Campaign, tmp_path: Path) -> None:
    file = tmp_path / "harmless.pdf"
    file.write_bytes(b"content")
    hostile = replace(attach(file), name="../../evil\x00.pdf")
    take(campaign, "2026-03-12", "hold/ash", "submit", actor="ash", document=replace(paper(), attachments=(hostile,)))

    names = campaign.export(tmp_path / "out", now=moment("2026-03-12"))

    assert [name for name in names if "attach" in name] == [f"attachments/{hostile.blob.sha256}"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["harmless.pdf", "out"]


def test_an_export_goes_into_an_empty_folder_and_into_no_other(campaign: Campaign, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    campaign.export(tmp_path / "empty", now=moment("2026-02-20"))

    with pytest.raises(NothingToExportTo):
        campaign.export(tmp_path / "empty", now=moment("2026-02-20"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(NothingToExportTo):
        campaign.export(tmp_path / "file", now=moment("2026-02-20"))


def test_an_export_below_a_file_is_refused(campaign: Campaign, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(FileUnusable):
        campaign.export(tmp_path / "file" / "out", now=moment("2026-02-20"))


class Failing:
    """A store that fails to give one thing."""

    def __init__(self, store: Store, failing: str) -> None:
        self._store = store
        self._failing = failing

    def __getattr__(self, name: str) -> Any:
        if name == self._failing:
            raise OSError(28, "No space left on device")
        return getattr(self._store, name)


@pytest.mark.parametrize("failing", ["blobs", "chain", "contacts"])
def test_an_export_that_fails_half_way_leaves_no_folder(campaign: Campaign, tmp_path: Path, failing: str) -> None:
    store = cast("Store", Failing(campaign._store(), failing))

    with pytest.raises(FileUnusable) as caught:
        export(store, campaign.running(), tmp_path / "out", {})

    assert "No space left" in caught.value.text()
    assert list(tmp_path.iterdir()) == []
