"""What a workbook that comes back says, sheet by sheet: values by column, every fault with its cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from campaignflow.domain.findings import Finding, Rule, Severity, did_you_mean, register
from campaignflow.domain.sheets import Cell, Grid, Unusable, by_title, is_blank
from campaignflow.services.workbook_layout import (
    FIELD,
    HEADER,
    HELP_TITLE,
    LAYOUTS,
    VALUE,
    WORDS_TITLE,
    Column,
    Layout,
    columns_by_name,
    titles,
)
from campaignflow.services.workbook_rows import Value
from campaignflow.services.workbook_words import BETWEEN, words

WORKBOOK_RULES: Final = register(
    Rule(
        "workbook-foreign",
        "None of the sheets is one that is read here.",
        "Use the workbook that `campaignflow init DIR --xlsx` writes; its sheets: {sheets}.",
        why="A workbook laid out otherwise would be misread in silence.",
    ),
    Rule(
        "workbook-sheet-unknown",
        "The sheet '{sheet}' is not read.",
        "Give it back its name if you renamed one of: {sheets}.",
        why="What is typed on a sheet that nobody reads is lost.",
        severity=Severity.warning,
    ),
    Rule(
        "workbook-no-headings",
        "The line of headings is missing.",
        "Put it back; its first heading is '{heading}'.",
        why="Columns are found by their headings, not by their order.",
    ),
    Rule(
        "workbook-column-unknown",
        "There is no column '{column}' on this sheet.",
        "Give it back its heading, or delete the column; these are known: {columns}.",
        why="A column that does nothing is a fact lost.",
    ),
    Rule(
        "workbook-column-twice",
        "The column '{column}' is on this sheet twice.",
        "Delete one of them.",
        why="It would be unclear which of them counts.",
    ),
    Rule(
        "workbook-id-missing",
        "The row has no '{column}'.",
        "Fill it in, or empty the whole row.",
        why="Entries are found by their ids.",
    ),
    Rule(
        "workbook-id-twice",
        "'{id}' stands in another row already, {first}.",
        "Remove one of the two rows, or give one another id.",
        why="It would be unclear which of them counts.",
    ),
    Rule(
        "workbook-bad-word",
        "'{value}' is none of the words of this column.",
        "Choose from the list: {words}.",
        why="A closed list has one word for each thing.",
    ),
    Rule(
        "workbook-bad-day",
        "'{value}' is not a date.",
        "Type day/month/year, such as 25/10/2020, as a date without a time.",
        why="One way of writing a date leaves no doubt which number is the month.",
    ),
    Rule(
        "workbook-bad-number",
        "'{value}' is not a whole number.",
        "Type plain digits, such as 5.",
        why="Days and communes are counted whole.",
    ),
    Rule(
        "workbook-not-text",
        "The spreadsheet has made a date, a time or a decimal of what is meant as text: {value}.",
        "Format the cell as text and type it again.",
        why="Spreadsheets take 1-2 for a date and 1.10 for 1.1; the number of a clause would be another one.",
    ),
    Rule(
        "workbook-deadline-half",
        "One half of the deadline is missing, or one too many: the way it is counted is '{kind}', the day '{day}'.",
        "Choose the way and type the day; without a date in the plan, choose '{none}' and no day.",
        why="A day alone does not say whether it still counts.",
    ),
)

_HEADINGS_WITHIN: Final = 10
_LINES: Final = re.compile(r"[;\n]")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """One row as it came back.

    Attributes:
        id: the entry's ids; empty for the header.
        values: what its cells mean, for the columns that the sheet has.
        cells: where they stand.
        first: the cell of its first id.
    """

    id: tuple[str, ...]
    values: Mapping[str, Value]
    cells: Mapping[str, Cell]
    first: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSheet:
    """One sheet as it came back: its rows that hold anything, in their order."""

    layout: Layout
    rows: tuple[ReadRow, ...]


def read_sheets(
    grids: Sequence[Grid], layouts: Sequence[Layout]
) -> tuple[dict[str, ReadSheet], list[Finding]]:  # fmt: skip
    """The sheets that are known, by the keys of their layouts, and everything that is wrong with them.

    Args:
        grids: the workbook's sheets.
        layouts: what they may be.
    """
    known, named = dict(titles()), by_title(grids)
    current = {layout.key: layout for layout in layouts}
    found: dict[str, ReadSheet] = {}
    findings: list[Finding] = []
    for title, grid in named.items():
        layout = known.get(title)
        if layout is not None:
            sheet = _Sheet(current[layout.key], grid)
            found[layout.key] = sheet.read()
            findings += sheet.findings
        elif title not in (HELP_TITLE.casefold(), WORDS_TITLE.casefold()) and grid.rows:
            unknown = Finding.of("workbook-sheet-unknown", sheet=grid.title, sheets=_titles())
            findings.append(unknown.located(f"{grid.file}:{grid.title}"))
    if not found:
        findings = [Finding.of("workbook-foreign", sheets=_titles()).located(grids[0].file if grids else "")]
    return found, findings


def _titles() -> list[str]:
    return [layout.vi for layout in LAYOUTS]


class NoMeaning(Exception):
    """A cell that means nothing; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(str(finding))


class _Sheet:
    """Reads one sheet; gathers what is wrong with it."""

    def __init__(self, layout: Layout, grid: Grid) -> None:
        self.layout, self.grid = layout, grid
        self.findings: list[Finding] = []

    def read(self) -> ReadSheet:
        """Every row of it."""
        rows = self._fields() if not self.layout.ids else self._rows()
        return ReadSheet(layout=self.layout, rows=tuple(rows))

    # --- the header, a field a row

    def _fields(self) -> Iterator[ReadRow]:
        top, columns = self._headings((FIELD, VALUE))
        if top is None:
            return
        known = columns_by_name(self.layout)
        at = {column.key: number for number, column in columns.items()}
        values: dict[str, Value] = {}
        cells: dict[str, Cell] = {}
        for row in self.grid.rows:
            name, cell = self.grid.cell(row, at["field"]), self.grid.cell(row, at.get("value", at["field"] + 1))
            if row <= top or not isinstance(name.value, str) or self._is_heading(name.value, FIELD):
                continue
            column = known.get(name.value.split(BETWEEN.strip())[0].strip().casefold())
            if column is None:
                columns_ = [one.vi for one in self.layout.columns]
                self.findings.append(name.finding("workbook-column-unknown", column=name.value, columns=columns_))
            else:
                cells[column.key] = cell
                self._take(column, cell, values)
        first = next(iter(cells.values()), self.grid.cell(1, 1))
        yield ReadRow(id=(), values=values, cells=cells, first=first)

    # --- a table, an entry a row

    def _rows(self) -> Iterator[ReadRow]:
        seen: dict[tuple[str, ...], Cell] = {}
        for cells in self.cells():
            read = self._row(cells)
            if read is None:
                continue
            if read.id in seen:
                told = {"id": "/".join(read.id), "first": seen[read.id].place}
                self.findings.append(read.first.finding("workbook-id-twice", **told))
            else:
                seen[read.id] = read.first
                yield read

    def cells(self) -> Iterator[dict[str, Cell]]:
        """The rows below the headings that hold anything, their cells by column."""
        top, columns = self._headings(self.layout.columns)
        for row in self.grid.rows if top is not None else ():
            if row > (top or 0) and not self._is_second_heading(row, columns):
                cells = {column.key: self.grid.cell(row, number) for number, column in columns.items()}
                if not is_blank(tuple(cells.values())):
                    yield cells

    def _row(self, cells: dict[str, Cell]) -> ReadRow | None:
        values: dict[str, Value] = {}
        sound = len(self.findings)
        for key, cell in cells.items():
            self._take(self.layout.column(key), cell, values)
        if len(self.findings) > sound:
            return None
        ids = self.layout.columns[: self.layout.ids]
        for column in ids:
            if not values.get(column.key):
                self.findings.append(cells[column.key].finding("workbook-id-missing", column=column.vi))
                return None
        entry = tuple(str(values[column.key]) for column in ids)
        return ReadRow(id=entry, values=values, cells=cells, first=cells[ids[0].key])

    def _take(self, column: Column, cell: Cell, values: dict[str, Value]) -> None:
        try:
            values[column.key] = meaning(column, cell)
        except NoMeaning as refused:
            self.findings.append(refused.finding)

    # --- headings

    def _headings(self, wanted: Sequence[Column]) -> tuple[int | None, dict[int, Column]]:
        """The row of the headings, and the columns by their numbers."""
        ids = wanted[: max(self.layout.ids, 1)]
        for row in self.grid.rows:
            if row > _HEADINGS_WITHIN:
                break
            cells = self.grid.rows[row]
            if all(any(self._is_heading(value, column) for value in cells.values()) for column in ids):
                return row, self._columns(row, wanted)
        where = self.grid.cell(1, 1)
        self.findings.append(where.finding("workbook-no-headings", heading=ids[0].vi))
        return None, {}

    def _is_heading(self, value: Any, column: Column) -> bool:
        return isinstance(value, str) and value.casefold() in [name.casefold() for name in column.names]

    def _is_second_heading(self, row: int, columns: Mapping[int, Column]) -> bool:
        cells = self.grid.rows[row]
        return all(self._is_heading(cells.get(number), column) for number, column in columns.items())

    def _columns(self, row: int, wanted: Sequence[Column]) -> dict[int, Column]:
        known = {name.casefold(): column for column in reversed(wanted) for name in column.names}
        found: dict[int, Column] = {}
        for number, value in self.grid.rows[row].items():
            column = known.get(str(value).casefold())
            cell = self.grid.cell(row, number)
            if column is None:
                if self.layout.ids:
                    told = {"column": value, "columns": [one.vi for one in wanted]}
                    guess = did_you_mean(str(value), [one.vi for one in wanted])
                    self.findings.append(cell.finding("workbook-column-unknown", guess=guess, **told))
            elif column in found.values():
                self.findings.append(cell.finding("workbook-column-twice", column=value))
            else:
                found[number] = column
        return found


def meaning(column: Column, cell: Cell) -> Value:
    """What a cell of a column means.

    Raises:
        NoMeaning: nothing that the column can hold.
    """
    value = cell.value
    if isinstance(value, Unusable):
        raise NoMeaning(cell.finding(value.code, **value.data))
    if value is None:
        return None
    if column.kind in ("day", "deadline_day"):
        return _day(cell)
    if column.kind == "number":
        return _number(cell)
    if column.words:
        return _word(column, cell)
    text = _text(cell)
    if column.kind == "list":
        parts = _LINES.split(text) if _LINES.search(text) else text.split(",")
        return tuple(one for part in parts if (one := part.strip())) or None
    return text if column.kind == "long" else " ".join(text.split("\n"))


def _day(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, str):
        if match := _DAY_FIRST.fullmatch(value):
            day, month, year = map(int, match.groups())
            try:
                return dt.date(year, month, day).isoformat()
            except ValueError:
                pass
        elif _ISO.fullmatch(value) or not value[:1].isdigit() or re.fullmatch(r"\d{4}(-(Q\d|H\d|\d\d))?", value):
            return value
    if isinstance(value, int) and 1900 <= value <= 2200:  # a year, where a plan gives no more
        return str(value)
    raise NoMeaning(cell.finding("workbook-bad-day", value=value))


def _number(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).lstrip("-").isdecimal():
        raise NoMeaning(cell.finding("workbook-bad-number", value=cell.value))
    return str(value)


def _word(column: Column, cell: Cell) -> str:
    known = words()[column.words]
    value = cell.value
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else _text(cell)
    code = known.read(text)
    if code is not None:
        return code
    if column.words == "phase" and re.fullmatch(r"[a-z0-9][a-z0-9._-]*", text):
        return text  # a lifecycle of the plan's own may have other phases; the plan's reader knows them
    raise NoMeaning(cell.finding("workbook-bad-word", value=text, words=known.shown, guess=known.near(text)))


def _text(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    raise NoMeaning(cell.finding("workbook-not-text", value=value))


def located_rows(layout: Layout, grid: Grid) -> tuple[list[dict[str, Cell]], list[Finding]]:
    """The rows of one sheet that hold anything, cell by cell, and what is wrong with its headings."""
    sheet = _Sheet(layout, grid)
    return list(sheet.cells()), sheet.findings


def header_of(sheets: Mapping[str, ReadSheet]) -> ReadRow | None:
    """The header's one row, if the workbook has that sheet."""
    sheet = sheets.get(HEADER.key)
    return sheet.rows[0] if sheet and sheet.rows else None
