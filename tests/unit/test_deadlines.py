"""Deadlines: from a plan's words to the instants that decide."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from campaignflow.domain.clock import iso, last_instant
from campaignflow.domain.deadline_text import KINDS, DaysText, DeadlineText, RelativeDay
from campaignflow.domain.deadlines import (
    Deadline,
    NoPeriod,
    Window,
    days_left,
    last_day_within,
    resolve,
    rolled,
    settle,
    working_days_left,
)
from campaignflow.domain.periods import parse_period
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.loading.holidays import build_calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = build_calendar(country="VN", working_days=range(5), years=(2013, 2021))
PERIOD = Window(first=date(2020, 10, 1), last=date(2020, 10, 7))
END_OF_WEEK = {"ket-thuc-tuan-le": last_instant(PERIOD.last, ZONE)}


def resolved(text: dict[str, Any], *, zone: ZoneInfo = ZONE, events=None, period: Window | None = PERIOD) -> Deadline:
    written = DeadlineText.model_validate(text)
    return resolve(written, phase="reporting", calendar=CALENDAR, zone=zone, events=events, period=period, clause="IV")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


# Every row that has a moment, of the three plans worked out by hand; None: no opening.
BY_HAND = [
    # the plan of 2020
    ({"during": "period"}, "2020-10-01", "2020-10-08", "2020-10-07"),
    ({"on": "2020-10-01"}, "2020-10-01", "2020-10-02", "2020-10-01"),
    ({"during": {"from": "2020-10-01", "to": "2020-10-07"}}, "2020-10-01", "2020-10-08", "2020-10-07"),
    ({"before": "2020-10-25"}, None, "2020-10-25", "2020-10-23"),
    ({"before": "2020-10-30"}, None, "2020-10-30", "2020-10-29"),
    # the plan of 28 June 2014
    ({"before": "2014-06-27"}, None, "2014-06-27", "2014-06-26"),
    ({"before": "2014-07-25"}, None, "2014-07-25", "2014-07-24"),
    ({"before": "2014-08-18"}, None, "2014-08-18", "2014-08-15"),
    ({"before": "2014-09-30"}, None, "2014-09-30", "2014-09-29"),
    ({"before": "2014-10-15"}, None, "2014-10-15", "2014-10-14"),
    ({"before": "2014-10-31"}, None, "2014-10-31", "2014-10-30"),
    ({"during": "2015"}, "2015-01-01", "2016-01-01", "2015-12-31"),
    # the plan of 11 November 2013
    ({"during": "2013-12"}, "2013-12-01", "2014-01-01", "2013-12-31"),
    ({"during": {"from": "2013-Q4", "to": "2014-Q1"}}, "2013-10-01", "2014-04-01", "2014-03-31"),
    ({"during": {"from": "2013-11", "to": "2013-12"}}, "2013-11-01", "2014-01-01", "2013-12-31"),
    ({"during": "2013"}, "2013-01-01", "2014-01-01", "2013-12-31"),
    ({"during": "2020"}, "2020-01-01", "2021-01-01", "2020-12-31"),
    # the coordinator's own date
    ({"by": "2020-09-28", "set_by": "so-gddt"}, None, "2020-09-29", "2020-09-28"),
]


@pytest.mark.parametrize(("text", "opens", "last_moment", "last_working_day"), BY_HAND)
def test_a_dated_deadline_comes_to_what_was_worked_out_by_hand(text, opens, last_moment, last_working_day):
    deadline = resolved(text)
    assert (deadline.opens and iso(deadline.opens)) == (opens and f"{opens}T00:00:00+07:00")
    assert deadline.last_moment is not None
    assert iso(deadline.last_moment) == f"{last_moment}T00:00:00+07:00"
    assert deadline.last_day == date.fromisoformat(last_moment) - timedelta(days=1)
    assert deadline.last_working_day == date.fromisoformat(last_working_day)


def test_no_date_gives_no_moment():
    deadline = resolved({"none": "true", "stated": "kịp thời"})
    assert (deadline.opens, deadline.last_moment, deadline.last_day, deadline.last_working_day) == (None,) * 4
    assert not deadline.waiting
    assert not deadline.passed(at("2099-01-01T00:00"))
    assert deadline.opened(at("1999-01-01T00:00"))


def test_after_an_event_opens_with_it_and_never_ends():
    text = {"after": "ket-thuc-tuan-le", "stated": "Kết thúc Tuần lễ"}
    deadline = resolved(text, events=END_OF_WEEK)
    assert deadline.opens is not None
    assert iso(deadline.opens) == "2020-10-08T00:00:00+07:00"
    assert deadline.last_moment is None
    assert not deadline.waiting
    in_the_morning = resolved(text, events={"ket-thuc-tuan-le": at("2020-10-07T09:30")})
    assert in_the_morning.opens == at("2020-10-07T09:30")


@pytest.mark.parametrize("text", [{"after": "phe-duyet"}, {"within": {"days": "5", "after": "phe-duyet"}}])
def test_a_deadline_waits_for_its_event_and_is_settled_by_it(text):
    waiting = resolved(text)
    assert waiting.waiting
    assert waiting.last_moment is None
    assert not waiting.opened(at("2020-10-20T09:00"))
    happened = at("2020-10-20T09:00")
    settled = settle(waiting, happened, calendar=CALENDAR, zone=ZONE)
    assert not settled.waiting
    assert settled.opened(happened)
    assert settled == resolved(text, events={"phe-duyet": happened})
    moved = settle(settled, at("2020-10-21T09:00"), calendar=CALENDAR, zone=ZONE)
    assert moved == resolved(text, events={"phe-duyet": at("2020-10-21T09:00")})


def test_an_event_moves_no_deadline_that_does_not_count_from_one():
    deadline = resolved({"before": "2020-10-25"})
    assert settle(deadline, at("2020-10-20T09:00"), calendar=CALENDAR, zone=ZONE) == deadline


@pytest.mark.parametrize(
    ("days", "working", "roll", "happened", "last_day"),
    [
        pytest.param("5", "false", None, "2020-10-05T08:00", "2020-10-12", id="Saturday rolls to Monday"),
        pytest.param("5", "false", "none", "2020-10-05T08:00", "2020-10-10", id="unless the plan says none"),
        pytest.param("5", "false", "previous", "2020-10-05T08:00", "2020-10-09", id="or previous"),
        pytest.param("1", "false", None, "2020-10-05T00:00", "2020-10-06", id="the day of the event is not counted"),
        pytest.param("1", "false", None, "2020-10-05T23:59", "2020-10-06", id="whatever its hour"),
        pytest.param("3", "false", None, "2020-04-28T08:00", "2020-05-04", id="1 May and a weekend"),
        pytest.param("5", "false", None, "2020-01-20T08:00", "2020-01-30", id="over Tet"),
        pytest.param("5", "true", None, "2020-01-20T08:00", "2020-02-03", id="working days over Tet"),
        pytest.param("5", "true", None, "2020-10-23T08:00", "2020-10-30", id="working days from a Friday"),
        pytest.param("1", "true", None, "2020-10-24T08:00", "2020-10-26", id="a working day from a Saturday"),
        pytest.param("2", "true", None, "2014-04-24T08:00", "2014-04-26", id="a swapped Saturday is worked"),
        pytest.param("2", "false", None, "2014-04-24T08:00", "2014-04-26", id="and needs no roll"),
    ],
)
def test_within_counts_from_the_day_after_the_event_and_rolls(days, working, roll, happened, last_day):
    text = {"within": {"days": days, "working": working, "after": "e"}} | ({"roll": roll} if roll else {})
    deadline = resolved(text, events={"e": at(happened)})
    expected = date.fromisoformat(last_day)
    assert deadline.last_day == expected
    assert deadline.last_moment == datetime(expected.year, expected.month, expected.day, tzinfo=ZONE) + timedelta(
        days=1
    )


def test_days_after_the_end_of_the_period_are_counted_from_its_last_day():
    text = {"within": {"days": "1", "after": "ket-thuc-tuan-le"}}
    assert resolved(text, events=END_OF_WEEK).last_day == date(2020, 10, 8)


def test_an_event_recorded_in_another_offset_counts_on_its_local_day():
    text = {"within": {"days": "1", "after": "e"}}
    assert resolved(text, events={"e": datetime(2020, 10, 5, 17, tzinfo=UTC)}).last_day == date(2020, 10, 7)


@pytest.mark.parametrize(
    ("text", "opens", "last_day"),
    [
        ({"before": "2020-10-25", "roll": "next"}, None, "2020-10-26"),
        ({"before": "2020-10-25", "roll": "previous"}, None, "2020-10-23"),
        ({"by": "2020-10-25", "roll": "none"}, None, "2020-10-25"),
        ({"on": "2020-10-25", "roll": "next"}, "2020-10-26", "2020-10-26"),
        ({"on": "2020-10-25", "roll": "previous"}, "2020-10-23", "2020-10-23"),
        ({"during": {"from": "2020-10-19", "to": "2020-10-25"}, "roll": "next"}, "2020-10-19", "2020-10-26"),
        ({"during": {"from": "2020-10-24", "to": "2020-10-25"}, "roll": "previous"}, "2020-10-23", "2020-10-23"),
    ],
)
def test_other_kinds_roll_only_when_told_and_a_single_day_moves_whole(text, opens, last_day):
    deadline = resolved(text)
    assert (deadline.opens and deadline.opens.date().isoformat()) == opens
    assert deadline.last_day == date.fromisoformat(last_day)


def test_the_first_instant_after_the_last_day_is_too_late_and_the_one_before_is_not():
    deadline = resolved({"before": "2020-10-25"})
    assert deadline.last_moment is not None
    assert not deadline.passed(last_instant(date(2020, 10, 24), ZONE))
    assert deadline.passed(deadline.last_moment)
    assert deadline.passed(datetime(2020, 10, 24, 17, tzinfo=UTC))
    assert not deadline.passed(datetime(2020, 10, 24, 16, 59, 59, tzinfo=UTC))


def test_an_hour_shown_twice_is_judged_by_the_instant():
    """R20: a deadline at a midnight that Havana shows twice passes at the first and stays passed after the second."""
    havana = ZoneInfo("America/Havana")
    deadline = resolved({"before": "2020-11-01"}, zone=havana)
    assert deadline.last_moment is not None
    assert iso(deadline.last_moment) == "2020-11-01T00:00:00-04:00"
    assert deadline.passed(datetime(2020, 11, 1, 0, 0, tzinfo=havana, fold=1))
    later = resolved({"after": "e"}, zone=havana, events={"e": datetime(2020, 11, 1, 0, 10, tzinfo=havana, fold=1)})
    assert not later.opened(datetime(2020, 11, 1, 0, 30, tzinfo=havana, fold=0))
    assert later.opened(datetime(2020, 11, 1, 0, 30, tzinfo=havana, fold=1))


@pytest.mark.parametrize(
    ("today", "days", "working_days"),
    [
        ("2020-09-30", 24, 17),
        ("2020-10-21", 3, 2),
        ("2020-10-22", 2, 1),
        ("2020-10-23", 1, 0),
        ("2020-10-24", 0, 0),
        ("2020-10-25", -1, 0),
        ("2020-10-26", -2, -1),
        ("2020-10-30", -6, -5),
    ],
)
def test_days_left_count_to_the_last_calendar_day_and_the_last_working_day(today, days, working_days):
    deadline = resolved({"before": "2020-10-25"})
    assert days_left(deadline, date.fromisoformat(today)) == days
    assert working_days_left(deadline, date.fromisoformat(today), CALENDAR) == working_days


def test_without_a_last_day_none_are_left():
    deadline = resolved({"none": "true"})
    assert days_left(deadline, date(2020, 10, 1)) is None
    assert working_days_left(deadline, date(2020, 10, 1), CALENDAR) is None


def test_a_period_that_is_not_there_is_an_error_with_a_cure():
    with pytest.raises(NoPeriod) as caught:
        resolved({"during": "period"}, period=None)
    assert "'reporting'" in caught.value.text()


def test_a_deadline_keeps_the_plan_s_words_and_names_its_own_clause_before_the_duty_s():
    deadline = resolved({"on": "2020-10-01", "clause": "II.1-2", "stated": "vào ngày 01/10/2020", "missed": "presume"})
    assert (deadline.kind, deadline.clause, deadline.missed) == ("on", "II.1-2", "presume")
    assert deadline.stated == "vào ngày 01/10/2020"
    assert resolved({"before": "2020-10-25"}).clause == "IV"


@pytest.mark.parametrize(
    "text",
    [
        *(row[0] for row in BY_HAND),
        {"none": "true"},
        {"after": "ket-thuc-tuan-le"},
        {"after": "later"},
        {"within": {"days": "5", "working": "true", "after": "ket-thuc-tuan-le"}, "missed": "presume"},
        {"within": {"days": "5", "after": "later"}, "set_by": "so-gddt"},
    ],
)
def test_a_deadline_survives_its_json(text):
    deadline = resolved(text, events=END_OF_WEEK)
    again = Deadline.from_json(deadline.to_json(), ZONE)
    assert again == deadline
    assert again.to_json() == deadline.to_json()
    assert None not in deadline.to_json().values()
    if again.last_moment is not None:
        assert again.last_moment.tzinfo is ZONE


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ({}, "deadline-without-kind", ()),
        ({"stated": "kịp thời"}, "deadline-without-kind", ()),
        ({"before": "2020-10-25", "by": "2020-10-24"}, "deadline-with-two-kinds", ()),
        ({"none": "true", "by": "2020-10-24"}, "deadline-with-two-kinds", ()),
        ({"none": "false"}, "none-must-be-true", ()),
        ({"before": "2026-13-15"}, "bad-date", ("before",)),
        ({"before": {"day": "32", "month": "last"}}, "number-out-of-range", ("before", "day")),
        ({"by": {"day": "20", "month": "middle"}}, "bad-number", ("by", "month")),
        ({"on": {"month": "last"}}, "missing", ("on", "day")),
        ({"on": {"day": "20", "of": "quarter"}}, "extra_forbidden", ("on", "of")),
        ({"by": ["2020-10-24"]}, "not-text", ("by",)),
        ({"by": "2020-10-24", "before_issue": "maybe"}, "literal_error", ("before_issue",)),
        ({"by": "2020-10-24", "every": "quarter"}, "extra_forbidden", ("every",)),
        ({"within": {"days": "0", "after": "e"}}, "number-out-of-range", ("within", "days")),
        ({"within": {"days": "5"}}, "missing", ("within", "after")),
        ({"by": "2020-10-24", "missed": "ignore"}, "literal_error", ("missed",)),
        ({"by": "2020-10-24", "roll": "forward"}, "literal_error", ("roll",)),
        ({"during": {"from": "2020-10-07", "to": "2020-10-01"}}, "window-reversed", ("during",)),
    ],
)
def test_a_deadline_that_does_not_say_when_once_is_refused_where_it_stands(text, code, path):
    with pytest.raises(ValidationError) as caught:
        DeadlineText.model_validate(text)
    (error,) = caught.value.errors()
    assert (error["type"], error["loc"]) == (code, path)


def test_the_published_schema_asks_for_exactly_one_kind():
    assert DeadlineText.model_json_schema()["oneOf"] == [{"required": [kind]} for kind in KINDS]


def test_what_a_deadline_text_writes_as_json_it_reads_back():
    for text in (
        {"during": {"from": "2013-Q4", "to": "2014-Q1"}},
        {"within": {"days": "5", "after": "e"}},
        {"before": {"day": "20", "month": "last"}},
        {"on": {"day": "last", "month": "2"}},
        {"by": {"day": "5"}},
    ):
        written = DeadlineText.model_validate(text)
        stored = written.model_dump(mode="json", exclude_defaults=True)
        assert DeadlineText.model_validate(stored) == written


def test_a_span_of_days_is_counted_alike_for_answers_and_for_work():
    span = DaysText.model_validate({"days": "1", "working": "true", "set_by": "so-gddt"})
    friday = date(2020, 10, 23)
    assert last_day_within(friday, span.days, working=span.working, calendar=CALENDAR) == date(2020, 10, 26)
    assert last_day_within(friday, span.days, working=False, calendar=CALENDAR) == date(2020, 10, 24)
    assert rolled(date(2020, 10, 24), "next", WorkCalendar.weekdays()) == date(2020, 10, 26)


def test_a_window_turned_around_is_refused():
    with pytest.raises(ValueError, match="cannot end"):
        Window(first=date(2020, 10, 7), last=date(2020, 10, 1))
    assert Window.from_json(PERIOD.to_json()) == PERIOD


# --- days told by the period of a recurring duty


def of_period(text: dict[str, Any], period: str, *, zone: ZoneInfo = ZONE) -> Deadline:
    """The deadline of one period, as a recurring duty has it."""
    found = parse_period(period)
    assert found is not None
    written = DeadlineText.model_validate(text).in_period(found)
    return resolve(written, phase="reporting", calendar=CALENDAR, zone=zone, period=found.window)


BEFORE_THE_20TH = {"before": {"day": "20", "month": "last"}, "stated": "trước ngày 20 tháng cuối quý"}


@pytest.mark.parametrize(
    ("text", "period", "last_moment", "last_working_day"),
    [
        (BEFORE_THE_20TH, "2014-Q3", "2014-09-20", "2014-09-19"),
        (BEFORE_THE_20TH, "2014-Q4", "2014-12-20", "2014-12-19"),
        ({"during": "period"}, "2014-Q3", "2014-10-01", "2014-09-30"),
        ({"during": "period"}, "2014-H1", "2014-07-01", "2014-06-30"),
        ({"during": "period"}, "2014-H2", "2015-01-01", "2014-12-31"),
        ({"during": "period"}, "2014", "2015-01-01", "2014-12-31"),
        ({"by": {"day": "last"}}, "2015-02", "2015-03-01", "2015-02-27"),
        ({"by": {"day": "31", "month": "last"}}, "2014-Q3", "2014-10-01", "2014-09-30"),
        ({"by": {"day": "15", "month": "next"}}, "2014-Q4", "2015-01-16", "2015-01-15"),
        ({"by": {"day": "5", "month": "2"}}, "2014-Q3", "2014-08-06", "2014-08-05"),
        ({"on": {"day": "1", "month": "first"}}, "2015-H1", "2015-01-02", "2014-12-31"),
    ],
)
def test_a_day_told_by_the_period_comes_to_what_was_worked_out_by_hand(text, period, last_moment, last_working_day):
    deadline = of_period(text, period)
    assert deadline.last_moment is not None
    assert iso(deadline.last_moment) == f"{last_moment}T00:00:00+07:00"
    assert deadline.last_working_day == date.fromisoformat(last_working_day)


def test_a_quarters_report_is_on_time_on_the_19th_and_too_late_from_the_first_instant_of_the_20th():
    deadline = of_period(BEFORE_THE_20TH, "2014-Q4")
    assert deadline.last_day == date(2014, 12, 19)
    assert not deadline.passed(last_instant(date(2014, 12, 19), ZONE))
    assert deadline.passed(at("2014-12-20T00:00"))
    assert deadline.stated == "trước ngày 20 tháng cuối quý"


def test_a_day_told_by_the_period_rolls_only_when_told():
    saturday = {"on": {"day": "20", "month": "last"}}
    assert of_period(saturday, "2014-Q4").last_day == date(2014, 12, 20)
    assert of_period({**saturday, "roll": "next"}, "2014-Q4").last_day == date(2014, 12, 22)
    assert of_period({**saturday, "roll": "previous"}, "2014-Q4").last_day == date(2014, 12, 19)


def test_without_a_period_a_day_told_by_one_is_no_day_and_everything_else_is_as_it_was():
    told = DeadlineText.model_validate(BEFORE_THE_20TH)
    dated = DeadlineText.model_validate({"before": "2014-09-20"})
    third = parse_period("2014-Q3")
    assert third is not None
    assert (told.kind, told.day, told.relative) == ("before", None, RelativeDay(day=20, month="last"))
    assert (dated.day, dated.relative) == (date(2014, 9, 20), None)
    assert dated.in_period(third) is dated
    assert told.in_period(third).day == date(2014, 9, 20)
    assert told.day is None
    assert resolved(BEFORE_THE_20TH).last_moment is None


def test_a_day_of_a_month_without_a_month_is_one_of_the_last():
    assert of_period({"by": {"day": "20"}}, "2014-Q3").last_day == date(2014, 9, 20)


def test_a_window_ends_with_its_last_day():
    for text, last in (("2013-12", "2013-12-31"), ("2013-Q4", "2013-12-31"), ("2013-H1", "2013-06-30")):
        deadline = resolved({"during": text})
        assert deadline.last_day == date.fromisoformat(last)
        assert not deadline.passed(last_instant(date.fromisoformat(last), ZONE))
        assert deadline.passed(datetime.combine(date.fromisoformat(last) + timedelta(days=1), time(), ZONE))
