"""From the plan's text to duties and assignments: what applying a plan creates.

The expansion is a pure function of the plan, its calendar, its lifecycles and the outside events that have happened.
So what a revision created can be worked out again from the text that the revision stores, which is how `verify` knows
that nothing was slipped in.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from campaignflow.domain import clock, deadlines
from campaignflow.domain.agencies import Agency
from campaignflow.domain.assignments import Facts, Owed
from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.deadlines import Deadline
from campaignflow.domain.duties import Dependency, Duty, Handover, Point, ReportTerms, Span
from campaignflow.domain.duty_text import After, Continuous, Partner, Responsibility
from campaignflow.domain.lifecycle import Table
from campaignflow.domain.periods import CalendarPeriod
from campaignflow.domain.plan import LegalBasis, Plan
from campaignflow.domain.plan_references import OPENED
from campaignflow.domain.recurrence import series_of, spans
from campaignflow.domain.reports import ReportText
from campaignflow.domain.workdays import WorkCalendar


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """What a plan comes to."""

    duties: tuple[Duty, ...]
    #: Who owes them, duty by duty.
    owed: tuple[Owed, ...]
    #: Every agency of the plan, bodies included.
    agencies: frozenset[str]

    @cached_property
    def assignments(self) -> tuple[Facts, ...]:
        """Who owes them, one by one."""
        return tuple(facts for owed in self.owed for facts in owed.facts())


def expand(
    plan: Plan,
    *,
    calendar: WorkCalendar,
    tables: Mapping[str, Table],
    happened: Mapping[str, dt.datetime] | None = None,
    now: dt.datetime | None = None,
    only: Collection[str] | None = None,
    since: dt.datetime | None = None,
) -> Expansion:
    """Works out every duty of the plan and who owes it.

    Args:
        plan: a plan that `plan_rules` has nothing against.
        calendar: its working days.
        tables: the compiled lifecycles by name.
        happened: when each outside event recorded so far happened.
        now: recurring duties are there for every period that has begun by then, and for one ahead; without it, by the
            roster's day.
        only: the responsibilities to work out; all of them if not given.
        since: periods of recurring duties that had ended by then are left out; without it, none is.
    """
    reader = _Reader(plan, calendar, happened or {}, clock.local_date(since, plan.zone) if since else dt.date.min)
    today = clock.local_date(now, plan.zone) if now else plan.roster_day
    duties: list[Duty] = []
    owed: list[Owed] = []
    for key, text in plan.responsibilities.items():
        if only is not None and key not in only:
            continue
        for duty, agencies in reader.everything(key, text, today):
            duties.append(duty)
            owed.append(_owed(duty, agencies, tables[duty.lifecycle].initial))
    return Expansion(duties=tuple(duties), owed=tuple(owed), agencies=frozenset(plan.units))


def assignment_key(responsibility: str, agency: str, ending: str | None = None) -> str:
    """The key of an assignment; `ending` is its period, or the number under which it was opened."""
    return f"{responsibility}/{agency}/{ending}" if ending else f"{responsibility}/{agency}"


FIRST_OPENED = "001"
"""The number of the first assignment that a duty on demand gives an agency."""


def _owed(duty: Duty, agencies: tuple[str, ...], initial: str) -> Owed:
    ending = duty.period or (FIRST_OPENED if duty.on_demand else None)
    return Owed(
        responsibility=duty.responsibility, duty=duty.key, agencies=agencies, initial=initial, ending=ending
    )  # fmt: skip


def opened_again(plan: Plan, made: Expansion, event: str, known: Collection[str]) -> list[Facts]:
    """What an event gives to agencies that were opened the same duty on demand before: one more each.

    Args:
        plan: the plan.
        made: what it comes to once the event has happened.
        event: the event.
        known: the keys of the assignments that were there before it.
    """
    again = []
    for facts in made.assignments:
        responsibility = facts.duty.partition("@")[0].removesuffix("+")
        demand = plan.responsibilities[responsibility].on_demand
        if demand is not None and demand.event == event and facts.key in known:
            numbers = (f"{number:03}" for number in itertools.count(2))
            keys = (assignment_key(responsibility, facts.agency, number) for number in numbers)
            again.append(replace(facts, key=next(key for key in keys if key not in known)))
    return again


def regions_of(plan: Plan) -> dict[str, str | None]:
    """Of every agency: itself, or its nearest superior, of the plan's `region_kind`; None without one."""
    kind = plan.plan.region_kind
    units: dict[str, Agency] = plan.units
    found: dict[str, str | None] = {}
    for agency_id in units:
        below: list[str] = []
        current: str | None = agency_id
        while current in units and current not in found and units[current].kind != kind and current not in below:
            below.append(current)
            current = units[current].under
        region = found.get(current or "")
        if region is None and kind is not None and current in units and units[current].kind == kind:
            region = found[current] = current
        found.update(dict.fromkeys(below, region))
    return {agency_id: found.get(agency_id) for agency_id in units}


class _Reader:
    """Reads the duties of one plan."""

    def __init__(self, plan: Plan, calendar: WorkCalendar, happened: Mapping[str, dt.datetime], since: dt.date) -> None:
        self.plan = plan
        self.since = since
        self.calendar = calendar
        self.happened = happened
        self.events = {**period_events(plan), **happened}
        self.campaign = _span(plan)
        #: When the duty that is being read was opened for everybody by its event; empty for any other.
        self.opened: dict[str, dt.datetime] = {}
        #: The period that is being read, of a recurring duty.
        self.period: CalendarPeriod | None = None

    def everything(self, key: str, text: Responsibility, today: dt.date) -> Iterator[tuple[Duty, tuple[str, ...]]]:
        """The duty, once or for each period that is there by `today`, with who owes it."""
        series = series_of(self.plan, text, self.happened)
        if series is None:
            yield from self.shares(key, text, self.plan.roster_day, recurs=False)
            return
        for period in series.made_by(today):
            if period.window.last < self.since:
                continue
            self.period = period
            day = max(period.window.first, self.plan.roster_day)
            yield from self.shares(key, text, day, recurs=series.goes_on_after(period))
        self.period = None

    def shares(
        self, key: str, text: Responsibility, day: dt.date, *, recurs: bool
    ) -> Iterator[tuple[Duty, tuple[str, ...]]]:
        """The assignee's duty, then that of the partners who owe one of their own."""
        demand = text.on_demand.event if text.on_demand else None
        self.opened = {OPENED: self.events[demand]} if demand in self.events else {}
        assigned = self.plan.resolve(text.assigned_to, day)
        joint = assigned[1:] if text.leads == "joint" else ()
        yield self._own(key, text, joint, recurs=recurs), self._opened(text, assigned[:1] if joint else assigned)
        partners = [partner for partner in text.with_ if partner.completes]
        if partners:
            shared = self.plan.resolve(tuple(one.agency for one in partners), day)
            yield self._shared(key, text, partners), self._opened(text, shared)

    def _opened(self, text: Responsibility, agencies: tuple[str, ...]) -> tuple[str, ...]:
        """Who owes a duty from the beginning: of one on demand nobody, until its event happens."""
        demand = text.on_demand
        return agencies if demand is None or demand.event in self.events else ()

    def _own(self, key: str, text: Responsibility, joint: tuple[str, ...], *, recurs: bool) -> Duty:
        report = self.plan.reports.get(text.report) if text.report else None
        return Duty(
            responsibility=key, title=text.title, words=text.words, clause=text.clause, also=text.also, role=text.role,
            force=text.force, lifecycle=text.lifecycle_name, deadlines=self._deadlines(text, report),
            expected=self._resolved(text.expected, text.clause), optional_phases=text.optional_phases,
            own_plan=None if text.own_plan is None else "required" if text.own_plan.required else "optional",
            report=_terms(text.report, report) if text.report and report else None, reported_in=text.reported_in,
            consolidated_by=self._consolidations(key), joint=joint, recurs=recurs,
            with_=tuple(self._named(partner.agency) for partner in text.with_), parts=tuple(self._points(text)),
            activities={one: self.plan.activities[one].title for one in text.activities},
            legal_basis=tuple(self._bases(text)), inspectors=self._inspectors(key),
            unconfirmed=self._unconfirmed(text), **self._manner(text), **self._ties(text),
        )  # fmt: skip

    def _shared(self, key: str, text: Responsibility, partners: list[Partner]) -> Duty:
        return Duty(
            responsibility=key, partner=True, title=text.title, words=text.words, clause=text.clause, also=text.also,
            role="coordinate", force=text.force, lifecycle="task",
            ends_with_lead=all(partner.completes == "with_lead" for partner in partners),
            with_=tuple(self._named(name) for name in text.assigned_to), legal_basis=tuple(self._bases(text)),
            span=self._span(), period=self.period.id if self.period else None,
            on_demand=text.on_demand.by if text.on_demand else None,
        )  # fmt: skip

    def _manner(self, text: Responsibility) -> dict[str, Any]:
        """When and how it is owed: period, rhythm, by which office."""
        rhythms = (text.every, text.continuous, text.on_demand)
        stage = self.plan.plan.stages.get(text.stage or "")
        return {
            "period": self.period.id if self.period else None,
            "rhythm": next((one.stated for one in rhythms if one and one.stated), None),
            "on_demand": text.on_demand.by if text.on_demand else None,
            "span": self._span(), "office": text.office, "through_unit": text.through_unit,
            "through": self._named(text.through) if text.through else None, "counted_per": text.counted_per,
            "nil_allowed": text.nil_allowed,
            "carried_out_by": tuple(self._named(one) for one in text.carried_out_by),
            "stage": (stage.words or text.stage) if stage else None,
            "assumed": text.assumed or (text.every.assumed if text.every else None),
        }  # fmt: skip

    def _ties(self, text: Responsibility) -> dict[str, Any]:
        """What it has to do with other duties: what comes before, what it hands over, what it puts together."""
        gives = text.gives
        return {
            "after": tuple(self._dependency(one) for one in text.after),
            "follows": text.follows,
            "establishes": text.establishes,
            "gives": Handover(what=gives.what, to=gives.to, at_least=gives.at_least, clause=gives.clause)
            if gives
            else None,
            "consolidates": tuple((one.responsibility, one.of) for one in text.consolidates),
            "takes": text.takes.days if text.takes else 0,
            "takes_working": text.takes.working if text.takes else True,
        }

    def _dependency(self, one: After) -> Dependency:
        if one.event:
            words = self.plan.events[one.event].words or one.event
        else:
            words = self.plan.responsibilities[one.responsibility or ""].title
        return Dependency(responsibility=one.responsibility, of=one.of, event=one.event, words=words)

    def _points(self, text: Responsibility) -> Iterator[Point]:
        for part in text.parts:
            line = part.milestone
            resolved = self._resolved({"completed": line}, text.clause)["completed"] if line else None
            yield Point(id=part.id, words=part.words, role=part.role, done_by=part.done_by, milestone=resolved)

    def _span(self) -> Span | None:
        if self.period is None:
            return self.campaign
        begins, first_day_ends, ends = spans(self.period, self.plan.zone)
        return Span(begins=begins, first_day_ends=first_day_ends, ends=ends)

    def _deadlines(self, text: Responsibility, report: ReportText | None) -> dict[str, Deadline]:
        lines = self._resolved(text.due, text.clause)
        if report is not None and report.due is not None:
            lines |= self._resolved({"reporting": report.due}, report.clause)
        if text.continuous is not None:
            lines["completed"] = self._continuous(text.continuous, text.clause)
        return lines

    def _continuous(self, text: Continuous, clause: str) -> Deadline:
        opens = clock.start_of_day(text.from_, self.plan.zone) if text.from_ else None
        return Deadline(
            phase="completed", kind=deadlines.CONTINUOUS, stated=text.stated, clause=text.clause or clause, opens=opens
        )

    def _resolved(self, lines: Mapping[str, DeadlineText], clause: str) -> dict[str, Deadline]:
        return {phase: self._line(phase, line, clause) for phase, line in lines.items()}

    def _line(self, phase: str, text: DeadlineText, clause: str) -> Deadline:
        campaign = self.plan.plan.period
        window = self.period.window if self.period else campaign.window if campaign else None
        line = deadlines.resolve(
            text.in_period(self.period) if self.period else text, phase=phase, calendar=self.calendar,
            zone=self.plan.zone, events={**self.events, **self.opened}, period=window, clause=clause,
        )  # fmt: skip
        if text.before_issue == "not_counted":
            line = replace(line, counted=False)
        if self.period and line.opens is None and line.last_moment is not None:
            return replace(line, opens=clock.start_of_day(self.period.window.first, self.plan.zone))
        return line

    def _named(self, name: str) -> str:
        group = self.plan.sets.get(name)
        return group.words if group else self.plan.units[name].name

    def _bases(self, text: Responsibility) -> Iterator[str]:
        """The legal bases of a duty: those it or its parts name, and those cited by its own clause."""
        named = {*text.under_law, *(part.under for part in text.parts if part.under)}
        clauses = {text.clause, *text.also}
        for basis in self.plan.legal_basis:
            if basis.id in named or basis.clause in clauses or basis.relation == "carries_out":
                yield citation(basis)

    def _inspectors(self, key: str) -> tuple[str, ...]:
        found: list[str] = []
        for text in self.plan.responsibilities.values():
            if text.inspects and key in text.inspects.responsibilities:
                found += self.plan.resolve(text.assigned_to)
        return tuple(dict.fromkeys(found))

    def _consolidations(self, key: str) -> tuple[str, ...]:
        responsibilities = self.plan.responsibilities.items()
        return tuple(
            other for other, text in responsibilities if any(one.responsibility == key for one in text.consolidates)
        )

    def _unconfirmed(self, text: Responsibility) -> tuple[str, ...]:
        bodies, groups = self.plan.bodies, self.plan.groups
        names = (bodies[name].per if name in bodies else name for name in text.assigned_to)
        return tuple(name for name in names if name in groups and not groups[name].listed_by_plan)


def citation(basis: LegalBasis) -> str:
    """How a document is cited: its kind and number, its day where it is known, and the issuer."""
    day = f" ngày {basis.date:%d/%m/%Y}" if basis.date else ""
    return f"{basis.kind} số {basis.number}{day}"


def _terms(report_id: str, report: ReportText) -> ReportTerms:
    within = report.revise_within
    return ReportTerms(
        id=report_id, title=report.title, clause=report.clause, to=report.to, required=report.required,
        counted_by=report.counted_by, acceptance=report.acceptance, revise_days=within.days if within else None,
        revise_working=within.working if within else True, nil_allowed=report.nil_allowed,
        locks=report.locks or "never",
    )  # fmt: skip


def _span(plan: Plan) -> Span | None:
    period = plan.plan.period
    if period is None:
        return None
    return Span(
        begins=clock.start_of_day(period.from_, plan.zone),
        first_day_ends=clock.end_of_day(period.from_, plan.zone),
        ends=clock.end_of_day(period.last, plan.zone) if period.last else None,
    )


def period_events(plan: Plan) -> dict[str, dt.datetime]:
    """When the events that the period itself brings happen."""
    period, found = plan.plan.period, {}
    for key, event in plan.events.items():
        day = {"period_start": period.from_, "period_end": period.last}.get(str(event.when)) if period else None
        if day:
            found[key] = clock.last_instant(day, plan.zone)
    return found
