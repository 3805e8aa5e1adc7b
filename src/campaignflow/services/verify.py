"""Verifying: that the journal is whole, and that what is stored is what it says.

Three things are compared: every hash with the bytes it commits to, every stored assignment with the one that replaying
the journal gives, and every duty with what the stored plan text expands to. With an expected head, that nothing was cut
off the end: a chain whose tail is gone is sound in itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from campaignflow.domain.journal import Break, Event, check_chain
from campaignflow.ports import Blob, Store
from campaignflow.services.apply import FORMAT
from campaignflow.services.past import Past
from campaignflow.services.replay import replay, stored_births
from campaignflow.services.revisions import digests, header_of, stored_plan
from campaignflow.services.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that does not agree. `reason` is a message id with fields from `data`."""

    reason: str
    data: dict[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """The fault in English."""
        return self.reason.format(**self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What verifying found."""

    ok: bool
    #: The hash of the newest event, in hexadecimal: what to write down elsewhere.
    head: str
    events: int
    faults: tuple[Fault, ...] = ()


BREAKS = {
    "hash": "event {sequence} was changed: its hash is not that of its bytes and of the event before it",
    "gap": "event {sequence} is missing",
    "unreadable": "event {sequence} cannot be read",
    "columns": "event {sequence} stands under another number than its own",
}


def verify(store: Store, running: Running, *, expect: str | None = None) -> Verdict:
    """Checks a campaign. `expect` is a head written down earlier: its event must still be there.

    Reads one state of the store throughout, also while others write.
    """
    with store.reading():
        chain = list(store.chain(running.id))
        walked = list(check_chain(running.key, chain))
        events = [one for one in walked if isinstance(one, Event)]
        breaks = [one for one in walked if isinstance(one, Break)]
        faults = [Fault(reason=BREAKS[one.fault], data={"sequence": one.sequence}) for one in breaks]
        if not breaks:
            faults += [
                *_columns(store, running, events),
                *_plan(store, running, events),
                *_rows(store, running, events),
                *_files(store, running, events),
            ]
    hashes = [digest.hex() for _, _, digest in chain]
    if expect is not None and expect.lower() not in hashes:
        faults.append(
            Fault(reason="the head {expect} is not in the journal: its end was cut off, or it is another one",
                  data={"expect": expect})
        )  # fmt: skip
    return Verdict(ok=not faults, head=hashes[-1] if hashes else "", events=len(chain), faults=tuple(faults))


def _columns(store: Store, running: Running, events: list[Event]) -> Iterator[Fault]:
    """Whether the columns that the store searches by say what the hashed bytes say."""
    for event, row in zip(events, store.index(running.id), strict=True):
        if row != (event.sequence, event.kind, event.key, event.recorded):
            yield Fault(
                reason="event {sequence} is filed under something else than it says", data={"sequence": event.sequence}
            )


def _plan(store: Store, running: Running, events: list[Event]) -> Iterator[Fault]:
    """Whether the stored plans are those that were applied, and the duties what they come to."""
    applied = {event.data["revision"]: event for event in events if event.kind == "applied"}
    sound = True
    for number in range(1, running.revision + 1):
        for fault in _revision(store, running, number, applied.get(number)):
            sound = False
            yield fault
    newest = applied.get(running.revision)
    if sound and newest is not None and newest.data.get("format") == FORMAT:
        past = Past(store, running.id).follow(events)
        yield from _course(store, running, past)


def _revision(store: Store, running: Running, number: int, applied: Event | None) -> Iterator[Fault]:
    """Whether one stored revision is the one that was applied."""
    revision = store.revision(running.id, number=number, whole=True)
    plan = stored_plan(revision)
    found = digests(revision)
    changed = [name for name in found if applied is None or applied.data.get(name) != found[name]]
    same_format = applied is not None and applied.data.get("format") == FORMAT
    if same_format and dict(revision.header) != header_of(plan):
        changed.append("header")
    if changed or revision.digest != plan.digest():
        yield Fault(reason="the stored {part} is not what was applied", data={"part": ", ".join(changed) or "plan"})


def _course(store: Store, running: Running, past: Past) -> Iterator[Fault]:
    """Whether agencies, duties and assignments are what the plans and the events come to."""
    if dict(running.agencies) != past.agencies:
        yield Fault(reason="the stored agencies are not those of the plan")
    for key in {**past.duties, **running.duties}:
        if running.duties.get(key) != past.duties.get(key):
            yield Fault(reason="the duty {duty} is not what the plan says", data={"duty": key})
    births = {(one.key, one.born, one.initial) for found in past.births.values() for one in found}
    owed = {(one.key, one.born, one.initial) for one in store.assignments(running.id)}
    for key in sorted({one[0] for one in owed ^ births}):
        yield Fault(reason="the assignment {key} is in the store or in the plan, not in both", data={"key": key})


def _rows(store: Store, running: Running, events: list[Event]) -> Iterator[Fault]:
    """Whether every stored assignment is what the journal makes of it."""
    made = replay(stored_births(store, running), events)
    for facts in store.assignments(running.id):
        if made.get(facts.key) != facts:
            yield Fault(reason="{key} is stored otherwise than the journal says", data={"key": facts.key})
    for key in store.misfiled(running.id):
        yield Fault(reason="{key} is counted otherwise than it is stored", data={"key": key})


def _files(store: Store, running: Running, events: list[Event]) -> Iterator[Fault]:
    """Whether every file that a document brought is there, with the content that the journal names."""
    sound = {blob.sha256 for blob in store.blobs(running.id) if _sound(blob)}
    for event in events:
        for file in (event.document or {}).get("attachments", ()):
            if file["sha256"] not in sound:
                data = {"name": file["name"], "sequence": event.sequence}
                yield Fault(reason="the file {name} of event {sequence} is missing or was changed", data=data)


def _sound(blob: Blob) -> bool:
    return hashlib.sha256(blob.content).hexdigest() == blob.sha256 and len(blob.content) == blob.size
