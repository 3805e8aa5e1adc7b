"""Rules about what comes after what, and about duties that several owe together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from campaignflow.domain.agencies import ancestors
from campaignflow.domain.duty_text import Responsibility
from campaignflow.domain.findings import Finding, Path, Rule, Severity, register
from campaignflow.domain.plan_facts import Check, Due, Facts
from campaignflow.domain.plan_references import SUPERIOR

ORDER_RULES: Final = register(
    Rule(
        "after-itself",
        "The duty comes after itself.",
        "Name in `after` or `follows` the duty that has to be over first.",
        why="It would wait for itself for ever.",
    ),
    Rule(
        "after-cycle",
        "'{id}' comes after itself: {chain}.",
        "Take one entry of `after` or `follows` out.",
        why="Each of these duties would wait for the next, and none could begin.",
    ),
    Rule(
        "deadline-order-across",
        "'{id}' is due by {day}, before '{earlier}', which it waits for and which is due by {earlier_day}.",
        "Correct one of the two dates, or take the entry out.",
        why="A step that waits for another can hardly be over before it.",
        severity=Severity.warning,
    ),
    Rule(
        "joint-alone",
        "The duty is led jointly by fewer than two.",
        "Name everybody who shares it under `assigned_to`, or take `leads` out.",
        why="Nobody can share a duty with nobody.",
        severity=Severity.warning,
    ),
    Rule(
        "no-superior",
        "This goes to the agency above, and {count} of those who owe it stand under none: {ids}.",
        "Place them `under` an agency, or name who receives it.",
        why="What they send would reach nobody.",
    ),
    Rule(
        "no-subordinates",
        "Below none of those who owe this duty does anybody owe '{child}'.",
        "Place those who owe it `under` them, or write `of: all`.",
        why="There would be nothing to wait for, and nothing to put together.",
        severity=Severity.warning,
    ),
)


def nothing_after_itself(facts: Facts) -> Iterator[Finding]:
    """No duty comes after itself, be it at once or by way of others."""
    waits = {key: dict(_awaited(facts, duty)) for key, duty in facts.plan.responsibilities.items()}
    for key, awaited in waits.items():
        if key in awaited:
            yield Finding.of("after-itself", path=("responsibilities", key, *awaited[key]))
    others = {key: [one for one in awaited if one != key] for key, awaited in waits.items()}
    for chain in _cycles(others):
        path: Path = ("responsibilities", chain[0], *waits[chain[0]][chain[1]])
        yield Finding.of("after-cycle", path=path, id=chain[0], chain=" → ".join(chain[:12]))


def _awaited(facts: Facts, duty: Responsibility) -> Iterator[tuple[str, Path]]:
    """The duties that one comes after, each with the place that says so; an event may be the completion of one."""
    duties = facts.plan.responsibilities
    if duty.follows in duties:
        yield str(duty.follows), ("follows",)
    for index, entry in enumerate(duty.after):
        event = facts.plan.events.get(entry.event or "")
        first = entry.responsibility or (event.completed if event else None)
        if first in duties:
            yield str(first), ("after", index)


def _cycles(follows: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Cycles, none of them beginning within one told before; the first member is said again at the end."""
    done: set[str] = set()
    told: set[str] = set()
    for start in follows:
        trail, ways = ({start: None}, [iter(follows[start])]) if start not in done else ({}, [])
        while ways:
            following = next(ways[-1], None)
            if following is None:
                ways.pop()
                done.add(trail.popitem()[0])
            elif following in trail and following not in told:
                names = list(trail)
                cycle = names[names.index(following) :]
                told.update(cycle)
                yield [*cycle, following]
            elif following not in trail and following not in done:
                trail[following] = None
                ways.append(iter(follows[following]))


def deadlines_after_what_is_awaited(facts: Facts) -> Iterator[Finding]:
    """A duty is not due before one that it waits for. Of duties that recur only those of one rhythm are compared."""
    duties = facts.plan.responsibilities
    for key, duty in duties.items():
        for first, place in _awaited(facts, duty):
            if first == key or _rhythm(duty) != _rhythm(duties[first]):
                continue
            own, theirs = _last(facts, key), _last(facts, first, key)
            if own and theirs and own < theirs:
                yield Finding.of(
                    "deadline-order-across", path=("responsibilities", key, *place), id=key, day=own, earlier=first,
                    earlier_day=theirs,
                )  # fmt: skip


def _rhythm(duty: Responsibility) -> str | None:
    return duty.every.period if duty.every else None


def _last(facts: Facts, key: str, period_of: str | None = None) -> str | None:
    """The last day of a duty's last deadline, in ISO's form; of one that recurs, in the first period of another."""
    period = facts.first_periods.get(period_of or key)
    lines = [facts.in_period(line, period) if period else line for line in facts.due[key].values()]
    return max((day for day in map(_day, lines) if day), default=None)


def _day(line: Due) -> str | None:
    return str(line.deadline.last_day) if line.deadline and line.deadline.last_day else None


def shared_by_several(facts: Facts) -> Iterator[Finding]:
    """A duty that is led jointly is led by two at least."""
    for key, duty in facts.plan.responsibilities.items():
        if duty.leads == "joint" and facts.roster_day and len(facts.assignees[key]) < 2:
            yield Finding.of("joint-alone", path=("responsibilities", key, "leads"))


def superiors_there(facts: Facts) -> Iterator[Finding]:
    """Whoever sends something to the agency above stands under one."""
    for key, report in facts.plan.reports.items():
        owing = [one for one, duty in facts.plan.responsibilities.items() if duty.report == key]
        yield from _without_superior(facts, ("reports", key, "to"), report.to, owing)
    for key, duty in facts.plan.responsibilities.items():
        if duty.gives:
            yield from _without_superior(facts, ("responsibilities", key, "gives", "to"), duty.gives.to, [key])


def _without_superior(facts: Facts, path: Path, to: Sequence[str], duties: Sequence[str]) -> Iterator[Finding]:
    if SUPERIOR not in to:
        return
    under, made = facts.plan.units.superiors, facts.made
    owing = (agency for key in duties for agency in facts.assignees[key])
    topmost = [*dict.fromkeys(one for one in owing if (facts.host(one) if made else one) not in under)]
    if topmost:
        yield Finding.of("no-superior", path=(*path, to.index(SUPERIOR)), count=len(topmost), ids=topmost)


def subordinates_there(facts: Facts) -> Iterator[Finding]:
    """Where a duty waits for the agencies below, or puts together what they report, there is such an agency."""
    for key, duty in facts.plan.responsibilities.items():
        asked = [("after", index, one.responsibility, one.of) for index, one in enumerate(duty.after)]
        asked += [("consolidates", index, one.responsibility, one.of) for index, one in enumerate(duty.consolidates)]
        for section, index, child, of in asked:
            if of == "subordinates" and child in facts.assignees and _nobody_below(facts, key, child):
                yield Finding.of("no-subordinates", path=("responsibilities", key, section, index, "of"), child=child)


def _nobody_below(facts: Facts, duty: str, child: str) -> bool:
    """Whether none of those who owe `child` stands below one of those who owe the duty; both are owed by somebody."""
    above = {facts.host(agency) for agency in facts.assignees[duty]} | facts.assignees[duty].keys()
    owing = facts.assignees[child]
    higher = (one for agency in owing for one in ancestors(facts.plan.units, facts.host(agency)))
    return bool(above and owing) and not any(one in above for one in higher)


PART_CHECKS: Final[Sequence[Check]] = (nothing_after_itself,)
"""Rules that also hold for the sound part of a plan."""

WHOLE_CHECKS: Final[Sequence[Check]] = (
    deadlines_after_what_is_awaited, shared_by_several, superiors_there, subordinates_there,
)  # fmt: skip
"""Rules that need the whole of it."""
