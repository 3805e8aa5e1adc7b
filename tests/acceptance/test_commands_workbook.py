"""The plan as a workbook, from the command line: written, filled in, imported; and sheets of steps."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.support.commands import Commands, copied, example_copy
from tests.support.workbooks import append, delete, edit_file, instant, put, row_of

KEY = "to-chuc-tuan-le/cao-loc"
NOW = "2020-10-24T08:00"


@pytest.fixture
def started(tmp_path: Path) -> Commands:
    """The starter with its workbook, in a folder of its own."""
    Commands(folder=tmp_path).json("init", "plan", "--xlsx", now="2025-08-04")
    return Commands(folder=tmp_path / "plan")


@pytest.fixture
def real(tmp_path: Path) -> Commands:
    """The plan of 2020 with its workbook."""
    made = example_copy(tmp_path / "real")
    made.json("init", ".", "--xlsx", now="2020-09-21")
    return made


def files(commands: Commands) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in commands.folder.iterdir() if path.suffix in (".yaml", ".csv")}


def workbook(commands: Commands) -> Path:
    return commands.folder / "ke-hoach.xlsx"


# --- init


def test_init_writes_the_starter_and_the_workbook_that_mirrors_it(tmp_path):
    told = Commands(folder=tmp_path).json("init", "plan", "--xlsx", now="2025-08-04")
    assert told == {"folder": "plan", "files": ["plan.yaml", "contacts.csv", "ke-hoach.xlsx"]}
    commands = Commands(folder=tmp_path / "plan")
    assert commands.json("check", "--strict")["ok"]
    told = commands.json("import", "ke-hoach.xlsx")
    assert (told["ok"], told["changed"], told["missing"], told["diff"]) == (True, [], [], "")


def test_init_beside_a_plan_writes_only_its_workbook(real):
    assert row_of(workbook(real).read_bytes(), "Nhiệm vụ", "to-chuc-tuan-le")
    assert sorted(files(real)) == ["contacts.csv", "plan.yaml", "rehearsal.yaml"]


def test_a_workbook_is_never_written_over_one_that_may_be_filled_in(started):
    before = workbook(started).read_bytes()
    answer = started("init", ".", "--xlsx", "--json")
    assert (answer.code, answer.refusal["code"]) == (1, "file-there")
    assert workbook(started).read_bytes() == before


def test_the_workbook_of_a_plan_that_cannot_be_read_is_not_written(started):
    workbook(started).unlink()
    (started.folder / "plan.yaml").write_text("campaignflow: 1\nplan: [\n", "utf-8")
    answer = started("init", ".", "--xlsx", "--json")
    assert (answer.code, answer.refusal["code"]) == (1, "plan-refused")
    assert not workbook(started).exists()


# --- import


def test_an_unchanged_workbook_changes_no_byte(real):
    before = files(real)
    answer = real("import", "ke-hoach.xlsx")
    assert (answer.code, answer.out) == (0, "The plan says already what the workbook says; nothing changes.\n")
    assert files(real) == before


def test_a_dry_run_shows_the_lines_and_writes_nothing(real):
    before = files(real)
    edit_file(workbook(real), put("Báo cáo", "G3", instant("2020-10-26")))
    answer = real("import", "ke-hoach.xlsx", "--dry-run", width=200)
    assert answer.code == 0
    assert "\n-    due: {before: 2020-10-25, stated: trước ngày 25 tháng 10 năm 2020}\n" in answer.out
    assert "\n+    due: {before: 2020-10-26, stated: trước ngày 25 tháng 10 năm 2020}\n" in answer.out
    assert answer.out.endswith("This would be written: plan.yaml.\n")
    assert files(real) == before


def test_what_is_imported_is_written_and_checks_clean(real):
    edit_file(
        workbook(real),
        append("Đơn vị", "so-moi", "Sở Mới", "department", None, "ubnd-tinh"),
        append("Đầu mối", "c999", "so-moi", "văn thư", None, "vanthu@somoi.example"),
    )
    told = real.json("import", "ke-hoach.xlsx")
    assert told["changed"] == ["plan.yaml", "contacts.csv"]
    assert real.json("check")["ok"]
    assert "  so-moi: {name: Sở Mới, kind: department, under: ubnd-tinh}\n" in files(real)["plan.yaml"].decode()
    assert not [path for path in real.folder.iterdir() if path.name.startswith(".campaignflow-")]
    assert real.json("import", "ke-hoach.xlsx")["changed"] == []


def test_a_refused_workbook_names_sheet_and_cell_and_nothing_is_written(real):
    before = files(real)
    edit_file(
        workbook(real),
        put("Đơn vị", "C7", "=1+1"),
        put("Đơn vị", "I8", "31/02/2020"),
        append("Đầu mối", "c999", "so-moi", "văn thư"),
        put("Kế hoạch", "B6", None),
    )
    answer = real("import", "ke-hoach.xlsx")
    assert answer.code == 1
    first, second, last = answer.out.splitlines()
    assert first.startswith("ke-hoach.xlsx:Đơn vị!C7: error: This cell holds a formula. (")
    assert second.startswith("ke-hoach.xlsx:Đơn vị!I8: error: '31/02/2020' is not a date. (")
    assert last == "Nothing was imported."
    assert files(real) == before


def test_what_the_plans_reader_refuses_is_told_with_its_cell_and_not_written(real):
    before = files(real)
    edit_file(workbook(real), put("Nhiệm vụ", "F3", "so-gdd"))
    answer = real("import", "ke-hoach.xlsx", "--json")
    assert answer.code == 1
    findings = [(one["code"], one["file"], one["line"]) for one in answer.document["findings"]]
    assert ("unknown-agency-or-group", "ke-hoach.xlsx:Nhiệm vụ!F3", None) in findings
    assert (answer.document["ok"], answer.document["changed"], answer.document["diff"]) == (False, [], "")
    assert files(real) == before


def test_what_the_workbook_no_longer_has_is_told_and_goes_only_when_asked(real):
    edit_file(workbook(real), delete("Đầu mối", row_of(workbook(real).read_bytes(), "Đầu mối", "c10")))
    before = files(real)
    answer = real("import", "ke-hoach.xlsx")
    assert "In the plan and not in the workbook: 1 entry. Kept;" in answer.out
    assert "  Đầu mối: c10\n" in answer.out
    assert files(real) == before
    told = real.json("import", "ke-hoach.xlsx", "--prune")
    assert (told["changed"], told["missing"]) == (["contacts.csv"], [{"sheet": "Đầu mối", "id": "c10"}])
    assert b"c10," not in files(real)["contacts.csv"]


def test_a_workbook_alone_makes_a_plan_that_can_be_applied(started, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(workbook(started), alone / "x.xlsx")
    commands = Commands(folder=tmp_path)
    told = commands.json("import", "alone/x.xlsx")
    assert (told["plan"], told["changed"]) == ("alone/plan.yaml", ["plan.yaml", "contacts.csv"])
    inside = Commands(folder=alone)
    assert inside.json("check", "--strict")["ok"]
    assert inside.json("apply", now="2025-08-04")["added"] == 3


def test_the_plan_beside_the_workbook_comes_before_the_one_here_and_one_that_is_named_before_both(started, tmp_path):
    elsewhere = tmp_path / "mail"
    elsewhere.mkdir()
    shutil.copy(workbook(started), elsewhere / "x.xlsx")
    assert started.json("import", "../mail/x.xlsx", "--dry-run")["plan"] == "plan.yaml"
    assert Commands(folder=elsewhere).json("import", "../plan/ke-hoach.xlsx", "--dry-run")["changed"] == []
    told = started.json("import", "ke-hoach.xlsx", "--dry-run", "--plan", "../mail/plan.yaml")
    assert told["changed"] == ["plan.yaml", "contacts.csv"]


def test_the_workbook_of_another_plan_is_refused(started, real):
    answer = real("import", str(workbook(started)), "--plan", "plan.yaml", "--json")
    assert [one["code"] for one in answer.document["findings"]] == ["workbook-other-plan"]


def test_a_bomb_is_refused_before_it_is_read(real):
    """A6: what is no workbook, or too much of one, is one line and no traceback."""
    workbook(real).write_bytes(b"PK\x03\x04 not a workbook")
    answer = real("import", "ke-hoach.xlsx")
    assert answer.code == 1
    assert answer.out.startswith("ke-hoach.xlsx: error: This is not a workbook that can be read: ")


@pytest.mark.parametrize("words", [("import",), ("advance",), ("init",)])
def test_the_help_tells_of_it_in_both_languages(tmp_path, words):
    english, vietnamese = (Commands(folder=tmp_path, lang=lang)(*words, "--help").out for lang in ("en", "vi"))
    assert "xlsx" in english
    assert "xlsx" in vietnamese


# --- steps


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    made = example_copy(tmp_path_factory.mktemp("steps") / "plan")
    made.json("apply", now="2020-09-21T08:00")
    return made


@pytest.fixture
def running(applied: Commands, tmp_path: Path) -> Commands:
    """The campaign of 2020 with a sheet of steps."""
    made = copied(applied, tmp_path / "plan")
    made.json("advance", "--write-sheet", "buoc.xlsx", now=NOW)
    return made


def fill(commands: Commands, key: str, **cells: object) -> None:
    names = ("key", "agency", "duty", "state", "trigger", "number", "date", "sent", "at", "reason", "note",
             "on_behalf_of", "nil")  # fmt: skip
    path = commands.folder / "buoc.xlsx"
    row = row_of(path.read_bytes(), "Các bước", key)
    edit_file(path, *(put("Các bước", f"{chr(65 + names.index(name))}{row}", value) for name, value in cells.items()))


def head(commands: Commands) -> str:
    return str(commands.json("verify")["head"])


def test_the_sheet_has_a_row_for_each_open_assignment_and_offers_its_steps(running):
    page = openpyxl.load_workbook(io.BytesIO((running.folder / "buoc.xlsx").read_bytes())).worksheets[0]
    rows = {row[0].value: row for row in page.iter_rows(min_row=3)}
    assert len(rows) == 41
    place = rows[KEY][4].coordinate
    (rule,) = [rule for rule in page.data_validations.dataValidation if place in rule.sqref]
    assert "gửi báo cáo · submit" in rule.formula1


def test_the_steps_of_a_sheet_are_taken_together_with_their_documents(running):
    fill(running, KEY, trigger="gửi báo cáo · submit", number="98/BC-UBND", sent="23/10/2020 16:00", note="qua Zalo")
    fill(running, "huong-ung/thanh-tra", trigger="submit", nil="có", reason="Không tổ chức")
    told = running.json("advance", "--sheet", "buoc.xlsx", now=NOW)
    assert [(step["key"], step["to"]) for step in told["steps"]] == [
        (KEY, "submitted"), ("huong-ung/thanh-tra", "submitted"),
    ]  # fmt: skip
    event = running.json("history", KEY)["events"][-1]
    assert (event["document"]["number"], event["happened"]) == ("98/BC-UBND", "2020-10-23T16:00:00+07:00")


def test_a_dry_run_of_a_sheet_says_what_it_would_do_and_does_nothing(running):
    before = head(running)
    fill(running, KEY, trigger="submit", sent=instant("2020-10-23"))
    answer = running("advance", "--sheet", "buoc.xlsx", "--dry-run", now=NOW)
    assert (answer.code, KEY in answer.out, "No step was taken: --dry-run." in answer.out) == (0, True, True)
    assert running.json("advance", "--sheet", "buoc.xlsx", "--dry-run", now=NOW)["dry_run"] is True
    assert head(running) == before


def test_one_row_that_cannot_be_taken_stops_them_all_and_every_fault_has_its_cell(running):
    before = head(running)
    fill(running, KEY, trigger="submit")
    fill(running, "to-chuc-tuan-le/bac-son", trigger="acept")
    fill(running, "to-chuc-tuan-le/huu-lung", trigger="submit", sent="30/10/2020")
    fill(running, "huong-ung/thanh-tra", trigger="submit", nil="có")
    fill(running, "to-chuc-tuan-le/chi-lang", trigger="submit", on_behalf_of="chi-lan")
    answer = running("advance", "--sheet", "buoc.xlsx", "--json", now=NOW)
    path = (running.folder / "buoc.xlsx").read_bytes()

    def at(column: str, key: str) -> str:
        return f"buoc.xlsx:Các bước!{column}{row_of(path, 'Các bước', key)}"

    assert answer.code == 1
    assert {one["file"]: one["code"] for one in answer.document["findings"]} == {
        at("E", "to-chuc-tuan-le/bac-son"): "trigger-unknown",
        at("H", "to-chuc-tuan-le/huu-lung"): "in-the-future",
        at("J", "huong-ung/thanh-tra"): "reason-needed",
        at("L", "to-chuc-tuan-le/chi-lang"): "agency-unknown",
    }
    assert head(running) == before
    assert running("advance", "--sheet", "buoc.xlsx", now=NOW).out.splitlines()[-1] == "No step was taken."


def test_cells_that_mean_nothing_are_told_before_any_step_is_tried(running):
    fill(running, KEY, trigger="submit", sent="hôm qua")
    fill(running, "to-chuc-tuan-le/bac-son", number="1/BC")
    fill(running, "to-chuc-tuan-le/huu-lung", trigger="submit", date="=TODAY()")
    answer = running("advance", "--sheet", "buoc.xlsx", "--json", now=NOW)
    assert sorted(one["code"] for one in answer.document["findings"]) == [
        "steps-bad-moment", "steps-no-step", "xlsx-formula",
    ]  # fmt: skip


def test_a_csv_file_is_a_sheet_too_with_lines_and_columns(running):
    path = running.folder / "buoc.csv"
    path.write_text("key;trigger;number;sent\n" + f"{KEY};submit;1/BC;2020-10-23\nx/y;submit;;\n", "utf-8")
    answer = running("advance", "--sheet", "buoc.csv", now=NOW)
    assert answer.code == 1
    assert answer.out.startswith("buoc.csv:3:1: error: There is no assignment `x/y`")
    path.write_text("key,trigger,sent\n" + f"{KEY},submit,2020-10-23\n{KEY},accept,\n", "utf-8")
    told = running.json("advance", "--sheet", "buoc.csv", now=NOW)
    assert [step["to"] for step in told["steps"]] == ["submitted", "completed"]


def test_an_empty_sheet_a_sheet_with_other_options_and_a_sheet_over_another_are_refused(running):
    assert running("advance", "--sheet", "buoc.xlsx", "--json", now=NOW).refusal["code"] == "no-steps"
    for words in (
        ("--sheet", "buoc.xlsx", "--number", "1"), ("--sheet", "buoc.xlsx", KEY, "submit"),
        ("--sheet", "buoc.xlsx", "--write-sheet", "b.xlsx"), ("--write-sheet", "b.csv"), ("--dry-run", KEY, "submit"),
        (),
    ):  # fmt: skip
        assert running("advance", *words, now=NOW).code == 2
    assert running("advance", "--write-sheet", "buoc.xlsx", "--json", now=NOW).refusal["code"] == "file-there"
