"""Working days: which they are, and counting them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignflow.domain.workdays import NoWorkingDay, WorkCalendar
from campaignflow.loading.holidays import UnknownCountry, build_calendar

MON_TO_FRI = frozenset(range(5))


def vietnam(first: int = 2020, last: int = 2020, **changes) -> WorkCalendar:
    return build_calendar(country="VN", working_days=MON_TO_FRI, years=(first, last), **changes)


def test_the_holidays_of_2020_are_those_of_the_government_s_notice():
    tet = [date(2020, 1, day) for day in range(23, 30)]
    others = [date(2020, 4, 2), date(2020, 4, 30), date(2020, 5, 1), date(2020, 9, 2)]
    assert list(vietnam().holidays) == [date(2020, 1, 1), *tet, *others]


def test_holidays_are_named_in_the_country_s_language_whatever_the_locale(monkeypatch):
    for locale in ("en_US.UTF-8", "vi_VN.UTF-8", "C"):
        monkeypatch.setenv("LANGUAGE", locale)
        assert vietnam().holidays[date(2020, 9, 2)] == "Quốc khánh"


def test_national_day_is_two_days_from_2021():
    assert not vietnam(2021, 2021).is_working(date(2021, 9, 3))
    assert vietnam().is_working(date(2020, 9, 3))


def test_swapped_saturdays_are_worked_in_their_year_only():
    assert vietnam(2019, 2019).extra == {date(2019, 1, 5), date(2019, 5, 4)}
    assert vietnam(2019, 2019).is_working(date(2019, 5, 4))
    assert vietnam(2020, 2020).extra == frozenset()


def test_a_plan_adds_and_removes_holidays_and_working_saturdays():
    calendar = vietnam(
        2019,
        2020,
        add={date(2020, 10, 13): "Nghỉ bão"},
        remove=[date(2020, 9, 2), date(2019, 5, 4)],
        working=[date(2020, 10, 17), date(2020, 4, 30)],
    )
    assert calendar.holidays[date(2020, 10, 13)] == "Nghỉ bão"
    assert not calendar.is_working(date(2020, 10, 13))
    assert calendar.is_working(date(2020, 9, 2))
    assert not calendar.is_working(date(2019, 5, 4))
    assert calendar.is_working(date(2020, 10, 17))
    assert calendar.is_working(date(2020, 4, 30))


def test_without_a_country_only_weekends_and_the_plan_s_own_days_are_off():
    for country in (None, "none"):
        calendar = build_calendar(country=country, working_days=MON_TO_FRI, years=(2020, 2020), add=[date(2020, 10, 1)])
        assert calendar.holidays == {date(2020, 10, 1): ""}
        assert calendar.covers == (date(2020, 1, 1), date(2020, 12, 31))


def test_beyond_the_table_only_weekends_count_and_the_calendar_says_so():
    calendar = vietnam(2098, 2150)
    assert calendar.covers == (date(2098, 1, 1), date(2100, 12, 31))
    assert not calendar.is_covered(date(2101, 1, 3))
    assert calendar.is_working(date(2101, 1, 3))
    assert not vietnam(2150, 2160).is_covered(date(2150, 1, 1))


@pytest.mark.parametrize("country", ["XX", "vn", "", "HolidayBase", "NYSE", "V\nN"])
def test_a_country_without_a_table_is_refused_with_a_cure(country):
    with pytest.raises(UnknownCountry) as caught:
        build_calendar(country=country, working_days=MON_TO_FRI, years=(2020, 2020))
    assert caught.value.code == "unknown-country"
    assert "VN" in caught.value.advice()


def test_a_week_without_working_days_is_refused():
    with pytest.raises(NoWorkingDay):
        WorkCalendar(working_days=frozenset())
    for wrong in ({7}, {-1}):
        with pytest.raises(ValueError, match="not a calendar"):
            WorkCalendar(working_days=frozenset(wrong))


@pytest.mark.parametrize(
    ("day", "last", "following"),
    [
        (date(2020, 10, 24), date(2020, 10, 23), date(2020, 10, 26)),
        (date(2020, 10, 23), date(2020, 10, 23), date(2020, 10, 23)),
        (date(2020, 1, 25), date(2020, 1, 22), date(2020, 1, 30)),
        (date(2020, 5, 1), date(2020, 4, 29), date(2020, 5, 4)),
    ],
)
def test_the_nearest_working_days_lie_around_weekends_and_holidays(day, last, following):
    assert vietnam().last_working(day) == last
    assert vietnam().next_working(day) == following


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2020, 10, 23), 1, date(2020, 10, 26)),
        (date(2020, 10, 24), 1, date(2020, 10, 26)),
        (date(2020, 10, 24), 0, date(2020, 10, 24)),
        (date(2020, 10, 25), -1, date(2020, 10, 23)),
        (date(2020, 10, 23), -1, date(2020, 10, 22)),
        (date(2020, 10, 23), -7, date(2020, 10, 14)),
        (date(2020, 1, 20), 5, date(2020, 2, 3)),
        (date(2020, 2, 3), -5, date(2020, 1, 20)),
    ],
)
def test_working_days_are_added_over_weekends_and_tet(day, n, expected):
    assert vietnam().add(day, n) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (date(2020, 10, 23), date(2020, 10, 23), 0),
        (date(2020, 10, 22), date(2020, 10, 23), 1),
        (date(2020, 10, 14), date(2020, 10, 23), 7),
        (date(2020, 10, 24), date(2020, 10, 23), 0),
        (date(2020, 10, 26), date(2020, 10, 23), -1),
        (date(2020, 10, 30), date(2020, 10, 23), -5),
        (date(2020, 1, 20), date(2020, 2, 3), 5),
    ],
)
def test_working_days_between_two_days_count_the_later_end_only(a, b, expected):
    assert vietnam().between(a, b) == expected


DAYS = st.dates(date(2018, 1, 1), date(2022, 12, 31))
CALENDARS = st.builds(
    lambda week, holidays, extra: WorkCalendar(working_days=week, holidays=dict.fromkeys(holidays, ""), extra=extra),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(DAYS, max_size=20),
    st.frozensets(DAYS, max_size=5),
)


@given(CALENDARS, DAYS, DAYS)
def test_counting_gives_what_walking_day_by_day_gives(calendar, a, b):
    low, high = min(a, b), max(a, b)
    walked = sum(calendar.is_working(low + timedelta(days=n)) for n in range(1, (high - low).days + 1))
    assert calendar.between(a, b) == (walked if a <= b else -walked)


@given(CALENDARS, DAYS, st.integers(-300, 300))
def test_adding_working_days_lands_on_one_and_counts_back(calendar, day, n):
    found = calendar.add(day, n)
    if n > 0:
        assert calendar.is_working(found)
        assert calendar.between(day, found) == n
    elif n < 0:
        assert calendar.is_working(found)
        assert calendar.between(found - timedelta(days=1), day - timedelta(days=1)) == -n
    else:
        assert found == day


@given(CALENDARS, DAYS)
def test_the_nearest_working_days_are_working_with_none_between(calendar, day):
    last, following = calendar.last_working(day), calendar.next_working(day)
    assert last <= day <= following
    assert calendar.is_working(last)
    assert calendar.is_working(following)
    assert calendar.between(last, day) == 0
    assert calendar.between(day - timedelta(days=1), following) == 1


@given(CALENDARS)
def test_a_calendar_survives_its_json_and_equal_calendars_have_equal_json(calendar):
    data = calendar.to_json()
    again = WorkCalendar.from_json(data)
    assert again == calendar
    assert hash(again) == hash(calendar)
    assert again.to_json() == data
    assert list(again.to_json()["holidays"]) == sorted(data["holidays"])


def test_a_day_outside_the_calendar_of_python_is_an_overflow():
    with pytest.raises(OverflowError):
        WorkCalendar.weekdays().add(date(9999, 12, 30), 5)
    with pytest.raises(OverflowError):
        WorkCalendar.weekdays().add(date(1, 1, 2), -5)
