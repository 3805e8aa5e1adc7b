"""Applying a plan: its text becomes the running revision, in one transaction.

The first time everything it says comes to be by one event. Later a changed text is an amendment: what differs is worked
out, said, and written in proportion to it (`services.reconcile`). The same text twice changes nothing; but a release
that reads the same text otherwise (another table of holidays, another shipped lifecycle) makes a revision of it too, so
that nothing changes unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from campaignflow.domain.amendments import PlanDiff, Side, against_extensions, diff
from campaignflow.domain.clock import from_micros, to_micros
from campaignflow.domain.collecting import collector_paused
from campaignflow.domain.expansion import Expansion, expand
from campaignflow.domain.journal import Event
from campaignflow.domain.lifecycle import Table
from campaignflow.domain.plan import Plan
from campaignflow.domain.revising import Cause, over
from campaignflow.ports import AgencyRow, Clock, Group, Head, NewCampaign, Revised, Store, StoredRevision
from campaignflow.services import contacts, tick
from campaignflow.services.clocks import refuse_future, standing_still
from campaignflow.services.documents import NO_DOCUMENT, Document
from campaignflow.services.errors import CampaignClosed
from campaignflow.services.knock_on import KnockOn, knocks
from campaignflow.services.occurrences import occurrences
from campaignflow.services.reconcile import Course, added_duties, born, changed_duties, course, write_changes
from campaignflow.services.recording import Entry, Recorder
from campaignflow.services.revisions import Ready, agency_rows, contact_row, digests, digests_of, stored, stored_plan
from campaignflow.services.running import Running, from_head
from campaignflow.services.steps import Desk

__all__ = ["Applied", "Ready", "apply", "preview"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying a plan does, or would do."""

    revision: int
    #: Whether it makes a new revision.
    changed: bool
    #: Keys of the assignments that come to be, that are cancelled, and that are owed again.
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    #: The agencies that are given, or lose, anything by it, or have to know of a change.
    affected: tuple[str, ...] = ()
    #: What differs from the revision before; None for the first one.
    diff: PlanDiff | None = None
    #: What it does to the consolidations above.
    knock_on: tuple[KnockOn, ...] = ()


def preview(store: Store | None, ready: Ready, clock: Clock) -> Applied:
    """What applying the plan would do: it is done, and taken back; asks no store where there is none yet.

    Raises:
        OccupiedStates, KeyTaken, CampaignClosed: see `apply`.
    """
    if store is None:
        return _first(expand(ready.plan, calendar=ready.calendar, tables=ready.tables, now=clock.now()))
    try:
        with store.writing():
            raise _Looked(_apply(store, ready, clock, NO_DOCUMENT))
    except _Looked as looked:
        return looked.applied


class _Looked(Exception):
    """Ends a transaction that was only to be looked at, so that nothing of it is written."""

    def __init__(self, applied: Applied) -> None:
        super().__init__()
        self.applied = applied


def apply(
    store: Store, ready: Ready, clock: Clock, *, document: Document = NO_DOCUMENT, note: str | None = None
) -> Applied:  # fmt: skip
    """Makes the plan the running revision. The first time the register starts from its contacts; later those that it
    does not know are added.

    Raises:
        OccupiedStates: assignments are in states that a lifecycle no longer has; nothing is written.
        KeyTaken: an agency changes from partner to assignee, or back; nothing is written.
        CampaignClosed: the campaign is closed.
        InTheFuture: the document is dated after now.
    """
    with store.writing():
        return _apply(store, ready, clock, document, note)


def _apply(store: Store, ready: Ready, clock: Clock, document: Document, note: str | None = None) -> Applied:
    clock = standing_still(clock, ready.plan.zone)  # one instant for all that is written
    head = store.head(ready.plan.plan.id)
    if head is not None:
        return _amend(store, head, ready, clock, document, note)
    with collector_paused():
        made = expand(ready.plan, calendar=ready.calendar, tables=ready.tables, now=clock.now())
        head = store.create(_campaign(ready, made, clock))
        for attachment in document.attachments:
            store.put_blob(head.id, attachment.blob)
        _record(store, head, ready, made, clock, document, note)
        return _first(made)


# --- the first time


def _record(
    store: Store, head: Head, ready: Ready, made: Expansion, clock: Clock, document: Document, note: str | None
) -> None:
    recorder = Recorder(store, head, clock)
    refuse_future(document.moments(ready.plan.zone), recorder.now, ready.plan.zone)
    data = {
        "revision": 1, "format": FORMAT, **digests_of(ready.plan, store.revision(head.id)),
        "assignments": sum(len(one.agencies) for one in made.owed), **({"note": note} if note else {}),
    }  # fmt: skip
    recorder.record("applied", Entry(actor=ready.plan.plan.coordinator, document=document.facts()), data=data)
    _enter_contacts(recorder, ready)
    running = from_head(store, head)
    groups = {Group(one.duty, one.initial) for one in made.owed if one.agencies}
    recorder.schedule(tick.next_tick(running, groups))


FORMAT = 2
"""The form in which duties and agencies are worked out and kept: what `verify` compares only where it is the same."""


def _enter_contacts(recorder: Recorder, ready: Ready, known: frozenset[str] = frozenset()) -> None:
    rows = [contact_row(one) for one in ready.contacts if one.id not in known]
    if rows:
        contacts.enter(recorder, rows, Entry(actor=ready.plan.plan.coordinator))


def _campaign(ready: Ready, made: Expansion, clock: Clock) -> NewCampaign:
    now = to_micros(clock.now())
    return NewCampaign(
        key=ready.plan.plan.id, revision=stored(ready, 1, now), agencies=agency_rows(ready.plan), duties=made.duties,
        owed=made.owed, next_tick=None, horizon=now,
    )  # fmt: skip


def _first(made: Expansion) -> Applied:
    affected = dict.fromkeys(chain.from_iterable(one.agencies for one in made.owed))
    added = tuple(chain.from_iterable(one.all_keys() for one in made.owed))
    return Applied(revision=1, changed=True, added=added, affected=tuple(affected))


# --- amending


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amendment:
    """What a changed text does."""

    revision: StoredRevision
    horizon: int
    course: Course
    agencies: tuple[AgencyRow, ...]
    applied: Applied


def _amend(
    store: Store, head: Head, ready: Ready, clock: Clock, document: Document, note: str | None
) -> Applied:  # fmt: skip
    running = from_head(store, head)
    recorder = Recorder(store, head, clock)
    refuse_future(document.moments(ready.plan.zone), recorder.now, ready.plan.zone)
    if _unchanged(store, running, ready):
        return _again(running)
    if running.closed is not None:
        raise CampaignClosed(campaign=running.key)
    running = tick.tick(running, recorder)
    amendment = _amendment(store, running, ready, recorder.recorded)
    assert amendment is not None, "the text was compared before"
    for attachment in document.attachments:
        store.put_blob(running.id, attachment.blob)
    _write(recorder, running, ready, amendment, document, note)
    return amendment.applied


def _write(
    recorder: Recorder, running: Running, ready: Ready, amendment: _Amendment, document: Document, note: str | None
) -> None:
    store, number = recorder.store, amendment.revision.number
    applied = amendment.applied
    data = {
        "revision": number, "format": FORMAT, **digests_of(ready.plan, amendment.revision), "added": len(applied.added),
        "removed": len(applied.removed), "restored": len(applied.restored), "horizon": amendment.horizon,
        **({"note": note} if note else {}),
    }  # fmt: skip
    entry = Entry(actor=ready.plan.plan.coordinator, document=document.facts())
    event = recorder.record("applied", entry, data=data)
    made = amendment.course
    store.revise(
        running.id,
        Revised(
            revision=amendment.revision, agencies=amendment.agencies, added=tuple(added_duties(made)),
            changed=tuple(changed_duties(made)), assignments=born(made, event.sequence),
        ),
        event.sequence,
    )  # fmt: skip
    for agency in amendment.agencies:
        known = running.agencies.get(agency.key)
        if known is not None and known.passed and not agency.passed:
            store.mark_agency(running.id, agency.key, event.sequence, passed=False)
    store.set_horizon(running.id, amendment.horizon)
    write_changes(recorder, running, made, number, event.sequence)
    _follow(recorder, running.key, made, event)
    _enter_contacts(recorder, ready, frozenset(contact.id for contact in store.contacts(running.id)))
    head = store.head(running.key)
    assert head is not None
    recorder.schedule(tick.next_tick(from_head(store, head), set(store.populated(running.id))))


def _follow(recorder: Recorder, campaign: str, made: Course, event: Event) -> None:
    """What follows where those who had not finished a duty do not owe it any more."""
    for key in [change.key for change in made.changes if change.cancelled]:
        head = recorder.store.head(campaign)
        assert head is not None
        running = from_head(recorder.store, head)
        if running.duties[key].dropped is None:
            Desk(running=running, recorder=recorder).go_on_without(running.duties[key], event)


def _unchanged(store: Store, running: Running, ready: Ready) -> bool:
    """Whether the text is that of the running revision and says the same by this release."""
    now = store.revision(running.id, whole=True)
    again = stored(ready, now.number, now.applied, running.tables)
    return now.digest == ready.plan.digest() and digests_of(ready.plan, again) == digests(now)


def _again(running: Running) -> Applied:
    return Applied(revision=running.revision, changed=False)


def _amendment(store: Store, running: Running, ready: Ready, recorded: int) -> _Amendment | None:
    """What the text changes; None if it is the one that runs."""
    if _unchanged(store, running, ready):
        return None
    horizon = max(running.horizon, recorded)
    old = stored_plan(store.revision(running.id, whole=True))
    made = expand(
        ready.plan, calendar=ready.calendar, tables=ready.tables, happened=occurrences(store, running),
        now=from_micros(horizon, ready.plan.zone),
    )  # fmt: skip
    at = from_micros(recorded, running.zone)
    ended = over(running.duties, {duty.key: duty for duty in made.duties}, at)
    before, after = _before(store, running, old, ended), _after(store, running, ready, made, ended)
    told = against_extensions(diff(before, after), _extensions(store, running))
    asks = {duty.key for duty in made.duties if told.must_acknowledge(duty.key)}
    cause = Cause(revision=running.revision + 1, at=at, asks=asks)
    kept = _kept_tables(running, ready)
    changes = course(store, running, made, cause, tables={**kept, **ready.tables}, migrations=ready.plan.migrate_states)
    applied = Applied(
        revision=cause.revision, changed=True, added=tuple(facts.key for facts in changes.added),
        removed=changes.removed, restored=changes.restored, affected=told.affected, diff=told,
        knock_on=knocks(store, running, {**running.duties, **{one.duty.key: one.duty for one in changes.revisions}}),
    )  # fmt: skip
    return _Amendment(
        revision=stored(ready, cause.revision, recorded, kept), horizon=horizon, course=changes,
        agencies=tuple(_new_agencies(running, ready)), applied=applied,
    )  # fmt: skip


def _kept_tables(running: Running, ready: Ready) -> dict[str, Table]:
    """Lifecycles that only duties of earlier texts follow: what was done by them stays readable."""
    used = {duty.lifecycle for duty in running.duties.values()}
    return {name: running.tables[name] for name in used if name not in ready.tables}


def _before(store: Store, running: Running, plan: Plan, ended: Collection[str]) -> Side:
    """What is owed as it is; of periods that have ended nothing changes, so they are left out on both sides."""
    live = {key: duty for key, duty in running.duties.items() if duty.dropped is None and key not in ended}
    owed = {
        facts.key: (facts.duty, facts.agency)
        for facts in store.assignments(running.id)
        if facts.resume is None and facts.duty in live
    }
    return Side(plan=plan, duties=live, owed=owed)


def _after(store: Store, running: Running, ready: Ready, made: Expansion, ended: Collection[str]) -> Side:
    """What will be owed: what the text says, and what was opened on demand by then."""
    duties = {duty.key: duty for duty in made.duties if duty.key not in ended}
    owed = {facts.key: (facts.duty, facts.agency) for facts in made.assignments if facts.duty in duties}
    for key, duty in duties.items():
        if duty.on_demand and key in running.duties:
            owed |= {
                facts.key: (key, facts.agency)
                for facts in store.assignments(running.id, duty=key)
                if facts.agency in made.agencies
            }
    return Side(plan=ready.plan, duties=duties, owed=owed)


def _extensions(store: Store, running: Running) -> Mapping[str, Mapping[str, Any]]:
    return {facts.key: facts.extensions for facts in store.assignments(running.id) if facts.extended}


def _new_agencies(running: Running, ready: Ready) -> list[AgencyRow]:
    """Agencies that are new or read otherwise; what became of them is kept, unless their end has moved."""
    found = []
    for row in agency_rows(ready.plan):
        known = running.agencies.get(row.key)
        if known is None:
            found.append(row)
            continue
        moved = (known.until, known.succeeded_by) != (row.until, row.succeeded_by)
        kept = replace(row, established=known.established, passed=known.passed and not moved)
        if kept != known:
            found.append(kept)
    return found
