"""Duties on demand: nobody owes them until they are opened, by somebody or by an event."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from campaignflow import Campaign
from campaignflow.services.errors import (
    AgencyUnknown,
    EventKnown,
    InTheFuture,
    NotAssignedTo,
    NotOnBehalf,
    NotOnDemand,
    NotYourStep,
)
from tests.support.course import amend, due, kinds, texts
from tests.support.plans import moment, opened
from tests.support.steps import facts, last, standing, take

RELIEF = """\
campaignflow: 1
plan: {id: relief, title: Relief, issuer: province, coordinator: dept, date: 2025-09-01, language: en}
calendar: {holidays: none}
agencies:
  province: {name: The Province, kind: province}
  dept: {name: The Department, kind: office, under: province}
  north: {name: North, kind: district, under: province}
  south: {name: South, kind: district, under: province}
groups:
  districts: {words: the districts, select: {kind: district}}
  volunteers: {words: volunteers, unnamed: true}
events:
  storm: {words: a storm comes}
responsibilities:
  ask: {clause: "1", title: Ask for help, role: report, assigned_to: districts, on_demand: {by: assignee},
        due: {completed: {within: {days: 3, after: opened}}}}
  answer: {clause: "1", title: Answer, role: advise, assigned_to: dept, on_demand: {by: coordinator},
           due: {completed: {within: {days: 2, working: true, after: opened}}}}
  shelter: {clause: "1", title: Open the shelters, role: direct, assigned_to: districts, on_demand: {event: storm},
            due: {completed: {within: {days: 1, after: storm}}}}
  count: {clause: "1", title: Count the damage, role: report, assigned_to: districts, on_demand: {event: storm},
          due: {completed: {within: {days: 5, after: opened}}}}
  carry: {clause: "1", title: Carry, role: direct, assigned_to: volunteers, on_demand: {by: coordinator},
          due: {completed: {none: true}}}
  plan: {clause: "1", title: Plan, role: direct, assigned_to: dept, due: {completed: {by: 2025-12-31}}}
clauses:
  - {id: "1", kind: duty, text: "when a storm comes the districts ask for help, volunteers carry"}
"""
NOW = "2025-09-10 09:00"


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    with opened(texts(RELIEF), "sqlite://", moment("2025-09-01 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


def owed(campaign: Campaign, responsibility: str) -> list[str]:
    lines = campaign.status().lines
    return [one.facts.key for one in lines if one.duty.responsibility == responsibility]


def test_nobody_owes_it_until_it_is_opened(campaign: Campaign) -> None:
    assert [one.facts.key for one in campaign.status().lines] == ["plan/dept"]


def test_opening_it_makes_an_assignment_with_a_number(campaign: Campaign) -> None:
    found = campaign.open_for("ask", "north", now=moment(NOW))

    assert (found.key, found.event.kind) == ("ask/north/001", "opened")
    assert kinds(campaign, "ask/north/001") == ["opened"]
    assert owed(campaign, "ask") == ["ask/north/001"]


def test_each_time_it_is_opened_the_agency_owes_one_more(campaign: Campaign) -> None:
    for number in ("001", "002"):
        assert campaign.open_for("ask", "north", now=moment(NOW)).key == f"ask/north/{number}"
    assert campaign.open_for("ask", "south", now=moment(NOW)).key == "ask/south/001"

    take(campaign, NOW, "ask/north/001", "done", actor="north")
    assert [facts(campaign, f"ask/north/{one}").state for one in ("001", "002")] == ["completed", "open"]
    assert campaign.open_for("ask", "north", now=moment(NOW)).key == "ask/north/003"


def test_its_deadline_counts_from_its_own_opening(campaign: Campaign) -> None:
    campaign.open_for("ask", "north", now=moment("2025-09-09 09:00"))  # a Tuesday
    campaign.open_for("ask", "north", now=moment("2025-09-11 23:59"))
    campaign.open_for("answer", now=moment("2025-09-12 09:00"))  # a Friday

    assert due(campaign, "2025-09-12", "ask/north/001") == "2025-09-12"
    assert due(campaign, "2025-09-12", "ask/north/002") == "2025-09-15", "the 14th is a Sunday"
    assert due(campaign, "2025-09-12", "answer/dept/001") == "2025-09-16"
    assert standing(campaign, "2025-09-13 00:00", "ask/north/001") == "overdue"


def test_it_may_be_entered_later_than_it_was_opened(campaign: Campaign) -> None:
    campaign.open_for("ask", "north", at=moment("2025-09-08 09:00"), now=moment(NOW))

    assert due(campaign, NOW, "ask/north/001") == "2025-09-11"
    with pytest.raises(InTheFuture):
        campaign.open_for("ask", "north", at=moment("2025-09-11"), now=moment(NOW))


def test_the_agency_opens_it_for_itself_where_the_plan_says_so(campaign: Campaign) -> None:
    assert campaign.open_for("ask", actor="north", now=moment(NOW)).key == "ask/north/001"

    with pytest.raises(NotYourStep):
        campaign.open_for("ask", "south", actor="north", now=moment(NOW))
    with pytest.raises(NotYourStep):
        campaign.open_for("shelter", actor="north", now=moment(NOW))
    with pytest.raises(NotOnBehalf):
        campaign.open_for("ask", actor="north", on_behalf_of="south", now=moment(NOW))


def test_the_coordinator_opens_it_for_anybody_it_is_assigned_to(campaign: Campaign) -> None:
    campaign.open_for("ask", on_behalf_of="south", now=moment(NOW))
    assert (last(campaign).actor, last(campaign).on_behalf_of) == ("dept", "south")

    with pytest.raises(NotAssignedTo, match="dept"):
        campaign.open_for("ask", "dept", now=moment(NOW))
    with pytest.raises(AgencyUnknown, match="noth"):
        campaign.open_for("ask", "noth", now=moment(NOW))


def test_of_those_whom_nobody_can_count_anybody_may_be_asked(campaign: Campaign) -> None:
    assert campaign.open_for("carry", "south", now=moment(NOW)).key == "carry/south/001"


def test_a_duty_that_everybody_owes_anyway_is_not_opened(campaign: Campaign) -> None:
    with pytest.raises(NotOnDemand) as caught:
        campaign.open_for("plan", "dept", now=moment(NOW))
    assert "ask" in caught.value.advice()
    with pytest.raises(NotOnDemand, match="ask"):
        campaign.open_for("aks", "north", now=moment(NOW))


def test_an_event_opens_it_for_everybody_once(campaign: Campaign) -> None:
    campaign.occur("storm", at=moment("2025-09-09 20:00"), now=moment(NOW))

    assert owed(campaign, "shelter") == ["shelter/north/001", "shelter/south/001"]
    assert due(campaign, NOW, "shelter/north/001") == "2025-09-10"
    with pytest.raises(EventKnown):
        campaign.occur("storm", now=moment(NOW))


def test_what_an_event_opened_counts_from_when_the_event_happened(campaign: Campaign) -> None:
    """Its opening is the event, whenever that was recorded."""
    campaign.occur("storm", at=moment("2025-09-05 20:00"), now=moment(NOW))
    campaign.open_for("count", "north", now=moment(NOW))

    assert due(campaign, NOW, "count/north/001") == "2025-09-10"
    assert due(campaign, NOW, "count/north/002") == "2025-09-15"


def test_what_was_opened_by_hand_before_the_event_is_one_and_the_event_brings_another(campaign: Campaign) -> None:
    campaign.open_for("count", "north", now=moment(NOW))

    campaign.occur("storm", now=moment("2025-09-11"))

    assert sorted(owed(campaign, "count")) == ["count/north/001", "count/north/002", "count/south/001"]
    assert [due(campaign, NOW, f"count/north/{one}") for one in ("001", "002")] == ["2025-09-15", "2025-09-16"]


def test_an_amendment_of_its_deadline_reaches_what_is_open(campaign: Campaign) -> None:
    campaign.open_for("ask", "north", now=moment(NOW))

    applied = amend(campaign, "2025-09-11", RELIEF, ("responsibilities.ask.due.completed.within.days", "10"))

    assert due(campaign, "2025-09-12", "ask/north/001") == "2025-09-22", "the 20th is a Saturday"
    assert applied.affected == ("north",)


def test_an_opening_can_be_exempted_and_is_history_of_its_assignment(campaign: Campaign) -> None:
    campaign.open_for("ask", "north", now=moment(NOW))
    take(campaign, NOW, "ask/north/001", "exempt", reason="opened by mistake")

    assert standing(campaign, "2025-10-01", "ask/north/001") == "exempt"
    assert kinds(campaign, "ask/north/001") == ["opened", "step"]


def test_as_of_an_instant_before_it_was_opened_it_is_not_there(campaign: Campaign) -> None:
    campaign.open_for("ask", "north", now=moment(NOW))
    campaign.occur("storm", now=moment("2025-09-12"))

    def seen(as_of: str) -> int:
        return campaign.status(as_of=moment(as_of), now=moment("2025-09-20")).totals.assignments

    assert [seen(day) for day in ("2025-09-10", "2025-09-11", "2025-09-12")] == [1, 2, 6]
