"""A plan's `calendar:` block made into the calendar that the domain counts with.

The table of holidays comes from the `holidays` package, which is imported only here and only when a country is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from campaignflow.domain.clock import shown
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.errors import CampaignflowError

if TYPE_CHECKING:
    from holidays import HolidayBase

#: How a plan says that it follows no country's table.
NO_COUNTRY: Final = "none"


class UnknownCountry(CampaignflowError):
    """The holidays of a country are asked for that the table does not know."""

    code = "unknown-country"
    message = "No holidays are known for the country '{country}'."
    cure = "Write a two-letter country code in capitals, such as VN, or `none`."


def build_calendar(
    *,
    country: str | None,
    working_days: Iterable[int],
    years: tuple[int, int],
    add: Mapping[date, str] | Iterable[date] = (),
    remove: Iterable[date] = (),
    working: Iterable[date] = (),
) -> WorkCalendar:
    """The working days that a plan's `calendar:` block describes.

    Args:
        country: whose public holidays and swapped working days hold (`VN`); None or `none` for no country's.
        working_days: the working weekdays, Monday = 0.
        years: first and last year for which the holidays are looked up.
        add: further days off, with or without a name.
        remove: days that the country's table takes for holidays, or for swapped working days, and this plan does not.
        working: days worked although their weekday or a holiday says otherwise.

    Raises:
        UnknownCountry: the table has no such country.
        NoWorkingDay: `working_days` is empty.
    """
    days_off, swapped, covers = _national(country, years)
    removed = frozenset(remove)
    added = dict(add) if isinstance(add, Mapping) else dict.fromkeys(add, "")
    kept = {day: name for day, name in days_off.items() if day not in removed}
    return WorkCalendar(
        working_days=frozenset(working_days),
        holidays=kept | added,
        # A day that the plan itself takes off is off, whatever the country swapped; a day it calls working is working.
        extra=(swapped - removed - added.keys()) | frozenset(working),
        covers=covers,
    )


def _national(
    country: str | None, years: tuple[int, int]
) -> tuple[dict[date, str], frozenset[date], tuple[date, date]]:
    """A country's holidays and swapped working days in those years, and the days for which its table speaks."""
    first, last = min(years), max(years)
    if country is None or country == NO_COUNTRY:
        return {}, frozenset(), (date(first, 1, 1), date(last, 12, 31))
    table = _table(country, range(first, last + 1))
    swapped = frozenset(day for day in table.weekend_workdays if first <= day.year <= last)
    known_from, known_to = max(first, table.start_year), min(last, table.end_year)
    if known_from > known_to:  # the table ends before these years begin: it knows nothing of them
        return {}, frozenset(), (date.min, date.min)
    return dict(table.items()), swapped, (date(known_from, 1, 1), date(known_to, 12, 31))


def _table(country: str, years: Iterable[int]) -> HolidayBase:
    """The package's table, with names in the country's own language whatever the locale of this machine is."""
    import holidays

    if country not in holidays.list_supported_countries():
        raise UnknownCountry(country=shown(country))
    options: dict[str, Any] = {"years": years}
    language = getattr(holidays, country).default_language
    return holidays.country_holidays(country, language=language, **options)
