"""Which days are working days, and counting them.

A calendar is resolved once, when a plan is applied, and stored with the revision: a new release of a holiday table then
changes nothing by itself. Every answer is arithmetic on whole weeks plus a search in the sorted exceptions, so a count
over a century costs what a count over a week does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from campaignflow.errors import CampaignflowError

_WEEK: Final = 7
_LAST_ORDINAL: Final = date.max.toordinal()


class NoWorkingDay(CampaignflowError):
    """A calendar whose week has no working day: nothing could ever be counted in it."""

    code = "no-working-day"
    message = "The calendar has no working day in the week."
    cure = "Name at least one day in `working_days`, such as [mon, tue, wed, thu, fri]."


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """The working days of a plan.

    A day is a working day when its weekday is one and it is no holiday, or when it is one of `extra`; `extra` wins over
    everything else, because it is said of that very day.

    Raises:
        NoWorkingDay: `working_days` is empty.
        ValueError: a weekday is not one of 0 to 6, or `covers` ends before it begins.
    """

    #: The working weekdays, Monday = 0.
    working_days: frozenset[int]
    #: The holidays and what they are called, in the order of the dates.
    holidays: Mapping[date, str] = field(default_factory=dict, hash=False)
    #: Days worked although their weekday or a holiday says otherwise (swapped Saturdays).
    extra: frozenset[date] = frozenset()
    #: First and last day for which the holidays are known. Outside of it only the weekdays count.
    covers: tuple[date, date] = (date.min, date.max)
    _off: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _on: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _before: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the exceptions once, as day numbers."""
        if not self.working_days:
            raise NoWorkingDay
        if not self.working_days <= set(range(_WEEK)) or self.covers[0] > self.covers[1]:
            raise ValueError(f"not a calendar: weekdays {sorted(self.working_days)}, covers {self.covers}")
        settle = object.__setattr__
        settle(self, "holidays", {day: self.holidays[day] for day in sorted(self.holidays)})
        settle(self, "_off", self._ordinals(self.holidays.keys() - self.extra, regular=True))
        settle(self, "_on", self._ordinals(self.extra, regular=False))
        settle(self, "_before", tuple(sum(day in self.working_days for day in range(n)) for n in range(_WEEK + 1)))

    @classmethod
    def weekdays(cls) -> WorkCalendar:
        """Monday to Friday, no holiday known."""
        return cls(working_days=frozenset(range(5)))

    def is_working(self, day: date) -> bool:
        """Whether that day is a working day."""
        return day in self.extra or (day.weekday() in self.working_days and day not in self.holidays)

    def is_covered(self, day: date) -> bool:
        """Whether the holidays of that day's time are known."""
        return self.covers[0] <= day <= self.covers[1]

    def last_working(self, day: date) -> date:
        """The last working day up to and including `day`."""
        return self._nth(self._until(day.toordinal()))

    def next_working(self, day: date) -> date:
        """The first working day from `day` on, `day` included."""
        return self._nth(self._until(day.toordinal() - 1) + 1)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day`, or before it for a negative n; `day` itself, working or not, for 0."""
        if n > 0:
            return self._nth(self._until(day.toordinal()) + n)
        if n < 0:
            return self._nth(self._until(day.toordinal() - 1) + 1 + n)
        return day

    def between(self, a: date, b: date) -> int:
        """The working days after `a` up to and including `b`; where `b` is earlier, minus those after `b` up to `a`."""
        return self._until(b.toordinal()) - self._until(a.toordinal())

    def to_json(self) -> dict[str, Any]:
        """The calendar as plain data, alike for equal calendars."""
        return {
            "working_days": sorted(self.working_days),
            "holidays": {day.isoformat(): name for day, name in self.holidays.items()},
            "extra": [day.isoformat() for day in sorted(self.extra)],
            "covers": [day.isoformat() for day in self.covers],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WorkCalendar:
        """The calendar that `to_json` wrote."""
        first, last = data["covers"]
        return cls(
            working_days=frozenset(data["working_days"]),
            holidays={date.fromisoformat(day): name for day, name in data["holidays"].items()},
            extra=frozenset(map(date.fromisoformat, data["extra"])),
            covers=(date.fromisoformat(first), date.fromisoformat(last)),
        )

    def _ordinals(self, days: Collection[date], *, regular: bool) -> tuple[int, ...]:
        """The numbers of those days whose weekday is (or is not) a working one, sorted."""
        return tuple(sorted(day.toordinal() for day in days if (day.weekday() in self.working_days) is regular))

    def _until(self, ordinal: int) -> int:
        """How many working days there are from the first day of the calendar (a Monday, number 1) to that one."""
        weeks, rest = divmod(ordinal, _WEEK)
        regular = weeks * self._before[_WEEK] + self._before[rest]
        return regular - bisect_right(self._off, ordinal) + bisect_right(self._on, ordinal)

    def _nth(self, count: int) -> date:
        """The working day up to which there are `count`.

        Raises:
            OverflowError: it lies outside the years 1 to 9999.
        """
        ordinal = 1 + bisect_left(range(1, _LAST_ORDINAL + 1), count, key=self._until)
        if count < 1 or ordinal > _LAST_ORDINAL:
            raise OverflowError("no such working day in the years 1 to 9999")
        return date.fromordinal(ordinal)
