"""Outside events of the plan: which happened, and when, by what was recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from campaignflow.domain import clock
from campaignflow.domain.journal import Event
from campaignflow.ports import Store
from campaignflow.services.running import Running


def occurrences(store: Store, running: Running, *, until: int | None = None) -> dict[str, dt.datetime]:
    """When each event of the plan recorded so far, or until then, happened."""
    return happened_by(store.events(running.id, kind="event", until=until), running)


def happened_by(events: Iterable[Event], running: Running) -> dict[str, dt.datetime]:
    """When each event of the plan happened, by these entries of the journal; one that was withdrawn did not."""
    found: dict[str, dt.datetime] = {}
    for event in events:
        if event.kind == "event":
            if event.data.get("withdrawn"):
                found.pop(event.data["event"], None)
            else:
                found[event.data["event"]] = clock.from_micros(event.happened, running.zone)
    return found
