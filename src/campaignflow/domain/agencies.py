"""Agencies, the groups they form, and the tree they stand in.

An agency (cơ quan, đơn vị) exists between dates and stands `under` another; a group is a set of agencies that the plan
names in one phrase ("Ủy ban nhân dân các huyện, thành phố"), resolved on the plan's roster day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, model_validator

from campaignflow.domain.addresses import is_address
from campaignflow.domain.findings import Rule, register
from campaignflow.domain.scalars import (
    ClauseId,
    FromText,
    Line,
    Listed,
    PlanBool,
    PlanCount,
    PlanDate,
    PlanId,
    PlanInt,
    Text,
    line,
    refuse,
)
from campaignflow.domain.text import PlanText

#: Every refusal of this module.
RULES: Final = register(
    Rule(
        "selector-empty",
        "The selector says nothing about whom it selects.",
        "Name at least one of kind, level, under, within.",
        why="A selector without a condition would select the whole roster.",
    ),
    Rule(
        "group-without-members",
        "Nothing says who belongs to the group.",
        "Give it `members` or `select`; or `unnamed: true` where the plan names it and nobody can be counted.",
        why="A duty given to a group becomes one assignment for each member.",
    ),
    Rule(
        "group-unnamed-with-members",
        "The group is `unnamed` and has members.",
        "Take out `unnamed`, or `members` and `select`.",
        why="An unnamed group is one whose members nobody can count.",
    ),
    Rule(
        "bad-email",
        "'{value}' is not a mail address that can be written to.",
        "Write one plain address, such as vanthu@caoloc.example, without a name, commas or letters outside ASCII.",
        why="What stands here goes into the header of a mail; anything else could add recipients or headers.",
    ),
)


BODY = "body"
"""The kind of the agencies that are bodies."""


def _or_nothing(value: Any) -> str:
    return "" if value == "" else line(value)


def _address(value: Any) -> str:
    address = _or_nothing(value)
    if address and not is_address(address):
        refuse("bad-email", value=address)
    return address


OrNothing = Annotated[str, FromText(_or_nothing, {"type": "string"})]
"""Text of one line, or none."""


class Agency(PlanText):
    """A unit of the plan's roster.

    Besides the keys below an agency may carry numbers of its own (`communes: 22`), which forms and ratios refer to.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, PlanInt] = Field(init=False)

    name: Line = Field(description="Its full name, as documents address it.")
    kind: PlanId = Field(default="agency", description="What selectors and `region_kind` go by: department, district…")
    level: PlanId | None = Field(default=None, description="Its level of government, where that differs from `kind`.")
    under: PlanId | None = Field(default=None, description="The agency it is placed under: its superior.")
    external: PlanBool = Field(default=False, description="It takes no steps here; documents go to it by dispatch.")
    listed: PlanBool = Field(default=True, description="Whether the plan's own text names it.")
    since: PlanDate | None = Field(default=None, alias="from", description="The first day on which it exists.")
    until: PlanDate | None = Field(default=None, description="The last day on which it exists.")
    succeeded_by: PlanId | None = Field(default=None, description="Who takes over its open duties after `until`.")
    standing: PlanId | None = Field(default=None, description="The agency that is its permanent office (thường trực).")

    def exists_on(self, day: dt.date) -> bool:
        """Whether the agency exists on `day`; both ends of its life are included."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Selector(PlanText):
    """Picks agencies by what they are rather than by name."""

    kind: Listed[PlanId] | None = Field(default=None, description="Any of these kinds.")
    level: Listed[PlanId] | None = Field(default=None, description="Any of these levels.")
    under: PlanId | None = Field(default=None, description="Placed directly under this agency.")
    within: PlanId | None = Field(default=None, description="Anywhere below this agency.")

    @model_validator(mode="after")
    def _selects_something(self) -> Selector:
        if not self.model_fields_set:
            refuse("selector-empty")
        return self

    def picks(self, agency: Agency, ancestors: Sequence[str]) -> bool:
        """Whether `agency`, whose superiors from the nearest upward are `ancestors`, belongs to the selection."""
        return (
            (self.kind is None or agency.kind in self.kind)
            and (self.level is None or agency.level in self.level)
            and (self.under is None or agency.under == self.under)
            and (self.within is None or self.within in ancestors)
        )


class Group(PlanText):
    """A named set of agencies, in the plan's own `words`."""

    words: Line = Field(description="The phrase by which the plan names it; found in the plan's text by `check`.")
    members: Listed[PlanId] = Field(default=(), description="Its members by name.")
    select: Selector | None = Field(default=None, description="Its members by what they are.")
    except_: Listed[PlanId] = Field(default=(), alias="except", description="Agencies left out of the selection.")
    unnamed: PlanBool = Field(default=False, description="Said by the plan, nobody countable: it gets no assignment.")
    listed_by_plan: PlanBool = Field(
        default=True, description="Whether the plan lists the members; if not, mail waits for `confirm`."
    )
    count_stated: PlanCount | None = Field(default=None, description="How many they are by the plan's own words.")
    clause: ClauseId | None = Field(default=None, description="The clause that says so.")
    note: Text | None = Field(default=None, description="A remark for readers of the plan file.")

    @model_validator(mode="after")
    def _one_way_to_members(self) -> Group:
        if self.unnamed and (self.members or self.select):
            refuse("group-unnamed-with-members")
        if not self.unnamed and not self.members and self.select is None:
            refuse("group-without-members")
        return self


class Body(PlanText):
    """A committee (ban chỉ đạo) that the plan brings into being: one in every agency of a group.

    Until it is established, the agency it belongs to holds its duties.
    """

    words: Line = Field(description="The phrase by which the plan names it; found in the plan's text by `check`.")
    per: PlanId = Field(description="The group in each of whose members there is one.")
    established_by: PlanId = Field(description="The responsibility that establishes it, owed by those members.")
    name: Line | None = Field(
        default=None,
        description="Its name, with `{agency}` for that of the member; by default the plan's words and it.",
    )
    standing: Line | None = Field(default=None, description="Its permanent office (thường trực), in the plan's words.")
    chair: Line | None = Field(default=None, description="Who chairs it, in the plan's words.")
    members: Line | None = Field(default=None, description="Who belongs to it, in the plan's words.")
    clause: ClauseId | None = Field(default=None, description="The clause that describes it.")
    contacts: Literal["of_agency", "own"] = Field(
        default="of_agency", description="Whose contacts answer for it: those of its agency, or its own."
    )


class Contact(PlanText):
    """One line of the register of contacts: who answers for an agency, in which role, between which days.

    The register is no part of the plan's revision: people change more often than plans.
    """

    id: PlanId = Field(description="Its id.")
    agency: PlanId = Field(description="The agency it answers for.")
    role: Literal["clerk", "head", "registry", "superior"] = Field(description="Which person of the agency it is.")
    name: OrNothing = Field(default="", description="The person's name.")
    email: Annotated[str, FromText(_address, {"type": "string"})] = Field(default="", description="One mail address.")
    phone: OrNothing = Field(default="", description="A telephone number.")
    since: PlanDate | None = Field(default=None, alias="from", description="The first day on which it answers.")
    until: PlanDate | None = Field(default=None, description="The last day on which it answers.")


class Agencies(dict[str, Agency]):
    """Agencies by id, in the order of the roster; not to be changed.

    A country has many, and most of what is asked of all of them has the same answer for nearly every one: so they are
    looked through once.
    """

    def __init__(self, agencies: Mapping[str, Agency]) -> None:
        super().__init__(agencies)
        self._known: _Known | None = None

    @property
    def kinds(self) -> dict[str, str]:
        """By agency that is not external: its kind."""
        return self._looked_through.kinds

    @property
    def superiors(self) -> dict[str, str]:
        """By agency that is under another: which."""
        return self._looked_through.superiors

    @property
    def succeeded(self) -> dict[str, str]:
        """By agency that another takes over from: which."""
        return self._looked_through.succeeded

    @property
    def dated(self) -> dict[str, Agency]:
        """Those that do not exist for ever."""
        return self._looked_through.dated

    @property
    def numbered(self) -> dict[str, Mapping[str, int]]:
        """By agency that carries numbers of its own: these."""
        return self._looked_through.numbered

    def of_kinds(self, kinds: Collection[str]) -> list[str]:
        """Those of some kinds that are not external, in the order of the roster."""
        if len(kinds) == 1:
            (kind,) = kinds
            return self._looked_through.by_kind.get(kind, [])
        return [key for key, kind in self.kinds.items() if kind in kinds]

    @property
    def _looked_through(self) -> _Known:
        if self._known is None:
            self._known = _Known()
            self._known.look_through(self)
        return self._known


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of agencies; see `Agencies`."""

    kinds: dict[str, str] = field(default_factory=dict)
    by_kind: dict[str, list[str]] = field(default_factory=dict)
    superiors: dict[str, str] = field(default_factory=dict)
    succeeded: dict[str, str] = field(default_factory=dict)
    dated: dict[str, Agency] = field(default_factory=dict)
    numbered: dict[str, Mapping[str, int]] = field(default_factory=dict)

    def look_through(self, agencies: Mapping[str, Agency]) -> None:
        """Notes what each agency is. The attributes of a model are dear, so they are taken from it all at once."""
        kinds, superiors = self.kinds, self.superiors
        for key, agency in agencies.items():
            values = vars(agency)
            if not values["external"]:
                kinds[key] = values["kind"]
            if (above := values["under"]) is not None:
                superiors[key] = above
            if (after := values["succeeded_by"]) is not None:
                self.succeeded[key] = after
            if values["since"] is not None or values["until"] is not None:
                self.dated[key] = agency
            if numbers := agency.__pydantic_extra__:
                self.numbered[key] = numbers
        for key, kind in kinds.items():
            self.by_kind.setdefault(kind, []).append(key)


def ancestors(agencies: Mapping[str, Agency], agency_id: str) -> Iterator[str]:
    """The superiors of an agency, the nearest first. Stops at a cycle or at an id that is not there."""
    seen = {agency_id}
    current = agencies[agency_id].under
    while current is not None and current not in seen:
        yield current
        seen.add(current)
        current = agencies[current].under if current in agencies else None


def members(group: Group, agencies: Mapping[str, Agency], day: dt.date | None = None) -> tuple[str, ...]:
    """The agencies that form `group` on `day`, in the order of the roster; external ones only when named.

    Without a day those that ever do.
    """
    if group.unnamed:
        return ()
    units = agencies if isinstance(agencies, Agencies) else Agencies(agencies)
    named, left_out = frozenset(group.members), set(group.except_)
    if day is not None:
        left_out |= {key for key, agency in units.dated.items() if not agency.exists_on(day)}
    chosen = _chosen(group.select, units)
    wanted = named.union(chosen) if named else frozenset()
    found = [key for key in units if key in wanted] if named else chosen
    return tuple([key for key in found if key not in left_out] if left_out else found)


def _chosen(select: Selector | None, units: Agencies) -> Sequence[str]:
    """The agencies that a selector picks, in the order of the roster; bodies only where it asks for them."""
    if select is None:
        return ()
    kinds = frozenset(units.kinds.values()) - {BODY} if select.kind is None else {*select.kind}
    found = units.of_kinds(kinds)
    if select.level is None and select.under is None and select.within is None:
        return found
    above = (tuple(ancestors(units, key)) if select.within else () for key in found)
    return [key for key, higher in zip(found, above, strict=True) if select.picks(units[key], higher)]


def body_id(body: str, member: str) -> str:
    """The id of the body of one agency.

    >>> body_id("bcd-tinh", "lang-son")
    'bcd-tinh.lang-son'
    """
    return f"{body}.{member}"


def body_agencies(
    bodies: Mapping[str, Body], groups: Mapping[str, Group], agencies: Mapping[str, Agency]
) -> dict[str, Agency]:
    """The bodies as agencies: one under each agency that ever belongs to its group, existing as long as that does."""
    found: dict[str, Agency] = {}
    for key, body in bodies.items():
        for one in members(groups[body.per], agencies) if body.per in groups else ():
            member = agencies[one]
            name = (body.name or "{words} – {agency}").replace("{words}", body.words).replace("{agency}", member.name)
            found[body_id(key, one)] = Agency.model_validate(
                {
                    "name": name, "kind": BODY, "level": member.level or member.kind, "under": one, "listed": False,
                    "from": member.since, "until": member.until,
                    "succeeded_by": body_id(key, member.succeeded_by) if member.succeeded_by else None,
                }
            )  # fmt: skip
    return found


def body_groups(
    bodies: Mapping[str, Body], groups: Mapping[str, Group], agencies: Mapping[str, Agency]
) -> dict[str, Group]:
    """The groups that kinds of bodies form; a kind without members stays a word that nobody answers to."""
    found: dict[str, Group] = {}
    for key, body in bodies.items():
        named = tuple(body_id(key, one) for one in members(groups[body.per], agencies)) if body.per in groups else ()
        listed = body.per not in groups or groups[body.per].listed_by_plan
        found[key] = Group(words=body.words, members=named, unnamed=not named, listed_by_plan=listed)
    return found


def successor(agency_id: str, agencies: Mapping[str, Agency], day: dt.date) -> str:
    """Who stands for an agency on `day`: itself while it exists, else the one that took over, as far as that goes."""
    seen = {agency_id}
    while True:
        agency = agencies[agency_id]
        following = agency.succeeded_by
        if agency.until is None or day <= agency.until or following is None or following in seen:
            return agency_id
        if following not in agencies:
            return agency_id
        seen.add(following)
        agency_id = following


def resolve_names(
    names: Iterable[str], groups: Mapping[str, Group], agencies: Mapping[str, Agency], day: dt.date
) -> tuple[str, ...]:
    """Agencies meant by a list of agency and group ids, each once, in the order of the list.

    For an agency that has ended by `day` its successor is meant.
    """
    found: dict[str, None] = {}
    for name in names:
        if name in groups:
            found.update(dict.fromkeys(members(groups[name], agencies, day)))
        elif name in agencies:
            found[successor(name, agencies, day)] = None
    return tuple(found)
