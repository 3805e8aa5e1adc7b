"""A duty as the software holds it: one responsibility with its deadlines resolved and its terms worked out.

`expansion` makes duties from the plan's text once, when a revision is applied; the store keeps them as JSON. Everything
that reads (status, worklist, the steps) works on these plain values, so that no reading parses the plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from campaignflow.domain.deadlines import CONTINUOUS, Deadline

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


ENDLESS = ("none", "after", CONTINUOUS)
"""Kinds of deadline by which nobody is ever late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTerms:
    """What is owed with a report, and how it is judged."""

    id: str
    title: str
    clause: str
    #: The agencies that receive it.
    to: tuple[str, ...]
    required: bool = True
    #: Which date decides whether it was on time: `signed`, `sent` or `received`.
    counted_by: str = "sent"
    #: `receiver`, or `on_sending` where the dispatch itself is the acceptance.
    acceptance: str = "receiver"
    #: Days in which a returned report may be answered and still count as on time; None: no such term.
    revise_days: int | None = None
    revise_working: bool = True
    nil_allowed: bool = True
    #: `when_consolidated`: what comes once the consolidation was sent is a supplement; else `never`.
    locks: str = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A part of a duty that is ticked."""

    id: str
    words: str
    role: str | None = None
    #: Who does it within the agency, in the plan's words.
    done_by: str | None = None
    #: By when it is to be done, where the plan says so.
    milestone: Deadline | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """What has to be over before a duty can begin: a responsibility or an event."""

    responsibility: str | None = None
    #: `all`, `subordinates` or `same_agency`.
    of: str = "all"
    event: str | None = None
    #: The responsibility's title, or the event's words.
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What a duty gives, and to whom; the receivers' names as the plan has them, `superior` and `subordinates` kept."""

    what: str
    to: tuple[str, ...] = ()
    at_least: int | None = None
    clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The campaign's period in instants: its first moment, the end of its first day, its first moment after."""

    begins: dt.datetime
    first_day_ends: dt.datetime
    #: None: it is open.
    ends: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One responsibility of the plan, or a partner's share in it."""

    responsibility: str
    #: Whether this is the share of the agencies named by `with` rather than the assignee's own.
    partner: bool = False
    #: The period for which it is owed (`2014-Q3`), and whether another one follows it.
    period: str | None = None
    recurs: bool = False
    #: The plan's words for the recurrence, or for a duty without an end or on demand.
    rhythm: str | None = None
    #: Owed only once it is opened for somebody: by whom (`coordinator`, `assignee`); None: owed from the beginning.
    on_demand: str | None = None
    #: Shared with these agencies: one assignment, named after the first of them all.
    joint: tuple[str, ...] = ()
    after: tuple[Dependency, ...] = ()
    #: The responsibility that it carries on.
    follows: str | None = None
    gives: Handover | None = None
    #: The kind of body that it establishes, or the agency.
    establishes: str | None = None
    #: In the plan's words: the office that acts, the body by which, the unit, who carries it out, for what one by one.
    office: str | None = None
    through: str | None = None
    through_unit: str | None = None
    carried_out_by: tuple[str, ...] = ()
    counted_per: str | None = None
    #: Whether there may be nothing to do or to report.
    nil_allowed: bool = True
    #: The stage it belongs to, in the plan's words.
    stage: str | None = None
    #: What a consolidation is computed from: responsibility and whose (`all`, `subordinates`).
    consolidates: tuple[tuple[str, str], ...] = ()
    #: How many days it takes once everything is in, and whether they are working days.
    takes: int = 0
    takes_working: bool = True
    title: str
    words: str | None
    clause: str
    also: tuple[str, ...] = ()
    role: str
    force: str = "ordered"
    lifecycle: str
    #: By phase, in the order of the lifecycle's phases: "the phase is finished by then".
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    #: The coordinator's own dates, which remind and never make anything late.
    expected: Mapping[str, Deadline] = field(default_factory=dict)
    optional_phases: tuple[str, ...] = ()
    #: Whether an own plan (kế hoạch của đơn vị) is owed: `required`, `optional` or None.
    own_plan: str | None = None
    report: ReportTerms | None = None
    #: The responsibility whose report covers this duty.
    reported_in: str | None = None
    #: The responsibilities whose report is computed from this one's.
    consolidated_by: tuple[str, ...] = ()
    #: A partner's share that ends by itself with the lead's.
    ends_with_lead: bool = False
    #: Names of those worked with, in the plan's words.
    with_: tuple[str, ...] = ()
    parts: tuple[Point, ...] = ()
    #: Titles of the activities, by id.
    activities: Mapping[str, str] = field(default_factory=dict)
    #: Citations of the legal basis the duty rests on.
    legal_basis: tuple[str, ...] = ()
    #: Agencies that inspect it, and whether they may send the own plan back.
    inspectors: tuple[str, ...] = ()
    #: Groups that may be written to only once confirmed.
    unconfirmed: tuple[str, ...] = ()
    assumed: str | None = None
    span: Span | None = None
    #: Counts how often its deadlines changed: by amendments, and by events they waited for.
    due_version: int = 0
    #: When an amendment last changed what its assignees have to know (microseconds, UTC): they acknowledge it anew.
    amended: int | None = None
    #: The revision that dropped it; None: it is owed.
    dropped: int | None = None

    @property
    def key(self) -> str:
        """Its name within the plan: the responsibility's id, `+` for the partners' share, `@` and the period."""
        return duty_key(self.responsibility, partner=self.partner, period=self.period)

    @property
    def receivers(self) -> tuple[str, ...]:
        """Who receives and accepts what the duty delivers."""
        return self.report.to if self.report else ()

    @property
    def in_rates(self) -> bool:
        """Whether the duty has any deadline that counts: without one, or with an invited report, it has no standing.

        What only begins after an event, and has no end, is never late and stays outside the rates.
        """
        if self.report is not None and not self.report.required:
            return False
        return any(deadline.kind not in ENDLESS for phase, deadline in self.owed_deadlines())

    @property
    def endless(self) -> bool:
        """Whether it is a duty without an end (thường xuyên)."""
        return any(line.kind == CONTINUOUS for line in self.deadlines.values())

    def owed_deadlines(self) -> tuple[tuple[str, Deadline], ...]:
        """The deadlines that bind, leaving out those of optional phases and those by which nobody can be late."""
        return tuple(
            (phase, line)
            for phase, line in self.deadlines.items()
            if phase not in self.optional_phases and line.counted
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives an equal duty back."""
        plain = {name: getattr(self, name) for name in _PLAIN if getattr(self, name) != _DEFAULTS.get(name)}
        plain["deadlines"] = [line.to_json() for line in self.deadlines.values()]
        plain["expected"] = [line.to_json() for line in self.expected.values()]
        plain["parts"] = [_point(part) for part in self.parts]
        plain["report"] = _plain(self.report, ReportTerms) if self.report else None
        plain["span"] = [moment and moment.isoformat() for moment in _moments(self.span)] if self.span else None
        if self.after:
            plain["after"] = [_plain(one, Dependency) for one in self.after]
        if self.gives:
            plain["gives"] = _plain(self.gives, Handover)
        if self.consolidates:
            plain["consolidates"] = [list(pair) for pair in self.consolidates]
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any], zone: ZoneInfo) -> Duty:
        """The duty that `to_json` wrote, its instants shown in `zone`."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in plain.items() if name in _PLAIN
        }
        values = {"words": None, **values}
        report, span, gives = plain.get("report"), plain.get("span"), plain.get("gives")
        return cls(
            **values,
            deadlines=_lines(plain["deadlines"], zone),
            expected=_lines(plain["expected"], zone),
            parts=tuple(_point_from(part, zone) for part in plain["parts"]),
            report=ReportTerms(**{**report, "to": tuple(report["to"])}) if report else None,
            span=_span(span, zone) if span else None,
            after=tuple(Dependency(**one) for one in plain.get("after", ())),
            gives=Handover(**{**gives, "to": tuple(gives["to"])}) if gives else None,
            consolidates=tuple((key, of) for key, of in plain.get("consolidates", ())),
        )


def duty_key(responsibility: str, *, partner: bool = False, period: str | None = None) -> str:
    """The key of a duty.

    >>> duty_key("bao-cao-quy", period="2014-Q3"), duty_key("to-chuc", partner=True)
    ('bao-cao-quy@2014-Q3', 'to-chuc+')
    """
    return f"{responsibility}{'+' if partner else ''}{f'@{period}' if period else ''}"


_NESTED = frozenset({"deadlines", "expected", "parts", "report", "span", "after", "gives", "consolidates"})
_PLAIN = tuple(name for name in Duty.__slots__ if name not in _NESTED)
_DEFAULTS: dict[str, Any] = {item.name: {} if item.name == "activities" else item.default for item in fields(Duty)}


def _plain(value: Any, kind: type) -> dict[str, Any]:
    return {name: getattr(value, name) for name in kind.__slots__}  # type: ignore[attr-defined]


def _point(part: Point) -> dict[str, Any]:
    return {**_plain(part, Point), "milestone": part.milestone.to_json() if part.milestone else None}


def _point_from(plain: Mapping[str, Any], zone: ZoneInfo) -> Point:
    line = plain.get("milestone")
    return Point(**{**plain, "milestone": Deadline.from_json(line, zone) if line else None})


def _moments(span: Span) -> tuple[dt.datetime, dt.datetime, dt.datetime | None]:
    return span.begins, span.first_day_ends, span.ends


def _span(texts: list[str | None], zone: ZoneInfo) -> Span:
    begins, first_day_ends, ends = (text and dt.datetime.fromisoformat(text).astimezone(zone) for text in texts)
    assert begins and first_day_ends, "only the end of a span is open"
    return Span(begins=begins, first_day_ends=first_day_ends, ends=ends or None)


def _lines(plain: list[dict[str, Any]], zone: ZoneInfo) -> dict[str, Deadline]:
    return {line.phase: line for line in (Deadline.from_json(one, zone) for one in plain)}
