"""A plan as a workbook and back: unchanged it changes no byte, changed it changes its own lines."""

from __future__ import annotations

import datetime as dt
import difflib
import io
import os
from pathlib import Path

import openpyxl
import pytest

from campaignflow.loading.plan_files import PlanFiles, changed_files, check_files, open_files
from campaignflow.loading.xlsx import read_workbook
from campaignflow.loading.yaml_write import document
from campaignflow.services.errors import FileUnusable
from campaignflow.services.plan_import import changes, located, new_plan
from campaignflow.services.replacing import FileMovedOn, replace_files
from campaignflow.services.starter import write_starter
from campaignflow.services.workbook import write_workbook
from campaignflow.services.workbook_layout import LAYOUTS, WORDS_TITLE
from tests.support.workbooks import append, delete, edited, instant, put, row_of

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "lltweek2020" / "plan.yaml"
PLANS = [EXAMPLE, *sorted((ROOT / "tests" / "plans").glob("*/plan.yaml"))]
DAY = dt.date(2020, 9, 21)


@pytest.fixture(scope="module")
def files() -> PlanFiles:
    return open_files(EXAMPLE)


@pytest.fixture(scope="module")
def workbook(files: PlanFiles) -> bytes:
    return write_workbook(files.parts, made=DAY)


def imported(files, content, *, prune=False):
    book = read_workbook(content, file="k.xlsx")
    assert book.findings == ()
    return changes(book.grids, files.parts, prune=prune)


def lines_changed(files, content, *, prune=False):
    """The lines that go and those that come, by file."""
    outcome = imported(files, content, prune=prune)
    assert outcome.findings == ()
    after = changed_files(files, outcome.patch, outcome.rows)
    found = {}
    for name, text in after.contents.items():
        old, new = (one.decode().splitlines() for one in (files.contents.get(name, b""), text))
        diff = [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
        if diff:
            found[name] = [line[0] + line[2:] for line in diff]
    return found


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.parent.name)
def test_a_workbook_that_comes_back_unchanged_changes_no_byte(plan):
    files = open_files(plan)
    for content in (made := write_workbook(files.parts, made=DAY), edited(made)):
        outcome = imported(files, content)
        assert (outcome.findings, outcome.missing) == ((), ())
        assert changed_files(files, outcome.patch, outcome.rows).contents == files.contents


def test_the_same_plan_and_day_give_the_same_workbook(files, workbook):
    assert write_workbook(files.parts, made=DAY) == workbook


def test_a_changed_deadline_changes_its_line(files, workbook):
    row = row_of(workbook, "Báo cáo", "ket-qua")
    later = edited(workbook, put("Báo cáo", f"G{row}", instant("2020-10-26")))
    assert lines_changed(files, later) == {"plan.yaml": [
        "-    due: {before: 2020-10-25, stated: trước ngày 25 tháng 10 năm 2020}",
        "+    due: {before: 2020-10-26, stated: trước ngày 25 tháng 10 năm 2020}",
    ]}  # fmt: skip
    otherwise = edited(workbook, put("Báo cáo", f"F{row}", "đến hết ngày"))
    assert lines_changed(files, otherwise)["plan.yaml"][1].startswith("+    due: {by: 2020-10-25, ")


def test_a_changed_name_changes_its_line_and_keeps_its_comment(files, workbook):
    content = edited(workbook, put("Nhiệm vụ", f"L{row_of(workbook, 'Nhiệm vụ', 'chi-dao-gdnn')}", "to-chuc-tuan-le"))
    assert lines_changed(files, content) == {"plan.yaml": [
        "-    reported_in: huong-ung                 # one agency, one report",
        "+    reported_in: to-chuc-tuan-le                 # one agency, one report",
    ]}  # fmt: skip


def test_a_new_agency_with_its_contact_adds_two_lines_in_two_files(files, workbook):
    content = edited(
        workbook,
        append("Đơn vị", "so-moi", "Sở Mới", "department", None, "ubnd-tinh"),
        append("Đầu mối", "c999", "so-moi", "văn thư", None, "vanthu@somoi.example", None, instant("2020-10-01")),
    )
    assert lines_changed(files, content) == {
        "plan.yaml": ["+  so-moi: {name: Sở Mới, kind: department, under: ubnd-tinh}"],
        "contacts.csv": ["+c999,so-moi,registry,,vanthu@somoi.example,,2020-10-01,"],
    }


def test_a_new_duty_comes_with_its_deadlines(files, workbook):
    content = edited(
        workbook,
        append("Nhiệm vụ", "moi", "Việc mới", "III.1-1", None, None, "so-y-te, so-khcn", "đưa tin, tuyên truyền"),
        append("Thời hạn", "moi", "hoàn thành", "của kế hoạch", "không ghi hạn", None, "kịp thời"),
    )
    assert lines_changed(files, content)["plan.yaml"] == [
        "+  moi:", "+    title: Việc mới", "+    clause: III.1-1", "+    assigned_to: [so-y-te, so-khcn]",
        "+    role: inform", '+    due: {completed: {none: "true", stated: kịp thời}}'.replace('"', ""),
    ]  # fmt: skip


def test_a_cell_that_was_emptied_takes_its_value_away(files, workbook):
    content = edited(workbook, put("Đơn vị", f"F{row_of(workbook, 'Đơn vị', 'bgddt')}", None))
    assert lines_changed(files, content)["plan.yaml"] == [
        "-  bgddt: {name: Bộ Giáo dục và Đào tạo, kind: ministry, external: true}",
        "+  bgddt: {name: Bộ Giáo dục và Đào tạo, kind: ministry}",
    ]


def test_what_the_workbook_no_longer_has_is_reported_and_kept(files, workbook):
    content = edited(workbook, delete("Đầu mối", row_of(workbook, "Đầu mối", "c02")))
    assert lines_changed(files, content) == {}
    assert [(one.sheet, one.id) for one in imported(files, content).missing] == [("Đầu mối", "c02")]
    assert lines_changed(files, content, prune=True) == {
        "contacts.csv": ["-c02,so-gddt,head,,lanhdao@sogddt.example,,2020-09-01,"],
    }


def test_pruning_a_duty_takes_its_deadlines_with_it_once(files, workbook):
    row = row_of(workbook, "Nhiệm vụ", "chi-dao-gdnn")
    outcome = imported(files, edited(workbook, delete("Nhiệm vụ", row)), prune=True)
    assert [(one.sheet, one.id) for one in outcome.missing] == [("Nhiệm vụ", "chi-dao-gdnn")]
    assert "chi-dao-gdnn" not in outcome.data["responsibilities"]


def test_a_sheet_or_a_column_that_is_gone_says_nothing(files, workbook):
    content = edited(
        workbook, lambda book: book.remove(book["Đầu mối"]), lambda book: book["Đơn vị"].delete_cols(3, 4),
    )  # fmt: skip
    outcome = imported(files, content)
    assert (outcome.patch.empty, outcome.rows, outcome.missing) == (True, {}, ())


def test_what_the_plans_reader_refuses_is_told_with_the_cell_it_came_from(files, workbook):
    duty, contact = row_of(workbook, "Nhiệm vụ", "tham-muu"), row_of(workbook, "Đầu mối", "c02")
    content = edited(
        workbook,
        put("Nhiệm vụ", f"F{duty}", "so-gddt, so-gdd"),
        put("Nhiệm vụ", f"C{duty}", "IX"),
        put("Đầu mối", f"E{contact}", "không có"),
        append("Đơn vị", "Sở Mới", "Sở Mới"),
        append("Điều khoản", "V", "nhiệm vụ"),
    )
    outcome = imported(files, content)
    found = {
        located(one, outcome).place for one in check_files(changed_files(files, outcome.patch, outcome.rows)).errors
    }
    last = row_of(content, "Đơn vị", "Sở Mới")
    assert {f"k.xlsx:Nhiệm vụ!F{duty}", f"k.xlsx:Nhiệm vụ!C{duty}", f"k.xlsx:Đầu mối!E{contact}"} <= found
    assert f"k.xlsx:Đơn vị!A{last}" in found


def test_agencies_of_a_roster_are_changed_in_the_roster(tmp_path):
    write_starter(tmp_path, DAY)
    text = (tmp_path / "plan.yaml").read_text("utf-8")
    (tmp_path / "plan.yaml").write_text(text.replace("\ngroups:", "\nrosters: roster.csv\n\ngroups:", 1), "utf-8")
    (tmp_path / "roster.csv").write_bytes("\ufeffid;name;kind\r\nhuyen-c;Huyện C;district\r\n".encode())
    files = open_files(tmp_path / "plan.yaml")
    content = write_workbook(files.parts, made=DAY)
    content = edited(content, put("Đơn vị", f"B{row_of(content, 'Đơn vị', 'huyen-c')}", "Huyện Cao"),
                     append("Đơn vị", "huyen-d", "Huyện D", "district"))  # fmt: skip
    outcome = imported(files, content)
    after = changed_files(files, outcome.patch, outcome.rows).contents
    assert after["plan.yaml"] == files.contents["plan.yaml"]
    assert after["roster.csv"].decode() == (
        "\ufeffid;name;kind\r\nhuyen-c;Huyện Cao;district\r\nhuyen-d;Huyện D;district\r\n"
    )


def test_a_new_plan_made_from_the_starters_workbook_says_what_the_starter_says(tmp_path):
    write_starter(tmp_path, DAY)
    files = open_files(tmp_path / "plan.yaml")
    outcome = imported(PlanFiles(plan=tmp_path / "new.yaml"), write_workbook(files.parts, made=DAY))
    assert outcome.data == {key: one for key, one in plain(files.parts.data).items() if key != "campaignflow"}
    text = document(new_plan(outcome))
    made = changed_files(
        PlanFiles(plan=tmp_path / "plan.yaml", contents={"plan.yaml": text.encode()}), rows=outcome.rows
    )
    assert check_files(made).findings == ()
    assert made.contents["contacts.csv"] == files.contents["contacts.csv"]
    assert max(map(len, text.splitlines())) <= 120


def plain(value):
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


# --- what it looks like


@pytest.fixture(scope="module")
def pages(workbook):
    return openpyxl.load_workbook(io.BytesIO(workbook))


def test_every_sheet_has_both_headings_widths_and_stays_in_view(pages):
    assert pages.sheetnames == ["Hướng dẫn", *(layout.vi for layout in LAYOUTS), WORDS_TITLE]
    for layout in LAYOUTS[1:]:
        page = pages[layout.vi]
        columns = layout.columns
        assert [page.cell(1, one).value for one in range(1, len(columns) + 1)] == [column.vi for column in columns]
        assert [page.cell(2, one).value for one in range(1, len(columns) + 1)] == [column.en for column in columns]
        assert str(page.freeze_panes) == f"{chr(ord('A') + layout.ids)}3"
        assert all(page.column_dimensions[chr(ord("A") + at)].width >= 9 for at in range(len(columns)))


@pytest.mark.parametrize(
    ("sheet", "column", "source"),
    [
        ("Nhiệm vụ", "G", "'Danh mục'!"), ("Nhiệm vụ", "H", "'Danh mục'!"), ("Đơn vị", "F", "'Danh mục'!"),
        ("Báo cáo", "F", "'Danh mục'!"), ("Đầu mối", "C", "'Danh mục'!"), ("Điều khoản", "B", "'Danh mục'!"),
        ("Đơn vị", "E", "'Đơn vị'!$A$3:"), ("Đầu mối", "B", "'Đơn vị'!$A$3:"), ("Nhiệm vụ", "K", "'Báo cáo'!$A$3:"),
        ("Thời hạn", "A", "'Nhiệm vụ'!$A$3:"),
    ],
)  # fmt: skip
def test_closed_lists_and_ids_are_chosen_from_drop_downs(pages, sheet, column, source):
    rules = [rule for rule in pages[sheet].data_validations.dataValidation if f"{column}400" in rule.sqref]
    assert [rule.type for rule in rules] == ["list"]
    assert rules[0].formula1.startswith(source)


def test_the_lists_hold_every_word_that_they_are_chosen_from(pages):
    rule = next(one for one in pages["Nhiệm vụ"].data_validations.dataValidation if "G400" in one.sqref)
    area = rule.formula1.partition("!")[2].replace("$", "")
    shown = [cell.value for row in pages[WORDS_TITLE][area] for cell in row]
    assert "chủ trì · lead" in shown
    assert None not in shown


def test_days_are_cells_of_dates(pages):
    cell = pages["Báo cáo"]["G3"]
    assert (cell.value, cell.number_format, cell.is_date) == (instant("2020-10-25"), "dd/mm/yyyy", True)


def test_the_first_sheet_says_how_to_fill_in_the_others(pages):
    told = "\n".join(str(cell.value) for row in pages["Hướng dẫn"].iter_rows() for cell in row if cell.value)
    assert told.startswith("Cách điền bảng tính này\nHow to fill in this workbook")
    assert all(f"{layout.vi} · {layout.en}" in told for layout in LAYOUTS)


@pytest.mark.parametrize("text", ["=1+1", "+84 912", "-x", "@SUM(A1)", '=HYPERLINK("http://host.example")'])
def test_text_that_begins_like_a_formula_is_written_as_text_and_marked_to_stay_it(tmp_path, text):
    """A9: the cell's type is text, and its style keeps a spreadsheet from reading it anew when it is edited."""
    write_starter(tmp_path, DAY)
    plan = tmp_path / "plan.yaml"
    quoted = text.replace('"', '\\"')
    plan.write_text(plan.read_text("utf-8").replace("title: Tổng hợp kết quả", f'title: "{quoted}"'), "utf-8")
    files = open_files(plan)
    content = write_workbook(files.parts, made=DAY)
    page = openpyxl.load_workbook(io.BytesIO(content))["Nhiệm vụ"]
    (cell,) = [cell for row in page.iter_rows() for cell in row if cell.value == text]
    assert (cell.data_type, cell.quotePrefix, cell.hyperlink) == ("s", True, None)
    outcome = imported(files, content)
    assert (outcome.findings, outcome.patch.empty) == ((), True)


# --- replaced together or not at all


def test_files_are_replaced_together(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    replace_files(tmp_path, {"a": b"2", "b": b"3"}, {"a": b"1"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"2", "b": b"3"}


def test_a_file_that_somebody_else_changed_stops_them_all(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"theirs")
    for before in ({"a": b"1", "b": b"ours"}, {"a": b"1"}):
        with pytest.raises(FileMovedOn):
            replace_files(tmp_path, {"a": b"2", "b": b"3"}, before)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"1", "b": b"theirs"}


@pytest.mark.parametrize("failing", [1, 2])
def test_a_renaming_that_fails_undoes_those_before_it(tmp_path, monkeypatch, failing):
    (tmp_path / "a").write_bytes(b"1")
    calls = []
    rename = os.replace

    def fail(source, target):
        calls.append(target)
        if len(calls) == failing + 1:
            raise PermissionError(13, "Permission denied", str(target))
        rename(source, target)

    monkeypatch.setattr("campaignflow.services.replacing.os.replace", fail)
    with pytest.raises(FileUnusable):
        replace_files(tmp_path, {"b": b"3", "a": b"2", "c": b"4"}, {"a": b"1"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"1"}
