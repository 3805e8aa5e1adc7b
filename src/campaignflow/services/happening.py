"""An event of the plan that happened: the duties whose deadlines waited for it, and those that it opens or ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from campaignflow.domain.assignments import Facts
from campaignflow.domain.clock import from_micros
from campaignflow.domain.expansion import Expansion, expand, opened_again
from campaignflow.domain.journal import Event
from campaignflow.domain.plan import Plan
from campaignflow.domain.revising import Cause
from campaignflow.services import tick
from campaignflow.services.occurrences import occurrences
from campaignflow.services.reconcile import Course, added_duties, born, changed_duties, course, write_changes
from campaignflow.services.recording import Entry, Recorder
from campaignflow.services.revisions import stored_plan
from campaignflow.services.running import Running, from_head


def record(running: Running, recorder: Recorder, entry: Entry, data: Mapping[str, Any]) -> tuple[Event, Course]:
    """Records that an event of the plan happened, or with `withdrawn` that it did not, and what follows from it.

    Deadlines that waited for it are settled, a duty on demand that it opens is owed, a series that it ends makes no
    further period.
    """
    store = recorder.store
    event = recorder.record("event", entry, data={**data, "horizon": running.horizon})
    plan = stored_plan(store.revision(running.id, whole=True))
    at = from_micros(running.horizon, running.zone)
    made = expand(plan, calendar=running.calendar, tables=running.tables, happened=occurrences(store, running), now=at)
    head = store.head(running.key)
    assert head is not None
    fresh = from_head(store, head)
    changes = course(store, fresh, made, Cause(revision=running.revision, at=recorder.now))
    again = _again(recorder, running, plan, made, data)
    new = [*born(changes, event.sequence), *(replace(facts, born=event.sequence) for facts in again)]
    store.extend_series(running.id, tuple(added_duties(changes)), new, event.sequence)
    store.replace_duties(running.id, changed_duties(changes), event.sequence)
    write_changes(recorder, fresh, changes, running.revision, event.sequence)
    after = store.head(running.key)
    assert after is not None
    recorder.schedule(tick.next_tick(from_head(store, after), set(store.populated(running.id))))
    return event, changes


def _again(
    recorder: Recorder, running: Running, plan: Plan, made: Expansion, data: Mapping[str, Any]
) -> list[Facts]:  # fmt: skip
    """What the event gives to agencies that were opened the same duty on demand before."""
    demanded = {key for key, duty in running.duties.items() if duty.on_demand}
    duties = {facts.duty for facts in made.assignments} & demanded
    known = {facts.key for duty in duties for facts in recorder.store.assignments(running.id, duty=duty)}
    return [] if data.get("withdrawn") else opened_again(plan, made, str(data["event"]), known)
