"""CSV text (a roster of units, a register of contacts) made into rows of text, each cell with a position.

Spreadsheets differ: Excel in a Vietnamese locale separates by semicolons, others by commas or tabs, some begin with a
byte order mark. All are read. A column that nobody knows, a row with a cell too many and a quote left open are refused.

    >>> table = read_csv("id;name\\nbac-son;Bắc Sơn", file="roster.csv", required=("id", "name"), optional=("under",))
    >>> table.rows
    [{'id': 'bac-son', 'name': 'Bắc Sơn', 'under': ''}]
    >>> table.at(0, "name")
    Position(line=2, column=9)
"""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final
from unicodedata import is_normalized, normalize

from campaignflow.domain.collecting import collector_paused
from campaignflow.domain.findings import Finding, Rule, did_you_mean, register
from campaignflow.loading.positions import Position
from campaignflow.loading.reading import DEFAULT, Limits, Report, decode

__all__ = ["Table", "read_csv"]

CSV_RULES: Final = register(
    Rule(
        "csv-empty",
        "The table has no line of column names.",
        "Write the names in its first line: {columns}.",
        why="Columns are found by their names, not by their order.",
    ),
    Rule(
        "csv-syntax",
        "The row that begins here cannot be read: {problem}.",
        'Close every quote, and write a quote inside a quoted cell twice ("").',
        why="A quote left open swallows the rows after it.",
    ),
    Rule(
        "csv-column-unknown",
        "There is no column '{column}'.",
        "Rename or remove it; these are known: {columns}.",
        why="A column that does nothing is a fact lost, most often by a slip of the pen.",
    ),
    Rule(
        "csv-column-missing",
        "The column '{column}' is missing.",
        "Add it to the first line and fill it in every row.",
        why="Rows cannot be understood without it.",
    ),
    Rule(
        "csv-column-twice",
        "The column '{column}' is there twice.",
        "Remove or rename one of them.",
        why="It would be unclear which of them counts.",
    ),
    Rule(
        "csv-cells",
        "This row has {found} cells; the first line names {expected} columns.",
        "Put a cell that holds the separator '{separator}' in quotes, or add the cells that are missing.",
        why="Cells would slip under the wrong column.",
    ),
    Rule(
        "csv-too-many-rows",
        "The table has more than {limit} rows.",
        "Split the file.",
        why="Reading must end.",
    ),
)

_SEPARATORS: Final = (",", ";", "\t")
_LONGEST_CELL: Final = csv.field_size_limit()
_LINE = re.compile("[^\r\n]*(?:\r\n?|\n|$)")


class Table:
    """A table that was read.

    Attributes:
        file: its name.
        columns: the names in the first line, in their order; empty when that line cannot be used.
        rows: for each row, the text of every column that is known; a column that the file lacks is empty. Cells
            have no space around them and are in Unicode's NFC. Rows of empty cells are left out.
        findings: what is wrong, all errors; rows that broke a rule are not in `rows`.
    """

    __slots__ = (
        "_by_column", "_cells", "_lines", "_rows", "_starts", "_text", "absent", "columns", "file", "findings",
        "separator",
    )  # fmt: skip

    def __init__(self, file: str, text: str, separator: str, findings: list[Finding]) -> None:
        self.file = file
        self.separator = separator
        self.columns: tuple[str, ...] = ()
        #: The columns that are known and not in the file.
        self.absent: tuple[str, ...] = ()
        self.findings = findings
        self._text = text
        self._lines: list[str] | None = None
        #: For each row, its first line, counted from 0.
        self._starts: Sequence[int] = ()
        # The cells, as they came from the reader, and what was made of them when it was asked for.
        self._cells: Sequence[Sequence[str]] | None = ()
        self._by_column: list[Sequence[str]] | None = None
        self._rows: list[dict[str, str]] | None = None

    def take_rows(self, cells: Sequence[Sequence[str]], starts: Sequence[int]) -> None:
        """The rows, from the reader: the cells of each, and the line, counted from 0, in which it begins."""
        self._cells, self._starts, self._by_column = cells, starts, None

    def take_columns(self, columns: list[Sequence[str]]) -> None:
        """The rows, from the reader, column by column; each row is one line, the first of them the second line."""
        self._cells, self._starts, self._by_column = None, range(1, len(columns[0]) + 1), columns

    @property
    def cells(self) -> Sequence[Sequence[str]]:
        """For each row, the text of the file's columns, in their order."""
        if self._cells is None:
            self._cells = list(zip(*self._by_column or (), strict=True))
        return self._cells

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows by the names of their columns; made when they are first asked for."""
        if self._rows is None:
            names, padding = (*self.columns, *self.absent), ("",) * len(self.absent)
            self._rows = [dict(zip(names, (*row, *padding))) for row in self.cells]  # noqa: B905 -- equally long
        return self._rows

    def column(self, name: str) -> Sequence[str]:
        """The text of every row in one of the file's columns.

        Raises:
            ValueError: the file has no such column.
        """
        if self._by_column is None:
            self._by_column = list(zip(*self.cells, strict=True)) or [() for _ in self.columns]
        return self._by_column[self.columns.index(name)]

    @property
    def ok(self) -> bool:
        """Whether the table was read without a finding."""
        return not self.findings

    def at(self, row: int, column: str) -> Position:
        """Where a cell begins (its quote, if it has one); where the row begins, for a column that the file lacks.

        Computed when asked for, by reading the row's text again.

        Raises:
            IndexError: there is no such row.
        """
        cell = self.columns.index(column) if column in self.columns else 0
        return self.cell_at(self._starts[row], cell)

    def cell_at(self, line: int, cell: int) -> Position:
        """Where the cell of an index begins in the row whose first line, counted from 0, is `line`."""
        if self._lines is None:
            self._lines = _LINE.findall(self._text)
        return _cell_at(self._lines, line, cell, self.separator)


def read_csv(
    text: bytes | str, *, file: str, required: Sequence[str], optional: Sequence[str] = (), limits: Limits = DEFAULT
) -> Table:
    """Reads a table whose first line names its columns. Never raises because of the text.

    Args:
        text: the content of the file; bytes must be UTF-8. The separator is a comma, semicolon or tab: whichever
            makes more known columns of the first line.
        file: the file's name, for the findings.
        required: columns that must be there.
        optional: columns that may be there; any other is refused.
        limits: the caps.
    """
    report = Report(file, limits)
    table = Table(file, "", _SEPARATORS[0], report.findings)
    with report.collecting(), collector_paused():
        decoded = decode(text, report)
        known = (*required, *optional)
        table = Table(file, decoded, _separator(decoded, known), report.findings)
        _Reader(table, report, decoded).read(tuple(required), known)
    return table


class _Reader:
    """Reads one table; knows in which line the current row began."""

    def __init__(self, table: Table, report: Report, text: str) -> None:
        self.table = table
        self.report = report
        self.line = 0
        self._text = text
        self._clean: Callable[[str], str] = str.strip if is_normalized("NFC", text) else _clean

    def read(self, required: Sequence[str], known: Sequence[str]) -> None:
        columns = self._even_columns()
        rows = self._rows() if columns is None else iter([[column[0] for column in columns]])
        header = next(rows, None)
        if header is None:
            raise self.report.refusal("csv-empty", Position(1, 1), columns=known)
        if not self._check_header(header, required, known):
            return
        self.table.columns = tuple(header)
        self.table.absent = tuple(name for name in known if name not in header)
        if columns is None:
            self._read_rows(rows, len(header))
        else:
            self.table.take_columns([column[1:] for column in columns])

    def _even_columns(self) -> list[list[str]] | None:
        """The cells by column, cleaned, if nothing is quoted and every row is one line with a cell for each column.

        None where rows have to be looked at one by one. Most files of many rows need it of none.
        """
        text, separator = self._text, self.table.separator
        text = (text.replace("\r\n", "\n") if "\r" in text else text).removesuffix("\n")
        breaks, width = text.count("\n"), text.partition("\n")[0].count(separator) + 1
        if '"' in text or "\r" in text or breaks >= self.report.limits.rows:
            return None
        if text.count(separator) != (width - 1) * (breaks + 1):
            return None
        cells = text.replace("\n", f"{separator}\n{separator}").split(separator)  # line breaks as cells of their own
        if cells[width :: width + 1].count("\n") != breaks or max(map(len, cells)) > _LONGEST_CELL:
            return None
        columns = [list(map(self._clean, cells[cell :: width + 1])) for cell in range(width)]
        return columns if all(columns[0]) else None

    def _read_rows(self, rows: Iterator[list[str]], columns: int) -> None:
        """Keeps the rows that have a cell for each column of the file."""
        kept: list[list[str]] = []
        starts = array("Q")
        self.table.take_rows(kept, starts)
        for count, row in enumerate(rows):
            if count >= self.report.limits.rows:
                raise self._refusal("csv-too-many-rows", limit=self.report.limits.rows)
            if len(row) == columns:
                kept.append(row)
                starts.append(self.line)
            else:
                self._wrong_cells(row, columns)

    def _reader(self) -> Any:
        return csv.reader(io.StringIO(self._text, newline=""), delimiter=self.table.separator, strict=True)

    def _rows(self) -> Iterator[list[str]]:
        """Each row that is not empty, its cells cleaned; `self.line` is then the row's first line."""
        reader, clean = self._reader(), self._clean
        following = 0
        try:
            for row in reader:
                self.line, following = following, reader.line_num
                cells = list(map(clean, row))
                if any(cells):
                    yield cells
        except csv.Error as error:
            self.line = following
            raise self._refusal("csv-syntax", problem=str(error)) from None

    def _check_header(self, header: list[str], required: Sequence[str], known: Sequence[str]) -> bool:
        before = len(self.report.findings)
        for cell, name in enumerate(header):
            if name in islice(header, cell):
                self._found("csv-column-twice", cell, column=name)
            elif name not in known:
                guess = did_you_mean(name, [other for other in known if other not in header])
                self._found("csv-column-unknown", cell, column=name, columns=list(known), guess=guess)
        for name in required:
            if name not in header:
                self._found("csv-column-missing", 0, column=name)
        return len(self.report.findings) == before

    def _wrong_cells(self, row: list[str], expected: int) -> None:
        """Points at the first cell too many, or at the row when cells are missing."""
        cell = expected if len(row) > expected else 0
        separator = {"\t": "Tab"}.get(self.table.separator, self.table.separator)
        self._found("csv-cells", cell, found=len(row), expected=expected, separator=separator)

    def _found(self, code: str, cell: int, **data: Any) -> None:
        self.report.add(code, self.table.cell_at(self.line, cell), **data)

    def _refusal(self, code: str, **data: Any) -> Exception:
        return self.report.refusal(code, Position(self.line + 1, 1), **data)


def _clean(cell: str) -> str:
    return normalize("NFC", cell.strip())


def _separator(text: str, known: Sequence[str]) -> str:
    """The separator that makes the most known columns of the first line; a comma when none does."""
    first = text.lstrip().splitlines()[:1]

    def recognised(separator: str) -> int:
        return sum(name.strip(' "') in known for line in first for name in line.split(separator))

    return max(_SEPARATORS, key=recognised)


def _cell_at(lines: list[str], line: int, cell: int, separator: str) -> Position:
    """The position of a row's cell, by following quotes as the reader does: they count at the beginning of a cell."""
    column, quoted, begins = 0, False, True
    while cell and line < len(lines):
        text = lines[line]
        while cell and column < len(text):
            char = text[column]
            if char == separator and not quoted:
                cell -= 1
            elif char == '"' and (quoted or begins):
                quoted = not quoted
            begins = char == separator or (char == '"' and quoted)
            column += 1
        if cell:
            line, column = line + 1, 0
    return Position(line + 1, column + 1)
