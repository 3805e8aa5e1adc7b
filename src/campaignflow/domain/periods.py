"""Periods of the calendar: what a recurring duty is owed for, and how its days are told from them.

A period (kỳ) is a month, a quarter (quý), a half-year or a year of the calendar. Its id names it in keys for good:
`2014-09`, `2014-Q3`, `2015-H1`, `2015`. The day on which something is owed need not lie in it: "before the 20th of each
quarter's last month" lies before its end, the 15th of the month that follows after it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

from campaignflow.domain.clock import FIRST_YEAR, LAST_YEAR
from campaignflow.domain.deadlines import Window

Unit = Literal["month", "quarter", "half-year", "year"]
"""How long a period is."""

UNITS: Final[tuple[Unit, ...]] = get_args(Unit)

_MONTHS: Final[Mapping[Unit, int]] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
_ID: Final = re.compile(r"(?P<year>[0-9]{4})(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12])))?")

PERIOD_PATTERN: Final = _ID.pattern.replace("?P<year>", "?:").replace("?P<month>", "?:").replace(
    "?P<quarter>", "?:"
).replace("?P<half>", "?:")  # fmt: skip
"""How the id of a period is written, for the published schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPeriod:
    """One period of the calendar.

    >>> period = parse_period("2014-Q3")
    >>> period.window.first.isoformat(), period.window.last.isoformat(), period.following().id
    ('2014-07-01', '2014-09-30', '2014-Q4')
    """

    unit: Unit
    year: int
    #: Which of its year, from 1: the third quarter is 3.
    number: int

    @property
    def id(self) -> str:
        """Its name in keys."""
        marks = {"month": f"-{self.number:02}", "quarter": f"-Q{self.number}", "half-year": f"-H{self.number}"}
        return f"{self.year:04}{marks.get(self.unit, '')}"

    @property
    def window(self) -> Window:
        """Its days, both ends included."""
        last = self.number * _MONTHS[self.unit]
        first = last - _MONTHS[self.unit] + 1
        return Window(first=date(self.year, first, 1), last=date(self.year, last, monthrange(self.year, last)[1]))

    def following(self) -> CalendarPeriod:
        """The period after it."""
        return period_of(self.window.last + timedelta(days=1), self.unit)

    def month(self, which: int | str) -> tuple[int, int]:
        """The year and month that `first`, `last`, `next` or a number mean: the n-th month of the period, from 1;
        `next` is the month after it, and so is a number beyond its last month, counted on."""
        months = _MONTHS[self.unit]
        place = {"first": 1, "last": months, "next": months + 1}.get(which, which) if isinstance(which, str) else which
        assert isinstance(place, int), "the schema lets only these words through"
        years, month = divmod((self.number - 1) * months + place - 1, 12)
        return self.year + years, month + 1


def parse_period(text: str) -> CalendarPeriod | None:
    """The period with this id; None where the text is no id of one."""
    match = _ID.fullmatch(text)
    if match is None or not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        return None
    year = int(match["year"])
    if match["month"]:
        return CalendarPeriod(unit="month", year=year, number=int(match["month"]))
    if match["quarter"]:
        return CalendarPeriod(unit="quarter", year=year, number=int(match["quarter"]))
    if match["half"]:
        return CalendarPeriod(unit="half-year", year=year, number=int(match["half"]))
    return CalendarPeriod(unit="year", year=year, number=1)


def period_of(day: date, unit: Unit) -> CalendarPeriod:
    """The period of this length that a day lies in."""
    return CalendarPeriod(unit=unit, year=day.year, number=(day.month - 1) // _MONTHS[unit] + 1)


def relative_day(period: CalendarPeriod, day: int | Literal["last"], month: int | str) -> date:
    """The day that "the 20th of the last month" is, for one period.

    A month that is shorter than the day asked for gives its last day: the 31st of a quarter's last month is 30
    September in the third.
    """
    year, number = period.month(month)
    length = monthrange(year, number)[1]
    return date(year, number, length if day == "last" else min(day, length))


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The periods of one recurring duty, from its first to its last; without a last one it goes on."""

    first: CalendarPeriod
    last: CalendarPeriod | None = None

    def __iter__(self) -> Iterator[CalendarPeriod]:
        """Every period in order, up to the last year that a plan may live in."""
        period = self.first
        while period.year <= LAST_YEAR and (self.last is None or period.window.first <= self.last.window.first):
            yield period
            period = period.following()

    def made_by(self, day: date) -> Iterator[CalendarPeriod]:
        """The periods that are there on a day: those that have begun by then, and one that is ahead.

        A duty is told one period before it is owed, and a series without an end stays finite.
        """
        for period in self:
            yield period
            if period.window.first > day:
                return

    def goes_on_after(self, period: CalendarPeriod) -> bool:
        """Whether another period follows."""
        return self.last is None or period.window.first < self.last.window.first
