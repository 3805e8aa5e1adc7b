"""From the text of a lifecycle to its table.

The definition in between is a `transitions` machine, built once per lifecycle, without a model and without automatic
transitions. It is what is checked and what is compiled; no step is ever taken on it. A machine for each assignment
would cost a thousand times the memory of a row of the table, and each step some twenty times the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from transitions import Machine, Transition

from campaignflow.domain.findings import Finding, Severity, did_you_mean
from campaignflow.domain.guards import GUARDS, Guard
from campaignflow.domain.lifecycle import (
    CANCELLED,
    EXEMPTED,
    MOMENTS,
    PARTIES,
    PHASES,
    Labels,
    State,
    Step,
    Table,
)
from campaignflow.domain.lifecycle_text import (
    SAME,
    SKIPPED,
    UNFINISHED,
    LifecycleText,
    StateText,
    StepText,
    Words,
)
from campaignflow.errors import CampaignflowError


class BrokenLifecycle(CampaignflowError):
    """A lifecycle was compiled that `check` refuses.

    Attributes:
        findings: what is wrong with it.
    """

    code = "broken-lifecycle"
    message = "The lifecycle {name} cannot be used: {codes}."
    cure = "Run `campaignflow check`, which says what is wrong and where."

    def __init__(self, name: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(name=name, codes=", ".join(dict.fromkeys(found.code for found in findings)))
        self.findings = findings


class Row(Transition):
    """A step of the machine.

    Attributes:
        left: the state it leaves.
        entered: the state it enters.
        row: the row of the text it comes from.
    """

    def __init__(self, source: str, dest: str, conditions: Any = None, *others: Any, row: int) -> None:
        super().__init__(source, dest, conditions, *others)
        self.left, self.entered, self.row = source, dest, row


class Definition(Machine):
    """A lifecycle as a machine."""

    transition_cls = Row


MOST_NAMES = 50
"""How many wrong names of one lifecycle are said at once: to look for what was meant takes time."""

IMPLICIT: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("exempt", EXEMPTED, {"by": "coordinator", "needs": "reason"}),
    ("cancel", CANCELLED, {"by": "system"}),
)
"""The triggers that every lifecycle has, with the state they lead to: the coordinator exempts, an amendment cancels."""

IMPLICIT_WORDS = {
    EXEMPTED: Words(vi="Được miễn", en="Exempted"),
    CANCELLED: Words(vi="Đã hủy", en="Cancelled"),
    "exempt": Words(vi="Miễn thực hiện", en="Exempt"),
    "cancel": Words(vi="Hủy nhiệm vụ", en="Cancel"),
}


def compile_lifecycle(name: str, text: LifecycleText, *, guards: Mapping[str, Guard] = GUARDS) -> Table:
    """The table of a lifecycle.

    Raises:
        BrokenLifecycle: `check` finds an error in it.
    """
    errors = tuple(found for found in check(text, guards=guards) if found.severity is Severity.error)
    if errors:
        raise BrokenLifecycle(name, errors)
    whole = _complete(text)
    machine = _machine(whole, guards)
    return Table(
        name=name,
        initial=text.initial,
        states={state: _state(state, whole) for state in machine.states},
        steps=tuple(
            _step(trigger, row, whole)
            for state in machine.states
            for trigger in machine.get_triggers(state)
            for row in machine.events[trigger].transitions[state]
            if isinstance(row, Row)
        ),
    )


def check(text: LifecycleText, *, guards: Mapping[str, Guard] = GUARDS) -> tuple[Finding, ...]:
    """What is wrong with a lifecycle: first the names, and once they are right, where the steps lead.

    Returns:
        Findings whose paths begin at the top of the lifecycle; of wrong names the first `MOST_NAMES`.
    """
    found = [*islice(_wrong_names(text, guards), MOST_NAMES), *_wrong_states(text), *_wrong_moments(text)]
    if not found:
        found = [*_wrong_rows(text), *_wrong_graph(text, _machine(_complete(text), guards))]
    return (*found, *_wrong_labels(text))


def _complete(text: LifecycleText) -> LifecycleText:
    """With the steps that every lifecycle has, unless the text has its own."""
    triggers = {row.trigger for row in text.transitions}
    states, rows = dict(text.states), list(text.transitions)
    for trigger, state, more in IMPLICIT:
        if trigger not in triggers:
            states.setdefault(state, StateText.model_validate({"phase": "completed", "final": "true"}))
            row = {"trigger": trigger, "from": UNFINISHED, "to": state, **more}
            rows.append(StepText.model_validate(row))
    return text.model_copy(update={"states": states, "transitions": tuple(rows)})


def _sources(row: StepText, text: LifecycleText) -> list[str]:
    """The states a row leaves, as often as it names them."""
    unfinished = [name for name, state in text.states.items() if not state.final]
    return [state for name in row.from_ for state in (unfinished if name == UNFINISHED else [name])]


def _machine(text: LifecycleText, guards: Mapping[str, Guard]) -> Definition:
    """The machine of a text whose names are right.

    Guards go in as functions: a string would be taken by `transitions` for the name of something to import and call.
    """
    machine = Definition(
        model=None,
        states=[{"name": name, "final": state.final} for name, state in text.states.items()],
        initial=text.initial,
        auto_transitions=False,
        send_event=True,
        model_attribute="_state",
    )
    for index, row in enumerate(text.transitions):
        target = machine.wildcard_same if row.to == SAME else row.to
        conditions = [guards[name].allows for name in row.guard]
        machine.add_transition(row.trigger, [*_sources(row, text)], target, [*conditions], row=index)
    return machine


def _labels(words: Words | None) -> Labels:
    said = words.model_dump(exclude_none=True) if words else {}
    return tuple(said.items())


def _state(name: str, text: LifecycleText) -> State:
    state = text.states[name]
    words = text.labels.states.get(name) or IMPLICIT_WORDS.get(name)
    return State(name=name, phase=state.phase, final=state.final, labels=_labels(words))


def _step(trigger: str, edge: Row, text: LifecycleText) -> Step:
    row = text.transitions[edge.row]
    words = text.labels.triggers.get(trigger) or IMPLICIT_WORDS.get(trigger)
    return Step(
        trigger=trigger,
        source=edge.left,
        target=edge.entered,
        parties=frozenset(row.by),
        needs=row.needs,
        guards=row.guard,
        presumes=_presumed(row, edge, text),
        confirms=row.confirms,
        moments=row.when,
        carries=row.carries or "",
        labels=_labels(words),
    )


def _presumed(row: StepText, edge: Row, text: LifecycleText) -> tuple[str, ...]:
    """The phases a step takes for granted, in the order of `PHASES`."""
    present = {state.phase for state in text.states.values()}
    left, entered = (PHASES.index(text.states[name].phase) for name in (edge.left, edge.entered))
    skipped = set(PHASES[left:entered]) & present if SKIPPED in row.presumes else set()
    return tuple(phase for phase in PHASES if phase in skipped.union(row.presumes))


def _unknown(
    code: str, path: tuple[str | int, ...], said: str | tuple[str, ...], known: Iterable[str]
) -> Iterator[Finding]:
    """A finding for each name that is not known; `path` is that of the one name or of the list of names."""
    choices = tuple(known)
    places = [(path, said)] if isinstance(said, str) else [((*path, index), name) for index, name in enumerate(said)]
    for place, name in places:
        if name not in choices:
            yield Finding.of(code, path=place, name=name, known=choices, guess=did_you_mean(name, choices))


def _wrong_names(text: LifecycleText, guards: Mapping[str, Guard]) -> Iterator[Finding]:
    """Names that stand for nothing."""
    states = tuple(text.states)
    yield from _unknown("initial-state-missing", ("initial",), text.initial, states)
    for name, state in text.states.items():
        yield from _unknown("unknown-lifecycle-phase", ("states", name, "phase"), state.phase, PHASES)
    for index, row in enumerate(text.transitions):
        path = ("transitions", index)
        yield from _unknown("unknown-state", (*path, "from"), row.from_, (*states, UNFINISHED))
        yield from _unknown("unknown-state", (*path, "to"), row.to, (*states, SAME))
        yield from _unknown("unknown-party", (*path, "by"), row.by, PARTIES)
        yield from _unknown("unknown-guard", (*path, "guard"), row.guard, guards)
        yield from _unknown("unknown-phase-moment", (*path, "when"), row.when, MOMENTS)
        yield from _unknown("unknown-lifecycle-phase", (*path, "presumes"), row.presumes, (*PHASES, SKIPPED))
        yield from _unknown("unknown-lifecycle-phase", (*path, "confirms"), row.confirms, PHASES)


def _wrong_states(text: LifecycleText) -> Iterator[Finding]:
    """States whose being final contradicts their phase or their name, or that are never final."""
    for name, state in text.states.items():
        path = ("states", name)
        if name in (EXEMPTED, CANCELLED) and not state.final:
            yield Finding.of("reserved-state", path=path, name=name)
        elif state.phase in PHASES and state.final != (state.phase == PHASES[-1]):
            said = {"name": name, "phase": state.phase, "final": str(state.final).lower()}
            yield Finding.of("final-state-phase", path=path, **said)
    if not any(state.final for name, state in text.states.items() if name not in (EXEMPTED, CANCELLED)):
        yield Finding.of("no-final-state", path=("states",))


def _wrong_moments(text: LifecycleText) -> Iterator[Finding]:
    """Steps of the clock without a moment, and the reverse."""
    for index, row in enumerate(text.transitions):
        path, data = ("transitions", index), {"trigger": row.trigger}
        if "clock" in row.by and not row.when:
            yield Finding.of("clock-without-moment", path=path, **data)
        if row.when and "clock" not in row.by:
            yield Finding.of("moment-without-clock", path=(*path, "when"), **data)


def _wrong_rows(text: LifecycleText) -> Iterator[Finding]:
    """Rows that leave a state which is over, say the same twice, or go back without a reason."""
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(text.transitions):
        path, rank = ("transitions", index), PHASES.index
        for name in _sources(row, text):
            data = {"trigger": row.trigger, "name": name}
            before, after = text.states[name].phase, text.states[name if row.to == SAME else row.to].phase
            if text.states[name].final:
                yield Finding.of("final-state-left", path=(*path, "from"), **data)
            if (name, row.trigger) in seen:
                yield Finding.of("duplicate-transition", path=path, **data)
            if rank(after) < rank(before) and "reason" not in row.needs:
                said = {"trigger": row.trigger, "phase": before, "name": after}
                yield Finding.of("phase-goes-back", path=(*path, "to"), **said)
            seen.add((name, row.trigger))


Edges = dict[str, set[str]]


def _edges(machine: Definition, counts: Callable[[Row], bool], *, backward: bool = False) -> Edges:
    """Where the machine's steps lead, by state."""
    edges: Edges = {name: set() for name in machine.states}
    for event in machine.events.values():
        for rows in event.transitions.values():
            for row in rows:
                if isinstance(row, Row) and counts(row):
                    start, end = (row.entered, row.left) if backward else (row.left, row.entered)
                    edges[start].add(end)
    return edges


def _reached(edges: Edges, starts: Iterable[str]) -> set[str]:
    """Every state that one or more steps lead to from one of the starts."""
    found: set[str] = set()
    queue = list(starts)
    while queue:
        new = edges[queue.pop()] - found
        found |= new
        queue.extend(new)
    return found


def _wrong_graph(text: LifecycleText, machine: Definition) -> Iterator[Finding]:
    """States that no step leads to, that lead nowhere, or that the clock would run around in.

    To be exempted or cancelled is no way to finish the work, so those steps do not count as an exit.
    """
    rows = text.transitions

    def own(row: Row) -> bool:
        return row.row < len(rows) and rows[row.row].to not in (EXEMPTED, CANCELLED)

    def clock(row: Row) -> bool:
        return row.row < len(rows) and "clock" in rows[row.row].by

    reached = _reached(_edges(machine, lambda row: True), [text.initial]) | {text.initial}
    ends = {name for name, state in text.states.items() if state.final}
    ending = _reached(_edges(machine, own, backward=True), ends) | ends
    by_clock = _edges(machine, clock)
    for name in text.states:
        path, data = ("states", name), {"name": name}
        if name not in reached:
            yield Finding.of("unreachable-state", path=path, **data)
        if name not in ending:
            yield Finding.of("state-without-exit", path=path, **data)
        if name in _reached(by_clock, [name]):
            yield Finding.of("clock-loop", path=path, **data)


def _wrong_labels(text: LifecycleText) -> Iterator[Finding]:
    """Words for a state or a trigger that the lifecycle does not have."""
    whole = _complete(text)
    triggers = {row.trigger for row in whole.transitions}
    kinds = (
        ("states", "state", text.labels.states, set(whole.states)),
        ("triggers", "trigger", text.labels.triggers, triggers),
    )
    for block, kind, words, known in kinds:
        for name in words:
            if name not in known:
                yield Finding.of("label-of-nothing", path=("labels", block, name), name=name, kind=kind)
