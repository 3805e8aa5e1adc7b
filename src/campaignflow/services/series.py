"""Making the next period of recurring duties, when one begins."""

from __future__ import annotations

from dataclasses import replace

from campaignflow.domain.clock import from_micros
from campaignflow.domain.expansion import expand
from campaignflow.domain.plan import Plan
from campaignflow.domain.revising import Cause
from campaignflow.services.occurrences import occurrences
from campaignflow.services.reconcile import added_duties, born, changed_duties, course, write_changes
from campaignflow.services.recording import Entry, Recorder
from campaignflow.services.revisions import stored_plan
from campaignflow.services.running import Running, from_head


def make_next(
    running: Running, recorder: Recorder, instant: int, responsibilities: tuple[str, ...]
) -> Running:  # fmt: skip
    """Makes the period ahead of the one that begins at `instant`, one event for each responsibility.

    The members of a group are those of the period's first day.
    """
    store, horizon = recorder.store, max(instant, running.horizon)
    begins = from_micros(instant, running.zone)
    plan = stored_plan(store.revision(running.id, whole=True))
    made = expand(
        plan, calendar=running.calendar, tables=running.tables, happened=occurrences(store, running), now=begins,
        only=responsibilities, since=from_micros(horizon, running.zone),
    )  # fmt: skip
    for one in made.duties:
        known = running.duties.get(one.key)
        if known is not None and known.dropped is not None:
            return _come_again(running, recorder, plan, instant, one.responsibility)
    duties = dict(running.duties)
    for responsibility in responsibilities:
        new = [one for one in made.duties if one.responsibility == responsibility and one.key not in running.duties]
        keys = {one.key for one in new}
        owed = [facts for facts in made.assignments if facts.duty in keys]
        data = {"duties": sorted(keys), "assignments": len(owed), "revision": running.revision}
        entry = Entry(actor="clock", happened=begins)
        event = recorder.record("period", entry, key=f"{responsibility}/*", data=data)
        owed = [replace(facts, born=event.sequence) for facts in owed]
        store.extend_series(running.id, new, owed, event.sequence)
        duties |= {one.key: one for one in new}
    store.set_horizon(running.id, horizon)
    return replace(running, duties=duties, changed=recorder.sequence, horizon=horizon)


def _come_again(running: Running, recorder: Recorder, plan: Plan, instant: int, responsibility: str) -> Running:
    """Comes to a period that had been made too early and dropped by an amendment: it is owed again where it was.

    A series that began later by an earlier text had it made long before its turn.
    """
    store, horizon = recorder.store, max(instant, running.horizon)
    data = {"duties": [], "assignments": 0, "revision": running.revision, "again": True}
    entry = Entry(actor="clock", happened=from_micros(instant, running.zone))
    event = recorder.record("period", entry, key=f"{responsibility}/*", data=data)
    at = from_micros(horizon, running.zone)
    made = expand(plan, calendar=running.calendar, tables=running.tables, happened=occurrences(store, running), now=at)
    cause = Cause(revision=running.revision, at=at)
    changes = course(store, running, made, cause, migrations=plan.migrate_states)
    store.extend_series(running.id, tuple(added_duties(changes)), born(changes, event.sequence), event.sequence)
    store.replace_duties(running.id, changed_duties(changes), event.sequence)
    store.set_horizon(running.id, horizon)
    write_changes(recorder, running, changes, running.revision, event.sequence)
    head = store.head(running.key)
    assert head is not None
    return from_head(store, head)
