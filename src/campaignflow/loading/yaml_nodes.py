"""Where each value of a YAML text begins and ends: what splicing needs and the plan's data does not keep.

Built from the parser's events by a loop of our own, for texts that `parse_yaml` has read without a finding: depth and
size are within its caps then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

#: The `kind` of a node.
SCALAR: Final = "scalar"
MAPPING: Final = "mapping"
LIST: Final = "list"
ALIAS: Final = "alias"


@dataclass(slots=True)
class Node:
    """A value in the text.

    Attributes:
        kind: scalar, mapping, list or alias.
        start: the offset at which it begins, an anchor or tag before it included.
        end: the offset behind its last character; comments and empty lines after it do not belong to it.
        flow: whether it is written in brackets or braces.
        style: of a scalar, what it is quoted by, `|`, `>`, or nothing.
        value: of a scalar, its text as the parser gives it.
        keys: of a mapping, its keys in order.
        items: of a mapping, the values of these keys; of a list, its items.
    """

    kind: str
    start: int
    end: int
    flow: bool = False
    style: str = ""
    value: str = ""
    keys: list[Node] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    def numbers(self) -> dict[str, int]:
        """Which of its keys each key is."""
        return {key.value: number for number, key in enumerate(self.keys)}


def nodes_of(text: str) -> Node:
    """The node at the top of a text, which has one document and no byte order mark."""
    stack: list[tuple[Node, list[Node]]] = []
    top: list[Node] = []
    gathered = top
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, CollectionEndEvent):
            node, inner = stack.pop()
            _close(node, inner, event)
            gathered = stack[-1][1] if stack else top
        elif isinstance(event, MappingStartEvent | SequenceStartEvent | ScalarEvent | AliasEvent):
            node = _node(event, text)
            gathered.append(node)
            if node.kind in (MAPPING, LIST):
                gathered = []
                stack.append((node, gathered))
    return top[0]


def _node(event: Any, text: str) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, ScalarEvent):
        style = event.style or ""
        if style in ("|", ">"):
            end = start + len(text[start:end].rstrip(" \t\r\n"))
        return Node(SCALAR, start, end, style=style, value=event.value)
    if isinstance(event, AliasEvent):
        return Node(ALIAS, start, end)
    kind = MAPPING if isinstance(event, MappingStartEvent) else LIST
    return Node(kind, start, end, flow=bool(event.flow_style))


def _close(node: Node, inner: list[Node], event: Any) -> None:
    if node.kind == MAPPING:
        node.keys, node.items = inner[::2], inner[1::2]
    else:
        node.items = inner
    node.end = event.end_mark.index if node.flow or not inner else inner[-1].end
