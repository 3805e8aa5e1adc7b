"""Closing a campaign: nothing more is written to it, and nothing in it becomes late any more."""

from __future__ import annotations

from dataclasses import replace

from campaignflow.domain.guards import ReasonNeeded
from campaignflow.domain.journal import Event
from campaignflow.services import tick
from campaignflow.services.actors import on_behalf
from campaignflow.services.entries import Said
from campaignflow.services.errors import CampaignClosed, NotClosed, NotYourStep, StillOpen
from campaignflow.services.steps import Desk


def unfinished(desk: Desk) -> int:
    """How many assignments are not over, those without an end (thường xuyên) left out."""
    found = 0
    for duty in desk.running.duties.values():
        if duty.dropped is None and not duty.endless:
            table = desk.running.table(duty)
            tally = desk.recorder.store.tally(desk.running.id, duty.key)
            found += sum(count for state, count in tally.items() if not table.states[state].final)
    return found


def close(desk: Desk, said: Said, *, force: bool = False) -> Event:
    """Closes the campaign now.

    Raises:
        StillOpen: something is still owed; `force` closes all the same.
        CampaignClosed: it is closed.
        NotYourStep: it is not the coordinator who says so.
    """
    _coordinating(desk, said, "close")
    running = desk.running
    if running.closed is not None:
        raise CampaignClosed(campaign=running.key)
    left = unfinished(desk)
    if left and not force:
        raise StillOpen(count=left)
    event = desk.recorder.record("closed", said.entry(), data=said.noted({"unfinished": left}))
    desk.recorder.store.close_campaign(running.id, event.happened, event.sequence)
    desk.recorder.schedule(None)
    return event


def reopen(desk: Desk, said: Said) -> Event:
    """Opens a closed campaign again; the clock then catches up.

    Raises:
        ReasonNeeded: no reason is given.
        NotClosed: it runs.
    """
    _coordinating(desk, said, "reopen")
    running = desk.running
    if running.closed is None:
        raise NotClosed(campaign=running.key)
    if not said.reason:
        raise ReasonNeeded(trigger="reopen")
    event = desk.recorder.record("reopened", said.entry(), data=said.noted({}))
    store = desk.recorder.store
    store.close_campaign(running.id, None, event.sequence)
    fresh = replace(running, closed=None)
    desk.recorder.schedule(tick.next_tick(fresh, set(store.populated(running.id))))
    return event


def _coordinating(desk: Desk, said: Said, trigger: str) -> None:
    agency = on_behalf(desk.running, said.actor, said.on_behalf_of)
    if agency != desk.running.coordinator:
        raise NotYourStep(trigger=trigger, key=desk.running.key, actor=said.actor.id, parties="coordinator")
