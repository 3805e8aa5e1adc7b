"""Keeping campaigns: what is proven of a copy, and what becomes of one that was restored.

A copy that was restored from a backup runs like the original, and nobody can tell from the inside which of the two is
the campaign. So it bears a mark, the head of the backup, until a person says that it is (R18). While it bears the mark
nothing may be sent from it: `is_held` is asked before anything is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from campaignflow.domain.guards import ReasonNeeded
from campaignflow.domain.journal import Break, Event, check_chain
from campaignflow.ports import Store
from campaignflow.services.actors import on_behalf
from campaignflow.services.entries import Said
from campaignflow.services.errors import NotRestored, NotYourStep
from campaignflow.services.running import Running
from campaignflow.services.steps import Desk
from campaignflow.services.verify import BREAKS, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A campaign as it is in a copy, its chain checked."""

    campaign: str
    events: int
    #: The hash of its newest event, in hexadecimal: what `verify --expect` takes.
    head: str
    #: How many rows it has, by table; empty where they were not counted.
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """A backup that was written."""

    file: Path
    #: In bytes.
    size: int
    campaigns: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """Campaigns that were copied into another database."""

    #: That database, without a password.
    database: str
    campaigns: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A backup that was restored."""

    #: The database they are in now, without a password.
    database: str
    campaigns: tuple[Kept, ...]
    #: Where the database that was there before was put; None: there was none.
    aside: Path | None = None


def examined(store: Store, campaign: str) -> Kept | Fault:
    """A campaign with its chain checked from the first event to the last, or the first thing wrong with it."""
    with store.reading():
        head = store.head(campaign)
        if head is None:
            return Fault(reason="the campaign {campaign} is missing", data={"campaign": campaign})
        for one in check_chain(campaign, store.chain(head.id)):
            if isinstance(one, Break):
                return Fault(reason=BREAKS[one.fault], data={"sequence": one.sequence})
        return Kept(campaign=campaign, events=head.sequence, head=head.hash.hex())


def is_held(store: Store, running: Running) -> bool:
    """Whether the campaign is a restored copy that nobody has confirmed yet: nothing may be sent from it."""
    head = store.head(running.key)
    return head is not None and head.restored is not None


def confirm(desk: Desk, said: Said) -> Event:
    """Says that this copy is now the campaign: journals it, and takes the mark away.

    Raises:
        NotRestored: it bears no mark.
        NotYourStep: it is not the coordinator who says so.
        ReasonNeeded: no reason is given.
    """
    running, store = desk.running, desk.recorder.store
    head = store.head(running.key)
    if head is None or head.restored is None:
        raise NotRestored(campaign=running.key)
    if on_behalf(running, said.actor, said.on_behalf_of) != running.coordinator:
        raise NotYourStep(trigger="restore", key=running.key, actor=said.actor.id, parties="coordinator")
    if not said.reason:
        raise ReasonNeeded(trigger="restore --confirm")
    sequence = next((number for number, _, digest in store.chain(running.id) if digest.hex() == head.restored), None)
    data = {"head": head.restored, "sequence": sequence}
    event = desk.recorder.record("restored", said.entry(), data=said.noted(data))
    store.mark_restored(running.id, None, event.sequence)
    return event
