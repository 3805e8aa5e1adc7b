"""Periods of the calendar: their ids, their days, the days told by them, and the series of a recurring duty."""

from __future__ import annotations

import re
from datetime import date

import pytest

from campaignflow.domain.periods import (
    PERIOD_PATTERN,
    UNITS,
    CalendarPeriod,
    Series,
    Unit,
    parse_period,
    period_of,
    relative_day,
)

NO_IDS = [
    "", "14", "2014-", "2014-9", "2014-00", "2014-13", "2014-Q0", "2014-Q5", "2014-H0", "2014-H3", "2014-q3", "2014-h1",
    "2014-Q3 ", " 2014-Q3", "2014-Q3\n", "2014Q3", "20145", "٢٠١٤", "２０１４", "2014-09-01", "quarter", "open",
]  # fmt: skip


def period(text: str) -> CalendarPeriod:
    found = parse_period(text)
    assert found is not None, text
    return found


def ids(series: Series, by: date) -> list[str]:
    return [one.id for one in series.made_by(by)]


@pytest.mark.parametrize(
    ("text", "unit", "first", "last", "following"),
    [
        ("2014-09", "month", date(2014, 9, 1), date(2014, 9, 30), "2014-10"),
        ("2014-12", "month", date(2014, 12, 1), date(2014, 12, 31), "2015-01"),
        ("2015-02", "month", date(2015, 2, 1), date(2015, 2, 28), "2015-03"),
        ("2016-02", "month", date(2016, 2, 1), date(2016, 2, 29), "2016-03"),
        ("2014-Q1", "quarter", date(2014, 1, 1), date(2014, 3, 31), "2014-Q2"),
        ("2014-Q3", "quarter", date(2014, 7, 1), date(2014, 9, 30), "2014-Q4"),
        ("2014-Q4", "quarter", date(2014, 10, 1), date(2014, 12, 31), "2015-Q1"),
        ("2015-H1", "half-year", date(2015, 1, 1), date(2015, 6, 30), "2015-H2"),
        ("2015-H2", "half-year", date(2015, 7, 1), date(2015, 12, 31), "2016-H1"),
        ("2015", "year", date(2015, 1, 1), date(2015, 12, 31), "2016"),
        ("1900", "year", date(1900, 1, 1), date(1900, 12, 31), "1901"),
    ],
)
def test_an_id_names_the_days_of_its_period_and_the_period_that_follows(
    text: str, unit: Unit, first: date, last: date, following: str
) -> None:
    found = period(text)

    assert (found.unit, found.window.first, found.window.last) == (unit, first, last)
    assert (found.id, found.following().id) == (text, following)


@pytest.mark.parametrize("text", NO_IDS)
def test_any_other_text_is_no_id_of_a_period(text: str) -> None:
    assert parse_period(text) is None
    assert re.fullmatch(PERIOD_PATTERN, text) is None


@pytest.mark.parametrize("text", ["1899", "1899-12", "2201-Q1", "2201", "9999-H2", "0000"])
def test_a_period_outside_the_years_of_a_plan_is_none(text: str) -> None:
    assert parse_period(text) is None


@pytest.mark.parametrize("text", ["2014-09", "2014-12", "2014-Q3", "2015-H1", "2015"])
def test_the_published_pattern_lets_every_id_through(text: str) -> None:
    assert re.fullmatch(PERIOD_PATTERN, text)


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2014, 6, 30), ["2014-06", "2014-Q2", "2014-H1", "2014"]),
        (date(2014, 7, 1), ["2014-07", "2014-Q3", "2014-H2", "2014"]),
        (date(2014, 12, 31), ["2014-12", "2014-Q4", "2014-H2", "2014"]),
        (date(2015, 1, 1), ["2015-01", "2015-Q1", "2015-H1", "2015"]),
    ],
)
def test_a_day_lies_in_one_period_of_each_length(day: date, found: list[str]) -> None:
    assert [period_of(day, unit).id for unit in UNITS] == found


@pytest.mark.parametrize(
    ("text", "which", "year_and_month"),
    [
        ("2014-Q3", "first", (2014, 7)),
        ("2014-Q3", "last", (2014, 9)),
        ("2014-Q3", "next", (2014, 10)),
        ("2014-Q4", "next", (2015, 1)),
        ("2014-Q3", 2, (2014, 8)),
        ("2014-Q4", 4, (2015, 1)),
        ("2014-09", "first", (2014, 9)),
        ("2014-09", "last", (2014, 9)),
        ("2014-12", "next", (2015, 1)),
        ("2014-H1", "last", (2014, 6)),
        ("2014-H2", "next", (2015, 1)),
        ("2014", "last", (2014, 12)),
        ("2014", 6, (2014, 6)),
        ("2014", "next", (2015, 1)),
        ("2014", 24, (2015, 12)),
    ],
)
def test_a_month_is_told_by_its_place_in_the_period(
    text: str, which: int | str, year_and_month: tuple[int, int]
) -> None:
    assert period(text).month(which) == year_and_month


@pytest.mark.parametrize(
    ("text", "day", "month", "found"),
    [
        ("2014-Q3", 20, "last", date(2014, 9, 20)),
        ("2014-Q4", 20, "last", date(2014, 12, 20)),
        ("2014-Q3", 31, "last", date(2014, 9, 30)),
        ("2015-Q1", 30, 2, date(2015, 2, 28)),
        ("2016-Q1", 30, 2, date(2016, 2, 29)),
        ("2016-02", "last", "last", date(2016, 2, 29)),
        ("2014-H1", 15, "next", date(2014, 7, 15)),
        ("2014", 31, "next", date(2015, 1, 31)),
        ("2014", 1, "first", date(2014, 1, 1)),
    ],
)
def test_a_day_told_by_the_period_is_the_last_of_a_month_that_is_shorter(
    text: str, day: int, month: int | str, found: date
) -> None:
    assert relative_day(period(text), day, month) == found


# --- series


def test_a_series_goes_from_its_first_period_to_its_last() -> None:
    series = Series(first=period("2014-Q3"), last=period("2015-Q1"))

    assert [one.id for one in series] == ["2014-Q3", "2014-Q4", "2015-Q1"]


def test_a_series_that_ends_where_it_begins_has_one_period_and_one_that_ends_before_has_none() -> None:
    assert [one.id for one in Series(first=period("2014"), last=period("2014"))] == ["2014"]
    assert list(Series(first=period("2014"), last=period("2013"))) == []
    assert list(Series(first=period("2014"), last=period("2013")).made_by(date(2020, 1, 1))) == []


def test_a_series_without_an_end_stops_with_the_last_year_that_a_plan_may_live_in() -> None:
    assert [one.id for one in Series(first=period("2199-H2"))] == ["2199-H2", "2200-H1", "2200-H2"]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2013, 1, 1), ["2014-Q3"]),
        (date(2014, 6, 30), ["2014-Q3"]),
        (date(2014, 7, 1), ["2014-Q3", "2014-Q4"]),
        (date(2014, 9, 30), ["2014-Q3", "2014-Q4"]),
        (date(2014, 10, 1), ["2014-Q3", "2014-Q4", "2015-Q1"]),
    ],
)
def test_the_periods_made_by_a_day_are_those_begun_and_one_ahead(day: date, found: list[str]) -> None:
    assert ids(Series(first=period("2014-Q3")), day) == found


def test_nothing_is_made_after_the_last_period() -> None:
    series = Series(first=period("2014-Q3"), last=period("2014-Q4"))

    assert ids(series, date(2014, 10, 1)) == ["2014-Q3", "2014-Q4"]
    assert ids(series, date(2030, 1, 1)) == ["2014-Q3", "2014-Q4"]


def test_another_period_follows_each_but_the_last() -> None:
    series = Series(first=period("2014-Q3"), last=period("2014-Q4"))

    assert [series.goes_on_after(one) for one in series] == [True, False]
    assert Series(first=period("2014")).goes_on_after(period("2190"))
