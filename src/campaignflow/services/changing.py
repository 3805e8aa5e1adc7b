"""Changing what was set for one assignment: an extension, a delegation, an undo. Journalled, never an edit.

Only who set a date can move it. Somebody else can promise a day, which quiets mail and leaves the assignment late.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from campaignflow.domain import clock
from campaignflow.domain.assignments import UNDONE, Facts, evolve
from campaignflow.domain.deadlines import Deadline
from campaignflow.domain.duties import Duty, duty_key
from campaignflow.domain.guards import ReasonNeeded
from campaignflow.domain.journal import Event
from campaignflow.i18n import N_
from campaignflow.services import consequences
from campaignflow.services.actors import on_behalf, parties_of
from campaignflow.services.entries import Said
from campaignflow.services.errors import (
    AgencyUnknown,
    DelegateToItself,
    DelegationReversed,
    GrantNeedsDocument,
    NothingToExtend,
    NothingToUndo,
    NotLater,
    NotYourDate,
    NotYourStep,
    UsedByConsolidation,
)
from campaignflow.services.hints import hint
from campaignflow.services.holding import holder, successor
from campaignflow.services.knock_on import KnockOn, knocks
from campaignflow.services.locking import consolidations, superiors
from campaignflow.services.recording import Entry
from campaignflow.services.replay import newborn
from campaignflow.services.running import concerns
from campaignflow.services.steps import Desk, find
from campaignflow.services.tick import note_state

# --- extensions


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """An extension that was granted."""

    event: Event
    #: The deadline as it was, and as it is.
    before: Deadline
    after: Deadline
    #: What it does to the consolidations above.
    knock_on: tuple[KnockOn, ...]


def extend(
    desk: Desk, key: str, until: dt.date, said: Said, *, granted_by: str | None = None, phase: str | None = None
) -> Extended:
    """Moves the deadline of one assignment to a later last day, granted by whoever set it.

    Args:
        desk: where it is entered.
        key: the assignment.
        until: the last day on time, included.
        said: who enters it, with the reason, which is needed, and the document that grants it.
        granted_by: the agency that grants it; by default the one that enters it.
        phase: which deadline; by default the next one to be met.

    Raises:
        NothingToExtend, NotLater, NotYourDate, GrantNeedsDocument, ReasonNeeded: it cannot be; nothing is written.
    """
    facts = find(desk, key)
    running, duty = desk.running, desk.running.duty_of(facts)
    if not said.reason:
        raise ReasonNeeded(trigger="extend")
    before = _movable(desk, facts, duty, phase)
    assert before.last_day is not None
    if until <= before.last_day:
        raise NotLater(until=until.isoformat(), day=before.last_day.isoformat())
    granter = _granter(desk, facts, duty, before, said, granted_by)
    data = {
        "phase": before.phase, "until": until.isoformat(), "before": before.last_day.isoformat(), "granted_by": granter,
    }  # fmt: skip
    own = said.actor.agency if granter == said.actor.agency else granter
    event = desk.recorder.record("extended", said.entry(own), key=key, data=said.noted(data))
    after = evolve(facts, event)
    line = running.duty_of(after).deadlines[before.phase]
    above = knocks(desk.recorder.store, running, running.duties, duty.key, line)
    desk.recorder.store.save(running.id, facts, after)
    return Extended(event=event, before=before, after=line, knock_on=above)


def _movable(desk: Desk, facts: Facts, duty: Duty, phase: str | None) -> Deadline:
    """The deadline to be moved."""
    table = desk.running.table(duty)
    if table.states[facts.state].final:
        raise NothingToExtend(key=facts.key, why=N_("it is over"))
    judge = desk.running.judge(desk.recorder.now)
    lines = [line for line in judge.unmet(facts, duty, table) if line.last_day is not None]
    lines = [line for line in lines if line.missed == "overdue" and phase in (None, line.phase)]
    if not lines:
        raise NothingToExtend(key=facts.key, why=N_("nobody is late by any of them"))
    moments = {name for step in table.steps for name in step.moments}
    if f"{lines[0].phase}.ends" in moments:
        raise NothingToExtend(key=facts.key, why=N_("the clock goes by it, for all who owe the duty alike"))
    return lines[0]


def _granter(
    desk: Desk, facts: Facts, duty: Duty, line: Deadline, said: Said, granted_by: str | None
) -> str:  # fmt: skip
    """Who grants it: the agency that set the date, or one that stands above it."""
    running = desk.running
    setter = line.set_by or str(running.header["issuer"])
    agency = granted_by or on_behalf(running, said.actor, said.on_behalf_of, facts, duty, desk.today)
    if agency not in running.agencies:
        raise AgencyUnknown(agency=agency, hint=hint(agency, running.agencies))
    if agency not in _movers(desk, setter):
        raise NotYourDate(setter=setter, key=facts.key, actor=agency)
    if agency != said.actor.agency:
        if said.actor.agency != running.coordinator:
            raise NotYourStep(trigger="extend", key=facts.key, actor=said.actor.id, parties="coordinator")
        if not said.document.facts():
            raise GrantNeedsDocument(agency=agency)
    return agency


def _movers(desk: Desk, setter: str) -> Iterator[str]:
    """Who can move a date: the one that set it, whoever took over from it, and those above."""
    yield setter
    if setter in desk.running.agencies:
        yield successor(desk.running, setter, desk.today)
        yield from superiors(desk.running, setter)


# --- delegation


def delegate(desk: Desk, key: str, to: str, first: dt.date, last: dt.date, said: Said) -> Event:
    """Lets another agency act for the one that holds an assignment, from a day to a day, both included.

    The duty stays the holder's own. A later delegation takes the place of an earlier one.

    Raises:
        AgencyUnknown, DelegateToItself, DelegationReversed, NotYourStep: it cannot be; nothing is written.
    """
    facts = find(desk, key)
    running = desk.running
    if to not in running.agencies:
        raise AgencyUnknown(agency=to, hint=hint(to, running.agencies))
    owner = holder(running, facts, desk.today)
    if to == owner:
        raise DelegateToItself(agency=to, key=key)
    if last < first or last < desk.today:
        raise DelegationReversed(first=first.isoformat(), last=last.isoformat(), today=desk.today.isoformat())
    agency = on_behalf(running, said.actor, said.on_behalf_of, facts, running.duties[facts.duty], desk.today)
    if agency not in (owner, running.coordinator):
        raise NotYourStep(trigger="delegate", key=key, actor=said.actor.id, parties="assignee, coordinator")
    data = {"to": to, "from": first.isoformat(), "until": last.isoformat(), "by": owner}
    event = desk.recorder.record("delegated", said.entry(owner), key=key, data=said.noted(data))
    desk.recorder.store.save(running.id, facts, evolve(facts, event))
    return event


# --- undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A step that was taken back."""

    key: str
    trigger: str
    source: str
    target: str
    sequence: int
    #: The sequence of the event that was undone.
    undoes: int


def undo(desk: Desk, key: str, said: Said, *, force: bool = False) -> Undone:
    """Takes back the last step of an assignment that is still in effect, and what followed from it elsewhere.

    A step of the clock that was undone does not fire again from the state that it left. What was said of the deadline,
    the parts and the delegation meanwhile stays.

    Raises:
        NothingToUndo: no step is in effect.
        UsedByConsolidation: a consolidation above was sent since; `force` undoes all the same.
        NotYourStep: whoever enters it is neither the coordinator nor who took the step.
        ReasonNeeded: no reason is given.
    """
    facts = find(desk, key)
    if not said.reason:
        raise ReasonNeeded(trigger="undo")
    stack = list(_effective(desk, facts))
    if not stack:
        raise NothingToUndo(key=key)
    event, before = stack[-1]
    while event.data.get("cause") is not None and len(stack) > 1 and event.data["cause"] == stack[-2][0].sequence:
        stack.pop()  # what the program did of itself goes back together with the step that made it
        event, before = stack[-1]
    _allowed(desk, facts, event, said)
    if not force:
        _unused(desk, facts, [one for one, _ in stack])
    return _take_back(desk, facts, event, before, said)


def _take_back(desk: Desk, facts: Facts, event: Event, before: Facts, said: Said) -> Undone:
    restores = {name: getattr(before, name) for name in UNDONE}
    if event.kind == "clock":
        restores["blocked"] = (*before.blocked, event.data["trigger"])
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in restores.items()}
    data = {
        "undoes": event.sequence, "trigger": event.data["trigger"], "from": facts.state, "to": before.state,
        "restores": plain,
    }  # fmt: skip
    undone, after = _record(desk, facts, said.entry(), said.noted(data))
    _take_back_effects(desk, facts, event, undone)
    _open_partners(desk, facts, after, undone)
    return Undone(
        key=facts.key, trigger=event.data["trigger"], source=facts.state, target=after.state, sequence=undone.sequence,
        undoes=event.sequence,
    )  # fmt: skip


def _record(desk: Desk, facts: Facts, entry: Entry, data: dict[str, object]) -> tuple[Event, Facts]:
    event = desk.recorder.record("undone", entry, key=facts.key, data=data)
    after = evolve(facts, event)
    desk.recorder.store.save(desk.running.id, facts, after)
    note_state(desk.running, desk.recorder, facts.duty, after.state, after.blocked)
    duty = desk.running.duties[facts.duty]
    table = desk.running.table(duty)
    if table.states[facts.state].final and not table.states[after.state].final:
        consequences.follow(desk.running, desk.recorder, duty, after, event)
    return event, after


def _take_back_effects(desk: Desk, facts: Facts, event: Event, undone: Event) -> None:
    """Takes back what the undone step had ended elsewhere: partners' shares, duties that its report covered."""
    caused = {event.sequence}
    for later in list(desk.recorder.store.events(desk.running.id, kind="step")):
        if later.data.get("cause") in caused:
            caused.add(later.sequence)
            other = desk.recorder.store.assignment(desk.running.id, later.key or "")
            if other is None or other.key == facts.key:
                continue
            stack = list(_effective(desk, other))
            if stack and stack[-1][0].sequence == later.sequence:
                _end_undone(desk, other, stack[-1], undone)


def _open_partners(desk: Desk, facts: Facts, after: Facts, undone: Event) -> None:
    """Opens again the shares of partners that end once everybody is through, whoever was the last of them."""
    duty = desk.running.duties[facts.duty]
    final = {name for name, state in desk.running.table(duty).states.items() if state.final}
    partners = desk.running.duties.get(duty_key(duty.responsibility, partner=True, period=duty.period))
    if duty.partner or partners is None or facts.state not in final or after.state in final:
        return
    for other in list(desk.recorder.store.assignments(desk.running.id, duty=partners.key)):
        stack = list(_effective(desk, other))
        if stack and stack[-1][0].data["trigger"] == "end_with_lead":
            _end_undone(desk, other, stack[-1], undone)


def _end_undone(desk: Desk, other: Facts, taken: tuple[Event, Facts], cause: Event) -> None:
    event, before = taken
    plain = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in ((name, getattr(before, name)) for name in UNDONE)
    }
    entry = Entry(actor="system", happened=clock.from_micros(cause.happened, desk.running.zone))
    data = {
        "undoes": event.sequence, "trigger": event.data["trigger"], "from": other.state, "to": before.state,
        "restores": plain, "cause": cause.sequence,
    }  # fmt: skip
    _record(desk, other, entry, data)


def _effective(desk: Desk, facts: Facts) -> Iterator[tuple[Event, Facts]]:
    """The steps of an assignment that are in effect, oldest first, each with the facts before it."""
    current, stack = newborn(facts, desk.running), []
    for event in desk.recorder.store.events(desk.running.id, key=facts.key):
        if event.sequence < facts.born or not concerns(event, current):
            continue
        if event.kind in ("step", "clock"):
            stack.append((event, current))
        elif event.kind == "undone":
            while stack and stack[-1][0].sequence >= event.data["undoes"]:
                stack.pop()
        elif event.kind == "amended":
            stack.clear()  # nobody undoes an amendment, nor what came before it cancelled or moved the assignment
        current = evolve(current, event)
    states = desk.running.table(desk.running.duties[facts.duty]).states
    gone = [place for place, (_, before) in enumerate(stack, 1) if before.state not in states]
    return iter(stack[gone[-1] if gone else 0 :])  # nor is there a way back into a state that an amendment took away


def _allowed(desk: Desk, facts: Facts, event: Event, said: Said) -> None:
    """The coordinator may undo any step, an agency those that were entered for it."""
    running = desk.running
    duty = running.duties[facts.duty]
    agency = on_behalf(running, said.actor, said.on_behalf_of, facts, duty, desk.today)
    if agency == running.coordinator:
        return
    parties = parties_of(running, agency, facts, duty, desk.today)
    by = event.on_behalf_of or event.actor
    if event.kind != "step" or (said.actor.id != event.actor and agency != by) or not parties:
        raise NotYourStep(trigger="undo", key=facts.key, actor=said.actor.id, parties="coordinator")


def _unused(desk: Desk, facts: Facts, steps: list[Event]) -> None:
    """Refuses to undo what a consolidation that was sent has used: a report, or its acceptance. A supplement came
    after it was sent."""
    report = next((one for one in reversed(steps) if one.data.get("sent") is not None), None)
    if report is None or report.data.get("supplement"):
        return
    for above in consolidations(desk.recorder.store, desk.running, facts):
        if above.sent is not None:
            raise UsedByConsolidation(key=facts.key, consolidation=above.key)
