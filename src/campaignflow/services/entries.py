"""Entries in the journal that are no steps: a part ticked, a promise, an outside event, a group confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.journal import Event
from campaignflow.services.actors import Actor, on_behalf, parties_of
from campaignflow.services.documents import NO_DOCUMENT, Document
from campaignflow.services.errors import (
    EventKnown,
    EventUnknown,
    GroupUnknown,
    NotYourStep,
    PartUnknown,
    PromiseInThePast,
)
from campaignflow.services.hints import hint
from campaignflow.services.holding import holder
from campaignflow.services.occurrences import occurrences
from campaignflow.services.recording import Entry
from campaignflow.services.steps import Desk, Request, find


class Saying(TypedDict, total=False):
    """Who says something, and what comes with it: what every entry in the journal takes."""

    #: Who acts: a contact, an agency, or `coordinator`; without it the campaign's actor.
    actor: str | None
    #: The agency for which it is entered.
    on_behalf_of: str | None
    #: When it happened, aware, not after now; without it now.
    at: dt.datetime | None
    reason: str | None
    note: str | None
    document: Document | None
    #: The instant to take for now.
    now: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who says something, for whom, when it happened, and with what reason, note and document."""

    actor: Actor
    on_behalf_of: str | None = None
    at: dt.datetime | None = None
    reason: str | None = None
    note: str | None = None
    document: Document = NO_DOCUMENT

    def entry(self, agency: str | None = None) -> Entry:
        """The journal's part of it, said for `agency`; without one, for the actor's own."""
        other = agency if agency != self.actor.agency else None
        return Entry(
            actor=self.actor.id, proven=self.actor.proven, on_behalf_of=other, happened=self.at, reason=self.reason,
            document=self.document.facts(),
        )  # fmt: skip

    def request(self, key: str, trigger: str, *, nil: bool = False) -> Request:
        """The step it asks for."""
        return Request(
            key=key, trigger=trigger, actor=self.actor, on_behalf_of=self.on_behalf_of, at=self.at,
            reason=self.reason, note=self.note, document=self.document, nil=nil,
        )  # fmt: skip

    def noted(self, data: Mapping[str, object]) -> dict[str, object]:
        """What an event says, with the note that was made of it."""
        return {**data, "note": self.note} if self.note else dict(data)


def tick_part(desk: Desk, key: str, part: str, said: Said, *, ticked: bool = True) -> Event:
    """Ticks a part of a duty, or takes the tick back.

    Raises:
        PartUnknown: the duty has no such part.
    """
    facts = find(desk, key)
    known = [point.id for point in desk.running.duties[facts.duty].parts]
    if part not in known:
        raise PartUnknown(key=key, part=part, hint=hint(part, known), parts=", ".join(known) or "-")
    return _record(desk, facts, "part", said, {"part": part, "ticked": ticked})


def acknowledge(desk: Desk, key: str, said: Said, *, promised: dt.date | None = None) -> Event:
    """Records that the agency knows of the duty, and the day it promises, if any. A promise moves no deadline.

    Raises:
        PromiseInThePast: the promised day has gone by.
    """
    facts = find(desk, key)
    today = clock.local_date(desk.recorder.now, desk.running.zone)
    if promised is not None and promised < today:
        raise PromiseInThePast(day=promised.isoformat(), today=today.isoformat())
    happened = clock.to_micros(said.at) if said.at else desk.recorder.recorded
    data: dict[str, object] = {"acknowledged": happened}
    if promised is not None:
        data["promised"] = promised.isoformat()
    return _record(desk, facts, "acknowledged", said, data)


def occur(desk: Desk, event_id: str, said: Said) -> tuple[Event, tuple[str, ...]]:
    """Records that an outside event of the plan happened; gives its entry and the duties that it changes.

    Raises:
        EventUnknown: the plan waits for no such event.
        EventKnown: it was recorded before.
    """
    from campaignflow.services import happening

    known: dict[str, str | None] = desk.running.header["events"]
    if event_id not in known:
        names = ", ".join(known) or "-"
        raise EventUnknown(event=event_id, hint=hint(event_id, known), events=names)
    earlier = occurrences(desk.recorder.store, desk.running).get(event_id)
    if earlier is not None:
        raise EventKnown(event=event_id, happened=clock.iso(earlier))
    entry = said.entry(_coordinating(desk, said))
    event, made = happening.record(desk.running, desk.recorder, entry, said.noted({"event": event_id}))
    return event, tuple(change.key for change in made.changes)


def confirm(desk: Desk, group: str, said: Said) -> Event:
    """Records that the members of a group that the plan does not list may be written to.

    Raises:
        GroupUnknown: no group of this name waits for it.
    """
    known = desk.running.header["unconfirmed"]
    if group not in known:
        raise GroupUnknown(group=group, hint=hint(group, known), groups=", ".join(known) or "-")
    data = said.noted({"group": group})
    return desk.recorder.record("confirmed", said.entry(_coordinating(desk, said)), data=data)


def _record(desk: Desk, facts: Facts, kind: str, said: Said, data: dict[str, object]) -> Event:
    duty = desk.running.duties[facts.duty]
    agency = on_behalf(desk.running, said.actor, said.on_behalf_of, facts, duty, desk.today)
    parties = parties_of(desk.running, agency, facts, duty, desk.today)
    if "assignee" not in parties:
        if "coordinator" not in parties:
            raise NotYourStep(trigger=kind, key=facts.key, actor=said.actor.id, parties="assignee, coordinator")
        agency = holder(desk.running, facts, desk.today)
    event = desk.recorder.record(kind, said.entry(agency), key=facts.key, data=said.noted(data))
    desk.recorder.store.save(desk.running.id, facts, evolve(facts, event))
    return event


def _coordinating(desk: Desk, said: Said) -> str:
    agency = on_behalf(desk.running, said.actor, said.on_behalf_of)
    if agency != desk.running.coordinator:
        raise NotYourStep(trigger="event", key=desk.running.key, actor=said.actor.id, parties="coordinator")
    return agency
