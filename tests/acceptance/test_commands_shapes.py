"""The JSON that people script against: exactly the keys that the design promises, and those only added to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from campaignflow.domain.lifecycle import PHASES
from campaignflow.domain.standing import STANDINGS
from tests.support.commands import Commands, example_copy

NOW = "2020-10-26T10:00"
KEY = "to-chuc-tuan-le/cao-loc"
ROW = {
    "key", "agency", "agency_name", "responsibility", "role", "clause", "phase", "state", "presumed", "standing", "due",
    "days_left", "working_days_left", "period", "delegated_to",
}  # fmt: skip
DUE = {"phase", "stated", "clause", "last_moment", "last_working_day"}
STEP = {"key", "trigger", "from", "to", "sequence"}
EVENT = {
    "sequence", "kind", "key", "actor", "proven", "happened", "recorded", "reason", "document", "hash", "on_behalf_of",
    "data", "rehearsed",
}  # fmt: skip


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    made = example_copy(tmp_path_factory.mktemp("shapes") / "plan")
    made.json("apply", now="2020-09-21T08:00")
    made.json("advance", KEY, "register", "--number", "152/KH-UBND", now="2020-09-28T09:30")
    return made


def test_status_has_its_keys_every_phase_and_every_standing(commands):
    status = commands.json("status", now=NOW)
    assert set(status) == {"plan", "as_of", "totals", "rates", "assignments"}
    assert set(status["plan"]) == {"id", "title", "revision", "phase", "closed", "restored"}
    assert status["as_of"] == "2020-10-26T10:00:00+07:00"
    assert set(status["totals"]) == {"assignments", "by_phase", "by_standing"}
    assert tuple(status["totals"]["by_phase"]) == PHASES
    assert tuple(status["totals"]["by_standing"]) == STANDINGS
    assert sum(status["totals"]["by_standing"].values()) == status["totals"]["assignments"] == 41
    assert set(status["rates"]) == {"on_time_of_done", "overdue_of_all"}
    assert status["rates"]["on_time_of_done"] is None
    for row in status["assignments"]:
        assert set(row) == ROW
        assert row["due"] is None or set(row["due"]) == DUE


@pytest.mark.parametrize(("by", "groups"), [("agency", 33), ("responsibility", 9), ("phase", None), ("region", 1)])
def test_status_by_something_has_groups_in_place_of_assignments(commands, by, groups):
    status = commands.json("status", "--by", by, now=NOW)
    assert set(status) == {"plan", "as_of", "totals", "rates", "groups"}
    assert all(set(one) == {"group", "label", "assignments", "by_phase", "by_standing"} for one in status["groups"])
    assert sum(one["assignments"] for one in status["groups"]) == 41
    assert groups in (None, len(status["groups"]))


def test_show_has_a_row_of_the_status_and_the_rest(commands):
    shown = commands.json("show", KEY, now=NOW)
    assert set(shown) == ROW | {
        "words", "with", "parts", "deadlines", "allowed", "history",
        "title", "force", "also", "legal_basis", "activities", "report", "reported_in", "own_plan", "expected", "sent",
        "nil", "promised", "answer_by", "locked", "rhythm", "continuous", "on_demand", "stage", "follows",
        "establishes", "consolidates", "office", "through", "through_unit", "carried_out_by", "counted_per", "held_by",
        "delegation", "joint", "waits_for", "gives", "opened", "extended", "amended", "to_acknowledge",
    }  # fmt: skip
    row = next(one for one in commands.json("status", now=NOW)["assignments"] if one["key"] == KEY)
    assert {name: shown[name] for name in ROW} == row
    assert {frozenset(one) for one in shown["parts"]} == {frozenset({"id", "words", "ticked", "done_by", "milestone"})}
    assert {one["phase"]: one["missed"] for one in shown["deadlines"]} == {"opening": "presume", "reporting": "overdue"}
    assert all(set(one) == DUE | {"missed", "counted", "continuous"} for one in shown["deadlines"])
    assert [set(one) for one in shown["expected"]] == [DUE | {"set_by"}]
    assert all(set(one) == {"trigger", "to", "by"} for one in shown["allowed"])
    assert {"trigger": "submit", "to": "submitted", "by": ["assignee", "receiver"]} in shown["allowed"]
    assert all(set(one) == EVENT for one in shown["history"])
    assert shown["own_plan"] == {"required": True, "registered": "2020-09-28T09:30:00+07:00"}


def test_history_has_the_hashes_of_the_chain(commands):
    events = commands.json("history")["events"]
    assert [one["sequence"] for one in events] == list(range(1, len(events) + 1))
    assert all(set(one) == EVENT for one in events)
    assert events[-1]["hash"] == commands.json("verify")["head"]
    assert events[0]["recorded"] == "2020-09-21T08:00:00+07:00"
    own = commands.json("history", KEY)["events"]
    assert [one["key"] for one in own] == [KEY]
    assert own[0]["hash"] == events[own[0]["sequence"] - 1]["hash"]
    assert own[0]["document"] == {"number": "152/KH-UBND"}
    assert own[0]["on_behalf_of"] == "cao-loc"


def test_the_lists_and_verdicts_have_their_keys(commands):
    assert set(commands.json("check")) == {"ok", "findings"}
    assert set(commands.json("apply", "--dry-run")) == {
        "revision", "changed", "added", "removed", "affected", "restored", "diff", "knock_on",
    }  # fmt: skip
    assert set(commands.json("verify")) == {"ok", "head", "events", "faults"}
    items = commands.json("worklist", now=NOW)["items"]
    assert {frozenset(item) for item in items} == {frozenset({"action", "key", "agency", "reason"})}
    contacts = commands.json("contacts", "list", now=NOW)["contacts"]
    assert {frozenset(one) for one in contacts} == {
        frozenset({"id", "agency", "role", "name", "email", "phone", "from", "until"})
    }


@pytest.mark.parametrize(
    ("words", "trigger", "states"),
    [
        (("advance", KEY, "open"), "open", ("summarizing", "summarizing")),
        (("submit", "to-chuc-tuan-le/van-quan"), "submit", ("summarizing", "submitted")),
        (("exempt", "huong-ung/so-y-te", "--reason", "x"), "exempt", ("summarizing", "exempted")),
        (("part", KEY, "kinh-phi"), "part", ("summarizing", "summarizing")),
        (("acknowledge", KEY), "acknowledged", ("summarizing", "summarizing")),
        (("confirm", "cac-so-ban-nganh"), "confirmed", (None, None)),
    ],
)
def test_every_step_answers_in_one_shape(commands, words, trigger, states):
    step: dict[str, Any] = commands.json(*words, now=NOW)
    assert set(step) == STEP
    assert (step["key"], step["trigger"], (step["from"], step["to"])) == (words[1], trigger, states)
    assert step["sequence"] == commands.json("verify")["events"]


def test_a_refusal_has_a_code_a_message_and_a_cure_and_nothing_on_standard_output(commands):
    refused = commands("accept", KEY, "--json", now=NOW)
    assert refused.code == 1
    assert set(refused.refusal) == {"code", "message", "cure"}
    assert refused.refusal["code"] == "step-not-allowed"


def test_export_tells_the_folder_the_files_and_the_head(commands, tmp_path: Path):
    told = commands.json("export", str(tmp_path / "out"), now=NOW)
    assert set(told) == {"folder", "files", "head"}
    assert told["head"] == commands.json("verify")["head"]
    assert sorted(told["files"]) == sorted(
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
