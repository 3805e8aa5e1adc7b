"""Recurring duties while the campaign runs: periods that the clock makes, in their order, whatever the clock does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from campaignflow import Campaign
from campaignflow.domain.clock import from_micros, to_micros
from campaignflow.domain.journal import Event
from tests.support.course import GONE, amend, due, kinds, line, texts
from tests.support.houses import HOUSES
from tests.support.plans import moment, open_workshop, opened
from tests.support.steps import facts, standing, take

MONTHLY = """\
campaignflow: 1
plan: {id: months, title: Every month, issuer: town, coordinator: town, date: 2025-01-02, language: en}
calendar: {holidays: none}
agencies:
  town: {name: The Town, kind: town}
  east: {name: East Ward, kind: ward, under: town}
  west: {name: West Ward, kind: ward, under: town, until: 2025-03-15, succeeded_by: east}
  new: {name: New Ward, kind: ward, under: town, from: 2025-03-01}
groups:
  wards: {words: the wards, select: {kind: ward}}
events:
  over: {words: until the end}
responsibilities:
  sweep: {clause: "1", title: Sweep, assigned_to: wards, every: {period: month, ending: open}}
  count: {clause: "1", title: Count, role: direct, assigned_to: town, every: {period: half-year, ending: over},
          due: {completed: {during: period}}}
clauses:
  - {id: "1", kind: duty, text: "every month the wards sweep, until the end"}
"""
"""Each ward leads a sweep every month: the clock begins and ends each of them."""


@pytest.fixture
def houses() -> Iterator[Campaign]:
    with opened(texts(HOUSES), "sqlite://", moment("2014-06-28 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


@pytest.fixture
def months() -> Iterator[Campaign]:
    with opened(texts(MONTHLY), "sqlite://", moment("2025-01-02 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


def owed(campaign: Campaign, responsibility: str, agency: str) -> list[str]:
    """The periods for which an agency has an assignment, as stored."""
    store, running = campaign._store(), campaign.running()
    rows = store.assignments(running.id, agency=agency)
    return [row.key.rpartition("/")[2] for row in rows if row.key.startswith(f"{responsibility}/")]


def made(campaign: Campaign, kind: str = "period") -> list[Event]:
    return [event for event in campaign.history() if event.kind == kind]


# --- one period ahead


def test_a_series_is_there_for_the_period_that_runs_and_for_the_next(months: Campaign) -> None:
    assert owed(months, "sweep", "east") == ["2025-01", "2025-02"]
    assert owed(months, "count", "town") == ["2025-H1", "2025-H2"]


def test_when_a_period_begins_the_clock_makes_the_one_after_it(months: Campaign) -> None:
    months.tick(now=moment("2025-01-31 23:59"))
    assert owed(months, "sweep", "east") == ["2025-01", "2025-02"]

    months.tick(now=moment("2025-02-01 00:00"))

    assert owed(months, "sweep", "east") == ["2025-01", "2025-02", "2025-03"]
    event = made(months)[-1]
    assert (event.key, event.actor, event.happened) == ("sweep/*", "clock", to_micros(moment("2025-02-01")))
    assert (event.data["duties"], event.data["assignments"]) == (["sweep@2025-03"], 3)


def test_a_period_is_made_by_one_event_however_many_owe_it(months: Campaign) -> None:
    months.tick(now=moment("2025-02-01"))

    assert [event.key for event in made(months)] == ["sweep/*"]


def test_who_only_reads_sees_the_period_that_nobody_has_written_yet(months: Campaign) -> None:
    head = months.head()

    keys = [one.facts.key for one in months.status(now=moment("2025-02-10")).lines]

    assert "sweep/east/2025-03" in keys
    assert months.head() == head


def test_the_members_are_those_of_the_periods_first_day(months: Campaign) -> None:
    """The new ward exists from 1 March, the western one until the 15th."""
    months.tick(now=moment("2025-05-01"))

    assert owed(months, "sweep", "new")[0] == "2025-03"
    assert owed(months, "sweep", "west") == ["2025-01", "2025-02", "2025-03"]
    assert owed(months, "sweep", "east") == [f"2025-0{month}" for month in range(1, 7)]


def test_each_period_is_a_key_of_its_own_with_a_state_and_a_deadline_of_its_own(houses: Campaign) -> None:
    take(houses, "2014-09-10", "quarter/north/2014-Q3", "submit", actor="north")
    take(houses, "2014-09-12", "quarter/north/2014-Q3", "accept", actor="dept")
    houses.tick(now=moment("2014-10-01"))

    assert standing(houses, "2014-10-02", "quarter/north/2014-Q3") == "done_on_time"
    assert [due(houses, "2014-10-02", f"quarter/north/{one}") for one in ("2014-Q4", "2015-Q1")] == [
        "2014-12-19", "2015-03-19",
    ]  # fmt: skip
    assert standing(houses, "2014-10-02", "quarter/north/2015-Q1") == "not_due"


def test_the_clock_begins_and_ends_each_period_by_itself(months: Campaign) -> None:
    months.tick(now=moment("2025-03-02"))

    assert [facts(months, f"sweep/east/2025-0{month}").state for month in (1, 2, 3, 4)] == [
        "summarizing", "summarizing", "running", "drafting",
    ]  # fmt: skip


def test_a_partner_has_its_share_in_each_period(houses: Campaign) -> None:
    houses.tick(now=moment("2015-01-01"))

    assert owed(houses, "year", "bank") == ["2014", "2015", "2016"]


# --- the last period


def test_a_series_ends_with_the_period_that_the_plan_names(houses: Campaign) -> None:
    houses.tick(now=moment("2018-01-01"))

    assert owed(houses, "half", "south") == ["2014-H1", "2014-H2"]
    assert owed(houses, "half", "north") == ["2015-H1", "2015-H2"], "who took over"


def test_a_series_ends_with_the_period_in_which_its_event_happens(houses: Campaign) -> None:
    houses.tick(now=moment("2015-02-01"))
    assert owed(houses, "year", "dept") == ["2014", "2015", "2016"]

    houses.occur("finished", at=moment("2015-01-20"), now=moment("2015-02-01"))

    assert facts(houses, "year/dept/2016").state == "cancelled"
    assert facts(houses, "year/dept/2015").state == "open"
    houses.tick(now=moment("2018-01-01"))
    assert owed(houses, "year", "dept") == ["2014", "2015", "2016"]


def test_a_series_without_an_end_goes_on_to_the_last_year_of_the_calendar_and_no_further(months: Campaign) -> None:
    """R19: a clock that is centuries ahead ends the work of the tick, not the program."""
    once = ("responsibilities.sweep", GONE), ("responsibilities.count.every", {"period": "year", "ending": "open"})
    amend(months, "2025-01-03", MONTHLY, *once, ("groups", GONE), ("events", GONE))

    months.tick(now=moment("2205-01-01"))

    assert owed(months, "count", "town")[-1] == "2200"
    assert months.tick(now=moment("2300-01-01")) == 0


# --- weeks and years in which nothing ran


def test_r22_after_weeks_of_downtime_the_clock_catches_up_in_the_order_of_the_instants(months: Campaign) -> None:
    """R22: periods that began, agencies that ended, steps of the clock, each when it would have been."""
    months.tick(now=moment("2025-04-10"))

    done = [event for event in months.history() if event.kind in ("period", "clock", "succeeded")]
    happened = [event.happened for event in done]
    assert happened == sorted(happened)
    assert {event.recorded for event in done} == {to_micros(moment("2025-04-10"))}
    assert [event.kind for event in done if event.happened == to_micros(moment("2025-03-16"))] == ["succeeded"]
    april = [event for event in done if event.happened == to_micros(moment("2025-04-01"))]
    assert april[0].kind == "period"
    assert {event.data["duty"] for event in april if event.kind == "clock"} == {"sweep@2025-03", "sweep@2025-04"}


def test_r22_day_by_day_the_clock_does_what_it_does_at_once_after_months(months: Campaign) -> None:
    """R22: but for when it was recorded."""
    with opened(texts(MONTHLY), "sqlite://", moment("2025-01-02 08:00")) as daily:
        for month in range(1, 8):
            for day in range(1, 29):
                daily.tick(now=moment(f"2025-{month:02}-{day:02} 07:00"))
        months.tick(now=moment("2025-07-28 07:00"))

        def journal(campaign: Campaign) -> list[tuple[object, ...]]:
            return [(event.kind, event.key, event.happened, event.data) for event in campaign.history()]

        assert journal(daily) == journal(months)
        assert [facts(daily, one.facts.key) for one in months.status().lines] == [
            facts(months, one.facts.key) for one in months.status().lines
        ]


def test_r22_after_years_every_period_is_there_once(houses: Campaign) -> None:
    """R22."""
    houses.tick(now=moment("2019-08-15"))

    quarters = [f"{year}-Q{number}" for year in range(2014, 2021) for number in (1, 2, 3, 4)]
    assert owed(houses, "quarter", "north") == quarters[2 : quarters.index("2019-Q4") + 1]
    assert houses.tick(now=moment("2019-08-15")) == 0
    assert standing(houses, "2019-08-15", "quarter/north/2016-Q2") == "overdue"


def test_r22_the_first_write_after_a_downtime_catches_up_before_it_acts(months: Campaign) -> None:
    """R22: the sweep of March is over when somebody reports it in May."""
    take(months, "2025-05-05 09:00", "sweep/east/2025-03", "summarize", actor="east")

    own = months.history("sweep/east/2025-03")
    assert [event.kind for event in own] == ["clock", "clock", "clock", "step"]
    assert owed(months, "sweep", "east")[-1] == "2025-06"


def test_r22_a_refused_write_after_a_downtime_leaves_nothing_and_the_next_one_catches_up(months: Campaign) -> None:
    """R22."""
    head = months.head()

    with pytest.raises(Exception, match="eats"):
        take(months, "2025-05-05 09:00", "sweep/eats/2025-03", "summarize")

    assert months.head() == head
    assert months.tick(now=moment("2025-05-05 09:00")) > 0


# --- the clock jumps


def test_r19_a_clock_that_jumps_years_ahead_and_back_loses_nothing_and_repeats_nothing(houses: Campaign) -> None:
    """R19: what was made too early is simply there early; nothing is made twice when its time comes."""
    houses.tick(now=moment("2020-02-01"))
    before = houses.journal()
    keys = owed(houses, "quarter", "north")
    assert keys[-1] == "2020-Q2"

    for now in ("2014-07-02", "2014-10-01", "2015-01-05", "2019-12-31", "2020-03-31 23:59"):
        assert houses.tick(now=moment(now)) == 0

    assert houses.journal() == before
    houses.tick(now=moment("2020-04-01"))
    assert owed(houses, "quarter", "north") == [*keys, "2020-Q3"]


def test_r19_after_the_jump_back_people_work_as_before(houses: Campaign) -> None:
    """R19."""
    houses.tick(now=moment("2020-02-01"))

    assert standing(houses, "2014-09-01", "quarter/north/2014-Q3") == "in_time"
    assert standing(houses, "2014-09-01", "quarter/north/2019-Q3") == "not_due"
    take(houses, "2014-09-10", "quarter/north/2014-Q3", "submit", actor="north")
    take(houses, "2014-09-12", "quarter/north/2014-Q3", "accept", actor="dept")
    assert standing(houses, "2014-09-13", "quarter/north/2014-Q3") == "done_on_time"


def test_r19_the_plan_can_be_amended_and_read_as_of_then_after_the_jump_back(houses: Campaign) -> None:
    """R19: the journal's order is that of its numbers; what was recorded ahead of time is not seen as of now."""
    houses.tick(now=moment("2020-02-01"))
    fund = {"clause": "1", "title": "Fund", "role": "fund", "assigned_to": "bank",
            "every": {"period": "year", "ending": "open"}, "due": {"completed": {"during": "period"}}}  # fmt: skip

    applied = amend(houses, "2014-07-03", HOUSES, ("responsibilities.fund", fund))
    houses.occur("finished", now=moment("2014-07-05"))

    assert applied.revision == 2
    for as_of in ("2014-07-02", "2014-07-04", "2014-07-06", "2014-12-31"):
        found = houses.status(as_of=moment(as_of), now=moment("2014-12-31"))
        assert "found/north" in [one.facts.key for one in found.lines]
    assert [facts(houses, f"year/dept/{year}").state for year in (2014, 2015, 2021)] == ["open", *["cancelled"] * 2]
    assert [facts(houses, f"fund/bank/{year}").state for year in (2014, 2015, 2021)] == ["open"] * 3


def test_r19_an_agency_that_ended_too_early_stands_for_itself_again(houses: Campaign) -> None:
    """R19: the South ends with 2014; a clock that was ahead has told so already, and it is not told twice."""
    houses.tick(now=moment("2016-01-05"))
    told = len(made(houses, "succeeded"))

    assert line(houses, "2014-10-01", "found/south").agency == "south"
    take(houses, "2014-10-01", "found/south", "done", actor="south")
    houses.tick(now=moment("2015-01-05"))

    assert len(made(houses, "succeeded")) == told
    assert line(houses, "2015-01-05", "found/north").agency == "north"


def test_r19_a_step_of_the_clock_that_was_taken_too_early_can_be_undone(months: Campaign) -> None:
    """R19: the only way back; nothing goes back by itself."""
    months.tick(now=moment("2025-03-10"))
    assert facts(months, "sweep/east/2025-02").state == "summarizing"

    months.undo("sweep/east/2025-02", reason="the clock was wrong", now=moment("2025-02-10"))

    assert facts(months, "sweep/east/2025-02").state == "running"
    assert months.tick(now=moment("2025-02-11")) == 0


def test_nothing_is_recorded_when_nothing_is_due(months: Campaign) -> None:
    months.tick(now=moment("2025-02-01"))
    before = kinds(months)

    for hour in range(1, 24):
        months.tick(now=moment(f"2025-02-15 {hour:02}:00"))

    assert kinds(months) == [*before, "clock"], "the first day of February had passed"


def test_r19_what_a_clock_set_back_recorded_before_the_plan_itself_says_nothing_of_that_time() -> None:
    """R19: an event is recorded at an instant before that of applying; as of then nothing had been applied."""
    with open_workshop() as campaign:
        early = campaign.history()[0].recorded - 86_400_000_000
        then = from_micros(early, campaign.zone)
        campaign.occur("decision", now=then)

        assert campaign.status(as_of=then).totals.assignments == 0
        assert campaign.verify().ok
