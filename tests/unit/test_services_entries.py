"""What is entered beside the steps: parts, promises, outside events, confirmations, contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from campaignflow import Campaign
from campaignflow.ports import ContactRow
from campaignflow.services.errors import (
    ActorUnknown,
    AgencyUnknown,
    ContactKnown,
    ContactUnknown,
    EventKnown,
    EventUnknown,
    GroupUnknown,
    InTheFuture,
    KeyUnknown,
    NotOnBehalf,
    NotYourContact,
    NotYourStep,
    PartUnknown,
    PromiseInThePast,
)
from campaignflow.testing import load_text
from tests.support.plans import WORKSHOP, moment, open_workshop, opened
from tests.support.steps import facts, last, standing, state, take

NOW = "2026-03-04 09:00"
CLERK = ContactRow(id="clerk-1", agency="ash", role="clerk", name="Nguyễn Thị A", email="a@ash.example", phone="0205")


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    with open_workshop() as opened:
        yield opened


# --- parts


def test_a_part_is_ticked_by_the_assignee_and_the_tick_taken_back(campaign: Campaign) -> None:
    campaign.tick_part("hold/ash", "open", actor="ash", now=moment(NOW))
    assert facts(campaign, "hold/ash").parts == ("open",)

    campaign.tick_part("hold/ash", "open", ticked=False, actor="ash", now=moment(NOW))
    assert facts(campaign, "hold/ash").parts == ()


def test_the_coordinator_ticks_a_part_on_behalf_of_the_assignee(campaign: Campaign) -> None:
    campaign.tick_part("hold/ash", "close", now=moment(NOW))

    assert (last(campaign).actor, last(campaign).on_behalf_of) == ("office", "ash")


def test_a_part_that_the_duty_does_not_have_is_refused_with_those_it_has(campaign: Campaign) -> None:
    with pytest.raises(PartUnknown) as caught:
        campaign.tick_part("hold/ash", "opne", now=moment(NOW))

    assert "`open`" in caught.value.text()
    assert caught.value.advice() == "Its parts: open, close."


# --- promises


def test_a_promise_is_recorded_and_what_is_late_stays_late(campaign: Campaign) -> None:
    campaign.acknowledge("hold/ash", promised=dt.date(2026, 3, 18), actor="ash", now=moment("2026-03-16 09:00"))

    found = facts(campaign, "hold/ash")
    assert (found.promised, found.state, found.due_version) == ("2026-03-18", "summarizing", 0)
    assert found.acknowledged == last(campaign).happened
    assert standing(campaign, "2026-03-16 10:00", "hold/ash") == "overdue"


def test_a_promise_may_name_today_and_no_day_before(campaign: Campaign) -> None:
    campaign.acknowledge("hold/ash", promised=dt.date(2026, 3, 4), now=moment("2026-03-04 23:59"))

    with pytest.raises(PromiseInThePast):
        campaign.acknowledge("hold/ash", promised=dt.date(2026, 3, 4), now=moment("2026-03-05 00:00"))


def test_knowing_of_a_duty_is_recorded_when_it_was_said(campaign: Campaign) -> None:
    campaign.acknowledge("hold/ash", at=moment("2026-03-03 15:00"), now=moment(NOW))

    assert facts(campaign, "hold/ash").acknowledged == last(campaign).happened
    assert last(campaign).happened < last(campaign).recorded


ENTRIES: list[tuple[str, Callable[..., Any]]] = [
    ("part", lambda campaign, **said: campaign.tick_part("hold/ash", "open", now=moment(NOW), **said)),
    ("promise", lambda campaign, **said: campaign.acknowledge("hold/ash", now=moment(NOW), **said)),
]


@pytest.mark.parametrize("enter", [pytest.param(one, id=name) for name, one in ENTRIES])
def test_an_entry_is_made_by_the_assignee_the_receiver_on_its_behalf_or_the_coordinator(
    campaign: Campaign, enter: Callable[..., Any]
) -> None:
    enter(campaign, actor="ash")
    enter(campaign, actor="registry", on_behalf_of="ash")
    enter(campaign, actor="coordinator")

    for actor in ("birch", "watch", "registry"):
        with pytest.raises(NotYourStep):
            enter(campaign, actor=actor)
    with pytest.raises(NotOnBehalf):
        enter(campaign, actor="birch", on_behalf_of="ash")
    with pytest.raises(InTheFuture):
        enter(campaign, at=moment("2026-03-04 09:00:01"))


def test_an_entry_of_an_unknown_assignment_is_refused(campaign: Campaign) -> None:
    with pytest.raises(KeyUnknown):
        campaign.acknowledge("hold/nobody", now=moment(NOW))


# --- outside events


def test_an_event_settles_the_deadlines_that_waited_for_it(campaign: Campaign) -> None:
    before = campaign.running().duties["answer"].due_version
    assert standing(campaign, NOW, "answer/ash") == "not_due"

    campaign.occur("decision", at=moment("2026-03-02 10:00"), now=moment(NOW))

    due = campaign.show("answer/ash", now=moment(NOW)).line.due
    assert due is not None
    assert (due.last_moment, str(due.last_working_day)) == (moment("2026-03-13 00:00"), "2026-03-12")
    assert campaign.running().duties["answer"].due_version == before + 1
    assert campaign.running().duties["hold"].due_version == 0
    assert standing(campaign, "2026-03-13 00:00", "answer/ash") == "overdue"
    assert campaign.verify().ok


def test_the_days_of_an_event_count_from_its_own_day_in_the_plans_zone(campaign: Campaign) -> None:
    campaign.occur("decision", at=dt.datetime(2026, 3, 2, 17, 30, tzinfo=dt.UTC), now=moment(NOW))

    due = campaign.show("answer/ash", now=moment(NOW)).line.due
    assert due is not None
    assert str(due.last_day) == "2026-03-13"  # 17:30 UTC is already the 3rd in Hà Nội


def test_what_an_event_settled_is_seen_by_whoever_opens_the_campaign_anew(campaign: Campaign) -> None:
    assert campaign.running().duties["answer"].deadlines["completed"].last_moment is None

    campaign.occur("decision", now=moment(NOW))

    assert campaign.running().duties["answer"].deadlines["completed"].last_moment == moment("2026-03-17 00:00")


def test_an_event_is_recorded_once_and_only_by_the_coordinator(campaign: Campaign) -> None:
    with pytest.raises(NotYourStep):
        campaign.occur("decision", actor="ash", now=moment(NOW))
    campaign.occur("decision", at=moment("2026-03-02 10:00"), now=moment(NOW))

    with pytest.raises(EventKnown) as caught:
        campaign.occur("decision", now=moment(NOW))

    assert "2026-03-02T10:00:00+07:00" in caught.value.text()


def test_an_event_that_the_plan_does_not_wait_for_is_refused_with_a_hint(campaign: Campaign) -> None:
    with pytest.raises(EventUnknown) as caught:
        campaign.occur("decisoin", now=moment(NOW))

    assert "`decision`" in caught.value.text()


def test_an_event_in_the_future_is_refused(campaign: Campaign) -> None:
    with pytest.raises(InTheFuture):
        campaign.occur("decision", at=moment("2026-03-05"), now=moment(NOW))


EVENTFUL = WORKSHOP.replace(
    "due: {opening: {on: 2026-03-02, missed: presume}}",
    "due: {opening: {within: {days: 3, after: decision}, missed: presume}}",
)


def test_an_event_whose_days_have_passed_already_lets_the_clock_go_on_at_the_next_step() -> None:
    with opened(load_text(EVENTFUL), "sqlite://", moment("2026-02-16 08:00")) as campaign:
        campaign.tick(now=moment("2026-03-02 09:00"))
        take(campaign, "2026-03-02 10:00", "hold/ash", "open", actor="ash")
        campaign.occur("decision", at=moment("2026-02-20 09:00"), now=moment("2026-03-02 11:00"))

        assert state(campaign, "2026-03-02 11:00", "hold/birch") == "running"
        campaign.tick(now=moment("2026-03-02 12:00"))
        assert facts(campaign, "hold/birch").state == "running"
        assert campaign.verify().ok


# --- groups


def test_an_unlisted_group_is_confirmed_by_the_coordinator_alone(campaign: Campaign) -> None:
    with pytest.raises(NotYourStep):
        campaign.confirm("others", actor="union", now=moment(NOW))

    campaign.confirm("others", now=moment(NOW))

    assert (last(campaign).kind, last(campaign).data["group"]) == ("confirmed", "others")


def test_a_group_that_waits_for_nothing_cannot_be_confirmed(campaign: Campaign) -> None:
    with pytest.raises(GroupUnknown) as caught:
        campaign.confirm("districts", now=moment(NOW))

    assert caught.value.advice() == "Groups that do: others."


# --- contacts


def test_a_contact_enters_the_register_and_the_journal_only_names_its_id(campaign: Campaign) -> None:
    campaign.add_contact(CLERK, now=moment(NOW))

    assert campaign.contacts() == [CLERK]
    body = last(campaign).canonical().decode()
    assert last(campaign).data == {"added": ["clerk-1"]}
    assert not any(text in body for text in (CLERK.name, CLERK.email, CLERK.phone))


def test_a_contact_ends_with_a_day_and_stays_in_the_register(campaign: Campaign) -> None:
    campaign.add_contact(CLERK, now=moment(NOW))

    campaign.end_contact("clerk-1", dt.date(2026, 3, 31), now=moment(NOW))

    assert campaign.contacts()[0].until == "2026-03-31"
    assert last(campaign).data == {"changed": ["clerk-1"]}


def test_an_agency_keeps_its_own_contacts_and_not_those_of_another(campaign: Campaign) -> None:
    campaign.add_contact(CLERK, actor=CLERK.agency, now=moment(NOW))

    with pytest.raises(NotYourContact) as caught:
        campaign.end_contact(CLERK.id, dt.date(2026, 3, 31), actor="birch", now=moment(NOW))

    assert CLERK.agency in caught.value.text()
    assert campaign.contacts() == [CLERK]


def test_importing_the_same_contacts_again_changes_nothing(campaign: Campaign) -> None:
    other = ContactRow(id="c2", agency="birch", role="head")
    campaign.import_contacts([CLERK, other], now=moment(NOW))
    count = len(campaign.history())

    assert campaign.import_contacts([CLERK, other], now=moment(NOW)) is None
    assert len(campaign.history()) == count


def test_a_contact_that_is_known_unknown_or_of_no_agency_is_refused(campaign: Campaign) -> None:
    campaign.add_contact(CLERK, now=moment(NOW))

    with pytest.raises(ContactKnown):
        campaign.add_contact(CLERK, now=moment(NOW))
    with pytest.raises(ContactUnknown) as unknown:
        campaign.end_contact("clerk-2", dt.date(2026, 3, 31), now=moment(NOW))
    with pytest.raises(AgencyUnknown) as nowhere:
        campaign.add_contact(ContactRow(id="c3", agency="asch", role="clerk"), now=moment(NOW))

    assert "`clerk-1`" in unknown.value.text()
    assert "`ash`" in nowhere.value.text()


def test_an_import_with_a_contact_of_no_agency_is_refused_whole(campaign: Campaign) -> None:
    with pytest.raises(AgencyUnknown):
        campaign.import_contacts([CLERK, ContactRow(id="c2", agency="asch", role="head")], now=moment(NOW))

    assert campaign.contacts() == []


def test_a_contact_by_the_name_of_an_agency_never_acts_for_another(campaign: Campaign) -> None:
    """An id that is an agency's means the agency, so a contact of that id would act for somebody else's."""
    with pytest.raises(ContactKnown):
        campaign.add_contact(ContactRow(id="birch", agency="ash", role="clerk"), now=moment(NOW))
    with pytest.raises(ContactKnown):
        campaign.add_contact(ContactRow(id="coordinator", agency="ash", role="clerk"), now=moment(NOW))


def test_an_unknown_actor_writes_nothing(campaign: Campaign) -> None:
    with pytest.raises(ActorUnknown):
        campaign.confirm("others", actor="nobody", now=moment(NOW))

    assert len(campaign.history()) == 1
