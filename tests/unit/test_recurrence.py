"""Which periods a recurring duty is owed for, by when, and by whom."""

from __future__ import annotations

import datetime as dt

import pytest

from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.periods import CalendarPeriod, Series
from campaignflow.domain.recurrence import series_of, spans
from campaignflow.loading.plans import LoadedPlan
from tests.support.houses import changed, duties, houses, keys
from tests.support.plans import VIETNAM, moment

DATED = "  date: 2014-06-28\n"
QUARTERLY = "due: {before: {day: 20, month: last}}"
EVERY_QUARTER = "every: {period: quarter, stated: every quarter}"


def series(ready: LoadedPlan, duty: str, **happened: dt.datetime) -> Series:
    found = series_of(ready.plan, ready.plan.responsibilities[duty], happened)
    assert found is not None
    return found


def ends(ready: LoadedPlan, duty: str, **happened: dt.datetime) -> str | None:
    last = series(ready, duty, **happened).last
    return last.id if last else None


def issued(day: str, due: str = QUARTERLY) -> LoadedPlan:
    """The plan as if it had been issued on that day, its quarterly report due otherwise."""
    return changed((DATED, f"  date: {day}\n"), ("  period: {from: 2014-06-28}\n", ""), (QUARTERLY, due))


def test_a_duty_that_does_not_recur_has_no_series() -> None:
    plan = houses().plan

    assert [key for key, text in plan.responsibilities.items() if series_of(plan, text, {})] == [
        "quarter", "half", "year",
    ]  # fmt: skip


# --- the first period


def test_a_report_before_the_20th_of_the_quarters_last_month_begins_with_the_third_in_a_plan_of_28_june() -> None:
    assert series(houses(), "quarter").first.id == "2014-Q3"


@pytest.mark.parametrize(
    ("day", "due", "first"),
    [
        ("2014-06-18", QUARTERLY, "2014-Q2"),
        ("2014-06-21", QUARTERLY, "2014-Q3"),
        ("2014-07-31", "due: {by: {day: 30, month: first}}", "2014-Q4"),
        ("2014-06-28", "due: {by: {day: last, month: last}}", "2014-Q2"),
        ("2014-06-28", "due: {by: {day: 15, month: next}}", "2014-Q2"),
        ("2014-06-28", "due: {by: {day: 1, month: first}}", "2014-Q3"),
        ("2014-04-02", "due: {on: {day: 1, month: first}}", "2014-Q3"),
        ("2014-06-28", "due: {during: period}", "2014-Q2"),
        ("2014-06-28", "due: {none: true}", "2014-Q2"),
    ],
)
def test_the_first_period_is_the_first_whose_date_follows_the_plans(day: str, due: str, first: str) -> None:
    """Without a date of its own a period is owed by its last day."""
    assert series(issued(day, due), "quarter").first.id == first


def test_a_plan_issued_on_the_very_day_that_is_too_late_begins_with_the_next_period() -> None:
    """Before the 20th in a plan of the 20th could be met by nobody."""
    assert series(issued("2014-06-20"), "quarter").first.id == "2014-Q3"


def test_the_first_period_has_every_date_of_the_duty_after_the_plans() -> None:
    """With a date for the work and one for the report, both have to lie ahead."""
    ready = changed((EVERY_QUARTER, f"{EVERY_QUARTER}, due: {{running: {{by: {{day: 27, month: last}}}}}}"),
                    (QUARTERLY, "due: {by: {day: 10, month: next}}"))  # fmt: skip

    assert series(ready, "quarter").first.id == "2014-Q3"


def test_a_first_period_that_the_plan_names_stands() -> None:
    for named in ("2014-Q4", "2016-Q1"):
        ready = changed((EVERY_QUARTER, f"every: {{period: quarter, starting: {named}, stated: every quarter}}"))

        assert series(ready, "quarter").first.id == named


def test_without_a_date_of_its_own_a_plan_goes_by_its_rosters_day() -> None:
    ready = changed((DATED, "  date: unstated\n  roster_on: 2014-10-05\n"))

    assert series(ready, "quarter").first.id == "2014-Q4"
    assert series(ready, "half").first.id == "2014-H2"


def test_a_duty_that_carries_another_on_begins_after_it() -> None:
    """Documents issued in November and December 2013, and amended every year: the first year is 2014."""
    follows = "follows: agree, every: {period: year, ending: finished}"
    for due, first in (
        ("by: 2014-12-31", "2015"),
        ("by: 2014-09-30", "2014"),
        ("during: {from: 2014-11, to: 2014-12}", "2015"),
        ("none: true", "2014"),
    ):
        ready = changed(("every: {period: year, ending: finished}", follows), ("by: 2014-09-30", due))

        assert series(ready, "year").first.id == first, due


def test_a_recurring_duty_with_a_date_of_the_calendar_that_is_over_has_a_first_period_all_the_same() -> None:
    """Odd as it is, it must not bring the reading of the plan down."""
    plan = houses().plan
    due = DeadlineText(before=dt.date(2014, 6, 27), before_issue="counted")
    report = plan.reports["quarterly"].model_copy(update={"due": due})
    fixed = plan.model_copy(update={"reports": {"quarterly": report}})

    found = series_of(fixed, fixed.responsibilities["quarter"], {})

    assert found is not None and found.first.id == "2014-Q2"


# --- the last period


def test_a_series_without_an_end_goes_on_with_an_open_campaign() -> None:
    assert ends(houses(), "quarter") is None


def test_a_series_ends_with_the_campaign_unless_it_says_otherwise() -> None:
    for to, last in (("2015-10-15", "2015-Q4"), ("2016", "2016-Q4"), ("open", None), ("2016, and_after: true", None)):
        ready = changed(("  period: {from: 2014-06-28}\n", f"  period: {{from: 2014-06-28, to: {to}}}\n"))

        assert ends(ready, "quarter") == last, to
    closed = ("  period: {from: 2014-06-28}\n", "  period: {from: 2014-06-28, to: 2016}\n")
    for ending, last in (("ending: open", None), ("ending: 2015-Q1", "2015-Q1"), ("and_after: true", None)):
        ready = changed(closed, (EVERY_QUARTER, f"every: {{period: quarter, stated: every quarter, {ending}}}"))

        assert ends(ready, "quarter") == last, ending


def test_a_series_that_goes_on_after_its_horizon_has_no_last_period() -> None:
    """Từ năm 2013 đến năm 2020 và tiếp theo: 2020 is a horizon."""
    ready = changed(("ending: 2015-H2", "ending: 2015-H2, and_after: true"))

    assert (ends(houses(), "half"), ends(ready, "half")) == ("2015-H2", None)


def test_a_series_that_an_event_ends_is_open_until_it_happens_and_ends_with_the_period_it_happened_in() -> None:
    assert ends(houses(), "year") is None
    assert ends(houses(), "year", finished=moment("2016-03-05")) == "2016"
    assert ends(houses(), "year", request=moment("2016-03-05")) is None


def test_the_period_in_which_an_event_happened_is_told_by_the_plans_own_days() -> None:
    late = dt.datetime(2015, 12, 31, 17, 30, tzinfo=dt.UTC)  # half past midnight on 1 January in Hà Nội

    assert ends(houses(), "year", finished=late) == "2016"


# --- what is there when


@pytest.mark.parametrize(
    ("now", "quarters"),
    [
        ("2014-06-28 08:00", ["2014-Q3"]),
        ("2014-06-30 23:59", ["2014-Q3"]),
        ("2014-07-01 00:00", ["2014-Q3", "2014-Q4"]),
        ("2014-12-31 23:59", ["2014-Q3", "2014-Q4", "2015-Q1"]),
        ("2015-01-01 00:00", ["2014-Q3", "2014-Q4", "2015-Q1", "2015-Q2"]),
    ],
)
def test_the_periods_begun_are_there_and_one_that_is_ahead(now: str, quarters: list[str]) -> None:
    found = [key for key in duties(houses(), moment(now)) if key.startswith("quarter@")]

    assert found == [f"quarter@{one}" for one in quarters]


def test_a_period_begins_at_midnight_of_the_plans_own_zone() -> None:
    before, after = dt.datetime(2014, 6, 30, 16, 59, tzinfo=dt.UTC), dt.datetime(2014, 6, 30, 17, tzinfo=dt.UTC)

    assert "quarter@2014-Q4" not in duties(houses(), before)
    assert "quarter@2014-Q4" in duties(houses(), after)


def test_without_a_clock_those_of_the_rosters_day_are_there() -> None:
    assert list(duties(houses())) == list(duties(houses(), moment("2014-06-28")))


def test_an_event_that_ends_a_series_takes_back_the_period_ahead() -> None:
    before = keys(houses(), "year", moment("2014-11-01"))
    after = keys(houses(), "year", moment("2014-11-01"), finished=moment("2014-10-01"))

    assert before == ["year/dept/2014", "year/bank/2014", "year/dept/2015", "year/bank/2015"]
    assert after == ["year/dept/2014", "year/bank/2014"]


def test_a_duty_knows_whether_another_period_follows() -> None:
    found = duties(houses(), moment("2015-07-01"))

    assert [found[f"half@{one}"].recurs for one in ("2014-H1", "2014-H2", "2015-H1", "2015-H2")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert found["quarter@2014-Q3"].recurs
    assert not found["found"].recurs


# --- by when


@pytest.mark.parametrize(
    ("duty", "phase", "opens", "last_moment", "last_working_day"),
    [
        ("quarter@2014-Q3", "reporting", "2014-07-01", "2014-09-20", "2014-09-19"),
        ("quarter@2014-Q4", "reporting", "2014-10-01", "2014-12-20", "2014-12-19"),
        ("half@2014-H1", "completed", "2014-01-01", "2014-07-01", "2014-06-30"),
        ("half@2014-H2", "completed", "2014-07-01", "2015-01-01", "2014-12-31"),
        ("year@2014", "completed", "2014-01-01", "2015-01-01", "2014-12-31"),
        ("year@2015", "completed", "2015-01-01", "2016-01-01", "2015-12-31"),
    ],
)
def test_the_deadlines_of_each_period_are_those_worked_out_by_hand(
    duty: str, phase: str, opens: str, last_moment: str, last_working_day: str
) -> None:
    line = duties(houses(), moment("2015-01-01"))[duty].deadlines[phase]

    assert (line.opens, line.last_moment) == (moment(opens), moment(last_moment))
    assert str(line.last_working_day) == last_working_day


def test_a_date_after_the_period_it_reports_on_belongs_to_that_period() -> None:
    """Closing date and sending date are two: the figures of a quarter go out on the 15th of the month after it."""
    ready = changed((QUARTERLY, "due: {by: {day: 15, month: next}}"))

    line = duties(ready, moment("2014-11-01"))["quarter@2014-Q4"].deadlines["reporting"]

    assert (line.opens, line.last_moment) == (moment("2014-10-01"), moment("2015-01-16"))


def test_a_duty_of_a_period_carries_the_periods_own_moments_and_the_plans_words() -> None:
    duty = duties(houses())["quarter@2014-Q3"]

    assert (duty.period, duty.rhythm, duty.key) == ("2014-Q3", "every quarter", "quarter@2014-Q3")
    assert duty.span is not None
    assert (duty.span.begins, duty.span.first_day_ends, duty.span.ends) == (
        moment("2014-07-01"), moment("2014-07-02"), moment("2014-10-01"),
    )  # fmt: skip


def test_a_periods_moments_are_the_first_the_end_of_its_first_day_and_the_first_after_it() -> None:
    found = spans(CalendarPeriod(unit="month", year=2014, number=12), VIETNAM)

    assert found == (moment("2014-12-01"), moment("2014-12-02"), moment("2015-01-01"))


# --- by whom


def test_members_of_a_group_are_those_that_exist_when_the_period_begins() -> None:
    """East was created on 1 January 2015, South ended the day before."""
    found = keys(houses(), "quarter", moment("2014-12-01"))

    assert found == [
        "quarter/north/2014-Q3", "quarter/south/2014-Q3",
        "quarter/north/2014-Q4", "quarter/south/2014-Q4",
        "quarter/north/2015-Q1", "quarter/east/2015-Q1",
    ]  # fmt: skip


def test_an_agency_named_by_itself_that_has_ended_is_replaced_by_the_one_that_took_over() -> None:
    assert keys(houses(), "half", moment("2014-12-01")) == [
        "half/south/2014-H1", "half/south/2014-H2", "half/north/2015-H1",
    ]  # fmt: skip


def test_an_agency_that_takes_over_within_a_period_leaves_the_members_of_that_period_as_they_were() -> None:
    ready = changed(("until: 2014-12-31", "until: 2014-11-15"), ("from: 2015-01-01", "from: 2014-11-16"))

    found = keys(ready, "quarter", moment("2015-01-01"))

    assert [key for key in found if key.endswith("2014-Q4")] == ["quarter/north/2014-Q4", "quarter/south/2014-Q4"]
    assert [key for key in found if key.endswith("2015-Q1")] == ["quarter/north/2015-Q1", "quarter/east/2015-Q1"]


def test_a_period_that_began_before_the_plan_has_the_members_of_the_rosters_day() -> None:
    ready = changed((EVERY_QUARTER, "every: {period: quarter, starting: 2014-Q2, stated: every quarter}"),
                    ("from: 2015-01-01", "from: 2014-05-10"),
                    (QUARTERLY, "due: {before: {day: 20, month: last}, before_issue: counted}"))  # fmt: skip

    assert keys(ready, "quarter")[:3] == ["quarter/north/2014-Q2", "quarter/south/2014-Q2", "quarter/east/2014-Q2"]


def test_a_partner_owes_its_share_for_each_period_too() -> None:
    found = duties(houses(), moment("2014-12-01"))

    assert [key for key in found if key.startswith("year")] == ["year@2014", "year+@2014", "year@2015", "year+@2015"]
    partner = found["year+@2015"]
    assert (partner.period, partner.partner, partner.role) == ("2015", True, "coordinate")
    assert partner.span is not None and partner.span.begins == moment("2015-01-01")
