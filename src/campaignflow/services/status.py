"""Where a campaign stands: totals, rates, and a line for each assignment.

Reading parses no plan: the store gives the duties as applied and the rows as they are, and the clock's pending work is
derived. `as_of` replays what was recorded by then instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts
from campaignflow.domain.deadlines import Deadline
from campaignflow.domain.duties import Duty
from campaignflow.domain.lifecycle import PHASES, State
from campaignflow.domain.standing import STANDINGS, Judge, Rates, Standing, count, rates
from campaignflow.ports import Store
from campaignflow.services.errors import AgencyUnknown
from campaignflow.services.hints import hint, unknown_key
from campaignflow.services.replay import replayed
from campaignflow.services.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One assignment as it stands."""

    facts: Facts
    duty: Duty
    state: State
    agency_name: str
    region: str | None
    standing: Standing

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
    instant = as_of or now
    running = running if as_of is None else _as_known(store, running, as_of)
    rows = _rows(store, running, wanted.agency, as_of)
    everything = list(_lines(running, rows, instant))
    selected = tuple(line for line in everything if wanted.takes(line))
    if after is not None and store.assignment(running.id, after) is None:
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
    duty = running.duties[facts.duty]
    table = running.table(duty)
    agency = running.agencies[facts.agency]
    return Line(
        facts=facts, duty=duty, state=table.states[facts.state], agency_name=agency.name, region=agency.region,
        standing=judge.judge(facts, duty, table),
    )  # fmt: skip


def plan_phase(running: Running, now: dt.datetime) -> str | None:
    """Where the clock puts a lead assignment on which nobody pressed anything."""
    for duty in running.duties.values():
        if duty.role == "lead" and not duty.partner:
            table = running.table(duty)
            path = running.clock_path(duty, table.initial, now)
            return table.states[path[-1][1].target if path else table.initial].phase
    return None


GROUPINGS: dict[str, Callable[[Line], tuple[str, str]]] = {
    "agency": lambda line: (line.facts.agency, line.agency_name),
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


def _rows(store: Store, running: Running, agency: str | None, as_of: dt.datetime | None) -> Iterable[Facts]:
    if as_of is None:
        return store.assignments(running.id, agency=agency)
    past = replayed(store, running, until=clock.to_micros(as_of))
    return [facts for facts in past.values() if agency in (None, facts.agency)]


def _lines(running: Running, rows: Iterable[Facts], instant: dt.datetime) -> Iterator[Line]:
    judge = running.judge(instant)
    return (line_of(running, facts, judge) for facts in rows)


def _as_known(store: Store, running: Running, as_of: dt.datetime) -> Running:
    """The campaign with the deadlines known at `as_of`; only where an outside event was recorded is the plan read."""
    if next(iter(store.events(running.id, kind="event")), None) is None:
        return running
    from campaignflow.services import apply  # reads the plan's models, which a plain status never needs

    return apply.as_of(store, running, clock.to_micros(as_of))


def _behind(lines: Iterable[Line], key: str | None) -> Iterator[Line]:
    rows = iter(lines)
    if key is not None:
        for line in rows:
            if line.facts.key == key:
                break
    return rows
