"""Workbooks read as cells, guarded: what a stranger sends may be made to exhaust memory or to reach out.

Before the spreadsheet library sees a file it is looked through as what it is, a ZIP archive of XML: sizes, ratios, how
deep and how many, and that no part declares a document type (without one there are no entities, inner or outer).
Macros, links to other workbooks, pictures and cached results are never read; a cell with a formula is not taken.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import normalize
from xml.parsers import expat

from campaignflow.domain.findings import Finding, Rule, register
from campaignflow.domain.sheets import Grid, Raw, Unusable
from campaignflow.loading.reading import forbidden_in

XLSX_RULES: Final = register(
    Rule(
        "xlsx-unreadable",
        "This is not a workbook that can be read: {problem}.",
        "Save it anew as 'Excel Workbook (.xlsx)', without a password.",
        why="What cannot be read cannot be checked.",
    ),
    Rule(
        "xlsx-too-much",
        "The workbook holds more than can be a plan: {what}, where at most {limit} is read.",
        "Delete what does not belong to the plan (empty rows that were formatted, pictures), then save it anew.",
        why="A few kilobytes can unpack to gigabytes; a workbook from elsewhere must not fill the machine.",
    ),
    Rule(
        "xlsx-declares-a-type",
        "A part of the workbook ({part}) declares a document type, as no spreadsheet program does.",
        "Do not use this file; ask for one that was saved by a spreadsheet program.",
        why="Such declarations make readers open other files, or unpack a line into gigabytes.",
    ),
    Rule(
        "xlsx-formula",
        "This cell holds a formula.",
        "Copy the cell and paste it back as a value, or type the value.",
        why="A formula is never computed here, and what it showed last may be out of date.",
    ),
    Rule(
        "xlsx-error",
        "This cell holds the error value {value}.",
        "Type the value that is meant.",
        why="An error value is no value.",
    ),
    Rule(
        "xlsx-character",
        "This cell holds the character {character}, which cannot stand in a plan.",
        "Delete it; it often comes with text pasted from elsewhere.",
        why="Control characters break mail headers and terminals, and can make a text read otherwise than it is.",
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class BookLimits:
    """How much of a workbook is read before it is refused: far more than people fill in.

    Attributes:
        packed: bytes of the file.
        unpacked: bytes of all its parts together.
        ratio: how many times its packed size a part may be, once it is larger than `ratio_from`.
        ratio_from: bytes up to which a part may be packed as tightly as can be.
        parts: files in the archive.
        depth: how deep elements nest.
        rows: the number of the last row with anything in it.
        columns: the number of the last column.
        cells: cells of all sheets together.
    """

    packed: int = 16 * 1024 * 1024
    unpacked: int = 128 * 1024 * 1024
    ratio: int = 150
    ratio_from: int = 1024 * 1024
    parts: int = 500
    depth: int = 64
    rows: int = 100_000
    columns: int = 256
    cells: int = 1_000_000


BOOK_LIMITS: Final = BookLimits()

_XML: Final = (".xml", ".rels", ".vml")
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
#: A line end as other systems have it; within a cell a carriage return is written so (ECMA-376-1, 22.9.2.19).
_RETURN: Final = re.compile("(?:_x000D_|\r)\n?")
_HOLDS: Final = frozenset({"v", "is", "f"})
_CHUNK: Final = 65536
_ENCRYPTED: Final = 0x1
_OLE: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """A workbook that was read.

    Attributes:
        grids: its sheets in their order; empty when it is refused.
        findings: why it is refused.
    """

    grids: tuple[Grid, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Refused(Exception):
    """Reading cannot go on: the code of a rule and its fields."""

    def __init__(self, code: str, **data: Any) -> None:
        self.code, self.data = code, data
        super().__init__(code)


def read_workbook(content: bytes, *, file: str, limits: BookLimits = BOOK_LIMITS) -> Book:
    """Reads the cells of a workbook. Never raises because of its content.

    Args:
        content: the file; of one that is larger than the caps only so much need be given that it shows.
        file: its name, for the findings.
        limits: the caps.
    """
    try:
        _look_through(content, limits)
        grids = tuple(_grids(content, file))
        if not grids:
            raise _Refused("xlsx-unreadable", problem="it has no sheet")
        return Book(grids=grids)
    except _Refused as refused:
        return Book(findings=(Finding.of(refused.code, **refused.data).located(file),))


# --- before the library sees it


def _look_through(content: bytes, limits: BookLimits) -> None:
    """Refuses what is no archive of sound XML within the caps."""
    if len(content) > limits.packed:
        raise _too_much(f"{len(content)} bytes", limits.packed)
    if content.startswith(_OLE):
        raise _Refused("xlsx-unreadable", problem="it is protected by a password, or an old .xls")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _sizes(archive, limits)
            scan = _Scan(limits)
            for part in archive.infolist():
                if part.filename.lower().endswith(_XML):
                    scan.part(archive, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise _Refused("xlsx-unreadable", problem=_said(error)) from None


def _sizes(archive: zipfile.ZipFile, limits: BookLimits) -> None:
    parts = archive.infolist()
    if len(parts) > limits.parts:
        raise _too_much(f"{len(parts)} parts", limits.parts)
    if len({part.filename for part in parts}) < len(parts):
        raise _Refused("xlsx-unreadable", problem="two of its parts have one name")
    whole = sum(part.file_size for part in parts)
    if whole > limits.unpacked:
        raise _too_much(f"{whole} bytes", limits.unpacked)
    for part in parts:
        if part.flag_bits & _ENCRYPTED:
            raise _Refused("xlsx-unreadable", problem="it is protected by a password")
        if part.file_size > max(limits.ratio_from, limits.ratio * part.compress_size):
            raise _too_much(f"{part.file_size} bytes packed into {part.compress_size}", limits.unpacked)


class _Scan:
    """Looks through the XML of every part, without keeping it."""

    def __init__(self, limits: BookLimits) -> None:
        self.limits = limits
        self.cells = 0
        self.depth = 0
        self.sheet = False
        self.reference = ""

    def part(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        """One part. The archive gives no more bytes than its own list says, which were counted."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = lambda *declared: self._declared(part.filename)
        parser.StartElementHandler = self._begins
        parser.EndElementHandler = self._ends
        self.depth, self.sheet = 0, _SHEET.fullmatch(part.filename) is not None
        try:
            with archive.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(chunk, False)
                parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, UnicodeError) as error:  # an encoding that nobody knows is a LookupError
            raise _Refused("xlsx-unreadable", problem=f"{part.filename}: {error}") from None

    def _declared(self, part: str) -> None:
        raise _Refused("xlsx-declares-a-type", part=part)

    def _begins(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if self.depth > self.limits.depth:
            raise _too_much(f"{self.depth} levels", self.limits.depth)
        if self.sheet:
            local = name.rpartition(":")[2]
            if local == "c":
                self.reference = attributes.get("r", "")
            elif local in _HOLDS:
                self._cell()

    def _ends(self, name: str) -> None:
        self.depth -= 1

    def _cell(self) -> None:
        self.cells += 1
        if self.cells > 2 * self.limits.cells:  # a formula has its last result beside it
            raise _too_much("too many cells", self.limits.cells)
        if match := _REFERENCE.fullmatch(self.reference):
            if int(match[2]) > self.limits.rows:
                raise _too_much(f"row {match[2]}", self.limits.rows)
            if _column(match[1]) > self.limits.columns:
                raise _too_much(f"column {match[1]}", self.limits.columns)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _too_much(what: str, limit: int) -> _Refused:
    return _Refused("xlsx-too-much", what=what, limit=limit)


def _said(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


# --- the cells


def _grids(content: bytes, file: str) -> Iterator[Grid]:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it leaves out (extensions, styles) is no part of a plan
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                yield Grid(file=file, title=normalize("NFC", sheet.title), rows=dict(_rows(sheet)))
    except _Refused:
        raise
    except Exception as error:  # noqa: BLE001 -- the library raises whatever a damaged part makes it stumble over
        raise _Refused("xlsx-unreadable", problem=_said(error)) from None


def _rows(sheet: Any) -> Iterator[tuple[int, dict[int, Raw]]]:
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells: dict[int, Raw] = {column: raw for column, cell in enumerate(row, 1) if (raw := _raw(cell)) is not None}
        if cells:
            yield number, cells


def _raw(cell: Any) -> Raw:
    value, kind = cell.value, getattr(cell, "data_type", "n")
    if kind == "f":
        return Unusable("xlsx-formula")
    if kind == "e":
        return Unusable("xlsx-error", {"value": value})
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int | float | dt.datetime | dt.date | dt.time):
        return value
    return Unusable("xlsx-formula")


def _text(value: str) -> Raw:
    text = normalize("NFC", _RETURN.sub("\n", value)).strip()
    if bad := forbidden_in(text):
        return Unusable("xlsx-character", {"character": bad})
    return text or None
