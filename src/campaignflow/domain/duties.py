"""A duty as the software holds it: one responsibility with its deadlines resolved and its terms worked out.

`expansion` makes duties from the plan's text once, when a revision is applied; the store keeps them as JSON. Everything
that reads (status, worklist, the steps) works on these plain values, so that no reading parses the plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from campaignflow.domain.deadlines import Deadline

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The campaign's period in instants: its first moment, the end of its first day, its first moment after."""

    begins: dt.datetime
    first_day_ends: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One responsibility of the plan, or a partner's share in it."""

    responsibility: str
    #: Whether this is the share of the agencies named by `with` rather than the assignee's own.
    partner: bool = False
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

    @property
    def key(self) -> str:
        """Its name within the plan: the responsibility's id, with `+` for the partners' share."""
        return f"{self.responsibility}+" if self.partner else self.responsibility

    @property
    def receivers(self) -> tuple[str, ...]:
        """Who receives and accepts what the duty delivers."""
        return self.report.to if self.report else ()

    @property
    def in_rates(self) -> bool:
        """Whether the duty has any deadline that counts: without one, or with an invited report, it has no standing."""
        if self.report is not None and not self.report.required:
            return False
        return any(deadline.kind != "none" for phase, deadline in self.owed_deadlines())

    def owed_deadlines(self) -> tuple[tuple[str, Deadline], ...]:
        """The deadlines that bind, leaving out those of optional phases."""
        return tuple((phase, line) for phase, line in self.deadlines.items() if phase not in self.optional_phases)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives an equal duty back."""
        plain = {name: getattr(self, name) for name in _PLAIN if getattr(self, name) not in (None, (), {}, False)}
        plain["deadlines"] = [line.to_json() for line in self.deadlines.values()]
        plain["expected"] = [line.to_json() for line in self.expected.values()]
        plain["parts"] = [_plain(part, Point) for part in self.parts]
        plain["report"] = _plain(self.report, ReportTerms) if self.report else None
        plain["span"] = [moment.isoformat() for moment in _moments(self.span)] if self.span else None
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any], zone: ZoneInfo) -> Duty:
        """The duty that `to_json` wrote, its instants shown in `zone`."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in plain.items() if name in _PLAIN
        }
        values.setdefault("words", None)
        report, span = plain.get("report"), plain.get("span")
        return cls(
            **values,
            deadlines=_lines(plain["deadlines"], zone),
            expected=_lines(plain["expected"], zone),
            parts=tuple(Point(**part) for part in plain["parts"]),
            report=ReportTerms(**{**report, "to": tuple(report["to"])}) if report else None,
            span=_span(span, zone) if span else None,
        )


_NESTED = frozenset({"deadlines", "expected", "parts", "report", "span"})
_PLAIN = tuple(name for name in Duty.__slots__ if name not in _NESTED)


def _plain(value: Any, kind: type) -> dict[str, Any]:
    return {name: getattr(value, name) for name in kind.__slots__}  # type: ignore[attr-defined]


def _moments(span: Span) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
    return span.begins, span.first_day_ends, span.ends


def _span(texts: list[str], zone: ZoneInfo) -> Span:
    begins, first_day_ends, ends = (dt.datetime.fromisoformat(text).astimezone(zone) for text in texts)
    return Span(begins=begins, first_day_ends=first_day_ends, ends=ends)


def _lines(plain: list[dict[str, Any]], zone: ZoneInfo) -> dict[str, Deadline]:
    return {line.phase: line for line in (Deadline.from_json(one, zone) for one in plain)}
