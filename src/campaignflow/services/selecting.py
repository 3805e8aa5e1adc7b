"""Choosing assignments by what they are, for a step that is taken of all of them: `advance --select FIELD=VALUE`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.domain.lifecycle import State
from campaignflow.domain.standing import Standing
from campaignflow.ports import Store
from campaignflow.services import ahead
from campaignflow.services.running import Running
from campaignflow.services.status import concerning, line_of, paged, standstill
from campaignflow.services.tally import Bench

FIELDS = ("agency", "responsibility", "period", "role", "region", "phase", "state", "standing")
"""What assignments can be chosen by."""


class _Seen(NamedTuple):
    """What of an assignment can be chosen by."""

    agency: str
    region: str | None
    duty: Duty
    state: State
    standing: Standing


_VALUES = {
    "agency": lambda one: one.agency,
    "responsibility": lambda one: one.duty.responsibility,
    "period": lambda one: one.duty.period,
    "role": lambda one: one.duty.role,
    "region": lambda one: one.region,
    "phase": lambda one: one.state.phase,
    "state": lambda one: one.state.name,
    "standing": lambda one: one.standing.standing,
}


def selected(store: Store, running: Running, now: dt.datetime, wanted: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The keys of the assignments that at `now` have every one of these values in these `FIELDS`, in the order of the
    plan. What the store can narrow is not read, and what is alike is judged once."""
    instant = standstill(running, now)
    rows = _narrowed(store, running, instant, dict(wanted))
    running, derived = ahead.look(store, running, instant)
    judge = running.judge(instant)
    bench, moving = Bench(running, judge), running.agencies.moving()

    def seen(facts: Facts) -> _Seen:
        if facts.extended or facts.opened is not None or facts.returned_until is not None or facts.agency in moving:
            line = line_of(running, facts, judge)
            return _Seen(line.agency, line.region, line.duty, line.state, line.standing)
        decided = facts.done if facts.counted is None else facts.counted
        verdict = bench.verdict((facts.duty, facts.state, facts.presumed, facts.blocked), decided)
        region = running.agencies[facts.agency].region
        return _Seen(facts.agency, region, verdict.duty, verdict.state, verdict.standing)

    for facts in chain(rows, derived):
        found = seen(facts)
        if all(_VALUES[field](found) == value for field, value in wanted):
            yield facts.key


def _narrowed(store: Store, running: Running, instant: dt.datetime, wanted: dict[str, str]) -> Iterable[Facts]:
    """The assignments among which those wanted are."""
    if "agency" in wanted:
        agency = wanted["agency"]
        return concerning(store, running, agency, instant) if agency in running.agencies else ()
    if "responsibility" in wanted:
        duties = [key for key, duty in running.duties.items() if duty.responsibility == wanted["responsibility"]]
        return chain.from_iterable(store.assignments(running.id, duty=key) for key in duties)
    return paged(store, running)
