"""What the rules of a plan look at: the plan, and what is worked out of it once for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from campaignflow.domain import agencies as agency_rules
from campaignflow.domain import deadlines
from campaignflow.domain.agencies import Contact
from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.deadlines import Deadline, Window
from campaignflow.domain.duty_text import Responsibility
from campaignflow.domain.expansion import period_events
from campaignflow.domain.findings import Finding, Path
from campaignflow.domain.lifecycle import PHASES, Table
from campaignflow.domain.periods import CalendarPeriod, Series, parse_period
from campaignflow.domain.plan import Clause, Plan
from campaignflow.domain.plan_references import names
from campaignflow.domain.recurrence import series_of
from campaignflow.domain.text_match import collapsed
from campaignflow.domain.workdays import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline of the plan, resolved, with where it stands."""

    path: Path
    text: DeadlineText
    #: The phase that is finished by then.
    phase: str
    #: The clauses that its words may stand in.
    clauses: tuple[str, ...]
    #: None where it runs during a period that the plan does not have.
    deadline: Deadline | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A typed plan with its surroundings.

    Attributes:
        plan: the plan.
        calendar: its working days.
        tables: the lifecycles that could be compiled, by name.
        source: the plan's text as issued; None when it is not at hand.
        contacts: the register of contacts; None when the plan names none.
        plain: the plan as plain data.
    """

    plan: Plan
    calendar: WorkCalendar
    tables: Mapping[str, Table]
    source: str | None = None
    contacts: tuple[Contact, ...] | None = None
    plain: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """The clauses by id; of two with one id the first."""
        return {clause.id: clause for clause in reversed(self.plan.clauses)}

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of each clause, made fit for looking words up in it."""
        return {name: collapsed(clause.whole) for name, clause in self.clauses.items()}

    @cached_property
    def roster_day(self) -> dt.date | None:
        """The day on which groups are resolved; None where the plan gives none."""
        header = self.plan.plan
        return header.roster_on or header.issued_on or (header.period.from_ if header.period else None)

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """The members of each group on the roster's day; empty where there is no such day."""
        day, agencies = self.roster_day, self.plan.units
        if day is None:
            return {}
        return {name: agency_rules.members(group, agencies, day) for name, group in self.plan.sets.items()}

    def resolve(self, ids: tuple[str, ...]) -> dict[str, str]:
        """The agencies meant by ids of agencies and groups, each with the id that named it first."""
        found: dict[str, str] = {}
        for name in ids:
            named = self.named_by(name)
            if found:
                found |= dict.fromkeys([one for one in named if one not in found], name)
            else:
                found = dict.fromkeys(named, name)
        return found

    def named_by(self, name: str) -> tuple[str, ...]:
        """The agencies meant by one id."""
        if name in self.plan.sets:
            return self.members.get(name, ())
        return (name,) if name in self.plan.units else ()

    @cached_property
    def made(self) -> dict[str, str]:
        """By agency that is a body of the plan's making: which of its bodies."""
        plan = self.plan
        return {
            agency_rules.body_id(key, one): key
            for key, body in plan.bodies.items()
            if body.per in plan.groups
            for one in agency_rules.members(plan.groups[body.per], plan.agencies)
        }

    def host(self, agency: str) -> str:
        """The agency that a body belongs to; any other agency itself."""
        return self.plan.units[agency].under or agency if agency in self.made else agency

    @cached_property
    def named(self) -> Mapping[str, Collection[str]]:
        """By kind: every id that the plan names somewhere."""
        return names(self.plain)

    @cached_property
    def assignees(self) -> dict[str, dict[str, str]]:
        """By responsibility: who is assigned, and by which id. Duties of the same ids share what they mean."""
        duties = self.plan.responsibilities
        resolved = {ids: self.resolve(ids) for ids in {text.assigned_to: None for text in duties.values()}}
        return {key: resolved[text.assigned_to] for key, text in duties.items()}

    def phases(self, text: Responsibility) -> tuple[str, ...]:
        """The phases of a duty's lifecycle; all of them where the lifecycle is not known."""
        table = self.tables.get(text.lifecycle_name)
        if table is None:
            return PHASES
        present = {state.phase for state in table.states.values()}
        return tuple(phase for phase in PHASES if phase in present)

    @cached_property
    def due(self) -> dict[str, dict[str, Due]]:
        """By responsibility and phase: its deadlines, with the one of its report."""
        return {key: self._due(key, text) for key, text in self.plan.responsibilities.items()}

    @cached_property
    def series(self) -> dict[str, Series]:
        """By responsibility that recurs: its periods, unless another unit or a fixed day keeps them from being told."""
        found: dict[str, Series] = {}
        for key, text in self.plan.responsibilities.items():
            if text.every is None or self.roster_day is None:
                continue
            named = parse_period(text.every.starting) if text.every.starting else None
            if named.unit == text.every.period if named else not any(line.day for line in self._told(text)):
                series = series_of(self.plan, text, {})
                assert series is not None
                found[key] = series
        return found

    def _told(self, text: Responsibility) -> Iterator[DeadlineText]:
        """The deadlines that a duty's first period is looked for by."""
        yield from text.due.values()
        report = self.plan.reports.get(text.report or "")
        if report is not None and report.due is not None:
            yield report.due

    @cached_property
    def first_periods(self) -> dict[str, CalendarPeriod]:
        """By responsibility that recurs: its first period. Rules about days look at that one."""
        return {key: series.first for key, series in self.series.items()}

    def in_period(self, line: Due, period: CalendarPeriod) -> Due:
        """A deadline of a recurring duty, resolved for another period than its first."""
        return replace(line, deadline=self._resolved(line.text.in_period(period), line.phase, period))

    def _due(self, key: str, text: Responsibility) -> dict[str, Due]:
        lines = dict(self._lines(("responsibilities", key, "due"), text.due, (text.clause, *text.also), key))
        report = self.plan.reports.get(text.report or "")
        if report is not None and report.due is not None and text.report is not None:
            lines["reporting"] = self.report_due[text.report]
        return lines

    @cached_property
    def report_due(self) -> dict[str, Due]:
        """The deadline of each report that has one."""
        owed = {text.report: key for key, text in reversed(self.plan.responsibilities.items()) if text.report}
        return {
            name: self._line(
                ("reports", name, "due"), report.due, "reporting", (report.clause, *report.also), owed.get(name)
            )
            for name, report in self.plan.reports.items()
            if report.due is not None
        }

    @cached_property
    def expected(self) -> dict[str, dict[str, Due]]:
        """By responsibility and phase: the coordinator's own dates."""
        return {
            key: dict(self._lines(("responsibilities", key, "expected"), text.expected, (text.clause, *text.also), key))
            for key, text in self.plan.responsibilities.items()
        }

    @cached_property
    def lines(self) -> tuple[Due, ...]:
        """Every deadline that the plan writes, each once."""
        duties = [line for group in (self.due, self.expected) for lines in group.values() for line in lines.values()]
        found = (*self.report_due.values(), *duties, *self._milestones(), *self._activity_lines())
        return tuple({line.path: line for line in found}.values())

    def _milestones(self) -> Iterator[Due]:
        for key, duty in self.plan.responsibilities.items():
            for index, part in enumerate(duty.parts):
                if part.milestone is not None:
                    path = ("responsibilities", key, "parts", index, "milestone")
                    yield self._line(path, part.milestone, "completed", (duty.clause, *duty.also), key)

    def _activity_lines(self) -> Iterator[Due]:
        for key, activity in self.plan.activities.items():
            for name, text in (("on", activity.on), ("during", activity.during)):
                if text is not None:
                    yield self._line(("activities", key, name), text, "running", (activity.clause, *activity.also))

    def _lines(
        self, path: Path, texts: Mapping[str, DeadlineText], clauses: tuple[str, ...], duty: str
    ) -> Iterator[tuple[str, Due]]:
        for phase, text in texts.items():
            yield phase, self._line((*path, phase), text, phase, clauses, duty)

    def _line(
        self, path: Path, text: DeadlineText, phase: str, clauses: tuple[str, ...], duty: str | None = None
    ) -> Due:
        places = (text.clause,) if text.clause else clauses
        period = self.first_periods.get(duty) if duty else None
        deadline = self._resolved(text.in_period(period) if period else text, phase, period)
        return Due(path=path, text=text, phase=phase, clauses=places, deadline=deadline)

    def _resolved(self, text: DeadlineText, phase: str, period: CalendarPeriod | None) -> Deadline | None:
        window = period.window if period else self._period
        try:
            return deadlines.resolve(
                text, phase=phase, calendar=self.calendar, zone=self.plan.zone, events=self._events, period=window
            )
        except deadlines.NoPeriod:
            return None

    @cached_property
    def _events(self) -> dict[str, dt.datetime]:
        return period_events(self.plan)

    @cached_property
    def _period(self) -> Window | None:
        period = self.plan.plan.period
        return period.window if period else None


Check: TypeAlias = Callable[[Facts], Iterator[Finding]]
"""A rule: looks at a plan and gives a finding for each place that breaks it."""
