"""The JSON documents people script against: what the library knows, as plain values.

Each function makes one document of the reference (`docs/reference/json.md`). Keys are stable, a change of one is a
major version; keys are only added. Instants are ISO 8601 with their offset in the plan's zone, days are ISO dates,
rates are fractions, and what is not known is null. Nothing here is translated but what is given in words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from campaignflow.domain import clock
from campaignflow.domain.deadlines import CONTINUOUS, Deadline
from campaignflow.domain.duties import Duty, Point
from campaignflow.domain.lifecycle import PARTIES, PEOPLE, Step

if TYPE_CHECKING:
    from campaignflow.domain.findings import Finding
    from campaignflow.domain.journal import Event
    from campaignflow.ports import ContactRow
    from campaignflow.services.apply import Applied
    from campaignflow.services.changing import Extended, Undone
    from campaignflow.services.demand import Opened
    from campaignflow.services.knock_on import KnockOn
    from campaignflow.services.showing import Detail, Granted, Recorded
    from campaignflow.services.status import Group, Line, Status, Totals
    from campaignflow.services.steps import StepTaken
    from campaignflow.services.verify import Verdict
    from campaignflow.services.waiting import Waiting
    from campaignflow.services.worklist import Item

Document = dict[str, Any]
"""A JSON object."""


# --- where it stands


def status_document(status: Status, lines: Iterable[Document] | None = None) -> Document:
    """Where a campaign stands, line by line, or group by group where it was counted so; `lines` in place of its own are
    documents that are made while they are printed."""
    header = status.running.header
    document: Document = {
        "plan": {
            "id": header["id"], "title": header["title"], "revision": status.running.revision, "phase": status.phase,
            "closed": _instant(status.running.closed, status.running.zone), "restored": status.running.restored,
        },
        "as_of": clock.iso(status.now),
        "totals": totals_document(status.totals),
        "rates": {"on_time_of_done": status.rates.on_time_of_done, "overdue_of_all": status.rates.overdue_of_all},
    }  # fmt: skip
    if status.groups is not None:
        return {**document, "groups": [group_document(group) for group in status.groups]}
    if lines is not None:
        return {**document, "assignments": lines}
    return {**document, "assignments": [line_document(line) for line in status.lines]}


def totals_document(totals: Totals) -> Document:
    """How many assignments are in each phase and standing; every phase and standing is there."""
    return {
        "assignments": totals.assignments,
        "by_phase": dict(totals.by_phase),
        "by_standing": dict(totals.by_standing),
    }


def group_document(group: Group) -> Document:
    """The totals of a group."""
    return {"group": group.group, "label": group.label, **totals_document(group.totals)}


def line_document(line: Line) -> Document:
    """One assignment as it stands; `agency` is who holds it now, `delegated_to` who acts for it."""
    return {
        "key": line.facts.key,
        "agency": line.agency,
        "agency_name": line.agency_name,
        "responsibility": line.duty.responsibility,
        "role": line.duty.role,
        "clause": line.duty.clause,
        "phase": line.state.phase,
        "state": line.facts.state,
        "presumed": list(line.facts.presumed),
        "standing": line.standing.standing,
        "due": due_document(line.due) if line.due else None,
        "days_left": line.standing.days_left,
        "working_days_left": line.standing.working_days_left,
        "period": line.duty.period,
        "delegated_to": line.delegate,
    }


def due_document(due: Deadline) -> Document:
    """A deadline. `last_moment` is the first instant that is too late; null where it waits, or never comes."""
    return {
        "phase": due.phase,
        "stated": due.stated,
        "clause": due.clause,
        "last_moment": clock.iso(due.last_moment) if due.last_moment else None,
        "last_working_day": due.last_working_day.isoformat() if due.last_working_day else None,
    }


def worklist_document(items: Iterable[Item], words: Callable[[Item], str]) -> Document:
    """What the coordinator should do; `words` gives an item's reason in the language wanted."""
    return {
        "items": [
            {"action": item.action, "key": item.key, "agency": item.agency, "reason": words(item)} for item in items
        ]
    }


# --- one assignment


def show_document(detail: Detail) -> Document:
    """One assignment in full: its line of the status, then its words, deadlines, steps and history."""
    line, zone = detail.line, detail.zone
    return {
        **line_document(line),
        **_said(line.duty),
        **_manner(line.duty),
        "held_by": _held_by(line),
        "delegation": _delegation(line),
        "joint": [one.id for one in detail.joint],
        "waits_for": [waiting_document(one) for one in detail.waits],
        "gives": _gives(detail),
        "opened": _instant(line.facts.opened, zone),
        "extended": [granted_document(one) for one in detail.extended],
        "amended": _amended(detail),
        "to_acknowledge": line.to_acknowledge,
        "parts": [_part(part, detail) for part in line.duty.parts],
        "deadlines": [
            {
                **due_document(one),
                "missed": one.missed,
                "counted": one.counted,
                "continuous": one.kind == CONTINUOUS,
            }
            for one in line.duty.deadlines.values()
            if one.kind != "none"
        ],
        "expected": [{**due_document(one), "set_by": one.set_by} for one in line.duty.expected.values()],
        "own_plan": _own_plan(line, zone),
        "locked": detail.locked,
        "sent": _instant(line.facts.sent, zone),
        "nil": line.facts.nil,
        "answer_by": _instant(line.facts.returned_until, zone),
        "promised": line.facts.promised,
        "allowed": [step_offered(step) for step in detail.allowed],
        "history": [event_document(one, zone) for one in detail.history],
    }


def _said(duty: Duty) -> Document:
    """What the plan says of the duty."""
    report = duty.report
    return {
        "title": duty.title,
        "words": duty.words,
        "force": duty.force,
        "also": list(duty.also),
        "legal_basis": list(duty.legal_basis),
        "with": list(duty.with_),
        "activities": [{"id": key, "title": title} for key, title in duty.activities.items()],
        "report": None
        if report is None
        else {"id": report.id, "title": report.title, "to": list(report.to), "required": report.required},
        "reported_in": duty.reported_in,
    }


def _manner(duty: Duty) -> Document:
    """How the duty is owed, by the plan's words: its rhythm, who acts and by what, where it belongs."""
    return {
        "rhythm": duty.rhythm,
        "continuous": duty.endless,
        "on_demand": duty.on_demand,
        "stage": duty.stage,
        "follows": duty.follows,
        "establishes": duty.establishes,
        "consolidates": [{"responsibility": key, "of": of} for key, of in duty.consolidates],
        "office": duty.office,
        "through": duty.through,
        "through_unit": duty.through_unit,
        "carried_out_by": list(duty.carried_out_by),
        "counted_per": duty.counted_per,
    }


def _held_by(line: Line) -> Document | None:
    """Who holds it in the place of the agency it was given to; null where that agency does."""
    if line.agency == line.facts.agency:
        return None
    return {"agency": line.agency, "instead_of": line.facts.agency}


def _delegation(line: Line) -> Document | None:
    facts = line.facts
    if facts.delegate is None:
        return None
    return {"to": facts.delegate, "from": facts.delegate_from, "until": facts.delegate_until}


def waiting_document(one: Waiting) -> Document:
    """What is waited for; `happened` is an event's instant."""
    return {
        "responsibility": one.responsibility,
        "of": one.of if one.responsibility else None,
        "event": one.event,
        "words": one.words,
        "done": one.done,
        "all": one.all,
        "over": one.over,
        "happened": clock.iso(one.happened) if one.happened else None,
    }


def _gives(detail: Detail) -> Document | None:
    gives = detail.line.duty.gives
    if gives is None:
        return None
    return {
        "what": gives.what,
        "to": [{"id": one.id, "name": one.name} for one in detail.receivers],
        "at_least": gives.at_least,
        "clause": gives.clause,
    }


def granted_document(one: Granted) -> Document:
    """An extension in force; `stands` is false where the plan gives a later day by now."""
    return {
        "phase": one.phase,
        "until": one.until.isoformat(),
        "granted_by": one.granted_by,
        "document": dict(one.document) if one.document else None,
        "stands": one.stands,
        "sequence": one.sequence,
    }


def _amended(detail: Detail) -> Document | None:
    """The amendment that last changed what its assignee has to know."""
    one = detail.amended
    if one is None:
        return None
    return {
        "revision": one.revision, "at": clock.iso(one.at), "document": dict(one.document) if one.document else None,
    }  # fmt: skip


def _part(part: Point, detail: Detail) -> Document:
    line = part.milestone
    return {
        "id": part.id,
        "words": part.words,
        "ticked": part.id in detail.line.facts.parts,
        "done_by": part.done_by,
        "milestone": {**due_document(line), "passed": line.passed(detail.now)} if line else None,
    }


def _own_plan(line: Line, zone: ZoneInfo) -> Document | None:
    if line.duty.own_plan is None:
        return None
    return {"required": line.duty.own_plan == "required", "registered": _instant(line.facts.registered, zone)}


def step_offered(step: Step) -> Document:
    """A step that may be taken, and by whom."""
    return {"trigger": step.trigger, "to": step.target, "by": parties(step)}


def parties(step: Step) -> list[str]:
    """The people who may take a step, in the order in which lifecycles name them."""
    return [party for party in PARTIES if party in step.parties and party in PEOPLE]


# --- the journal


def history_document(events: Iterable[Recorded], zone: ZoneInfo) -> Document:
    """Events in the order in which they were recorded."""
    return {"events": [event_document(one, zone) for one in events]}


def event_document(recorded: Recorded, zone: ZoneInfo) -> Document:
    """One event of the journal with its hash in hexadecimal."""
    event = recorded.event
    return {
        "sequence": event.sequence,
        "kind": event.kind,
        "key": event.key,
        "actor": event.actor,
        "proven": event.proven,
        "happened": _instant(event.happened, zone),
        "recorded": _instant(event.recorded, zone),
        "reason": event.reason,
        "document": dict(event.document) if event.document else None,
        "hash": recorded.hash,
        "on_behalf_of": event.on_behalf_of,
        "rehearsed": event.rehearsed,
        "data": dict(event.data),
    }


def verdict_document(verdict: Verdict, words: Callable[[str, dict[str, object]], str]) -> Document:
    """What verifying found; `words` fills a message id from its data in the language wanted."""
    return {
        "ok": verdict.ok,
        "head": verdict.head,
        "events": verdict.events,
        "faults": [words(fault.reason, fault.data) for fault in verdict.faults],
    }


# --- what was done


def step_document(step: StepTaken) -> Document:
    """A step that was taken."""
    return {
        "key": step.key, "trigger": step.trigger, "from": step.source, "to": step.target, "sequence": step.sequence,
    }  # fmt: skip


def undone_document(undone: Undone) -> Document:
    """A step that was taken back, in the shape of a step: `trigger` is the step, `to` the state that it is in again."""
    return {
        "key": undone.key, "trigger": undone.trigger, "from": undone.source, "to": undone.target,
        "sequence": undone.sequence, "undoes": undone.undoes,
    }  # fmt: skip


def extended_document(key: str, extended: Extended) -> Document:
    """An extension: the last day on time, which is included, and the first instant after it."""
    line, event = extended.after, extended.event
    return {
        "key": key,
        "phase": line.phase,
        "until": line.last_day.isoformat() if line.last_day else None,
        "last_moment": clock.iso(line.last_moment) if line.last_moment else None,
        "granted_by": event.data["granted_by"],
        "sequence": event.sequence,
        "knock_on": [knock_on_document(one) for one in extended.knock_on],
    }


def knock_on_document(one: KnockOn) -> Document:
    """What moving a date does to a consolidation; `slack` is in working days, negative if it comes too late."""
    return {
        "duty": one.duty,
        "title": one.title,
        "agency": one.agency,
        "before": one.before.isoformat() if one.before else None,
        "reports_until": one.reports_until.isoformat(),
        "ready": one.ready.isoformat(),
        "due": one.due.isoformat() if one.due else None,
        "slack": one.slack,
        "too_late": one.too_late,
    }


def delegated_document(event: Event) -> Document:
    """A delegation; both days are included."""
    data = event.data
    return {
        "key": event.key, "to": data["to"], "from": data["from"], "until": data["until"], "sequence": event.sequence,
    }  # fmt: skip


def opened_document(opened: Opened) -> Document:
    """A duty on demand that was opened for an agency."""
    return {"key": opened.key, "sequence": opened.event.sequence}


def closed_document(
    campaign: str, event: Event, zone: ZoneInfo, archived: tuple[tuple[str, ...], str] | None = None
) -> Document:
    """A campaign that was closed, or opened again (`closed` is null then); `archived` are the files, and the head."""
    document: Document = {
        "campaign": campaign,
        "closed": _instant(event.happened, zone) if event.kind == "closed" else None,
        "unfinished": event.data.get("unfinished"),
        "sequence": event.sequence,
    }
    return document if archived is None else {**document, "files": list(archived[0]), "head": archived[1]}


def entry_document(event: Event, state: str | None = None) -> Document:
    """An entry that moves nothing, in the shape of a step: its trigger is its kind, and it stays in its state."""
    subject = event.key or event.data.get("event") or event.data.get("group")
    return {"key": subject, "trigger": event.kind, "from": state, "to": state, "sequence": event.sequence}


def applied_document(applied: Applied) -> Document:
    """What applying a plan did, or would do."""
    from campaignflow.services.diff_shapes import diff_document  # what only an amendment needs

    return {
        "revision": applied.revision,
        "changed": applied.changed,
        "added": len(applied.added),
        "removed": len(applied.removed),
        "affected": list(applied.affected),
        "restored": len(applied.restored),
        "diff": diff_document(applied.diff) if applied.diff else None,
        "knock_on": [knock_on_document(one) for one in applied.knock_on],
    }


def findings_document(findings: Iterable[Finding], translate: Callable[[str], str]) -> Document:
    """What checking a plan found, in the language of `translate`; `ok` is whether nothing is an error."""
    found = [finding_document(one, translate) for one in findings]
    return {"ok": all(one["severity"] != "error" for one in found), "findings": found}


def finding_document(finding: Finding, translate: Callable[[str], str]) -> Document:
    """One finding with its place."""
    return {
        "severity": str(finding.severity),
        "code": finding.code,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message_in(translate),
        "cure": finding.cure_in(translate),
    }


def contact_document(contact: ContactRow) -> Document:
    """A line of the register of contacts; the days are both included."""
    return {
        "id": contact.id,
        "agency": contact.agency,
        "role": contact.role,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "from": contact.since,
        "until": contact.until,
    }


def _instant(micros: int | None, zone: ZoneInfo) -> str | None:
    return None if micros is None else clock.iso(clock.from_micros(micros, zone))


def local_day(micros: int, zone: ZoneInfo) -> dt.date:
    """The day of a stored instant in the plan's zone."""
    return clock.local_date(clock.from_micros(micros, zone), zone)
