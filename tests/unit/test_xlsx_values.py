"""What the cells of a workbook mean: words of closed lists, days, numbers, ids; and what they cannot mean."""

from __future__ import annotations

import datetime as dt

import pytest

from campaignflow.domain.plan_parts import PlanParts, RowsOf
from campaignflow.domain.sheets import Cell, Grid, Unusable
from campaignflow.loading.xlsx import XLSX_RULES
from campaignflow.services.plan_import import changes
from campaignflow.services.workbook_layout import AGENCIES, DUTIES, HEADER, LAYOUTS, Column
from campaignflow.services.workbook_read import NoMeaning, meaning, read_sheets
from campaignflow.services.workbook_rows import cell_text, records
from campaignflow.services.workbook_words import words
from tests.support.workbooks import instant


def value(column, raw):
    return meaning(column, Cell(value=raw, file="k.xlsx:X!C7"))


def refused(column, raw):
    with pytest.raises(NoMeaning) as caught:
        value(column, raw)
    finding = caught.value.finding
    assert finding.place == "k.xlsx:X!C7"
    return finding


@pytest.mark.parametrize("raw", ["chủ trì", "CHỦ TRÌ", "lead", "chủ trì · lead", "Chủ trì·Lead"])
def test_a_word_is_read_in_vietnamese_as_the_plans_own_or_as_both(raw):
    assert value(DUTIES.column("role"), raw) == "lead"


@pytest.mark.parametrize("key", list(words()))
def test_every_entry_of_every_list_is_read_as_its_own_word(key):
    column = Column(key="x", vi="X", en="X", words=key, kind="choice")
    for code in words()[key].codes:
        assert value(column, words()[key].show(code)) == code


@pytest.mark.parametrize(
    ("raw", "meant"), [("có", "true"), ("Có · yes", "true"), ("x", "true"), (True, "true"), (1, "true"),
                       ("không", "false"), (False, "false"), ("no", "false"), (0, "false")],
)  # fmt: skip
def test_yes_and_no_are_read_however_people_tick(raw, meant):
    assert value(AGENCIES.column("external"), raw) == meant


def test_a_word_of_no_list_is_refused_with_the_one_that_was_meant():
    finding = refused(DUTIES.column("role"), "chủ tri")
    assert finding.code == "workbook-bad-word"
    assert finding.cure.startswith("Did you mean 'chủ trì · lead'? Choose from the list: ")


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        (instant("2020-10-25"), "2020-10-25"), (dt.date(2020, 10, 25), "2020-10-25"), ("25/10/2020", "2020-10-25"),
        ("5.1.2020", "2020-01-05"), ("2020-10-25", "2020-10-25"), ("unstated", "unstated"), ("2014-Q3", "2014-Q3"),
        (2014, "2014"),
    ],
)  # fmt: skip
def test_a_day_is_read_as_a_vietnamese_a_spreadsheet_or_a_plan_writes_it(raw, meant):
    assert value(AGENCIES.column("until"), raw) == meant


@pytest.mark.parametrize("raw", ["31/02/2020", instant("2020-10-25 08:00"), 44129, "25 tháng 10", 1.5])
def test_what_is_no_day_is_refused(raw):
    assert refused(AGENCIES.column("until"), raw).code == "workbook-bad-day"


def test_numbers_are_whole_and_text_is_no_date():
    assert value(DUTIES.column("takes.days"), 2.0) == "2"
    assert value(DUTIES.column("clause"), 1) == value(DUTIES.column("clause"), 1.0) == "1"
    assert refused(DUTIES.column("takes.days"), 2.5).code == "workbook-bad-number"
    assert refused(DUTIES.column("clause"), 1.1).code == "workbook-not-text"
    assert refused(DUTIES.column("clause"), instant("2020-02-01")).code == "workbook-not-text"
    assert refused(DUTIES.column("title"), Unusable("xlsx-error", {"value": "#REF!"})).code in {
        rule.code for rule in XLSX_RULES
    }


@pytest.mark.parametrize("ids", [("a",), ("a", "b"), ("Điều 3, khoản 2",), ("Điều 3, khoản 2", "III.1")])
def test_a_list_of_ids_is_read_as_it_is_shown(ids):
    assert value(DUTIES.column("also"), cell_text(ids)) == ids


def test_a_list_may_be_parted_by_commas_semicolons_or_lines():
    assert {value(DUTIES.column("also"), raw) for raw in ("a, b", "a;b", "a\nb", " a ,, b ,")} == {("a", "b")}


# --- sheets


def grid(title, *rows):
    cells = {
        number: {column: raw for column, raw in enumerate(row, 1) if raw is not None}
        for number, row in enumerate(rows, 1)
    }
    return Grid(file="k.xlsx", title=title, rows=cells)


def codes(*grids):
    return [(finding.code, finding.file) for finding in read_sheets(grids, LAYOUTS)[1]]


def test_columns_are_found_by_their_headings_in_either_language_in_any_order_below_any_title():
    sheets, findings = read_sheets(
        [grid("agencies", ["A title"], ["Name", "mã đơn vị", "kind"], ["Sở", "so", "department"])], LAYOUTS
    )
    assert findings == []
    assert sheets["agencies"].rows[0].values == {"name": "Sở", "id": "so", "kind": "department"}


def test_what_is_wrong_with_a_sheet_is_told_with_its_cell():
    assert codes(grid("Đơn vị", ["Mã đơn vị", "Tên", "Loại", "Loại"], ["a"])) == [
        ("workbook-column-unknown", "k.xlsx:Đơn vị!B1"), ("workbook-column-twice", "k.xlsx:Đơn vị!D1"),
    ]  # fmt: skip
    assert codes(grid("Đơn vị", ["a"])) == [("workbook-no-headings", "k.xlsx:Đơn vị!A1")]
    assert codes(grid("Đơn vị", ["Mã đơn vị", "Tên đơn vị"], ["a", "A"], [None, "B"], ["a", "C"])) == [
        ("workbook-id-missing", "k.xlsx:Đơn vị!A3"), ("workbook-id-twice", "k.xlsx:Đơn vị!A4"),
    ]  # fmt: skip
    assert codes(grid("Sheet1", ["a"])) == [("workbook-foreign", "k.xlsx")]


def test_a_sheet_that_nobody_reads_is_told_but_for_those_of_ours():
    sheets = (grid("Đơn vị", ["Mã đơn vị"]), grid("Nháp", ["x"]), grid("Hướng dẫn", ["x"]), grid("Trống"))
    assert codes(*sheets) == [("workbook-sheet-unknown", "k.xlsx:Nháp")]


def header(**fields):
    named = {"id": "Mã kế hoạch", "title": "Trích yếu"}
    return grid("Kế hoạch", ["Mục", "Nội dung"], *([f"{named[key]} · x", raw] for key, raw in fields.items()))


def test_the_workbook_of_another_plan_is_refused():
    outcome = changes([header(id="theirs")], PlanParts(data={"plan": {"id": "ours"}}))
    assert [(one.code, one.file) for one in outcome.findings] == [("workbook-other-plan", "k.xlsx:Kế hoạch!B2")]


@pytest.mark.parametrize(
    ("kind", "day", "place"),
    [("trước ngày", None, "D2"), (None, "25/10/2020", "C2"), ("none", "25/10/2020", "C2"), ("before", None, "D2")],
)
def test_a_deadline_of_one_half_is_refused_where_the_other_half_belongs(kind, day, place):
    if kind == "trước ngày":
        kind = "trước ngày (ngày đó là trễ)"
    row = ["r", "Báo cáo", kind, day]
    outcome = changes([grid("Báo cáo", ["Mã báo cáo", "Tên báo cáo", "Cách tính hạn", "Ngày hạn"], row)], PlanParts())
    assert [(one.code, one.file) for one in outcome.findings] == [("workbook-deadline-half", f"k.xlsx:Báo cáo!{place}")]


def test_a_sheet_with_one_column_of_the_deadline_leaves_the_other_half_as_it_was():
    parts = PlanParts(data={"reports": {"r": {"due": {"before": "2020-10-25"}}, "s": {"due": {"none": "true"}}}})
    sheet = grid("Báo cáo", ["Mã báo cáo", "Cách tính hạn"], ["r", "by"], ["s", "none"])
    assert changes([sheet], parts).data["reports"]["r"] == {"due": {"by": "2020-10-25"}}
    sheet = grid("Báo cáo", ["Mã báo cáo", "Ngày hạn"], ["r", "26/10/2020"], ["s", None])
    assert changes([sheet], parts).data["reports"]["r"] == {"due": {"before": "2020-10-26"}}
    sheet = grid("Báo cáo", ["Mã báo cáo", "Cách tính hạn"], ["r", "by"], ["s", "on"])
    assert [one.place for one in changes([sheet], parts).findings] == ["k.xlsx:Báo cáo!A3"]


def test_a_deadline_of_an_unknown_duty_is_refused():
    row = ["none-such", "hoàn thành", "của kế hoạch", "on", "25/10/2020"]
    headings = ["Nhiệm vụ", "Giai đoạn", "Hạn của ai", "Cách tính hạn", "Ngày hạn"]
    outcome = changes([grid("Thời hạn", headings, row)], PlanParts())
    assert [one.code for one in outcome.findings] == ["workbook-unknown-duty"]


@pytest.mark.parametrize(
    ("column", "text"),
    [("Họ và tên", "=1+1"), ("Họ và tên", "@x"), ("Điện thoại", "-84"), ("Thư điện tử", "+a@b.example")],
)
def test_text_for_a_csv_file_that_begins_like_a_formula_is_refused(column, text):
    """A9: in a workbook such text is harmless, in a CSV file a spreadsheet would compute it."""
    sheet = grid("Đầu mối", ["Mã đầu mối", "Đơn vị", "Vai trò", column], ["c1", "so", "văn thư", text])
    assert [one.code for one in changes([sheet], PlanParts()).findings] == ["workbook-like-formula"]


def test_a_telephone_number_may_begin_with_its_plus():
    sheet = grid("Đầu mối", ["Mã đầu mối", "Đơn vị", "Vai trò", "Điện thoại"], ["c1", "so", "clerk", "+84 (205) 381-0"])
    outcome = changes([sheet], PlanParts())
    assert outcome.findings == ()
    assert outcome.rows["contacts.csv"].added[0][0]["phone"] == "+84 (205) 381-0"


def test_new_agencies_go_where_the_row_above_them_stands():
    parts = PlanParts(
        data={"agencies": {"a": {"name": "A"}}}, rosters=(RowsOf(file="r.csv", rows=({"id": "b", "name": "B"},)),)
    )
    sheet = grid("Đơn vị", ["Mã đơn vị", "Tên đơn vị"], ["a", "A"], ["a2", "A2"], ["b", "B"], ["b2", "B2"])
    outcome = changes([sheet], parts)
    assert outcome.data["agencies"] == {"a": {"name": "A"}, "a2": {"name": "A2"}}
    assert outcome.rows["r.csv"].added == (({"id": "b2", "name": "B2"}, "b"),)


def test_the_rows_of_a_sheet_are_the_plans_entries_in_its_order():
    parts = PlanParts(data={"plan": {"id": "x"}, "agencies": {"b": {"name": "B"}, "a": {"name": "A"}}})
    assert [record.id for record in records(AGENCIES, parts)] == [("b",), ("a",)]
    assert records(HEADER, parts)[0].values["id"] == "x"
