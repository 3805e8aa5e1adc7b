"""The JSON document of what an amendment changes.

Its keys are stable like those of `shapes`. `old` and `new` are null where that side says nothing; days are ISO dates,
instants ISO 8601 with their offset. The readable form groups the periods of a recurring duty and stops after some
agencies; this document has everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaignflow.domain import clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from campaignflow.domain.amendments import (
        AgencyChange,
        DeadlineChange,
        DutyChange,
        Extended,
        PlanDiff,
        SectionChange,
    )
    from campaignflow.domain.clause_changes import ClauseChange
    from campaignflow.domain.deadlines import Deadline
    from campaignflow.domain.differences import FieldChange, Plain

Document = dict[str, Any]
"""A JSON object."""


def diff_document(diff: PlanDiff) -> Document:
    """In what two texts of a plan differ, and which agencies are affected by it."""
    return {
        "clauses": [clause_change_document(one) for one in diff.clauses],
        "duties": [duty_change_document(one) for one in diff.duties],
        "agencies": [agency_change_document(one) for one in diff.agencies],
        "sections": [section_change_document(one) for one in diff.sections],
        "affected": list(diff.affected),
    }


def clause_change_document(change: ClauseChange) -> Document:
    """A clause that differs; `words` are pairs of `=`, `-` or `+` and the words, `after` is the clause before it."""
    return {
        "id": change.id,
        "kind": change.kind,
        "was": change.was,
        "after": change.after,
        "old": change.old,
        "new": change.new,
        "words": [list(pair) for pair in change.words],
        "fields": _fields(change.fields),
    }


def duty_change_document(change: DutyChange) -> Document:
    """A duty, or a period of a recurring one, that differs in its terms or in who owes it."""
    return {
        "duty": change.key,
        "responsibility": change.responsibility,
        "period": change.period,
        "partner": change.partner,
        "title": change.title,
        "clause": change.clause,
        "kind": change.kind,
        "fields": _fields(change.fields),
        "deadlines": [_deadline(one) for one in change.deadlines],
        "agencies_added": list(change.agencies_added),
        "agencies_removed": list(change.agencies_removed),
        "agencies_kept": change.agencies_kept,
        "must_acknowledge": change.binding,
        "extended": [_extended(one) for one in change.extended],
    }


def agency_change_document(change: AgencyChange) -> Document:
    """An agency that differs."""
    return {"id": change.id, "name": change.name, "kind": change.kind, "fields": _fields(change.fields)}


def section_change_document(change: SectionChange) -> Document:
    """A change in another section; `id` is null for the section as a whole."""
    return {
        "section": change.section,
        "id": change.id or None,
        "label": change.label,
        "kind": change.kind,
        "fields": _fields(change.fields),
    }


def _fields(changes: Iterable[FieldChange]) -> list[Document]:
    return [{"name": one.name, "old": _value(one.old), "new": _value(one.new)} for one in changes]


def _value(value: Plain) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _deadline(change: DeadlineChange) -> Document:
    return {
        "phase": change.phase,
        "expected": change.expected,
        "later": change.later,
        "earlier": change.earlier,
        "old": _line(change.old),
        "new": _line(change.new),
    }


def _line(line: Deadline | None) -> Document | None:
    """One side of a deadline; `waits_for` is the event from which it will be counted."""
    if line is None:
        return None
    return {
        "stated": line.stated,
        "clause": line.clause,
        "last_day": line.last_day.isoformat() if line.last_day else None,
        "last_working_day": line.last_working_day.isoformat() if line.last_working_day else None,
        "last_moment": clock.iso(line.last_moment) if line.last_moment else None,
        "missed": line.missed,
        "set_by": line.set_by,
        "waits_for": line.event if line.waiting else None,
    }


def _extended(one: Extended) -> Document:
    return {
        "key": one.key,
        "phase": one.phase,
        "extended": one.extended.isoformat(),
        "planned": one.planned.isoformat() if one.planned else None,
        "stands": one.stands.isoformat() if one.stands else None,
    }
