"""From a folder to a running plan: the starter, what check says, what apply refuses, what is imported."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from campaignflow.loading.plans import read_plan
from campaignflow.services.starter import FILES, starter_dates, starter_text, write_starter
from tests.support.commands import Commands, copied, example_copy

FINDING = re.compile(r"(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning): .+ \(.+\)")


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    made = example_copy(tmp_path_factory.mktemp("plans") / "plan")
    made.json("apply", now="2020-09-21T08:00")
    return made


@pytest.fixture
def started(tmp_path: Path) -> Commands:
    """The starter, in a folder of its own."""
    Commands(folder=tmp_path)("init", "plan", now="2025-08-04")
    return Commands(folder=tmp_path / "plan")


def spoilt(commands: Commands, old: str, new: str) -> Commands:
    path = commands.folder / "plan.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return commands


def test_the_starter_checks_clean_applies_and_is_shown(tmp_path):
    told = Commands(folder=tmp_path).json("init", "tuan-le", now="2025-08-04")
    assert told == {"folder": "tuan-le", "files": ["plan.yaml", "contacts.csv"]}
    commands = Commands(folder=tmp_path / "tuan-le")
    assert commands.json("check", "--strict") == {"ok": True, "findings": []}
    assert commands.json("apply", now="2025-08-04")["added"] == 3
    rows = commands.json("status", now="2025-08-05")["assignments"]
    assert [row["key"] for row in rows] == ["to-chuc/huyen-a", "to-chuc/huyen-b", "tong-hop/so-vhttdl"]


@pytest.mark.parametrize("day", [dt.date(year, month, 9) for year in (2024, 2026, 2029) for month in range(1, 13)])
def test_the_starter_is_a_plan_that_can_be_applied_whatever_the_day(tmp_path, day):
    write_starter(tmp_path / "plan", day)
    reading = read_plan(tmp_path / "plan" / "plan.yaml")
    assert reading.errors == ()


def test_the_starter_speaks_both_languages_and_fits_a_page():
    text = starter_text("plan.yaml", starter_dates(dt.date(2025, 3, 3)))
    assert len(text.splitlines()) < 80
    assert max(map(len, text.splitlines())) <= 120
    assert text.count(" · ") > 10
    assert FILES == ("plan.yaml", "contacts.csv")


def test_the_starter_is_never_written_over_something(tmp_path):
    (tmp_path / "kept.txt").write_text("x")
    answer = Commands(folder=tmp_path)("init", ".", "--json")
    assert (answer.code, answer.refusal["code"]) == (1, "folder-not-empty")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_check_tells_every_finding_with_its_place_and_its_cure(started):
    spoilt(spoilt(started, "coordinator: so-vhttdl ", "coordinator: so-vhtdl "), "title: Tổng hợp", "titel: Tổng hợp")
    answer = started("check")
    *findings, last = answer.out.splitlines()
    assert answer.code == 1
    matches = [FINDING.fullmatch(line) for line in findings]
    assert all(matches), findings
    assert {match["file"] for match in matches if match} == {"plan.yaml"}
    assert [match["severity"] for match in matches if match].count("error") == 3
    assert last.startswith("The plan is refused: 3 errors, ")
    assert "Did you mean 'so-vhttdl'?" in answer.out
    assert "Did you mean 'title'?" in answer.out


def test_check_as_json_has_code_place_message_and_cure_for_each_finding(started):
    spoilt(started, "coordinator: so-vhttdl ", "coordinator: so-vhtdl ")
    answer = started("check", "--json")
    assert answer.code == 1
    assert answer.document["ok"] is False
    for finding in answer.document["findings"]:
        assert set(finding) == {"severity", "code", "file", "line", "column", "message", "cure"}
    assert answer.document["findings"][0]["code"] == "unknown-agency"
    line = (
        (started.folder / "plan.yaml")
        .read_text(encoding="utf-8")
        .splitlines()[answer.document["findings"][0]["line"] - 1]
    )
    assert line[answer.document["findings"][0]["column"] - 1 :].startswith("so-vhtdl")


def test_check_speaks_vietnamese(started):
    spoilt(started, "coordinator: so-vhttdl ", "coordinator: so-vhtdl ")
    said = Commands(folder=started.folder, lang="vi")("check").out
    assert "lỗi: Không có đơn vị 'so-vhtdl'. (Có phải ý bạn là 'so-vhttdl'?" in said


def test_warnings_refuse_a_plan_only_when_check_is_strict(started):
    spoilt(started, "  huyen-a:", "  so-y-te: {name: Sở Y tế}\n  huyen-a:")
    assert (started("check").code, started("check", "--strict").code) == (0, 1)
    assert started.json("check")["findings"][0]["severity"] == "warning"
    strict = started("check", "--strict", "--json")
    assert (strict.code, strict.document["ok"]) == (1, False)


def test_check_takes_a_plan_a_folder_or_the_plan_above(started, tmp_path):
    below = started.folder / "a" / "b"
    below.mkdir(parents=True)
    for commands, words in (
        (Commands(folder=below), ()),
        (Commands(folder=tmp_path), ("plan",)),
        (Commands(folder=tmp_path), ("plan/plan.yaml",)),
        (Commands(folder=tmp_path), ("--plan", "plan")),
    ):
        answer = commands("check", *words)
        assert answer.code == 0, answer.err


@pytest.mark.parametrize(("words", "code"), [(("gone.yaml",), "plan-not-found"), ((), "no-plan")])
def test_check_without_a_plan_says_so(words, code):
    answer = Commands(folder=Path("/"))("check", *words, "--json")
    assert (answer.code, answer.refusal["code"]) == (1, code)


def test_check_touches_no_database(started):
    started("check")
    assert sorted(path.name for path in started.folder.iterdir()) == ["contacts.csv", "plan.yaml"]


def test_apply_refuses_a_plan_with_errors_tells_them_and_writes_nothing(started):
    spoilt(started, "coordinator: so-vhttdl ", "coordinator: so-vhtdl ")
    answer = started("apply")
    assert (answer.code, answer.out) == (1, "")
    assert FINDING.match(answer.err.splitlines()[0])
    assert "campaignflow check" in answer.err
    told = started("apply", "--json")
    assert (told.code, told.refusal["code"]) == (1, "plan-refused")
    assert not (started.folder / ".campaignflow").exists()


def test_apply_makes_another_text_of_a_running_plan_a_revision_and_says_where_it_differs(applied, tmp_path):
    commands = copied(applied, tmp_path / "plan")
    spoilt(commands, "short_title: Tuần lễ", "short_title: Tuần lễ học tập")
    answer = commands("apply", now="2020-09-22")
    assert answer.code == 0, answer.err
    for line in ("The plan runs as revision 2.", "The plan's head: changed", "Nobody owes anything else than before."):
        assert line in answer.out
    assert "agencies" not in answer.out
    assert commands.json("apply", now="2020-09-22")["changed"] is False


def test_contacts_are_imported_with_what_is_new_and_what_is_changed(applied, tmp_path):
    commands = copied(applied, tmp_path / "plan")
    (commands.folder / "new.csv").write_text(
        "id;agency;role;email\nx1;cao-loc;clerk;a@b.example\n", encoding="utf-8-sig"
    )
    first = commands.json("contacts", "import", "new.csv", now="2020-10-01")
    assert first == {"ok": True, "findings": [], "added": ["x1"], "changed": []}
    assert commands.json("contacts", "import", "new.csv", now="2020-10-02")["added"] == []
    (commands.folder / "new.csv").write_text("id,agency,role\nx1,bac-son,clerk\n", encoding="utf-8")
    assert commands.json("contacts", "import", "new.csv", now="2020-10-02")["changed"] == ["x1"]
    assert [one["id"] for one in commands.json("contacts", "list", "bac-son", now="2020-10-02")["contacts"]].count("x1")


def test_contacts_with_errors_are_told_with_their_places_and_none_is_imported(applied, tmp_path):
    commands = copied(applied, tmp_path / "plan")
    rows = (
        "id,agency,role,email\nx1,cao-loc,clerk,a@b.example\nx2,cao-lok,boss,\nx3,cao-lok,clerk,a b\nx1,bac-son,head,\n"
    )
    (commands.folder / "new.csv").write_text(rows, encoding="utf-8")
    before = commands.json("verify")["head"]
    answer = commands("contacts", "import", "new.csv")
    assert answer.code == 1
    places = [FINDING.fullmatch(line) for line in answer.out.splitlines()[:-1]]
    assert all(places), answer.out
    assert {(match["line"], match["column"]) for match in places if match} >= {("3", "12"), ("4", "18")}
    assert answer.out.splitlines()[-1] == "Nothing was imported."
    assert commands.json("verify")["head"] == before
