"""The plan of 2020 at work: what its officers see on which day, through the installed command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Answer, Commands, copied, example_copy

LEAD = "to-chuc-tuan-le"
PAPER = f"{LEAD}/huu-lung"
RETURNED = f"{LEAD}/bac-son"
LATE = f"{LEAD}/dinh-lap"

OCTOBER = (
    ("2020-09-21T08:00", ("apply",)),
    ("2020-09-28T09:30", ("advance", f"{LEAD}/cao-loc", "register", "--number", "152/KH-UBND", "--date", "2020-09-28")),
    ("2020-10-23T10:00", ("submit", RETURNED)),
    ("2020-10-26T08:00", ("submit", PAPER, "--sent", "2020-10-23", "--number", "98/BC-UBND", "--date", "2020-10-23")),
    ("2020-10-26T09:00", ("return", RETURNED, "--reason", "Số liệu chưa khớp")),
    ("2020-10-26T09:30", ("acknowledge", LATE, "--promised", "2020-10-27")),
)
"""What was entered, and when."""


@pytest.fixture(scope="module")
def entered(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    commands = example_copy(tmp_path_factory.mktemp("october") / "plan")
    for now, words in OCTOBER:
        answer = commands(*words, now=now)
        assert answer.code == 0, answer.err
    return commands


@pytest.fixture
def october(entered: Commands, tmp_path: Path) -> Commands:
    """The campaign as entered until the morning of 26 October."""
    return copied(entered, tmp_path / "plan")


def line(commands: Commands, key: str, now: str) -> dict[str, Any]:
    return next(one for one in commands.json("status", now=now)["assignments"] if one["key"] == key)


def test_the_plan_checks_clean_and_applies_as_41_assignments(tmp_path):
    commands = example_copy(tmp_path / "plan")
    assert commands.json("check")["ok"]
    applied = commands.json("apply", now="2020-09-21T08:00")
    assert (applied["revision"], applied["changed"], applied["added"], applied["removed"]) == (1, True, 41, 0)
    assert "huu-lung" in applied["affected"]
    again = commands.json("apply", now="2020-09-22T08:00")
    assert again == {
        "revision": 1, "changed": False, "added": 0, "removed": 0, "affected": [], "restored": 0, "diff": None,
        "knock_on": [],
    }  # fmt: skip


def test_clause_iii_4_is_eleven_assignments_due_before_25_october(october):
    found = [one for one in october.json("status", now="2020-10-08")["assignments"] if one["clause"] == "III.4"]
    assert len(found) == 11
    assert {(one["due"]["last_moment"], one["due"]["last_working_day"]) for one in found if one["key"] != PAPER} == {
        ("2020-10-25T00:00:00+07:00", "2020-10-23")
    }


def test_the_consolidated_report_is_due_on_its_last_working_day_29_october(october):
    due = line(october, "tong-hop/so-gddt", "2020-10-08")["due"]
    assert due == {
        "phase": "reporting",
        "stated": "trước ngày 30 tháng 10 năm 2020",
        "clause": "IV",
        "last_moment": "2020-10-30T00:00:00+07:00",
        "last_working_day": "2020-10-29",
    }


def test_a_paper_report_is_in_time_once_entered_and_done_on_time_once_accepted(october):
    assert line(october, PAPER, "2020-10-26T08:30")["standing"] == "in_time"
    step = october.json("accept", PAPER, now="2020-10-26T10:00")
    assert (step["from"], step["to"]) == ("submitted", "completed")
    assert line(october, PAPER, "2020-10-26T10:01")["standing"] == "done_on_time"


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        ("2020-10-02T08:00", "in_time"),
        ("2020-10-20T08:00", "due_soon"),
        ("2020-10-24T23:59", "due_soon"),
        ("2020-10-25T00:00", "overdue"),
    ],
)
def test_a_district_that_pressed_nothing_is_late_for_its_report_and_never_for_its_ceremony(october, now, standing):
    assert line(october, f"{LEAD}/van-lang", now)["standing"] == standing
    presumed = line(october, f"{LEAD}/van-lang", now)["presumed"]
    assert "opening" in presumed


def test_a_returned_report_is_in_time_while_it_may_be_answered_and_says_until_when(october):
    assert line(october, RETURNED, "2020-10-27T12:00")["standing"] == "in_time"
    assert "to be answered by Tue 27 Oct 2020" in october("status", now="2020-10-26T10:00").out
    assert line(october, RETURNED, "2020-10-28T08:00")["standing"] == "overdue"


def test_a_promise_is_told_and_leaves_the_duty_overdue(october):
    assert line(october, LATE, "2020-10-26T10:00")["standing"] == "overdue"
    assert "(promised for 27 Oct 2020)" in october("status", "dinh-lap", now="2020-10-26T10:00", width=100).out


def test_what_was_entered_late_is_not_in_the_status_as_of_a_day_before(october):
    before = october.json("status", "--as-of", "2020-10-25", now="2020-10-26T10:00")
    assert before["as_of"] == "2020-10-25T23:59:59+07:00"
    states = {one["key"]: one["state"] for one in before["assignments"]}
    assert (states[PAPER], states[RETURNED]) == ("summarizing", "submitted")


def test_the_worklist_asks_for_acceptance_confirmation_and_calls(october):
    items = october.json("worklist", now="2020-10-26T10:00")["items"]
    by_action = {item["action"]: item for item in reversed(items)}
    assert by_action["accept"]["key"] == PAPER
    assert by_action["confirm"] == {
        "action": "confirm",
        "key": "cac-so-ban-nganh",
        "agency": None,
        "reason": by_action["confirm"]["reason"],
    }
    assert "overdue since 25 Oct 2020" in {item["reason"] for item in items if item["action"] == "call"}


def test_the_head_written_down_today_is_still_in_the_journal_tomorrow(october):
    head = october.json("verify")["head"]
    october("accept", PAPER, now="2020-10-27T08:00")
    later = october.json("verify", "--expect", head)
    assert later["ok"]
    assert later["head"] != head
    stranger = october("verify", "--expect", "00" * 32, "--json")
    assert stranger.code == 1
    assert stranger.document["faults"]


def test_the_main_path_runs_as_a_process_in_both_languages(tmp_path):
    commands = example_copy(tmp_path / "plan")
    vietnamese = Commands(folder=commands.folder, lang="vi")

    def done(answer: Answer) -> str:
        assert (answer.code, answer.err) == (0, "")
        return answer.out

    assert "0 errors" in done(commands.process("check"))
    assert "41 nhiệm vụ" in done(vietnamese.process("apply", now="2020-09-21T08:00"))
    done(commands.process("submit", PAPER, "--sent", "2020-10-23", now="2020-10-26T08:00"))
    done(vietnamese.process("accept", PAPER, now="2020-10-26T09:00"))
    assert "Done on time (1)" in done(commands.process("status", now="2020-10-26T10:00"))
    assert "Hoàn thành đúng hạn (1)" in done(vietnamese.process("status", now="2020-10-26T10:00"))
    assert "huu-lung" in done(commands.process("history", PAPER))
    assert "nguyên vẹn" in done(vietnamese.process("verify"))
    assert "journal.jsonl" in done(commands.process("export", "out"))


@pytest.mark.parametrize(
    "words", [("status",), ("show", PAPER), ("history", PAPER), ("worklist",), ("contacts", "list")]
)
def test_reading_imports_nothing_that_only_plans_need(october, words):
    answer = october.process(*words, now="2020-10-26T10:00", python=("-X", "importtime"))
    assert answer.code == 0, answer.err
    loaded = {row.rpartition("|")[2].strip().partition(".")[0] for row in answer.err.splitlines() if "|" in row}
    assert {"campaignflow", "sqlite3"} <= loaded
    assert loaded & {"holidays", "pluggy", "pydantic", "rich", "transitions", "yaml"} == set()
