"""Periods of the calendar: every day of every year lies in exactly one, and a series leaves none out."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignflow.domain.clock import FIRST_YEAR, LAST_YEAR
from campaignflow.domain.periods import UNITS, CalendarPeriod, Series, Unit, parse_period, period_of, relative_day

FIRST, LAST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
ONE_DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}

DAYS = st.dates(FIRST, LAST)
PERIODS = st.builds(period_of, DAYS, st.sampled_from(UNITS))
#: Up to two years, the most that a plan may count on from its first month.
MONTHS_TOLD = st.sampled_from(["first", "last", "next"]) | st.integers(1, 24)
DAYS_TOLD = st.just("last") | st.integers(1, 31)


def whole_calendar(unit: Unit) -> list[CalendarPeriod]:
    return list(Series(first=period_of(FIRST, unit)))


@pytest.mark.parametrize("unit", UNITS)
def test_the_periods_tile_the_calendar_without_a_gap_or_an_overlap(unit: Unit) -> None:
    periods = whole_calendar(unit)

    assert (periods[0].window.first, periods[-1].window.last) == (FIRST, LAST)
    assert all(before.following() == after for before, after in pairwise(periods))
    assert all(before.window.last + ONE_DAY == after.window.first for before, after in pairwise(periods))


@pytest.mark.parametrize("unit", UNITS)
def test_every_day_of_three_centuries_lies_in_exactly_one_period_of_each_length(unit: Unit) -> None:
    days = 0
    for period in whole_calendar(unit):
        day = period.window.first
        while day <= period.window.last:
            assert period_of(day, unit) == period
            day, days = day + ONE_DAY, days + 1

    assert days == (LAST - FIRST).days + 1


@given(DAYS)
def test_a_shorter_period_lies_within_the_longer_one_of_the_same_day(day: date) -> None:
    windows = [period_of(day, unit).window for unit in UNITS]

    for inner, outer in pairwise(windows):
        assert outer.first <= inner.first <= day <= inner.last <= outer.last


@given(PERIODS)
def test_an_id_is_read_back_as_the_period_it_names(period: CalendarPeriod) -> None:
    assert parse_period(period.id) == period


@given(PERIODS, PERIODS)
def test_two_periods_have_one_id_only_if_they_are_one(one: CalendarPeriod, other: CalendarPeriod) -> None:
    assert (one.id == other.id) == (one == other)


@given(st.text(alphabet="0123456789-QH", max_size=8))
def test_whatever_is_read_as_a_period_is_written_as_it_was(text: str) -> None:
    found = parse_period(text)

    assert found is None or found.id == text


@given(PERIODS, DAYS_TOLD, MONTHS_TOLD)
def test_a_day_told_by_the_period_lies_in_the_month_asked_for(
    period: CalendarPeriod, day: int | str, month: int | str
) -> None:
    found = relative_day(period, day, month)  # type: ignore[arg-type]

    length = monthrange(found.year, found.month)[1]
    assert (found.year, found.month) == period.month(month)
    assert found.day == (length if day == "last" else min(int(day), length))


@given(PERIODS, DAYS_TOLD)
def test_first_and_last_are_months_of_the_period_and_next_is_the_one_after_it(
    period: CalendarPeriod, day: int | str
) -> None:
    first, last, after = (relative_day(period, day, month) for month in ("first", "last", "next"))  # type: ignore[arg-type]

    assert period.window.first <= first <= last <= period.window.last < after
    assert period_of(after, "month") == period_of(period.window.last, "month").following()


@given(PERIODS, DAYS_TOLD)
def test_a_month_is_told_by_its_number_or_by_its_word(period: CalendarPeriod, day: int | str) -> None:
    months = MONTHS[period.unit]

    for word, number in (("first", 1), ("last", months), ("next", months + 1)):
        assert relative_day(period, day, word) == relative_day(period, day, number)  # type: ignore[arg-type]


@given(PERIODS, DAYS_TOLD, MONTHS_TOLD)
def test_a_later_period_has_a_later_day(period: CalendarPeriod, day: int | str, month: int | str) -> None:
    following = period.following()

    assert relative_day(period, day, month) < relative_day(following, day, month)  # type: ignore[arg-type]


# --- what a recurring duty is made of


@st.composite
def series(draw: st.DrawFn) -> Series:
    """A series of up to sixty periods, with or without an end."""
    low, high = date(1950, 1, 1), date(2150, 12, 31)
    first = period_of(draw(st.dates(low, high)), draw(st.sampled_from(UNITS)))
    if draw(st.booleans()):
        return Series(first=first)
    last = first
    for _ in range(draw(st.integers(0, 59))):
        last = last.following()
    return Series(first=first, last=last)


NEAR = st.integers(-800, 6000)
"""Days from the beginning of a series at which somebody looks."""


def day_after(found: Series, days: int) -> date:
    return found.first.window.first + timedelta(days=days)


@given(series(), NEAR)
def test_what_is_made_by_a_day_is_what_has_begun_and_one_ahead_unless_the_series_is_over(
    found: Series, days: int
) -> None:
    day = day_after(found, days)
    made = list(found.made_by(day))

    ahead = [one for one in made if one.window.first > day]
    assert made[0] == found.first
    assert ahead == made[-1:] or (ahead == [] and made[-1] == found.last)
    assert all(one.following() == other for one, other in pairwise(made))


@given(series(), NEAR, st.integers(0, 800))
def test_as_time_goes_on_nothing_made_is_unmade(found: Series, days: int, later: int) -> None:
    before = list(found.made_by(day_after(found, days)))
    after = list(found.made_by(day_after(found, days + later)))

    assert after[: len(before)] == before


@given(series(), NEAR)
def test_one_day_makes_at_most_one_period_more(found: Series, days: int) -> None:
    before, after = (list(found.made_by(day_after(found, days + more))) for more in (0, 1))

    assert len(after) - len(before) in (0, 1)


@given(series())
def test_a_series_with_a_last_period_ends_there_and_nowhere_else(found: Series) -> None:
    made = list(found.made_by(LAST))

    assert made[-1] == (found.last or period_of(LAST, found.first.unit))
    assert [one for one in made if not found.goes_on_after(one)] == ([found.last] if found.last else [])
