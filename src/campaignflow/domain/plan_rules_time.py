"""Rules about days: deadlines, their order, the chain of reports, the days that are worked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from campaignflow.domain.deadlines import last_day_within
from campaignflow.domain.duty_text import Responsibility
from campaignflow.domain.findings import Finding, Path, Rule, Severity, did_you_mean, register
from campaignflow.domain.lifecycle import PHASES
from campaignflow.domain.notices import ReminderText
from campaignflow.domain.periods import CalendarPeriod
from campaignflow.domain.plan_facts import Check, Due, Facts

TIME_RULES: Final = register(
    Rule(
        "period-reversed",
        "The campaign ends on {last}, before it begins on {first}.",
        "Exchange the two dates, or correct one.",
        why="Both ends of the period are days of the campaign.",
    ),
    Rule(
        "no-period",
        "This counts from the campaign's period, and the plan states none.",
        "Add `period: {{from: …, to: …}}` under `plan`, or write the dates here.",
        why="A deadline without a day could never be met or missed.",
    ),
    Rule(
        "period-without-end",
        "This counts from the end of the campaign's period, which is open.",
        "Give `plan.period` a last day, name an event, or write the dates here.",
        why="A deadline without a day could never be met or missed.",
    ),
    Rule(
        "phase-unknown",
        "The lifecycle '{lifecycle}' has no phase '{phase}'.",
        "Use one of: {known}.",
        why="A deadline of a phase that never comes would be overdue for ever, or never.",
    ),
    Rule(
        "reminder-of-nothing",
        "No duty of this plan has a phase '{phase}'.",
        "Use one of: {known}.",
        why="The reminder would never be sent.",
    ),
    Rule(
        "deadline-twice",
        "The duty has a deadline for reporting, and its report '{report}' has one too.",
        "Keep the one of the report.",
        why="It would be unclear which of the two counts.",
    ),
    Rule(
        "deadline-order",
        "'{phase}' is due by {day}, before '{earlier}', which is due by {earlier_day}.",
        "Correct one of the two dates.",
        why="Phases follow one another; a later one cannot be over first.",
    ),
    Rule(
        "deadline-before-plan",
        "The last day, {day}, lies before the plan's own date, {issued}.",
        "Correct the date, or say how it is to be taken: `before_issue: not_counted`, or `counted`.",
        why="Plans do contain such dates; whether anybody can be late by them is for a person to say.",
    ),
    Rule(
        "chain-too-tight",
        "'{parent}' is due by {parent_day}, but the reports of '{child}' may come until {child_day}, and putting them "
        "together takes until {ready}.",
        "Move one of the two deadlines, or shorten `takes`.",
        why="A consolidated report that is due before its parts can be in will be late or incomplete.",
    ),
    Rule(
        "escalation-too-late",
        "'{reminder}' tells {recipients} of a late '{child}' on {day}, too late to help '{parent}'.",
        "Escalate after fewer repeats, or repeat more often, so that it is done by {last}.",
        why="Chasing serves the deadline of whoever waits for the report: it has to come before that one is lost.",
        severity=Severity.warning,
    ),
    Rule(
        "deadline-not-worked",
        "The last day, {day}, is no working day; the last working day before it is {working_day}.",
        "Nothing has to be done: reminders count from {working_day}.",
        why="Offices are closed on the last day; what is sent on it is on time all the same.",
        severity=Severity.warning,
    ),
    Rule(
        "holidays-not-known",
        "The public holidays of {year} are not known.",
        "Add those that matter under `calendar: {{add: […]}}`.",
        why="Without them, working days are counted by the days of the week alone.",
        severity=Severity.warning,
    ),
)


def period_forwards(facts: Facts) -> Iterator[Finding]:
    """The campaign does not end before it begins."""
    period = facts.plan.plan.period
    if period and period.to != "open" and period.to < period.from_:
        path = ("plan", "period", "to")
        yield Finding.of("period-reversed", path=path, first=str(period.from_), last=str(period.to))


def period_where_needed(facts: Facts) -> Iterator[Finding]:
    """What counts from the campaign's period has one to count from, and what counts from its end has an end."""
    period = facts.plan.plan.period
    for line in facts.lines:
        if line.deadline is None:
            yield Finding.of("period-without-end" if period else "no-period", path=line.path)
    for key, event in facts.plan.events.items():
        path = ("events", key, "when")
        if period is None and event.when in ("period_start", "period_end"):
            yield Finding.of("no-period", path=path)
        elif period and period.last is None and event.when == "period_end":
            yield Finding.of("period-without-end", path=path)


def phases_of_the_lifecycle(facts: Facts) -> Iterator[Finding]:
    """Deadlines, optional phases and inspections speak of phases that the duty's lifecycle has."""
    for key, duty in facts.plan.responsibilities.items():
        known = facts.phases(duty)
        for path, phase in _phases_named(("responsibilities", key), duty):
            if phase not in known:
                name, guess = duty.lifecycle_name, did_you_mean(phase, known)
                yield Finding.of("phase-unknown", path=path, phase=phase, lifecycle=name, known=known, guess=guess)


def _phases_named(path: Path, duty: Responsibility) -> Iterator[tuple[Path, str]]:
    for section, lines in (("due", duty.due), ("expected", duty.expected)):
        yield from (((*path, section, phase, "[key]"), phase) for phase in lines)
    yield from (((*path, "optional_phases", index), phase) for index, phase in enumerate(duty.optional_phases))


def phases_of_all(facts: Facts) -> Iterator[Finding]:
    """Reminders and inspections speak of phases that some duty has."""
    present = {phase for duty in facts.plan.responsibilities.values() for phase in facts.phases(duty)}
    known = [phase for phase in PHASES if phase in present]
    for path, phase in _phases_asked(facts):
        choices = [*known, "report"] if path[0] == "reminders" else known
        if phase not in choices:
            guess = did_you_mean(phase, choices)
            yield Finding.of("reminder-of-nothing", path=path, phase=phase, known=choices, guess=guess)


def _phases_asked(facts: Facts) -> Iterator[tuple[Path, str]]:
    for index, reminder in enumerate(facts.plan.reminders):
        yield from ((("reminders", index, "of", place), phase) for place, phase in enumerate(reminder.of))
    for key, duty in facts.plan.responsibilities.items():
        path = ("responsibilities", key, "inspects", "phases")
        yield from (
            ((*path, place), phase) for place, phase in enumerate(duty.inspects.phases if duty.inspects else ())
        )


def one_deadline_for_a_report(facts: Facts) -> Iterator[Finding]:
    """The deadline of a report is said once: with the report, or with the duty."""
    for key, duty in facts.plan.responsibilities.items():
        if "reporting" in duty.due and duty.report in facts.report_due:
            path = ("responsibilities", key, "due", "reporting")
            yield Finding.of("deadline-twice", path=path, report=duty.report)


def deadlines_in_order(facts: Facts) -> Iterator[Finding]:
    """A later phase is not due before an earlier one."""
    for lines in (*facts.due.values(), *facts.expected.values()):
        before: Due | None = None
        for phase in PHASES:
            line = lines.get(phase)
            if line is None or _last_day(line) is None:
                continue
            if before is not None and _day_of(line) < _day_of(before):
                yield Finding.of(
                    "deadline-order", path=line.path, phase=phase, day=str(_day_of(line)), earlier=before.phase,
                    earlier_day=str(_day_of(before)),
                )  # fmt: skip
            before = line


def _last_day(line: Due | None) -> dt.date | None:
    return line.deadline.last_day if line and line.deadline else None


def _day_of(line: Due) -> dt.date:
    """The last day of a deadline that is known to have one."""
    day = _last_day(line)
    assert day is not None
    return day


def deadlines_after_the_plan(facts: Facts) -> Iterator[Finding]:
    """A deadline that lies before the plan's own date says how it is to be taken."""
    issued = facts.plan.plan.issued_on
    for line in facts.lines if issued else ():
        day = _last_day(line)
        if issued and day and day < issued and line.text.before_issue is None:
            yield Finding.of("deadline-before-plan", path=line.path, day=str(day), issued=str(issued))


def deadlines_on_worked_days(facts: Facts) -> Iterator[Finding]:
    """A last day that is no working day is pointed out."""
    for line in facts.lines:
        found = line.deadline
        if found and found.last_day and found.last_working_day and found.last_day != found.last_working_day:
            day, working_day = str(found.last_day), str(found.last_working_day)
            yield Finding.of("deadline-not-worked", path=line.path, day=day, working_day=working_day)


def holidays_known(facts: Facts) -> Iterator[Finding]:
    """The holidays around each deadline are known; each year that is not is named once."""
    years: set[int] = set()
    for line in facts.lines:
        day = _last_day(line)
        if day and not facts.calendar.is_covered(day) and day.year not in years:
            years.add(day.year)
            yield Finding.of("holidays-not-known", path=line.path, year=day.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """A consolidation and one of the duties whose reports it waits for."""

    parent: str
    child: str
    path: Path
    #: The last working days of the two.
    parent_day: dt.date
    child_day: dt.date
    takes: int
    working: bool


def _links(facts: Facts) -> Iterator[_Link]:
    """Of duties that recur, those of one rhythm, each for the first period of both."""
    duties = facts.plan.responsibilities
    for key, duty in duties.items():
        for index, entry in enumerate(duty.consolidates):
            child = duties.get(entry.responsibility)
            if child is None or _rhythm(child) != _rhythm(duty):
                continue
            firsts = [facts.first_periods[one] for one in (key, entry.responsibility) if one in facts.first_periods]
            period = max(firsts, key=lambda one: one.window.first, default=None)
            own, theirs = (_report_day(facts, one, period) for one in (key, entry.responsibility))
            if own and theirs:
                yield _Link(
                    parent=key, child=entry.responsibility, path=("responsibilities", key, "consolidates", index),
                    parent_day=own, child_day=theirs, takes=duty.takes.days if duty.takes else 0,
                    working=duty.takes.working if duty.takes else True,
                )  # fmt: skip


def _rhythm(duty: Responsibility) -> str | None:
    return duty.every.period if duty.every else None


def _report_day(facts: Facts, key: str, period: CalendarPeriod | None) -> dt.date | None:
    """The last working day for what a duty delivers: of its report, else of its last phase; None if nobody is late."""
    duty = facts.plan.responsibilities[key]
    report = facts.plan.reports.get(duty.report or "")
    if report and not report.required:
        return None
    lines = facts.due[key]
    phase = next((phase for phase in ("reporting", "completed") if _last_day(lines.get(phase))), None)
    line = lines[phase] if phase else None
    deadline = facts.in_period(line, period).deadline if line and period else line.deadline if line else None
    return deadline.last_working_day if deadline else None


def reports_in_time_for_the_next(facts: Facts) -> Iterator[Finding]:
    """A consolidation is due late enough for its parts to come in and be put together."""
    for link in _links(facts):
        ready = last_day_within(link.child_day, link.takes, working=link.working, calendar=facts.calendar)
        if ready > link.parent_day:
            yield Finding.of(
                "chain-too-tight", path=link.path, parent=link.parent, child=link.child, ready=str(ready),
                parent_day=str(link.parent_day), child_day=str(link.child_day),
            )  # fmt: skip


def escalation_in_time(facts: Facts) -> Iterator[Finding]:
    """Superiors hear of a late report while there is still time for the consolidation that waits for it.

    The n-th repeat of a reminder comes n times its rhythm after the last working day of the deadline.
    """
    for link in _links(facts):
        last = last_day_within(link.parent_day, -link.takes, working=link.working, calendar=facts.calendar)
        for index, reminder in enumerate(facts.plan.reminders):
            if reminder.when.event == "overdue" and {"report", "reporting"} & {*(reminder.of or ("report",))}:
                yield from _late_escalations(facts, link, last, index, reminder)


def _late_escalations(
    facts: Facts, link: _Link, last: dt.date, index: int, reminder: ReminderText
) -> Iterator[Finding]:
    every, working = (reminder.every.days, reminder.every.working) if reminder.every else (1, False)
    for place, step in enumerate(reminder.escalate):
        repeats = min(max(step.after, 0) * every, _LONGEST_WAIT)
        day = last_day_within(link.child_day, repeats, working=working, calendar=facts.calendar)
        if day > last:
            yield Finding.of(
                "escalation-too-late", path=("reminders", index, "escalate", place), reminder=reminder.id,
                recipients=step.to, child=link.child, parent=link.parent, day=str(day), last=str(last),
            )  # fmt: skip


_LONGEST_WAIT: Final = 3660
"""More days than any reminder repeats: later ones are late all the same."""

PART_CHECKS: Final[Sequence[Check]] = (
    period_forwards, period_where_needed, phases_of_the_lifecycle, one_deadline_for_a_report, deadlines_in_order,
    deadlines_after_the_plan, deadlines_on_worked_days, holidays_known, reports_in_time_for_the_next,
    escalation_in_time,
)  # fmt: skip
"""Rules that also hold for the sound part of a plan."""

WHOLE_CHECKS: Final[Sequence[Check]] = (phases_of_all,)
"""Rules that need the whole of it."""
