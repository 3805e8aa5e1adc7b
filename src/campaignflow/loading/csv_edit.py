"""Changes put into a CSV file: rows that do not change stay byte for byte what they were."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from campaignflow.domain.plan_parts import RowChange
from campaignflow.loading.csvtext import Table, read_csv

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|$)")
_LINE_END = re.compile(r"\r\n|\r|\n")


def splice_rows(text: str, change: RowChange, *, file: str, required: Sequence[str], optional: Sequence[str]) -> str:
    """The text of a table with a change put in.

    A row that changes is written anew, with the table's own separator; a column that the table lacks is added to every
    row. An id may stand in one row only.

    Args:
        text: the table, which `read_csv` reads without a finding, without its byte order mark.
        change: what to change.
        file: the file's name.
        required: the columns that must be there, the first of which is the id.
        optional: those that may be.
    """
    table = read_csv(text, file=file, required=required, optional=optional)
    columns = [*table.columns, *_lacking(change, table.columns, (*required, *optional))]
    lines = _LINE.findall(text)
    end = (_LINE_END.search(text) or re.search("$", text))[0] or "\n"  # type: ignore[index]
    starts = [table.at(index, columns[0]).line - 1 for index in range(len(table.rows))]
    records = list(_records(lines, [*starts, len(lines)]))
    whole = len(columns) > len(table.columns)
    write = _Writer(table, columns, end)
    head = write(dict(zip(columns, columns, strict=True))) if whole else "".join(lines[: _first(starts, lines)])
    return _joined(_changed(head, records, table, change, write, whole=whole), end)


def new_table(rows: Iterable[Mapping[str, str]], columns: Sequence[str]) -> str:
    """A new table with these columns, its lines ended by line feeds."""
    write = _Writer(None, columns, "\n")
    return "".join((write(dict(zip(columns, columns, strict=True))), *map(write, rows)))


class _Writer:
    """Writes a row as one record."""

    def __init__(self, table: Table | None, columns: Sequence[str], end: str) -> None:
        self.separator, self.columns, self.end = table.separator if table else ",", columns, end

    def __call__(self, row: Mapping[str, str]) -> str:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.separator, lineterminator=self.end)
        writer.writerow([row.get(column, "") for column in self.columns])
        return out.getvalue()


def _lacking(change: RowChange, columns: Sequence[str], known: Sequence[str]) -> list[str]:
    cells = [*change.cells.values(), *(row for row, _ in change.added)]
    used = {column for row in cells for column, value in row.items() if value}
    return [column for column in known if column in used and column not in columns]


def _first(starts: Sequence[int], lines: Sequence[str]) -> int:
    return starts[0] if starts else len(lines)


def _records(lines: Sequence[str], starts: Sequence[int]) -> Iterator[str]:
    for here, following in pairwise(starts):
        yield "".join(lines[here:following])


def _changed(
    head: str, records: Sequence[str], table: Table, change: RowChange, write: _Writer, *, whole: bool
) -> Iterator[str]:
    yield head
    name = table.columns[0] if "id" not in table.columns else "id"
    known = {row[name] for row in table.rows}
    behind: dict[str | None, list[Mapping[str, str]]] = {}
    for new, after in change.added:
        behind.setdefault(after if after in known else None, []).append(new)
    for record, row in zip(records, table.rows, strict=True):
        key = row[name]
        if key not in change.taken:
            cells = change.cells.get(key)
            yield write({**row, **(cells or {})}) if cells or whole else record
        yield from map(write, behind.get(key, ()))
    yield from map(write, behind.get(None, ()))


def _joined(pieces: Iterable[str], end: str) -> str:
    """The pieces, with a line end between two of which the first lacks it."""
    made = ""
    for piece in pieces:
        made += (end if made and piece and not made.endswith(("\n", "\r")) else "") + piece
    return made
