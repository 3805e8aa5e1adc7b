"""The lock: from when on a report no longer enters the figures it was asked for.

One of three clocks, and not to be taken for the others. *Late* is the last moment of the deadline; *remind* counts from
its last working day; *lock* is when the consolidation above was sent. A report that comes after the lock is a
supplement: it is taken, judged by the late clock as any other, and said to be one.
"""

from __future__ import annotations

from collections.abc import Iterator

from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty, duty_key
from campaignflow.ports import Store
from campaignflow.services.running import Running


def is_locked(store: Store, running: Running, facts: Facts) -> bool:
    """Whether a report of this assignment that came now would be a supplement."""
    duty = running.duties[facts.duty]
    if duty.report is None or duty.report.locks != "when_consolidated":
        return False
    return any(one.sent is not None for one in consolidations(store, running, facts))


def consolidations(store: Store, running: Running, facts: Facts) -> Iterator[Facts]:
    """The assignments whose report is computed from this one's: of the same period, and where each puts together what
    its own subordinates report, that of the agency above."""
    duty = running.duties[facts.duty]
    for parent in parents(running, duty):
        if dict(parent.consolidates).get(duty.responsibility, "all") == "all":
            yield from store.assignments(running.id, duty=parent.key)
            continue
        above = set(superiors(running, facts.agency))
        bodies = {key for key, row in running.agencies.moving().items() if row.host in above}
        for agency in sorted(above | bodies):
            yield from store.assignments(running.id, agency=agency, duty=parent.key)


def parents(running: Running, duty: Duty) -> Iterator[Duty]:
    """The duties that put together the reports of this one: those of its period, and those that do not recur."""
    for responsibility in duty.consolidated_by:
        keys = dict.fromkeys((duty_key(responsibility, period=duty.period), responsibility))
        yield from (running.duties[key] for key in keys if key in running.duties)


def superiors(running: Running, agency: str) -> Iterator[str]:
    """The agencies above another, the nearest first; an agency that is a body stands under the one it belongs to."""
    seen = {agency}
    current = running.agencies[agency].superior
    while current is not None and current in running.agencies and current not in seen:
        yield current
        seen.add(current)
        current = running.agencies[current].superior
