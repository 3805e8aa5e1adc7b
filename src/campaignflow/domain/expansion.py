"""From the plan's text to duties and assignments: what applying a plan creates.

The expansion is a pure function of the plan, its calendar, its lifecycles and the outside events that have happened.
So what a revision created can be worked out again from the text that the revision stores, which is how `verify` knows
that nothing was slipped in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from campaignflow.domain import clock, deadlines
from campaignflow.domain.agencies import ancestors
from campaignflow.domain.assignments import Facts
from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.deadlines import Deadline, Window
from campaignflow.domain.duties import Duty, Point, ReportTerms, Span
from campaignflow.domain.duty_text import Partner, Responsibility
from campaignflow.domain.lifecycle import Table
from campaignflow.domain.plan import LegalBasis, Plan
from campaignflow.domain.reports import ReportText
from campaignflow.domain.workdays import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """What a plan comes to."""

    duties: tuple[Duty, ...]
    assignments: tuple[Facts, ...]


def expand(
    plan: Plan,
    *,
    calendar: WorkCalendar,
    tables: Mapping[str, Table],
    happened: Mapping[str, dt.datetime] | None = None,
) -> Expansion:
    """Works out every duty of the plan and who owes it.

    Args:
        plan: a plan that `plan_rules` has nothing against.
        calendar: its working days.
        tables: the compiled lifecycles by name.
        happened: when each outside event recorded so far happened.
    """
    reader = _Reader(plan, calendar, happened or {})
    duties: list[Duty] = []
    owed: list[Facts] = []
    for key, text in plan.responsibilities.items():
        for duty, agencies in reader.shares(key, text):
            duties.append(duty)
            initial = tables[duty.lifecycle].initial
            owed += (Facts(key=f"{key}/{one}", duty=duty.key, agency=one, state=initial) for one in agencies)
    return Expansion(duties=tuple(duties), assignments=tuple(owed))


def region_of(plan: Plan, agency_id: str) -> str | None:
    """The agency's own or nearest superior of the plan's `region_kind`; None without one."""
    kind = plan.plan.region_kind
    if kind is None:
        return None
    chain = (agency_id, *ancestors(plan.agencies, agency_id))
    return next((one for one in chain if one in plan.agencies and plan.agencies[one].kind == kind), None)


class _Reader:
    """Reads the duties of one plan."""

    def __init__(self, plan: Plan, calendar: WorkCalendar, happened: Mapping[str, dt.datetime]) -> None:
        self.plan = plan
        self.calendar = calendar
        self.span = _span(plan)
        self.events = {**period_events(plan), **happened}
        period = plan.plan.period
        self.window = Window(first=period.from_, last=period.to) if period else None

    def shares(self, key: str, text: Responsibility) -> Iterator[tuple[Duty, tuple[str, ...]]]:
        """The assignee's duty, then that of the partners who owe one of their own."""
        yield self._own(key, text), self.plan.resolve(text.assigned_to)
        partners = [partner for partner in text.with_ if partner.completes]
        if partners:
            yield self._shared(key, text, partners), self.plan.resolve(tuple(one.agency for one in partners))

    def _own(self, key: str, text: Responsibility) -> Duty:
        report = self.plan.reports.get(text.report) if text.report else None
        return Duty(
            responsibility=key, title=text.title, words=text.words, clause=text.clause, also=text.also, role=text.role,
            force=text.force, lifecycle=text.lifecycle_name, deadlines=self._deadlines(text, report),
            expected=self._resolved(text.expected, text.clause), optional_phases=text.optional_phases,
            own_plan=None if text.own_plan is None else "required" if text.own_plan.required else "optional",
            report=_terms(text.report, report) if text.report and report else None, reported_in=text.reported_in,
            consolidated_by=self._consolidations(key),
            with_=tuple(self._named(partner.agency) for partner in text.with_),
            parts=tuple(Point(id=part.id, words=part.words, role=part.role) for part in text.parts),
            activities={one: self.plan.activities[one].title for one in text.activities},
            legal_basis=tuple(self._bases(text)), inspectors=self._inspectors(key),
            unconfirmed=self._unconfirmed(text), assumed=text.assumed, span=self.span,
        )  # fmt: skip

    def _shared(self, key: str, text: Responsibility, partners: list[Partner]) -> Duty:
        return Duty(
            responsibility=key, partner=True, title=text.title, words=text.words, clause=text.clause, also=text.also,
            role="coordinate", force=text.force, lifecycle="task",
            ends_with_lead=all(partner.completes == "with_lead" for partner in partners),
            with_=tuple(self._named(name) for name in text.assigned_to), legal_basis=tuple(self._bases(text)),
            span=self.span,
        )  # fmt: skip

    def _deadlines(self, text: Responsibility, report: ReportText | None) -> dict[str, Deadline]:
        lines = self._resolved(text.due, text.clause)
        if report is not None and report.due is not None:
            lines |= self._resolved({"reporting": report.due}, report.clause)
        return lines

    def _resolved(self, lines: Mapping[str, DeadlineText], clause: str) -> dict[str, Deadline]:
        return {
            phase: deadlines.resolve(
                line, phase=phase, calendar=self.calendar, zone=self.plan.zone, events=self.events, period=self.window,
                clause=clause,
            )
            for phase, line in lines.items()
        }  # fmt: skip

    def _named(self, name: str) -> str:
        group = self.plan.groups.get(name)
        return group.words if group else self.plan.agencies[name].name

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
        groups = self.plan.groups
        return tuple(name for name in text.assigned_to if name in groups and not groups[name].listed_by_plan)


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
        ends=clock.end_of_day(period.to, plan.zone),
    )


def period_events(plan: Plan) -> dict[str, dt.datetime]:
    """When the events that the period itself brings happen."""
    period, found = plan.plan.period, {}
    for key, event in plan.events.items():
        if period and event.when != "external":
            day = period.from_ if event.when == "period_start" else period.to
            found[key] = clock.last_instant(day, plan.zone)
    return found
