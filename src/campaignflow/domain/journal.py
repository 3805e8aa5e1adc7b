"""The journal: what happened, in one sequence per campaign, each event chained to the one before.

An event's canonical bytes are its JSON with sorted keys and no white space. Its hash is SHA-256 over the hash of the
event before it and those bytes, so that changing, dropping or reordering any event changes every hash after it, and the
last one (the *head*) commits to the whole history. Names and addresses of people never enter these bytes, only ids, so
that a person's data can be erased without breaking the chain.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the journal. Instants are microseconds since the epoch, UTC."""

    sequence: int
    kind: str
    #: The assignment it concerns; for a step of the clock, the duty (`responsibility/*`).
    key: str | None = None
    #: Who did it: a contact, an agency, or `clock`.
    actor: str
    #: Whether a token proved the actor; otherwise it is claimed.
    proven: bool = False
    #: The agency for which the actor entered it.
    on_behalf_of: str | None = None
    happened: int
    recorded: int
    #: Whether `recorded` was read from a clock that somebody set (a rehearsal).
    rehearsed: bool = False
    reason: str | None = None
    #: Number, date, sent date and files of the document that carried it.
    document: Mapping[str, Any] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def canonical(self) -> bytes:
        """The bytes that the chain commits to."""
        plain = zip(Event.__slots__, _VALUES(self), strict=True)
        kept = {name: value for name, value in plain if value is not None and value is not False and value != {}}
        return _ENCODER.encode(kept).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> Event:
        """The event whose canonical bytes these are.

        Raises:
            ValueError: the bytes are no event.
        """
        try:
            return cls(**json.loads(body))
        except TypeError as error:
            raise ValueError(str(error)) from None


_VALUES = attrgetter(*Event.__slots__)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def genesis(campaign: str) -> bytes:
    """The hash before the first event of the campaign with this id."""
    import hashlib  # loads OpenSSL, which readers do without

    return hashlib.sha256(f"campaignflow journal 1 {campaign}".encode()).digest()


def link(previous: bytes, body: bytes) -> bytes:
    """The hash of an event, given the hash before it and its canonical bytes."""
    import hashlib

    return hashlib.sha256(previous + body).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Where a chain does not hold, and how: `hash`, `gap`, `unreadable` or `columns`."""

    sequence: int
    fault: str


def check_chain(campaign: str, rows: Iterable[tuple[int, bytes, bytes]]) -> Iterator[Break | Event]:
    """Walks stored rows (sequence, bytes, hash) in order, giving each sound event, or the break found there.

    After a break the walk goes on from the stored hash, so that one edited row is named and not all that follow it; nor
    is the row behind a gap, whose predecessor's hash is gone.
    """
    previous, expected = genesis(campaign), 1
    for sequence, body, stored in rows:
        if sequence != expected:
            yield Break(sequence=expected, fault="gap")
        if sequence == expected and link(previous, body) != stored:
            yield Break(sequence=sequence, fault="hash")
        else:
            yield _event(sequence, body)
        previous, expected = stored, sequence + 1


def _event(sequence: int, body: bytes) -> Break | Event:
    try:
        event = Event.from_bytes(body)
    except ValueError:
        return Break(sequence=sequence, fault="unreadable")
    return event if event.sequence == sequence else Break(sequence=sequence, fault="columns")


def moment(micros: int) -> dt.datetime:
    """The instant of a stored number, in UTC."""
    return _EPOCH + dt.timedelta(microseconds=micros)
