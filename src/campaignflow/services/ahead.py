"""What the clock would make and nobody has written yet: the next periods of recurring duties, for readers.

A tick before every write makes them for good. Whoever only reads sees them all the same.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from campaignflow.domain.assignments import Facts
from campaignflow.domain.clock import from_micros, to_micros
from campaignflow.ports import Store
from campaignflow.services.running import Running


def look(
    store: Store, running: Running, now: dt.datetime, *, until: int | None = None
) -> tuple[Running, tuple[Facts, ...]]:
    """The campaign with the periods that would have been made by `now`, and who owes something for them.

    Reads the plan's text only when such a period has begun. With `until`, by what was recorded until then.
    """
    due = running.upcoming()
    if running.closed is not None or due is None or due[0] > to_micros(now):
        return running, ()
    from campaignflow.domain.expansion import expand
    from campaignflow.services.occurrences import occurrences
    from campaignflow.services.revisions import stored_plan

    made = expand(
        stored_plan(store.revision(running.id, number=running.revision, whole=True)), calendar=running.calendar,
        tables=running.tables, happened=occurrences(store, running, until=until),
        now=from_micros(max(running.horizon, to_micros(now)), running.zone),
        since=from_micros(running.horizon, running.zone),
    )  # fmt: skip
    new = {duty.key: duty for duty in made.duties if duty.period and duty.key not in running.duties}
    owed = tuple(facts for facts in made.assignments if facts.duty in new)
    return replace(running, duties={**running.duties, **new}), owed
