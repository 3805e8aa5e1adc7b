"""Plain data that remembers where it was written: mappings and lists whose keys and values have positions.

A position is kept as one number in an array (8 bytes), and becomes a `Position` only when somebody asks: of ten
thousand agencies that are right, nobody does.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence as AnySequence
from itertools import islice
from typing import Any, NamedTuple

_COLUMN_BITS = 32
_COLUMN_MASK = (1 << _COLUMN_BITS) - 1
#: How pydantic ends a path that means the key of a mapping, not its value.
_KEY_STEP = "[key]"


class Position(NamedTuple):
    """A place in a text. Lines and columns count from 1; columns count characters."""

    line: int
    column: int


def pack(line: int, column: int) -> int:
    """A line and a column, both counted from 0, as one number."""
    return line << _COLUMN_BITS | column


def unpack(packed: int) -> Position:
    """The position of a packed number.

    >>> unpack(pack(2, 0))
    Position(line=3, column=1)
    """
    return Position((packed >> _COLUMN_BITS) + 1, (packed & _COLUMN_MASK) + 1)


class Mapping(dict[str, Any]):
    """A mapping read from a text; equal to the plain dict of the same items.

    Its keys are text in the order of the file; its values are text, `Mapping` or `Sequence`. Positions belong to what
    was read: a key added later has none.
    """

    __slots__ = ("_index", "marks", "packed")

    def __init__(self, packed: int = 0) -> None:
        self.packed = packed
        #: For each key in order: the packed position of the key, then of its value.
        self.marks = array("Q")
        self._index: dict[str, int] = {}

    @property
    def start(self) -> Position:
        """Where the mapping begins."""
        return unpack(self.packed)

    def key_at(self, key: str) -> Position:
        """Where a key stands.

        Raises:
            KeyError: there is no such key.
        """
        return unpack(self.marks[2 * self._ordinal(key)])

    def value_at(self, key: str) -> Position:
        """Where the value of a key begins (an alias: where the alias stands).

        Raises:
            KeyError: there is no such key.
        """
        return unpack(self.marks[2 * self._ordinal(key) + 1])

    def _ordinal(self, key: str) -> int:
        index = self._index
        known = len(index)
        if known < len(self):
            index.update((new, number) for number, new in enumerate(islice(self, known, None), known))
        return index[key]


class Sequence(list[Any]):
    """A list read from a text; equal to the plain list of the same items, each text, `Mapping` or `Sequence`."""

    __slots__ = ("marks", "packed")

    def __init__(self, packed: int = 0) -> None:
        self.packed = packed
        #: The packed position of each item.
        self.marks = array("Q")

    @property
    def start(self) -> Position:
        """Where the list begins."""
        return unpack(self.packed)

    def at(self, index: int) -> Position:
        """Where the item of an index begins.

        Raises:
            IndexError: there is no such item.
        """
        return unpack(self.marks[index])


def locate(root: Mapping | Sequence, path: AnySequence[str | int], *, key: bool = False) -> Position:
    """The deepest known position along a path, such as the `loc` of a pydantic error.

    A step that does not exist is passed over: a missing key gives the position of the mapping that lacks it, and the
    steps that pydantic adds for the branches of a union do no harm.

    Args:
        root: what was read.
        path: keys and indexes from the top; a last step `[key]` means the key itself.
        key: whether to give the position of the last key instead of its value's.
    """
    if path and path[-1] == _KEY_STEP:
        path, key = path[:-1], True
    node: Any = root
    here = root.start
    for depth, step in enumerate(path, 1):
        if isinstance(node, Mapping) and isinstance(step, str) and step in node:
            here = node.key_at(step) if key and depth == len(path) else node.value_at(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node):
            here = node.at(step)
        else:
            continue
        node = node[step]
    return here
