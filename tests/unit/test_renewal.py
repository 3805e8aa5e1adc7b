"""Next year's plan from this one: what moves, what stays, and what a person is told to look at."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from campaignflow.domain.agencies import Agency
from campaignflow.domain.plan import Plan
from campaignflow.domain.text_match import collapsed
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.loading.plans import Reading, read_plan
from campaignflow.loading.renewing import read_files, read_outline, register_rows, roster_lines
from campaignflow.services.renewal import Renewal, Shifted, renew
from campaignflow.services.renewal_checklist import answering, ended, weekdays
from campaignflow.services.renewal_dates import day_in, roster_day_of, year_of
from campaignflow.services.renewal_splice import Edit, Spliced
from campaignflow.services.renewal_years import Years
from campaignflow.services.starter import starter_dates, starter_text
from campaignflow.testing import SAMPLE
from tests.support.small_plan import small

EXAMPLE = Path(__file__).parents[2] / "examples" / "lltweek2020"
TEXT = (EXAMPLE / "plan.yaml").read_text("utf-8")
BESIDE = {"contacts.csv": (EXAMPLE / "contacts.csv").read_bytes()}
#: The smallest text that can be renewed; it is never checked, so it needs no more.
HEAD = "plan:\n  id: p-2020\n  period: {from: 2020-10-01, to: 2020-10-07}\n"


def renewed(text: str, year: int, *deserted: str) -> Renewal:
    return renew(read_outline(text), year=year, note="source: none yet", deserted=deserted)


def reread(renewal: Renewal, beside: dict[str, bytes] | None = None) -> Reading:
    return read_files({"plan.yaml": renewal.text.encode(), **(beside or {})}, Path("next"))


def next_year(text: str, year: int, beside: dict[str, bytes]) -> tuple[Renewal, Reading]:
    """A plan renewed as the command does it: groups that nobody belongs to by then are only named."""
    made = renewed(text, year)
    empty = [str(one.path[1]) for one in reread(made, beside).errors if one.code == "group-empty"]
    made = renewed(text, year, *empty)
    return made, reread(made, beside)


def told(renewal: Renewal, what: str) -> list[dict[str, Any]]:
    return [{"line": one.line, **one.data} for one in renewal.remarks if one.what == what]


def moved(text: str, *known: int, title: bool = False, spans: tuple[tuple[int, int], ...] = ()) -> str:
    """A text with the years that move put in brackets."""
    for year in reversed(Years(known=frozenset(known or {2020}), spans=frozenset(spans)).of(text, title=title)):
        if year.moves:
            text = f"{text[: year.start]}<{year.value}>{text[year.start + 4 :]}"
    return text


# --- the real plan


@pytest.mark.parametrize("year", range(2021, 2036))
def test_the_plan_of_2020_can_be_applied_in_any_later_year_and_moved_back_has_its_own_dates(year):
    made, reading = next_year(TEXT, year, BESIDE)
    assert [str(finding) for finding in reading.errors] == []
    back = renewed(made.text, 2020)
    assert dates_of(back.text) == dates_of(TEXT)
    assert without_source(back.text, "cac-huyen-thanh-pho") == without_source(TEXT, "cac-huyen-thanh-pho")


def dates_of(text: str) -> dict[tuple[str | int, ...], str]:
    return {one.path: one.old for one in renewed(text, 2019).shifted if one.is_date}


def without_source(text: str, group: str) -> dict[tuple[str | int, ...], str]:
    """Every value of a text but for those of its source and of a group that may have become only named."""
    pieces = (piece for piece in read_outline(text).pieces if not piece.collection)
    return {
        piece.path: piece.value
        for piece in pieces
        if piece.path[:2] != ("plan", "source") and piece.path[:2] != ("groups", group)
    }


def test_the_plan_of_2021_has_every_date_a_year_later_and_says_so_in_its_text():
    made, reading = next_year(TEXT, 2021, BESIDE)
    assert reading.plan is not None
    header, reports = reading.plan.plan, reading.plan.reports
    assert (header.id, header.number, header.date) == ("lltweek2021", "unstated", "unstated")
    assert header.roster_on == made.roster_day == dt.date(2021, 9, 21)
    assert reports["ket-qua"].due is not None
    assert (str(reports["ket-qua"].due.before), reports["ket-qua"].due.stated) == (
        "2021-10-25", "trước ngày 25 tháng 10 năm 2021",
    )  # fmt: skip
    assert [str(day) for day in reading.plan.reminders[-1].when.on] == [
        "2021-10-02", "2021-10-08", "2021-10-26", "2021-10-29",
    ]  # fmt: skip


def test_comments_order_and_every_line_without_a_date_stay_as_they_were():
    old, new = TEXT.splitlines(), renewed(TEXT, 2021).text.splitlines()
    assert len(old) == len(new)
    changed = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
    assert all("2020" in one for one, _ in changed)
    put_back = [(one, other.replace("2021", "2020")) for one, other in changed if "source" not in one]
    assert all(one == other for one, other in put_back)


def test_what_the_plan_cites_keeps_its_date_and_its_subject():
    made, reading = next_year(TEXT, 2021, BESIDE)
    assert reading.plan is not None
    opening = reading.plan.clause("mo-dau")
    assert opening is not None
    assert opening.text is not None
    assert "số 3589/BGDĐT-GDĐT ngày 15 tháng 9 năm 2020 của Bộ Giáo dục và Đào tạo" in opening.text
    assert "về việc tổ chức Tuần lễ hưởng ứng học tập suốt đời năm 2020, Ủy ban nhân dân tỉnh" in opening.text
    assert "ban hành Kế hoạch thực hiện Tuần lễ hưởng ứng học tập suốt đời năm 2021" in opening.text
    assert str(reading.plan.legal_basis[0].date) == "2020-09-15"
    assert reading.plan.agencies["lang-son"].until == dt.date(2025, 6, 30)
    line = made.lines["clauses", 2, "text"]
    assert {"line": line, "years": "2020"} in told(made, "years")


def test_a_person_is_told_of_number_date_signature_theme_basis_oddities_and_what_was_taken_out():
    made = renewed(TEXT, 2021)
    lines = made.text.splitlines()
    places = {one.what: lines[one.line - 1].strip() for one in reversed(made.remarks)}
    assert places["number"].startswith("number: unstated")
    assert places["date"].startswith("date: unstated")
    assert places["roster"].startswith("roster_on: 2021-09-21")
    assert places["signature"].startswith("signed: ")
    assert places["theme"].startswith("theme: ")
    assert places["basis"] == "- id: cv-3589"
    assert places["source"] == "# source: none yet"
    assert places["years-comment"].startswith("# The plan of the People's Committee")
    assert told(made, "basis")[1]["said"] == "Thông tư 07/2018/TT-BTC"
    assert told(made, "anomalies")[0]["count"] == 10
    assert any("25/10/2020 là Chủ nhật" in lines[one["line"] - 1] for one in told(made, "years"))


def test_every_day_that_moved_is_told_with_its_weekday():
    made, reading = next_year(TEXT, 2021, BESIDE)
    assert reading.calendar is not None
    days = {(one.what, one.data["of"], str(one.data["day"])): one for one in weekdays(made, reading.calendar)}
    report = days["before", "reports.ket-qua", "2021-10-25"]
    assert made.text.splitlines()[report.line - 1].strip().startswith("due: {before: 2021-10-25")
    assert (str(report.data["last"]), report.data["works"], str(report.data["working"])) == (
        "2021-10-24", False, "2021-10-22",
    )  # fmt: skip
    assert days["reminder", "reminders.mot-trang", "2021-10-08"].data["works"]
    assert days["from", "plan.period", "2021-10-01"].data["works"]
    assert len(days) == 16 - 1  # the day of the roster is told by itself


def test_a_group_whose_members_have_all_ended_is_only_named_and_told():
    made, reading = next_year(TEXT, 2025, BESIDE)
    assert reading.plan is not None
    assert reading.plan.groups["cac-huyen-thanh-pho"].unnamed
    assert "    # select: {kind: district, under: ubnd-tinh}\n    unnamed: true\n" in made.text
    (group,) = told(made, "group")
    assert (group["group"], group["was"]) == ("cac-huyen-thanh-pho", "select: {kind: district, under: ubnd-tinh}")
    gone = list(ended(made, reading.plan.agencies, {}))
    assert len(gone) == 11
    assert "thành phố Lạng Sơn" in made.text.splitlines()[gone[0].line - 1]


# --- other plans


@pytest.mark.parametrize("day", [dt.date(year, month, 9) for year in (2024, 2027) for month in range(1, 13)])
def test_the_starter_renewed_can_be_applied(day):
    dates = starter_dates(day)
    made, reading = next_year(
        starter_text("plan.yaml", dates), int(dates["year"]) + 1,
        {"contacts.csv": starter_text("contacts.csv", dates).encode()},
    )  # fmt: skip
    assert [str(finding) for finding in reading.errors] == []
    assert reading.plan is not None
    assert reading.plan.plan.id == f"tuan-le-{int(dates['year']) + 1}"
    assert str(reading.plan.plan.roster_on) == dates["issued"].replace(dates["issued"][:4], str(day.year + 1))
    assert f"  roster_on: {day.year + 1}-" in made.text


def test_an_english_plan_is_renewed_with_the_years_of_its_months_and_its_title():
    made, reading = next_year(SAMPLE, 2027, {})
    assert [str(finding) for finding in reading.errors] == []
    assert reading.plan is not None
    assert (reading.plan.plan.id, reading.plan.plan.title) == ("reading-week-2027", "Reading week 2027")
    assert "open the week on 2 March 2027." in made.text
    assert "2026" not in made.text


def test_a_plan_written_with_brackets_is_renewed_in_its_brackets():
    data = small(("plan.source", {"file": "issued.txt"}), ("plan.number", "7/KH"), ("calendar.add", ["2026-11-20"]))
    made, reading = next_year(json.dumps(data, ensure_ascii=False, indent=1), 2027, {})
    assert [str(finding) for finding in reading.errors] == []
    assert reading.plan is not None
    assert (reading.plan.plan.date, str(reading.plan.plan.roster_on)) == ("unstated", "2027-10-01")
    assert reading.plan.plan.source is None
    assert '"roster_on": "2027-10-01", "date": "unstated"' in made.text
    assert " # source: none yet\n" in made.text or "\n# source: none yet\n" in made.text
    assert told(made, "days-off") == [{"line": told(made, "days-off")[0]["line"], "key": "add", "days": "2026-11-20"}]
    assert reading.plan.calendar.add == ()


# --- years in texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trước ngày 25 tháng 10 năm 2020", "trước ngày 25 tháng 10 năm <2020>"),
        ("TRƯỚC NGÀY 25 THÁNG 10 NĂM 2020", "TRƯỚC NGÀY 25 THÁNG 10 NĂM <2020>"),
        ("từ ngày 01/10/2020 đến 7-10-2020", "từ ngày 01/10/<2020> đến 7-10-<2020>"),
        ("Tháng 11, 12/2020 và Quý IV/2020", "Tháng 11, 12/<2020> và Quý IV/<2020>"),
        ("năm học 2020-2021", "năm học <2020>-<2021>"),
        ("on 2 March 2020, October 25, 2020 and in 2020", "on 2 March <2020>, October 25, <2020> and in <2020>"),
        ("trước 2020-10-25", "trước <2020>-10-25"),
        ("trong năm 2019 và năm 2020", "trong năm 2019 và năm <2020>"),
        ("giai đoạn 2012-2020, giai đoạn năm 2020 - 2025", "giai đoạn 2012-2020, giai đoạn năm 2020 - 2025"),
        ("2020 cuốn sách, nhà số 12020", "2020 cuốn sách, nhà số 12020"),
    ],
)
def test_a_year_moves_where_it_stands_in_a_date_of_the_campaign(text, expected):
    assert moved(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Thông tư số 07/2020/TT-BTC ngày 24 tháng 01 năm 2020 của Bộ trưởng Bộ Tài chính",
        "theo Quyết định số 22/2020/QĐ-TTg ngày 26/4/2020, Chỉ thị số 24-CT/TW ngày 15/5/2020",
        "QUYẾT ĐỊNH SỐ 1237/QĐ-TTG NGÀY 27 THÁNG 7 NĂM 2020 VỀ VIỆC TÌM KIẾM, QUY TẬP ĐẾN NĂM 2020",
        "Công văn số 12 ngày 1/2/2020",
        "Nghị định ngày 26 tháng 4 năm 2020",
        "Luật Tổ chức Hội đồng nhân dân và Ủy ban nhân dân ngày 26 tháng 11 năm 2020; Luật Giáo dục năm 2020",
        "Thông tư số 1/2020/TT-BXD về hỗ trợ nhà ở, đất ở trong năm 2020;",
    ],
)
def test_the_date_and_the_subject_of_a_document_cited_stay(text):
    assert moved(text) == text


def test_what_follows_a_citation_moves_again():
    text = "Thực hiện Công văn số 1/BGDĐT ngày 1/9/2020 về Tuần lễ năm 2020, tỉnh tổ chức Tuần lễ năm 2020"
    assert moved(text) == text[:-4] + "<2020>"
    assert moved("gửi báo cáo ngày 25/10/2020") == "gửi báo cáo ngày 25/10/<2020>"
    assert moved("Ngày Pháp luật năm 2020") == "Ngày Pháp luật năm <2020>"


def test_a_span_moves_where_it_is_one_of_the_plans_own():
    text = "giai đoạn 2013-2015, giai đoạn năm 2016 - 2020, Đề án 2012-2020"
    spans = ((2013, 2015), (2016, 2020))
    assert moved(text, 2013, 2015, 2016, 2020, spans=spans) == (
        "giai đoạn <2013>-<2015>, giai đoạn năm <2016> - <2020>, Đề án 2012-2020"
    )


def test_a_bare_year_at_the_end_of_a_title_is_the_campaigns():
    assert moved("Reading week 2020", title=True) == "Reading week <2020>"
    assert moved("Đề án 2012-2020", title=True) == "Đề án 2012-2020"
    assert moved("Reading week 2020") == "Reading week 2020"


def test_a_quotation_moves_as_its_clause_does_also_when_it_begins_within_a_citation():
    text = HEAD + (
        "responsibilities:\n"
        "  a: {clause: I, words: ngày 26 tháng 4 năm 2020}\n"
        "  b: {clause: II, words: ngày 26 tháng 4 năm 2020}\n"
        "  c: {clause: III, parts: [{words: trong năm 2020}]}\n"
        "clauses:\n"
        "  - {id: I, text: 'Theo Quyết định số 22/2020/QĐ-TTg ngày 26 tháng 4 năm 2020'}\n"
        "  - {id: II, text: 'Xong ngày 26 tháng 4 năm 2020'}\n"
        "  - {id: III, title: Theo Công văn số 1/X ngày 1/2/2020, text: 'làm trong năm 2020'}\n"
    )
    made = read_outline(renewed(text, 2021).text)
    values = {piece.path: collapsed(piece.value) for piece in made.pieces}
    assert values["responsibilities", "a", "words"] == "ngày 26 tháng 4 năm 2020"
    assert values["responsibilities", "b", "words"] == "ngày 26 tháng 4 năm 2021"
    assert values["responsibilities", "c", "parts", 0, "words"] == "trong năm 2021"
    assert values["clauses", 2, "title"] == "Theo Công văn số 1/X ngày 1/2/2020"


# --- the text around them


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{from: 2013, to: 2014-Q1}", "{from: 2014, to: 2015-Q1}"),
        ("2013-12", "2014-12"),
        ("2013-H2", "2014-H2"),
        ("2013", "2014"),
        ('"2013-11-11"   # ngày ký', '"2014-11-11"   # ngày ký'),
        ("&first 2013-11-11", "&first 2014-11-11"),
    ],
)
def test_spans_and_dates_keep_the_way_they_are_written(written, expected):
    text = f"plan: {{id: a, date: 2013-11-11}}\nresponsibilities:\n  a:\n    due: {{x: 1}}\n    during: {written}\n"
    assert f"during: {expected}\n" in renewed(text, 2014).text


def test_recurrences_move_and_days_of_a_period_and_plain_numbers_stay():
    text = HEAD + (
        "responsibilities:\n"
        "  a:\n"
        "    every: {period: quarter, starting: 2020-Q3, ending: 2021}\n"
        "    due: {reporting: {before: {day: 20, month: last}}, completed: {within: {days: 2020, after: e}}}\n"
        "    continuous: {from: 2020, to: 2021}\n"
        "  b: {every: {period: month, starting: 2020-09, ending: open}}\n"
        "agencies:\n"
        "  x: {name: X, xa: 2020, from: 2020-01-01, until: 2020-12-31}\n"
        "reports: {r: {to: [x], title: R}}\n"
    )
    changed = renewed(text, 2021).text.removeprefix(HEAD.replace("2020", "2021"))
    assert changed == text.removeprefix(HEAD).replace("2021", "2022").replace(
        "starting: 2020-", "starting: 2021-"
    ).replace("from: 2020,", "from: 2021,")


def test_the_29th_of_february_becomes_the_28th_and_is_told():
    text = HEAD + "reports:\n  r: {due: {by: 2020-02-29, stated: ngày 29/02/2020}}\n"
    made = renewed(text, 2021)
    assert "by: 2021-02-28" in made.text
    assert told(made, "leap-day") == [{"line": 5, "day": dt.date(2020, 2, 29), "new": dt.date(2021, 2, 28)}]
    assert told(made, "leap-day-said") == [{"line": 5, "year": "2021"}]
    assert told(renewed(text, 2024), "leap-day") == []
    assert day_in(dt.date(2020, 2, 29), 4) == dt.date(2024, 2, 29)


def test_years_are_moved_in_every_way_of_writing_a_text():
    text = HEAD + (
        "clauses:\n"
        "  - id: I\n"
        "    text: >-  # of 2020\n"
        "      trước ngày 25 tháng 10\n"
        "      năm\n"
        "      2020\n"
        '  - {id: II, text: "từ 01/10/2020\\u2026 \\\n       năm 2020"}\n'
        "  - {id: III, text: 'dấu '' và năm 2020'}\n"
        "  - id: IV\n"
        "    text: năm\n"
        "      2020\n"
    )
    made = renewed(text, 2021)
    body = made.text[len(HEAD) :]
    assert body == text[len(HEAD) :].replace("2020", "2021").replace("# of 2021", "# of 2020")
    assert [one["years"] for one in told(made, "years-comment")] == ["2020"]


def test_a_year_that_only_an_escape_spells_is_left_and_told():
    text = HEAD + 'groups:\n  g: {words: "năm 20\\x320"}\n'
    made = renewed(text, 2021)
    assert 'words: "năm 20\\x320"' in made.text
    assert told(made, "years-unread") == [{"line": 5, "years": "2020"}]


def test_letters_written_in_two_parts_are_read_as_one():
    decomposed = "na\u0306m 2020"
    assert "năm 2021" in renewed(HEAD + f"groups:\n  g: {{words: {decomposed}}}\n", 2021).text


def test_line_ends_and_a_byte_order_mark_do_no_harm():
    text = "\ufeff" + (HEAD + "  date: 2020-09-21   # ký\n  source: x.txt  # bản gốc\nforms: {}\n").replace(
        "\n", "\r\n"
    )
    made = renewed(text, 2021)
    assert made.text == (
        "plan:\r\n  id: p-2021\r\n  period: {from: 2021-10-01, to: 2021-10-07}\r\n"
        "  roster_on: 2021-09-21\r\n  date: unstated   # ký\r\n  # source: none yet\r\nforms: {}\r\n"
    )
    assert (made.roster_day, told(made, "source")[0]["line"]) == (dt.date(2021, 9, 21), 6)


def test_an_alias_of_a_date_becomes_the_date_it_means():
    text = HEAD + "legal_basis: [{id: a, date: &day 2020-10-05}]\nreports: {r: {due: {by: *day}}}\n"
    made = renewed(text, 2021)
    assert "date: &day 2020-10-05" in made.text
    assert "{by: 2021-10-05}" in made.text


def test_days_off_are_taken_out_in_every_way_of_writing_them():
    text = HEAD + (
        "calendar:\n"
        "  holidays: VN\n"
        "  add: [2020-10-02, 2020-10-05]   # bù\n"
        "  remove:\n"
        "    - 2020-10-06  # một\n"
        "    - 2020-10-07\n"
        "  working: 2020-10-10\n"
    )
    made = renewed(text, 2021)
    assert made.text.endswith("  holidays: VN\n  add: []   # bù\n  remove: []\n  working: []\n")
    assert [one["days"] for one in told(made, "days-off")] == [
        "2020-10-02, 2020-10-05", "2020-10-06, 2020-10-07", "2020-10-10",
    ]  # fmt: skip


def test_the_number_and_the_date_of_the_old_document_are_unstated_and_what_issued_it_stays():
    text = HEAD + (
        "  number: 152/KH-UBND\n"
        "  date: 2020-09-21\n"
        "  roster_on: 2020-09-30\n"
        "  promulgated_by: {kind: Quyết định, number: 1/QĐ, date: 2020-09-21}\n"
    )
    made = renewed(text, 2021)
    assert "  number: unstated\n  date: unstated\n  roster_on: 2021-09-30\n" in made.text
    assert "number: 1/QĐ, date: 2020-09-21}" in made.text
    assert told(made, "decision")[0]["said"] == "Quyết định 1/QĐ"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("lltweek2020", "lltweek2021"), ("tuan-le-2020-x", "tuan-le-2021-x"), ("bcdqg1237", "bcdqg1237-2021"),
     ("w" * 64, "w" * 59 + "-2021"), ("w" * 58 + "-" + "w" * 5, "w" * 58 + "-2021")],
)  # fmt: skip
def test_the_id_carries_the_new_year(name, expected):
    made = renewed(HEAD.replace("p-2020", name), 2021)
    assert made.text.splitlines()[1] == f"  id: {expected}"
    assert len(expected) <= 64


@pytest.mark.parametrize(
    ("header", "year", "roster"),
    [
        ("date: 2019-12-20, period: {from: 2020-01-05, to: 2020-02-01}", 2020, "2019-12-20"),
        ("date: 2019-12-20, roster_on: 2019-11-01", 2019, "2019-11-01"),
        ("roster_on: 2018-11-01", 2018, "2018-11-01"),
        ("date: unstated, period: {from: 2013-Q4, to: open}", 2013, "2013-10-01"),
        ("period: {from: 2013, to: 2020}", 2013, "2013-01-01"),
        ("period: {from: 2013-H2}", 2013, "2013-07-01"),
        ("period: {from: 2013-11}", 2013, "2013-11-01"),
        ("date: unstated", None, "None"),
    ],
)
def test_the_year_of_a_plan_is_its_periods_else_its_dates_else_its_rosters(header, year, roster):
    outline = read_outline(f"plan: {{id: a, {header}}}\n")
    assert (year_of(outline), str(roster_day_of(outline))) == (year, roster)


def test_a_group_written_in_one_line_is_only_named_in_it():
    text = HEAD + "groups:\n  g: {words: x, select: {kind: a}, members: [b], listed_by_plan: false}\n"
    assert "  g: {words: x, unnamed: true, listed_by_plan: false}\n" in renewed(text, 2021, "g").text


def test_a_moved_text_tells_where_everything_has_come_to_stand():
    made = renewed(TEXT, 2025, "cac-huyen-thanh-pho")
    lines = made.text.splitlines()
    for one in made.shifted:
        assert lines[one.line - 1][one.column - 1 :].startswith(one.new), one
    assert {one.old for one in made.shifted if not one.is_date} == {"2020", "lltweek2020"}


def test_edits_may_touch_one_another_and_nothing_is_counted_twice():
    spliced = Spliced(
        "abcdef", [Edit(start=2, end=4, new="\n"), Edit(start=2, end=2, new="xx"), Edit(start=4, end=5, new="")]
    )
    assert spliced.text == "abxx\nf"
    assert [spliced.position(offset) for offset in (0, 2, 4, 5)] == [(1, 1), (1, 5), (2, 1), (2, 1)]


# --- agencies and contacts


def test_agencies_that_have_ended_are_told_with_their_successors_where_they_stand():
    made = renewed(HEAD + "agencies:\n  old: {name: Cũ, until: 2021-06-30}\n", 2021)
    agencies = {
        "old": Agency.model_validate({"name": "Cũ", "until": "2021-06-30", "succeeded_by": "new"}),
        "far": Agency.model_validate({"name": "Xa", "until": "2021-09-30"}),
        "new": Agency.model_validate({"name": "Mới", "until": "2021-10-01"}),
    }
    first, second = ended(made, agencies, {"far": ("roster.csv", 3)})
    assert (first.file, first.line, first.data["successor"]) == ("plan.yaml", 5, "new")
    assert (second.file, second.line, second.data["name"]) == ("roster.csv", 3, "Xa")


def test_contacts_that_have_ended_are_left_out_and_the_others_stay_byte_for_byte():
    first = '\ufeffid,agency,role,name,until\r\nc1,a,clerk,"Tên\r\nhai dòng",2021-10-01\r\n\r\n'
    content = f"{first}c2,a,head,,2021-09-30\r\nc3,a,head,,"
    head, rows = register_rows(content.encode(), "contacts.csv")
    kept, gone = answering(head, rows, dt.date(2021, 10, 1))
    assert kept == content.replace("c2,a,head,,2021-09-30\r\n", "")
    assert [(row.id, row.line, row.until) for row in gone] == [("c2", 5, "2021-09-30")]
    assert register_rows(b"id,agency,role\n", "contacts.csv") == ("id,agency,role\n", ())


def test_the_lines_of_a_roster_are_known():
    assert roster_lines(b"id;name;xa\na;A;3\n\nb;B;4\n", "roster.csv") == {"a": 2, "b": 4}


def test_a_day_that_is_no_working_day_is_told_with_the_last_one_that_is():
    made = renewed(HEAD + "reports:\n  r: {due: {by: 2020-10-30}}\n", 2021)
    days = [one for one in weekdays(made, WorkCalendar.weekdays()) if one.what == "by"]
    assert [(str(one.data["day"]), one.data["works"], str(one.data["working"])) for one in days] == [
        ("2021-10-30", False, "2021-10-29")
    ]
    assert days[0].data["of"] == "reports.r"


def test_everything_typed_that_the_plan_counts_with_has_moved():
    """What the schema types as a date is found by its form and place: none of the plan's own is forgotten."""
    made, reading = next_year(TEXT, 2021, BESIDE)
    old = read_plan(EXAMPLE / "plan.yaml").plan
    assert old is not None
    assert reading.plan is not None
    assert [day_in(day, 1) for day in own_days(old)] == own_days(reading.plan)
    assert all(isinstance(one, Shifted) for one in made.shifted)


def own_days(plan: Plan) -> list[dt.date]:
    """The dates of the sections that the campaign counts with, as the typed plan has them."""
    sections = {"plan", "activities", "reports", "responsibilities", "reminders"}
    found: list[dt.date] = []

    def gather(value: Any) -> None:
        if isinstance(value, dt.date):
            found.append(value)
        elif isinstance(value, dict):
            for one in value.values():
                gather(one)
        elif isinstance(value, list | tuple):
            for one in value:
                gather(one)
        elif hasattr(value, "first"):
            found.extend((value.first, value.last))

    gather(plan.model_dump(include=sections, exclude_unset=True))
    return found
