"""Lifecycles as they are written: `lifecycles/*.yaml`, or `lifecycles:` of a plan.

This module types the text and lists what can be wrong with it. `domain.lifecycle_compile` checks it and makes the
table that the rest of the program reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Final, Literal

from pydantic import Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from campaignflow.domain.clock import shown
from campaignflow.domain.findings import Rule, Severity, register
from campaignflow.domain.guards import GUARDS
from campaignflow.domain.lifecycle import MOMENTS, PARTIES, PHASES
from campaignflow.domain.scalars import FromText, Line, Listed, ListOf, PlanBool, refuse
from campaignflow.domain.text import PlanText

UNFINISHED: Final = "unfinished"
"""As `from`: every state that is not final."""

SAME: Final = "same"
"""As `to`: the state the step leaves; it only records something."""

SKIPPED: Final = "skipped"
"""As `presumes`: the phases from that of the state left up to that of the state entered, the latter not included."""

_BAD_NAME: Final = "'{value}' cannot be the name of a state or a trigger."

RULES: Final = register(
    Rule(
        "bad-step-name",
        _BAD_NAME,
        "Use 1 to 40 lower-case letters a-z, digits and '_', a letter first; not 'unfinished' or 'same'.",
        why="Names of states and triggers are typed at the command line and stand in the journal for good.",
    ),
    Rule(
        "initial-state-missing",
        "The lifecycle begins in '{name}', which is not one of its states.",
        "Begin in one of: {known}.",
        why="An assignment is in a state from the moment it exists.",
    ),
    Rule(
        "unknown-state",
        "There is no state '{name}' in this lifecycle.",
        "Use one of: {known}; or define it under `states`.",
        why="A step leads from states of the lifecycle to one of them.",
    ),
    Rule(
        "unknown-lifecycle-phase",
        "There is no phase '{name}'.",
        "Use one of: {known}.",
        why="Status, deadlines and reminders speak of phases, which are the same for all lifecycles.",
    ),
    Rule(
        "unknown-party",
        "Nobody is called '{name}' here.",
        "Say who may take the step, out of: {known}.",
        why="A step that nobody may take, or that a misspelt party may take, would never be offered.",
    ),
    Rule(
        "unknown-guard",
        "There is no guard called '{name}'; a plan can name guards, it cannot bring code of its own.",
        "Use one of: {known}.",
        why="A name that were looked up as code would let a plan run anything.",
    ),
    Rule(
        "unknown-phase-moment",
        "The clock knows no moment called '{name}'.",
        "Use one of: {known}.",
        why="The clock waits for the period's moments and for those of the deadlines.",
    ),
    Rule(
        "clock-without-moment",
        "The clock shall take '{trigger}', but nothing says when.",
        "Add `when`, such as `when: period.ends`; or name a person under `by`.",
        why="The step would never happen by itself.",
    ),
    Rule(
        "moment-without-clock",
        "'{trigger}' has a moment (`when`), but the clock is not the one to take it.",
        "Give the clock a row of its own with `by: clock`, or take `when` out.",
        why="People are reminded by deadlines, not by moments; the words would do nothing.",
    ),
    Rule(
        "duplicate-transition",
        "'{trigger}' already leads somewhere from the state '{name}'.",
        "Keep one row for each state and trigger, or give the second trigger another name.",
        why="The same trigger in the same state must always do the same.",
    ),
    Rule(
        "no-final-state",
        "The lifecycle has no state in which the work is over.",
        "Mark one with `final: true`, such as `completed: {{phase: completed, final: true}}`.",
        why="An assignment that can never be done would count as open for ever.",
    ),
    Rule(
        "final-state-phase",
        "The state '{name}' is of phase {phase} and `final: {final}`: exactly the final states are of phase completed.",
        "Give a final state `phase: completed`, and every other state another phase.",
        why="What counts as done is read from both, so they must agree.",
    ),
    Rule(
        "final-state-left",
        "'{trigger}' leaves the final state '{name}'.",
        "Take the state out of `from`: what is over can only be undone.",
        why="A completed assignment may have been counted; going back is an undo, with its reason in the journal.",
    ),
    Rule(
        "reserved-state",
        "The state '{name}' means the same in every lifecycle and has to be final.",
        "Write `{name}: {{phase: completed, final: true}}`, or leave it out: it is added by itself.",
        why="Exempted and cancelled assignments stay outside the rates, whatever their lifecycle.",
    ),
    Rule(
        "unreachable-state",
        "No step leads to the state '{name}'.",
        "Add a row with `to: {name}`, or take the state out.",
        why="A state that nothing leads to is a slip, mostly a misspelt or forgotten row.",
    ),
    Rule(
        "state-without-exit",
        "From the state '{name}' no step leads to an end of the work.",
        "Add a row with `from: {name}`, or mark the state with `final: true` and `phase: completed`.",
        why="An assignment in it could only be exempted or cancelled.",
    ),
    Rule(
        "clock-loop",
        "The clock would never stop: its steps lead from '{name}' back to it.",
        "Let a person take one of the steps.",
        why="The clock takes every step whose moment has passed; in a circle it would take them without end.",
    ),
    Rule(
        "phase-goes-back",
        "'{trigger}' goes back from the phase {phase} to {name}, and asks for no reason.",
        "Add `needs: reason` if it is a return; else lead to a state of the same or a later phase.",
        why="Who is sent back should read why.",
        severity=Severity.warning,
    ),
    Rule(
        "label-of-nothing",
        "There are words for '{name}', which is no {kind} of this lifecycle.",
        "Correct the name, or take the words out.",
        why="The words would never be shown.",
        severity=Severity.warning,
    ),
)
"""What can be wrong with a lifecycle."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NAME_SCHEMA: Final = {"type": "string", "pattern": f"^{_NAME.pattern}$", "not": {"enum": [UNFINISHED, SAME]}}


def _name(value: object) -> str:
    if not isinstance(value, str):
        refuse("not-text")
    if not _NAME.fullmatch(value) or value in (UNFINISHED, SAME):
        raise PydanticCustomError("bad-step-name", _BAD_NAME, {"value": shown(value)})
    return value


Name = Annotated[str, FromText(_name, _NAME_SCHEMA)]
"""The name of a state or of a trigger."""


def _one_of(names: Iterable[str]) -> WithJsonSchema:
    """What an editor offers for a name. `check` looks it up, so that a wrong one is refused with the names it knows."""
    return WithJsonSchema({"enum": list(names)})


Phase = Annotated[Line, _one_of(PHASES)]
Party = Annotated[Line, _one_of(PARTIES)]
GuardName = Annotated[Line, _one_of(GUARDS)]
Moment = Annotated[Line, _one_of(MOMENTS)]
Presumed = Annotated[Line, _one_of((*PHASES, SKIPPED))]


class StateText(PlanText):
    """A state as written."""

    phase: Phase = Field(description="The phase it belongs to.")
    final: PlanBool = Field(default=False, description="The work is over in it; exactly the states of phase completed.")


class StepText(PlanText):
    """A row of the table as written: one step, from one state or several."""

    trigger: Name = Field(description="The name by which the step is asked for.")
    from_: Annotated[Listed[Line], Field(min_length=1, max_length=64)] = Field(
        alias="from", description="The states it leaves; `unfinished` for all not final."
    )
    to: Line = Field(description="The state it enters; `same` if it only records something.")
    by: Annotated[Listed[Party], Field(min_length=1)] = Field(description="Who may take it.")
    when: Listed[Moment] = Field(default=(), description="For the clock: moments; the first that the plan has counts.")
    needs: Listed[Literal["document", "reason"]] = Field(default=(), description="What it can't go without.")
    guard: Listed[GuardName] = Field(default=(), description="Named conditions, all of which must hold.")
    presumes: Listed[Presumed] = Field(
        default=(), description="Phases taken for granted; `skipped` for those passed over."
    )
    confirms: Listed[Phase] = Field(default=(), description="Phases that are presumed no longer once it is taken.")
    carries: Literal["own_plan", "report"] | None = Field(default=None, description="What its document is.")


class Words(PlanText):
    """What something is called in each language."""

    vi: Line | None = Field(default=None, description="In Vietnamese.")
    en: Line | None = Field(default=None, description="In English.")


class LabelsText(PlanText):
    """Words for people, in place of the names."""

    states: dict[Name, Words] = Field(default={}, description="Words for states.")
    triggers: dict[Name, Words] = Field(default={}, description="Words for triggers.")


class LifecycleText(PlanText):
    """A lifecycle as written: its states, and as the rows of a table the steps between them."""

    initial: Line = Field(description="The state in which an assignment begins.")
    states: Annotated[dict[Name, StateText], Field(min_length=1, max_length=64)] = Field(
        description="Its states, by name."
    )
    transitions: Annotated[ListOf[StepText], Field(max_length=256)] = Field(
        description="The steps between them, a row each."
    )
    labels: LabelsText = Field(default=LabelsText(), description="Words for people.")
