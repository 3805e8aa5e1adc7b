"""Writes the workbook: the plan as sheets that an official can fill in without knowing YAML.

Text is written as text, never as a formula or a link, and what begins like a formula is marked so that a spreadsheet
keeps it as text also when the cell is edited; days are cells of dates.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final

from campaignflow.domain.plan_parts import PlanParts
from campaignflow.domain.sheets import column_letters
from campaignflow.services.workbook_layout import (
    AGENCIES,
    FIELD,
    GROUPS,
    HEADER,
    HELP_TITLE,
    MEANING,
    VALUE,
    WORDS_TITLE,
    Column,
    Layout,
)
from campaignflow.services.workbook_rows import Record, Value, cell_text, layouts_of, records
from campaignflow.services.workbook_words import BETWEEN, words

FILE: Final = "ke-hoach.xlsx"
"""What the workbook is called."""

_SPARE_ROWS: Final = 500
_HEADINGS: Final = 2
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_PROMPT: Final = 255
_WIDE: Final = 120
_PARTIES: Final = "parties"
_FONT: Final = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
_FORMATS: Final[Mapping[str, Mapping[str, Any]]] = {
    "text": {"num_format": "@", "text_wrap": True},
    "quoted": {"num_format": "@", "text_wrap": True, "quote_prefix": True},
    "day": {"num_format": "dd/mm/yyyy", "align": "left"},
    "vi": {"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "align": "center"},
    "en": {"italic": True, "font_color": "#595959", "bg_color": "#F2F2F2", "border": 1, "align": "center"},
    "title": {"bold": True, "font_size": 15},
    "note": {"italic": True, "font_color": "#595959", "text_wrap": True},
    "plain": {"text_wrap": True},
    "strong": {"bold": True},
}


def write_workbook(parts: PlanParts, *, made: dt.date) -> bytes:
    """The workbook of a plan, as the bytes of a file; the same for the same plan and day.

    Args:
        parts: what the plan says.
        made: the day that is written into the file as the day of its making.
    """
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        header = parts.data.get("plan", {})
        moment = dt.datetime.combine(made, dt.time())
        book.set_properties({"title": str(header.get("title", "")), "created": moment})
        _Writer(book, parts).write()
    return out.getvalue()


class _Writer:
    """Writes one workbook."""

    def __init__(self, book: Any, parts: PlanParts) -> None:
        self.book, self.parts = book, parts
        self.layouts = layouts_of(parts)
        self.rows = {layout.key: records(layout, parts) for layout in self.layouts}
        self.formats = {name: book.add_format({**_FONT, **look}) for name, look in _FORMATS.items()}
        #: Where each closed list stands, as a reference that a drop-down takes.
        self.lists: dict[str, str] = {}

    def write(self) -> None:
        """Every sheet, in order."""
        guide = self.book.add_worksheet(HELP_TITLE)
        sheets = [(layout, self.book.add_worksheet(layout.vi)) for layout in self.layouts]
        self._words(self.book.add_worksheet(WORDS_TITLE))
        self._help(guide)
        for layout, sheet in sheets:
            if layout.key == HEADER.key:
                self._fields(sheet, layout)
            else:
                self._table(sheet, layout)

    # --- the sheets

    def _help(self, sheet: Any) -> None:
        sheet.set_column(0, 0, 28, self.formats["plain"])
        sheet.set_column(1, 1, 110, self.formats["plain"])
        for row, (kind, text) in enumerate((*_help_lines(), *self._contents())):
            if kind == "sheet":
                name, _, note = text.partition("|")
                sheet.write_string(row, 0, name, self.formats["strong"])
                sheet.write_string(row, 1, note, self.formats["plain"])
            else:
                sheet.merge_range(row, 0, row, 1, text, self.formats[kind])
                sheet.set_row(row, 24 if kind == "title" else 17 * (1 + len(text) // _WIDE))
        self._page(sheet, 0)

    def _contents(self) -> Iterator[tuple[str, str]]:
        for layout in self.layouts:
            yield "sheet", f"{layout.vi} · {layout.en}|{layout.note}"

    def _words(self, sheet: Any) -> None:
        lists = [(one.key, one.vi, one.shown) for one in words().values()]
        parties = [record.id[0] for key in (AGENCIES.key, GROUPS.key) for record in self.rows[key]]
        lists.append((_PARTIES, "Mã đơn vị và nhóm", parties))
        for column, (key, vi, shown) in enumerate(lists):
            sheet.set_column(column, column, 30, self.formats["text"])
            sheet.write_string(0, column, vi, self.formats["vi"])
            for row, text in enumerate(shown, 1):
                sheet.write_string(row, column, text, self.formats["text"])
            letter = column_letters(column + 1)
            last = max(len(shown), 1) + 1 + (_SPARE_ROWS if key == _PARTIES else 0)
            self.lists[key] = f"='{WORDS_TITLE}'!${letter}$2:${letter}${last}"
        sheet.freeze_panes(1, 0)
        self._page(sheet, 1)

    def _fields(self, sheet: Any, layout: Layout) -> None:
        for number, column in enumerate((FIELD, VALUE, MEANING)):
            look = "text" if column is VALUE else "note" if column is MEANING else "strong"
            sheet.set_column(number, number, column.width, self.formats[look])
            self._heading(sheet, number, column)
        values = self.rows[layout.key][0].values
        for row, column in enumerate(layout.columns, _HEADINGS):
            sheet.write_string(row, 0, f"{column.vi}{BETWEEN}{column.en}", self.formats["strong"])
            self._cell(sheet, row, 1, column, values.get(column.key))
            sheet.write_string(row, 2, column.note, self.formats["note"])
            self._validation(sheet, row, row, 1, column)
        sheet.freeze_panes(_HEADINGS, 1)
        self._page(sheet, _HEADINGS)

    def _table(self, sheet: Any, layout: Layout) -> None:
        rows = self.rows[layout.key]
        last = _HEADINGS + len(rows) + _SPARE_ROWS
        for number, column in enumerate(layout.columns):
            look = "day" if column.kind in ("day", "deadline_day") else "text"
            sheet.set_column(number, number, column.width, self.formats[look])
            self._heading(sheet, number, column)
            self._validation(sheet, _HEADINGS, last, number, column)
        for row, record in enumerate(rows, _HEADINGS):
            self._record(sheet, row, layout, record)
        sheet.freeze_panes(_HEADINGS, layout.ids)
        sheet.autofilter(_HEADINGS - 1, 0, _HEADINGS - 1 + max(len(rows), 1), len(layout.columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(len(layout.columns))}{last + 1}"})
        self._page(sheet, _HEADINGS)

    def _record(self, sheet: Any, row: int, layout: Layout, record: Record) -> None:
        for number, column in enumerate(layout.columns):
            self._cell(sheet, row, number, column, record.values.get(column.key))

    # --- cells

    def _heading(self, sheet: Any, number: int, column: Column) -> None:
        sheet.write_string(0, number, column.vi, self.formats["vi"])
        sheet.write_string(1, number, column.en, self.formats["en"])
        if column.note:
            sheet.write_comment(0, number, column.note, {"x_scale": 2, "font_size": 10})

    def _cell(self, sheet: Any, row: int, number: int, column: Column, value: Value) -> None:
        if value is None:
            return
        if column.kind in ("day", "deadline_day") and (day := _day(value)):
            sheet.write_datetime(row, number, day, self.formats["day"])
            return
        text = words()[column.words].show(str(value)) if column.words else cell_text(value)
        sheet.write_string(row, number, text, self.formats["quoted" if text.startswith(_FORMULA) else "text"])

    def _validation(self, sheet: Any, first: int, last: int, number: int, column: Column) -> None:
        """A drop-down, a date, or only what is said while one types."""
        rule: dict[str, Any] = {"validate": "any"}
        if column.words:
            rule = {"validate": "list", "source": self.lists[column.words], **_unless(column.words == "phase")}
        elif column.kind in ("day", "deadline_day"):
            rule = {
                "validate": "date",
                "criteria": ">=",
                "value": dt.date(1900, 1, 1),
                "error_type": "warning",
                "error_title": "Không phải ngày",
                "error_message": "Gõ ngày/tháng/năm, ví dụ 25/10/2020.",
            }
        elif column.refers:
            several = column.kind == "list"
            rule = {
                "validate": "list",
                "source": self._ids_of(column.refers),
                "error_type": "information" if several else "warning",
                "error_title": "Mã chưa có trong danh sách",
                "error_message": _SEVERAL if several else "Chọn trong danh sách, hoặc thêm mã ấy ở trang của nó.",
            }
        if column.note:
            rule |= {"input_title": column.vi[:32], "input_message": column.note[:_LONGEST_PROMPT]}
        if len(rule) > 1:
            sheet.data_validation(first, number, last, number, rule)

    def _ids_of(self, key: str) -> str:
        if key == _PARTIES:
            return self.lists[_PARTIES]
        layout = next(one for one in self.layouts if one.key == key)
        return f"='{layout.vi}'!$A${_HEADINGS + 1}:$A${_HEADINGS + len(self.rows[key]) + _SPARE_ROWS}"

    def _page(self, sheet: Any, headings: int) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        if headings:
            sheet.repeat_rows(0, headings - 1)


def _help_lines() -> Iterator[tuple[str, str]]:
    """The lines of the help sheet, each with how it looks; from a text beside the starter."""
    text = resources.files("campaignflow").joinpath("starter", "workbook-help.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        kind, _, said = line.partition(":")
        yield kind, said.strip()


_SEVERAL: Final = "Gõ nhiều mã thì cách nhau bằng dấu phẩy; mã nào không có sẽ được báo khi nhập."


def _unless(open_list: bool) -> dict[str, str]:
    told = {"error_title": "Chọn trong danh sách", "error_message": "Ô này chỉ nhận một trong các từ của danh sách."}
    return {**told, "error_type": "warning" if open_list else "stop"}


def _day(value: Value) -> dt.datetime | None:
    """The day of ISO text; None for a period, `unstated` or `open`."""
    try:
        return dt.datetime.combine(dt.date.fromisoformat(str(value)), dt.time()) if len(str(value)) == 10 else None
    except ValueError:
        return None
