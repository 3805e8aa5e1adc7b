"""Workbooks from strangers: what may not be in them, and that nothing in them makes the reader fail."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from campaignflow.domain.sheets import Unusable, column_letters
from campaignflow.loading.xlsx import BookLimits, read_workbook
from tests.support.workbooks import instant, repacked

BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
REMOTE = b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://host.example/a.dtd"><a/>'


def book(*rows, **options):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, **options}) as made:
        sheet = made.add_worksheet("Đơn vị")
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if isinstance(value, dt.datetime):
                    sheet.write_datetime(row, column, value, made.add_format({"num_format": "dd/mm/yyyy"}))
                else:
                    sheet.write(row, column, value)
    return out.getvalue()


PLAIN = book(["Mã", "Tên"], ["so", "Sở"])


def read(content, **limits):
    return read_workbook(content, file="k.xlsx", limits=BookLimits(**limits))


def only(content, **limits):
    (finding,) = read(content, **limits).findings
    assert finding.file == "k.xlsx"
    return finding.code


def test_cells_are_read_as_what_they_are_and_know_their_places():
    day = instant("2020-10-25")
    (grid,) = read(book(["  Sở ", 5, 1.5, True, day, "a\r\nb", ""])).grids
    assert grid.rows == {1: {1: "Sở", 2: 5, 3: 1.5, 4: True, 5: day, 6: "a\nb"}}
    assert grid.cell(1, 2).place == "k.xlsx:Đơn vị!B1"
    assert [column_letters(number) for number in (1, 26, 27, 703)] == ["A", "Z", "AA", "AAA"]


def test_letters_in_another_form_of_unicode_are_the_same_letters():
    (grid,) = read(book(["So\u031b\u0309"])).grids
    assert grid.rows[1][1] == "Sở"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "_rels/.rels"])
@pytest.mark.parametrize("attack", [BOMB, OUTSIDE, REMOTE], ids=["bomb", "outside", "remote"])
def test_a_part_that_declares_a_document_type_is_refused(part, attack):
    """A6: entities, inner and outer, cannot even be declared, in whatever part of the workbook."""
    assert only(repacked(PLAIN, {part: attack})) == "xlsx-declares-a-type"


def test_a_document_type_in_another_encoding_is_found():
    """A6: the declaration is found by parsing, not by looking for its letters."""
    attack = BOMB.decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16")
    assert only(repacked(PLAIN, {"xl/styles.xml": attack})) == "xlsx-declares-a-type"


def test_the_spreadsheet_library_itself_uses_the_hardened_parser():
    """A6: behind our own look at every part stands defusedxml."""
    assert openpyxl.DEFUSEDXML


def test_a_part_that_unpacks_to_much_more_than_it_is_packed_is_refused():
    """A6: endless compression; nothing is unpacked to find out."""
    bomb = b"<a>" + b" " * 20_000_000 + b"</a>"
    content = repacked(PLAIN, {"xl/extra.xml": bomb})
    assert len(content) < 50_000
    assert only(content) == "xlsx-too-much"


def test_a_part_that_is_larger_than_the_archive_says_is_refused():
    """A6: the sizes in the archive's list are those that are counted, so they must be true."""
    content = bytearray(repacked(PLAIN, {"xl/extra.xml": b"<a>" + b" " * 5_000 + b"</a>"}))
    at = content.rfind(b"xl/extra.xml") - 46
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert only(bytes(content)) == "xlsx-unreadable"


@pytest.mark.parametrize(
    "limits",
    [
        {"packed": 100}, {"unpacked": 1000}, {"parts": 3}, {"depth": 2}, {"cells": 1}, {"rows": 1}, {"columns": 1},
        {"ratio": 1, "ratio_from": 10},
    ],
    ids=str,
)  # fmt: skip
def test_more_than_the_caps_allow_is_refused(limits):
    """A6: size, parts, depth, rows, columns and cells are counted before a cell is kept."""
    assert only(PLAIN, **limits) == "xlsx-too-much"


def test_a_cell_at_the_end_of_the_world_is_refused_and_an_empty_row_there_is_not():
    """A6: one cell in the last row makes readers fill a million rows; formatting alone harms nobody."""
    far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    cell = far % b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    empty = far % b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576" ht="3"/>'
    assert only(repacked(PLAIN, {"xl/worksheets/sheet1.xml": cell})) == "xlsx-too-much"
    assert read(repacked(PLAIN, {"xl/worksheets/sheet1.xml": empty})).grids[0].rows == {1: {1: 1}}


def test_macros_and_links_to_other_workbooks_are_passed_over():
    """A6: what is no cell of a sheet is never opened."""
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook/></externalLink>'
    content = repacked(PLAIN, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0", "xl/externalLinks/externalLink1.xml": link})
    assert read(content).grids[0].rows[2] == {1: "so", 2: "Sở"}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no workbook", b"PK\x03\x04", b"\xd0\xcf\x11\xe0 an old one",
        repacked(PLAIN, {"xl/workbook.xml": b"<a>"}), repacked(PLAIN, {"xl/workbook.xml": b"<a/>"}),
        repacked(PLAIN, {"[Content_Types].xml": b"<a/>"}), repacked(PLAIN, {"xl/worksheets/sheet1.xml": b"<a/>"})[:-9],
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_workbook_is_refused_as_such(content):
    assert only(content) == "xlsx-unreadable"


def test_two_parts_of_one_name_are_refused():
    out = io.BytesIO(PLAIN)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning):
        archive.writestr("xl/workbook.xml", b"<a/>")
    assert only(out.getvalue()) == "xlsx-unreadable"


@given(st.data())
def test_a_damaged_workbook_is_read_or_refused_and_never_an_exception(data):
    """A6: bytes changed anywhere."""
    content = bytearray(PLAIN)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    result = read(bytes(content))
    assert bool(result.grids) != bool(result.findings)


@given(st.data())
def test_a_sheet_with_damaged_xml_is_read_or_refused_and_never_an_exception(data):
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        name = data.draw(st.sampled_from([one for one in archive.namelist() if one.startswith("xl/")]))
        part = bytearray(archive.read(name))
    for _ in range(data.draw(st.integers(1, 4))):
        part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.sampled_from(list(b'<>"&;=/azAZ09 ')))
    result = read(repacked(PLAIN, {name: bytes(part)}))
    assert bool(result.grids) != bool(result.findings)


# --- formulas


@pytest.mark.parametrize("formula", ["=1+1", "=HYPERLINK(A1)", "={A1:A2}", "=cmd|' /C calc'!A0"])
def test_a_formula_is_no_value_and_is_not_computed(formula):
    """A9: whatever its last result was."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet("Đơn vị")
        if formula.startswith("={"):
            sheet.write_array_formula("A1:A2", formula[1:].join(("{=", "}"))[1:], None, 7)
        else:
            sheet.write_formula("A1", formula, None, 7)
    (grid,) = read(out.getvalue()).grids
    assert grid.rows[1][1] == Unusable("xlsx-formula")


@pytest.mark.parametrize("text", ["=1+1", "+84 912", "-x", "@SUM(A1)"])
def test_text_that_looks_like_a_formula_is_text(text):
    """A9: a cell of text is text, whatever it begins with."""
    assert read(book([text])).grids[0].rows[1][1] == text


def test_an_error_value_and_a_control_character_are_no_values():
    out = io.BytesIO()
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet["A1"], sheet["B1"] = "#REF!", "so\u202ey"
    made.save(out)
    cells = read(out.getvalue()).grids[0].rows[1]
    assert [cell.code for cell in cells.values()] == ["xlsx-error", "xlsx-character"]
