"""Writing to the journal: one recorder for each writing transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaignflow.domain.clock import to_micros
from campaignflow.domain.journal import Event
from campaignflow.ports import Clock, Head, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a person brings with a step, besides the step itself."""

    #: The contact or agency that enters it.
    actor: str
    proven: bool = False
    on_behalf_of: str | None = None
    #: When it happened; None: now.
    happened: dt.datetime | None = None
    reason: str | None = None
    #: Number, date, sent date and files of the document.
    document: Mapping[str, Any] | None = None


class Recorder:
    """Appends events behind a campaign's head, inside one writing transaction."""

    def __init__(self, store: Store, head: Head, clock: Clock) -> None:
        self.store = store
        self.campaign = head.id
        self.sequence = head.sequence
        self.hash = head.hash
        #: When the clock has something to do next, as scheduled so far; see `schedule`.
        self.next_tick = head.next_tick
        self.now = clock.now()
        self.recorded = to_micros(self.now)
        self._rehearsed = clock.is_set

    def record(
        self, kind: str, entry: Entry, *, key: str | None = None, data: Mapping[str, Any] | None = None
    ) -> Event:
        """Writes one event and gives it."""
        event = Event(
            sequence=self.sequence + 1, kind=kind, key=key, actor=entry.actor, proven=entry.proven,
            on_behalf_of=entry.on_behalf_of, recorded=self.recorded, rehearsed=self._rehearsed,
            happened=to_micros(entry.happened) if entry.happened else self.recorded, reason=entry.reason,
            document=entry.document, data=data or {},
        )  # fmt: skip
        self.hash = self.store.append(self.campaign, event, self.hash)
        self.sequence = event.sequence
        return event

    def schedule(self, next_tick: int | None) -> None:
        """Writes when the clock has something to do next."""
        if next_tick != self.next_tick:
            self.store.schedule(self.campaign, next_tick)
            self.next_tick = next_tick
