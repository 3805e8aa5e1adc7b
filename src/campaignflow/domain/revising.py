"""What a new expansion of a plan does to the duties that are there: which come, which change, which end.

A plan is expanded anew when it is amended and when an outside event is recorded. What was done is kept: a duty that the
plan no longer has is dropped and not deleted, and a period that is over stays as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter

from campaignflow.domain.clock import to_micros
from campaignflow.domain.duties import Duty


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRevised:
    """What becomes of one duty: `added`, `changed` or `dropped`."""

    kind: str
    duty: Duty
    #: Whether its deadlines are others, and whether its assignees have to acknowledge it anew.
    due: bool = False
    acknowledge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What makes the plan be expanded anew."""

    #: The number of the revision that runs from then on.
    revision: int
    #: When it was recorded: periods that have ended by then are over.
    at: dt.datetime
    #: The duties, by key, of which an amendment changes something that its assignees have to acknowledge.
    asks: Collection[str] = ()


def revised(before: Mapping[str, Duty], after: Mapping[str, Duty], cause: Cause) -> Iterator[DutyRevised]:
    """What becomes of each duty that does not stay as it is, in the order of the plan; dropped ones last."""
    for key, duty in after.items():
        known = before.get(key)
        if known is None:
            if not is_over(duty, cause.at):
                yield DutyRevised(kind="added", duty=duty)
        elif (change := _change(known, duty, cause)) is not None:
            yield change
    gone = [known for key, known in before.items() if key not in after and known.dropped is None]
    last = {known.responsibility: known for known in gone if is_over(known, cause.at) and not known.partner}
    for known in gone:
        if not is_over(known, cause.at):
            yield DutyRevised(kind="dropped", duty=replace(known, dropped=cause.revision))
        elif known.recurs and last.get(known.responsibility) is known:
            yield DutyRevised(kind="changed", duty=replace(known, recurs=False))  # no further period follows


def _change(known: Duty, duty: Duty, cause: Cause) -> DutyRevised | None:
    """What becomes of a duty that is there before and after; None if nothing does."""
    if is_over(known, cause.at):
        ends = replace(known, recurs=duty.recurs)  # whether a series goes on is no matter of the period that is over
        return None if ends == known else DutyRevised(kind="changed", duty=ends)
    same = replace(duty, due_version=known.due_version, amended=known.amended)
    if same == known:
        return None
    due = _moments(known) != _moments(duty)
    acknowledge = duty.key in cause.asks
    changed = replace(
        same,
        due_version=known.due_version + due,
        amended=to_micros(cause.at) if acknowledge else known.amended,
    )
    return DutyRevised(kind="changed", duty=changed, due=due, acknowledge=acknowledge)


def is_over(duty: Duty, at: dt.datetime) -> bool:
    """Whether it was owed for a period that has ended: no later text changes what was owed then."""
    ends = duty.span.ends if duty.span and duty.period else None
    return ends is not None and to_micros(ends) <= to_micros(at)


def over(before: Mapping[str, Duty], after: Mapping[str, Duty], at: dt.datetime) -> set[str]:
    """The keys of the duties for periods that have ended: those that are there stay as they were, and one that is not
    there is not made any more."""
    return {key for key, duty in {**after, **before}.items() if is_over(duty, at)}


def _moments(duty: Duty) -> dict[str, tuple[object, ...]]:
    return {phase: _MOMENTS(line) for phase, line in duty.deadlines.items()}


_MOMENTS = attrgetter(
    "opens", "last_moment", "last_working_day", "event", "days", "working", "roll", "missed", "counted"
)  # fmt: skip
"""What of a deadline decides when somebody is late, or reminded."""
