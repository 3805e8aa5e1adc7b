"""How events of the journal read to people: who did what, when, with which document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from campaignflow.cli import words
from campaignflow.cli.context import Context
from campaignflow.cli.output import Column, table
from campaignflow.i18n import N_, label, say

if TYPE_CHECKING:
    from campaignflow.domain.journal import Event
    from campaignflow.domain.lifecycle import Table
    from campaignflow.services.running import Running

SHOWN = 6
"""So many contacts are named in a line of the history."""


def events_table(context: Context, running: Running, events: Iterable[Event], *, keys: bool = True) -> str:
    """Events as people read them: number, when recorded, by whom, what."""
    columns = (
        Column("sequence", say(N_("No.")), "right", shrink="never"),
        Column("recorded", say(N_("Recorded")), shrink="never"),
        Column("who", say(N_("By")), minimum=10),
        Column("what", say(N_("What happened")), minimum=20, weight=3),
    )
    rows = (
        (str(one.sequence), words.stored_moment(one.recorded, running.zone), _who(one), _what(running, one, keys=keys))
        for one in events
    )
    return table(columns, rows, width=context.width, style=context.style)


def _who(event: Event) -> str:
    actor = label("party", event.actor)
    return say(N_("{actor} for {agency}"), actor=actor, agency=event.on_behalf_of) if event.on_behalf_of else actor


def _what(running: Running, event: Event, *, keys: bool) -> str:
    told = [_deed(running, event)]
    if keys and event.key:
        told.insert(0, event.key)
    if event.happened != event.recorded:
        told.append(say(N_("happened {moment}"), moment=words.stored_moment(event.happened, running.zone)))
    told += _carried(event)
    if event.reason:
        told.append(say(N_("reason: {text}"), text=event.reason))
    if event.data.get("note"):
        told.append(say(N_("note: {text}"), text=event.data["note"]))
    return "; ".join(told)


def _deed(running: Running, event: Event) -> str:
    """What was done, in a few words."""
    data = event.data
    if event.kind in ("step", "clock"):
        return _move(running, event)
    if event.kind == "part":
        kind = say(N_("Point ticked")) if data.get("ticked") else say(N_("Tick taken back"))
        return f"{kind}: {data.get('part')}"
    about = _about(running, event)
    name = label("event kind", event.kind)
    return f"{name}: {about}" if about else name


def _about(running: Running, event: Event) -> str:
    """What an event that is no step is about."""
    data = event.data
    teller = _TELLERS.get(event.kind)
    if teller is not None:
        return teller(running, event)
    told = {
        "event": say(N_("{event}, taken back"), event=data.get("event"))
        if data.get("withdrawn")
        else data.get("event"),
        "confirmed": data.get("group"),
        "acknowledged": _promise(data.get("promised")),
        "contacts": _some((*data.get("added", ()), *data.get("changed", ()))),
    }
    return str(told.get(event.kind) or "")


def _applied(running: Running, event: Event) -> str:
    data = event.data
    if data.get("revision", 1) == 1:
        return words.counted("{count} assignment", "{count} assignments", data.get("assignments", 0))
    counts = (
        words.counted("{count} assignment added", "{count} assignments added", data.get("added", 0)),
        words.counted("{count} assignment cancelled", "{count} assignments cancelled", data.get("removed", 0)),
        words.counted("{count} assignment owed again", "{count} assignments owed again", data.get("restored", 0)),
    )
    changed = [one for one, name in zip(counts, ("added", "removed", "restored"), strict=True) if data.get(name)]
    return "; ".join((say(N_("revision {number}"), number=data["revision"]), *changed))


def _extended(running: Running, event: Event) -> str:
    data = event.data
    return say(
        N_("{phase} until {day} instead of {before}, granted by {agency}"), phase=label("phase", data["phase"]),
        day=words.iso_day(data["until"]), before=words.iso_day(data["before"]), agency=data["granted_by"],
    )  # fmt: skip


def _delegated(running: Running, event: Event) -> str:
    data = event.data
    days = {"first": words.iso_day(data["from"]), "last": words.iso_day(data["until"])}
    return say(N_("to {agency}, from {first} to {last}"), agency=data["to"], **days)


def _undone(running: Running, event: Event) -> str:
    data = event.data
    lifecycle = words.lifecycle_of(running, event.key or "", str(data["to"]), str(data["trigger"]))
    taken = lifecycle.step(str(data["to"]), str(data["trigger"])) if lifecycle else None
    step = words.step(taken) if taken else label("trigger", str(data["trigger"]))
    return say(N_("{step} (event {sequence})"), step=step, sequence=data["undoes"])


def _changed(running: Running, event: Event) -> str:
    """What an amendment did to one duty."""
    data = event.data
    told = []
    if data.get("due"):
        told.append(say(N_("its deadlines changed")))
    elif data.get("change") == "changed" and data.get("acknowledge"):
        told.append(say(N_("what is owed changed")))
    if data.get("change") == "dropped" or data.get("cancelled"):
        told.append(say(N_("no longer owed")))
    if data.get("restored"):
        told.append(say(N_("owed again")))
    if data.get("added"):
        told.append(words.counted("{count} assignment added", "{count} assignments added", data["added"]))
    for source, target in data.get("migrated", {}).items():
        told.append(
            say(N_("the state {source} became {target}"), source=label("state", source), target=label("state", target))
        )
    told.append(say(N_("follows from event {sequence}"), sequence=data["cause"]))
    return "; ".join(told)


def _of_the_agency(running: Running, event: Event) -> str:
    """A body that was established, or no longer is; an agency whose duties passed on."""
    data = event.data
    if event.kind == "succeeded":
        return say(N_("from {agency} to {successor}"), agency=data["agency"], successor=data["to"])
    name = words.agency(running, data["agency"])
    return name if data["established"] else say(N_("{event}, taken back"), event=name)


def _period(running: Running, event: Event) -> str:
    periods = (key.partition("@")[2] for key in event.data["duties"])
    return ", ".join(words.period(one) for one in dict.fromkeys(periods))


def _closed(running: Running, event: Event) -> str:
    left = event.data.get("unfinished", 0)
    return words.counted("{count} assignment not finished", "{count} assignments not finished", left) if left else ""


def _restored(running: Running, event: Event) -> str:
    head, sequence = str(event.data["head"])[:16], event.data.get("sequence")
    if sequence is None:
        return say(N_("from a backup with the head {head}…"), head=head)
    return say(N_("from a backup that ended with event {sequence}, head {head}…"), sequence=sequence, head=head)


_TELLERS: Mapping[str, Callable[[Running, Event], str]] = {
    "applied": _applied, "extended": _extended, "delegated": _delegated, "undone": _undone, "amended": _changed,
    "established": _of_the_agency, "succeeded": _of_the_agency, "period": _period, "closed": _closed,
    "restored": _restored,
}  # fmt: skip
"""What tells of the events that need more than a word."""


def _some(ids: Sequence[str]) -> str:
    """The first of some ids, and how many there are."""
    if len(ids) <= SHOWN:
        return ", ".join(ids)
    return say(N_("{ids}, … ({count} in all)"), ids=", ".join(ids[:SHOWN]), count=len(ids))


def _promise(day: str | None) -> str:
    return say(N_("promised for {day}"), day=words.iso_day(day)) if day else ""


def _move(running: Running, event: Event) -> str:
    """A step in words, with the states it led from and to."""
    lifecycle, data = _lifecycle(running, event), event.data
    trigger, source, target = str(data.get("trigger")), str(data.get("from")), str(data.get("to"))
    if lifecycle is None:
        return f"{label('trigger', trigger)}: {source} → {target}"
    return words.moved(lifecycle, trigger, source, target)


def _lifecycle(running: Running, event: Event) -> Table | None:
    """The lifecycle by which an event moved an assignment, or of the clock a whole duty."""
    data = event.data
    duty = running.duties.get(str(data.get("duty")))
    if duty is not None:
        return running.table(duty)
    return words.lifecycle_of(running, event.key or "", str(data.get("from")), str(data.get("trigger")))


def _carried(event: Event) -> Iterator[str]:
    """The document that came with it."""
    paper = event.document or {}
    if paper.get("number"):
        yield say(N_("document {number}"), number=paper["number"])
    if paper.get("date"):
        yield say(N_("dated {day}"), day=words.iso_day(paper["date"]))
    files = [str(one.get("name")) for one in paper.get("attachments", ())]
    if files:
        yield say(N_("with {files}"), files=", ".join(files))
    if event.data.get("nil"):
        yield say(N_("nil report"))
    if event.data.get("supplement"):
        yield say(N_("supplement: it came after the consolidation"))
