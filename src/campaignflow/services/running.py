"""A campaign as it runs: what the applied revision says, as values, without reading the plan's text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts, concerned
from campaignflow.domain.deadlines import Deadline, settle
from campaignflow.domain.duties import Duty
from campaignflow.domain.journal import Event
from campaignflow.domain.lifecycle import Step, Table, clock_path, moment_of, next_clock
from campaignflow.domain.standing import Judge
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.ports import Agencies, Head, Store
from campaignflow.services.errors import CampaignMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The running revision of one campaign. Valid as long as `head.changed` stays what it was."""

    id: int
    key: str
    revision: int
    changed: int
    #: What readers need of the plan; see `services.apply.header_of`.
    header: Mapping[str, Any]
    zone: ZoneInfo
    calendar: WorkCalendar
    tables: Mapping[str, Table]
    duties: Mapping[str, Duty]
    agencies: Agencies
    #: Up to when the periods of recurring duties have been made; microseconds.
    horizon: int = 0
    #: When the campaign was closed; None: it runs.
    closed: int | None = None
    #: The head of the backup that this copy was restored from; None: it is the campaign itself, or was confirmed.
    restored: str | None = None
    #: What `next_clock` found: the same for every assignment of a duty that is in the same state.
    _waiting: dict[tuple[str, str, tuple[str, ...]], tuple[int, Step] | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def coordinator(self) -> str:
        """The agency whose officer runs the campaign."""
        return str(self.header["coordinator"])

    def table(self, duty: Duty) -> Table:
        """The lifecycle that a duty follows."""
        return self.tables[duty.lifecycle]

    def judge(self, now: dt.datetime) -> Judge:
        """What judges assignments at `now`."""
        return Judge(now=now.astimezone(self.zone), calendar=self.calendar, due_soon=self.header["due_soon"])

    def moment(self, duty: Duty, name: str) -> dt.datetime | None:
        """The instant of one of a lifecycle's named moments, for this duty."""
        span = duty.span
        return moment_of(
            name,
            duty.deadlines,
            period_begins=span.begins if span else None,
            period_first_day_ends=span.first_day_ends if span else None,
            period_ends=span.ends if span else None,
        )

    def next_clock(self, duty: Duty, state: str, blocked: tuple[str, ...] = ()) -> tuple[int, Step] | None:
        """The next step that the clock takes from `state`, and when, in microseconds; None: it takes none.

        `blocked` are steps of the clock that somebody undid.
        """
        place = (duty.key, state, blocked)
        if place not in self._waiting:
            found = next_clock(self.table(duty), state, lambda name: self.moment(duty, name), blocked=blocked)
            self._waiting[place] = (clock.to_micros(found[0]), found[1]) if found else None
        return self._waiting[place]

    def clock_path(
        self, duty: Duty, state: str, now: dt.datetime, blocked: tuple[str, ...] = ()
    ) -> tuple[tuple[dt.datetime, Step], ...]:
        """The steps that the clock takes from `state` up to `now`; instants in UTC, where they compare as such."""
        if self.closed is not None:
            return ()

        def lookup(name: str) -> dt.datetime | None:
            moment = self.moment(duty, name)
            return moment.astimezone(dt.UTC) if moment else None

        return clock_path(self.table(duty), state, lookup, now, blocked=blocked)

    def settled(self, facts: Facts, now: dt.datetime) -> Facts:
        """The facts as they are once the clock has taken what it has to take up to `now`: what readers show."""
        duty = self.duties[facts.duty]
        for _, step in self.clock_path(duty, facts.state, now, facts.blocked):
            facts = after_clock(facts, step, duty)
        return facts

    def duty_of(self, facts: Facts) -> Duty:
        """The duty of one assignment, with the deadlines that hold for that one alone.

        An extension stands as long as it gives the later day; a deadline that counts from the opening of an assignment
        on demand is settled by it.
        """
        duty = self.duties[facts.duty]
        if not facts.extended and facts.opened is None:
            return duty
        lines = {phase: self._own_line(line, facts) for phase, line in duty.deadlines.items()}
        return replace(duty, deadlines=lines)

    def _own_line(self, line: Deadline, facts: Facts) -> Deadline:
        if line.event == OPENED and facts.opened is not None:
            opened = clock.from_micros(facts.opened, self.zone)
            line = settle(line, opened, calendar=self.calendar, zone=self.zone)
        granted = facts.extensions.get(line.phase)
        if granted is None or line.last_day is None or granted <= line.last_day:
            return line
        return replace(
            line, last_day=granted, last_moment=clock.end_of_day(granted, self.zone),
            last_working_day=self.calendar.last_working(granted),
        )  # fmt: skip

    # --- what the clock has to do besides taking steps

    def upcoming(self) -> tuple[int, tuple[str, ...]] | None:
        """When the next period has to be made, and of which responsibilities; None: no series goes on."""
        newest: dict[str, Duty] = {}
        for duty in self.duties.values():
            if duty.period and not duty.partner and duty.dropped is None:
                known = newest.get(duty.responsibility)
                if known is None or _begins(duty) > _begins(known):
                    newest[duty.responsibility] = duty
        waiting = {key: _begins(duty) for key, duty in newest.items() if duty.recurs and self._has_next(duty)}
        if not waiting:
            return None
        instant = min(waiting.values())
        return instant, tuple(key for key, begins in waiting.items() if begins == instant)

    def _has_next(self, duty: Duty) -> bool:
        """Whether a period is still to be made after this one, the newest there is.

        One that was over by the horizon is the last: an amendment or event let the series go on only for periods that
        had ended by then. None lies beyond the years that a plan may live in.
        """
        assert duty.span is not None and duty.span.ends is not None, "a period has an end"
        return clock.to_micros(duty.span.ends) > self.horizon and duty.span.ends.year <= clock.LAST_YEAR

    def ending(self) -> tuple[int, str] | None:
        """When the next agency ends whose open duties pass to a successor, and which; None: none does.

        One that had ended by the roster's day was never given anything.
        """
        first = self.header.get("roster_on", "")
        return min(
            (
                (clock.to_micros(clock.end_of_day(dt.date.fromisoformat(one.until), self.zone)), key)
                for key, one in self.agencies.moving().items()
                if one.until
                and one.until >= first
                and not one.passed
                and (one.succeeded_by in self.agencies or one.host in self.agencies)
            ),
            default=None,
        )


OPENED = "opened"
"""The event, built in, from which deadlines of an assignment on demand may count: that it was opened."""


def _begins(duty: Duty) -> int:
    assert duty.span is not None, "a period has a beginning"
    return clock.to_micros(duty.span.begins)


def after_clock(facts: Facts, step: Step, duty: Duty) -> Facts:
    """The facts after a step of the clock, whether it was journalled or is only derived."""
    added = tuple(phase for phase in presumed_by(step, duty) if phase not in facts.presumed)
    return replace(facts, state=step.target, presumed=(*facts.presumed, *added))


def presumed_by(step: Step, duty: Duty) -> tuple[str, ...]:
    """The phases that a step takes for granted; an optional phase was never owed, so nothing is presumed of it."""
    return tuple(phase for phase in step.presumes if phase not in duty.optional_phases)


def load(store: Store, campaign: str) -> Running:
    """Reads what the applied revision says.

    Raises:
        CampaignMissing: no plan with this id was applied here.
    """
    head = store.head(campaign)
    if head is None:
        raise CampaignMissing(campaign=campaign)
    return from_head(store, head)


def from_head(store: Store, head: Head) -> Running:
    """Reads what the applied revision says, given where the campaign stands."""
    revision = store.revision(head.id)
    zone = clock.zone(revision.header["timezone"])
    return Running(
        id=head.id,
        key=head.key,
        revision=revision.number,
        changed=head.changed,
        header=revision.header,
        zone=zone,
        calendar=WorkCalendar.from_json(revision.calendar),
        tables={name: Table.from_json(text) for name, text in revision.lifecycles.items()},
        duties=store.duties(head.id, zone),
        agencies=store.agencies(head.id),
        horizon=head.horizon,
        closed=head.closed,
        restored=head.restored,
    )


def concerns(event: Event, facts: Facts) -> bool:
    """Whether an event changes this assignment: its own, its duty's clock step, or an amendment of its duty."""
    data = event.data
    if event.kind == "clock":
        return (
            data["duty"] == facts.duty and data["from"] == facts.state and tuple(data["before"]) == facts.presumed
            and tuple(data.get("blocked", ())) == facts.blocked
        )  # fmt: skip
    if event.kind == "amended":
        return data["duty"] == facts.duty and (
            concerned(facts, data.get("cancelled"))
            or concerned(facts, data.get("restored"))
            or facts.state in data.get("migrated", {})
        )
    return event.key == facts.key
