"""`transitions` as it is mostly used: one machine, and a model for each object, which gets the machine's methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from transitions import Machine

from peers.bare_sqlite import BareStore

_STATES = ["drafting", "opening", "running", "summarizing", "reporting", "submitted", "returned", "completed"]
_STEPS = [
    ("register", "drafting", "opening"),
    ("open", "opening", "running"),
    ("finish", "running", "summarizing"),
    ("summarize", "summarizing", "reporting"),
    ("submit", "reporting", "submitted"),
    ("return_report", "submitted", "returned"),
    ("accept", "submitted", "completed"),
]


class Assignment:
    """A model; `transitions` adds `state`, `register`, `may_register` …"""

    def __init__(self, number: int) -> None:
        self.number = number


class Machines:
    """So many models in their first state."""

    def __init__(self, rows: int) -> None:
        machine = Machine(model=None, states=_STATES, initial="drafting", auto_transitions=False)
        for trigger, source, target in _STEPS:
            machine.add_transition(trigger, source, target)
        self.models: list[Any] = [Assignment(number) for number in range(rows)]
        machine.add_model(self.models)

    def steps(self, numbers: Iterable[int]) -> None:
        """One step each, kept in memory only: nothing is checked of who may, nothing survives."""
        for number in numbers:
            self.models[number].register()

    def stored_steps(self, numbers: Iterable[int], store: BareStore) -> None:
        """The same, each written as the floor writes it."""
        for number in numbers:
            model = self.models[number]
            model.register()
            store.step(number, model.state)
