"""R20: in every zone of the world each day begins exactly once, whatever the clocks do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignflow.domain.clock import (
    UnknownZone,
    end_of_day,
    from_micros,
    last_instant,
    local_date,
    parse_moment,
    start_of_day,
    to_micros,
    zone,
)
from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.deadlines import Deadline, Window, resolve
from campaignflow.domain.periods import UNITS, CalendarPeriod, Series, period_of
from campaignflow.domain.recurrence import spans
from campaignflow.domain.workdays import WorkCalendar

ONE_DAY = timedelta(days=1)
STRIDE = timedelta(days=16)
HOURS = st.integers(0, 48).map(lambda n: timedelta(hours=n))


@cache
def zones() -> tuple[str, ...]:
    """The zones of the world; the zone folder of a machine also holds names that are none."""
    found = []
    for name in sorted(available_timezones()):
        try:
            zone(name)
        except UnknownZone:
            continue
        found.append(name)
    return tuple(found)


def changes(name: str, first: int = 1970, last: int = 2037) -> Iterator[date]:
    """The days on which the clocks of a zone change, but for a change that is taken back within a stride."""
    place = zone(name)
    low = datetime(first, 1, 1, tzinfo=UTC)
    while low.year <= last:
        high = low + STRIDE
        if low.astimezone(place).utcoffset() != high.astimezone(place).utcoffset():
            yield narrowed(low, high, name)
        low = high


def narrowed(low: datetime, high: datetime, name: str) -> date:
    """The day of the change that lies between two instants."""
    place = zone(name)
    before = low.astimezone(place).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(place).utcoffset() == before else (low, middle)
    return high.astimezone(place).date()


def begins_once(day: date, name: str) -> bool:
    """Whether a day begins, and does so after the day before it: at one instant, which is the first of it."""
    place = zone(name)
    start = to_micros(start_of_day(day, place))
    just_before = from_micros(start - 1, place)
    return (
        local_date(from_micros(start, place), place) >= day
        and local_date(just_before, place) < day
        and just_before.date() < day
        and to_micros(start_of_day(day - ONE_DAY, place)) <= start <= to_micros(end_of_day(day, place))
    )


def test_the_whole_world_is_looked_at():
    assert len(zones()) > 400


@pytest.mark.parametrize("part", range(8))
def test_around_every_change_of_the_clocks_each_day_begins_exactly_once(part):
    """R20: every zone, every change of its clocks from 1970 to 2037, and the days around it."""
    wrong = [
        (name, day)
        for name in zones()[part::8]
        for change in changes(name)
        for day in (change - ONE_DAY, change, change + ONE_DAY)
        if not begins_once(day, name)
    ]
    assert wrong == []


@given(st.sampled_from(zones()), st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_any_day_of_any_zone_begins_exactly_once(name, day):
    """R20: days of the whole range that a plan may use."""
    assert begins_once(day, name)


@given(st.sampled_from(zones()), st.dates(date(1900, 1, 1), date(2200, 12, 31)), HOURS)
def test_an_instant_lies_in_the_one_day_that_is_its_local_date(name, day, later):
    place = zone(name)
    instant = (start_of_day(day, place).astimezone(UTC) + later).astimezone(place)
    today = local_date(instant, place)
    assert to_micros(start_of_day(today, place)) <= to_micros(instant) < to_micros(end_of_day(today, place))


@given(st.sampled_from(zones()), st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_deadline_passes_exactly_once_in_any_zone(name, day):
    """R20: the last instant of the day is on time, the next is late, and so is every one after it."""
    place = zone(name)
    deadline = resolved(DeadlineText(by=day), place)
    assert deadline.last_moment is not None
    moment = to_micros(deadline.last_moment)
    assert deadline.passed(from_micros(moment, place))
    assert not deadline.passed(last_instant(day, place))
    assert all(deadline.passed(from_micros(moment + hour * 3_600_000_000, place)) for hour in range(1, 49))
    assert Deadline.from_json(deadline.to_json(), place).to_json() == deadline.to_json()


@given(st.sampled_from(zones()), st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(0, 400))
def test_a_window_opens_before_it_ends_in_any_zone(name, day, length):
    """R20: both ends of a window are in, also where one of them is a day that the zone skipped."""
    place = zone(name)
    last = min(day + timedelta(days=length), date(2200, 12, 31))
    deadline = resolved(DeadlineText(during=Window(first=day, last=last)), place)
    assert deadline.opens is not None
    assert deadline.last_moment is not None
    assert to_micros(deadline.opens) <= to_micros(deadline.last_moment)


@given(st.sampled_from(zones()), st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30)))  # noqa: DTZ001
def test_a_written_local_time_is_shown_as_written_unless_the_clocks_skipped_it(name, wall):
    place = zone(name)
    instant = parse_moment(wall.isoformat(), place, bare="end")
    skipped = not any(
        wall.replace(tzinfo=place, fold=fold).astimezone(UTC).astimezone(place).replace(tzinfo=None) == wall
        for fold in (0, 1)
    )
    shown = instant.replace(tzinfo=None, fold=0)
    assert shown > wall if skipped else shown == wall
    assert instant.fold == 0


# --- recurring deadlines

RELATIVE = st.fixed_dictionaries(
    {"day": st.just("last") | st.integers(1, 31).map(str)},
    optional={"month": st.sampled_from(["first", "last", "next"]) | st.integers(1, 24).map(str)},
)
RECURRING = st.just({"during": "period"}) | st.builds(
    lambda word, day: {word: day}, st.sampled_from(["before", "by", "on"]), RELATIVE
)
#: Dates of the past in which zones were founded, moved and skipped whole days, and dates to come.
SINCE = st.dates(date(1900, 1, 1), date(2190, 12, 31)) | st.dates(date(1970, 1, 1), date(2037, 12, 31))


@given(st.sampled_from(zones()), RECURRING, st.sampled_from(UNITS), SINCE)
def test_each_period_s_deadline_resolves_to_one_instant_after_the_one_before_in_any_zone(name, text, unit, since):
    """R20: the first instant after the last day, strictly later with every period, whatever the clocks do there."""
    place = zone(name)
    written = DeadlineText.model_validate(text)
    lines = [of_period(written, period, place) for period in islice(Series(first=period_of(since, unit)), 14)]

    for line in lines:
        assert line.last_day is not None and line.last_moment is not None
        moment = to_micros(line.last_moment)
        assert moment == to_micros(end_of_day(line.last_day, place))
        assert line.passed(from_micros(moment, place))
        assert not line.passed(from_micros(moment - 1, place))
        assert local_date(from_micros(moment - 1, place), place) <= line.last_day
        assert Deadline.from_json(line.to_json(), place).to_json() == line.to_json()
    for before, after in pairwise(lines):
        assert before.last_moment is not None and after.last_moment is not None
        assert before.last_day is not None and after.last_day is not None
        assert before.last_day < after.last_day
        assert to_micros(before.last_moment) < to_micros(after.last_moment)


@pytest.mark.parametrize("part", range(8))
def test_in_every_zone_every_month_of_the_years_of_changing_clocks_ends_exactly_once(part):
    """R20: every zone, each month from 1970 to 2037: no gap, no overlap, none without length.

    The first day of one may have no length: the Line Islands skipped one at the turn of 1995.
    """
    wrong = []
    for name in zones()[part::8]:
        place = zone(name)
        months = Series(first=period_of(date(1970, 1, 1), "month"), last=period_of(date(2037, 12, 31), "month"))
        edges = [tuple(map(to_micros, spans(period, place))) for period in months]
        wrong += [(name, edge) for edge in edges if not edge[0] <= edge[1] < edge[2]]
        wrong += [(name, before + after) for before, after in pairwise(edges) if before[2] != after[0]]
    assert wrong == []


@given(st.sampled_from(zones()), st.sampled_from(UNITS), SINCE)
def test_a_longer_period_begins_and_ends_with_the_months_it_consists_of_in_any_zone(name, unit, day):
    """R20: what is owed for a quarter ends at the very instant at which its last month does."""
    place = zone(name)
    whole = period_of(day, unit)
    first, last = period_of(whole.window.first, "month"), period_of(whole.window.last, "month")
    assert spans(whole, place)[0] == spans(first, place)[0]
    assert spans(whole, place)[2] == spans(last, place)[2]


@given(st.sampled_from(zones()), RELATIVE, st.sampled_from(UNITS), SINCE)
def test_before_a_day_ends_where_by_the_day_before_it_does_and_on_it_opens_in_any_zone(name, told, unit, since):
    """R20: the three words for one day agree on where it begins and where it ends."""
    place = zone(name)
    period = period_of(since, unit)
    before, by, on = (of_period(DeadlineText.model_validate({word: told}), period, place) for word in WORDS)
    assert before.last_day is not None and by.last_day is not None
    assert before.last_day + ONE_DAY == by.last_day == on.last_day
    assert before.last_moment is not None and by.last_moment is not None
    assert (before.last_moment, by.last_moment) == (on.opens, on.last_moment)


WORDS = ("before", "by", "on")


def of_period(written: DeadlineText, period: CalendarPeriod, place: ZoneInfo) -> Deadline:
    return resolved(written.in_period(period), place, period=period.window)


def resolved(written: DeadlineText, place: ZoneInfo, **said: Any) -> Deadline:
    return resolve(written, phase="reporting", calendar=WorkCalendar.weekdays(), zone=place, **said)
