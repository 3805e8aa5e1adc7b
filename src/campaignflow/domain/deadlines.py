"""From the words of a deadline to the instants that decide.

`resolve` is called when a plan is applied; what it gives is stored with the revision and read back without the plan's
text. A deadline that waits for an event is settled when the event is recorded.

What the words mean (plain reading of official Vietnamese usage; the Civil Code 2015 where it speaks):

* `before` a day: that day itself is too late. `by` a day: the day still counts. `on` a day: that day, and no other.
* `during` a window: both of its ends are in.
* `within` N days `after` an event: the day of the event is not counted (article 147.3) and the last day counts to its
  end, 24:00 (148.1, 148.6); a last day that is no working day moves to the next one (148.5), unless `roll` says
  otherwise.
* `after` an event, and nothing else: a beginning without an end. `none`: neither.

Only `within` rolls by itself. 148.5 speaks of periods: rolling "before 25 October" to the 26th would contradict the
plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from campaignflow.domain.clock import end_of_day, local_date, start_of_day, to_micros
from campaignflow.errors import CampaignflowError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from campaignflow.domain.workdays import WorkCalendar

Kind = Literal["before", "by", "on", "within", "after", "during", "none"]
"""The words of a deadline, of which it says one."""

CONTINUOUS: Final = "continuous"
"""The kind of the line that a duty without an end has in the place of a deadline."""

Missed = Literal["overdue", "presume"]
Roll = Literal["none", "next", "previous"]

_ONE_DAY: Final = timedelta(days=1)


class NoPeriod(CampaignflowError):
    """A deadline runs `during: period`, and there is no period."""

    code = "no-period"
    message = "The deadline of phase '{phase}' runs during the period, but the plan states none."
    cure = "Give the plan a `period`, or write the dates in the deadline."


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span of days, both ends included.

    Raises:
        ValueError: it ends before it begins.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a window turned around."""
        if self.last < self.first:
            raise ValueError(f"a window cannot end on {self.last}, before it begins on {self.first}")

    def to_json(self) -> dict[str, str]:
        """The window as a plan writes it."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> Window:
        """The window that `to_json` wrote."""
        return cls(first=date.fromisoformat(data["from"]), last=date.fromisoformat(data["to"]))


class Written(Protocol):
    """What a deadline says, as `resolve` needs it; `DeadlineText` is one."""

    @property
    def kind(self) -> Kind:
        """Which of the words it uses."""

    @property
    def day(self) -> date | None:
        """The day of `before`, `by` and `on`."""

    @property
    def window(self) -> Window | None:
        """The window of `during`; None for the campaign's period."""

    @property
    def days(self) -> int | None:
        """How many days `within` counts."""

    @property
    def working(self) -> bool:
        """Whether `within` counts working days."""

    @property
    def event(self) -> str | None:
        """What `within` counts from and `after` waits for."""

    @property
    def stated(self) -> str | None:
        """The plan's own words."""

    @property
    def clause(self) -> str | None:
        """Where they stand, when that is not the duty's own clause."""

    @property
    def missed(self) -> Missed:
        """What it means when nothing was heard by then."""

    @property
    def roll_policy(self) -> Roll:
        """Where a last day goes that is no working day."""

    @property
    def set_by(self) -> str | None:
        """Whose date it is, when it is not the plan's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A deadline of one phase, resolved.

    Instants are in the plan's zone, days are days of that zone.
    """

    #: The phase that must be finished by then.
    phase: str
    #: One of `Kind`, or `continuous` for a duty without an end.
    kind: str
    #: The plan's own words, and the clause they stand in.
    stated: str | None = None
    clause: str | None = None
    #: What silence means: the agency is late, or the thing is presumed to have been done.
    missed: Missed = "overdue"
    #: The first instant of its window: `during`, `on`, and `after` once the event has happened.
    opens: datetime | None = None
    #: The first instant that is too late: the start of the day after `last_day`. None: never late, or not yet known.
    last_moment: datetime | None = None
    #: The last day on time.
    last_day: date | None = None
    #: The last working day up to `last_day`.
    last_working_day: date | None = None
    #: The event that `within` counts from and `after` waits for.
    event: str | None = None
    #: How many days `within` counts, and whether they are working days.
    days: int | None = None
    working: bool = False
    #: Where a last day went, or would go, that is no working day.
    roll: Roll = "none"
    #: Whose date it is, when it is not the plan's.
    set_by: str | None = None
    #: Whether anybody can be late by it: not by a date before the plan's own that is `not_counted`.
    counted: bool = True

    @property
    def waiting(self) -> bool:
        """Whether it stands still until its event has happened."""
        return self.event is not None and self.last_moment is None and self.opens is None

    def passed(self, at: datetime) -> bool:
        """Whether that instant is too late."""
        return self.last_moment is not None and to_micros(at) >= to_micros(self.last_moment)

    def opened(self, at: datetime) -> bool:
        """Whether its window has begun by that instant; one without a window is always open, a waiting one is not."""
        if self.opens is None:
            return not self.waiting
        return to_micros(at) >= to_micros(self.opens)

    def to_json(self) -> dict[str, Any]:
        """The deadline as plain data; what is at its default is left out."""
        plain: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value != item.default:
                plain[item.name] = value.isoformat() if isinstance(value, date) else value
        return plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any], zone: ZoneInfo) -> Deadline:
        """The deadline that `to_json` wrote, its instants shown in `zone`."""
        values = dict(data)
        for name in ("opens", "last_moment"):
            if name in values:
                values[name] = datetime.fromisoformat(values[name]).astimezone(UTC).astimezone(zone)
        for name in ("last_day", "last_working_day"):
            if name in values:
                values[name] = date.fromisoformat(values[name])
        return cls(**values)


def resolve(
    written: Written,
    *,
    phase: str,
    calendar: WorkCalendar,
    zone: ZoneInfo,
    events: Mapping[str, datetime] | None = None,
    period: Window | None = None,
    clause: str | None = None,
) -> Deadline:
    """What a written deadline comes to.

    Args:
        written: the deadline as the plan has it.
        phase: the phase that must be finished by then.
        calendar: the plan's working days.
        zone: the plan's zone.
        events: when each event happened, of those that did. One of which only the day is known happened at the last
            instant of it (`clock.last_instant`); so did the end of the campaign's period.
        period: the campaign's own period, for `during: period`.
        clause: the duty's clause, for a deadline that names none of its own.

    Raises:
        NoPeriod: it runs `during: period` and there is none.
    """
    deadline = _as_written(written, phase, clause)
    if deadline.event is not None:
        happened = (events or {}).get(deadline.event)
        return deadline if happened is None else settle(deadline, happened, calendar=calendar, zone=zone)
    window = _window(written, phase, period)
    return deadline if window is None else _ending(deadline, *window, calendar=calendar, zone=zone)


def settle(deadline: Deadline, happened: datetime, *, calendar: WorkCalendar, zone: ZoneInfo) -> Deadline:
    """A deadline that waited for an event, now that it happened; said again with another time, that time counts.

    A deadline of another kind is given back as it is.
    """
    if deadline.kind == "after":
        return replace(deadline, opens=_just_after(happened, zone))
    if deadline.kind == "within" and deadline.days is not None:
        last = last_day_within(local_date(happened, zone), deadline.days, working=deadline.working, calendar=calendar)
        return _ending(deadline, None, last, calendar=calendar, zone=zone)
    return deadline


def last_day_within(day: date, days: int, *, working: bool, calendar: WorkCalendar) -> date:
    """The last of N days, or working days, after a day, which itself is not counted; not rolled."""
    return calendar.add(day, days) if working else day + timedelta(days=days)


def rolled(day: date, roll: Roll, calendar: WorkCalendar) -> date:
    """Where a last day comes to lie under a policy."""
    if roll == "next":
        return calendar.next_working(day)
    return calendar.last_working(day) if roll == "previous" else day


def days_left(deadline: Deadline, today: date) -> int | None:
    """Calendar days to the last day on time: 0 on it, negative after it; None without one."""
    return None if deadline.last_day is None else (deadline.last_day - today).days


def working_days_left(deadline: Deadline, today: date, calendar: WorkCalendar) -> int | None:
    """Working days after today up to the last working day on time: 0 on it, negative after it; None without one."""
    if deadline.last_working_day is None:
        return None
    return calendar.between(today, deadline.last_working_day)


def _as_written(written: Written, phase: str, clause: str | None) -> Deadline:
    """The deadline with what its text says by itself."""
    return Deadline(
        phase=phase,
        kind=written.kind,
        stated=written.stated,
        clause=written.clause or clause,
        missed=written.missed,
        event=written.event,
        days=written.days,
        working=written.working,
        roll=written.roll_policy,
        set_by=written.set_by,
    )


def _window(written: Written, phase: str, period: Window | None) -> tuple[date | None, date] | None:
    """The first day (None: any time before) and the last day that the words mean; None when they mean none."""
    if written.kind == "during":
        window = written.window or period
        if window is None:
            raise NoPeriod(phase=phase)
        return window.first, window.last
    if written.day is None:
        return None
    if written.kind == "before":
        return None, written.day - _ONE_DAY
    return (written.day if written.kind == "on" else None), written.day


def _ending(deadline: Deadline, first: date | None, last: date, *, calendar: WorkCalendar, zone: ZoneInfo) -> Deadline:
    """The deadline with its last day, rolled, and its window, which moves as a whole when it is a single day."""
    end = rolled(last, deadline.roll, calendar)
    begin = first if first is None else (end if first == last else min(first, end))
    return replace(
        deadline,
        opens=None if begin is None else start_of_day(begin, zone),
        last_moment=end_of_day(end, zone),
        last_day=end,
        last_working_day=calendar.last_working(end),
    )


def _just_after(happened: datetime, zone: ZoneInfo) -> datetime:
    """When that which follows an event begins: at the event, and after a whole day with the start of the next."""
    instant = happened.astimezone(UTC)
    following = instant + timedelta(microseconds=1)
    starts_a_day = to_micros(start_of_day(local_date(following, zone), zone)) == to_micros(following)
    return (following if starts_a_day else instant).astimezone(zone)
