"""Rules about agencies, groups and contacts, and about who is given what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from campaignflow.domain.agencies import Agency
from campaignflow.domain.duty_text import Responsibility
from campaignflow.domain.findings import Finding, Path, Rule, Severity, did_you_mean, register
from campaignflow.domain.plan_facts import Check, Facts
from campaignflow.domain.plan_references import together

PEOPLE_RULES: Final = register(
    Rule(
        "agency-and-group",
        "'{id}' is an agency and a group.",
        "Give the group another id.",
        why="Where the id stands it would be unclear who is meant.",
    ),
    Rule(
        "under-cycle",
        "'{id}' stands under itself: {chain}.",
        "Place one of them under another agency, or under none.",
        why="The superior who is to be written to could not be found.",
    ),
    Rule(
        "succession-cycle",
        "'{id}' succeeds itself: {chain}.",
        "Take one `succeeded_by` out.",
        why="Open duties would be handed round for ever.",
    ),
    Rule(
        "agency-dates-reversed",
        "'{id}' ends on {until}, before it begins on {since}.",
        "Exchange the two dates, or correct one.",
        why="An agency without a day of existence can owe nothing.",
    ),
    Rule(
        "roster-day-missing",
        "Nothing says on which day the groups are resolved.",
        "Add `roster_on`, the plan's `date` or a `period` under `plan`.",
        why="Agencies come and go; who belongs to a group depends on the day.",
    ),
    Rule(
        "group-empty",
        "Nobody belongs to the group '{id}' on {day}.",
        "Correct `members` or `select` (kinds: {kinds}), or write `unnamed: true` if nobody can be counted.",
        why="A duty given to the group would be nobody's.",
    ),
    Rule(
        "coordinator-external",
        "The coordinator '{id}' is external.",
        "Name the agency whose officer runs the campaign.",
        why="An external agency takes no steps here; nobody could run the campaign.",
    ),
    Rule(
        "assigned-and-with",
        "'{agency}' is assigned this duty and is to work with itself: {first} and {second} both mean it.",
        "Take it out of `assigned_to` or of `with`.",
        why="It would owe the duty twice, under one key.",
    ),
    Rule(
        "assigned-twice",
        "'{agency}' is given the duty twice: {first} and {second} both mean it.",
        "Take it out of one of them, or leave it out of the group with `except`.",
        why="One duty of one agency is one assignment, with one key.",
    ),
    Rule(
        "group-completes",
        "The group '{id}' cannot have `completes`.",
        "Name the agencies of the group one by one, or take `completes` out.",
        why="A partner who owes a share of its own is named by the plan.",
    ),
    Rule(
        "contact-named-as-agency",
        "The contact's id '{id}' already names an agency, or the coordinator.",
        "Give the contact another id, such as '{id}-1'.",
        why="Both say who acts: a step must not be taken in the name of the other.",
    ),
    Rule(
        "contact-dates-reversed",
        "The contact '{id}' ends on {until}, before it begins on {since}.",
        "Exchange the two dates, or correct one.",
        why="A contact without a day never gets a mail.",
    ),
    Rule(
        "duty-without-assignee",
        "Nobody who can be counted is assigned '{id}': no assignment comes of it.",
        "Assign it to an agency, or to a group with members.",
        why="The duty is shown, but nobody is ever asked about it.",
        severity=Severity.warning,
    ),
    Rule(
        "agency-gone",
        "'{id}' exists only until {until}, and the groups are resolved on {day}.",
        "Take it out, or correct `until` or `roster_on`.",
        why="It belongs to no group.",
        severity=Severity.warning,
    ),
    Rule(
        "number-like-a-key",
        "'{key}' is taken for a number of the agency's.",
        "Correct the key if '{guess}' is meant; a number of its own better has a name that nobody can mistake.",
        why="Agencies may carry numbers of their own, so a slip in a key is not refused.",
        severity=Severity.warning,
    ),
    Rule(
        "agency-unused",
        "{count} agencies have no part in the plan: {ids}.",
        "Take them out, or check the groups they should belong to.",
        why="A unit that was forgotten looks just like this.",
        severity=Severity.warning,
    ),
    Rule(
        "contact-missing",
        "{count} agencies have duties and no contact on {day}: {ids}.",
        "Add them to the register of contacts.",
        why="They get no mail.",
        severity=Severity.warning,
    ),
)


def ids_of_one_thing(facts: Facts) -> Iterator[Finding]:
    """No id is an agency's and a group's."""
    for key in facts.plan.groups:
        if key in facts.plan.agencies:
            yield Finding.of("agency-and-group", path=("groups", key, "[key]"), id=key)


def tree_without_cycles(facts: Facts) -> Iterator[Finding]:
    """No agency stands under itself."""
    for ring in _cycles(_written(facts, facts.plan.units.superiors)):
        yield Finding.of("under-cycle", path=("agencies", ring[0], "under"), id=ring[0], chain=" → ".join(ring[:12]))


def succession_without_cycles(facts: Facts) -> Iterator[Finding]:
    """No agency succeeds itself."""
    for ring in _cycles(_written(facts, facts.plan.units.succeeded)):
        path = ("agencies", ring[0], "succeeded_by")
        yield Finding.of("succession-cycle", path=path, id=ring[0], chain=" → ".join(ring[:12]))


def _written(facts: Facts, follows: Mapping[str, str]) -> Mapping[str, str]:
    """What is said of the agencies that the plan itself writes."""
    return {key: other for key, other in follows.items() if key not in facts.made} if facts.made else follows


def _cycles(follows: Mapping[str, str]) -> Iterator[list[str]]:
    """Each cycle once, from the first of its members that the plan writes, which is said again at the end."""
    followed = set(follows.values())
    done: set[str] = set()
    for start in filter(followed.__contains__, follows):  # whom nobody follows is in no cycle
        trail: dict[str, None] = {}
        current: str | None = start
        while current is not None and current in follows and current not in done and current not in trail:
            trail[current] = None
            current = follows.get(current)
        if current in trail:
            names = list(trail)
            cycle = names[names.index(str(current)) :]
            first = cycle.index(next(filter(set(cycle).__contains__, follows)))
            yield [*cycle[first:], *cycle[:first], cycle[first]]
        done.update(trail)


def agencies_that_exist(facts: Facts) -> Iterator[Finding]:
    """An agency does not end before it begins, and still exists when the groups are resolved."""
    for key, agency in facts.plan.units.dated.items():
        if agency.until is None or key in facts.made:
            continue
        path, day = ("agencies", key, "until"), facts.roster_day
        if agency.since and agency.until < agency.since:
            yield Finding.of(
                "agency-dates-reversed", path=path, id=key, since=str(agency.since), until=str(agency.until)
            )
        elif day and agency.until < day:
            yield Finding.of("agency-gone", path=path, id=key, until=str(agency.until), day=str(day))


def numbers_that_are_meant(facts: Facts) -> Iterator[Finding]:
    """A number of an agency's own is not a slip of the pen in a key."""
    keys = [field.alias or name for name, field in Agency.model_fields.items()]
    judged: dict[str, str | None] = {}
    for key, numbers in facts.plan.units.numbered.items():
        for name in numbers:
            if name not in judged:
                judged[name] = did_you_mean(name, keys)
            if judged[name]:
                yield Finding.of(
                    "number-like-a-key", path=("agencies", key, name, "[key]"), key=name, guess=judged[name]
                )


def day_of_the_roster(facts: Facts) -> Iterator[Finding]:
    """The plan gives a day on which groups are resolved."""
    if facts.roster_day is None:
        yield Finding.of("roster-day-missing", path=("plan",))


def groups_with_members(facts: Facts) -> Iterator[Finding]:
    """A group has somebody in it, unless it is said that nobody can be counted."""
    for key, found in facts.members.items():
        group = facts.plan.groups.get(key)
        if found or group is None or group.unnamed:
            continue
        kinds = sorted({agency.kind for agency in facts.plan.agencies.values()})
        select = group.select
        wanted = [kind for kind in (select.kind or ()) if kind not in kinds] if select else []
        guess = did_you_mean(wanted[0], kinds) if wanted else None
        path = ("groups", key, "select", "kind", 0) if wanted else ("groups", key)
        yield Finding.of("group-empty", path=path, id=key, day=str(facts.roster_day), kinds=kinds, guess=guess)


def coordinator_inside(facts: Facts) -> Iterator[Finding]:
    """The coordinator takes steps here."""
    agency = facts.plan.agencies.get(facts.plan.plan.coordinator)
    if agency is not None and agency.external:
        yield Finding.of("coordinator-external", path=("plan", "coordinator"), id=facts.plan.plan.coordinator)


def nobody_twice(facts: Facts) -> Iterator[Finding]:
    """No agency is given one duty twice, be it assigned or as a partner that owes a share."""
    for key, duty in facts.plan.responsibilities.items():
        path = ("responsibilities", key)
        partners = [(index, partner.agency) for index, partner in enumerate(duty.with_) if partner.completes]
        yield from _twice(facts, (*path, "assigned_to"), list(enumerate(duty.assigned_to)))
        yield from _twice(facts, (*path, "with"), partners)
        yield from _with_itself(facts, key, duty)


def _twice(facts: Facts, path: Path, names: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for index, name in names if len(names) > 1 else ():  # one id names nobody twice
        here, named = (*path, index), facts.named_by(name)
        for agency in named if first else ():
            if agency in first:
                yield Finding.of("assigned-twice", path=here, agency=agency, first=first[agency], second=name)
        first = dict.fromkeys(named, name) | first


def _with_itself(facts: Facts, key: str, duty: Responsibility) -> Iterator[Finding]:
    """Whoever is a partner by name, or owes a share, is not assigned the duty itself.

    A group that is only worked with ("phối hợp với các sở, ngành") does not mean its own member who leads.
    """
    assigned = facts.assignees[key]
    for index, partner in enumerate(duty.with_):
        if partner.agency in facts.plan.sets and not partner.completes:
            continue
        for agency in facts.named_by(partner.agency):
            if agency in assigned:
                path = ("responsibilities", key, "with", index)
                first = assigned[agency]
                yield Finding.of("assigned-and-with", path=path, agency=agency, first=first, second=partner.agency)


def shares_by_name(facts: Facts) -> Iterator[Finding]:
    """Only an agency owes a share of its own, not a group."""
    for key, duty in facts.plan.responsibilities.items():
        for index, partner in enumerate(duty.with_):
            if partner.completes and partner.agency in facts.plan.sets:
                path = ("responsibilities", key, "with", index, "completes")
                yield Finding.of("group-completes", path=path, id=partner.agency)


def duties_of_somebody(facts: Facts) -> Iterator[Finding]:
    """A duty has an assignee who can be counted, unless it is opened for somebody when it is asked for.

    Empty groups, and bodies of nobody, are found by rules of their own.
    """
    groups = facts.plan.groups
    for key, duty in facts.plan.responsibilities.items():
        if not duty.on_demand and all(name in groups and groups[name].unnamed for name in duty.assigned_to):
            yield Finding.of("duty-without-assignee", path=("responsibilities", key, "assigned_to"), id=key)


def agencies_with_a_part(facts: Facts) -> Iterator[Finding]:
    """Every agency has some part in the plan; one finding names all that have none."""
    involved = _with_a_part(facts)
    idle = [key for key in facts.plan.agencies if key not in involved]
    if idle and facts.roster_day:
        yield Finding.of("agency-unused", path=("agencies", idle[0], "[key]"), count=len(idle), ids=idle)


def _with_a_part(facts: Facts) -> frozenset[str]:
    """The agencies that anything in the plan names, by themselves or through a group."""
    issuers = {basis.issuer for basis in facts.plan.legal_basis if basis.issuer}
    kinds = ("agency", "agency-or-group", "group", "body-or-agency")
    names = issuers.union(*(facts.named.get(kind, ()) for kind in kinds))
    found = set(chain.from_iterable(map(facts.named_by, names)))
    return frozenset(map(facts.host, found) if facts.made else found)


def contacts_of_agencies(facts: Facts) -> Iterator[Finding]:
    """Each contact answers for an agency of the plan, from a day to a later one, under an id of its own."""
    first: dict[str, int] = {}
    known = _agencies(facts)
    for index, contact in enumerate(facts.contacts or ()):
        path: Path = ("contacts", index)
        if contact.agency not in known and not _may_be_a_body(facts, contact.agency):
            guess = did_you_mean(contact.agency, known) if index < _GUESSED else None
            yield Finding.of("unknown-agency", path=(*path, "agency"), id=contact.agency, guess=guess)
        if contact.since and contact.until and contact.until < contact.since:
            since, until = str(contact.since), str(contact.until)
            yield Finding.of("contact-dates-reversed", path=(*path, "until"), id=contact.id, since=since, until=until)
        if first.setdefault(contact.id, index) != index:
            yield Finding.of("duplicate-id", path=(*path, "id"), id=contact.id, section="contacts")
        if contact.id in known or contact.id == "coordinator":
            yield Finding.of("contact-named-as-agency", path=(*path, "id"), id=contact.id)


_GUESSED: Final = 200
"""Among the first so many contacts, what was meant by an unknown agency is guessed: guessing is slow."""


def _agencies(facts: Facts) -> Collection[str]:
    """Every agency that a contact may answer for, those that could not be typed and those that are bodies included."""
    written = facts.plain.get("agencies")
    return together(facts.plan.units, written if isinstance(written, Mapping) else {})


def _may_be_a_body(facts: Facts, name: str) -> bool:
    """Whether an unknown agency may be a body all the same, since something that bodies are made of was not read."""
    sections = ("bodies", "groups", "agencies")
    return "." in name and any(len(facts.plain.get(one) or ()) != len(getattr(facts.plan, one)) for one in sections)


def contacts_for_duties(facts: Facts) -> Iterator[Finding]:
    """Where there is a register, whoever has a duty has a contact in it; one finding names all that have none."""
    if facts.contacts is None or facts.roster_day is None:
        return
    day = facts.roster_day
    reached = {one.agency for one in facts.contacts if one.until is None or one.until >= day}
    owing: dict[str, str] = {}
    for assigned in {id(one): one for one in facts.assignees.values()}.values():
        owing |= assigned
    inside = facts.plan.units.kinds
    silent = [one for one in owing if one not in reached and one in inside]
    if facts.made:
        silent = [one for one in silent if reached.isdisjoint(_answering(facts, one))]
    if silent:
        yield Finding.of("contact-missing", path=("contacts",), count=len(silent), ids=silent, day=str(day))


def _answering(facts: Facts, agency: str) -> set[str]:
    """Whose contacts answer for an agency: its own, and for a body that has none those of the agency it belongs to."""
    body = facts.plan.bodies.get(facts.made.get(agency, ""))
    return {agency, facts.host(agency)} if body and body.contacts == "of_agency" else {agency}


PART_CHECKS: Final[Sequence[Check]] = (
    ids_of_one_thing, tree_without_cycles, succession_without_cycles, agencies_that_exist, numbers_that_are_meant,
    shares_by_name, contacts_of_agencies,
)  # fmt: skip
"""Rules that also hold for the sound part of a plan."""

WHOLE_CHECKS: Final[Sequence[Check]] = (
    day_of_the_roster, groups_with_members, coordinator_inside, nobody_twice, duties_of_somebody, agencies_with_a_part,
     contacts_for_duties,
)  # fmt: skip
"""Rules that need the whole of it."""
