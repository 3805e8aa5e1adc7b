"""Rules about ids that mean something of their own, bodies, agencies that end, and states that an amendment takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from campaignflow.domain import agencies as agency_rules
from campaignflow.domain.duty_text import Responsibility
from campaignflow.domain.findings import Finding, Path, Rule, Severity, did_you_mean, register
from campaignflow.domain.periods import parse_period
from campaignflow.domain.plan_facts import Check, Facts
from campaignflow.domain.plan_references import OPENED, SUBORDINATES, SUPERIOR

BODY_RULES: Final = register(
    Rule(
        "reserved-id",
        "'{id}' cannot be an id here: plans use the word for something else.",
        "Give it another id.",
        why="Where the word stands it would be unclear what is meant.",
    ),
    Rule(
        "body-and-other",
        "'{id}' is a body, and an agency or a group too.",
        "Give the body another id.",
        why="Where the id stands it would be unclear who is meant.",
    ),
    Rule(
        "id-like-a-body",
        "'{id}' looks like the body '{body}' of one agency.",
        "Give it an id that does not begin with '{body}.'.",
        why="The body of an agency is called by the ids of both, with a dot between them.",
    ),
    Rule(
        "body-of-nobody",
        "No body '{id}' comes of the group '{group}': nobody in it can be counted.",
        "Name in `per` a group whose members are agencies of the plan.",
        why="There is one body in each member of the group.",
    ),
    Rule(
        "body-not-established",
        "'{duty}' establishes the body '{id}' and is not owed by {count} of those who are to have one: {ids}.",
        "Assign the duty to the group that `per` names.",
        why="Until its body is established an agency holds the body's duties, and theirs would never be.",
    ),
    Rule(
        "body-established-once",
        "'{duty}' cannot establish '{id}': it is not owed once by each agency.",
        "Take `every`, `on_demand` or `leads: joint` out of the duty, or name another one.",
        why="A body is established when its agency has completed its own assignment of the duty.",
    ),
    Rule(
        "establishes-one-way",
        "The body '{id}' and the duty '{duty}' do not name each other.",
        "Write `establishes: {id}` in the duty, and `established_by: {duty}` in the body.",
        why="Readers of the one look for the other; where they differ one of them is a slip.",
        severity=Severity.warning,
    ),
    Rule(
        "body-unused",
        "Nothing names the body '{id}'.",
        "Use it, or take it out.",
        why="A committee that was forgotten looks just like this.",
        severity=Severity.warning,
    ),
    Rule(
        "no-successor",
        "'{id}' has duties and exists only until {until}; nobody is named who takes them over.",
        "Add `succeeded_by`, or correct `until`.",
        why="Nobody would hold its duties afterwards.",
    ),
    Rule(
        "successor-absent",
        "'{successor}' does not exist on {day}, when it takes over from '{id}'.",
        "Name an agency that exists then, or correct the dates.",
        why="Nobody would hold the duties that are passed on.",
    ),
    Rule(
        "migrated-state-kept",
        "The lifecycle '{lifecycle}' still has the state '{state}'.",
        "Take the entry out, or the state.",
        why="`migrate_states` says what becomes of assignments in states that are there no longer.",
    ),
    Rule(
        "migrated-state-unknown",
        "The lifecycle '{lifecycle}' has no state '{state}'.",
        "Use one of: {known}.",
        why="Assignments would be moved to a state from which no step leads.",
    ),
)

_NO_AGENCY: Final = frozenset({SUPERIOR, SUBORDINATES})
_SECTIONS: Final = ("agencies", "groups", "bodies")


def reserved_ids(facts: Facts) -> Iterator[Finding]:
    """No agency, group, body or event is called by a word that plans use for something else."""
    for section in _SECTIONS:
        for key in getattr(facts.plan, section):
            if key in _NO_AGENCY:
                yield Finding.of("reserved-id", path=(section, key, "[key]"), id=key)
    for key in facts.plan.events:
        if key in (OPENED, "open") or parse_period(key):
            yield Finding.of("reserved-id", path=("events", key, "[key]"), id=key)


def ids_of_bodies(facts: Facts) -> Iterator[Finding]:
    """No id is a body's and something else's, or looks like that of one agency's body."""
    plan = facts.plan
    for key in plan.bodies:
        if key in plan.agencies or key in plan.groups:
            yield Finding.of("body-and-other", path=("bodies", key, "[key]"), id=key)
    for section in _SECTIONS if plan.bodies else ():
        for key in getattr(plan, section):
            begins = (key[:place] for place, char in enumerate(key) if char == ".")
            body = next((name for name in begins if name in plan.bodies), None)
            if body is not None:
                yield Finding.of("id-like-a-body", path=(section, key, "[key]"), id=key, body=body)


def bodies_of_somebody(facts: Facts) -> Iterator[Finding]:
    """A body is that of agencies who can be counted. Empty groups are found by a rule of their own."""
    having = set(facts.made.values())
    for key, body in facts.plan.bodies.items():
        group = facts.plan.groups.get(body.per)
        if group and key not in having and (group.unnamed or facts.members.get(body.per)):
            yield Finding.of("body-of-nobody", path=("bodies", key, "per"), id=key, group=body.per)


def bodies_established(facts: Facts) -> Iterator[Finding]:
    """Each agency that is to have a body owes, once and by itself, the duty that establishes it."""
    for key, body in facts.plan.bodies.items():
        duty = facts.plan.responsibilities.get(body.established_by)
        if duty is None:
            continue
        path, named = ("bodies", key, "established_by"), body.established_by
        missing = [one for one in facts.members.get(body.per, ()) if one not in facts.assignees[named]]
        if missing:
            yield Finding.of("body-not-established", path=path, id=key, duty=named, count=len(missing), ids=missing)
        if duty.every or duty.on_demand or (duty.leads == "joint" and len(facts.assignees[named]) > 1):
            yield Finding.of("body-established-once", path=path, id=key, duty=named)


def bodies_and_duties_agree(facts: Facts) -> Iterator[Finding]:
    """A body and the duty that establishes it name each other."""
    duties, bodies = facts.plan.responsibilities, facts.plan.bodies
    for key, body in bodies.items():
        duty = duties.get(body.established_by)
        if duty and duty.establishes != key:
            path: Path = ("bodies", key, "established_by")
            yield Finding.of("establishes-one-way", path=path, id=key, duty=body.established_by)
    for key, duty in duties.items():
        named = bodies.get(duty.establishes or "")
        if named and named.established_by != key:
            path = ("responsibilities", key, "establishes")
            yield Finding.of("establishes-one-way", path=path, id=duty.establishes, duty=key)


def bodies_used(facts: Facts) -> Iterator[Finding]:
    """A body, or that of one agency, is named by something."""
    kinds = ("agency", "agency-or-group", "body-or-agency")
    named = {facts.made.get(name, name) for kind in kinds for name in facts.named.get(kind, ())}
    for key in facts.plan.bodies:
        if key not in named:
            yield Finding.of("body-unused", path=("bodies", key, "[key]"), id=key)


def duties_passed_on(facts: Facts) -> Iterator[Finding]:
    """An agency that ends before its duties do is succeeded, and by one that exists then."""
    day, units = facts.roster_day, facts.plan.units
    for key, last in _last_days(facts).items():
        until = units[key].until
        if day is None or until is None or until < day:
            continue
        following = units[key].succeeded_by
        if following is None and until < last:
            yield Finding.of("no-successor", path=("agencies", key, "until"), id=key, until=str(until))
        elif following in units:
            yield from _absent(facts, key, until)


def _absent(facts: Facts, key: str, until: dt.date) -> Iterator[Finding]:
    units, day = facts.plan.units, min(until, _LAST) + dt.timedelta(days=1)
    taking = agency_rules.successor(key, units, day)
    if taking != key and not units[taking].exists_on(day):
        path = ("agencies", key, "succeeded_by")
        yield Finding.of("successor-absent", path=path, id=key, successor=taking, day=str(day))


_LAST: Final = dt.date.max - dt.timedelta(days=1)


def _last_days(facts: Facts) -> dict[str, dt.date]:
    """By agency that ends and owes something: the last day for which the plan asks anything of it.

    What a body owes falls to its agency when the body ends with it.
    """
    found: dict[str, dt.date] = {}
    ending = {key for key, agency in facts.plan.units.dated.items() if agency.until is not None}
    for key, duty in facts.plan.responsibilities.items() if ending else ():
        last = _last_day(facts, key, duty)
        for agency in map(facts.host, (*facts.assignees[key], *facts.resolve(_partners(duty)))):
            if agency in ending:
                found[agency] = max(last, found.get(agency, last))
    return found


def _last_day(facts: Facts, key: str, duty: Responsibility) -> dt.date:
    """The last day of a duty's deadlines and periods; of one without them that of the campaign, which may have none."""
    period, series = facts.plan.plan.period, facts.series.get(key)
    lines = (line.deadline for line in facts.due[key].values())
    days = [line.last_day for line in lines if line and line.last_day]
    if series:
        days.append(series.last.window.last if series.last else dt.date.max)
    if duty.continuous or not days:
        days.append(period.last if period and period.last else dt.date.max)
    return max(days)


def _partners(duty: Responsibility) -> tuple[str, ...]:
    return tuple(partner.agency for partner in duty.with_ if partner.completes)


def states_migrated(facts: Facts) -> Iterator[Finding]:
    """What is said of states that are gone: they are gone, and those that take their place are there."""
    for name, moves in facts.plan.migrate_states.items():
        table = facts.tables.get(name)
        for old, new in moves.items() if table else ():
            known, path = list(table.states) if table else [], ("migrate_states", name, old)
            if old in known:
                yield Finding.of("migrated-state-kept", path=(*path, "[key]"), lifecycle=name, state=old)
            if new not in known:
                guess = did_you_mean(new, known)
                yield Finding.of(
                    "migrated-state-unknown", path=path, lifecycle=name, state=new, known=known, guess=guess
                )


PART_CHECKS: Final[Sequence[Check]] = (reserved_ids, ids_of_bodies)
"""Rules that also hold for the sound part of a plan."""

WHOLE_CHECKS: Final[Sequence[Check]] = (
    bodies_of_somebody, bodies_established, bodies_and_duties_agree, bodies_used, duties_passed_on, states_migrated,
)  # fmt: skip
"""Rules that need the whole of it."""
