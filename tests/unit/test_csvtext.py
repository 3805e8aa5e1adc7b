"""Tables read from CSV, each cell with a position."""

from __future__ import annotations

import pytest

from campaignflow.loading.csvtext import read_csv
from campaignflow.loading.reading import Limits

REQUIRED = ("id", "name")
OPTIONAL = ("kind", "under")


def read(text, **limits):
    return read_csv(text, file="roster.csv", required=REQUIRED, optional=OPTIONAL, limits=Limits(**limits))


def only(text, **limits):
    (found,) = read(text, **limits).findings
    assert found.file == "roster.csv"
    return found.code, found.line, found.column


ROWS = [
    {"id": "bac-son", "name": "Huyện Bắc Sơn", "kind": "district", "under": ""},
    {"id": "cao-loc", "name": "Huyện Cao Lộc", "kind": "", "under": ""},
]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_table_reads_the_same_from_every_spreadsheet(separator, end, mark):
    lines = ["id,name,kind", "bac-son,Huyện Bắc Sơn,district", "cao-loc,Huyện Cao Lộc,", ""]
    table = read((mark + end.join(lines).replace(",", separator)).encode())
    assert table.ok
    assert table.rows == ROWS
    assert table.columns == ("id", "name", "kind")
    assert table.at(1, "name") == (3, 9)


def test_cells_lose_space_around_them_and_are_composed_to_one_unicode_form():
    table = read("id , name\n a ,  Tu\u1ea7\u0300n".replace("\u1ea7\u0300", "a\u0302\u0300"))
    assert table.rows[0]["id"] == "a"
    assert table.rows[0]["name"] == "Tuần"


def test_quoted_cells_hold_separators_quotes_and_line_ends_and_keep_positions_right():
    table = read('id;name;kind\n"a\nb";"x;""y""";k\nc;d "e" f;g\n')
    assert [row["name"] for row in table.rows] == ['x;"y"', 'd "e" f']
    assert [table.at(0, name) for name in ("id", "name", "kind")] == [(2, 1), (3, 4), (3, 14)]
    assert table.at(1, "kind") == (4, 11)


def test_a_column_the_file_lacks_is_empty_and_its_position_is_the_rows():
    table = read("id,name\na,b\n")
    assert table.rows == [{"id": "a", "name": "b", "kind": "", "under": ""}]
    assert table.at(0, "under") == (2, 1)


def test_rows_of_nothing_are_passed_over():
    table = read("\n\nid,name\n\n,\n  ,  \na,b\n\n")
    assert [row["id"] for row in table.rows] == ["a"]
    assert table.at(0, "name") == (7, 3)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("", ("csv-empty", 1, 1)),
        ("\n\n", ("csv-empty", 1, 1)),
        ("id\na", ("csv-column-missing", 1, 1)),
        ("id,name,knd\na,b,c", ("csv-column-unknown", 1, 9)),
        ("id,name,\na,b,c", ("csv-column-unknown", 1, 9)),
        ("id;name;id\na;b;c", ("csv-column-twice", 1, 9)),
        ("id,name\na,b\nc,d,e\nf,g", ("csv-cells", 3, 5)),
        ("id,name\na,b\nc\nf,g", ("csv-cells", 3, 1)),
        ('id,name\na,b\nc,"d\ne,f\n', ("csv-syntax", 3, 1)),
        ('id,name\na,"b"c\n', ("csv-syntax", 2, 1)),
        ("id,name\na," + "x" * 200_000, ("csv-syntax", 2, 1)),
        (b"id,name\na,\xe1\xba", ("not-utf8", 2, 3)),
        ("id,name\na,b\nc,d\x00", ("control-character", 3, 4)),
        ("id,name\na,\u202eb", ("control-character", 2, 3)),
    ],
)
def test_what_is_refused_is_refused_with_its_position(text, refused):
    assert only(text) == refused


def test_an_unknown_column_is_refused_with_the_one_that_was_meant():
    found = read("id,Tên,nmae\na,b,c").findings
    assert [finding.code for finding in found] == ["csv-column-unknown", "csv-column-unknown", "csv-column-missing"]
    assert found[1].cure.startswith("Did you mean 'name'?")


def test_wrong_rows_are_gathered_and_the_others_read():
    table = read("id,name\na\nb,c\nd,e,f\n")
    assert [finding.line for finding in table.findings] == [2, 4]
    assert [row["id"] for row in table.rows] == ["b"]


def test_the_caps_hold():
    assert only("id,name\na,b\nc,d\n", rows=1) == ("csv-too-many-rows", 3, 1)
    assert only("id,name\na,b\n", size=10) == ("too-large", 1, 1)
    assert [finding.code for finding in read("id,name\n" + "a\n" * 9, findings=2).findings] == [
        "csv-cells", "csv-cells", "too-many-findings",
    ]  # fmt: skip
