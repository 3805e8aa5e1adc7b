"""A lifecycle as a picture: the text of a Mermaid state diagram, drawn by `transitions` from the table."""

from __future__ import annotations

import json
from typing import Any

from transitions import State as MachineState
from transitions.extensions import GraphMachine

from campaignflow.domain.lifecycle import Step, Table

_ESCAPES = {'"': "#quot;", ";": "#59;", "\n": " "}
"""What would end a label in Mermaid, and what it reads instead."""


class _Node(MachineState):
    """A state that is drawn with words of its own."""

    def __init__(self, *args: Any, label: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label = label


class _Diagram(GraphMachine):
    """The machine that is drawn, with few colours: they print badly, and the words say it all."""

    state_cls = _Node


class _Nobody:
    """The model a diagram is drawn for: `transitions` draws for a model only."""


def to_mermaid(table: Table, *, language: str = "en", title: str | None = None, current: str | None = None) -> str:
    """The Mermaid text (`stateDiagram-v2`) of a lifecycle; equal tables give equal text.

    Args:
        table: the lifecycle.
        language: the language of the words; a state or step without words in it shows its name.
        title: stands above the picture; by default the lifecycle's name.
        current: the state to be marked as the one an assignment is in; by default none is.
    """
    model: Any = _Nobody()
    machine = _Diagram(
        model=model,
        states=[{"name": _id(name), "label": _text(state.label(language))} for name, state in table.states.items()],
        transitions=[_edge(step, language) for step in table.steps],
        initial=_id(table.initial),
        auto_transitions=False,
        graph_engine="mermaid",
        title="title: " + json.dumps(title or table.name, ensure_ascii=False),
    )
    graph = machine.model_graphs[id(model)]
    graph.reset_styling()
    if current is not None:
        graph.set_node_style(_id(current), "active")
    drawn = [line.rstrip() for line in str(graph.get_graph().draw(None)).splitlines()]
    ends = [f"  {_id(name)} --> [*]" for name, state in table.states.items() if state.final]
    return "\n".join([*drawn, *ends, ""])


def _edge(step: Step, language: str) -> dict[str, str]:
    words = _text(step.label(language))
    who = "" if not step.system else " ⏱" if "clock" in step.parties else " ⚙"
    return {"trigger": step.trigger, "source": _id(step.source), "dest": _id(step.target), "label": words + who}


def _id(name: str) -> str:
    """A state's name as Mermaid may have it: some words of its own, such as `end`, are names of states too."""
    return f"{name}_"


def _text(words: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in words)
