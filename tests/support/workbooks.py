"""Workbooks as officials send them back: opened, changed in a cell or two, and saved."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl

Edit = Callable[[Any], object]


def instant(text: str) -> dt.datetime:
    """A date, or a date and time, as spreadsheets keep it: without a zone."""
    return dt.datetime.fromisoformat(text)


def edited(content: bytes, *edits: Edit) -> bytes:
    """The workbook after some edits, as a spreadsheet program would save it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for edit in edits:
        edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def edit_file(path: Path, *edits: Edit) -> None:
    """Edits a workbook where it is."""
    path.write_bytes(edited(path.read_bytes(), *edits))


def put(sheet: str, place: str, value: Any) -> Edit:
    """An edit: a value into a cell."""
    return lambda book: book[sheet].__setitem__(place, value)


def append(sheet: str, *values: Any) -> Edit:
    """An edit: a row below the last one."""

    def edit(book: Any) -> None:
        page = book[sheet]
        last = max((cell.row for row in page.iter_rows() for cell in row if cell.value is not None), default=0)
        for column, value in enumerate(values, 1):
            page.cell(last + 1, column, value)

    return edit


def row_of(content: bytes, sheet: str, *ids: str) -> int:
    """The number of the row whose first cells are these."""
    page = openpyxl.load_workbook(io.BytesIO(content))[sheet]
    for row in page.iter_rows():
        if tuple(str(cell.value).rpartition(" · ")[2] for cell in row[: len(ids)]) == ids:
            return int(row[0].row or 0)
    raise AssertionError(f"no row {ids} on {sheet}")


def delete(sheet: str, row: int) -> Edit:
    """An edit: a row deleted."""
    return lambda book: book[sheet].delete_rows(row)


def repacked(content: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The archive with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in changed:
                new.writestr(part.filename, old.read(part))
        for name, data in changed.items():
            new.writestr(name, data)
    return out.getvalue()
