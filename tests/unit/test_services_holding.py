"""Who holds an assignment: bodies before and after they are established, agencies that end, and those who take over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from campaignflow import Campaign
from campaignflow.domain.clock import to_micros
from campaignflow.services.errors import NotYourStep
from campaignflow.services.status import Filter
from tests.support.course import amend, kinds, line, texts
from tests.support.houses import HOUSES
from tests.support.plans import moment, opened
from tests.support.steps import facts, last, standing, take

SUMMER = """\
campaignflow: 1
plan:
  id: summer
  title: The summer of reading
  issuer: lang-son
  coordinator: so
  date: 2025-05-05
  period: {from: 2025-06-02, to: 2025-08-29}
  region_kind: district
calendar: {holidays: none}
agencies:
  lang-son: {name: The Province, kind: province}
  so: {name: The Department, kind: office, under: lang-son}
  cao-loc: {name: Cao Lộc District, kind: district, under: lang-son, until: 2025-06-30, succeeded_by: dong-dang}
  loc-binh: {name: Lộc Bình District, kind: district, under: lang-son, until: 2025-06-30, succeeded_by: na-duong}
  dong-dang: {name: Đồng Đăng Commune, kind: commune, under: lang-son}
  na-duong: {name: Na Dương Commune, kind: commune, under: lang-son}
groups:
  districts: {words: the districts, select: {kind: district}}
reports:
  results: {clause: "1", title: Results, to: so, due: {before: 2025-09-06}, revise_within: {days: 2}}
  ready: {clause: "1", title: Readiness, to: so, due: {by: 2025-05-30}}
responsibilities:
  hold: {clause: "1", title: Hold the summer, assigned_to: districts, report: results, own_plan: {required: true}}
  prepare: {clause: "1", title: Prepare, role: inform, assigned_to: districts, report: ready}
  visit: {clause: "1", title: Visit, role: inspect, assigned_to: so, due: {completed: {none: true}},
          inspects: {responsibilities: hold, may_return: own_plan}}
clauses:
  - {id: "1", kind: duty, text: "the districts hold the summer of reading"}
"""
"""The districts of the country ended with 30 June 2025; communes took over on 1 July."""

STAYS = [(f"agencies.{one}", {"name": one, "kind": "district", "under": "lang-son"}) for one in ("cao-loc", "loc-binh")]
"""The districts as they were before anybody knew that they would end."""
LAST_MOMENT, FIRST_MOMENT = "2025-06-30 23:59", "2025-07-01 00:00"


@pytest.fixture
def summer() -> Iterator[Campaign]:
    with opened(texts(SUMMER), "sqlite://", moment("2025-05-05 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


@pytest.fixture
def houses() -> Iterator[Campaign]:
    with opened(texts(HOUSES), "sqlite://", moment("2014-06-28 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


def keys(campaign: Campaign, agency: str, now: str) -> list[str]:
    """What an agency sees as its own."""
    return [one.facts.key for one in campaign.status(wanted=Filter(agency=agency), now=moment(now)).lines]


# --- the districts end on 1 July 2025


def test_until_its_last_moment_the_district_holds_what_is_its_own(summer: Campaign) -> None:
    assert line(summer, LAST_MOMENT, "hold/cao-loc").agency == "cao-loc"
    assert keys(summer, "dong-dang", LAST_MOMENT) == []
    with pytest.raises(NotYourStep):
        take(summer, LAST_MOMENT, "hold/cao-loc", "register", actor="dong-dang")
    take(summer, LAST_MOMENT, "hold/cao-loc", "register", actor="cao-loc")


def test_on_1_july_the_commune_holds_what_is_open_under_the_key_that_it_had(summer: Campaign) -> None:
    take(summer, "2025-05-20", "hold/cao-loc", "register", actor="cao-loc")

    found = line(summer, FIRST_MOMENT, "hold/cao-loc")

    assert (found.facts.key, found.facts.agency) == ("hold/cao-loc", "cao-loc")
    assert (found.agency, found.agency_name) == ("dong-dang", "Đồng Đăng Commune")
    assert keys(summer, "dong-dang", FIRST_MOMENT) == ["hold/cao-loc", "prepare/cao-loc"]
    assert keys(summer, "na-duong", FIRST_MOMENT) == ["hold/loc-binh", "prepare/loc-binh"]


def test_its_history_stays_and_goes_on(summer: Campaign) -> None:
    take(summer, "2025-05-20", "hold/cao-loc", "register", actor="cao-loc")
    before = summer.history("hold/cao-loc")

    take(summer, "2025-09-01 09:00", "hold/cao-loc", "submit", actor="dong-dang")

    assert summer.history("hold/cao-loc")[: len(before)] == before
    assert kinds(summer, "hold/cao-loc") == ["step", "clock", "succeeded", "clock", "step"]
    assert (last(summer).actor, last(summer).on_behalf_of) == ("dong-dang", None)


def test_the_journal_says_once_for_each_agency_that_it_was_succeeded_and_when(summer: Campaign) -> None:
    summer.tick(now=moment("2025-07-14 08:00"))

    told = [event for event in summer.history() if event.kind == "succeeded"]
    assert [(event.key, event.data) for event in told] == [
        ("*/cao-loc", {"agency": "cao-loc", "to": "dong-dang", "until": "2025-06-30"}),
        ("*/loc-binh", {"agency": "loc-binh", "to": "na-duong", "until": "2025-06-30"}),
    ]
    assert {event.happened for event in told} == {to_micros(moment(FIRST_MOMENT))}
    assert summer.tick(now=moment("2025-07-15")) == 0


def test_what_was_completed_stays_with_the_district(summer: Campaign) -> None:
    take(summer, "2025-05-28", "prepare/cao-loc", "submit", actor="cao-loc")
    take(summer, "2025-05-29", "prepare/cao-loc", "accept", actor="so")

    found = line(summer, "2025-07-14", "prepare/cao-loc")

    assert (found.agency, found.standing.standing) == ("cao-loc", "done_on_time")
    assert "prepare/cao-loc" not in keys(summer, "dong-dang", "2025-07-14")
    assert keys(summer, "cao-loc", "2025-07-14") == ["prepare/cao-loc"]


def test_what_awaits_acceptance_is_the_communes_to_revise(summer: Campaign) -> None:
    take(summer, "2025-06-30 09:00", "prepare/cao-loc", "submit", actor="cao-loc")
    take(summer, "2025-07-01 09:00", "prepare/cao-loc", "return", actor="so", reason="no figures")

    with pytest.raises(NotYourStep):
        take(summer, "2025-07-02 09:00", "prepare/cao-loc", "submit", actor="cao-loc")
    take(summer, "2025-07-02 09:00", "prepare/cao-loc", "submit", actor="dong-dang")


def test_the_district_itself_can_do_nothing_any_more(summer: Campaign) -> None:
    with pytest.raises(NotYourStep):
        take(summer, FIRST_MOMENT, "hold/cao-loc", "register", actor="cao-loc")


def test_the_coordinator_enters_for_who_holds_it(summer: Campaign) -> None:
    take(summer, "2025-09-01 09:00", "hold/cao-loc", "submit")

    assert (last(summer).actor, last(summer).on_behalf_of) == ("so", "dong-dang")


def test_the_worklist_calls_who_holds_it(summer: Campaign) -> None:
    items = {one.key: one.agency for one in summer.worklist(now=moment("2025-09-08")) if one.action == "call"}

    assert items["hold/cao-loc"] == "dong-dang"


def test_what_the_district_had_delegated_stays_delegated(summer: Campaign) -> None:
    summer.delegate("hold/cao-loc", "na-duong", dt.date(2025, 6, 1), dt.date(2025, 7, 31), now=moment("2025-06-01"))

    found = line(summer, "2025-07-02", "hold/cao-loc")
    assert (found.agency, found.delegate) == ("dong-dang", "na-duong")


def test_as_of_june_the_district_still_holds_it(summer: Campaign) -> None:
    summer.tick(now=moment("2025-07-14"))

    lines = summer.status(as_of=moment("2025-06-30"), now=moment("2025-07-14")).lines
    assert {one.facts.key: one.agency for one in lines}["hold/cao-loc"] == "cao-loc"


def test_the_one_that_succeeds_may_itself_be_succeeded() -> None:
    """A chain: the duty is with whoever stands at its end on that day."""
    with opened(
        texts(SUMMER, ("agencies.dong-dang.until", "2025-07-31"), ("agencies.dong-dang.succeeded_by", "na-duong")),
        "sqlite://", moment("2025-05-05 08:00"),
    ) as campaign:  # fmt: skip
        for now, agency in (("2025-06-30", "cao-loc"), ("2025-07-01", "dong-dang"), ("2025-07-31 23:59", "dong-dang"),
                            ("2025-08-01 00:00", "na-duong")):  # fmt: skip
            assert line(campaign, now, "hold/cao-loc").agency == agency
        assert sorted(keys(campaign, "na-duong", "2025-08-02")) == [
            "hold/cao-loc", "hold/loc-binh", "prepare/cao-loc", "prepare/loc-binh",
        ]  # fmt: skip
        take(campaign, "2025-09-01", "hold/cao-loc", "submit", actor="na-duong")
        told = [event.data["agency"] for event in campaign.history() if event.kind == "succeeded"]
        assert told == ["cao-loc", "loc-binh", "dong-dang"]
        assert campaign.verify().ok


def test_a_merger_that_is_decided_while_the_campaign_runs_is_an_amendment() -> None:
    with opened(texts(SUMMER, *STAYS), "sqlite://", moment("2025-05-05 08:00")) as campaign:
        assert line(campaign, "2025-07-02", "hold/cao-loc").agency == "cao-loc"

        applied = amend(campaign, "2025-06-20", SUMMER)

        assert applied.diff is not None
        assert [(one.id, one.kind) for one in applied.diff.agencies] == [("cao-loc", "ended"), ("loc-binh", "ended")]
        assert line(campaign, "2025-06-30", "hold/cao-loc").agency == "cao-loc"
        assert line(campaign, "2025-07-02", "hold/cao-loc").agency == "dong-dang"
        assert (applied.added, applied.removed) == ((), ())
        assert campaign.verify().ok


def test_a_merger_that_is_entered_late_holds_from_its_own_day() -> None:
    with opened(texts(SUMMER, *STAYS), "sqlite://", moment("2025-05-05 08:00")) as campaign:
        amend(campaign, "2025-07-10 09:00", SUMMER)
        campaign.tick(now=moment("2025-07-10 10:00"))

        told = [event for event in campaign.history() if event.kind == "succeeded"]
        assert [event.happened for event in told] == [to_micros(moment(FIRST_MOMENT))] * 2
        assert [event.recorded for event in told] == [to_micros(moment("2025-07-10 10:00"))] * 2
        assert campaign.verify().ok


def test_a_merger_that_is_put_off_gives_the_duties_back(summer: Campaign) -> None:
    summer.tick(now=moment("2025-07-02"))
    later = [(f"agencies.{one}.until", "2025-08-31") for one in ("cao-loc", "loc-binh")]

    amend(summer, "2025-07-03 09:00", SUMMER, *later)

    assert line(summer, "2025-07-04", "hold/cao-loc").agency == "cao-loc"
    summer.tick(now=moment("2025-09-01"))
    assert line(summer, "2025-09-01", "hold/cao-loc").agency == "dong-dang"
    assert len([event for event in summer.history() if event.kind == "succeeded"]) == 4


def test_the_receiver_that_ends_is_succeeded_too() -> None:
    moved = (("agencies.so.until", "2025-07-15"), ("agencies.so.succeeded_by", "lang-son"),
             ("plan.coordinator", "lang-son"))  # fmt: skip
    with opened(texts(SUMMER, *moved), "sqlite://", moment("2025-05-05 08:00")) as campaign:
        take(campaign, "2025-07-14", "prepare/cao-loc", "submit", actor="dong-dang")
        with pytest.raises(NotYourStep):
            take(campaign, "2025-07-16", "prepare/cao-loc", "accept", actor="so")
        take(campaign, "2025-07-16", "prepare/cao-loc", "accept", actor="lang-son")


# --- bodies


def test_until_a_body_is_established_the_agency_that_it_belongs_to_holds_its_duties(houses: Campaign) -> None:
    found = line(houses, "2014-07-01", "guide/board.north")

    assert (found.facts.agency, found.agency) == ("board.north", "north")
    assert "guide/board.north" in keys(houses, "north", "2014-07-01")
    with pytest.raises(NotYourStep):
        take(houses, "2014-07-01", "guide/board.north", "done", actor="south")
    take(houses, "2014-07-01", "guide/board.north", "done", actor="north")


def test_each_body_is_established_by_its_own_member(houses: Campaign) -> None:
    take(houses, "2014-07-10", "found/north", "done", actor="north")

    assert [line(houses, "2014-07-11", f"guide/board.{one}").agency for one in ("north", "south")] == [
        "board.north", "south",
    ]  # fmt: skip
    event = last(houses)
    assert (event.kind, event.key, event.actor) == ("established", "*/board.north", "system")
    assert event.data == {"agency": "board.north", "established": True, "cause": event.sequence - 1}


def test_that_it_was_established_is_part_of_the_history_of_what_it_owes(houses: Campaign) -> None:
    take(houses, "2014-07-10", "found/north", "done", actor="north")

    assert kinds(houses, "guide/board.north") == ["established"]
    assert kinds(houses, "guide/board.south") == []


def test_once_established_the_body_acts_and_its_agencys_people_still_may(houses: Campaign) -> None:
    take(houses, "2014-07-10", "found/north", "done", actor="north")
    take(houses, "2014-07-10", "found/south", "done", actor="south")

    take(houses, "2014-07-11", "guide/board.north", "done", actor="board.north")
    take(houses, "2014-07-11", "guide/board.south", "done", actor="south")


def test_undoing_the_establishment_gives_the_duties_back(houses: Campaign) -> None:
    take(houses, "2014-07-10", "found/north", "done", actor="north")

    houses.undo("found/north", reason="not signed yet", now=moment("2014-07-12"))

    assert line(houses, "2014-07-13", "guide/board.north").agency == "north"
    assert last(houses).data["established"] is False
    take(houses, "2014-07-14", "found/north", "done", actor="north")
    assert line(houses, "2014-07-15", "guide/board.north").agency == "board.north"


def test_an_agency_that_is_let_off_establishes_nothing(houses: Campaign) -> None:
    take(houses, "2014-07-10", "found/north", "exempt", reason="has none")

    assert line(houses, "2014-07-11", "guide/board.north").agency == "north"
    assert "established" not in kinds(houses)


def test_a_body_stays_established_when_an_amendment_changes_the_duty_that_did_it(houses: Campaign) -> None:
    take(houses, "2014-07-10", "found/north", "done", actor="north")

    amend(houses, "2014-07-12", HOUSES, ("responsibilities.found.due.completed.by", "2014-09-30"))

    assert line(houses, "2014-07-13", "guide/board.north").agency == "board.north"


def test_the_body_of_an_agency_that_ends_passes_to_that_of_its_successor(houses: Campaign) -> None:
    """And while the successor's is not there, to the successor itself."""
    take(houses, "2014-07-10", "found/south", "done", actor="south")
    assert line(houses, "2014-12-31 23:59", "guide/board.south").agency == "board.south"

    assert line(houses, "2015-01-01", "guide/board.south").agency == "north"
    take(houses, "2015-01-05", "found/north", "done", actor="north")
    assert line(houses, "2015-01-06", "guide/board.south").agency == "board.north"


def test_as_of_an_instant_before_it_was_established_the_host_holds_it(houses: Campaign) -> None:
    take(houses, "2014-07-10", "found/north", "done", actor="north")

    def seen(as_of: str) -> str:
        lines = houses.status(as_of=moment(as_of), now=moment("2014-08-01")).lines
        return next(one.agency for one in lines if one.facts.key == "guide/board.north")

    assert [seen("2014-07-09"), seen("2014-07-10")] == ["north", "board.north"]


def test_what_is_shared_may_be_done_by_any_who_share_it(houses: Campaign) -> None:
    assert "agree/bank" in keys(houses, "north", "2014-07-01")

    take(houses, "2014-07-10", "agree/bank", "done", actor="north")

    assert standing(houses, "2014-07-11", "agree/bank") == "done_on_time"
    assert facts(houses, "agree/bank").agency == "bank"
