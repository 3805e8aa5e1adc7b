"""A plan's entries as rows of the workbook: what each cell of each sheet would hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from campaignflow.domain.plan_parts import PLAN_TEXT, PlanParts
from campaignflow.services.workbook_layout import (
    AGENCIES,
    CONTACTS,
    DEADLINES,
    DUTIES,
    HEADER,
    LAYOUTS,
    TEXTS,
    Column,
    Layout,
    with_numbers,
)
from campaignflow.services.workbook_words import OTHER

Value: TypeAlias = str | tuple[str, ...] | None
"""What a cell means: a text, the ids of a list, nothing. A day is ISO text, a choice the plan's own word."""

Path: TypeAlias = tuple[str | int, ...]

SIMPLE: Final = ("before", "by", "on", "none")
"""The kinds of deadline that the workbook shows."""

_KINDS: Final = (*SIMPLE, "within", "after", "during")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One entry of a plan.

    Attributes:
        id: what it is found by; empty for the header.
        path: where it stands in the plan.
        entry: what the plan writes there.
        values: what each column of its sheet shows of it.
        source: the CSV file in which it stands; empty for the plan's text.
    """

    id: tuple[str, ...]
    path: Path
    entry: Any
    values: Mapping[str, Value]
    source: str = PLAN_TEXT


def layouts_of(parts: PlanParts) -> tuple[Layout, ...]:
    """The sheets of a plan's workbook: the agencies' with the numbers that its agencies carry."""
    known = {column.key for column in AGENCIES.columns}
    entries = [*_mapping(parts.data.get("agencies")).values(), *(row for one in parts.rosters for row in one.rows)]
    numbers = dict.fromkeys(key for entry in entries for key in entry if _is_number(key, entry, known))
    return with_numbers(LAYOUTS, tuple(numbers))


def _is_number(key: str, entry: Mapping[str, Any], known: set[str]) -> bool:
    value = entry[key]
    return key not in known and isinstance(value, str) and value.isdecimal()


def records(layout: Layout, parts: PlanParts) -> list[Record]:
    """The rows of a sheet, in the plan's order."""
    return [
        Record(id=key, path=path, entry=entry, values={**_ids(layout, key), **values_of(layout, entry)}, source=source)
        for key, path, entry, source in _entries(layout, parts)
    ]


def _ids(layout: Layout, key: tuple[str, ...]) -> dict[str, Value]:
    return {column.key: one for column, one in zip(layout.columns, key, strict=False)}


def _entries(layout: Layout, parts: PlanParts) -> Iterator[tuple[tuple[str, ...], Path, Any, str]]:
    data = parts.data
    if layout.key == HEADER.key:
        yield (), ("plan",), data.get("plan", {}), PLAN_TEXT
    elif layout.key == CONTACTS.key:
        for row in parts.contacts.rows if parts.contacts else ():
            yield (row["id"],), ("contacts", row["id"]), row, parts.contacts.file if parts.contacts else ""
    elif layout.key == DEADLINES.key:
        yield from _deadlines(data)
    elif layout.key == TEXTS.key:
        for index, clause in enumerate(data.get("clauses", ())):
            yield (clause["id"],), ("clauses", index), clause, PLAN_TEXT
    else:
        for key, entry in _mapping(data.get(layout.key)).items():
            yield (key,), (layout.key, key), entry, PLAN_TEXT
        for roster in parts.rosters if layout.key == AGENCIES.key else ():
            for row in roster.rows:
                yield (row["id"],), (layout.key, row["id"]), row, roster.file


def _deadlines(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Path, Any, str]]:
    for duty, entry in _mapping(data.get(DUTIES.key)).items():
        for whose in ("due", "expected"):
            for phase, deadline in _mapping(entry.get(whose)).items():
                yield (duty, phase, whose), (DUTIES.key, duty, whose, phase), deadline, PLAN_TEXT


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def values_of(layout: Layout, entry: Any) -> dict[str, Value]:
    """What the columns of a sheet show of an entry, its ids left out."""
    return {column.key: value_of(column, entry) for column in layout.columns[layout.ids :]}


def value_of(column: Column, entry: Any) -> Value:
    """What a column shows of an entry."""
    found = entry
    for step in column.path:
        found = _mapping(found).get(step)
    if column.kind == "deadline":
        return deadline_kind(_mapping(found))
    if column.kind == "deadline_day":
        kind = deadline_kind(_mapping(found))
        return _text(found[kind]) if kind in SIMPLE and kind != "none" else None
    if column.kind == "list":
        return tuple(named(one, column.item) for one in listed(found)) or None
    return _text(found)


def deadline_kind(deadline: Mapping[str, Any]) -> str | None:
    """Which kind of deadline is written: one the workbook shows, `other`, or none at all."""
    said = next((kind for kind in _KINDS if kind in deadline), None)
    if said is None:
        return None
    return said if said in SIMPLE and isinstance(deadline[said], str) else OTHER


def listed(value: Any) -> list[Any]:
    """What may be written as one value or as many."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def named(item: Any, key: str) -> str:
    """What a list's cell shows of one of its items: its id, where it is a mapping with an id under `key`."""
    return str(item.get(key, "")) if isinstance(item, Mapping) else str(item)


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def cell_text(value: Value) -> str:
    """A list as its cell shows it; ids with commas in them are parted by semicolons."""
    if not isinstance(value, tuple):
        return value or ""
    return "; ".join(value) + ";" if any("," in one for one in value) else ", ".join(value)
