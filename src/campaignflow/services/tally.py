"""Counting where assignments stand without reading each of them.

The store counts what is alike (`ports.Bucket`). Where a bucket stands is judged once, for all of it; only what was
decided, sent or done at one time or another stands otherwise before its deadline than after it, and the store tells how
many are on which side. What has terms of its own is judged one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.domain.lifecycle import PHASES, State
from campaignflow.domain.standing import STANDINGS, Judge, Standing
from campaignflow.ports import Bucket, Store
from campaignflow.services.running import Running

if TYPE_CHECKING:
    from campaignflow.services.status import Line

Alike = tuple[str, str, tuple[str, ...], tuple[str, ...]]
"""What a verdict depends on: duty, state, phases presumed, steps of the clock undone."""


Cells = Counter[tuple[str, str]]
"""How many assignments are in each phase and standing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which assignments to show. Totals and rates are of the whole campaign, or of the agency: a list of what is
    overdue says how many that is of all."""

    agency: str | None = None
    overdue: bool = False
    #: Only what is due within so many calendar days, or overdue.
    due_within: int | None = None

    def takes(self, line: Line | Judged) -> bool:
        """Whether the line is to be shown."""
        if self.overdue and line.standing.standing != "overdue":
            return False
        left = line.standing.days_left
        return self.due_within is None or (left is not None and left <= self.due_within and not line.state.final)


EVERYTHING = Filter()
"""The filter that takes every assignment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many assignments are in each phase and standing."""

    assignments: int
    by_phase: dict[str, int]
    by_standing: dict[str, int]

    @classmethod
    def of(cls, cells: Cells) -> Totals:
        """The totals of what was counted; every phase and standing is there, at 0 if it must be."""
        by_phase, by_standing = dict.fromkeys(PHASES, 0), dict.fromkeys(STANDINGS, 0)
        for (phase, standing), size in cells.items():
            by_phase[phase] = by_phase.get(phase, 0) + size
            by_standing[standing] += size
        return cls(assignments=cells.total(), by_phase=by_phase, by_standing=by_standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The totals of the assignments that share an agency, a responsibility, a phase or a region."""

    group: str
    label: str
    totals: Totals


GROUPINGS: dict[str, Callable[[Line | Judged], str]] = {
    "agency": lambda line: getattr(line, "agency", ""),
    "responsibility": lambda line: line.duty.responsibility,
    "phase": lambda line: line.state.phase,
    "region": lambda line: line.region or "",
}
"""What `--by` groups by; what is judged together has no agency, so these are counted apart."""


class Judged(NamedTuple):
    """So many assignments of a duty that stand alike."""

    duty: Duty
    state: State
    standing: Standing
    region: str | None
    size: int


class Verdict(NamedTuple):
    """Where assignments stand that are alike."""

    duty: Duty
    #: The state once the clock has done its work, and the phases presumed then.
    state: State
    presumed: tuple[str, ...]
    standing: Standing


class Bench:
    """Judges assignments that are alike once, at one instant."""

    def __init__(self, running: Running, judge: Judge) -> None:
        self.running, self.judge = running, judge
        self._moments: dict[Alike, int | None] = {}
        self._verdicts: dict[tuple[Alike, bool | None], Verdict] = {}

    def moment(self, alike: Alike) -> int | None:
        """The instant (microseconds, UTC) before which what was decided stands otherwise than after; None: none."""
        if alike not in self._moments:
            facts = self.running.settled(_probe(alike, None), self.judge.now)
            duty = self.running.duties[facts.duty]
            self._moments[alike] = self.judge.decisive(facts, duty, self.running.table(duty))
        return self._moments[alike]

    def verdict(self, alike: Alike, decided: int | None) -> Verdict:
        """Where what is alike stands, decided at that instant or not yet."""
        moment = self.moment(alike)
        before = None if decided is None else moment is None or decided < moment
        place = (alike, before)
        if place not in self._verdicts:
            self._verdicts[place] = self._judge(_probe(alike, decided))
        return self._verdicts[place]

    def _judge(self, facts: Facts) -> Verdict:
        facts = self.running.settled(facts, self.judge.now)
        duty = self.running.duties[facts.duty]
        table = self.running.table(duty)
        return Verdict(duty, table.states[facts.state], facts.presumed, self.judge.judge(facts, duty, table))


def _probe(alike: Alike, decided: int | None) -> Facts:
    duty, state, presumed, blocked = alike
    return Facts(
        key="", duty=duty, agency="", state=state, presumed=presumed, blocked=blocked, counted=decided, done=decided
    )


def judged(store: Store, running: Running, judge: Judge) -> Iterator[Judged]:
    """Every assignment without terms of its own, counted by where it stands: by duty in the order of the plan."""
    bench = Bench(running, judge)
    for bucket in store.buckets(running.id):
        alike = (bucket.duty, bucket.state, bucket.presumed, bucket.blocked)
        for decided, size in _sides(store, running, bucket, bench.moment(alike)):
            verdict = bench.verdict(alike, decided)
            yield Judged(verdict.duty, verdict.state, verdict.standing, bucket.region, size)


def _sides(store: Store, running: Running, bucket: Bucket, moment: int | None) -> Iterable[tuple[int | None, int]]:
    """How many of a bucket are not decided, were before a moment, and since then; each with an instant of it."""
    found: list[tuple[int | None, int]] = []
    if bucket.size > bucket.decided:
        found.append((None, bucket.size - bucket.decided))
    earliest, latest = bucket.earliest, bucket.latest
    if earliest is None or latest is None:
        return found
    if moment is None or latest < moment or earliest >= moment:
        return [*found, (earliest, bucket.decided)]
    before = store.decided_before(running.id, bucket, moment)
    return [*found, (earliest, before), (latest, bucket.decided - before)]


class Count:
    """Counts where assignments stand: all of them into the totals, those that a filter takes into groups too."""

    def __init__(self, wanted: Filter, by: str | None) -> None:
        self.wanted, self.by = wanted, by
        #: How many the filter takes.
        self.selected = 0
        self._cells: Cells = Counter()
        self._groups: dict[str, Cells] = {}

    @property
    def totals(self) -> Totals:
        """The totals of everything counted."""
        return Totals.of(self._cells)

    def line(self, line: Line) -> bool:
        """Counts one assignment; whether the filter takes it."""
        return self._add(line, 1, GROUPINGS[self.by](line) if self.by else None)

    def stored(self, store: Store, running: Running, judge: Judge) -> None:
        """Counts every assignment without terms of its own, as the store counts them."""
        if self.by == "agency":
            self._by_agency(store, running, judge)
            return
        group = GROUPINGS[self.by] if self.by else None
        for alike in judged(store, running, judge):
            self._add(alike, alike.size, group(alike) if group else None)

    def _by_agency(self, store: Store, running: Running, judge: Judge) -> None:
        bench = Bench(running, judge)
        for agency, duty, state, presumed, blocked, decided in store.by_agency(running.id):
            verdict = bench.verdict((duty, state, presumed, blocked), decided)
            self._add(Judged(verdict.duty, verdict.state, verdict.standing, None, 1), 1, agency)

    def _add(self, line: Line | Judged, size: int, group: str | None) -> bool:
        cell = (line.state.phase, line.standing.standing)
        self._cells[cell] += size
        if not self.wanted.takes(line):
            return False
        self.selected += size
        if group is not None:
            self._groups.setdefault(group, Counter())[cell] += size
        return True

    def groups(self, running: Running, after: str | None, limit: int | None) -> tuple[tuple[Group, ...], bool]:
        """The groups behind `after`, at most `limit`, and whether others follow: agencies and regions in the order of
        the roster, phases in their own, responsibilities in that of the plan."""
        names = self._in_order(running)
        start = names.index(after) + 1 if after in names else 0
        shown = names[start:] if limit is None else names[start : start + limit]
        groups = tuple(
            Group(group=name, label=self._label(running, name), totals=Totals.of(self._groups[name])) for name in shown
        )
        return groups, start + len(shown) < len(names)

    def _in_order(self, running: Running) -> list[str]:
        if self.by == "phase":
            return [phase for phase in PHASES if phase in self._groups]
        if self.by == "responsibility":
            names = dict.fromkeys(duty.responsibility for duty in running.duties.values())
            return [name for name in names if name in self._groups]
        return [*running.agencies.in_order(self._groups), *(() if "" not in self._groups else ("",))]

    def _label(self, running: Running, name: str) -> str:
        if self.by == "responsibility":
            return next(duty.title for duty in running.duties.values() if duty.responsibility == name)
        return running.agencies[name].name if self.by in ("agency", "region") and name else name
