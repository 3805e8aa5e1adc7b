"""What the parts of a plan must say to one another, beyond what the schema says of each.

Every rule is a function of its own that looks at the `Facts` of a plan and gives a finding for each place that breaks
it. They stand by theme in `plan_references` and in the modules whose names begin with `plan_rules_`, and all together
in `PART_CHECKS` and `WHOLE_CHECKS`: who looks for a rule finds it there by name, who adds one adds it there.

Nothing here raises because of a bad plan.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from campaignflow.domain import agencies as agency_rules
from campaignflow.domain import (
    plan_rules_bodies,
    plan_rules_order,
    plan_rules_people,
    plan_rules_recurrence,
    plan_rules_reports,
    plan_rules_text,
    plan_rules_time,
)
from campaignflow.domain.agencies import Contact
from campaignflow.domain.findings import Finding, Path, Rule, Severity, register
from campaignflow.domain.lifecycle import Table
from campaignflow.domain.lifecycle_compile import check as check_lifecycle
from campaignflow.domain.plan import SCHEMA_VERSION, Plan
from campaignflow.domain.plan_facts import Check, Facts
from campaignflow.domain.plan_references import unknown_ids
from campaignflow.domain.workdays import WorkCalendar

PLAN_RULES: Final = register(
    Rule(
        "schema-version",
        "The plan is written in version {version} of the schema; this release reads version {known}.",
        "Write `campaignflow: {known}`, or install a release that reads version {version}.",
        why="The same key may mean another thing in another version.",
    ),
    Rule(
        "duplicate-id",
        "The id '{id}' is there twice under `{section}`.",
        "Give one of the two another id.",
        why="What the id stands for would depend on which of them is looked at.",
    ),
    Rule(
        "duplicate-line",
        "The line '{words}' is there twice in the distribution list.",
        "Take one of them out.",
        why="The recipient would be listed twice.",
    ),
    Rule(
        "too-many-bodies",
        "{count} agencies come of the plan's `bodies`; at most {limit} are made.",
        "Name in `per` the groups that the plan means; there is one body in each of their members.",
        why="A short text that makes millions of agencies is an attack or a mistake.",
    ),
    Rule(
        "lifecycle-shadows",
        "The plan's own lifecycle '{name}' takes the place of the shipped one.",
        "Give it another name, and name it as `lifecycle` of the duties that follow it.",
        why="Who knows the shipped lifecycle would expect other steps.",
        severity=Severity.warning,
    ),
)

OF_A_ROLE: Final = frozenset({"organize", "consolidate", "task"})
"""The lifecycles of duties that name none: each role has one of them."""


MOST_BODIES: Final = 250_000
"""As many agencies as a roster may have may be bodies of the plan's making."""


def check_plan(
    plan: Plan,
    calendar: WorkCalendar,
    tables: Mapping[str, Table],
    source_text: str | None = None,
    contacts: tuple[Contact, ...] | None = None,
    *,
    plain: Mapping[str, Any] | None = None,
    part: bool = False,
) -> Iterator[Finding]:
    """Everything that is wrong or questionable in a typed plan, each finding with its path in the plan.

    Findings about contacts have the path `("contacts", row, column)`.

    Args:
        plan: the plan.
        calendar: its working days.
        tables: the shipped lifecycles and those of the plan that could be compiled, by name.
        source_text: the plan's text as issued; None: not at hand, so not compared.
        contacts: the register of contacts; None: the plan names none.
        plain: the plan as plain data, if at hand.
        part: whether the plan is only the sound part of a text: rules that need the whole are left out.
    """
    data = plan.model_dump(mode="json", by_alias=True, exclude_unset=True) if plain is None else plain
    count = _bodies(plan)
    if count > MOST_BODIES:
        yield Finding.of("too-many-bodies", path=("bodies",), count=count, limit=MOST_BODIES)
        return
    facts = Facts(plan=plan, calendar=calendar, tables=tables, source=source_text, contacts=contacts, plain=data)
    for check in PART_CHECKS if part else (*PART_CHECKS, *WHOLE_CHECKS):
        yield from check(facts)


def _bodies(plan: Plan) -> int:
    """How many agencies come of the bodies of a plan, counted without making them."""
    named = {body.per for body in plan.bodies.values() if body.per in plan.groups}
    sizes = {name: len(agency_rules.members(plan.groups[name], plan.agencies)) for name in named}
    return sum(sizes.get(body.per, 0) for body in plan.bodies.values())


def version_read(facts: Facts) -> Iterator[Finding]:
    """The plan is written in the version of the schema that this release reads."""
    if facts.plan.campaignflow != SCHEMA_VERSION:
        yield wrong_version(facts.plan.campaignflow)


def wrong_version(version: int | str) -> Finding:
    """The finding for a version of the schema that this release does not read."""
    return Finding.of("schema-version", path=("campaignflow",), version=version, known=SCHEMA_VERSION)


def ids_known(facts: Facts) -> Iterator[Finding]:
    """Every id that the plan names is defined."""
    return unknown_ids(facts.plain, facts.tables, made=facts.plan.units)


def ids_once(facts: Facts) -> Iterator[Finding]:
    """No id is given twice in one list."""
    for section in ("clauses", "legal_basis", "anomalies", "reminders"):
        yield from _repeated((section,), section, getattr(facts.plan, section))
    for key, duty in facts.plan.responsibilities.items():
        yield from _repeated(("responsibilities", key, "parts"), "parts", duty.parts)
    for index in _again(facts.plan.distribution, lambda line: line.words):
        words = facts.plan.distribution[index].words
        yield Finding.of("duplicate-line", path=("distribution", index, "words"), words=words)


def _repeated(path: Path, section: str, entries: Sequence[Any]) -> Iterator[Finding]:
    for index in _again(entries, lambda entry: entry.id):
        yield Finding.of("duplicate-id", path=(*path, index, "id"), id=entries[index].id, section=section)


def _again(entries: Iterable[Any], name: Callable[[Any], Hashable]) -> Iterator[int]:
    """The indexes of the entries whose name was there before."""
    seen: set[Hashable] = set()
    for index, entry in enumerate(entries):
        if name(entry) in seen:
            yield index
        seen.add(name(entry))


def lifecycles_sound(facts: Facts) -> Iterator[Finding]:
    """The plan's own lifecycles are sound; what can be wrong with one is told by `lifecycle_text`."""
    for name, text in facts.plan.lifecycles.items():
        if name in OF_A_ROLE:
            yield Finding.of("lifecycle-shadows", path=("lifecycles", name, "[key]"), name=name)
        for problem in check_lifecycle(text):
            yield Finding.of(problem.code, path=("lifecycles", name, *problem.path), **problem.data)


PART_CHECKS: Final[tuple[Check, ...]] = (
    version_read,
    ids_once,
    lifecycles_sound,
    *plan_rules_people.PART_CHECKS,
    *plan_rules_bodies.PART_CHECKS,
    *plan_rules_text.PART_CHECKS,
    *plan_rules_time.PART_CHECKS,
    *plan_rules_recurrence.PART_CHECKS,
    *plan_rules_order.PART_CHECKS,
    *plan_rules_reports.PART_CHECKS,
)
"""Rules that also hold for the sound part of a plan, when other parts could not be read."""

WHOLE_CHECKS: Final[tuple[Check, ...]] = (
    ids_known,
    *plan_rules_people.WHOLE_CHECKS,
    *plan_rules_bodies.WHOLE_CHECKS,
    *plan_rules_text.WHOLE_CHECKS,
    *plan_rules_time.WHOLE_CHECKS,
    *plan_rules_recurrence.WHOLE_CHECKS,
    *plan_rules_order.WHOLE_CHECKS,
    *plan_rules_reports.WHOLE_CHECKS,
)
"""Rules that need the whole of it."""
