"""Replay: the state of every assignment, made again from the journal alone."""

from __future__ import annotations

from collections.abc import Iterable

from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.journal import Event
from campaignflow.ports import Store
from campaignflow.services.running import Running, concerns


def replayed(store: Store, running: Running, *, until: int | None = None) -> dict[str, Facts]:
    """The facts of every assignment after the events recorded by `until`; empty before the plan was applied."""
    events = store.events(running.id, until=until)
    return replay(initial_facts(store, running), events)


def initial_facts(store: Store, running: Running) -> list[Facts]:
    """Every assignment as it was created."""
    return [
        Facts(key=one.key, duty=one.duty, agency=one.agency, state=running.table(running.duties[one.duty]).initial)
        for one in store.assignments(running.id)
    ]


def replay(created: Iterable[Facts], events: Iterable[Event]) -> dict[str, Facts]:
    """What the events make of the assignments that the plan creates."""
    facts: dict[str, Facts] = {}
    for event in events:
        if event.kind == "applied":
            facts |= {one.key: one for one in created}
        elif event.kind in ("clock", "event"):
            facts |= {key: evolve(one, event) for key, one in facts.items() if concerns(event, one)}
        elif event.key in facts:
            facts[event.key] = evolve(facts[event.key], event)
    return facts
