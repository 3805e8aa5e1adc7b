"""A sheet of steps: many assignments moved at once, each by its own step, document and dates; all of them or none.

The same columns stand in a CSV file (by their names) and in a workbook (by their headings).
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from campaignflow.domain import clock
from campaignflow.domain.findings import Finding, Rule, register
from campaignflow.domain.sheets import Cell, Grid
from campaignflow.errors import CampaignflowError
from campaignflow.i18n import LABELS, label
from campaignflow.services.actors import Actor
from campaignflow.services.clocks import refuse_future
from campaignflow.services.documents import Document
from campaignflow.services.running import Running
from campaignflow.services.status import Line
from campaignflow.services.steps import Desk, Request, StepTaken, offered
from campaignflow.services.workbook_layout import Column, Layout
from campaignflow.services.workbook_read import NoMeaning, located_rows, meaning
from campaignflow.services.workbook_words import BETWEEN, words

STEP_RULES: Final = register(
    Rule(
        "steps-no-step",
        "The row says something of {key} and names no step.",
        "Choose the step, or empty the row's other cells.",
        why="What was typed would be lost in silence.",
    ),
    Rule(
        "steps-bad-moment",
        "'{value}' is neither a date nor a date and a time.",
        "Write 23/10/2020, 23/10/2020 17:00 or 2020-10-23T17:00.",
        why="A moment that is guessed decides who was late.",
    ),
)

STEPS: Final = Layout(
    key="steps", vi="Các bước", en="Steps", note="Mỗi dòng một việc; chọn bước, ghi số và ngày văn bản.",
    columns=(
        Column(key="key", vi="Mã việc", en="Key", kind="id", width=34),
        Column(key="agency", vi="Đơn vị", en="Agency", width=36),
        Column(key="duty", vi="Nhiệm vụ", en="Duty", width=36),
        Column(key="state", vi="Trạng thái", en="State", width=18),
        Column(key="trigger", vi="Bước", en="Step", width=32, note="Để trống thì việc này giữ nguyên."),
        Column(key="number", vi="Số, ký hiệu văn bản", en="Number", width=20),
        Column(key="date", vi="Ngày văn bản", en="Date", kind="day", width=14),
        Column(key="sent", vi="Ngày gửi", en="Sent", width=18, note="Ngày, hoặc ngày và giờ: 23/10/2020 17:00."),
        Column(key="at", vi="Xảy ra lúc", en="At", width=18, note="Để trống là ngày gửi, không thì bây giờ."),
        Column(key="reason", vi="Lý do", en="Reason", kind="long", width=36),
        Column(key="note", vi="Ghi chú", en="Note", kind="long", width=30),
        Column(key="on_behalf_of", vi="Nhập thay cho", en="On behalf of", width=18, note="Mã đơn vị."),
        Column(key="nil", vi="Báo cáo không có", en="Nil", kind="choice", words="yes", width=18,
               note="Có: không có gì để báo cáo; ghi lý do."),
    ),
)  # fmt: skip
"""The sheet's columns. Those between the key and the step are for reading only."""

SHOWN_ONLY: Final = ("agency", "duty", "state")
REQUIRED: Final = ("key", "trigger")
OPTIONAL: Final = tuple(one.key for one in STEPS.columns if one.key not in REQUIRED)

_DAY_FIRST: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T]+(\d{1,2}:\d\d(?::\d\d)?))?")
_CELL_OF: Final = {
    "key-unknown": "key", "agency-unknown": "on_behalf_of", "not-on-behalf": "on_behalf_of", "nil-refused": "nil",
    "reason-needed": "reason", "document-needed": "number",
}  # fmt: skip
_TEXT_ROWS: Final = 2
_LONGEST_LIST: Final = 255


class NoSteps(CampaignflowError):
    """A sheet names no step."""

    code = "no-steps"
    message = "No row of {file} names a step."
    cure = "Fill in the columns `key` and `trigger`; `campaignflow advance --write-sheet FILE.xlsx` writes a sheet."


class SheetRefused(CampaignflowError):
    """Rows of a sheet cannot be taken.

    Attributes:
        refusals: for each, its cell and why.
    """

    code = "sheet-refused"
    message = "{count} rows of the sheet cannot be taken, the first of them at {place}; no step was taken."
    cure = "Put right what is named, then run the command again."

    def __init__(self, refusals: Sequence[tuple[Cell, CampaignflowError]]) -> None:
        super().__init__(count=len(refusals), place=refusals[0][0].place)
        self.refusals = tuple(refusals)


class Rehearsed(Exception):
    """Raised to leave a transaction in which a sheet was taken only to see what it does.

    Attributes:
        taken: what it would do.
    """

    def __init__(self, taken: tuple[StepTaken, ...]) -> None:
        super().__init__()
        self.taken = taken


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step that a sheet asks for."""

    key: str
    trigger: str
    number: str | None = None
    date: dt.date | None = None
    sent: dt.datetime | None = None
    at: dt.datetime | None = None
    reason: str | None = None
    note: str | None = None
    on_behalf_of: str | None = None
    nil: bool = False
    #: Where each of its columns stands.
    cells: Mapping[str, Cell]

    def request(self, actor: Actor) -> Request:
        """The step it asks for, taken by `actor`."""
        return Request(
            key=self.key, trigger=self.trigger, actor=actor, on_behalf_of=self.on_behalf_of, at=self.at,
            reason=self.reason, note=self.note, nil=self.nil,
            document=Document(number=self.number, date=self.date, sent=self.sent),
        )  # fmt: skip

    def cell(self, column: str) -> Cell:
        """The cell of a column, or the key's where the sheet lacks it."""
        return self.cells.get(column, self.cells["key"])


def take_sheet(desk: Desk, actor: Actor, rows: Iterable[StepRow]) -> tuple[StepTaken, ...]:
    """Takes the steps of a sheet in their order, within the transaction of the desk.

    Every row is tried, so that one run tells everything that is wrong.

    Raises:
        SheetRefused: one or more cannot be taken; the transaction must be left by this exception.
    """
    taken: list[StepTaken] = []
    refusals: list[tuple[Cell, CampaignflowError]] = []
    for row in rows:
        try:
            dates = {"at": row.at, "sent": row.sent, "date": _begin(row.date, desk.running.zone)}
            refuse_future(dates, desk.recorder.now, desk.running.zone)
            taken.append(desk.take(row.request(actor)))
        except CampaignflowError as error:
            told = str(error.data.get("what", "trigger"))
            refusals.append((row.cell(_CELL_OF.get(error.code, told)), error))
    if refusals:
        raise SheetRefused(refusals)
    return tuple(taken)


def _begin(day: dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    return clock.start_of_day(day, zone) if day else None


# --- reading


def rows_of_grids(grids: Sequence[Grid]) -> tuple[list[dict[str, Cell]], list[Finding]]:
    """The rows of a workbook's sheet of steps: the one of that name, else the first."""
    names = [name.casefold() for name in (STEPS.vi, STEPS.en, STEPS.key)]
    grid = next((one for one in grids if one.title.casefold() in names), grids[0] if grids else None)
    return located_rows(STEPS, grid) if grid else ([], [])


def step_rows(
    rows: Iterable[Mapping[str, Cell]], *, zone: ZoneInfo, now: dt.datetime
) -> tuple[tuple[StepRow, ...], list[Finding]]:
    """The steps that rows of cells ask for, and everything that is wrong with them. Rows without a step are left out.

    A bare date counts whole, so it is its end; today's has not ended, so it is now.

    Args:
        rows: the cells by column.
        zone: the plan's zone.
        now: the present instant.
    """
    found, findings = [], []
    for cells in rows:
        try:
            row = _row(cells, zone, now)
        except NoMeaning as refused:
            findings.append(refused.finding)
            continue
        if row is not None:
            found.append(row)
    return tuple(found), findings


def _row(cells: Mapping[str, Cell], zone: ZoneInfo, now: dt.datetime) -> StepRow | None:
    said = {key: cell for key, cell in cells.items() if key not in SHOWN_ONLY and cell.value is not None}
    if "trigger" not in said:
        if extra := [cell for key, cell in said.items() if key != "key"]:
            key = cells["key"].value
            raise NoMeaning(extra[0].finding("steps-no-step", key=key or ""))
        return None
    if "key" not in said:
        raise NoMeaning(cells["key"].finding("workbook-id-missing", column=STEPS.column("key").vi))
    plain = {key: meaning(STEPS.column(key), cell) for key, cell in said.items() if key not in ("sent", "at")}
    moments = {key: _moment(said[key], zone, now) for key in ("sent", "at") if key in said}

    def text(key: str) -> str | None:
        return str(plain[key]) if key in plain else None

    return StepRow(
        key=str(plain["key"]), trigger=_trigger(str(plain["trigger"])), number=text("number"), reason=text("reason"),
        date=_date(said["date"], str(plain["date"])) if "date" in plain else None, sent=moments.get("sent"),
        at=moments.get("at"), note=text("note"), on_behalf_of=text("on_behalf_of"), nil=plain.get("nil") == "true",
        cells=cells,
    )  # fmt: skip


def _trigger(text: str) -> str:
    """The step that a cell names: by its code, its Vietnamese or English, or both."""
    said = text.rpartition(BETWEEN.strip())[2].strip()
    for code, english in LABELS["trigger"].items():
        if said.casefold() in (english.casefold(), label("trigger", code, "vi").casefold()):
            return code
    return said


def _date(cell: Cell, text: str) -> dt.date:
    day = clock.parse_date(text)
    if day is None:
        raise NoMeaning(cell.finding("workbook-bad-day", value=text))
    return day


def _moment(cell: Cell, zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    value = cell.value
    if isinstance(value, dt.datetime):
        text = value.date().isoformat() if value.time() == dt.time() else value.isoformat(timespec="seconds")
    elif isinstance(value, dt.date):
        text = value.isoformat()
    else:
        text = _iso(str(meaning(STEPS.column("note"), cell)))
    try:
        moment = clock.parse_moment(text, zone, bare="end")
    except clock.BadTime:
        raise NoMeaning(cell.finding("steps-bad-moment", value=text)) from None
    is_today = clock.parse_date(text) and clock.local_date(moment, zone) == clock.local_date(now, zone)
    return now if is_today else moment


def _iso(text: str) -> str:
    """A date that a Vietnamese writes, `23/10/2020 17:00`, as ISO; anything else as it is."""
    match = _DAY_FIRST.fullmatch(text)
    if match is None:
        return text
    day, month, year, time = match.groups()
    return f"{year}-{month:0>2}-{day:0>2}" + (f"T{time:0>5}" if time else "")


# --- writing


def write_step_sheet(running: Running, lines: Iterable[Line], now: dt.datetime) -> bytes:
    """A workbook with a row for each assignment that is not over, to be filled in; its steps as a drop-down.

    Text is written as text, never as a formula or a link.
    """
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": str(running.header["title"]), "created": now.replace(tzinfo=None)})
        _write(book, running, [line for line in lines if not line.state.final], now)
    return out.getvalue()


def _write(book: Any, running: Running, lines: Sequence[Line], now: dt.datetime) -> None:
    font = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "text_wrap": True}
    looks = {
        "text": book.add_format({**font, "num_format": "@", "quote_prefix": True}),
        "grey": book.add_format({**font, "num_format": "@", "font_color": "#595959"}),
        "day": book.add_format({**font, "num_format": "dd/mm/yyyy"}),
        "vi": book.add_format({**font, "bold": True, "bg_color": "#DCE6F1", "border": 1}),
        "en": book.add_format({**font, "italic": True, "font_color": "#595959", "border": 1}),
    }
    sheet = book.add_worksheet(STEPS.vi)
    for number, column in enumerate(STEPS.columns):
        look = "grey" if column.key in SHOWN_ONLY else "day" if column.kind == "day" else "text"
        sheet.set_column(number, number, column.width, looks[look])
        sheet.write_string(0, number, column.vi, looks["vi"])
        sheet.write_string(1, number, column.en, looks["en"])
        if column.note:
            sheet.write_comment(0, number, column.note)
    for row, line in enumerate(lines, _TEXT_ROWS):
        state = label("state", line.facts.state, "vi")
        for number, text in enumerate((line.facts.key, line.agency_name, line.duty.title, state)):
            sheet.write_string(row, number, text, looks["grey" if number else "text"])
        _offer(sheet, row, [step.trigger for step in offered(running, line.facts, now)])
    last = _TEXT_ROWS + len(lines)
    nil = [one.key for one in STEPS.columns].index("nil")
    sheet.data_validation(_TEXT_ROWS, nil, last, nil, {"validate": "list", "source": words()["yes"].shown})
    sheet.freeze_panes(_TEXT_ROWS, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _offer(sheet: Any, row: int, triggers: Sequence[str]) -> None:
    """The steps allowed now as the drop-down of a row."""
    shown = [f"{label('trigger', one, 'vi')}{BETWEEN}{one}" for one in triggers]
    if any("," in one for one in shown) or len(",".join(shown)) > _LONGEST_LIST:
        shown = list(triggers)
    if shown and len(",".join(shown)) <= _LONGEST_LIST:
        column = [one.key for one in STEPS.columns].index("trigger")
        sheet.data_validation(row, column, row, column, {"validate": "list", "source": shown, "error_type": "warning"})
