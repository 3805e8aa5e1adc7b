"""Taking a step: the one place where an assignment changes its state by somebody's hand.

One transaction: the clock's work first, then the table, the guards and who may; the event, the row by compare-and-set,
and the effects on other assignments, each with an event of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.duties import Duty, duty_key
from campaignflow.domain.guards import GuardContext, ReasonNeeded, guard_refusal, refusal
from campaignflow.domain.journal import Event
from campaignflow.domain.lifecycle import Step, Table
from campaignflow.services import consequences
from campaignflow.services.actors import Actor, is_party, on_behalf
from campaignflow.services.documents import NO_DOCUMENT, Document
from campaignflow.services.errors import (
    NilRefused,
    NotYourStep,
    StepNotAllowed,
    TriggerUnknown,
)
from campaignflow.services.hints import hint, unknown_key
from campaignflow.services.holding import assignees, holder
from campaignflow.services.locking import is_locked
from campaignflow.services.movers import told
from campaignflow.services.recording import Entry, Recorder
from campaignflow.services.running import Running, presumed_by
from campaignflow.services.tick import note_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A step that somebody asks for."""

    key: str
    trigger: str
    actor: Actor
    on_behalf_of: str | None = None
    #: When it happened; None: the document's sent date, else now. Not after now.
    at: dt.datetime | None = None
    reason: str | None = None
    note: str | None = None
    document: Document = NO_DOCUMENT
    nil: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """What a step did."""

    key: str
    trigger: str
    source: str
    target: str
    #: The sequence of its event.
    sequence: int


TOGETHER = 500
"""How many assignments are read at a time where many steps are taken."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What steps are taken at: the running campaign, and the recorder of the transaction."""

    running: Running
    recorder: Recorder
    #: Assignments that were read together, until one of them is written.
    _read: dict[str, Facts] = field(default_factory=dict, init=False, repr=False, compare=False)

    def take_all(self, requests: Iterable[Request]) -> Iterator[StepTaken]:
        """Takes many steps; what they read and write goes to the store together. The first that cannot be taken raises
        what `take` does, and the transaction has to be given up."""
        following = iter(requests)
        with self.recorder.store.in_bulk():
            while some := list(islice(following, TOGETHER)):
                keys = [one.key for one in some]
                self._read.update(self.recorder.store.assignments_by_key(self.running.id, keys))
                for request in some:
                    yield self.take(request)
                self._read.clear()

    def read(self, key: str) -> Facts | None:
        """The assignment with this key, as it stands."""
        found = self._read.get(key)
        return found if found is not None else self.recorder.store.assignment(self.running.id, key)

    def take(self, request: Request) -> StepTaken:
        """Takes the step asked for, and what follows from it.

        Raises:
            KeyUnknown, TriggerUnknown, StepNotAllowed, NotYourStep, StepRefused: it cannot be taken; nothing is
                written.
        """
        facts = find(self, request.key)
        duty = self.running.duty_of(facts)
        step = self._step(facts, duty, request)
        for_agency = self._allowed(facts, duty, step, request)
        happened = request.at or request.document.sent or self.recorder.now
        self._guard(duty, step, happened, request)
        if request.nil:
            _refuse_nil(facts, duty, step, request)
        entry = Entry(
            actor=request.actor.id, proven=request.actor.proven, happened=happened, reason=request.reason,
            on_behalf_of=for_agency if for_agency != request.actor.agency else None,
            document=request.document.facts(),
        )  # fmt: skip
        event, after = self._write(facts, duty, step, entry, self._particulars(facts, duty, step, happened, request))
        self._follow(after, duty, event, request)
        return StepTaken(
            key=facts.key, trigger=step.trigger, source=step.source, target=step.target, sequence=event.sequence
        )

    def _step(self, facts: Facts, duty: Duty, request: Request) -> Step:
        table = self.running.table(duty)
        step = table.step(facts.state, request.trigger)
        if step is not None and not step.system:
            return step
        known = {one.trigger for one in table.steps if not one.system}
        allowed = ", ".join(one.trigger for one in offered(self.running, facts, self.recorder.now)) or "-"
        if request.trigger not in known:
            near = hint(request.trigger, known)
            raise TriggerUnknown(key=facts.key, trigger=request.trigger, hint=near, allowed=allowed)
        who = told(self.recorder.store, self.running, facts)
        raise StepNotAllowed(key=facts.key, state=facts.state, trigger=request.trigger, allowed=allowed, **who)

    def _allowed(self, facts: Facts, duty: Duty, step: Step, request: Request) -> str:
        """The agency for which the step is taken; the coordinator enters an assignee's steps on its behalf.

        A report is always its assignee's, also when the receiver enters it.
        """
        today = self.today
        agency = on_behalf(self.running, request.actor, request.on_behalf_of, facts, duty, today)
        if any(is_party(one, self.running, agency, facts, duty, today) for one in step.parties):
            if step.carries == "report" and not self._acts_for(agency, facts, duty):
                return holder(self.running, facts, today)
            return agency
        if agency == self.running.coordinator and "assignee" in step.parties:
            return holder(self.running, facts, today)
        raise NotYourStep(
            trigger=step.trigger, key=facts.key, actor=request.actor.id,
            parties=", ".join(sorted(step.parties)),
        )  # fmt: skip

    def _acts_for(self, agency: str, facts: Facts, duty: Duty) -> bool:
        return agency in assignees(self.running, facts, duty, self.today)

    @cached_property
    def today(self) -> dt.date:
        """The local date of now."""
        return clock.local_date(self.recorder.now, self.running.zone)

    def _guard(self, duty: Duty, step: Step, happened: dt.datetime, request: Request) -> None:
        if not step.needs and not step.guards:
            return  # as for most steps: the facts that guards decide by need not be gathered
        refused = refusal(step, guard_context(self.running, duty, happened, request))
        if refused is not None:
            raise refused

    def _particulars(
        self, facts: Facts, duty: Duty, step: Step, happened: dt.datetime, request: Request
    ) -> Mapping[str, Any]:
        """What the step changes of the facts besides the state."""
        instant = clock.to_micros(happened)
        found: dict[str, Any] = {"note": request.note} if request.note else {}
        if step.carries == "own_plan":
            found["registered"] = instant
        if step.carries == "report":
            found |= self._submission(facts, duty, happened, request)
        if step.trigger == "return":
            found["returned_until"] = clock.to_micros(self._answer_by(duty, happened))
        if step.trigger == "return_plan":
            found["registered"] = None
        if self.running.table(duty).states[step.target].final:
            found["done"] = instant
        return found

    def _submission(self, facts: Facts, duty: Duty, happened: dt.datetime, request: Request) -> dict[str, Any]:
        """When the report counts as sent. An answer within its time keeps the date of the report it revises."""
        counted_by = duty.report.counted_by if duty.report else "sent"
        came = (request.at or self.recorder.now) if counted_by == "received" else happened
        moment = request.document.counted(counted_by, came, self.running.zone)
        sent = clock.to_micros(moment)
        answers = facts.returned_until is not None and facts.counted is not None and sent < facts.returned_until
        counted = facts.counted if answers else sent
        found: dict[str, Any] = {"sent": sent, "counted": counted, "returned_until": None, "nil": request.nil}
        return {**found, "supplement": True} if is_locked(self.recorder.store, self.running, facts) else found

    def _answer_by(self, duty: Duty, returned: dt.datetime) -> dt.datetime:
        """Until when a returned report may be answered in time; at once over, where the plan gives no such term."""
        report = duty.report
        if report is None or report.revise_days is None:
            return returned
        day = clock.local_date(returned, self.running.zone)
        last = (
            self.running.calendar.add(day, report.revise_days)
            if report.revise_working
            else day + dt.timedelta(days=report.revise_days)
        )
        return clock.end_of_day(last, self.running.zone)

    def _write(
        self, facts: Facts, duty: Duty, step: Step, entry: Entry, particulars: Mapping[str, Any]
    ) -> tuple[Event, Facts]:
        data: dict[str, Any] = {"trigger": step.trigger, "from": step.source, "to": step.target, **particulars}
        presumed = [phase for phase in presumed_by(step, duty) if phase not in facts.presumed]
        if presumed:
            data["presumed"] = presumed
        if step.confirms:
            data["confirmed"] = list(step.confirms)
        event = self.recorder.record("step", entry, key=facts.key, data=data)
        after = evolve(facts, event)
        self.recorder.store.save(self.running.id, facts, after)
        self._read.pop(facts.key, None)
        note_state(self.running, self.recorder, facts.duty, after.state, after.blocked)
        return event, after

    # --- what follows from a step

    def _follow(self, facts: Facts, duty: Duty, event: Event, request: Request) -> None:
        """The effects of a step: acceptance by dispatch, and what ends with a completed duty."""
        table = self.running.table(duty)
        if event.data.get("sent") is not None and duty.report and duty.report.acceptance == "on_sending":
            accept = table.step(facts.state, "accept")
            if accept is not None and "dispatch" in accept.parties:
                entry = Entry(actor="dispatch", happened=clock.from_micros(event.happened, self.running.zone))
                data = {"done": event.happened, "cause": event.sequence}
                event, facts = self._write(facts, duty, accept, entry, data)
        self._close(facts, duty, event)

    def _close(self, facts: Facts, duty: Duty, event: Event) -> None:
        """Ends what ends with an assignment, if that is over, and tells what its end means to others."""
        if self.running.table(duty).states[facts.state].final:
            for other, trigger in list(self._dependents(facts, duty)):
                self._end(other, trigger, event)
            consequences.follow(self.running, self.recorder, duty, facts, event)

    def _dependents(self, facts: Facts, duty: Duty) -> Iterator[tuple[Facts, str]]:
        """What ends with an assignment that is over: what its accepted report covers, and the partners of the last."""
        store = self.recorder.store
        covered = [one.key for one in self.running.duties.values() if _covers(duty, one)]
        for key in covered if facts.state == "completed" else ():
            for other in store.assignments(self.running.id, agency=facts.agency, duty=key):
                yield other, "confirm_by_report"
        for other in self._partners(duty):
            yield other, "end_with_lead"

    def _partners(self, duty: Duty) -> Iterator[Facts]:
        """The partners whose share ends with this duty, once everybody is through with it."""
        partners = self.running.duties.get(duty_key(duty.responsibility, partner=True, period=duty.period))
        if not duty.partner and partners is not None and partners.ends_with_lead and self._all_done(duty):
            yield from self.recorder.store.assignments(self.running.id, duty=partners.key)

    def go_on_without(self, duty: Duty, cause: Event) -> None:
        """What follows from a duty when an amendment took away those who had not finished it: the others are through,
        so their partners are, and what waited for its completion waits no longer."""
        for other in list(self._partners(duty)):
            self._end(other, "end_with_lead", cause)
        consequences.reconsider(self.running, self.recorder, duty, cause)

    def _all_done(self, duty: Duty) -> bool:
        table = self.running.table(duty)
        return all(table.states[state].final for state in self.recorder.store.tally(self.running.id, duty.key))

    def _end(self, other: Facts, trigger: str, cause: Event) -> None:
        duty = self.running.duties[other.duty]
        step = self.running.table(duty).step(other.state, trigger)
        if step is not None:
            entry = Entry(actor="system", happened=clock.from_micros(cause.happened, self.running.zone))
            event, after = self._write(other, duty, step, entry, {"done": cause.happened, "cause": cause.sequence})
            self._close(after, duty, event)


def _covers(duty: Duty, other: Duty) -> bool:
    """Whether the report of one duty covers another: the one it is `reported_in`, of the same period."""
    return other.reported_in == duty.responsibility and other.period == duty.period and other.dropped is None


def _refuse_nil(facts: Facts, duty: Duty, step: Step, request: Request) -> None:
    """Refuses a nil report where the plan takes none, or that comes without a reason."""
    if duty.report is None or step.carries != "report" or not duty.report.nil_allowed or not duty.nil_allowed:
        raise NilRefused(key=facts.key)
    if not request.reason:
        raise ReasonNeeded(trigger=step.trigger)


def find(desk: Desk, key: str) -> Facts:
    """The assignment with this key, as it stands.

    Raises:
        KeyUnknown: there is none.
    """
    store, running = desk.recorder.store, desk.running
    facts = desk.read(key)
    if facts is None:
        raise unknown_key(store, running, key)
    return facts


def guard_context(running: Running, duty: Duty, happened: dt.datetime, request: Request | None = None) -> GuardContext:
    """The facts that guards decide by."""
    return GuardContext(
        now=happened,
        owes_report=duty.report is not None,
        report_required=duty.report is not None and duty.report.required,
        opening_begins=running.moment(duty, "opening.begins") or running.moment(duty, "period.begins"),
        has_document=bool(request and request.document.facts()),
        has_reason=bool(request and request.reason),
    )


def offered(running: Running, facts: Facts, now: dt.datetime) -> tuple[Step, ...]:
    """The steps that people may take from where the assignment stands, guards included."""
    duty = running.duty_of(facts)
    table: Table = running.table(duty)
    context = guard_context(running, duty, now)
    return tuple(step for step in table.offered(facts.state) if guard_refusal(step, context) is None)
