"""Tables, wrapping, colours and JSON as a terminal gets them."""

from __future__ import annotations

import doctest
import io
import json
import unicodedata

import pytest

from campaignflow.cli import output
from campaignflow.cli.output import (
    Column,
    Style,
    Toned,
    columns_of,
    cut,
    key_values,
    pad,
    plain,
    prepare,
    print_json,
    table,
    terminal_width,
    use_color,
    wrap,
)

COLUMNS = (
    Column("key", "Mã", minimum=10),
    Column("agency", "Đơn vị", minimum=12, weight=2),
    Column("standing", "Tình trạng", minimum=12),
    Column("left", "Còn", align="right", shrink="never"),
)
ROWS = (
    ("III.4/cao-loc", "UBND huyện Cao Lộc", Toned("Chưa hoàn thành, quá hạn", "bad"), "-3"),
    ("III.4/lang-son", "UBND thành phố Lạng Sơn", Toned("Hoàn thành đúng hạn", "good"), "12"),
    ("III.2/so-ldtbxh", "Sở Lao động - Thương binh và Xã hội", "Chưa hoàn thành, trong hạn", "5"),
)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def test_examples_of_the_docstrings_hold():
    assert doctest.testmod(output).failed == 0


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("abc", 3), ("Lạng Sơn", 8), (nfd("Lạng Sơn"), 8), ("諒山", 4), ("a\u200bb", 2), ("ｱ", 1), ("Ａ", 2)],
)
def test_a_text_is_as_wide_as_a_terminal_shows_it(text, columns):
    assert columns_of(text) == columns


def test_padding_counts_columns_and_not_characters():
    assert columns_of(pad(nfd("Đình Lập"), 12)) == 12
    assert pad("7", 3, "right") == "  7"


@pytest.mark.parametrize("text", ["Lạng Sơn", nfd("Lạng Sơn"), "諒山省人民"])
@pytest.mark.parametrize("width", [1, 2, 3, 5, 7])
def test_a_cut_text_fits_and_ends_in_an_ellipsis(text, width):
    assert columns_of(cut(text, width)) <= width
    assert cut(text, width).endswith("…")


def test_a_cut_never_parts_a_letter_from_its_marks():
    assert cut(nfd("ộộộ"), 2) == f"{nfd('ộ')}…"


@pytest.mark.parametrize("width", [8, 13, 20, 40])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_wrapped_lines_fit_and_lose_no_word(width, form):
    text = unicodedata.normalize(form, "Chỉ đạo, hướng dẫn các xã, phường, thị trấn tổ chức Tuần lễ hưởng ứng")
    lines = wrap(text, width)
    assert all(columns_of(line) <= width for line in lines)
    assert " ".join(lines) == text


def test_a_word_longer_than_the_line_breaks_after_its_slashes_and_hyphens():
    assert wrap("bao-cao-tong-hop/ubnd-huyen-cao-loc", 20) == ["bao-cao-tong-hop/", "ubnd-huyen-cao-loc"]
    assert "".join(wrap("x" * 55, 20)) == "x" * 55


def test_a_hanging_indent_counts_towards_the_width():
    lines = wrap("một hai ba bốn năm sáu bảy", 10, indent="    ")
    assert all(columns_of(line) <= 10 for line in lines)
    assert all(line.startswith("    ") for line in lines[1:])


def test_line_breaks_of_a_text_are_kept_when_wrapping():
    assert wrap("một\nhai ba", 20) == ["một", "hai ba"]


def test_escape_sequences_in_a_text_never_reach_the_terminal():
    hostile = "Sở\x1b[2J\x07 Y\u202e tế\x9b31m"
    printed = table(COLUMNS, [(hostile, hostile, hostile, "1")], width=80) + "".join(wrap(hostile, 10))
    assert not set(printed) & {"\x1b", "\x07", "\x9b", "\u202e"}


@pytest.mark.parametrize("width", [40, 60, 79, 80, 100, 200])
def test_no_line_of_a_table_is_wider_than_the_terminal(width):
    for form in ("NFC", "NFD"):
        rows = [tuple(unicodedata.normalize(form, cell) for cell in row) for row in ROWS]
        assert all(columns_of(line) <= width for line in table(COLUMNS, rows, width=width).splitlines())


def test_a_table_of_80_columns_has_one_heading_and_its_cells_in_line():
    lines = table(COLUMNS, ROWS, width=80).splitlines()
    assert lines[0].split() == ["Mã", "Đơn", "vị", "Tình", "trạng", "Còn"]
    assert set(lines[1]) == {"─", " "}
    place = lines[0].index("Tình")
    assert [line[place:].split()[0] for line in lines[2:] if line.startswith("III")] == ["Chưa", "Hoàn", "Chưa"]


def test_a_table_of_40_columns_becomes_a_card_for_each_row_and_says_everything():
    printed = table(COLUMNS, ROWS, width=40)
    cards = printed.strip().split("\n\n")
    assert len(cards) == len(ROWS)
    for card, row in zip(cards, ROWS, strict=True):
        said = " ".join(card.split())
        assert all(str(cell) in said for cell in row)
        assert "Tình trạng:" in said


def test_a_cell_that_is_cut_keeps_the_table_narrow_and_one_line_a_row():
    columns = (Column("a", "A", shrink="never"), Column("b", "B", shrink="cut", minimum=5))
    lines = table(columns, [("1", "x" * 100), ("2", "y")], width=20).splitlines()
    assert len(lines) == 4
    assert lines[2].endswith("…")


def test_a_table_without_rows_prints_nothing():
    assert table(COLUMNS, [], width=80) == ""


def test_colours_repeat_words_and_change_no_layout():
    coloured, bare = table(COLUMNS, ROWS, width=80, style=Style(True)), table(COLUMNS, ROWS, width=80)
    assert "\x1b[31m" in coloured
    assert "\x1b" not in bare
    assert [line.rstrip() for line in _without_codes(coloured)] == bare.splitlines()
    assert "quá hạn" in bare


def _without_codes(text: str) -> list[str]:
    for code in ("0", "1", "2", "31", "32"):
        text = text.replace(f"\x1b[{code}m", "")
    return text.splitlines()


@pytest.mark.parametrize("width", [30, 80])
def test_pairs_fit_and_are_stacked_where_there_is_no_room_beside(width):
    pairs = [("Thời hạn báo cáo cuối cùng", "trước ngày 25/10/2020 (thứ Sáu 23/10/2020)"), ("Mục", "IV")]
    lines = key_values(pairs, width=width).splitlines()
    assert all(columns_of(line) <= width for line in lines)
    assert " ".join(" ".join(lines).split()) == " ".join(word for pair in pairs for word in pair)
    assert len(lines) == (2 if width == 80 else 5)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "refused", "colored"),
    [
        (Terminal(), {}, False, True),
        (io.StringIO(), {}, False, False),
        (Terminal(), {"NO_COLOR": "1"}, False, False),
        (Terminal(), {"NO_COLOR": ""}, False, True),
        (io.StringIO(), {"FORCE_COLOR": "1"}, False, True),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        (Terminal(), {"TERM": "dumb"}, False, False),
        (Terminal(), {"FORCE_COLOR": "1"}, True, False),
        (None, {}, False, False),
    ],
)
def test_colour_is_for_terminals_and_who_asks_and_never_against_no_color(stream, environ, refused, colored):
    assert use_color(stream, environ, refused=refused) is colored


@pytest.mark.parametrize(
    ("environ", "width"), [({"COLUMNS": "40"}, 40), ({"COLUMNS": "x"}, 80), ({}, 80), ({"COLUMNS": "1"}, 20)]
)
def test_the_width_is_that_of_columns_or_80_without_a_terminal(environ, width):
    assert terminal_width(io.StringIO(), environ) == width


def test_json_is_one_line_into_a_pipe_with_its_letters_and_keys_as_given():
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    print_json({"z": "Lạng Sơn", "a": [1, None]}, out)
    out.seek(0)
    assert out.read() == '{"z": "Lạng Sơn", "a": [1, null]}\n'


def test_json_loses_nothing_on_a_stream_that_lacks_the_letters():
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print_json({"name": "Đình Lập"}, out)
    out.seek(0)
    assert json.load(out) == {"name": "Đình Lập"}


def test_json_refuses_what_is_no_json():
    with pytest.raises(ValueError, match="JSON"):
        print_json({"rate": float("nan")}, io.StringIO())


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_stream_that_was_asked_to_lack_letters_gets_them_without_marks(encoding):
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    prepare(out, {"PYTHONIOENCODING": encoding})
    out.write("Đình Lập ─ quá hạn")
    out.flush()
    assert plain(raw.getvalue().decode(encoding)) == "Dinh Lap - qua han"


def test_a_pipe_gets_utf_8_whatever_the_locale_says():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    prepare(out, {})
    out.write("Đình Lập")
    out.flush()
    assert raw.getvalue() == "Đình Lập".encode()


def test_a_broken_file_name_never_stops_a_message():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8")
    prepare(out, {})
    out.write("k\udcffe")
    out.flush()
    assert raw.getvalue() == b"k?e"
