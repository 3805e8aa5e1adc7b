"""An assignment: one responsibility as owed by one agency. The unit that has a state.

Its facts are what the journal's events have made of it; `evolve` is the only way they change, so that replaying the
journal gives the stored row, fact by fact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from campaignflow.domain.journal import Event
from campaignflow.domain.lifecycle import CANCELLED


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
    #: The state in which it came to be.
    initial: str = ""
    #: The sequence of the event by which it came to be.
    born: int = 0
    #: When it was opened, of a duty on demand.
    opened: int | None = None
    #: Who acts for its agency (ủy quyền), and from which day to which, both included.
    delegate: str | None = None
    delegate_from: str | None = None
    delegate_until: str | None = None
    #: Last days granted by an extension: phase and date, both ends of a pair joined by `=`.
    extended: tuple[str, ...] = ()
    #: Steps of the clock that were undone and must not fire again from this state.
    blocked: tuple[str, ...] = ()
    #: The state that an amendment cancelled it in.
    resume: str | None = None

    @property
    def extensions(self) -> dict[str, dt.date]:
        """The last day granted for each phase, included."""
        pairs = (text.partition("=") for text in self.extended)
        return {phase: dt.date.fromisoformat(day) for phase, _, day in pairs}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Who owes one duty from the beginning: an assignment for each of the agencies."""

    responsibility: str
    #: The key of the duty.
    duty: str
    agencies: tuple[str, ...]
    #: The state in which they begin.
    initial: str
    #: What ends their keys: the period, or the number under which they were opened.
    ending: str | None = None

    def all_keys(self) -> list[str]:
        """The keys of the assignments, in the order of the agencies."""
        beginning, ending = f"{self.responsibility}/", f"/{self.ending}" if self.ending else ""
        return [f"{beginning}{agency}{ending}" for agency in self.agencies]

    def facts(self) -> Iterator[Facts]:
        """The assignments as they come to be."""
        for key, agency in zip(self.all_keys(), self.agencies, strict=True):
            yield Facts(key=key, duty=self.duty, agency=agency, state=self.initial, initial=self.initial)


INSTANTS = frozenset({"registered", "sent", "counted", "returned_until", "acknowledged", "done", "opened"})
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
    moved = data["to"] != facts.state
    return {"state": data["to"], "presumed": tuple(presumed), **({"blocked": ()} if moved else {}), **taken}


def _part(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    others = tuple(part for part in facts.parts if part != data["part"])
    return {"parts": (*others, data["part"]) if data["ticked"] else others}


def _acknowledged(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"acknowledged": data["acknowledged"], "promised": data.get("promised", facts.promised)}


def _opened(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"opened": data["opened"]}


def _extended(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    days = {**facts.extensions, data["phase"]: dt.date.fromisoformat(data["until"])}
    extended = tuple(f"{phase}={day.isoformat()}" for phase, day in days.items())
    return {"extended": extended, "promised": None, "due_version": facts.due_version + 1}


def _delegated(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"delegate": data["to"], "delegate_from": data["from"], "delegate_until": data["until"]}


UNDONE = ("state", "presumed", "registered", "sent", "counted", "returned_until", "nil", "done", "blocked")
"""What a step changes, and undoing it puts back."""


def _undone(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    restored = {name: tuple(value) if isinstance(value, list) else value for name, value in data["restores"].items()}
    return {**restored, "notice_epoch": facts.notice_epoch + 1}


def _amended(facts: Facts, data: Mapping[str, Any]) -> dict[str, Any]:
    if concerned(facts, data.get("cancelled")):
        return {"state": CANCELLED, "resume": facts.state}
    migrated = data.get("migrated", {})
    if concerned(facts, data.get("restored")):
        state = facts.resume or facts.initial
        return {"state": migrated.get(state, state), "resume": None}
    return {"state": migrated.get(facts.state, facts.state)}


def concerned(facts: Facts, whom: Mapping[str, Any] | list[str] | None) -> bool:
    """Whether an amendment means this assignment: by its key, or by the state it is in."""
    if whom is None:
        return False
    return facts.state in whom["states"] if isinstance(whom, Mapping) else facts.key in whom


_CHANGES = {
    "step": _step,
    "clock": _step,
    "part": _part,
    "acknowledged": _acknowledged,
    "opened": _opened,
    "extended": _extended,
    "delegated": _delegated,
    "undone": _undone,
    "amended": _amended,
}
