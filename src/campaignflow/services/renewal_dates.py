"""Which values of a plan are dates of its own, of which year it is, and the same day of another year.

A plan's values are told by how they are written and where they stand, so that a key that comes to the schema needs
nothing here: a date is a date under every key, four digits are a year only where a span of time belongs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

from campaignflow.services.renewal_splice import Outlined, Path, Placed

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""A day as a plan writes it."""
_SPAN: Final = re.compile(r"[0-9]{4}-(?:[0-9]{2}|Q[1-4]|H[12])")
_YEAR_ALONE: Final = re.compile(r"[0-9]{4}")
_YEAR_KEYS: Final = frozenset({"from", "to", "during", "starting", "ending"})
"""Keys under which four digits are a year."""
_SPAN_HOLDERS: Final = frozenset({"period", "during", "continuous", "on"})
"""What `from` and `to` must stand in for their four digits to be years; `stages` besides."""
_WORDS: Final = frozenset({
    "id", "clause", "also", "number", "anomaly", "label", "words", "stated", "text", "title", "short_title", "name",
})  # fmt: skip
"""Keys whose values are text or names, also when they look like dates."""
_PAST: Final = frozenset({"legal_basis", "agencies", "calendar", "contacts", "rosters", "migrate_states"})
"""Sections whose dates are facts of the past, or no dates of the plan's."""
_PAST_OF_THE_HEADER: Final = frozenset({"id", "number", "date", "signed", "source", "promulgated_by"})


def year_of(outline: Outlined) -> int | None:
    """The year of a plan: of the period's first day, else of its date, else of the day of its roster."""
    days = _days(outline, ("period", "from"), ("date",), ("roster_on",))
    return next((day.year for day in days), None)


def roster_day_of(outline: Outlined) -> dt.date | None:
    """The day on which a plan's groups are counted: `roster_on`, else its date, else the period's first day."""
    return next(_days(outline, ("roster_on",), ("date",), ("period", "from")), None)


def day_in(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; 28 February for a 29 February that the year does not have.

    >>> day_in(dt.date(2020, 2, 29), 1)
    datetime.date(2021, 2, 28)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _days(outline: Outlined, *keys: Path) -> Iterator[dt.date]:
    """The days that entries of the header name, of those that do."""
    values = {piece.path: piece.value for piece in outline.pieces if piece.path[:1] == ("plan",)}
    for key in keys:
        if day := _begins(values.get(("plan", *key), "")):
            yield day


def _begins(text: str) -> dt.date | None:
    """The first day of a date or a span as a plan writes them."""
    if DAY.fullmatch(text):
        return dt.date.fromisoformat(text)
    if not (_SPAN.fullmatch(text) or _YEAR_ALONE.fullmatch(text)):
        return None
    year, _, part = text.partition("-")
    months = {"": 1, "Q1": 1, "Q2": 4, "Q3": 7, "Q4": 10, "H1": 1, "H2": 7}
    return dt.date(int(year), months[part] if part in months else int(part), 1)


def is_date(piece: Placed) -> bool:
    """Whether a value is a date, a span or a period of the plan's own."""
    path, text = piece.path, piece.value
    key = key_of(path)
    if piece.collection or key in _WORDS or is_past(path):
        return False
    if DAY.fullmatch(text) or _SPAN.fullmatch(text):
        return True
    if key not in _YEAR_KEYS or not _YEAR_ALONE.fullmatch(text):
        return False
    return key not in ("from", "to") or path[-2] in _SPAN_HOLDERS or path[:2] == ("plan", "stages")


def is_past(path: Path) -> bool:
    """Whether what stands there belongs to the past, or to nobody's year. Quotations move with their clauses."""
    if path[:1] == ("plan",):
        return len(path) > 1 and path[1] in _PAST_OF_THE_HEADER and path[-1] != "stated"
    return len(path) > 0 and (path[0] in _PAST or (path[0] == "anomalies" and path[-1] != "words"))


def key_of(path: Path) -> str:
    """The key that a value stands under, also as an item of its list."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")
