"""Where a campaign stands: totals, rates, and a line for each assignment.

Reading parses no plan: the store gives the duties as applied and the rows as they are, and the clock's pending work is
derived. `as_of` replays what was recorded by then instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts
from campaignflow.domain.deadlines import Deadline
from campaignflow.domain.duties import Duty
from campaignflow.domain.lifecycle import PHASES, State
from campaignflow.domain.standing import STANDINGS, Judge, Rates, Standing, count, rates
from campaignflow.ports import Store
from campaignflow.services import ahead
from campaignflow.services.errors import AgencyUnknown
from campaignflow.services.hints import hint, unknown_key
from campaignflow.services.holding import delegate, holder, standing_for
from campaignflow.services.replay import replayed
from campaignflow.services.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One assignment as it stands."""

    facts: Facts
    duty: Duty
    state: State
    #: Who holds it now, and who acts for the holder, if anybody.
    agency: str
    agency_name: str
    region: str | None
    standing: Standing
    delegate: str | None = None
    #: Whether an amendment changed it since it was last acknowledged.
    to_acknowledge: bool = False

    @property
    def due(self) -> Deadline | None:
        """The earliest deadline still to be met."""
        return self.standing.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which assignments to show. Totals and rates are of the whole campaign, or of the agency: a list of what is
    overdue says how many that is of all."""

    agency: str | None = None
    overdue: bool = False
    #: Only what is due within so many calendar days, or overdue.
    due_within: int | None = None

    def takes(self, line: Line) -> bool:
        """Whether the line is to be shown."""
        if self.overdue and line.standing.standing != "overdue":
            return False
        left = line.standing.days_left
        return self.due_within is None or (left is not None and left <= self.due_within and not line.state.final)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many assignments are in each phase and standing."""

    assignments: int
    by_phase: dict[str, int]
    by_standing: dict[str, int]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Totals:
        """The totals of some lines."""
        kept = list(lines)
        return cls(
            assignments=len(kept),
            by_phase=count((line.state.phase for line in kept), PHASES),
            by_standing=count((line.standing.standing for line in kept), STANDINGS),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The totals of the assignments that share an agency, a responsibility, a phase or a region."""

    group: str
    label: str
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where a campaign stands at an instant."""

    running: Running
    now: dt.datetime
    #: The phase in which the clock would have put a lead assignment that nobody touched; None without one.
    phase: str | None
    totals: Totals
    rates: Rates
    #: The assignments that the filter takes.
    selected: tuple[Line, ...]
    #: Those of them to show: behind `after`, at most `limit`.
    lines: tuple[Line, ...]


def status(
    store: Store,
    running: Running,
    now: dt.datetime,
    *,
    wanted: Filter = Filter(),
    as_of: dt.datetime | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> Status:
    """Where the campaign stands at `now`, or stood by what was recorded until `as_of`.

    Raises:
        AgencyUnknown: the filter names an agency that the plan does not have.
        KeyUnknown: there is no assignment `after`.
    """
    if wanted.agency is not None and wanted.agency not in running.agencies:
        raise AgencyUnknown(agency=wanted.agency, hint=hint(wanted.agency, running.agencies))
    running = running if as_of is None else _as_known(store, running, as_of)
    instant = standstill(running, as_of or now)
    rows = _rows(store, running, instant, wanted.agency, as_of is not None)
    running, ahead_of_us = ahead.look(store, running, instant, until=clock.to_micros(as_of) if as_of else None)
    derived = (one for one in ahead_of_us if not wanted.agency or _concerns(running, one, wanted.agency, instant))
    everything = list(_lines(running, (*rows, *derived), instant))
    selected = tuple(line for line in everything if wanted.takes(line))
    if after is not None and all(line.facts.key != after for line in everything):
        raise unknown_key(store, running, after)
    totals = Totals.of(everything)
    return Status(
        running=running,
        now=instant.astimezone(running.zone),
        phase=plan_phase(running, instant),
        totals=totals,
        rates=rates(totals.by_standing),
        selected=selected,
        lines=tuple(islice(_behind(selected, after), limit)),
    )


def line_of(running: Running, facts: Facts, judge: Judge) -> Line:
    """One assignment as it stands once the clock has done its work."""
    facts = running.settled(facts, judge.now)
    duty = running.duty_of(facts)
    table = running.table(duty)
    held_by = holder(running, facts, judge.today)
    agency = running.agencies[held_by]
    return Line(
        facts=facts, duty=duty, state=table.states[facts.state], agency=held_by, agency_name=agency.name,
        region=agency.region, standing=judge.judge(facts, duty, table), delegate=delegate(facts, judge.today),
        to_acknowledge=_to_acknowledge(facts, duty) and not table.states[facts.state].final,
    )  # fmt: skip


def _to_acknowledge(facts: Facts, duty: Duty) -> bool:
    """Whether an amendment changed what is owed, and nothing was heard of it since."""
    return duty.amended is not None and (facts.acknowledged is None or facts.acknowledged < duty.amended)


def standstill(running: Running, now: dt.datetime) -> dt.datetime:
    """`now`, or the instant at which the campaign was closed: from then on nothing becomes late."""
    if running.closed is None:
        return now
    closed = clock.from_micros(running.closed, running.zone)
    return min(now, closed, key=clock.to_micros)


def plan_phase(running: Running, now: dt.datetime) -> str | None:
    """Where the clock puts a lead assignment on which nobody pressed anything; of a closed campaign, where it had."""
    running = replace(running, closed=None)
    for duty in running.duties.values():
        if duty.role == "lead" and not duty.partner and duty.dropped is None:
            table = running.table(duty)
            path = running.clock_path(duty, table.initial, now)
            return table.states[path[-1][1].target if path else table.initial].phase
    return None


GROUPINGS: dict[str, Callable[[Line], tuple[str, str]]] = {
    "agency": lambda line: (line.agency, line.agency_name),
    "responsibility": lambda line: (line.duty.responsibility, line.duty.title),
    "phase": lambda line: (line.state.phase, line.state.phase),
    "region": lambda line: (line.region or "", line.region or ""),
}
"""What `--by` groups by: each gives a line's group and its label."""


def grouped(current: Status, by: str) -> tuple[Group, ...]:
    """The lines of a status, grouped, in the order in which the groups first occur; phases in their own order."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in current.selected:
        found.setdefault(GROUPINGS[by](line), []).append(line)
    names = current.running.agencies
    groups = [
        Group(group=key, label=names[key].name if by == "region" and key in names else label, totals=Totals.of(lines))
        for (key, label), lines in found.items()
    ]
    return tuple(sorted(groups, key=lambda one: PHASES.index(one.group)) if by == "phase" else groups)


def _rows(store: Store, running: Running, instant: dt.datetime, wanted: str | None, past: bool) -> Iterable[Facts]:
    """The assignments of an agency, in which it stands for others too, or all."""
    if past:
        found = replayed(store, running, until=clock.to_micros(instant))
        known = [facts for facts in found.values() if facts.duty in running.duties and facts.agency in running.agencies]
        return [facts for facts in known if wanted is None or _concerns(running, facts, wanted, instant)]
    if wanted is None:
        return store.assignments(running.id)
    return [facts for facts in _near(store, running, wanted, instant) if _concerns(running, facts, wanted, instant)]


def _near(store: Store, running: Running, agency: str, instant: dt.datetime) -> Iterator[Facts]:
    """The assignments that an agency may hold, each once: its own, those of agencies that it stands for, those
    delegated to it, and those shared with it."""
    seen: set[str] = set()
    today = clock.local_date(instant, running.zone)
    joint = [duty.key for duty in running.duties.values() if agency in duty.joint]
    for facts in (
        *(one for key in standing_for(running, agency, today) for one in store.assignments(running.id, agency=key)),
        *store.assignments(running.id, delegate=agency),
        *(one for key in joint for one in store.assignments(running.id, duty=key)),
    ):
        if facts.key not in seen:
            seen.add(facts.key)
            yield facts


def _concerns(running: Running, facts: Facts, agency: str, instant: dt.datetime) -> bool:
    today = clock.local_date(instant, running.zone)
    duty = running.duties[facts.duty]
    return agency in (holder(running, facts, today), delegate(facts, today), *duty.joint)


def _lines(running: Running, rows: Iterable[Facts], instant: dt.datetime) -> Iterator[Line]:
    judge = running.judge(instant)
    return (line_of(running, facts, judge) for facts in rows)


def _as_known(store: Store, running: Running, as_of: dt.datetime) -> Running:
    """The campaign as it was known at `as_of`; the plan is read only where something ever changed its course."""
    if running.changed <= 1:
        return running
    from campaignflow.services import past  # reads the plan's models, which a plain status never needs

    return past.as_of(store, running, clock.to_micros(as_of))


def _behind(lines: Iterable[Line], key: str | None) -> Iterator[Line]:
    rows = iter(lines)
    if key is not None:
        for line in rows:
            if line.facts.key == key:
                break
    return rows
