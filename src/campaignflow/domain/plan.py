"""The plan: a campaign as text, typed.

A plan is `plan.yaml` with, beside it, `roster.csv` (more agencies) and `contacts.csv` (the register of contacts). This
module types the first; `loading` brings the three together and reports what is wrong with positions.

The models say what a plan may contain. What its parts must say to one another (an id that exists, a deadline that can
be met) is the business of `domain.plan_rules`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from functools import cached_property
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from campaignflow.domain import agencies as agency_rules
from campaignflow.domain import clock, deadlines
from campaignflow.domain.agencies import Agencies, Agency, Body, Group, body_agencies, body_groups
from campaignflow.domain.duty_text import Activity, Responsibility
from campaignflow.domain.findings import Rule, register
from campaignflow.domain.lifecycle_text import LifecycleText
from campaignflow.domain.notices import Quiet, ReminderText
from campaignflow.domain.reports import Form, ReportText
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
    Weekday,
    line,
    refuse,
)
from campaignflow.domain.spans import FirstDay, LastDay, LastDayOrOpen
from campaignflow.domain.text import PlanText, short_form

#: Every refusal of this module.
RULES: Final = register(
    Rule(
        "unknown-time-zone",
        "'{value}' is not a time zone.",
        "Write a name of the IANA time zone database, such as Asia/Ho_Chi_Minh.",
        why="The plan's dates are days of one zone; a deadline ends at midnight there.",
    ),
    Rule(
        "bad-country",
        "'{value}' is not the code of a country.",
        "Write a two-letter country code in capitals, such as VN, or `none`.",
        why="Public holidays are looked up by the code of the country (ISO 3166-1).",
    ),
)

_COUNTRY: Final = re.compile("[A-Z]{2}|none")


def _zone_name(value: Any) -> str:
    name = line(value)
    try:
        return clock.zone(name).key
    except clock.UnknownZone:
        refuse("unknown-time-zone", value=name)


def _country(value: Any) -> str:
    code = line(value)
    if not _COUNTRY.fullmatch(code):
        refuse("bad-country", value=code)
    return code


TimeZone = Annotated[str, FromText(_zone_name, {"type": "string"})]
"""The IANA name of a time zone."""
Country = Annotated[str, FromText(_country, {"type": "string", "pattern": f"^({_COUNTRY.pattern})$"})]
"""The code of a country whose public holidays hold, or `none`."""

SCHEMA_VERSION = 1
"""The version of the schema that this release reads: the value of the plan's `campaignflow:` key."""

ClauseKind = Literal[
    "opening", "heading", "purpose", "requirement", "theme", "time", "activity", "duty", "reporting", "closing"
]

STATES_A_DUTY = frozenset({"activity", "duty", "reporting"})
"""Clauses of these kinds must be used by some element of the plan."""


class Signed(PlanText):
    """The signature block. The issuer stays the agency when a deputy signs (`form: KT.`)."""

    form: Literal["TM.", "Q.", "KT.", "TL.", "TUQ."] | None = Field(
        default=None,
        description="TM.: for the whole body; Q.: acting; KT.: a deputy; TL.: by order; TUQ.: by authority.",
    )
    for_: Line | None = Field(
        default=None, alias="for", description="In whose place, as printed after `form`: Chủ tịch."
    )
    as_: Line | None = Field(default=None, alias="as", description="In which office: Trưởng Ban.")
    position: Line = Field(description="The position of the person who signs.")
    name: Line = Field(description="The name of the person who signs.")


class Theme(PlanText):
    """What the campaign is about this year."""

    clause: ClauseId = Field(description="The clause that states it.")
    words: Line = Field(description="The theme in the plan's own words; found in its clause by `check`.")


class Period(PlanText):
    """The days on which the campaign runs; both ends are included."""

    from_: FirstDay = Field(
        alias="from", description="The first day of the campaign: a date, or 2013, 2013-Q4, 2013-12."
    )
    to: LastDayOrOpen = Field(
        default="open", description="Its last day, which still belongs to it; `open`: an event ends it, or nothing."
    )
    and_after: PlanBool = Field(default=False, description="Whether it goes on after it (và những năm tiếp theo).")
    clause: ClauseId | None = Field(default=None, description="The clause that states it.")
    stated: Line | None = Field(
        default=None, description="The plan's own words for it; found in its clause by `check`."
    )

    @property
    def last(self) -> dt.date | None:
        """Its last day; None for one that is open or goes on."""
        return None if self.to == "open" or self.and_after else self.to

    @property
    def window(self) -> deadlines.Window | None:
        """Its days, for what happens `during: period`; None where it has no last day."""
        horizon = None if self.to == "open" else self.to
        return deadlines.Window(first=self.from_, last=max(self.from_, horizon)) if horizon else None


class Stage(PlanText):
    """A stage of the campaign (giai đoạn); both its ends are included."""

    from_: FirstDay = Field(alias="from", description="Its first day.")
    to: LastDay = Field(description="Its last day.")
    words: Line | None = Field(default=None, description="The plan's own words for it; found in its text by `check`.")
    clause: ClauseId | None = Field(default=None, description="The clause that states it.")


class Promulgation(PlanText):
    """The document by which the plan is issued, where that is another one (ban hành kèm theo)."""

    kind: Line = Field(description="What it calls itself: Quyết định.")
    number: Line = Field(description="Its number.")
    date: PlanDate = Field(description="The day it was signed.")
    effective: PlanDate | None = Field(default=None, description="The day from which it holds.")
    stated: Line | None = Field(default=None, description="The plan's own words; found in the clause by `check`.")
    clause: ClauseId | None = Field(default=None, description="The clause that says so.")


class Executors(PlanText):
    """Who is told to carry the plan out (chịu trách nhiệm thi hành)."""

    clause: ClauseId = Field(description="The clause that names them.")
    agencies: Listed[PlanId] = Field(description="Agencies and groups.")
    words: Line | None = Field(default=None, description="The plan's own words; found in the clause by `check`.")


class Source(PlanText):
    """The file that holds the plan's text as issued."""

    file: Line = Field(description="The name of a text file beside the plan.")


class Header(PlanText):
    """What the plan says of itself."""

    id: PlanId = Field(description="The plan's id: part of keys and addresses, never changed.")
    kind: Line = Field(default="Kế hoạch", description="What the document calls itself.")
    title: Line = Field(description="Its title.")
    short_title: Line | None = Field(default=None, description="A shorter one, for tables and subjects of mails.")
    theme: Theme | None = Field(default=None, description="What the campaign is about this year.")
    issuer: PlanId = Field(description="The agency that issued it.")
    coordinator: PlanId = Field(description="The agency whose officer runs the campaign; its contacts act for it.")
    number: Line | None = Field(default=None, description="`unstated` where the text handed down has none.")
    date: PlanDate | Literal["unstated"] | None = Field(
        default=None, description="The day it was issued, or `unstated`."
    )
    roster_on: PlanDate | None = Field(default=None, description="The day on which groups are resolved; else `date`.")
    signed: Signed | None = Field(default=None, description="The signature block.")
    timezone: TimeZone = Field(
        default="Asia/Ho_Chi_Minh", description="The IANA name of the time zone in which the plan's dates are days."
    )
    language: Literal["vi", "en"] = Field(default="vi", description="The language of what is written to people.")
    period: Period | None = Field(default=None, description="The days on which the campaign runs.")
    stages: dict[PlanId, Stage] = Field(default={}, description="The stages of the campaign (giai đoạn), by id.")
    promulgated_by: Promulgation | None = Field(default=None, description="The document that issues the plan.")
    executors: Executors | None = Field(default=None, description="Who is told to carry it out.")
    source: Annotated[Source | None, short_form("file")] = Field(
        default=None, description="The document as issued, with which `check` compares the clauses."
    )
    region_kind: PlanId | None = Field(default=None, description="The kind of agency that `--by region` groups by.")

    @property
    def issued_on(self) -> dt.date | None:
        """The day the plan was issued, where it is known."""
        return self.date if isinstance(self.date, dt.date) else None


class LegalBasis(PlanText):
    """A document the plan rests on, cited as the plan cites it."""

    id: PlanId = Field(description="Its id, named by duties that follow it.")
    relation: Literal["carries_out", "basis", "guides", "funds"] = Field(
        default="basis",
        description="What the plan does with it: carries it out, rests on it, is guided or funded by it.",
    )
    kind: Line = Field(description="What it calls itself: Công văn, Thông tư, Quyết định.")
    number: Line = Field(description="Its number, as the plan cites it.")
    date: PlanDate | None = Field(default=None, description="The day it was issued.")
    issuer: Line | None = Field(default=None, description="Who issued it: an agency's id, or words.")
    subject: Line | None = Field(default=None, description="What it is about.")
    clause: ClauseId | None = Field(default=None, description="The clause that cites it.")
    anomaly: PlanId | None = Field(default=None, description="What is odd about the citation.")


class Anomaly(PlanText):
    """Something odd in the text: said, never repaired."""

    id: PlanId = Field(description="Its id.")
    clause: ClauseId = Field(description="The clause in which it stands.")
    words: Line = Field(description="The words that are odd; found in the clause by `check`.")
    note: Text = Field(description="What is odd about them, and how they are read.")


class CalendarText(PlanText):
    """Which days are worked."""

    holidays: Country = Field(default="VN", description="Whose public holidays hold; `none` for no country's.")
    working_days: Listed[Weekday] = Field(default=(0, 1, 2, 3, 4), description="The days of the week that are worked.")
    add: Listed[PlanDate] = Field(default=(), description="Further days off.")
    remove: Listed[PlanDate] = Field(default=(), description="Holidays of the table that are worked here.")
    working: Listed[PlanDate] = Field(default=(), description="Days of rest that are worked in exchange.")


class ContactsFile(PlanText):
    """Where the register of contacts starts from."""

    file: Line = Field(description="The name of a CSV file beside the plan.")


class RosterFile(PlanText):
    """A CSV file with more agencies."""

    file: Line = Field(description="The name of a CSV file beside the plan: columns id, name, other keys of an agency.")


class Completed(PlanText):
    """An event that is the completion of a duty by everyone who owes it."""

    completed: PlanId = Field(description="The responsibility.")


class EventText(PlanText):
    """Something that happens, from which deadlines may count."""

    words: Line | None = Field(
        default=None, description="The plan's own words for it; found in the plan's text by `check`."
    )
    when: Literal["period_start", "period_end", "external"] | Completed = Field(
        default="external",
        description="When it happens: with the period's beginning or end, outside, to be recorded by `event`, or when "
        "a duty is completed by all who owe it.",
    )
    clause: ClauseId | None = Field(default=None, description="The clause that speaks of it.")
    per: Line | None = Field(default=None, description="What it happens to one by one (household): nobody's deadline.")

    @property
    def completed(self) -> str | None:
        """The duty whose completion it is."""
        return self.when.completed if isinstance(self.when, Completed) else None


class Recipient(PlanText):
    """A line of the distribution list (Nơi nhận)."""

    words: Line = Field(description="The line as it is printed.")
    to: Listed[PlanId] = Field(default=(), description="The agencies and groups that it means.")
    for_: Literal["superior", "information", "execution", "coordination", "archive"] = Field(
        default="information", alias="for", description="Why they get the document."
    )
    archive: Line | None = Field(default=None, description="The archive that keeps it: VT.")
    drafting_unit: Line | None = Field(default=None, description="The unit that drafted it.")
    drafter: Line | None = Field(default=None, description="The initials of the person who drafted it.")


class Clause(PlanText):
    """A piece of the plan's text with an id that everything else cites. `II.3.3-2` is the second dash of II.3.3."""

    id: ClauseId = Field(description="Its id, cited by everything else.")
    kind: ClauseKind = Field(
        description="What it does; an activity, a duty or a report must be taken up by some element of the plan."
    )
    label: Line | None = Field(default=None, description='What stands before it: "III.", "1.", "-".')
    title: Line | None = Field(default=None, description="Its heading.")
    text: Text | None = Field(default=None, description="Its text, letter by letter.")

    @property
    def whole(self) -> str:
        """Its title and text as one piece: where the phrases that cite it are looked for."""
        return " ".join(part for part in (self.title, self.text) if part)


class Settings(PlanText):
    """Numbers that a plan may set for itself."""

    due_soon: PlanCount = Field(default=3, description="At most so many working days left count as due soon.")


class Plan(PlanText):
    """A whole plan. `canonical()` is the text that a revision stores and the journal's chain commits to."""

    campaignflow: PlanInt = Field(description="The version of this schema: 1.")
    plan: Header = Field(description="What the plan says of itself.")
    settings: Settings = Field(default=Settings(), description="Numbers that a plan may set for itself.")
    legal_basis: Listed[LegalBasis] = Field(default=(), description="The documents it rests on.")
    anomalies: Listed[Anomaly] = Field(default=(), description="What is odd in the text: said, never repaired.")
    calendar: CalendarText = Field(default=CalendarText(), description="Which days are worked.")
    agencies: dict[PlanId, Agency] = Field(description="The units that have a part in the campaign, by id.")
    rosters: Listed[Annotated[RosterFile, short_form("file")]] = Field(
        default=(), description="CSV files with more agencies."
    )
    contacts: Annotated[ContactsFile | None, short_form("file")] = Field(
        default=None, description="The CSV file from which the register of contacts starts."
    )
    groups: dict[PlanId, Group] = Field(
        default={}, description="Sets of agencies that the plan names in one phrase, by id."
    )
    bodies: dict[PlanId, Body] = Field(default={}, description="Committees that the plan brings into being, by id.")
    events: dict[PlanId, EventText] = Field(default={}, description="What deadlines may count from, by id.")
    activities: dict[PlanId, Activity] = Field(default={}, description="What the campaign does, by id.")
    lifecycles: dict[PlanId, LifecycleText] = Field(default={}, description="Lifecycles of the plan's own, by name.")
    migrate_states: dict[PlanId, dict[Line, Line]] = Field(
        default={},
        description="For an amendment that takes states away: by lifecycle, what becomes of assignments in them.",
    )
    reports: dict[PlanId, ReportText] = Field(default={}, description="The reports that are owed, by id.")
    responsibilities: dict[PlanId, Responsibility] = Field(description="The duties, by id.")
    forms: dict[PlanId, Form] = Field(default={}, description="What the reports ask for, by id.")
    reminders: Listed[ReminderText] = Field(default=(), description="When whom is reminded of what.")
    quiet: Quiet | None = Field(default=None, description="When nothing is sent.")
    past_reminders: Literal["skip", "send"] = Field(
        default="skip", description="What becomes of reminders whose moment lies before the assignment existed."
    )
    distribution: Listed[Recipient] = Field(default=(), description="The distribution list (Nơi nhận), line by line.")
    clauses: Listed[Clause] = Field(default=(), description="The plan's text, clause by clause, in its order.")

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the plan's dates are days."""
        return ZoneInfo(self.plan.timezone)

    @property
    def roster_day(self) -> dt.date:
        """The day on which groups are resolved: `roster_on`, else the plan's date, else the period's first day.

        `check` refuses a plan that has none of the three.
        """
        period = self.plan.period
        day = self.plan.roster_on or self.plan.issued_on or (period.from_ if period else None)
        assert day is not None, "plan_rules refuses a plan without a day for its roster"
        return day

    def clause(self, clause_id: str) -> Clause | None:
        """The clause with this id."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)

    @cached_property
    def units(self) -> Agencies:
        """Every agency, those that are bodies of the plan's making included, by id."""
        agencies = Agencies(self.agencies)
        return Agencies({**agencies, **body_agencies(self.bodies, self.groups, agencies)}) if self.bodies else agencies

    @cached_property
    def sets(self) -> dict[str, Group]:
        """Every group; a kind of body is the group of all bodies of that kind."""
        return {**self.groups, **body_groups(self.bodies, self.groups, self.agencies)}

    def resolve(self, names: tuple[str, ...], day: dt.date | None = None) -> tuple[str, ...]:
        """The agencies meant by ids of agencies, groups and bodies, on the roster's day or on another."""
        wanted = (names, day or self.roster_day)
        if wanted not in self.resolutions:
            self.resolutions[wanted] = agency_rules.resolve_names(names, self.sets, self.units, wanted[1])
        return self.resolutions[wanted]

    @cached_property
    def resolutions(self) -> dict[tuple[tuple[str, ...], dt.date], tuple[str, ...]]:
        """What `resolve` found so far: several duties go to the same group."""
        return {}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The plan as plain data, in its own order."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def canonical(self) -> str:
        """The plan as one line of JSON with sorted keys: equal for equal plans, however they were typed."""
        return canonical(self.document)

    def stored(self) -> str:
        """The plan as one line of JSON in its own order: what a revision keeps, and `Plan` reads back."""
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        return digest_of(self.document)


def canonical(value: Any) -> str:
    """Plain data as one line of JSON with sorted keys."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(value: Any) -> str:
    """SHA-256 of plain data in its canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
