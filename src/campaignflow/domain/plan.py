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
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from campaignflow.domain import agencies as agency_rules
from campaignflow.domain import clock
from campaignflow.domain.agencies import Agency, Group
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
    PlanCount,
    PlanDate,
    PlanId,
    PlanInt,
    Text,
    Weekday,
    line,
    refuse,
)
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

    form: Literal["TM.", "Q.", "KT.", "TL.", "TUQ."] | None = None
    for_: Line | None = Field(default=None, alias="for")
    position: Line
    name: Line


class Theme(PlanText):
    """What the campaign is about this year."""

    clause: ClauseId
    words: Line


class Period(PlanText):
    """The days on which the campaign runs; both ends are included."""

    from_: PlanDate = Field(alias="from")
    to: PlanDate
    clause: ClauseId | None = None
    stated: Line | None = None


class Source(PlanText):
    """The file that holds the plan's text as issued."""

    file: Line


class Header(PlanText):
    """What the plan says of itself."""

    id: PlanId
    kind: Line = "Kế hoạch"
    title: Line
    short_title: Line | None = None
    theme: Theme | None = None
    issuer: PlanId = Field(description="The agency that issued it.")
    coordinator: PlanId = Field(description="The agency whose officer runs the campaign; its contacts act for it.")
    number: Line | None = Field(default=None, description="`unstated` where the text handed down has none.")
    date: PlanDate | Literal["unstated"] | None = Field(
        default=None, description="The day it was issued, or `unstated`."
    )
    roster_on: PlanDate | None = Field(default=None, description="The day on which groups are resolved; else `date`.")
    signed: Signed | None = None
    timezone: TimeZone = "Asia/Ho_Chi_Minh"
    language: Literal["vi", "en"] = "vi"
    period: Period | None = None
    source: Source | None = None
    region_kind: PlanId | None = Field(default=None, description="The kind of agency that `--by region` groups by.")

    @property
    def issued_on(self) -> dt.date | None:
        """The day the plan was issued, where it is known."""
        return self.date if isinstance(self.date, dt.date) else None


class LegalBasis(PlanText):
    """A document the plan rests on, cited as the plan cites it."""

    id: PlanId
    relation: Literal["carries_out", "basis", "guides", "funds"] = "basis"
    kind: Line
    number: Line
    date: PlanDate | None = None
    issuer: Line | None = None
    subject: Line | None = None
    clause: ClauseId | None = None
    anomaly: PlanId | None = None


class Anomaly(PlanText):
    """Something odd in the text: said, never repaired."""

    id: PlanId
    clause: ClauseId
    words: Line
    note: Text


class CalendarText(PlanText):
    """Which days are worked."""

    holidays: Country = Field(default="VN", description="Whose public holidays hold; `none` for no country's.")
    working_days: Listed[Weekday] = (0, 1, 2, 3, 4)
    add: Listed[PlanDate] = Field(default=(), description="Further days off.")
    remove: Listed[PlanDate] = Field(default=(), description="Holidays of the table that are worked here.")
    working: Listed[PlanDate] = Field(default=(), description="Days of rest that are worked in exchange.")


class ContactsFile(PlanText):
    """Where the register of contacts starts from."""

    file: Line


class RosterFile(PlanText):
    """A CSV file with more agencies."""

    file: Line


class EventText(PlanText):
    """Something that happens, from which deadlines may count."""

    words: Line | None = None
    when: Literal["period_start", "period_end", "external"] = "external"


class Recipient(PlanText):
    """A line of the distribution list (Nơi nhận)."""

    words: Line
    to: Listed[PlanId] = ()
    for_: Literal["superior", "information", "execution", "coordination", "archive"] = Field(
        default="information", alias="for"
    )
    archive: Line | None = None
    drafting_unit: Line | None = None
    drafter: Line | None = None


class Clause(PlanText):
    """A piece of the plan's text with an id that everything else cites. `II.3.3-2` is the second dash of II.3.3."""

    id: ClauseId
    kind: ClauseKind
    label: Line | None = Field(default=None, description='What stands before it: "III.", "1.", "-".')
    title: Line | None = None
    text: Text | None = None

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
    plan: Header
    settings: Settings = Settings()
    legal_basis: Listed[LegalBasis] = ()
    anomalies: Listed[Anomaly] = ()
    calendar: CalendarText = CalendarText()
    agencies: dict[PlanId, Agency]
    rosters: Listed[Annotated[RosterFile, short_form("file")]] = ()
    contacts: Annotated[ContactsFile | None, short_form("file")] = None
    groups: dict[PlanId, Group] = {}
    events: dict[PlanId, EventText] = {}
    activities: dict[PlanId, Activity] = {}
    lifecycles: dict[PlanId, LifecycleText] = {}
    reports: dict[PlanId, ReportText] = {}
    responsibilities: dict[PlanId, Responsibility]
    forms: dict[PlanId, Form] = {}
    reminders: Listed[ReminderText] = ()
    quiet: Quiet | None = None
    past_reminders: Literal["skip", "send"] = "skip"
    distribution: Listed[Recipient] = ()
    clauses: Listed[Clause] = ()

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

    def resolve(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The agencies meant by ids of agencies and groups, on the roster's day."""
        return agency_rules.resolve_names(names, self.groups, self.agencies, self.roster_day)

    def canonical(self) -> str:
        """The plan as one line of JSON with sorted keys: equal for equal plans, however they were typed."""
        return self._json(sort_keys=True)

    def stored(self) -> str:
        """The plan as one line of JSON in its own order: what a revision keeps, and `Plan` reads back."""
        return self._json(sort_keys=False)

    def _json(self, *, sort_keys: bool) -> str:
        document: dict[str, Any] = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return json.dumps(document, ensure_ascii=False, sort_keys=sort_keys, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()
