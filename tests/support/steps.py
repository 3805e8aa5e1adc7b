"""Steps taken in tests, and what became of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from campaignflow import Campaign
from campaignflow.domain.assignments import Facts
from campaignflow.domain.journal import Event
from campaignflow.services.documents import Document
from tests.support.plans import moment


def paper(sent: str | None = None, *, number: str = "12/BC-UBND", date: dt.date | None = None) -> Document:
    """A paper with a number, sent at that moment."""
    return Document(number=number, date=date, sent=moment(sent) if sent else None)


def take(campaign: Campaign, now: str, key: str, *triggers: str, actor: str | None = None, **said: Any) -> None:
    """Takes these steps one after the other at `now`."""
    for trigger in triggers:
        campaign.advance(key, trigger, actor=actor, now=moment(now), **said)


def facts(campaign: Campaign, key: str) -> Facts:
    """The assignment as it is stored."""
    store = campaign._store()
    found = store.assignment(campaign.running().id, key)
    assert found is not None
    return found


def standing(campaign: Campaign, now: str, key: str) -> str:
    """Where the assignment stands at `now`."""
    return campaign.show(key, now=moment(now)).line.standing.standing


def state(campaign: Campaign, now: str, key: str) -> str:
    """The state of the assignment at `now`, the clock's work included."""
    return campaign.show(key, now=moment(now)).line.state.name


def last(campaign: Campaign) -> Event:
    """The newest event."""
    return campaign.history()[-1]
