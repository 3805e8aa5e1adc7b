"""What an assignment waits for, what it hands over and to whom: its duty's ties to others, as they stand.

The plan says of a duty `after` which others, or which event, it comes. Nothing is refused by it: a step that is taken
early is the agency's affair. It is shown, with how much of it is done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Dependency, Duty, duty_key
from campaignflow.domain.lifecycle import CANCELLED
from campaignflow.ports import Store
from campaignflow.services.holding import SUPERIOR, above
from campaignflow.services.locking import superiors
from campaignflow.services.occurrences import occurrences
from campaignflow.services.running import OPENED, Running

if TYPE_CHECKING:
    from campaignflow.domain.plan import Plan

SUBORDINATES = "subordinates"
"""As a receiver, or as those who are waited for: the agencies below the one that owes it."""

_NOT_OWED = frozenset({CANCELLED, "exempted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that has to be over before a duty can begin."""

    #: The duty that is waited for, and whose: `all`, `subordinates` or `same_agency`; None for an event.
    responsibility: str | None
    of: str
    #: The event that is waited for; None for a duty.
    event: str | None
    #: The duty's title, or the event's words.
    words: str
    #: How many of those who owe it are through with it, of how many; an event is one thing.
    done: int
    all: int
    #: When the event happened.
    happened: dt.datetime | None = None

    @property
    def over(self) -> bool:
        """Whether it is waited for no longer."""
        return self.done >= self.all


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody who is given what a duty hands over."""

    #: An agency, or a group of the plan.
    id: str
    name: str


def waits(store: Store, running: Running, facts: Facts, now: dt.datetime) -> tuple[Waiting, ...]:
    """What an assignment waits for at `now`, in the order of the plan.

    Who is exempted, or owes it no longer, is not counted.
    """
    duty = running.duties[facts.duty]
    happened = _happened(store, running, facts, now) if any(one.event for one in duty.after) else {}
    return tuple(
        _on_event(one, happened.get(one.event)) if one.event else _on_duty(store, running, facts, one)
        for one in duty.after
    )


def receivers_of(store: Store, running: Running, facts: Facts) -> tuple[Receiver, ...]:
    """Who is given what an assignment hands over: the agencies above and below are named, groups by their words."""
    duty = running.duties[facts.duty]
    if duty.gives is None:
        return ()
    unknown = [one for one in duty.gives.to if one not in (SUPERIOR, SUBORDINATES, *running.agencies)]
    plan = _plan(store, running) if unknown else None
    found = (one for name in duty.gives.to for one in _receivers(running, facts, name, plan))
    return tuple(dict.fromkeys(found))


# --- duties


def _on_duty(store: Store, running: Running, facts: Facts, one: Dependency) -> Waiting:
    done, owed = 0, 0
    for duty in _awaited(running, running.duties[facts.duty], one.responsibility or ""):
        final = {name for name, state in running.table(duty).states.items() if state.final} - _NOT_OWED
        tally = store.tally(running.id, duty.key) if one.of == "all" else _tally(store, running, facts, one.of, duty)
        owed += sum(count for state, count in tally.items() if state not in _NOT_OWED)
        done += sum(count for state, count in tally.items() if state in final)
    return Waiting(responsibility=one.responsibility, of=one.of, event=None, words=one.words, done=done, all=owed)


def _awaited(running: Running, duty: Duty, responsibility: str) -> Iterator[Duty]:
    """What a responsibility is for this duty: its share in the same period, else what it is whole."""
    for key in dict.fromkeys((duty_key(responsibility, period=duty.period), responsibility)):
        if key in running.duties:
            yield running.duties[key]
            return
    for one in running.duties.values():
        if one.responsibility == responsibility and not one.partner and one.dropped is None:
            yield one


def _tally(store: Store, running: Running, facts: Facts, of: str, duty: Duty) -> dict[str, int]:
    """How many of those meant are in each state."""
    found: dict[str, int] = {}
    for other in _meant(store, running, facts, of, duty):
        found[other.state] = found.get(other.state, 0) + 1
    return found


def _meant(store: Store, running: Running, facts: Facts, of: str, duty: Duty) -> Iterator[Facts]:
    own = {facts.agency, running.agencies[facts.agency].host or facts.agency}
    if of == "same_agency":
        for agency in sorted(own):
            yield from store.assignments(running.id, agency=agency, duty=duty.key)
        return
    for other in store.assignments(running.id, duty=duty.key):
        if not own.isdisjoint(superiors(running, other.agency)):
            yield other


# --- events


def _on_event(one: Dependency, when: dt.datetime | None) -> Waiting:
    return Waiting(
        responsibility=None, of="all", event=one.event, words=one.words, done=int(when is not None), all=1,
        happened=when,
    )  # fmt: skip


def _happened(store: Store, running: Running, facts: Facts, now: dt.datetime) -> dict[str, dt.datetime]:
    """When the events happened that have by `now`, in the plan's zone."""
    found = {**_brought_by_the_period(store, running, running.duties[facts.duty]), **occurrences(store, running)}
    if facts.opened is not None:
        found[OPENED] = clock.from_micros(facts.opened, running.zone)
    instant = clock.to_micros(now)
    return {name: when.astimezone(running.zone) for name, when in found.items() if clock.to_micros(when) <= instant}


def _brought_by_the_period(store: Store, running: Running, duty: Duty) -> dict[str, dt.datetime]:
    """When the events happen that are the campaign's own beginning and end. The plan is read only for one of them."""
    told = {*running.header["events"], *running.header.get("completions", {}), OPENED}
    if all(one.event in told for one in duty.after if one.event):
        return {}
    from campaignflow.domain.expansion import period_events

    return period_events(_plan(store, running))


# --- who is given something


def _receivers(running: Running, facts: Facts, name: str, plan: Plan | None) -> Iterator[Receiver]:
    if name == SUPERIOR:
        higher = above(running, facts.agency)
        named = [higher] if higher is not None and higher in running.agencies else []
    elif name == SUBORDINATES:
        own = {facts.agency, running.agencies[facts.agency].host or facts.agency}
        named = [key for key, row in running.agencies.items() if row.superior in own and row.host is None]
    elif name in running.agencies:
        named = [name]
    else:
        group = plan.sets.get(name) if plan else None
        yield Receiver(id=name, name=group.words if group else name)
        return
    yield from (Receiver(id=one, name=running.agencies[one].name) for one in named)


def _plan(store: Store, running: Running) -> Plan:
    from campaignflow.services.revisions import stored_plan  # reads the plan's models, which few pages need

    return stored_plan(store.revision(running.id, whole=True))
