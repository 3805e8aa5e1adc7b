"""Which periods a recurring duty is owed for: from `every` in the plan's text to a series.

The first period, where the plan names none, is the first whose date follows the plan's own: a quarterly report "before
the 20th of the quarter's last month" of a plan of 28 June begins with the third quarter. The last is the one that the
plan names, the one in which the event happened that ends the series, or the one in which the campaign ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from campaignflow.domain.clock import local_date
from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.duty_text import Every, Responsibility
from campaignflow.domain.periods import CalendarPeriod, Series, parse_period, period_of
from campaignflow.domain.plan import Plan


def series_of(plan: Plan, text: Responsibility, happened: Mapping[str, dt.datetime]) -> Series | None:
    """The periods of a recurring duty; None for one that does not recur.

    Args:
        plan: the plan.
        text: the duty.
        happened: when each outside event recorded so far happened.
    """
    every = text.every
    if every is None:
        return None
    return Series(first=_first(plan, text, every), last=_last(plan, every, happened))


def _first(plan: Plan, text: Responsibility, every: Every) -> CalendarPeriod:
    if every.starting:
        named = parse_period(every.starting)
        assert named is not None and named.unit == every.period, "plan_rules compares the unit of the first period"
        return named
    day = _followed(plan, text) or plan.plan.issued_on or plan.roster_day
    period = period_of(day, every.period)
    while any(owed < day for owed in _days(plan, text, period)):
        period = period.following()
    return period


def _followed(plan: Plan, text: Responsibility) -> dt.date | None:
    """The day after the last day of the duty that this one carries on, where that is a date."""
    other = plan.responsibilities.get(text.follows or "")
    days = [line.window.last if line.window else line.day for line in (other.due.values() if other else ())]
    last = max((day for day in days if day), default=None)
    return last + dt.timedelta(days=1) if last else None


def _days(plan: Plan, text: Responsibility, period: CalendarPeriod) -> Iterator[dt.date]:
    """The last days on time for a period; its own last day where the plan names none.

    A date of the calendar is the same for every period, and says nothing about which is the first.
    """
    report = plan.reports.get(text.report or "")
    lines: list[DeadlineText] = [*text.due.values(), *([report.due] if report and report.due else ())]
    told = [line.in_period(period) for line in lines if line.relative]
    days = [line.day - dt.timedelta(days=line.kind == "before") for line in told if line.day]
    yield from days or [period.window.last]


def _last(plan: Plan, every: Every, happened: Mapping[str, dt.datetime]) -> CalendarPeriod | None:
    if every.and_after or every.ending == "open":
        return None
    if every.ending is None:
        end = plan.plan.period.last if plan.plan.period else None
        return period_of(end, every.period) if end else None
    named = parse_period(every.ending)
    if named is not None:
        return named
    when = happened.get(every.ending)
    return period_of(local_date(when, plan.zone), every.period) if when else None


def spans(period: CalendarPeriod, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
    """A period's first moment, the end of its first day, and the first moment after it."""
    from campaignflow.domain.clock import end_of_day, start_of_day

    window = period.window
    return start_of_day(window.first, zone), end_of_day(window.first, zone), end_of_day(window.last, zone)
