"""What the end of an assignment means to others: an event of the plan that it is, a body that it brings into being.

Effects across assignments write events of their own, in the same transaction, with the sequence of their cause.
"""

from __future__ import annotations

from collections.abc import Iterator

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.domain.journal import Event
from campaignflow.services.occurrences import occurrences
from campaignflow.services.recording import Entry, Recorder
from campaignflow.services.running import Running

COMPLETED = "completed"
"""The state of what was done; what was exempted or cancelled brings nothing about."""


def follow(running: Running, recorder: Recorder, duty: Duty, facts: Facts, cause: Event) -> None:
    """Writes what follows from an assignment that entered, or by an undo left, a final state."""
    entry = Entry(actor="system", happened=clock.from_micros(cause.happened, running.zone))
    for body in bodies_of(running, duty, facts):
        established = facts.state == COMPLETED
        if running.agencies[body].established != established:
            data = {"agency": body, "established": established, "cause": cause.sequence}
            event = recorder.record("established", entry, key=f"*/{body}", data=data)
            recorder.store.mark_agency(running.id, body, event.sequence, established=established)
    for name in events_of(running, duty):
        _complete(running, recorder, name, duty, cause)


def reconsider(running: Running, recorder: Recorder, duty: Duty, cause: Event) -> None:
    """Records the events that are the completion of a duty which an amendment has taken from some who owed it."""
    for name in events_of(running, duty):
        _complete(running, recorder, name, duty, cause)


def bodies_of(running: Running, duty: Duty, facts: Facts) -> Iterator[str]:
    """The bodies that this assignment brings into being."""
    bodies = running.header.get("bodies", {})
    if not bodies:
        return
    from campaignflow.domain.agencies import body_id  # the plan's models, which few steps need

    for body, responsibility in bodies.items():
        key = body_id(body, facts.agency)
        if responsibility == duty.responsibility and not duty.partner and key in running.agencies:
            yield key


def events_of(running: Running, duty: Duty) -> Iterator[str]:
    """The events of the plan that are the completion of this duty."""
    for name, responsibility in running.header.get("completions", {}).items():
        if responsibility == duty.responsibility and not duty.partner:
            yield name


def _complete(running: Running, recorder: Recorder, name: str, duty: Duty, cause: Event) -> None:
    """Records the event once all who owe the duty have completed it; takes it back when an undo opened one again."""
    from campaignflow.services import happening  # reads the plan's text, which only an event needs

    done = any(_through(running, recorder, one) for one in running.duties.values() if _same(one, duty))
    if done == (name in occurrences(recorder.store, running)):
        return
    if not done and cause.kind != "undone":
        return  # an amendment gave the duty to others since: what has happened has happened
    data = {"event": name, "cause": cause.sequence, **({} if done else {"withdrawn": True})}
    happening.record(running, recorder, Entry(
        actor="system", happened=clock.from_micros(cause.happened, running.zone)
    ), data)  # fmt: skip


def _same(one: Duty, duty: Duty) -> bool:
    """Whether two duties are the same one, of whatever period."""
    return one.responsibility == duty.responsibility and not one.partner


def _through(running: Running, recorder: Recorder, duty: Duty) -> bool:
    """Whether all who owe a duty are through with it, and somebody has done it."""
    table = running.table(duty)
    tally = recorder.store.tally(running.id, duty.key)
    return COMPLETED in tally and all(table.states[state].final for state in tally)
