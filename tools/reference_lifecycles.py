"""The reference of the shipped lifecycles: tables and diagrams, made from the compiled tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import yaml

from campaignflow.domain.guards import GUARDS
from campaignflow.domain.lifecycle import MOMENTS, PARTIES, PHASES, Step, Table
from campaignflow.domain.lifecycle_compile import compile_lifecycle
from campaignflow.domain.lifecycle_diagram import to_mermaid
from campaignflow.domain.lifecycle_text import LifecycleText
from campaignflow.lifecycles import SHIPPED, shipped_text

PAGE = "reference/lifecycles.md"

_OPENING = """\
# Lifecycles

A lifecycle is what a duty goes through. Three are shipped; a plan may define its own under `lifecycles`. Which one a
duty follows is decided by its role unless it names one: `lead` follows `organize`, `consolidate` follows `consolidate`,
every other role follows `task`.

Each state belongs to a phase:
{phases}.
A deadline under `due: {{opening: …}}` means that the phase *opening* is finished by then.

A step is taken by somebody: the assignee, the receiver of its report, an inspector, the coordinator; or by the clock at
the first of its moments that the plan has, by the dispatch where a receiver is outside the system, by the program as
the consequence of another step. The coordinator may enter an assignee's step; the journal then names the agency it was
entered for (`on_behalf_of`).

A step that skips a phase *presumes* it: nobody has said that it was held. A later step may say it after all and
*confirms* it. From every state that is not final the coordinator may also `exempt`, with a
reason; `cancel` is the program's, for a duty that a later text of the plan drops.

The one a district goes through, without what is rare:

![organize, from drafting to completed: the clock's steps below, the report's ways above.](../images/organize.svg)

Below each table is the whole diagram as Mermaid text (`stateDiagram-v2`), to be pasted where it is drawn; ⏱ marks steps
of the clock, ⚙ those of the program.
"""

_GUARDS = """\
## Guards

A guard is a named condition. A lifecycle can ask for these and no others; a name that is not here is refused when the
plan is checked.

| guard | the step is allowed when |
| --- | --- |
"""

_MOMENTS = """\
## Moments

What a step of the clock can wait for: {moments}. The moments of a phase come from its deadline: where it begins (`on`,
`during`, `after`), and the first instant that is too late.
"""


def render() -> str:
    """The page, in Markdown."""
    parts = [_OPENING.format(phases=_list(PHASES))]
    for name in SHIPPED:
        text = LifecycleText.model_validate(yaml.load(shipped_text(name), Loader=yaml.BaseLoader))
        parts += _lifecycle(compile_lifecycle(name, text))
    parts.append(_GUARDS + "\n".join(f"| `{guard.name}` | {guard.doc} |" for guard in GUARDS.values()) + "\n")
    return "\n".join([*parts, _MOMENTS.format(moments=_list(MOMENTS))])


def _lifecycle(table: Table) -> Iterator[str]:
    yield f"## `{table.name}`\n"
    yield "| state | phase | in words | Vietnamese |\n| --- | --- | --- | --- |"
    for state in table.states.values():
        final = " (final)" if state.final else ""
        yield f"| `{state.name}`{final} | {state.phase} | {state.label('en')} | {state.label('vi')} |"
    yield "\n| step | from | to | by | asks for, and what it says |\n| --- | --- | --- | --- | --- |"
    for alike in _alike(step for step in table.steps if step.trigger not in ("exempt", "cancel")):
        yield _row(alike)
    yield f"\n```text\n{to_mermaid(table).strip()}\n```\n"


def _alike(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Steps that differ only in the state they leave, together, in the order of the lifecycle."""
    order: dict[str, int] = {}
    kept = list(steps)
    for step in kept:
        order.setdefault(step.trigger, len(order))
    ordered = sorted(kept, key=lambda step: order[step.trigger])
    for _, group in groupby(ordered, key=lambda step: (step.trigger, _to(step), _who(step), _says(step))):
        yield list(group)


def _row(alike: list[Step]) -> str:
    first = alike[0]
    left = ", ".join(step.source for step in alike)
    return f"| `{first.trigger}` | {left} | {_to(first)} | {_who(first)} | {_says(first)} |"


def _to(step: Step) -> str:
    return "*(stays)*" if step.stays else step.target


def _who(step: Step) -> str:
    return ", ".join(party for party in PARTIES if party in step.parties)


def _says(step: Step) -> str:
    """What the step asks for and what follows from it, as a person reads it."""
    lists = [("at", step.moments), ("needs a", step.needs), ("guard", step.guards)]
    lists += [("presumes", step.presumes), ("confirms", step.confirms)]
    words = [f"{name} {_list(values)}" for name, values in lists if values]
    if step.carries:
        words.append(f"its document is the {step.carries.replace('_', ' ')}")
    return "; ".join(words)


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
