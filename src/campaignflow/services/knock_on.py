"""What moving a date does to the consolidation above: whether its own date can still be kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from campaignflow.domain.deadlines import Deadline, last_day_within
from campaignflow.domain.duties import Duty, duty_key
from campaignflow.ports import Store
from campaignflow.services.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class KnockOn:
    """A consolidation and the reports it waits for, once a date has moved."""

    #: The duty that consolidates, and its title.
    duty: str
    title: str
    #: The agency that owes it, where that is one.
    agency: str | None = None
    #: How many days it takes once everything is in, and whether they are working days.
    takes: int = 0
    takes_working: bool = True
    #: The last working day on which the reports below may come in: before, and now.
    reports_until: dt.date
    before: dt.date | None
    #: When the consolidation can then be ready, and by when it is due; None where nobody set a date.
    ready: dt.date
    due: dt.date | None
    #: Working days between the two: negative if it comes too late.
    slack: int | None

    @property
    def too_late(self) -> bool:
        """Whether the consolidation cannot be on time any more."""
        return self.slack is not None and self.slack < 0


def knocks(
    store: Store, running: Running, after: Mapping[str, Duty], only: str | None = None,
    extended: Deadline | None = None,
) -> tuple[KnockOn, ...]:  # fmt: skip
    """The consolidations whose reports come in by another day than before.

    Args:
        store: where it is kept, asked who owes the consolidations.
        running: the campaign as it runs.
        after: its duties as they will be.
        only: a duty of which one assignment is to be extended, and `extended`, the deadline that it then has.
    """
    found = []
    for parent in after.values():
        if not parent.consolidates or parent.partner or parent.dropped is not None:
            continue
        if only is not None and only not in _children(parent, after):
            continue
        granted = extended.last_working_day if extended else None
        before = _latest(_reports(store, running, running.duties.get(parent.key, parent), running.duties))
        now = _latest((*_reports(store, running, parent, after), *([granted] if granted else [])))
        due = _last(parent)
        moved = now != before or due != _last(running.duties.get(parent.key, parent))
        if now is not None and moved:
            found.append(_knock(store, running, parent, before, now, due))
    return tuple(found)


def _knock(
    store: Store, running: Running, parent: Duty, before: dt.date | None, now: dt.date, due: dt.date | None
) -> KnockOn:
    calendar = running.calendar
    ready = now
    if parent.takes:
        ready = last_day_within(now, parent.takes, working=parent.takes_working, calendar=calendar)
    slack = None if due is None else calendar.between(ready, due)
    return KnockOn(
        duty=parent.key, title=parent.title, agency=_sole_agency(store, running, parent), takes=parent.takes,
        takes_working=parent.takes_working, reports_until=now, before=before, ready=ready, due=due, slack=slack,
    )  # fmt: skip


def _sole_agency(store: Store, running: Running, duty: Duty) -> str | None:
    owed = [facts.agency for facts in islice(store.assignments(running.id, duty=duty.key), 2)]
    return owed[0] if len(owed) == 1 else None


def _children(parent: Duty, duties: Mapping[str, Duty]) -> Iterator[str]:
    """The duties that a consolidation waits for: their share in its own period, else what they are whole."""
    for responsibility, _ in parent.consolidates:
        for key in (duty_key(responsibility, period=parent.period), responsibility):
            child = duties.get(key)
            if child is not None and child.dropped is None and _last(child) is not None:
                yield key
                break


def _reports(store: Store, running: Running, parent: Duty, duties: Mapping[str, Duty]) -> Iterator[dt.date]:
    """The last working days of what a consolidation waits for, extensions granted so far included."""
    for key in _children(parent, duties):
        for one in (duties[key], *_extended(store, running, duties[key])):
            day = _last(one)
            if day is not None:
                yield day


def _extended(store: Store, running: Running, child: Duty) -> Iterator[Duty]:
    """The duty as it is for those who were given an extension and are not through."""
    known = running.duties.get(child.key)
    if known is None:
        return
    states, as_it_will_be = running.table(known).states, replace(running, duties={child.key: child})
    for facts in store.assignments(running.id, duty=child.key):
        if facts.extended and not states[facts.state].final:
            yield as_it_will_be.duty_of(facts)


def _last(duty: Duty) -> dt.date | None:
    """The last working day for what a duty delivers; None where nobody is late by it."""
    if duty.report is not None and not duty.report.required:
        return None
    lines = (duty.deadlines.get(phase) for phase in ("reporting", "completed"))
    return next((line.last_working_day for line in lines if line and line.last_working_day), None)


def _latest(days: Iterator[dt.date] | tuple[dt.date, ...]) -> dt.date | None:
    return max(days, default=None)
