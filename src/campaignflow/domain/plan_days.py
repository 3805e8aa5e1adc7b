"""The days that a plan names: what decides for which years the holidays must be known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from campaignflow.domain.deadlines import Window
from campaignflow.domain.plan import Plan

_COUNTED: Final = frozenset({"plan", "calendar", "activities", "reports", "responsibilities", "reminders"})
"""The sections whose days are counted with. When an agency was founded and a law signed needs no calendar."""


def days_of(plan: Plan) -> Iterator[dt.date]:
    """Every day that the plan counts with: of its header, its calendar, its deadlines and its reminders."""
    yield from _days(plan.model_dump(include=set(_COUNTED), exclude_unset=True))


def years_of(plan: Plan) -> tuple[int, int] | None:
    """The years for which a plan needs to know the holidays: from one before its first day to ten after its last.

    None for a plan that names no day.
    """
    years = [day.year for day in days_of(plan)]
    return (min(years) - 1, max(years) + 10) if years else None


def _days(value: Any) -> Iterator[dt.date]:
    if isinstance(value, dt.date):
        yield value
    elif isinstance(value, Window):
        yield from (value.first, value.last)
    elif isinstance(value, Mapping):
        yield from (day for one in value.values() for day in _days(one))
    elif isinstance(value, list | tuple):
        yield from (day for one in value for day in _days(one))
