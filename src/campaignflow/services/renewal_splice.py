"""A text with a few stretches of it replaced, and where everything else has come to stand.

>>> spliced = Spliced("a: 2020\\nb: 2020", [Edit(start=0, end=0, new="# year\\n"), Edit(start=3, end=7, new="2021")])
>>> spliced.text
'# year\\na: 2021\\nb: 2020'
>>> spliced.position(11)
(3, 4)
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Protocol

Path = tuple[str | int, ...]
"""Keys and indexes from the top of a plan."""

_LINE_BREAK: Final = re.compile("\r\n?|\n")
_COMMA: Final = re.compile(r"\s*,[ \t]*")
_COMMENT: Final = re.compile(r"[ \t]*#[^\r\n]*")


class Placed(Protocol):
    """A value of a plan with its place in the text; `loading.renewing.Piece` is one."""

    @property
    def path(self) -> Path:
        """Its keys and indexes from the top."""

    @property
    def value(self) -> str:
        """Its text as the reader gives it; empty for a list or a mapping."""

    @property
    def start(self) -> int:
        """The offset at which it begins."""

    @property
    def end(self) -> int:
        """The offset after its last character."""

    @property
    def key(self) -> int | None:
        """The offset at which its key begins; None for an item of a list."""

    @property
    def flow(self) -> bool:
        """Whether the mapping or list that holds it is written with brackets."""

    @property
    def collection(self) -> bool:
        """Whether it is a list or a mapping."""

    @property
    def alias(self) -> bool:
        """Whether the text repeats another value here by its name."""


class Outlined(Protocol):
    """A plan's text, piece by piece; `loading.renewing.Outline` is one."""

    @property
    def text(self) -> str:
        """The text that the offsets count in."""

    @property
    def pieces(self) -> Sequence[Placed]:
        """Its values in the order of the text."""

    @property
    def scalars(self) -> Sequence[tuple[int, int]]:
        """Where keys and single values begin and end, in the order of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A stretch of a text and what takes its place.

    Attributes:
        start: the offset at which it begins.
        end: the offset after it; the same as `start` where something is put in.
        new: what stands there then.
        shifts: the path of the value that is moved to another year; None for every other change.
    """

    start: int
    end: int
    new: str
    shifts: Path | None = None


def begin(entry: Placed) -> int:
    """Where an entry begins, its key included."""
    return entry.start if entry.key is None else entry.key


class Layout:
    """A plan's text as it is laid out: makes edits that look as if its author had made them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._break = "\r\n" if "\r\n" in text else "\n"

    def value(self, piece: Placed, new: str, *, shifts: Path | None = None) -> Edit:
        """Another value in a value's place, within its quotes."""
        at = -1 if piece.alias or not piece.value else self.text.find(piece.value, piece.start, piece.end)
        start, end = (piece.start, piece.end) if at < 0 else (at, at + len(piece.value))
        return Edit(start=start, end=end, new=new, shifts=shifts)

    def entry_before(self, entry: Placed, key: str, value: str) -> Edit:
        """A new entry before another, written as that one is."""
        start = begin(entry)
        quote = self.text[start] if self.text[start] in "\"'" else ""
        gap = ", " if entry.flow else self._break + self._indent(start)
        return Edit(start=start, end=start, new=f"{quote}{key}{quote}: {quote}{value}{quote}{gap}")

    def without(self, entry: Placed, comment: str, section: Placed) -> list[Edit]:
        """Takes an entry out; a comment stands in its place, or above its section where it has no line of its own."""
        if not entry.flow:
            return [Edit(start=begin(entry), end=self._past(_COMMENT, entry.end), new=comment)]
        line = self.line_start(begin(section))
        return [
            Edit(start=begin(entry), end=self._past(_COMMA, entry.end), new=""),
            Edit(start=line, end=line, new=comment + self._break),
        ]

    def instead(self, entry: Placed, new: str) -> Edit:
        """Another entry, or none, in place of one, which stays as a comment where it has lines of its own."""
        start, old = begin(entry), self.text[begin(entry) : entry.end]
        if entry.flow:
            return Edit(start=start, end=entry.end if new else self._past(_COMMA, entry.end), new=new)
        lines = [*(f"# {line.strip()}" for line in old.splitlines()), *([new] if new else [])]
        return Edit(start=start, end=entry.end, new=(self._break + self._indent(start)).join(lines))

    def line_start(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def _indent(self, offset: int) -> str:
        return self.text[self.line_start(offset) : offset]

    def _past(self, pattern: re.Pattern[str], offset: int) -> int:
        found = pattern.match(self.text, offset)
        return found.end() if found else offset


class Spliced:
    """A text after its edits, of which no two may overlap.

    Attributes:
        text: the new text.
        edits: what was done, in the order of the text.
    """

    def __init__(self, text: str, edits: Iterable[Edit]) -> None:
        self.edits = sorted(edits, key=lambda edit: (edit.start, edit.end))
        pieces, done = [], 0
        for edit in self.edits:
            assert edit.start >= done, "edits do not overlap"
            pieces += [text[done : edit.start], edit.new]
            done = edit.end
        self.text = "".join([*pieces, text[done:]])
        self._ends = [edit.end for edit in self.edits]
        self._grown = [0, *accumulate(len(edit.new) - (edit.end - edit.start) for edit in self.edits)]
        self._lines = [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the column, both from 1, of what stood at an offset; where it was replaced, of what did so."""
        before = bisect_right(self._ends, offset)
        inside = before < len(self.edits) and self.edits[before].start <= offset
        return self.at((self.edits[before].start if inside else offset) + self._grown[before])

    def begun(self, number: int) -> tuple[int, int]:
        """The line and the column, both from 1, at which the new text of an edit begins."""
        return self.at(self.edits[number].start + self._grown[number])

    def at(self, offset: int) -> tuple[int, int]:
        """The line and the column, both from 1, of an offset in the new text."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1
