"""Who brought an assignment to where it stands: what somebody is told whose step came second.

Read from the journal only once a step was refused; a step that is taken costs nothing for it.
"""

from __future__ import annotations

from typing import Any

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.journal import Event
from campaignflow.ports import Store
from campaignflow.services.replay import newborn
from campaignflow.services.running import Running, concerns

_NAMES = {"undone": "undo", "amended": "apply"}
"""What people call the events that move an assignment without being a step."""


def mover(store: Store, running: Running, key: str) -> Event | None:
    """The event that brought an assignment to the state it is in; None while it is where it began."""
    stored = store.assignment(running.id, key)
    if stored is None:
        return None
    facts, found = newborn(stored, running), None
    for event in store.events(running.id, key=key):
        after = evolve(facts, event) if concerns(event, facts) else facts
        if after.state != facts.state:
            found = event
        facts = after
    return found


def told(store: Store, running: Running, facts: Facts | str) -> dict[str, Any]:
    """Who moved an assignment last, by which step and when it was recorded, as the data of an error.

    `mover` is the sentence in English, empty while nobody moved it; `by`, `step` and `at` (in the plan's zone) are what
    an edge makes its own sentence from.
    """
    event = mover(store, running, facts if isinstance(facts, str) else facts.key)
    if event is None:
        return {"mover": ""}
    at = clock.from_micros(event.recorded, running.zone)
    step = event.data.get("trigger") or _NAMES.get(event.kind, event.kind)
    text = f" {event.actor} took the step `{step}` there at {clock.iso(at)}."
    return {"mover": text, "by": event.actor, "step": step, "at": at}
