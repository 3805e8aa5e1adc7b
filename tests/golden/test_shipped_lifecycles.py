"""The shipped lifecycles, compiled: compared with the tables in `lifecycles/`, which are made to be read.

After a change that is meant, `WRITE_GOLDEN=1 pytest tests/golden` writes the tables anew; the difference is what to
review.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from campaignflow.domain.lifecycle import PARTIES, PEOPLE, Step, Table
from campaignflow.domain.lifecycle_compile import check, compile_lifecycle
from campaignflow.domain.lifecycle_text import LifecycleText
from campaignflow.lifecycles import SHIPPED, shipped_text

GOLDEN = Path(__file__).parent / "lifecycles"


def text_of(name: str) -> LifecycleText:
    return LifecycleText.model_validate(yaml.load(shipped_text(name), Loader=yaml.BaseLoader))


def aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def facts(step: Step) -> str:
    lists = [("when", step.moments), ("needs", step.needs), ("guard", step.guards)]
    lists += [("presumes", step.presumes), ("confirms", step.confirms), ("carries", (step.carries,))]
    return "; ".join(f"{name} {', '.join(values)}" for name, values in lists if any(values))


def as_text(table: Table) -> str:
    """A table as a person reads it."""
    states = [("state", "phase", "vi", "en")]
    states += [
        (state.name, state.phase + (" (final)" if state.final else ""), state.label("vi"), state.label("en"))
        for state in table.states.values()
    ]
    steps = [("from", "trigger", "to", "by", "")]
    steps += [
        (
            step.source,
            step.trigger,
            "=" if step.stays else step.target,
            ", ".join(party for party in PARTIES if party in step.parties),
            facts(step),
        )
        for step in table.steps
    ]
    return "\n".join([f"{table.name} begins in {table.initial}", "", *aligned(states), "", *aligned(steps), ""])


@pytest.mark.parametrize("name", SHIPPED)
def test_the_compiled_table_is_the_one_on_record(name):
    table = as_text(compile_lifecycle(name, text_of(name)))
    record = GOLDEN / f"{name}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        record.write_text(table, encoding="utf-8")
    assert table == record.read_text(encoding="utf-8")


def test_every_shipped_lifecycle_is_on_record_and_nothing_else():
    assert {path.stem for path in GOLDEN.iterdir()} == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_lifecycle_has_nothing_to_find_fault_with(name):
    assert check(text_of(name)) == ()


def reached(table: Table, start: str, taken: set[str]) -> set[str]:
    found, queue = {start}, [start]
    while queue:
        state = queue.pop()
        new = {step.target for step in table.steps_from(state) if step.trigger not in taken} - found
        found |= new
        queue.extend(new)
    return found


@pytest.mark.parametrize("name", SHIPPED)
def test_every_state_of_a_shipped_lifecycle_can_be_reached(name):
    table = compile_lifecycle(name, text_of(name))
    assert reached(table, table.initial, set()) == set(table.states)


@pytest.mark.parametrize("name", SHIPPED)
def test_from_every_unfinished_state_of_a_shipped_lifecycle_the_work_can_be_completed(name):
    """Without being exempted or cancelled, which is no completion."""
    table = compile_lifecycle(name, text_of(name))
    for state in table.states.values():
        if not state.final:
            assert "completed" in reached(table, state.name, {"exempt", "cancel"})


@pytest.mark.parametrize("name", SHIPPED)
def test_every_state_and_step_of_a_shipped_lifecycle_has_vietnamese_and_english_words(name):
    table = compile_lifecycle(name, text_of(name))
    for language in ("vi", "en"):
        assert all(language in dict(state.labels) for state in table.states.values())
        assert all(language in dict(step.labels) for step in table.steps)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_row_of_a_shipped_lifecycle_belongs_to_people_or_to_the_machinery(name):
    """But for acceptance, which an external receiver leaves to the dispatch."""
    table = compile_lifecycle(name, text_of(name))
    mixed = {step.trigger for step in table.steps if not step.system and not step.parties <= set(PEOPLE)}
    assert mixed == {"accept"}
