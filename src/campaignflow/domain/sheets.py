"""Tables as they come out of a spreadsheet or a CSV file: cells that know where they stand.

A workbook's cell is named as people name it, `ke-hoach.xlsx:Đơn vị!C7`; a cell of a CSV file by line and column.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from campaignflow.domain.findings import Finding

_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell whose content is not taken: a formula, an error value.

    Attributes:
        code: the rule that says why.
        data: the fields of its sentences.
    """

    code: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


Raw: TypeAlias = str | int | float | bool | dt.date | dt.datetime | dt.time | Unusable | None
"""What a cell holds. Text is in Unicode's NFC, with no space around it; an empty cell is None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in one cell, and where it is."""

    value: Raw = None
    #: `ke-hoach.xlsx:Đơn vị!C7`, or the name of a CSV file.
    file: str
    line: int | None = None
    column: int | None = None

    def finding(self, code: str, **data: Any) -> Finding:
        """A finding about this cell."""
        return Finding.of(code, **data).located(self.file, self.line, self.column)

    @property
    def place(self) -> str:
        """Where it is, as a finding would say it."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One sheet of a workbook: its cells that are not empty.

    Attributes:
        file: the workbook's name.
        title: the sheet's.
        rows: by row, then by column, both counted from 1, in rising order.
    """

    file: str
    title: str
    rows: Mapping[int, Mapping[int, Raw]]

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a row and a column, empty or not."""
        place = f"{self.file}:{self.title}!{column_letters(column)}{row}"
        return Cell(value=self.rows.get(row, {}).get(column), file=place)


def column_letters(number: int) -> str:
    """A column's letters, counted from 1.

    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def by_title(grids: Iterable[Grid]) -> dict[str, Grid]:
    """The sheets by their titles, as people compare them: without case and without space around."""
    return {grid.title.strip().casefold(): grid for grid in grids}


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether none of the cells holds anything."""
    return all(cell.value is None for cell in cells)
