"""One assignment in full: its clause and words, every deadline, the steps allowed now, and its history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.journal import Event
from campaignflow.domain.lifecycle import Step
from campaignflow.ports import Store
from campaignflow.services.hints import unknown_key
from campaignflow.services.locking import is_locked
from campaignflow.services.running import Running, concerns
from campaignflow.services.status import Line, line_of
from campaignflow.services.steps import offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event with the hash under which it stands in the chain, in hexadecimal."""

    event: Event
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """An assignment in full."""

    line: Line
    #: The plan's zone, in which its instants are shown.
    zone: ZoneInfo
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
    if facts is None:
        raise unknown_key(store, running, key)
    line = line_of(running, facts, running.judge(now))
    return Detail(
        line=line,
        zone=running.zone,
        locked=is_locked(store, running, line.duty),
        allowed=offered(running, line.facts, now),
        history=recorded(store, running, key),
    )


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


def _moving(store: Store, running: Running, key: str) -> list[Event]:
    """The events under the key or its duty that changed this assignment, found by replaying them."""
    stored = store.assignment(running.id, key)
    assert stored is not None
    duty = running.duties[stored.duty]
    facts = Facts(key=key, duty=stored.duty, agency=stored.agency, state=running.table(duty).initial)
    kept = []
    for event in store.events(running.id, key=key):
        if concerns(event, facts):
            kept.append(event)
            facts = evolve(facts, event)
    return kept
