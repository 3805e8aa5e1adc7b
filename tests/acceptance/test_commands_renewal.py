"""`init DIR --from PLAN --year Y`: next year's plan, and the list of what a person must look at in it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.support.commands import EXAMPLE, Commands, example_copy

LOOK = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): .+")


@pytest.fixture
def beside(tmp_path: Path) -> Commands:
    """Commands in a folder in which the plan of 2020 lies in a folder of its own."""
    example_copy(tmp_path / "old")
    return Commands(folder=tmp_path)


def edited(commands: Commands, name: str, old: str, new: str) -> None:
    path = commands.folder / "old" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("year", [2021, 2022, 2025])
def test_the_plan_of_2020_for_another_year_passes_check(beside, year):
    told = beside.json("init", "new", "--from", "old", "--year", str(year))
    assert (told["folder"], told["files"], told["year"]) == ("new", ["plan.yaml", "contacts.csv"], year)
    assert sorted(path.name for path in (beside.folder / "new").iterdir()) == ["contacts.csv", "plan.yaml"]
    assert beside.json("check", "new")["ok"] is True
    lines = (beside.folder / "new" / "plan.yaml").read_text(encoding="utf-8").splitlines()
    for one in told["shifted"]:
        assert set(one) == {"line", "column", "from", "to"}
        assert lines[one["line"] - 1][one["column"] - 1 :].startswith(one["to"])
    assert ("2020-10-25", f"{year}-10-25") in {(one["from"], one["to"]) for one in told["shifted"]}
    for one in told["look_at"]:
        assert set(one) == {"file", "line", "what"}
        assert 1 <= one["line"] <= len(lines)
    assert {one["file"] for one in told["look_at"]} == {"new/plan.yaml"}


def test_the_next_year_is_the_default_and_its_plan_can_be_applied(beside):
    assert beside.json("init", "new", "--from", "old/plan.yaml")["year"] == 2021
    commands = Commands(folder=beside.folder / "new")
    assert commands.json("apply", now="2021-09-21T08:00")["added"] == 41
    assert commands.json("status", now="2021-09-22")["plan"]["id"] == "lltweek2021"


def test_the_checklist_names_file_and_line_of_everything_a_person_must_look_at(beside):
    answer = beside("init", "new", "--from", "old", width=200)
    assert answer.code == 0, answer.err
    head, looks = answer.out.split("To be looked at, by a person")
    assert head.splitlines()[:3] == [
        "Written to new: plan.yaml, contacts.csv.",
        "The plan of 2020 became one of 2021.",
        "Moved: 16 dates, 29 years within texts.",
    ]
    lines = looks.splitlines()[1:]
    assert all(LOOK.fullmatch(line) for line in lines), lines
    told = {line.partition(": ")[0].rpartition(":")[2]: line.partition(": ")[2] for line in reversed(lines)}
    assert told["16"] == "The new document has no number yet."
    assert told["18"] == "The groups are counted on Tue 21 Sep 2021."
    assert told["19"] == "Who signs? The plan of 2020 was signed by: Phó Chủ tịch Nguyễn Long Hải."
    assert told["23"] == "The document of 2021 is not issued yet: `source` was taken out."
    assert told["276"] == (
        "reports.ket-qua: due before Mon 25 Oct 2021; the last day is Sun 24 Oct 2021, no working day; the last "
        "working day is Fri 22 Oct 2021."
    )
    assert told["287"] == (
        "reports.bao-cao-tong-hop: due before Sat 30 Oct 2021; the last day is Fri 29 Oct 2021, a working day."
    )


def test_a_dry_run_tells_the_same_and_writes_nothing(beside):
    dry = beside.json("init", "new", "--from", "old", "--dry-run")
    assert not (beside.folder / "new").exists()
    assert beside("init", "new", "--from", "old", "--dry-run").out.startswith("Would be written to new: ")
    assert dry == beside.json("init", "new", "--from", "old")


def test_rosters_and_contacts_come_along_without_who_has_ended_and_nothing_else_does(beside):
    edited(
        beside,
        "contacts.csv",
        "c02,so-gddt,head,,lanhdao@sogddt.example,,2020-09-01,",
        "c02,so-gddt,head,,,,,2021-01-31",
    )
    edited(beside, "plan.yaml", "contacts: {file", "rosters: roster.csv\ncontacts: {file")
    columns = "id;name;kind;under;until;succeeded_by"
    roster = f"{columns}\r\nso-cu;Sở Cũ;department;ubnd-tinh;2020-12-31;so-tttt\r\n".encode()
    (beside.folder / "old" / "roster.csv").write_bytes(roster)
    told = beside.json("init", "new", "--from", "old")
    assert told["files"] == ["plan.yaml", "roster.csv", "contacts.csv"]
    assert (beside.folder / "new" / "roster.csv").read_bytes() == roster
    old, new = ((beside.folder / name / "contacts.csv").read_bytes() for name in ("old", "new"))
    assert new == old.replace(b"c02,so-gddt,head,,,,,2021-01-31\n", b"")
    words = {(one["file"], one["line"]): one["what"] for one in told["look_at"]}
    assert words["old/contacts.csv", 3] == "The contact c02 answered only until Sun 31 Jan 2021; left out."
    assert words["new/roster.csv", 2] == "Sở Cũ exists only until Thu 31 Dec 2020; so-tttt takes over from it."


def test_what_check_refuses_in_the_new_plan_is_told_and_the_plan_is_written(beside):
    """In 2024 the reports come on a Thursday, and two working days later the consolidated one is over."""
    edited(beside, "plan.yaml", "due: {before: 2020-10-30,", "due: {before: 2020-10-28,")
    edited(beside, "plan.yaml", "stated: trước ngày 30 tháng 10 năm 2020}", "set_by: so-gddt}")
    assert beside.json("check", "old")["ok"] is True
    answer = beside("init", "new", "--from", "old", "--year", "2024", width=300)
    assert answer.code == 0
    refused = beside("check", "new", "--json").document["findings"]
    errors = [one for one in refused if one["severity"] == "error"]
    assert {one["code"] for one in errors} == {"chain-too-tight"}
    for one in errors:
        assert f"new/plan.yaml:{one['line']}: Check refuses this: {one['message']} ({one['cure']})" in answer.out
    assert answer.out.endswith(f"The plan is refused: {len(errors)} errors.\n")


@pytest.mark.parametrize("name", ["plan.yaml", "contacts.csv"])
def test_a_folder_that_has_one_of_the_files_is_left_alone(beside, name):
    (beside.folder / "new").mkdir()
    (beside.folder / "new" / name).write_text("kept")
    for words in ((), ("--dry-run",)):
        answer = beside("init", "new", "--from", "old", "--json", *words)
        assert (answer.code, answer.refusal["code"]) == (1, "plan-in-the-way")
    assert [(path.name, path.read_text()) for path in (beside.folder / "new").iterdir()] == [(name, "kept")]


def test_other_files_of_the_folder_stay_beside_the_new_plan(beside):
    (beside.folder / "new").mkdir()
    (beside.folder / "new" / "plan-2021.txt").write_text("issued")
    assert beside("init", "new", "--from", "old").code == 0
    assert (beside.folder / "new" / "plan-2021.txt").read_text() == "issued"


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--from", "gone"), "plan-not-found"), (("--from", "old", "--year", "2020"), "same-year")],
)
def test_what_cannot_be_renewed_is_refused_and_nothing_is_written(beside, words, code):
    answer = beside("init", "new", *words, "--json")
    assert (answer.code, answer.refusal["code"]) == (1, code)
    assert not (beside.folder / "new").exists()


def test_a_folder_that_cannot_be_made_is_told(beside):
    answer = beside("init", "old/plan.yaml/new", "--from", "old", "--json")
    assert (answer.code, answer.refusal["code"]) == (1, "file-unusable")


def test_a_plan_with_errors_is_refused_with_all_of_them(beside):
    edited(beside, "plan.yaml", "coordinator: so-gddt ", "coordinator: so-gdt ")
    answer = beside("init", "new", "--from", "old")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("old/plan.yaml:15:16: error: There is no agency 'so-gdt'.")
    assert "campaignflow check" in answer.err
    assert beside("init", "new", "--from", "old", "--json").refusal["code"] == "plan-refused"


@pytest.mark.parametrize("words", [("--year", "2021"), ("--dry-run",), ("--from", "old", "--year", "21")])
def test_options_that_make_no_sense_are_wrong_usage(beside, words):
    answer = beside("init", "new", *words)
    assert answer.code == 2
    assert not (beside.folder / "new").exists()


def test_a_plan_renewed_in_its_own_folder_would_overwrite_it_and_is_refused(beside):
    before = (EXAMPLE / "plan.yaml").read_bytes()
    assert beside("init", "old", "--from", "old", "--json").refusal["code"] == "plan-in-the-way"
    assert (beside.folder / "old" / "plan.yaml").read_bytes() == before


def test_a_plan_can_be_renewed_again_and_again(beside):
    for year in range(2021, 2024):
        shutil.rmtree(beside.folder / "new", ignore_errors=True)
        beside.json("init", "new", "--from", "old")
        shutil.rmtree(beside.folder / "old")
        (beside.folder / "new").rename(beside.folder / "old")
        assert beside.json("check", "old")["ok"] is True
        assert f"id: lltweek{year}" in (beside.folder / "old" / "plan.yaml").read_text(encoding="utf-8")
