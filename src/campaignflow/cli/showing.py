"""The page that `campaignflow show` prints, and the lines in which events of the journal read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from campaignflow.cli import words
from campaignflow.cli.context import Context
from campaignflow.cli.output import Column, key_values, table, wrap
from campaignflow.i18n import N_, label, say
from campaignflow.services.shapes import parties

if TYPE_CHECKING:
    from campaignflow.domain.deadlines import Deadline
    from campaignflow.domain.journal import Event
    from campaignflow.domain.lifecycle import Table
    from campaignflow.services.running import Running
    from campaignflow.services.showing import Detail
    from campaignflow.services.status import Line


SHOWN = 6
"""So many contacts are named in a line of the history."""


def page(context: Context, running: Running, detail: Detail) -> str:
    """One assignment in full, for people."""
    line = detail.line
    parts = [
        _title(context, line),
        key_values(_facts(running, detail), width=context.width, style=context.style),
        _section(context, say(N_("Deadlines")), _deadlines(context, line)),
        _section(context, say(N_("Parts")), _points(context, line)),
        _section(context, say(N_("Steps allowed now")), _steps(context, detail)),
        _section(context, say(N_("History")), _history(context, running, detail)),
    ]
    return "\n".join(part for part in parts if part)


def _title(context: Context, line: Line) -> str:
    title = "".join(f"{context.style.paint(one, 'strong')}\n" for one in wrap(line.duty.title, context.width))
    return f"{title}{context.style.paint(line.facts.key, 'dim')}\n"


def _section(context: Context, title: str, text: str) -> str:
    return f"{context.style.paint(title, 'strong')}\n{text}" if text else ""


def _facts(running: Running, detail: Detail) -> Iterator[tuple[str, str]]:
    """What the plan asks and where it stands, as pairs; what is not there is left out."""
    line = detail.line
    duty, facts = line.duty, line.facts
    yield say(N_("Standing")), words.standing_of(line.standing.standing)
    yield say(N_("State")), words.state(line.state)
    told = {
        say(N_("Due")): words.due(line.standing),
        say(N_("To be answered by")): words.answer_by(facts, running.zone),
        say(N_("Presumed")): ", ".join(label("phase", phase) for phase in facts.presumed),
        say(N_("Promised for")): words.iso_day(facts.promised) if facts.promised else "",
        say(N_("Report sent")): words.stored_moment(facts.sent, running.zone) if facts.sent is not None else "",
        say(N_("Agency")): line.agency_name,
        say(N_("Role")): f"{label('role', duty.role)} ({label('force', duty.force)})",
        say(N_("Words")): f"“{duty.words}”" if duty.words else "",
        say(N_("Clause")): ", ".join((duty.clause, *duty.also)),
        say(N_("Legal basis")): "; ".join(duty.legal_basis),
        say(N_("Together with")): "; ".join(duty.with_),
        say(N_("Report")): _report(running, line),
        say(N_("Locked")): say(N_("already consolidated; a report that comes now is a supplement"))
        if detail.locked
        else "",
        say(N_("Reported in")): duty.reported_in or "",
        say(N_("Own plan")): _own_plan(running, line),
        say(N_("Activities")): "; ".join(duty.activities.values()),
        say(N_("Assumed")): duty.assumed or "",
    }
    yield from ((name, text) for name, text in told.items() if text)


def _report(running: Running, line: Line) -> str:
    report = line.duty.report
    if report is None:
        return ""
    to = ", ".join(running.agencies[one].name if one in running.agencies else one for one in report.to)
    invited = "" if report.required else say(N_(" (invited)"))
    return say(N_("{title}{invited}; to {receivers}"), title=report.title, invited=invited, receivers=to)


def _own_plan(running: Running, line: Line) -> str:
    if line.duty.own_plan is None:
        return ""
    if line.facts.registered is not None:
        return say(N_("registered on {day}"), day=words.stored_moment(line.facts.registered, running.zone))
    required = line.duty.own_plan == "required"
    return say(N_("not registered yet")) if required else say(N_("not registered; it is not required"))


def _deadlines(context: Context, line: Line) -> str:
    columns = (
        Column("phase", say(N_("Phase")), minimum=10),
        Column("stated", say(N_("In the plan's words")), minimum=12, weight=3),
        Column("last", say(N_("Last working day")), minimum=10),
        Column("clause", say(N_("Clause")), minimum=5),
    )
    rows = [_deadline(one, missed=True) for one in line.duty.deadlines.values() if one.kind != "none"]
    rows += [_deadline(one, missed=False) for one in line.duty.expected.values()]
    return table(columns, rows, width=context.width, style=context.style)


def _deadline(one: Deadline, *, missed: bool) -> tuple[str, str, str, str]:
    stated = one.stated or words.NOTHING
    if not missed:
        stated = say(N_("expected by {who}; nothing is late by it"), who=one.set_by or label("party", "coordinator"))
    elif one.missed == "presume":
        stated = say(N_("{stated} (presumed if nothing is heard)"), stated=stated)
    return label("phase", one.phase), stated, words.deadline(one), one.clause or ""


def _points(context: Context, line: Line) -> str:
    rows = [(f"{'[x]' if part.id in line.facts.parts else '[ ]'} {part.id}", part.words) for part in line.duty.parts]
    return key_values(rows, width=context.width, style=context.style)


def _steps(context: Context, detail: Detail) -> str:
    rows = [
        (step.trigger, f"{words.step(step)} ({', '.join(label('party', one) for one in parties(step))})")
        for step in detail.allowed
    ]
    return key_values(rows, width=context.width, style=context.style) or f"{say(N_('none'))}\n"


def _history(context: Context, running: Running, detail: Detail) -> str:
    return events_table(context, running, (one.event for one in detail.history), keys=False)


# --- events


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
    about = {
        "applied": words.counted("{count} assignment", "{count} assignments", data.get("assignments", 0)),
        "event": data.get("event"),
        "confirmed": data.get("group"),
        "acknowledged": _promise(data.get("promised")),
        "contacts": _some((*data.get("added", ()), *data.get("changed", ()))),
    }.get(event.kind)
    name = label("event kind", event.kind)
    return f"{name}: {about}" if about else name


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
    key = event.data.get("duty") or (event.key or "").split("/", 1)[0]
    duty = running.duties.get(str(key)) or running.duties.get(f"{key}+")
    found = running.table(duty) if duty else None
    partner = running.duties.get(f"{key}+")
    if found and partner and found.step(str(event.data.get("from")), str(event.data.get("trigger"))) is None:
        return running.table(partner)
    return found


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
