"""The lock: from when on a report no longer enters the figures it was asked for.

One of three clocks, and not to be taken for the others. *Late* is the last moment of the deadline; *remind* counts from
its last working day; *lock* is when the consolidation above was sent. A report that comes after the lock is a
supplement: it is taken, judged by the late clock as any other, and said to be one.
"""

from __future__ import annotations

from campaignflow.domain.duties import Duty
from campaignflow.ports import Store
from campaignflow.services.running import Running


def is_locked(store: Store, running: Running, duty: Duty) -> bool:
    """Whether a report of this duty that came now would be a supplement."""
    if duty.report is None or duty.report.locks != "when_consolidated":
        return False
    above = (one for key in duty.consolidated_by for one in store.assignments(running.id, duty=key))
    return any(one.sent is not None for one in above)
