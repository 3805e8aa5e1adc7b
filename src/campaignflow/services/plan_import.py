"""What a workbook changes in a plan: cell by cell, against what the plan would put into that very cell.

A cell that says what the plan says changes nothing, however the plan writes it; so an unchanged workbook changes no
byte. Everything that the workbook does not show stays as it is, and what it no longer has is reported, not taken away,
unless that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from campaignflow.domain.findings import Finding, Rule, register
from campaignflow.domain.plan_parts import NEW_REGISTER, PLAN_TEXT, PlanParts, RowChange
from campaignflow.domain.plan_patch import NOTHING, Items, New, PatchBuilder, Plain, Put, Rename, Take, Within, patched
from campaignflow.domain.sheets import Cell, Grid
from campaignflow.services.workbook_layout import (
    AGENCIES,
    CONTACTS,
    DEADLINES,
    DUTIES,
    HEADER,
    LAYOUTS,
    TEXTS,
    Column,
    Layout,
)
from campaignflow.services.workbook_read import ReadRow, ReadSheet, header_of, read_sheets
from campaignflow.services.workbook_rows import (
    SIMPLE,
    Path,
    Record,
    Value,
    layouts_of,
    named,
    records,
)
from campaignflow.services.workbook_words import OTHER, words

IMPORT_RULES: Final = register(
    Rule(
        "workbook-other-plan",
        "This workbook is of the plan '{theirs}'; the plan here is '{ours}'.",
        "Name the workbook's plan with --plan; to rename a plan, change its id in plan.yaml.",
        why="Everything in one plan would be missing from the other.",
    ),
    Rule(
        "workbook-like-formula",
        "'{value}' begins as a formula does, and this text goes into a CSV file.",
        "Begin it with a letter or a digit (a telephone number may begin with +).",
        why="A spreadsheet that opens the file would compute it.",
    ),
    Rule(
        "workbook-unknown-duty",
        "There is no duty '{id}'.",
        "Choose one of the sheet '{sheet}', or add it there first.",
        why="A deadline without its duty binds nobody.",
    ),
)

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An entry of the plan that the workbook no longer has."""

    sheet: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What a workbook changes.

    Attributes:
        patch: what changes in the plan's text; for a plan that is not there yet, all of it.
        rows: what changes in the CSV files beside it, by their names.
        missing: what the plan has and the workbook has not.
        findings: what is wrong with the workbook; with an error nothing else counts.
        places: the cell in which each part of the plan stands, by its path; clauses by their ids.
        data: what the plan's text then says, as plain data.
    """

    patch: Within = NOTHING
    rows: Mapping[str, RowChange] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    findings: tuple[Finding, ...] = ()
    places: Mapping[Path, Cell] = field(default_factory=dict)
    data: Mapping[str, Plain] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether the workbook cannot be taken."""
        return any(finding.severity == "error" for finding in self.findings)


def changes(grids: Sequence[Grid], parts: PlanParts, *, prune: bool = False) -> Imported:
    """What the sheets of a workbook change in a plan.

    Args:
        grids: the workbook.
        parts: the plan as it is written; empty for a new one.
        prune: whether what the workbook no longer has is taken away.
    """
    sheets, findings = read_sheets(grids, layouts_of(parts))
    comparison = _Comparison(parts, prune=prune)
    comparison.findings += findings
    comparison.same_plan(sheets)
    for layout in LAYOUTS:
        if layout.key in sheets:
            comparison.sheet(sheets[layout.key])
    return comparison.outcome()


SECTIONS: Final = {
    "campaignflow": "Kế hoạch nhập từ bảng tính. Sau mỗi lần sửa, chạy `campaignflow check`.\n"
    "A plan imported from a workbook. Run `campaignflow check` after each change.",
    "plan": "Kế hoạch là gì, của ai · what the plan is, and whose",
    "agencies": "Các cơ quan, đơn vị có tên trong kế hoạch · who the plan names",
    "groups": "Một cụm từ chỉ nhiều đơn vị · one phrase for several agencies",
    "reports": "Ai báo cáo cho ai, khi nào · who reports to whom, and by when",
    "responsibilities": "Ai phải làm gì · who owes what",
    "contacts": "Đầu mối của từng đơn vị · who answers for each agency",
    "clauses": "Nguyên văn kế hoạch; mọi mục trên đều dẫn về đây · the text itself, which all else cites",
}
"""The sections of a new plan in their order, each with the comment above it."""


def new_plan(imported: Imported) -> Iterator[tuple[str, str, Plain]]:
    """A new plan, section by section: comment, key, value. For a workbook that was compared with nothing."""
    data = {"campaignflow": "1", **imported.data}
    for key, comment in SECTIONS.items():
        if data.get(key):
            yield comment, key, data[key]


class _Comparison:
    """Compares row by row; gathers what changes."""

    def __init__(self, parts: PlanParts, *, prune: bool) -> None:
        self.parts, self.prune = parts, prune
        self.findings: list[Finding] = []
        self.missing: list[Missing] = []
        self.places: dict[Path, Cell] = {}
        self.patch = PatchBuilder()
        self.cells: dict[str, dict[str, dict[str, str]]] = {}
        self.added: dict[str, list[tuple[Mapping[str, str], str | None]]] = {}
        self.taken: dict[str, set[str]] = {}
        #: Duties that come, to which their deadlines are added; duties that are not in the workbook.
        self.fresh: dict[str, dict[str, Plain]] = {}
        self.gone: set[str] = set()

    def outcome(self) -> Imported:
        """What was gathered."""
        files = {*self.cells, *self.added, *self.taken}
        rows = {
            file: RowChange(
                cells=self.cells.get(file, {}), added=tuple(self.added.get(file, ())),
                taken=frozenset(self.taken.get(file, ())),
            )
            for file in sorted(files)
        }  # fmt: skip
        if NEW_REGISTER in self.added and self.parts.contacts is None:
            self.patch.add((), New("contacts", NEW_REGISTER))
        patch = self.patch.patch()
        return Imported(
            patch=patch, rows=rows, missing=tuple(self.missing), findings=tuple(self.findings), places=self.places,
            data=patched(self.parts.data, patch),
        )  # fmt: skip

    def same_plan(self, sheets: Mapping[str, ReadSheet]) -> None:
        """Refuses the workbook of another plan."""
        header, ours = header_of(sheets), self.parts.data.get("plan", {}).get("id")
        theirs = header.values.get("id") if header else None
        if header and ours and theirs and ours != theirs:
            self.findings.append(header.cells["id"].finding("workbook-other-plan", theirs=theirs, ours=ours))

    def sheet(self, sheet: ReadSheet) -> None:
        """Compares one sheet."""
        known = {record.id: record for record in records(sheet.layout, self.parts)}
        before: Record | None = None
        for row in sheet.rows:
            record = known.get(row.id)
            self._halves(sheet.layout, row, record)
            if sheet.layout.key == DEADLINES.key and row.id[0] in self.gone:
                continue
            if record is not None:
                self._compare(sheet.layout, record, row)
                before = record
            else:
                self._new(sheet.layout, row, before)
        here = {row.id for row in sheet.rows}
        self._gone(sheet.layout, [record for key, record in known.items() if key not in here])

    def _halves(self, layout: Layout, row: ReadRow, record: Record | None) -> None:
        """A deadline has its kind and its day together, or neither."""
        if "deadline" not in row.values and "day" not in row.values:
            return
        kind, day = _deadline_of(row, record)
        if (kind in ("before", "by", "on")) == bool(day) and (kind or layout.key != DEADLINES.key):
            return
        shown = words()["deadline"]
        told = {"kind": shown.show(str(kind)) if kind else "", "day": day or "", "none": shown.show("none")}
        cell = row.cells.get("deadline" if day else "day") or row.first
        self.findings.append(cell.finding("workbook-deadline-half", **told))

    # --- what is there already

    def _compare(self, layout: Layout, record: Record, row: ReadRow) -> None:
        self._place(layout, record.path, row)
        deadlines = set()
        for column in layout.columns[layout.ids :]:
            if column.key not in row.values or row.values[column.key] == record.values[column.key]:
                continue
            if column.kind in ("deadline", "deadline_day"):
                deadlines.add(column.path)
            elif record.source:
                self._cell(record, column, row)
            else:
                self._changed(record, column, row.values[column.key])
        for path in deadlines:
            self._deadline(record, path, row)

    def _cell(self, record: Record, column: Column, row: ReadRow) -> None:
        """A cell of a CSV file with another text."""
        value = row.values[column.key]
        self._not_computed(row, column.key)
        self.cells.setdefault(record.source, {}).setdefault(record.id[0], {})[column.key] = _joined(value)

    def _changed(self, record: Record, column: Column, value: Value) -> None:
        """A value of the plan's text, changed."""
        path = (*record.path, *column.path)
        held = _held(record.entry, column.path)
        if value is None:
            self.patch.change(path, Take())
        elif column.kind == "list" and isinstance(held, list):
            known = [named(one, column.item) for one in held]
            items = tuple(known.index(one) if one in known else one for one in value)
            self.patch.change(path, Items(items))
        else:
            self.patch.change(path, Put(_plain(value)))

    def _deadline(self, record: Record, path: tuple[str, ...], row: ReadRow) -> None:
        """A deadline counted otherwise, or with another day."""
        kind, day = _deadline_of(row, record)
        held = _held(record.entry, path) or {}
        said = next((word for word in (*SIMPLE, "within", "after", "during") if word in held), None)
        if kind == OTHER:
            return
        where = (*record.path, *path)
        if kind is None:
            if said:
                self.patch.change((*where, said), Take())
            return
        value = "true" if kind == "none" else str(day)
        if said is None:
            self.patch.change((*where, str(kind)), Put(value))
        elif said == kind:
            self.patch.change((*where, said), Put(value))
        else:
            self.patch.change((*where, said), Rename(str(kind), value))

    # --- what comes

    def _new(self, layout: Layout, row: ReadRow, before: Record | None) -> None:
        source = self._home(layout, before)
        if layout.key == HEADER.key:
            self._place(layout, ("plan",), row)
            self.patch.add((), New("plan", self._entry(layout, row)))
        elif layout.key == CONTACTS.key or source:
            self._place(layout, (layout.key, row.id[0]), row)
            for column in layout.columns:
                self._not_computed(row, column.key)
            told = {key: _joined(value) for key, value in row.values.items() if value}
            after = before.id[0] if before and before.source == source else None
            self.added.setdefault(source, []).append((told, after))
        elif layout.key == DEADLINES.key:
            self._new_deadline(layout, row)
        elif layout.key == TEXTS.key:
            self._place(layout, ("clauses", row.id[0]), row)
            self.patch.add(("clauses",), New(None, self._entry(layout, row), before.path[1] if before else None))
        else:
            self._place(layout, (layout.key, row.id[0]), row)
            after = before.id[0] if before and not before.source else None
            entry = self._entry(layout, row)
            if layout.key == DUTIES.key:
                self.fresh[row.id[0]] = entry
            self.patch.add((layout.key,), New(row.id[0], entry, after))

    def _new_deadline(self, layout: Layout, row: ReadRow) -> None:
        duty, phase, whose = row.id
        path: Path = (DUTIES.key, duty, whose)
        self._place(layout, (*path, phase), row)
        if duty in self.fresh:
            self.fresh[duty].setdefault(whose, {})[phase] = self._entry(layout, row)
        elif duty in self.parts.data.get(DUTIES.key, {}):
            self.patch.add(path, New(phase, self._entry(layout, row)))
        else:
            self.findings.append(row.first.finding("workbook-unknown-duty", id=duty, sheet=DUTIES.vi))

    def _home(self, layout: Layout, before: Record | None) -> str:
        """The file in which a new entry goes: that of the row above it."""
        if layout.key == CONTACTS.key:
            return self.parts.contacts.file if self.parts.contacts else NEW_REGISTER
        if layout.key == AGENCIES.key:
            if before is not None:
                return before.source
            if self.parts.rosters and not self.parts.data.get("agencies"):
                return self.parts.rosters[0].file
        return PLAN_TEXT

    def _entry(self, layout: Layout, row: ReadRow) -> dict[str, Plain]:
        """A new entry as plain data, its keys in the order of the columns."""
        made: dict[str, Plain] = {"id": row.id[0]} if layout.key == TEXTS.key else {}
        for column in layout.columns[layout.ids :]:
            value = row.values.get(column.key)
            if column.kind == "deadline" and value not in (None, OTHER):
                _hold(made, (*column.path, str(value)), "true" if value == "none" else str(row.values.get("day")))
            elif value is not None and column.kind not in ("deadline", "deadline_day"):
                _hold(made, column.path, _plain(value))
        return made

    # --- what goes

    def _gone(self, layout: Layout, gone: Sequence[Record]) -> None:
        for record in gone:
            if layout.key == DEADLINES.key and record.id[0] in self.gone:
                continue
            if layout.key == DUTIES.key and self.prune:
                self.gone.add(record.id[0])
            self.missing.append(Missing(sheet=layout.vi, id="/".join(record.id)))
            if not self.prune:
                continue
            if record.source:
                self.taken.setdefault(record.source, set()).add(record.id[0])
            else:
                self.patch.change(record.path, Take())

    # --- places

    def _place(self, layout: Layout, path: Path, row: ReadRow) -> None:
        """Remembers in which cell each part of an entry stands."""
        if layout.key == TEXTS.key:
            path = ("clauses", row.id[0])
        self.places[path] = row.first
        for column in layout.columns[layout.ids :]:
            if column.key not in row.cells:
                continue
            where = (*path, *column.path)
            if column.kind == "deadline_day":
                self.places.update({(*where, kind): row.cells[column.key] for kind in ("before", "by", "on")})
            else:
                self.places[where] = row.cells[column.key]

    def _not_computed(self, row: ReadRow, key: str) -> None:
        value = row.values.get(key)
        if isinstance(value, str) and value.startswith(_FORMULA) and not _is_phone(value):
            self.findings.append(row.cells[key].finding("workbook-like-formula", value=value))


def located(finding: Finding, imported: Imported) -> Finding:
    """A finding of the plan's reader with the cell it is about; as it is, when no cell is."""
    path = finding.path
    clauses = imported.data.get("clauses", ())
    if len(path) > 1 and path[0] == "clauses" and isinstance(path[1], int) and path[1] < len(clauses):
        path = ("clauses", clauses[path[1]]["id"], *path[2:])
    for end in range(len(path), 0, -1):
        cell = imported.places.get(path[:end])
        if cell is not None:
            return finding.located(cell.file, cell.line, cell.column)
    return finding


def _deadline_of(row: ReadRow, record: Record | None) -> tuple[Value, Value]:
    """How a deadline is counted and its day; what the sheet has no column for is as it was."""
    before = record.values if record else {}
    return row.values.get("deadline", before.get("deadline")), row.values.get("day", before.get("day"))


def _held(entry: Any, path: Sequence[str]) -> Any:
    for step in path:
        entry = entry.get(step) if isinstance(entry, Mapping) else None
    return entry


def _hold(entry: dict[str, Plain], path: Sequence[str], value: Plain) -> None:
    for step in path[:-1]:
        entry = entry.setdefault(step, {})
    entry[path[-1]] = value


def _plain(value: Value) -> Plain:
    """A value as a plan writes it: one id of a list by itself."""
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value)
    return value


def _joined(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else value or ""


def _is_phone(value: str) -> bool:
    return value[:1] == "+" and all(char.isdigit() or char in " ()-." for char in value[1:])
