"""A campaign as it runs: what the applied revision says, as values, without reading the plan's text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.domain.journal import Event
from campaignflow.domain.lifecycle import Step, Table, clock_path, moment_of, next_clock
from campaignflow.domain.standing import Judge
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.ports import AgencyRow, Head, Store
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
    agencies: Mapping[str, AgencyRow]
    #: What `next_clock` found: the same for every assignment of a duty that is in the same state.
    _waiting: dict[tuple[str, str], tuple[int, Step] | None] = field(
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

    def next_clock(self, duty: Duty, state: str) -> tuple[int, Step] | None:
        """The next step that the clock takes from `state`, and when, in microseconds; None: it takes none."""
        place = (duty.key, state)
        if place not in self._waiting:
            found = next_clock(self.table(duty), state, lambda name: self.moment(duty, name))
            self._waiting[place] = (clock.to_micros(found[0]), found[1]) if found else None
        return self._waiting[place]

    def clock_path(self, duty: Duty, state: str, now: dt.datetime) -> tuple[tuple[dt.datetime, Step], ...]:
        """The steps that the clock takes from `state` up to `now`; instants in UTC, where they compare as such."""

        def lookup(name: str) -> dt.datetime | None:
            moment = self.moment(duty, name)
            return moment.astimezone(dt.UTC) if moment else None

        return clock_path(self.table(duty), state, lookup, now)

    def settled(self, facts: Facts, now: dt.datetime) -> Facts:
        """The facts as they are once the clock has taken what it has to take up to `now`: what readers show."""
        duty = self.duties[facts.duty]
        for _, step in self.clock_path(duty, facts.state, now):
            facts = after_clock(facts, step, duty)
        return facts


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
    )


def concerns(event: Event, facts: Facts) -> bool:
    """Whether an event changes this assignment: its own, its duty's clock step, or a change of its deadlines."""
    if event.kind == "clock":
        data = event.data
        return data["duty"] == facts.duty and data["from"] == facts.state and tuple(data["before"]) == facts.presumed
    if event.kind == "event":
        return facts.duty in event.data["duties"]
    return event.key == facts.key
