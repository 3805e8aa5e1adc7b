"""One assignment in full: its clause and words, every deadline, the steps allowed now, and its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.journal import Event
from campaignflow.domain.lifecycle import Step
from campaignflow.ports import Store
from campaignflow.services import ahead
from campaignflow.services.hints import unknown_key
from campaignflow.services.locking import is_locked
from campaignflow.services.replay import newborn
from campaignflow.services.running import Running, concerns
from campaignflow.services.status import Line, line_of, standstill
from campaignflow.services.steps import offered
from campaignflow.services.waiting import Receiver, Waiting, receivers_of, waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event with the hash under which it stands in the chain, in hexadecimal."""

    event: Event
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """An extension that was granted, the last one for its phase."""

    phase: str
    until: dt.date
    granted_by: str
    document: Mapping[str, Any] | None
    #: Whether it is the day that stands; a later one that the plan gives since does instead.
    stands: bool
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """The amendment that last changed what its assignee has to know."""

    revision: int
    at: dt.datetime
    document: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """An assignment in full."""

    line: Line
    #: The plan's zone, in which its instants are shown.
    zone: ZoneInfo
    #: When it is shown; of a closed campaign, when it was closed.
    now: dt.datetime
    #: Those that it is shared with, and who is given what it hands over.
    joint: tuple[Receiver, ...]
    receivers: tuple[Receiver, ...]
    waits: tuple[Waiting, ...]
    extended: tuple[Granted, ...]
    amended: Amended | None
    #: Whether a report that came now would be a supplement; see `services.locking`.
    locked: bool
    allowed: tuple[Step, ...]
    history: tuple[Recorded, ...]


def show(store: Store, running: Running, key: str, now: dt.datetime) -> Detail:
    """The assignment with this key, as it stands at `now`.

    Raises:
        KeyUnknown: there is none.
    """
    facts = store.assignment(running.id, key)
    written = facts is not None
    if facts is None:
        running, derived = ahead.look(store, running, now)
        facts = next((one for one in derived if one.key == key), None)
    if facts is None:
        raise unknown_key(store, running, key)
    now = standstill(running, now)
    line = line_of(running, facts, running.judge(now))
    told = recorded(store, running, key) if written else ()
    return Detail(
        line=line,
        zone=running.zone,
        now=now,
        joint=tuple(Receiver(id=one, name=running.agencies[one].name) for one in line.duty.joint),
        receivers=receivers_of(store, running, facts),
        waits=waits(store, running, facts, now),
        extended=tuple(_granted(line, told)),
        amended=_amended(store, running, line),
        locked=is_locked(store, running, facts),
        allowed=() if running.closed is not None else offered(running, line.facts, now),
        history=told,
    )


def _granted(line: Line, told: Iterable[Recorded]) -> Iterator[Granted]:
    """The extensions in force, each by the last of the events that grant it."""
    events = {one.event.data["phase"]: one.event for one in told if one.event.kind == "extended"}
    for phase, until in line.facts.extensions.items():
        event, now = events[phase], line.duty.deadlines.get(phase)
        yield Granted(
            phase=phase, until=until, granted_by=event.data["granted_by"], document=event.document,
            stands=now is not None and now.last_day == until, sequence=event.sequence,
        )  # fmt: skip


def _amended(store: Store, running: Running, line: Line) -> Amended | None:
    """The last amendment that was recorded by when the duty was last changed by one."""
    changed = line.duty.amended
    if changed is None:
        return None
    events = [event for event in store.events(running.id, kind="applied") if event.recorded <= changed]
    if not events:
        return None
    at = clock.from_micros(events[-1].recorded, running.zone)
    return Amended(revision=events[-1].data["revision"], at=at, document=events[-1].document)


def history(store: Store, running: Running, key: str | None = None) -> tuple[Event, ...]:
    """The journal of one assignment, the clock's steps that moved it included; of the whole campaign without a key.

    Raises:
        KeyUnknown: there is no assignment with this key.
    """
    if key is None:
        return tuple(store.events(running.id))
    if store.assignment(running.id, key) is None:
        raise unknown_key(store, running, key)
    return tuple(_moving(store, running, key))


def recorded(store: Store, running: Running, key: str | None = None) -> tuple[Recorded, ...]:
    """As `history`, each event with its hash.

    Raises:
        KeyUnknown: there is no assignment with this key.
    """
    if key is None:
        rows = store.chain(running.id)
        return tuple(Recorded(event=Event.from_bytes(body), hash=digest.hex()) for _, body, digest in rows)
    events = history(store, running, key)
    hashes = (store.hash_of(running.id, event.sequence) or b"" for event in events)
    return tuple(Recorded(event=event, hash=digest.hex()) for event, digest in zip(events, hashes, strict=True))


def _changes_terms(event: Event, facts: Facts) -> bool:
    """Whether an amendment changed the duty's dates, or what its assignees have to acknowledge."""
    data = event.data
    return event.kind == "amended" and data["duty"] == facts.duty and bool(data.get("due") or data.get("acknowledge"))


_OF_THE_AGENCY = frozenset({"established", "succeeded"})
"""What happens to an agency and is part of the history of all it owes."""


def _moving(store: Store, running: Running, key: str) -> list[Event]:
    """The events under the key or its duty that changed this assignment, found by replaying them."""
    stored = store.assignment(running.id, key)
    assert stored is not None
    facts = newborn(stored, running)
    kept = []
    for event in store.events(running.id, key=key):
        if event.sequence < stored.born:
            continue
        if event.kind in _OF_THE_AGENCY:
            kept.append(event)
        elif concerns(event, facts):
            kept.append(event)
            facts = evolve(facts, event)
        elif _changes_terms(event, facts):
            kept.append(event)
    return kept
