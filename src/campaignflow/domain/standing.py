"""Where an assignment stands, as officials count it, and the rates they print.

Two axes: done {on time, late} and not done {in time, due soon, overdue}. Outside them: what is not due yet, what has no
deadline or only an invited report, what was exempted or cancelled. The rates are those of national monitors: on time of
all done, and overdue of all.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from campaignflow.domain.assignments import Facts
from campaignflow.domain.clock import to_micros
from campaignflow.domain.deadlines import Deadline, days_left, working_days_left
from campaignflow.domain.duties import Duty
from campaignflow.domain.lifecycle import Table
from campaignflow.domain.workdays import WorkCalendar

DONE = ("done_on_time", "done_late")
NOT_DONE = ("in_time", "due_soon", "overdue", "not_due")
OUTSIDE = ("no_deadline", "exempt", "cancelled")
STANDINGS = (*DONE, *NOT_DONE, *OUTSIDE)
"""Every standing, in the order in which totals are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One assignment's place on the two axes at an instant."""

    standing: str
    due: Deadline | None = None
    #: Calendar days to the last day on time; 0 on it, negative after.
    days_left: int | None = None
    working_days_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges assignments at one instant: holds what is the same for all of them."""

    now: dt.datetime
    calendar: WorkCalendar
    #: At most so many working days left count as due soon.
    due_soon: int = 3

    @property
    def today(self) -> dt.date:
        """The local date of `now`, whose zone is the plan's."""
        return self.now.date()

    def judge(self, facts: Facts, duty: Duty, table: Table) -> Standing:
        """The standing of one assignment, whose clock steps up to `now` have been taken."""
        state = table.states[facts.state]
        if facts.state in ("exempted", "cancelled"):
            return Standing(standing="exempt" if facts.state == "exempted" else "cancelled")
        if state.final:
            return Standing(standing=_done(facts, duty))
        due = next(iter(self.unmet(facts, duty, table)), None)
        if due is None or not duty.in_rates:
            return Standing(standing="no_deadline")
        return self._against(due, facts, state.phase)

    def decisive(self, facts: Facts, duty: Duty, table: Table) -> int | None:
        """The instant (microseconds, UTC) that decides between on time and late: what was counted, or else done, before
        it stands otherwise than what was later. None: nothing depends on when it was.
        """
        over = table.states[facts.state].final
        line = _last(duty) if over else next(iter(self.unmet(facts, duty, table)), None)
        return to_micros(line.last_moment) if line is not None and line.last_moment is not None else None

    def unmet(self, facts: Facts, duty: Duty, table: Table) -> Iterator[Deadline]:
        """The deadlines of this and later phases that are still to be met, the earliest first; waiting ones last."""
        reached = table.phases.index(table.states[facts.state].phase)
        lines = [
            line
            for phase, line in duty.owed_deadlines()
            if line.kind != "none"
            and phase not in facts.presumed
            and _rank(phase, table) >= reached
            and not (line.missed == "presume" and line.passed(self.now))
        ]
        yield from sorted(lines, key=_order)

    def _against(self, due: Deadline, facts: Facts, phase: str) -> Standing:
        if due.last_moment is None:  # it waits for an event, or is open without an end
            return Standing(standing="not_due" if due.waiting else "no_deadline", due=due)
        left = days_left(due, self.today)
        working = working_days_left(due, self.today, self.calendar)
        return Standing(standing=self._running(due, facts, working), due=due, days_left=left, working_days_left=working)

    def _running(self, due: Deadline, facts: Facts, working: int | None) -> str:
        assert due.last_moment is not None
        if _sent_in_time(facts, due) and (facts.returned_until is None or to_micros(self.now) < facts.returned_until):
            return "in_time"
        if due.passed(self.now):
            return "overdue"
        if due.kind != "on" and not due.opened(self.now):
            return "not_due"
        return "due_soon" if working is not None and working <= self.due_soon else "in_time"


def _order(line: Deadline) -> float:
    """Deadlines by their last moments, as instants; those without one last."""
    return to_micros(line.last_moment) if line.last_moment else math.inf


def _rank(phase: str, table: Table) -> int:
    return table.phases.index(phase) if phase in table.phases else len(table.phases)


def _sent_in_time(facts: Facts, due: Deadline) -> bool:
    assert due.last_moment is not None
    return facts.counted is not None and facts.counted < to_micros(due.last_moment)


def _done(facts: Facts, duty: Duty) -> str:
    """Done is on time when what was finally accepted was sent before the last moment of the duty's last deadline.

    A deadline that presumes (`missed: presume`) is met by the acceptance itself: the report confirmed it.
    """
    last = _last(duty)
    if last is None or not duty.in_rates:
        return "no_deadline"
    moment = facts.counted if facts.counted is not None else facts.done
    assert last.last_moment is not None
    on_time = last.missed == "presume" or (moment is not None and moment < to_micros(last.last_moment))
    return "done_on_time" if on_time else "done_late"


def _last(duty: Duty) -> Deadline | None:
    """The last of a duty's deadlines that have a moment."""
    lines = (line for _, line in duty.owed_deadlines() if line.last_moment is not None)
    return max(lines, key=_order, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The two rates as national monitors print them; None where nothing could be divided by."""

    on_time_of_done: float | None
    overdue_of_all: float | None


def rates(by_standing: Mapping[str, int]) -> Rates:
    """On time of all done, and overdue of all that has a deadline (done, not done, not due yet)."""
    done = sum(by_standing.get(name, 0) for name in DONE)
    whole = done + sum(by_standing.get(name, 0) for name in NOT_DONE)
    return Rates(
        on_time_of_done=by_standing.get("done_on_time", 0) / done if done else None,
        overdue_of_all=by_standing.get("overdue", 0) / whole if whole else None,
    )


def count(names: Iterable[str], order: Iterable[str]) -> dict[str, int]:
    """How often each name occurs; every name of `order` is there, at 0 if it must be."""
    totals = dict.fromkeys(order, 0)
    for name in names:
        totals[name] = totals.get(name, 0) + 1
    return totals
