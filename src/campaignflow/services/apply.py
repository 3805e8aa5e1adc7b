"""Applying a plan: its text becomes the running revision, in one transaction and with one event.

This release applies a plan for the first time and takes the same text again without changing anything; a changed text
is refused with the places in which it differs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from campaignflow.domain.agencies import Contact, members
from campaignflow.domain.clock import from_micros, to_micros
from campaignflow.domain.expansion import Expansion, expand, region_of
from campaignflow.domain.lifecycle import Table
from campaignflow.domain.plan import Plan
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.ports import AgencyRow, Clock, ContactRow, Head, NewCampaign, Store, StoredRevision
from campaignflow.services import contacts, tick
from campaignflow.services.clocks import refuse_future
from campaignflow.services.documents import NO_DOCUMENT, Document
from campaignflow.services.errors import PlanChanged
from campaignflow.services.recording import Entry, Recorder
from campaignflow.services.running import Running, from_head


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A plan that was read and has nothing wrong with it."""

    plan: Plan
    calendar: WorkCalendar
    tables: Mapping[str, Table]
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying a plan does, or would do."""

    revision: int
    #: Whether it makes a new revision.
    changed: bool
    #: Keys of the assignments that come to be.
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    #: The agencies that are given, or lose, anything by it.
    affected: tuple[str, ...] = ()


def preview(store: Store | None, ready: Ready) -> Applied:
    """What applying the plan would do; writes nothing, and asks no store where there is none yet.

    Raises:
        PlanChanged: another text runs under this id.
    """
    head = store.head(ready.plan.plan.id) if store else None
    if store and head:
        return _again(store, head, ready.plan)
    return _first(expand(ready.plan, calendar=ready.calendar, tables=ready.tables))


def apply(store: Store, ready: Ready, clock: Clock, *, document: Document = NO_DOCUMENT) -> Applied:
    """Makes the plan the running revision, and starts the register from its contacts.

    Raises:
        PlanChanged: another text runs under this id; nothing is written.
        InTheFuture: the document is dated after now.
    """
    with store.writing():
        head = store.head(ready.plan.plan.id)
        if head is not None:
            return _again(store, head, ready.plan)
        made = expand(ready.plan, calendar=ready.calendar, tables=ready.tables)
        head = store.create(_campaign(ready, made, clock))
        for attachment in document.attachments:
            store.put_blob(head.id, attachment.blob)
        _record(store, head, ready, made, clock, document)
        return _first(made)


def _record(store: Store, head: Head, ready: Ready, made: Expansion, clock: Clock, document: Document) -> None:
    recorder = Recorder(store, head, clock)
    refuse_future(document.moments(ready.plan.zone), recorder.now, ready.plan.zone)
    data = {"revision": 1, **digests(store.revision(head.id, whole=True)), "assignments": len(made.assignments)}
    recorder.record("applied", Entry(actor=ready.plan.plan.coordinator, document=document.facts()), data=data)
    if ready.contacts:
        rows = [contact_row(one) for one in ready.contacts]
        contacts.enter(recorder, rows, Entry(actor=ready.plan.plan.coordinator))
    running = from_head(store, head)
    groups = set(store.populated(head.id))
    recorder.schedule(tick.next_tick(running, groups))


def _campaign(ready: Ready, made: Expansion, clock: Clock) -> NewCampaign:
    plan = ready.plan
    revision = StoredRevision(
        number=1, applied=to_micros(clock.now()), digest=plan.digest(), header=header_of(plan),
        plan=plan.stored(), lifecycles={name: table.to_json() for name, table in ready.tables.items()},
        calendar=ready.calendar.to_json(),
    )  # fmt: skip
    return NewCampaign(
        key=plan.plan.id, revision=revision, agencies=agency_rows(plan), duties=made.duties,
        assignments=made.assignments, next_tick=None,
    )  # fmt: skip


def header_of(plan: Plan) -> dict[str, Any]:
    """What readers need of the plan without reading it: title, zone, coordinator, settings, what waits for whom."""
    header = plan.plan
    day = plan.roster_day
    return {
        "id": header.id,
        "kind": header.kind,
        "title": header.title,
        "short_title": header.short_title,
        "timezone": header.timezone,
        "language": header.language,
        "issuer": header.issuer,
        "coordinator": header.coordinator,
        "region_kind": header.region_kind,
        "due_soon": plan.settings.due_soon,
        "events": {key: event.words for key, event in plan.events.items() if event.when == "external"},
        "unconfirmed": {
            key: len(members(group, plan.agencies, day))
            for key, group in plan.groups.items()
            if not group.listed_by_plan and not group.unnamed
        },
    }


def digests(revision: StoredRevision) -> dict[str, str]:
    """What the event of applying commits to: SHA-256 of the plan's text, of its lifecycles and of its calendar."""
    parts = {"plan": json.loads(revision.plan), "lifecycles": revision.lifecycles, "calendar": revision.calendar}
    return {name: hashlib.sha256(_canonical(part).encode()).hexdigest() for name, part in parts.items()}


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def agency_rows(plan: Plan) -> list[AgencyRow]:
    """The plan's agencies as the store keeps them, in the order of the roster."""
    return [
        AgencyRow(key=key, name=one.name, kind=one.kind, region=region_of(plan, key), external=one.external)
        for key, one in plan.agencies.items()
    ]


def contact_row(contact: Contact) -> ContactRow:
    """A contact of the plan's file as the register keeps it."""
    return ContactRow(
        id=contact.id, agency=contact.agency, role=contact.role, name=contact.name, email=contact.email,
        phone=contact.phone, since=_text(contact.since), until=_text(contact.until),
    )  # fmt: skip


def stored_plan(revision: StoredRevision) -> Plan:
    """The plan that a revision stores, typed again."""
    return Plan.model_validate(json.loads(revision.plan))


def resettle(running: Running, recorder: Recorder, duties: tuple[str, ...]) -> None:
    """Works out anew the duties whose deadlines waited for an event that was just recorded."""
    store = recorder.store
    revision = store.revision(running.id, whole=True)
    happened = occurrences(store, running)
    made = expand(stored_plan(revision), calendar=running.calendar, tables=running.tables, happened=happened)
    store.replace_duties(running.id, [duty for duty in made.duties if duty.key in duties], recorder.sequence)
    store.bump_due(running.id, duties)
    fresh = replace(running, duties=store.duties(running.id, running.zone))
    recorder.schedule(tick.next_tick(fresh, set(store.populated(running.id))))


def as_of(store: Store, running: Running, until: int) -> Running:
    """The running campaign with its deadlines as they were known at `until`: events recorded later are not."""
    known = occurrences(store, running, until=until)
    if known == occurrences(store, running):
        return running
    plan = stored_plan(store.revision(running.id, whole=True))
    made = expand(plan, calendar=running.calendar, tables=running.tables, happened=known)
    return replace(running, duties={duty.key: duty for duty in made.duties})


def occurrences(store: Store, running: Running, *, until: int | None = None) -> dict[str, dt.datetime]:
    """When each outside event recorded so far, or until then, happened."""
    events = store.events(running.id, kind="event", until=until)
    return {event.data["event"]: from_micros(event.happened, running.zone) for event in events}


def _again(store: Store, head: Head, plan: Plan) -> Applied:
    revision = store.revision(head.id, whole=True)
    if revision.digest == plan.digest():
        return Applied(revision=revision.number, changed=False)
    old, new = json.loads(revision.plan), json.loads(plan.canonical())
    where = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    raise PlanChanged(revision=revision.number, where=", ".join(where))


def _first(made: Expansion) -> Applied:
    affected = dict.fromkeys(one.agency for one in made.assignments)
    return Applied(revision=1, changed=True, added=tuple(one.key for one in made.assignments), affected=tuple(affected))


def _text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
