"""Damaged on purpose, on PostgreSQL: what somebody edited on the server is named; who fell asleep loses his turn."""

from __future__ import annotations

import pytest

from campaignflow import Campaign
from campaignflow.store.errors import StoreDamaged, StoreLost
from campaignflow.store.opening import open_store
from tests.contract.test_store import created, event
from tests.support.pgserver import Server, available, postgres_url, server
from tests.support.plans import open_workshop
from tests.support.steps import take


@pytest.fixture
def shared() -> Server:
    return available(server)


@pytest.fixture
def url() -> str:
    """A campaign of ten events."""
    made = postgres_url()
    with open_workshop(made) as campaign:
        take(campaign, "2026-02-20", "hold/ash", "register", actor="ash", note="có dấu")
        take(campaign, "2026-03-12", "hold/ash", "submit", actor="ash")
        take(campaign, "2026-03-12", "hold/ash", "accept", actor="registry")
        assert (campaign.verify().ok, campaign.verify().events) == (True, 10)
    return made


EDITS = {
    "another letter": ("body = replace(body, 'có dấu', 'co dau')", "note"),
    "a backslash": ("body = body || '\\'", "body"),
    "nothing": ("body = ''", "body"),
    "another kind": ("kind = 'clock'", "kind"),
    "another subject": ("subject = 'hold/oak'", "subject"),
    "another instant": ("recorded = recorded + 1", "recorded"),
    "another hash": ("hash = replace(hash, 'a', 'b')", "hash"),
    "no hash": ("hash = 'zz'", "hash"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_r24_a_row_edited_on_the_server_is_named(shared: Server, url: str, edit: str) -> None:
    """R24: on PostgreSQL as on SQLite."""
    where = "body LIKE '%có dấu%'"
    sequence = shared.ask(f"SELECT sequence FROM journal WHERE {where}", url)[0][0]
    shared.ask(f"UPDATE journal SET {EDITS[edit][0]} WHERE {where}", url)

    with Campaign.open(database=url) as campaign:
        verdict = campaign.verify()

    assert not verdict.ok
    assert any(str(sequence) in fault.text() for fault in verdict.faults), [one.text() for one in verdict.faults]


def test_r24_a_tail_cut_off_is_missed_by_whoever_knows_the_head(shared: Server, url: str) -> None:
    """R24: the state is behind the journal too, unless that was put back with it."""
    with Campaign.open(database=url) as campaign:
        head = campaign.head()
    shared.ask("DELETE FROM journal WHERE sequence = 10", url)

    with Campaign.open(database=url) as campaign:
        assert not campaign.verify(expect=head).ok


def test_a_state_changed_behind_the_journal_is_named(shared: Server, url: str) -> None:
    shared.ask("UPDATE assignment SET state = 'drafting' WHERE key = 'hold/ash'", url)

    with Campaign.open(database=url) as campaign:
        verdict = campaign.verify()

    assert not verdict.ok
    assert any("hold/ash" in fault.text() for fault in verdict.faults)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE duty SET body = '{'", "DROP TABLE agency CASCADE", "ALTER TABLE journal DROP COLUMN subject"],
)
def test_a_database_that_cannot_be_understood_is_said_to_be_damaged(shared: Server, url: str, statement: str) -> None:
    shared.ask(statement, url)

    with Campaign.open(database=url) as campaign, pytest.raises(StoreDamaged):
        campaign.status()
        campaign.verify()


def test_a_writer_who_falls_asleep_loses_the_turn_and_is_told_when_he_wakes(shared: Server) -> None:
    """The server ends his session after the time that the URL allows; the next writer gets the turn."""
    url = postgres_url()
    sleeper = open_store(f"{url}&options=-c%20idle_in_transaction_session_timeout%3D200ms", create=True)
    head = created(sleeper)
    other = open_store(url, create=True)

    with pytest.raises(StoreLost), sleeper.writing():
        sleeper.append(head.id, event(1), sleeper.head("camp").hash)  # type: ignore[union-attr]
        with other.writing():  # waits until the server has ended the sleeper's session
            other.append(head.id, event(1, kind="part"), head.hash)

    assert [one.kind for one in other.events(head.id)] == ["part"]
    sleeper.close()
    other.close()
