"""Between the columns of the store and the values of the program."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.domain.journal import Event
from campaignflow.ports import AgencyRow

_SPLIT = ","


def dump(value: Mapping[str, Any]) -> str:
    """A value as the store keeps it: compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def listed(text: str) -> tuple[str, ...]:
    """The words of a column that holds several."""
    return tuple(text.split(_SPLIT)) if text else ()


def joined(words: Sequence[str]) -> str:
    """Several words as one column."""
    return _SPLIT.join(words)


_ROW = (
    "key", "duty", "agency", "state", "version", "presumed", "registered", "sent", "counted", "returned_until",
    "promised", "acknowledged", "nil", "done", "parts", "due_version", "notice_epoch", "initial", "born", "opened",
    "delegate", "delegate_from", "delegate_until", "extended", "blocked", "resume",
)  # fmt: skip
assert Facts.__slots__ == _ROW, "the columns of sql/assignments.sql follow the order of Facts"
_CHANGING = _ROW[3:]
_CHANGING_VALUES = attrgetter(*_CHANGING)
_LISTS = ("presumed", "parts", "extended", "blocked")


def facts_of(row: Sequence[Any]) -> Facts:
    """An assignment from the columns of `sql/assignments.sql`."""
    values = dict(zip(_ROW, row, strict=True))
    for name in _LISTS:
        values[name] = listed(values[name])
    values["nil"] = bool(values["nil"])
    return Facts(**values)


def columns_of(facts: Facts) -> dict[str, Any]:
    """What of an assignment can change, as columns."""
    columns: dict[str, Any] = dict(zip(_CHANGING, _CHANGING_VALUES(facts), strict=True))
    for name in _LISTS:
        columns[name] = joined(columns[name])
    columns["nil"] = int(facts.nil)
    columns["decided"] = facts.done if facts.counted is None else facts.counted
    columns["single"] = int(bool(facts.extended) or facts.opened is not None or facts.returned_until is not None)
    return columns


_AGENCY = AgencyRow.__slots__
_AGENCY_VALUES = attrgetter(*_AGENCY)
_FLAGS = ("external", "established", "passed")


def agency_of(row: Sequence[Any]) -> AgencyRow:
    """An agency from its columns."""
    values = dict(zip(_AGENCY, row, strict=True))
    return AgencyRow(**{**values, **{name: bool(values[name]) for name in _FLAGS}})


def agency_columns(row: AgencyRow) -> dict[str, Any]:
    """What a revision says of an agency, as columns."""
    values: dict[str, Any] = dict(zip(_AGENCY, _AGENCY_VALUES(row), strict=True))
    values["external"] = int(row.external)
    return values


def duty_columns(duty: Duty) -> dict[str, str]:
    """A duty as columns."""
    return {"key": duty.key, "body": dump(duty.to_json())}


def event_columns(campaign: int, event: Event, body: bytes, digest: bytes) -> dict[str, Any]:
    """An event as columns, with its canonical bytes and its hash."""
    return {
        "campaign": campaign, "sequence": event.sequence, "kind": event.kind, "subject": event.key,
        "recorded": event.recorded, "body": body.decode(), "hash": digest.hex(),
    }  # fmt: skip
