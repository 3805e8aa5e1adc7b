"""The page that `campaignflow show` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from campaignflow.cli import words
from campaignflow.cli.context import Context
from campaignflow.cli.events import events_table
from campaignflow.cli.output import Column, key_values, table, wrap
from campaignflow.domain.deadlines import CONTINUOUS
from campaignflow.i18n import N_, label, say
from campaignflow.services.holding import SUPERIOR, above
from campaignflow.services.shapes import parties

if TYPE_CHECKING:
    from campaignflow.domain.deadlines import Deadline
    from campaignflow.domain.duties import Duty, Point
    from campaignflow.services.running import Running
    from campaignflow.services.showing import Detail, Granted
    from campaignflow.services.status import Line
    from campaignflow.services.waiting import Waiting


def page(context: Context, running: Running, detail: Detail) -> str:
    """One assignment in full, for people."""
    line = detail.line
    parts = [
        _title(context, line),
        key_values(_facts(running, detail), width=context.width, style=context.style),
        _section(context, say(N_("Deadlines")), _deadlines(context, line)),
        _section(context, say(N_("Parts")), _points(context, detail)),
        _section(context, say(N_("Steps allowed now")), _steps(context, running, detail)),
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
    yield say(N_("Standing")), words.standing_of(line.standing.standing)
    yield say(N_("State")), words.state(line.state)
    pairs = (*_where_it_stands(running, detail), *_what_is_asked(running, line), *_ties(running, detail))
    yield from ((name, text) for name, text in pairs if text)


def _where_it_stands(running: Running, detail: Detail) -> Iterator[tuple[str, str]]:
    """What has become of it, and who holds it."""
    line = detail.line
    facts, zone = line.facts, running.zone
    yield say(N_("Due")), _due(line)
    yield say(N_("To be answered by")), words.answer_by(facts, zone)
    yield say(N_("Presumed")), ", ".join(label("phase", phase) for phase in facts.presumed)
    yield say(N_("Promised for")), words.iso_day(facts.promised) if facts.promised else ""
    yield from ((say(N_("Extended")), _granted(running, one)) for one in detail.extended)
    yield say(N_("Amended")), _amended(detail)
    yield say(N_("Opened")), words.stored_moment(facts.opened, zone) if facts.opened is not None else ""
    yield say(N_("Report sent")), words.stored_moment(facts.sent, zone) if facts.sent is not None else ""
    yield say(N_("Agency")), words.agency(running, facts.agency)
    yield say(N_("Held by")), _held_by(running, line)
    yield say(N_("Shared with")), "; ".join(one.name for one in detail.joint)
    yield say(N_("Delegated")), _delegation(running, line)


def _what_is_asked(running: Running, line: Line) -> Iterator[tuple[str, str]]:
    """The duty in the plan's words."""
    duty = line.duty
    yield say(N_("Role")), f"{label('role', duty.role)} ({label('force', duty.force)})"
    yield say(N_("Period")), words.period(duty.period) if duty.period else ""
    yield say(N_("Rhythm")), _rhythm(duty)
    yield say(N_("Stage")), duty.stage or ""
    yield say(N_("Words")), f"“{duty.words}”" if duty.words else ""
    yield say(N_("Clause")), ", ".join((duty.clause, *duty.also))
    yield say(N_("Legal basis")), "; ".join(duty.legal_basis)
    yield say(N_("Together with")), "; ".join(duty.with_)
    yield say(N_("Through")), ", ".join(one for one in (duty.through, duty.through_unit) if one)
    yield say(N_("Office that acts")), duty.office or ""
    yield say(N_("Carried out by")), "; ".join(duty.carried_out_by)
    yield say(N_("Counted for each")), duty.counted_per or ""


def _ties(running: Running, detail: Detail) -> Iterator[tuple[str, str]]:
    """What it has to do with other duties, and what it delivers."""
    line = detail.line
    duty = line.duty
    yield from ((say(N_("Waits for")), _waiting(one)) for one in detail.waits)
    yield say(N_("Carries on")), _titles(running, [duty.follows] if duty.follows else [])
    yield say(N_("Establishes")), _established(running, line)
    yield say(N_("Gives")), _gives(detail)
    yield say(N_("Puts together")), _titles(running, [key for key, _ in duty.consolidates])
    yield say(N_("Report")), _report(running, line)
    locked = say(N_("already consolidated; a report that comes now is a supplement"))
    yield say(N_("Locked")), locked if detail.locked and not line.state.final else ""
    yield say(N_("Reported in")), _titles(running, [duty.reported_in] if duty.reported_in else [])
    yield say(N_("Own plan")), _own_plan(running, line)
    yield say(N_("Activities")), "; ".join(duty.activities.values())
    yield say(N_("Assumed")), duty.assumed or ""


def _established(running: Running, line: Line) -> str:
    """The body that it brings into being for its agency, or the agency."""
    named = line.duty.establishes
    if named is None:
        return ""
    from campaignflow.domain.agencies import body_id  # the plan's models, which few pages need

    body = body_id(named, line.facts.agency)
    return words.agency(running, body if body in running.agencies else named)


def _due(line: Line) -> str:
    """What is due next; of a duty without an end, that there is no deadline."""
    endless = next((one for one in line.duty.deadlines.values() if one.kind == CONTINUOUS), None)
    return words.due(line.standing) if endless is None or line.state.final else words.deadline(endless)


def _granted(running: Running, one: Granted) -> str:
    """An extension: until when, of what, by whom, by which document."""
    by = ", ".join(text for text in (words.agency(running, one.granted_by), words.document(one.document)) if text)
    told = say(
        N_("{phase} until {day}, granted by {by}"), phase=label("phase", one.phase), day=words.day(one.until), by=by
    )
    return told if one.stands else say(N_("{told}; the plan gives a later day now"), told=told)


def _amended(detail: Detail) -> str:
    one = detail.amended
    if one is None:
        return ""
    day, paper = words.moment(one.at), words.document(one.document)
    by = say(N_("by revision {number} on {day}"), number=one.revision, day=day) + (f" ({paper})" if paper else "")
    return say(N_("{by}; not acknowledged again yet"), by=by) if detail.line.to_acknowledge else by


def _held_by(running: Running, line: Line) -> str:
    """Who holds it in the place of the agency it was given to, and why."""
    if line.agency == line.facts.agency:
        return ""
    given = running.agencies[line.facts.agency]
    if given.host and not given.established:
        return say(N_("{agency}, until it is established"), agency=line.agency_name)
    return say(N_("{agency}, which took over"), agency=line.agency_name)


def _delegation(running: Running, line: Line) -> str:
    facts = line.facts
    if facts.delegate is None:
        return ""
    days = {"first": words.iso_day(facts.delegate_from), "last": words.iso_day(facts.delegate_until)}
    told = say(N_("to {agency}, from {first} to {last}"), agency=words.agency(running, facts.delegate), **days)
    return told if line.delegate else say(N_("{told} (not today)"), told=told)


def _rhythm(duty: Duty) -> str:
    """How it recurs, goes on or comes on demand, in the plan's words if it has any."""
    said = f"“{duty.rhythm}”" if duty.rhythm else ""
    if duty.on_demand:
        by = label("party", duty.on_demand)
        return ", ".join(one for one in (say(N_("on demand, opened by {who}"), who=by), said) if one)
    if duty.endless:
        return ", ".join(one for one in (say(N_("without an end")), said) if one)
    if duty.period and not duty.recurs:
        return ", ".join(one for one in (said, say(N_("the last period"))) if one)
    return said


def _waiting(one: Waiting) -> str:
    """What is waited for, and how much of it is done."""
    if one.event:
        if one.happened is not None:
            return say(N_("“{words}”: happened {moment}"), words=one.words, moment=words.moment(one.happened))
        return say(N_("“{words}”: has not happened yet"), words=one.words)
    return say(N_("{duty}{whose}: {done} of {all} done"), duty=one.words, whose=_whose(one), done=one.done, all=one.all)


def _whose(one: Waiting) -> str:
    whose = {"subordinates": N_(" (of the agencies below)"), "same_agency": N_(" (its own)")}.get(one.of)
    return say(whose) if whose else ""


def _gives(detail: Detail) -> str:
    gives = detail.line.duty.gives
    if gives is None:
        return ""
    what = say(N_("{what} (at least {count})"), what=gives.what, count=gives.at_least) if gives.at_least else gives.what
    to = "; ".join(one.name for one in detail.receivers)
    return say(N_("{what}; to {receivers}"), what=what, receivers=to) if to else what


def _titles(running: Running, responsibilities: Iterable[str]) -> str:
    """Duties by their titles, as the plan has them; by their ids where it has them no longer."""
    titles = {one.responsibility: one.title for one in running.duties.values()}
    return "; ".join(f"{titles[key]} ({key})" if key in titles else key for key in responsibilities)


def _report(running: Running, line: Line) -> str:
    report = line.duty.report
    if report is None:
        return ""
    to = ", ".join(words.agency(running, one) for one in _report_to(running, line))
    invited = "" if report.required else say(N_(" (invited)"))
    return say(N_("{title}{invited}; to {receivers}"), title=report.title, invited=invited, receivers=to)


def _report_to(running: Running, line: Line) -> Iterator[str]:
    """The receivers of its report: `superior` is the agency above the one that owes it."""
    assert line.duty.report is not None
    for one in line.duty.report.to:
        yield (above(running, line.facts.agency) or one) if one == SUPERIOR else one


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
    rows = [_deadline(one) for one in line.duty.deadlines.values() if one.kind != "none"]
    rows += [_expected(one) for one in line.duty.expected.values()]
    return table(columns, rows, width=context.width, style=context.style)


def _deadline(one: Deadline) -> tuple[str, str, str, str]:
    stated = one.stated or words.NOTHING
    if not one.counted:
        stated = say(N_("{stated} (before the plan's own date: nobody is late by it)"), stated=stated)
    elif one.missed == "presume":
        stated = say(N_("{stated} (presumed if nothing is heard)"), stated=stated)
    return label("phase", one.phase), stated, words.deadline(one), one.clause or ""


def _expected(one: Deadline) -> tuple[str, str, str, str]:
    who = one.set_by or label("party", "coordinator")
    stated = say(N_("expected by {who}; nothing is late by it"), who=who)
    return label("phase", one.phase), stated, words.deadline(one), one.clause or ""


def _points(context: Context, detail: Detail) -> str:
    line = detail.line
    rows = [
        (f"{'[x]' if part.id in line.facts.parts else '[ ]'} {part.id}", _point(part, detail))
        for part in line.duty.parts
    ]
    return key_values(rows, width=context.width, style=context.style)


def _point(part: Point, detail: Detail) -> str:
    """A part in the plan's words: who does it, and by when."""
    told = [part.words]
    if part.done_by:
        told.append(say(N_("done by {who}"), who=part.done_by))
    line = part.milestone
    if line is not None:
        due = say(N_("last working day {day}"), day=words.deadline(line))
        over = line.passed(detail.now) and part.id not in detail.line.facts.parts
        told.append(say(N_("{due}, gone by"), due=due) if over else due)
    return "; ".join(told)


def _steps(context: Context, running: Running, detail: Detail) -> str:
    rows = [
        (step.trigger, f"{words.step(step)} ({', '.join(label('party', one) for one in parties(step))})")
        for step in detail.allowed
    ]
    nothing = say(N_("none; the campaign is closed") if running.closed is not None else N_("none"))
    return key_values(rows, width=context.width, style=context.style) or f"{nothing}\n"


def _history(context: Context, running: Running, detail: Detail) -> str:
    return events_table(context, running, (one.event for one in detail.history), keys=False)
