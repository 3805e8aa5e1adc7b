"""Replay: the state of every assignment, made again from the journal alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.journal import Event
from campaignflow.ports import Store
from campaignflow.services.running import Running, concerns

Births = Mapping[int, Iterable[Facts]]
"""What each event brought into being, by its sequence."""

GROUPED = frozenset({"clock", "amended"})
"""Kinds of event that concern many assignments of one duty."""


def replayed(store: Store, running: Running, *, until: int | None = None) -> dict[str, Facts]:
    """The facts of every assignment after the events recorded by `until`; empty before the plan was applied."""
    return replay(stored_births(store, running), store.events(running.id, until=until))


def stored_births(store: Store, running: Running) -> dict[int, list[Facts]]:
    """Every assignment as it came to be, by the event that made it, as the store has it."""
    found: dict[int, list[Facts]] = {}
    for one in store.assignments(running.id):
        found.setdefault(one.born, []).append(newborn(one, running))
    return found


def newborn(one: Facts, running: Running) -> Facts:
    """An assignment as it came to be."""
    initial = one.initial or running.table(running.duties[one.duty]).initial
    return Facts(
        key=one.key, duty=one.duty, agency=one.agency, state=initial, initial=one.initial, born=one.born
    )  # fmt: skip


def replay(births: Births, events: Iterable[Event]) -> dict[str, Facts]:
    """What the events make of the assignments that they bring into being."""
    facts: dict[str, Facts] = {}
    of_duty: dict[str, list[str]] = {}
    for event in events:
        for one in births.get(event.sequence, ()):
            facts[one.key] = one
            of_duty.setdefault(one.duty, []).append(one.key)
        if event.kind in GROUPED:
            for key in of_duty.get(event.data["duty"], ()):
                if concerns(event, facts[key]):
                    facts[key] = evolve(facts[key], event)
        elif event.key in facts:
            facts[event.key] = evolve(facts[event.key], event)
    return facts
