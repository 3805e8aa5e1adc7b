"""An assignment: one responsibility as owed by one agency. The unit that has a state.

Its facts are what the journal's events have made of it; `evolve` is the only way they change, so that replaying the
journal gives the stored row, fact by fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from campaignflow.domain.journal import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What has become of one assignment. Instants are microseconds since the epoch, UTC; dates are ISO text."""

    #: `responsibility/agency`.
    key: str
    duty: str
    agency: str
    state: str
    #: Counts the events that changed it: the ground of compare-and-set.
    version: int = 0
    #: Phases that passed without word from the assignee.
    presumed: tuple[str, ...] = ()
    #: When the own plan was registered.
    registered: int | None = None
    #: When the report now before the receiver was sent.
    sent: int | None = None
    #: The instant that decides between on time and late: `sent`, or that of the timely report it revises.
    counted: int | None = None
    #: Until when a returned report may be answered and still count as on time.
    returned_until: int | None = None
    #: The day promised for what is late.
    promised: str | None = None
    acknowledged: int | None = None
    nil: bool = False
    #: When it was completed.
    done: int | None = None
    #: Parts ticked.
    parts: tuple[str, ...] = ()
    #: Counts changes of its deadline.
    due_version: int = 0
    #: Counts undos.
    notice_epoch: int = 0


INSTANTS = frozenset({"registered", "sent", "counted", "returned_until", "acknowledged", "done"})
"""The facts that are instants."""

_VALUES = attrgetter(*Facts.__slots__)
_TAKEN_OVER = ("registered", "sent", "counted", "returned_until", "nil", "done")


def evolve(facts: Facts, event: Event) -> Facts:
    """The facts after `event`. Total: an event of a kind that says nothing of an assignment leaves it as it is."""
    change = _CHANGES.get(event.kind)
    if change is None:
        return facts
    before = dict(zip(Facts.__slots__, _VALUES(facts), strict=True))  # `dataclasses.replace` takes three times as long
    return Facts(**{**before, "version": facts.version + 1, **change(facts, event.data)})


def _step(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    taken = {name: data[name] for name in _TAKEN_OVER if name in data}
    presumed = [phase for phase in facts.presumed if phase not in data.get("confirmed", ())]
    presumed += [phase for phase in data.get("presumed", ()) if phase not in presumed]
    return {"state": data["to"], "presumed": tuple(presumed), **taken}


def _part(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    others = tuple(part for part in facts.parts if part != data["part"])
    return {"parts": (*others, data["part"]) if data["ticked"] else others}


def _acknowledged(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"acknowledged": data["acknowledged"], "promised": data.get("promised", facts.promised)}


def _due_changed(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"due_version": facts.due_version + 1}


_CHANGES = {
    "step": _step,
    "clock": _step,
    "part": _part,
    "acknowledged": _acknowledged,
    "event": _due_changed,
}
