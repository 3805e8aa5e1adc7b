"""Who holds an assignment: the agency it was given to, or whoever stands for that agency now.

Three things move a duty without moving its key. A body that is not established yet has its duties held by the agency it
belongs to. An agency that has ended passes what is still open to its successor. A delegate (ủy quyền) acts for an
agency between two days; the duty stays the agency's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.services.running import Running

SUPERIOR = "superior"
"""As a receiver: the agency above the one that owes the report."""


def successor(running: Running, agency: str, today: dt.date) -> str:
    """Who stands for an agency on `today`: itself while it exists, else the one that took over, as far as that goes.

    For a body that is not established, or has ended without another in its place, stands the agency it belongs to.
    """
    following, seen = _following(running, agency, today), {agency}
    while following is not None:
        agency = following
        seen.add(agency)
        following = _following(running, agency, today)
        if following in seen:
            break
    return agency


def _following(running: Running, agency: str, today: dt.date) -> str | None:
    """Who stands for an agency at the next remove; None: it stands for itself."""
    row = running.agencies[agency]
    if row.host is None and row.until is None:
        return None  # as most
    ended = row.until is not None and row.until < today.isoformat()
    if row.host in running.agencies and not row.established:
        return row.host
    if ended and row.succeeded_by in running.agencies:
        return row.succeeded_by
    return row.host if ended and row.host in running.agencies else None


def holder(running: Running, facts: Facts, today: dt.date) -> str:
    """The agency that holds an assignment on `today`; what is over stays with whoever did it."""
    if not running.tables[running.duties[facts.duty].lifecycle].states[facts.state].final:
        return successor(running, facts.agency, today)
    row = running.agencies[facts.agency]
    return row.host if row.host and not row.established and row.host in running.agencies else facts.agency


def delegate(facts: Facts, today: dt.date) -> str | None:
    """Who acts for the holder on `today`, if the assignment is delegated then; both days are included."""
    if facts.delegate is None or facts.delegate_from is None or facts.delegate_until is None:
        return None
    return facts.delegate if facts.delegate_from <= today.isoformat() <= facts.delegate_until else None


def assignees(running: Running, facts: Facts, duty: Duty, today: dt.date) -> Iterator[str]:
    """The agencies that may take an assignee's steps: the holder, its delegate, those it shares the duty with, and for
    a body also the agency it belongs to, whose people answer for it."""
    yield holder(running, facts, today)
    acting = delegate(facts, today)
    if acting:
        yield acting
    yield from (successor(running, one, today) for one in duty.joint)
    host = running.agencies[facts.agency].host
    if host is not None and host in running.agencies:
        yield successor(running, host, today)


def receivers(running: Running, duty: Duty, agency: str, today: dt.date) -> tuple[str, ...]:
    """Who receives what an agency delivers for a duty: `superior` is the agency above it."""
    found = (above(running, agency) if one == SUPERIOR else one for one in duty.receivers)
    return tuple(successor(running, one, today) for one in found if one is not None and one in running.agencies)


def above(running: Running, agency: str) -> str | None:
    """The agency above another; above a body, that which is above the agency it belongs to."""
    row = running.agencies[agency]
    if row.host is not None and row.host in running.agencies:
        row = running.agencies[row.host]
    return row.superior


def standing_for(running: Running, agency: str, today: dt.date) -> tuple[str, ...]:
    """The agencies for which an agency stands on `today`: itself, the bodies that it is still the host of, and those
    that it took over from."""
    others = (key for key in running.agencies.moving() if key != agency)
    return (agency, *(key for key in others if successor(running, key, today) == agency))
