"""A lifecycle as a table: the states an assignment can be in and the steps between them.

A lifecycle is written as text (`lifecycles/*.yaml`, or `lifecycles:` of a plan), compiled once by
`domain.lifecycle_text` and stored with the revision. From then on the program reads this table and nothing else: a
step is one look into a dictionary, and neither pydantic nor `transitions` is imported to take it.

Every instant in here is an aware `datetime`. Nothing asks what time it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

PHASES = ("drafting", "opening", "running", "summarizing", "reporting", "completed")
"""What every state belongs to, in the order in which a campaign passes through them."""

PEOPLE = ("assignee", "receiver", "inspector", "coordinator")
"""The parties that are people: whom a step can be offered to."""

MACHINERY = ("clock", "dispatch", "system")
"""The parties that are not: the clock, the dispatch of a report that nobody accepts by hand, the program itself."""

PARTIES = PEOPLE + MACHINERY

NEEDS = ("document", "reason")
"""What a step can refuse to go without."""

CARRIES = ("own_plan", "report")
"""What the document given with a step can be."""

EXEMPTED = "exempted"
"""The state of an assignment that was let off; the same name in every lifecycle."""

CANCELLED = "cancelled"
"""The state of an assignment that an amendment of the plan took away; the same name in every lifecycle."""

PERIOD_MOMENTS = ("period.begins", "period.first_day_ends", "period.ends")

MOMENTS = PERIOD_MOMENTS + tuple(f"{phase}.{edge}" for phase in PHASES for edge in ("begins", "ends"))
"""Every moment that a clock step can wait for."""

Lookup = Callable[[str], datetime | None]
"""Gives the instant of a moment by its name; None where the plan has no such moment."""

Labels = tuple[tuple[str, str], ...]
"""Words for people, as pairs of language and words."""


def _label(labels: Labels, language: str, otherwise: str) -> str:
    return next((words for code, words in labels if code == language), otherwise)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state of a lifecycle."""

    #: Its name, unique in the lifecycle.
    name: str
    #: The phase it belongs to, one of `PHASES`.
    phase: str
    #: Whether the work is over: no step leaves it, only an undo does.
    final: bool = False
    #: Words for people.
    labels: Labels = ()

    def label(self, language: str) -> str:
        """Its words in a language, else its name."""
        return _label(self.labels, language, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One allowed step: from one state, by one trigger, to one state."""

    #: The name by which the step is asked for.
    trigger: str
    #: The state it leaves.
    source: str
    #: The state it enters; the same as `source` for a step that only records something.
    target: str
    #: Who may take it, out of `PARTIES`.
    parties: frozenset[str]
    #: What has to be given with it, out of `NEEDS`.
    needs: tuple[str, ...] = ()
    #: The guards that must allow it, by their names in `domain.guards`.
    guards: tuple[str, ...] = ()
    #: The phases it takes for granted: nobody has said that they were held.
    presumes: tuple[str, ...] = ()
    #: The phases it confirms: what was presumed of them before no longer is.
    confirms: tuple[str, ...] = ()
    #: For a step of the clock, the moments it waits for: the first that the plan has.
    moments: tuple[str, ...] = ()
    #: What a document given with it is, out of `CARRIES`; empty when it is just a document.
    carries: str = ""
    #: Words for people.
    labels: Labels = ()

    @property
    def system(self) -> bool:
        """Whether no person may take it, so that it is never offered to one."""
        return self.parties.isdisjoint(PEOPLE)

    @property
    def stays(self) -> bool:
        """Whether it leaves the assignment in its state and only records something."""
        return self.source == self.target

    def label(self, language: str) -> str:
        """Its words in a language, else its trigger."""
        return _label(self.labels, language, self.trigger)

    def moment(self, lookup: Lookup) -> datetime | None:
        """The instant at which the clock takes it: the first of its moments that the plan has."""
        return next((instant for name in self.moments if (instant := lookup(name)) is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A lifecycle, compiled.

    Tables are equal when all they hold is equal, in the same order; `to_json` gives the same text for equal tables.
    """

    #: The lifecycle's name.
    name: str
    #: The state in which an assignment begins.
    initial: str
    #: The states by name, in the order of the text.
    states: dict[str, State] = field(hash=False)
    #: All steps, by state in the order of `states`, then in the order in which the text first names their triggers.
    steps: tuple[Step, ...]
    _by_state: dict[str, tuple[Step, ...]] = field(init=False, repr=False, compare=False)
    _by_trigger: dict[tuple[str, str], Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_state: dict[str, list[Step]] = {name: [] for name in self.states}
        for step in self.steps:
            by_state[step.source].append(step)
        object.__setattr__(self, "_by_state", {name: tuple(steps) for name, steps in by_state.items()})
        object.__setattr__(self, "_by_trigger", {(step.source, step.trigger): step for step in self.steps})

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases that this lifecycle passes through, in the order of `PHASES`."""
        present = {state.phase for state in self.states.values()}
        return tuple(phase for phase in PHASES if phase in present)

    def step(self, state: str, trigger: str) -> Step | None:
        """The step that a trigger takes from a state; None if it takes none."""
        return self._by_trigger.get((state, trigger))

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """All steps that leave a state or record something in it, in the order of `steps`."""
        return self._by_state.get(state, ())

    def offered(self, state: str, parties: Collection[str] = PEOPLE) -> tuple[Step, ...]:
        """The steps from a state that someone who is one of these parties may take; never one of the machinery's."""
        asked = frozenset(parties).intersection(PEOPLE)
        return tuple(step for step in self.steps_from(state) if not step.parties.isdisjoint(asked))

    def clock_steps(self, state: str) -> tuple[Step, ...]:
        """The steps that the clock takes from a state."""
        return tuple(step for step in self.steps_from(state) if "clock" in step.parties)

    def to_json(self) -> str:
        """The table as compact JSON, the same bytes for equal tables: what a revision stores."""
        document = {
            "initial": self.initial,
            "name": self.name,
            "states": [_state_to_data(state) for state in self.states.values()],
            "steps": [_step_to_data(step) for step in self.steps],
        }
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Table:
        """The table that `to_json` wrote."""
        document = json.loads(text)
        states = [_state_from_data(data) for data in document["states"]]
        return cls(
            name=document["name"],
            initial=document["initial"],
            states={state.name: state for state in states},
            steps=tuple(_step_from_data(data) for data in document["steps"]),
        )


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty, so that the stored text holds only what the lifecycle says."""
    return {key: value for key, value in data.items() if value}


def _state_to_data(state: State) -> dict[str, Any]:
    return _filled({"name": state.name, "phase": state.phase, "final": state.final, "labels": state.labels})


def _state_from_data(data: Mapping[str, Any]) -> State:
    return State(
        name=data["name"],
        phase=data["phase"],
        final=data.get("final", False),
        labels=_labels_from_data(data),
    )


def _step_to_data(step: Step) -> dict[str, Any]:
    return _filled(
        {
            "trigger": step.trigger,
            "from": step.source,
            "to": step.target,
            "by": [party for party in PARTIES if party in step.parties],
            "needs": step.needs,
            "guards": step.guards,
            "presumes": step.presumes,
            "confirms": step.confirms,
            "when": step.moments,
            "carries": step.carries,
            "labels": step.labels,
        }
    )


def _step_from_data(data: Mapping[str, Any]) -> Step:
    return Step(
        trigger=data["trigger"],
        source=data["from"],
        target=data["to"],
        parties=frozenset(data["by"]),
        needs=tuple(data.get("needs", ())),
        guards=tuple(data.get("guards", ())),
        presumes=tuple(data.get("presumes", ())),
        confirms=tuple(data.get("confirms", ())),
        moments=tuple(data.get("when", ())),
        carries=data.get("carries", ""),
        labels=_labels_from_data(data),
    )


def _labels_from_data(data: Mapping[str, Any]) -> Labels:
    return tuple((language, words) for language, words in data.get("labels", ()))


class HasWindow(Protocol):
    """What a moment asks of a deadline: `domain.deadlines.Deadline` is one."""

    @property
    def opens(self) -> datetime | None:
        """The first instant of its window, for a deadline `on` a day, `during` a window or `after` an event."""

    @property
    def last_moment(self) -> datetime | None:
        """The first instant that is too late."""


def moment_of(
    name: str,
    deadlines: Mapping[str, HasWindow],
    *,
    period_begins: datetime | None,
    period_first_day_ends: datetime | None,
    period_ends: datetime | None,
) -> datetime | None:
    """The instant of a moment, or None where the plan has none.

    Args:
        name: one of `MOMENTS`.
        deadlines: the assignment's deadlines by phase; `<phase>.begins` is when one opens, `<phase>.ends` its last
            moment.
        period_begins: the first instant of the campaign's period.
        period_first_day_ends: the first instant after the period's first day.
        period_ends: the first instant after the period.

    Raises:
        ValueError: there is no moment of this name.
    """
    if name not in MOMENTS:
        raise ValueError(f"no such moment: {name}")
    period = dict(zip(PERIOD_MOMENTS, (period_begins, period_first_day_ends, period_ends), strict=True))
    if name in period:
        return period[name]
    phase, _, edge = name.partition(".")
    deadline = deadlines.get(phase)
    if deadline is None:
        return None
    return deadline.opens if edge == "begins" else deadline.last_moment


def next_clock(
    table: Table, state: str, lookup: Lookup, *, blocked: Collection[str] = ()
) -> tuple[datetime, Step] | None:
    """The next step that the clock will take from a state, and when; None if it will take none.

    Args:
        table: the lifecycle.
        state: the state the assignment is in.
        lookup: gives the instant of a moment.
        blocked: triggers that must not fire, because someone undid them.
    """
    waiting = [
        (instant, step)
        for step in table.clock_steps(state)
        if step.trigger not in blocked and (instant := step.moment(lookup)) is not None
    ]
    return min(waiting, key=lambda pair: pair[0], default=None)


def clock_path(
    table: Table, state: str, lookup: Lookup, now: datetime, *, blocked: Collection[str] = ()
) -> tuple[tuple[datetime, Step], ...]:
    """The steps that the clock has to take from a state up to and including `now`, one after the other.

    A step cannot happen before the one it follows: where its own moment is earlier (an opening that ends before the
    period begins), it gets the moment of the step before. Lifecycles in which the clock would run in a circle are
    refused when they are read, so the path ends.
    """
    path: list[tuple[datetime, Step]] = []
    while len(path) < len(table.states):
        following = next_clock(table, state, lookup, blocked=blocked)
        if following is None or following[0] > now:
            break
        instant, step = following
        path.append((max(instant, path[-1][0]) if path else instant, step))
        state = step.target
    return tuple(path)
