"""Where a campaign stands: totals, rates, and a line for each assignment.

Reading parses no plan: the store gives the duties as applied and the rows as they are, and the clock's pending work is
derived. `as_of` replays what was recorded by then instead.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts
from campaignflow.domain.deadlines import Deadline
from campaignflow.domain.duties import Duty
from campaignflow.domain.lifecycle import State
from campaignflow.domain.standing import Judge, Rates, Standing, rates
from campaignflow.ports import Store
from campaignflow.services import ahead
from campaignflow.services.errors import AgencyUnknown
from campaignflow.services.hints import hint, unknown_key
from campaignflow.services.holding import delegate, holder, standing_for
from campaignflow.services.replay import replayed
from campaignflow.services.running import Running
from campaignflow.services.tally import EVERYTHING, GROUPINGS, Count, Filter, Group, Totals

__all__ = ["GROUPINGS", "Filter", "Group", "Line", "Status", "Totals", "each_line", "line_of", "status"]


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
class Status:
    """Where a campaign stands at an instant."""

    running: Running
    now: dt.datetime
    #: The phase in which the clock would have put a lead assignment that nobody touched; None without one.
    phase: str | None
    totals: Totals
    rates: Rates
    #: How many assignments the filter takes.
    selected: int
    #: Those of them to show: behind `after`, at most `limit`; none where groups are asked for.
    lines: tuple[Line, ...] = ()
    #: Whether lines or groups follow on those shown.
    more: bool = False
    #: What the filter takes, grouped; None where lines are asked for.
    groups: tuple[Group, ...] | None = None


def status(
    store: Store,
    running: Running,
    now: dt.datetime,
    *,
    wanted: Filter = EVERYTHING,
    by: str | None = None,
    as_of: dt.datetime | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> Status:
    """Where the campaign stands at `now`, or stood by what was recorded until `as_of`.

    Args:
        store, running: the campaign.
        now: an aware instant.
        wanted: which assignments to list or to group.
        by: what to group by, one of `GROUPINGS`, in place of a list. Nothing is listed then, so nothing is read
            but what is alike, counted.
        as_of: an instant of the past; what was recorded until then is replayed.
        limit: at most so many lines or groups; None: all of them.
        after: begin behind this key, or this group.

    Raises:
        AgencyUnknown: the filter names an agency that the plan does not have.
        KeyUnknown: there is no assignment `after`.
    """
    if wanted.agency is not None and wanted.agency not in running.agencies:
        raise AgencyUnknown(agency=wanted.agency, hint=hint(wanted.agency, running.agencies))
    running = running if as_of is None else _as_known(store, running, as_of)
    instant = standstill(running, as_of or now)
    running, made = ahead.look(store, running, instant, until=clock.to_micros(as_of) if as_of else None)
    derived = [one for one in made if not wanted.agency or _concerns(running, one, wanted.agency, instant)]
    whole = as_of is not None or wanted.agency is not None or (not by and limit is None)
    count = Count(wanted, by)
    lines: tuple[Line, ...] = ()
    more = False
    if whole or store.size(running.id) <= (limit or 0):
        rows = _rows(store, running, instant, wanted.agency, as_of is not None)
        lines, more = _read(count, _lines(running, itertools.chain(rows, derived), instant), limit, after)
    else:
        count.stored(store, running, running.judge(instant))
        for line in _lines(running, itertools.chain(store.singles(running.id), derived), instant):
            count.line(line)
        if not by:
            lines, more = _page(store, running, instant, count, derived, limit or 0, after)
    if not by and after is not None and not _known(store, running, after, made):
        raise unknown_key(store, running, after)
    groups, more = count.groups(running, after, limit) if by else (None, more)
    return Status(
        running=running, now=instant.astimezone(running.zone), phase=plan_phase(running, instant), totals=count.totals,
        rates=rates(count.totals.by_standing), selected=count.selected, lines=lines if by is None else (), more=more,
        groups=groups,
    )  # fmt: skip


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


def _rows(store: Store, running: Running, instant: dt.datetime, wanted: str | None, past: bool) -> Iterable[Facts]:
    """The assignments of an agency, in which it stands for others too, or all."""
    if past:
        found = replayed(store, running, until=clock.to_micros(instant))
        known = [facts for facts in found.values() if facts.duty in running.duties and facts.agency in running.agencies]
        return [facts for facts in known if wanted is None or _concerns(running, facts, wanted, instant)]
    if wanted is None:
        return store.assignments(running.id)
    return concerning(store, running, wanted, instant)


def concerning(store: Store, running: Running, agency: str, instant: dt.datetime) -> list[Facts]:
    """The assignments that an agency holds, acts in for another, or shares."""
    return [facts for facts in _near(store, running, agency, instant) if _concerns(running, facts, agency, instant)]


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


def _read(
    count: Count, lines: Iterable[Line], limit: int | None, after: str | None
) -> tuple[tuple[Line, ...], bool]:  # fmt: skip
    """Counts all of these lines; gives those to show, and whether others follow them."""
    shown: list[Line] = []
    begun, more = after is None, False
    for line in lines:
        taken = count.line(line)
        if taken and begun:
            more = limit is not None and len(shown) >= limit
            shown += () if more else (line,)
        begun = begun or line.facts.key == after
    return tuple(shown), more


def _page(
    store: Store, running: Running, instant: dt.datetime, count: Count, derived: Iterable[Facts], limit: int,
    after: str | None,
) -> tuple[tuple[Line, ...], bool]:  # fmt: skip
    """The lines to show of a campaign that was counted without reading it, and whether others follow them."""
    if not count.selected:
        return (), False
    rows = _from(store, running, derived, after)
    lines = (line for line in _lines(running, rows, instant) if count.wanted.takes(line))
    shown = tuple(islice(lines, limit + 1))
    return shown[:limit], len(shown) > limit


def _from(store: Store, running: Running, derived: Iterable[Facts], after: str | None) -> Iterator[Facts]:
    """All assignments from behind `after`, those that nobody has written yet at the end."""
    beyond = after is not None and store.assignment(running.id, after) is None
    return itertools.chain(() if beyond else paged(store, running, after), _behind(derived, after if beyond else None))


PAGE = 1000
"""How many assignments are read at a time, where not all of them are wanted at once."""


def paged(store: Store, running: Running, after: str | None = None) -> Iterator[Facts]:
    """All assignments from behind `after`, in the order of the plan, some at a time."""
    page: list[Facts] = list(store.assignments(running.id, after=after, limit=PAGE))
    while page:
        yield from page
        page = list(store.assignments(running.id, after=page[-1].key, limit=PAGE)) if len(page) == PAGE else []


def each_line(
    store: Store, running: Running, now: dt.datetime, wanted: Filter = EVERYTHING, *, after: str | None = None
) -> Iterator[Line]:
    """Every line that the filter takes, one after the other, without holding them all; not narrowed to an agency."""
    instant = standstill(running, now)
    running, derived = ahead.look(store, running, instant)
    for line in _lines(running, _from(store, running, derived, after), instant):
        if wanted.takes(line):
            yield line


def _known(store: Store, running: Running, key: str, made: Iterable[Facts]) -> bool:
    return store.assignment(running.id, key) is not None or any(one.key == key for one in made)


def _behind(rows: Iterable[Facts], key: str | None) -> Iterator[Facts]:
    found = iter(rows)
    if key is not None:
        for one in found:
            if one.key == key:
                break
    return found
