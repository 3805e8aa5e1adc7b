"""Rules about duties that are owed more than once, without an end, or only when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.duty_text import Responsibility
from campaignflow.domain.findings import Finding, Path, Rule, Severity, register
from campaignflow.domain.periods import Unit, parse_period
from campaignflow.domain.plan_facts import Check, Facts
from campaignflow.domain.plan_references import OPENED, references

RECURRENCE_RULES: Final = register(
    Rule(
        "day-of-no-period",
        "A day of a period is told, and no duty that recurs is owed by it.",
        "Write the date, or give every duty that is owed by it `every`.",
        why="The 20th of the last month is a date only where a period begins and ends.",
    ),
    Rule(
        "day-beyond-period",
        "Month {month} lies beyond the period: for {period} the day is {day}.",
        "Write `month: next` for the month after the period, or correct the number.",
        why="Months are counted from the period's first; a larger number is usually a month of the year.",
        severity=Severity.warning,
    ),
    Rule(
        "day-of-every-period",
        "The duty recurs, and its deadline is one day for all periods.",
        "Tell the day by the period: `{{day: 20, month: last}}`, or `during: period`.",
        why="All periods after the first would be late before they begin.",
    ),
    Rule(
        "period-of-another-unit",
        "'{value}' is no period of the kind `{unit}`.",
        "Write it as {example}, or correct `period`.",
        why="A series is counted in periods of one length, from the first to the last.",
    ),
    Rule(
        "series-reversed",
        "The last period, {last}, lies before the first, {first}.",
        "Correct `starting`, `ending` or the end of the campaign's period.",
        why="A duty that recurs in no period would never be owed.",
    ),
    Rule(
        "rhythm-twice",
        "The duty has {rhythms} at once.",
        "Keep one of them; what recurs beside what goes on is another duty.",
        why="Whether it is owed once, for each period, always or only when asked for must be said once.",
    ),
    Rule(
        "continuous-and-due",
        "The duty is without an end, and has a deadline by which it is completed.",
        "Take out `continuous` or the deadline; what goes on afterwards is a duty of its own that `follows`.",
        why="Nobody can be late with what never ends.",
    ),
    Rule(
        "continuous-reversed",
        "The duty goes on from {first}, after {last}, to which it reaches.",
        "Exchange the two, or correct one.",
        why="Both ends belong to the time for which the plan asks.",
    ),
    Rule(
        "opened-not-on-demand",
        "'opened' is the opening of a duty on demand; nothing else has it.",
        "Name another event, or give the duty `on_demand`.",
        why="A deadline that counts from what never happens would never begin.",
    ),
    Rule(
        "consolidates-another-rhythm",
        "'{child}', which this duty puts together, does not recur with `period: {unit}` as this one does.",
        "Give both the same `every`, or put the reports together in a duty that does not recur.",
        why="For each period it would not be known which reports belong to it.",
    ),
    Rule(
        "reported-in-another-rhythm",
        "'{target}', in which this duty is reported, does not recur with `period: {unit}` as this one does.",
        "Give both the same `every`, or name another duty.",
        why="Some periods would be reported more than once, or in no report.",
        severity=Severity.warning,
    ),
)

_EXAMPLES: Final[Mapping[Unit, str]] = {
    "month": "2014-09", "quarter": "2014-Q3", "half-year": "2015-H1", "year": "2015"
}  # fmt: skip


def days_of_a_period(facts: Facts) -> Iterator[Finding]:
    """A day that is told by a period is owed by duties that recur; activities have none."""
    for path, line, owing in _deadlines(facts):
        if line.relative is not None and not (owing and all(duty.every for _, duty in owing)):
            yield Finding.of("day-of-no-period", path=(*path, line.kind))


def days_within_their_period(facts: Facts) -> Iterator[Finding]:
    """The number of a month is one of the period's months."""
    for path, line, owing in _deadlines(facts):
        told = line.relative
        for key, duty in owing[:1] if told else ():
            period = facts.first_periods.get(key)
            if told and duty.every and period and isinstance(told.month, int):
                day = line.in_period(period).day
                if period.month(told.month) > period.month("last"):
                    place = (*path, line.kind, "month")
                    yield Finding.of("day-beyond-period", path=place, month=told.month, period=period.id, day=str(day))


def days_of_their_own(facts: Facts) -> Iterator[Finding]:
    """A duty that recurs has no date for a deadline: it would be the same for each of its periods."""
    for path, line, owing in _deadlines(facts):
        fixed = (line.day or line.window) and "parts" not in path
        if fixed and any(duty.every for _, duty in owing):
            yield Finding.of("day-of-every-period", path=(*path, line.kind))


def _deadlines(facts: Facts) -> Iterator[tuple[Path, DeadlineText, list[tuple[str, Responsibility]]]]:
    """Every deadline with its place and the duties that are owed by it."""
    duties = facts.plan.responsibilities
    for line in facts.lines:
        section, key = line.path[0], str(line.path[1])
        owing = [key] if section == "responsibilities" else []
        if section == "reports":
            owing = [one for one, duty in duties.items() if duty.report == key]
        yield line.path, line.text, [(one, duties[one]) for one in owing]


def periods_of_one_unit(facts: Facts) -> Iterator[Finding]:
    """The first and the last period are as long as the duty says."""
    for key, duty in facts.plan.responsibilities.items():
        for name in ("starting", "ending") if duty.every else ():
            value = getattr(duty.every, name)
            period = parse_period(value) if value else None
            if duty.every and period and period.unit != duty.every.period:
                path, unit = ("responsibilities", key, "every", name), duty.every.period
                yield Finding.of("period-of-another-unit", path=path, value=value, unit=unit, example=_EXAMPLES[unit])


def series_forwards(facts: Facts) -> Iterator[Finding]:
    """A duty that recurs has at least one period."""
    for key, series in facts.series.items():
        if series.last and series.last.window.last < series.first.window.first:
            path = ("responsibilities", key, "every")
            yield Finding.of("series-reversed", path=path, first=series.first.id, last=series.last.id)


def one_rhythm(facts: Facts) -> Iterator[Finding]:
    """A duty recurs, goes on or waits to be opened: one of the three."""
    for key, duty in facts.plan.responsibilities.items():
        said = [name for name in ("every", "continuous", "on_demand") if getattr(duty, name)]
        if len(said) > 1:
            yield Finding.of("rhythm-twice", path=("responsibilities", key, said[1], "[key]"), rhythms=said)


def nothing_without_an_end_is_due(facts: Facts) -> Iterator[Finding]:
    """What goes on is not completed by a day, and its own span runs forwards."""
    for key, duty in facts.plan.responsibilities.items():
        lasting = duty.continuous
        if lasting is None:
            continue
        if "completed" in duty.due:
            yield Finding.of("continuous-and-due", path=("responsibilities", key, "due", "completed"))
        if lasting.from_ and lasting.to and lasting.to != "open" and lasting.to < lasting.from_:
            path, first, last = ("responsibilities", key, "continuous", "to"), str(lasting.from_), str(lasting.to)
            yield Finding.of("continuous-reversed", path=path, first=first, last=last)


def opened_on_demand(facts: Facts) -> Iterator[Finding]:
    """Only deadlines of duties on demand count from their opening."""
    for found in references(facts.plain, {"event"}):
        if found.id == OPENED and not _is_opened(facts, found.path):
            yield Finding.of("opened-not-on-demand", path=found.path)


def _is_opened(facts: Facts, path: Path) -> bool:
    """Whether what stands at a path is a deadline of duties on demand."""
    duties, section, key = facts.plan.responsibilities, path[0], path[1]
    if section == "reports":
        owing = [duty for duty in duties.values() if duty.report == key]
        return bool(owing) and all(duty.on_demand for duty in owing)
    duty = duties.get(str(key)) if section == "responsibilities" else None
    return duty is not None and duty.on_demand is not None and path[2] in ("due", "expected", "parts")


def one_rhythm_together(facts: Facts) -> Iterator[Finding]:
    """What is put together for each period, or reported in it, recurs in the same rhythm."""
    duties = facts.plan.responsibilities
    for key, duty in duties.items():
        if duty.every is None:
            continue
        unit = duty.every.period
        for index, entry in enumerate(duty.consolidates):
            child = duties.get(entry.responsibility)
            if child and _unit(child) != unit:
                path: Path = ("responsibilities", key, "consolidates", index)
                yield Finding.of("consolidates-another-rhythm", path=path, unit=unit, child=entry.responsibility)
        target = duties.get(duty.reported_in or "")
        if target and _unit(target) != unit:
            path = ("responsibilities", key, "reported_in")
            yield Finding.of("reported-in-another-rhythm", path=path, unit=unit, target=duty.reported_in)


def _unit(duty: Responsibility) -> Unit | None:
    return duty.every.period if duty.every else None


PART_CHECKS: Final[Sequence[Check]] = (periods_of_one_unit, series_forwards, one_rhythm, nothing_without_an_end_is_due)
"""Rules that also hold for the sound part of a plan."""

WHOLE_CHECKS: Final[Sequence[Check]] = (
    days_of_a_period, days_within_their_period, days_of_their_own, opened_on_demand, one_rhythm_together,
)  # fmt: skip
"""Rules that need the whole of it."""
