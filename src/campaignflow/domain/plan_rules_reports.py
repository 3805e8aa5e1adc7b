"""Rules about reports and forms, and about parts of the plan that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from campaignflow.domain.duty_text import Responsibility
from campaignflow.domain.findings import Finding, Path, Rule, Severity, did_you_mean, register
from campaignflow.domain.plan_facts import Check, Facts

REPORT_RULES: Final = register(
    Rule(
        "reported-in-itself",
        "The duty is reported in itself.",
        "Give it a `report` of its own, or name the duty whose report covers it.",
        why="No report would ever speak of it.",
    ),
    Rule(
        "reported-in-no-report",
        "'{target}' owes no report that could cover this duty.",
        "Name a duty that has `report`.",
        why="No report would ever speak of this duty.",
    ),
    Rule(
        "reported-in-not-assigned",
        "'{agency}' is to report this duty in '{target}', which it is not assigned.",
        "Name a duty that '{agency}' is assigned too, or assign it that one.",
        why="One agency, one report: it can only cover what the same agency does.",
    ),
    Rule(
        "consolidator-in-group",
        "'{agency}' receives the reports of '{child}' and is one of those who owe them.",
        "Leave it out of the group with `except`; its own figures come in by `own_figures`.",
        why="Nobody reports to themselves; the consolidation would wait for its own report.",
    ),
    Rule(
        "consolidates-itself",
        "The duty consolidates itself: {chain}.",
        "Take one entry of `consolidates` out.",
        why="Each report would wait for the other.",
    ),
    Rule(
        "consolidates-no-report",
        "'{child}' owes no report that could be consolidated.",
        "Give it a `report`, or take it out of `consolidates`.",
        why="The consolidation would wait for something that never comes.",
    ),
    Rule(
        "report-without-receiver",
        "The report is required by a date and has no receiver.",
        "Name in `to` who receives it.",
        why="Nobody could accept it, so it could never be done.",
    ),
    Rule(
        "unknown-number",
        "No agency carries a number '{id}'.",
        "Give the agencies it, such as `{id}: 22`, or write a number here.",
        why="The figure would be compared with nothing.",
    ),
    Rule(
        "group-unused",
        "Nothing names the group '{id}'.",
        "Use it, or take it out.",
        why="A group that was forgotten looks just like this.",
        severity=Severity.warning,
    ),
    Rule(
        "activity-unused",
        "No responsibility holds the activity '{id}'.",
        "Name it under `activities` of a responsibility.",
        why="It appears in nobody's duties and in no report.",
        severity=Severity.warning,
    ),
    Rule(
        "report-unused",
        "No responsibility owes the report '{id}'.",
        "Name it as `report` of a responsibility, or take it out.",
        why="Nobody would ever send it.",
        severity=Severity.warning,
    ),
    Rule(
        "form-unused",
        "No report uses the form '{id}'.",
        "Name it as `form` of a report, or take it out.",
        why="Nobody would ever fill it in.",
        severity=Severity.warning,
    ),
)


def reported_in_a_report(facts: Facts) -> Iterator[Finding]:
    """`reported_in` names another duty that owes a report, and whoever is assigned the one is assigned the other."""
    duties = facts.plan.responsibilities
    for key, duty in duties.items():
        path, target = ("responsibilities", key, "reported_in"), duty.reported_in
        if target is None or target not in duties:
            continue
        if target == key:
            yield Finding.of("reported-in-itself", path=path)
        elif duties[target].report is None:
            yield Finding.of("reported-in-no-report", path=path, target=target)
        else:
            yield from _not_assigned(facts, path, key, target)


def _not_assigned(facts: Facts, path: Path, key: str, target: str) -> Iterator[Finding]:
    for agency in facts.assignees[key]:
        if agency not in facts.assignees[target]:
            yield Finding.of("reported-in-not-assigned", path=path, agency=agency, target=target)


def nobody_reports_to_themselves(facts: Facts) -> Iterator[Finding]:
    """Who receives or consolidates reports is none of those who owe them."""
    for key, duty in facts.plan.responsibilities.items():
        report = facts.plan.reports.get(duty.report or "")
        for agency in report.to if report else ():
            if agency in facts.assignees[key]:
                path: Path = ("responsibilities", key, "assigned_to")
                yield Finding.of("consolidator-in-group", path=path, agency=agency, child=key)
        yield from _consolidators_among(facts, key, duty)


def _consolidators_among(facts: Facts, key: str, duty: Responsibility) -> Iterator[Finding]:
    for index, entry in enumerate(duty.consolidates):
        child = facts.plan.responsibilities.get(entry.responsibility)
        report = facts.plan.reports.get(child.report or "") if child else None
        others = child and entry.responsibility != key and entry.of == "all"
        for agency in facts.assignees[key] if others else ():
            if agency in facts.assignees[entry.responsibility] and agency not in (report.to if report else ()):
                path = ("responsibilities", key, "consolidates", index)
                yield Finding.of("consolidator-in-group", path=path, agency=agency, child=entry.responsibility)


def consolidations_end(facts: Facts) -> Iterator[Finding]:
    """Consolidations wait for reports, and no consolidation waits for itself."""
    duties = facts.plan.responsibilities
    children = {
        key: [entry.responsibility for entry in duty.consolidates if entry.responsibility in duties]
        for key, duty in duties.items()
        if duty.consolidates
    }
    for key, names in children.items():
        if trail := _way_back(children, key):
            chain = " → ".join(trail[:12])
            yield Finding.of("consolidates-itself", path=("responsibilities", key, "consolidates"), chain=chain)
        for index, name in enumerate(names):
            if duties[name].report is None and name != key:
                path = ("responsibilities", key, "consolidates", index)
                yield Finding.of("consolidates-no-report", path=path, child=name)


def _way_back(follows: dict[str, list[str]], start: str) -> list[str]:
    """A way from `start` back to itself; empty when there is none."""
    came_from = dict.fromkeys(follows[start], start)
    queue = list(came_from)
    while queue:
        current = queue.pop(0)
        if current == start:
            trail = [start, current := came_from[current]]
            while current != start:
                trail.append(current := came_from[current])
            return trail[::-1]
        for following in follows.get(current, ()):
            if following not in came_from:
                came_from[following] = current
                queue.append(following)
    return []


def reports_with_a_receiver(facts: Facts) -> Iterator[Finding]:
    """A report that is required by a date is received by somebody."""
    for key, report in facts.plan.reports.items():
        if report.required and not report.to and report.due is not None and report.due.kind != "none":
            yield Finding.of("report-without-receiver", path=("reports", key, "to"))


def numbers_that_agencies_carry(facts: Facts) -> Iterator[Finding]:
    """A figure is compared with a number that some agency carries."""
    carried = {name for numbers in facts.plan.units.numbered.values() for name in numbers}
    for key, form in facts.plan.forms.items():
        for name, indicator in form.indicators.items():
            for bound in ("warn_above", "warn_below"):
                number = getattr(indicator, bound)
                if isinstance(number, str) and number not in carried:
                    path = ("forms", key, "indicators", name, bound)
                    yield Finding.of("unknown-number", path=path, id=number, guess=did_you_mean(number, carried))


def everything_used(facts: Facts) -> Iterator[Finding]:
    """Groups, activities, reports and forms are used by something."""
    groups = {*facts.named.get("agency-or-group", ()), *facts.named.get("group", ())}
    held = {activity for duty in facts.plan.responsibilities.values() for activity in duty.activities}
    sections = (
        ("groups", "group-unused", facts.plan.groups, groups),
        ("activities", "activity-unused", facts.plan.activities, held),
        ("reports", "report-unused", facts.plan.reports, facts.named.get("report", ())),
        ("forms", "form-unused", facts.plan.forms, facts.named.get("form", ())),
    )
    for section, code, entries, used in sections:
        for key in entries:
            if key not in used:
                yield Finding.of(code, path=(section, key, "[key]"), id=key)


PART_CHECKS: Final[Sequence[Check]] = (reports_with_a_receiver,)
"""Rules that also hold for the sound part of a plan."""

WHOLE_CHECKS: Final[Sequence[Check]] = (
    reported_in_a_report, nobody_reports_to_themselves, consolidations_end, numbers_that_agencies_carry,
    everything_used,
)  # fmt: skip
"""Rules that need the whole of it."""
