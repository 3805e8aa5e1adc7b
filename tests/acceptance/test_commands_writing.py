"""The commands that write: what they record, what they refuse, and as whom."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaignflow.cli.output import columns_of
from tests.support.commands import Commands, copied, example_copy

KEY = "to-chuc-tuan-le/cao-loc"
NOW = "2020-10-26T10:00"


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    made = example_copy(tmp_path_factory.mktemp("writing") / "plan")
    made.json("apply", "--number", "140/KH-UBND", "--date", "2020-09-21", now="2020-09-21T08:00")
    return made


@pytest.fixture
def campaign(applied: Commands, tmp_path: Path) -> Commands:
    return copied(applied, tmp_path / "plan")


def newest(commands: Commands) -> dict[str, Any]:
    return dict(commands.json("history")["events"][-1])


def refused(commands: Commands, *words: str, now: str = NOW) -> tuple[int, str]:
    answer = commands(*words, "--json", now=now)
    assert answer.out == ""
    return answer.code, answer.refusal["code"]


def test_applying_keeps_the_number_and_the_date_of_the_plan(applied):
    assert applied.json("history")["events"][0]["document"] == {"number": "140/KH-UBND", "date": "2020-09-21"}


def test_applying_without_a_terminal_asks_nothing_and_a_dry_run_writes_nothing(tmp_path):
    commands = example_copy(tmp_path / "plan")
    assert commands.json("apply", "--dry-run", now="2020-09-21")["added"] == 41
    assert not (commands.folder / ".campaignflow").exists()
    assert "The plan runs as revision 1." in commands("apply", now="2020-09-21").out


def test_a_step_keeps_its_document_its_note_and_who_entered_it_for_whom(campaign):
    file = campaign.folder / "bao-cao.pdf"
    file.write_bytes(b"%PDF-1.7")
    campaign.json(
        "submit", KEY, "--document", "bao-cao.pdf", "--number", "98/BC-UBND", "--date", "2020-10-23", "--sent",
        "2020-10-23T16:30", "--note", "bản giấy", "--on-behalf-of", "cao-loc", "--as", "so-gddt", now=NOW,
    )  # fmt: skip
    event = newest(campaign)
    digest = hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert event["document"] == {
        "number": "98/BC-UBND",
        "date": "2020-10-23",
        "sent": "2020-10-23T16:30:00+07:00",
        "attachments": [{"name": "bao-cao.pdf", "sha256": digest, "size": 8}],
    }
    assert (event["actor"], event["on_behalf_of"], event["proven"]) == ("so-gddt", "cao-loc", False)
    assert (event["happened"], event["recorded"]) == ("2020-10-23T16:30:00+07:00", "2020-10-26T10:00:00+07:00")
    assert event["data"]["note"] == "bản giấy"
    campaign.json("export", "out")
    assert (campaign.folder / "out" / "attachments" / digest).read_bytes() == b"%PDF-1.7"


@pytest.mark.parametrize(
    ("given", "happened"),
    [
        ("2020-10-23", "2020-10-23T23:59:59+07:00"),
        ("2020-10-26", "2020-10-26T10:00:00+07:00"),
        ("2020-10-23T16:30", "2020-10-23T16:30:00+07:00"),
        ("2020-10-23T09:30Z", "2020-10-23T16:30:00+07:00"),
    ],
)
def test_a_bare_date_counts_to_its_end_and_todays_until_now(campaign, given, happened):
    campaign.json("submit", KEY, "--at", given, now=NOW)
    assert newest(campaign)["happened"] == happened


@pytest.mark.parametrize("option", ["--at", "--sent"])
@pytest.mark.parametrize("given", ["2020-10-27", "2020-10-26T10:01"])
def test_what_has_not_happened_yet_is_refused(campaign, option, given):
    assert refused(campaign, "submit", KEY, option, given) == (1, "in-the-future")


def test_a_nil_report_has_its_reason_and_the_journal_says_nil(campaign):
    assert refused(campaign, "submit", "huong-ung/thanh-tra", "--nil")[0] == 2
    campaign.json("submit", "huong-ung/thanh-tra", "--nil", "--reason", "Không tổ chức", now=NOW)
    event = newest(campaign)
    assert (event["reason"], event["data"]["nil"]) == ("Không tổ chức", True)
    assert campaign.json("show", "huong-ung/thanh-tra", now=NOW)["nil"]


@pytest.mark.parametrize("words", [("return", KEY), ("exempt", KEY)])
def test_returning_and_exempting_without_a_reason_is_wrong_usage(campaign, words):
    assert refused(campaign, *words) == (2, "missing-parameter")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("advance", KEY, "fly"), "trigger-unknown"),
        (("accept", KEY), "step-not-allowed"),
        (("submit", KEY, "--as", "bac-son"), "not-your-step"),
        (("submit", KEY, "--as", "nobody"), "actor-unknown"),
        (("submit", KEY, "--on-behalf-of", "nowhere"), "agency-unknown"),
        (("submit", "tham-muu/so-gddt"), "no-report-owed"),
        (("part", KEY, "kinh-phy"), "part-unknown"),
        (("event", "nothing"), "event-unknown"),
        (("confirm", "nobody"), "group-unknown"),
        (("acknowledge", KEY, "--promised", "2020-10-25"), "promise-in-the-past"),
        (("contacts", "end", "zz"), "contact-unknown"),
        (("contacts", "add", "--id", "c01", "--agency", "cao-loc", "--role", "clerk"), "contact-known"),
        (("contacts", "add", "--id", "n1", "--agency", "cao-lok", "--role", "clerk"), "agency-unknown"),
        (("contacts", "list", "cao-lok"), "agency-unknown"),
        (("advance", "--select", "state=returned", "submit"), "nothing-selected"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_code_and_nothing_is_written(campaign, words, code):
    before = campaign.json("verify")["head"]
    assert refused(campaign, *words) == (1, code)
    assert campaign.json("verify")["head"] == before


@pytest.mark.parametrize(
    "words",
    [
        ("advance", KEY),
        ("advance", "--select", "state=running", KEY, "submit"),
        ("advance", "--select", "colour=red", "submit"),
        ("contacts", "add", "--id", "n1", "--agency", "cao-loc", "--role", "driver"),
        (
            "contacts",
            "add",
            "--id",
            "n1",
            "--agency",
            "cao-loc",
            "--role",
            "clerk",
            "--email",
            "a@b.example, c@d.example",
        ),
        ("contacts", "add", "--id", "N 1", "--agency", "cao-loc", "--role", "clerk"),
        ("submit", KEY, "--document", "gone.pdf"),
        ("submit", KEY, "--date", "23/10/2020"),
        ("status", "--by", "colour"),
        ("status", "--limit", "0"),
    ],
)
def test_wrong_usage_ends_with_2(campaign, words):
    assert refused(campaign, *words)[0] == 2


def test_one_step_is_taken_for_all_that_are_selected_or_for_none(campaign):
    for agency in ("so-noi-vu", "so-tu-phap"):
        campaign.json("submit", f"huong-ung/{agency}", now="2020-10-22T10:00")
    selected = ("advance", "--select", "responsibility=huong-ung", "--select", "state=submitted")
    taken = campaign.json(*selected, "accept", now="2020-10-23T10:00")["steps"]
    assert [step["key"] for step in taken] == ["huong-ung/so-noi-vu", "huong-ung/so-tu-phap"]
    assert {step["to"] for step in taken} == {"completed"}
    head = campaign.json("verify")["head"]
    assert refused(campaign, "advance", "--select", "responsibility=huong-ung", "accept") == (1, "step-not-allowed")
    assert campaign.json("verify")["head"] == head


def test_a_part_is_ticked_and_the_tick_taken_back(campaign):
    campaign.json("part", KEY, "kinh-phi", "--number", "12/QĐ", now=NOW)
    assert newest(campaign)["document"] == {"number": "12/QĐ"}
    parts = {one["id"]: one["ticked"] for one in campaign.json("show", KEY, now=NOW)["parts"]}
    assert parts["kinh-phi"]
    assert "taken back" in campaign("part", KEY, "kinh-phi", "--undo", now=NOW).out
    assert not any(one["ticked"] for one in campaign.json("show", KEY, now=NOW)["parts"])


def test_a_contact_comes_ends_and_then_may_not_act(campaign):
    added = campaign.json(
        "contacts", "add", "--id", "n1", "--agency", "cao-loc", "--role", "clerk", "--name", "Người mới", "--email",
        "moi@caoloc.example", "--from", "2020-10-12", now="2020-10-12",
    )  # fmt: skip
    assert (added["id"], added["from"], added["until"]) == ("n1", "2020-10-12", None)
    campaign.json("submit", KEY, "--as", "n1", now="2020-10-20T09:00")
    assert newest(campaign)["actor"] == "n1"
    assert campaign.json("contacts", "end", "n1", "--until", "2020-10-21", now="2020-10-22")["until"] == "2020-10-21"
    assert refused(campaign, "submit", KEY, "--as", "n1", now="2020-10-22T09:00") == (1, "contact-ended")
    ids = [one["id"] for one in campaign.json("contacts", "list", "cao-loc", now="2020-10-22")["contacts"]]
    everyone = [one["id"] for one in campaign.json("contacts", "list", "cao-loc", "--all", now=NOW)["contacts"]]
    assert "n1" not in ids
    assert "n1" in everyone
    assert "Người mới" not in str(campaign.json("history")), "names stay outside the journal"


def test_a_contact_ended_without_a_day_answers_until_today(campaign):
    assert campaign.json("contacts", "end", "c01", now="2020-10-12T08:00")["until"] == "2020-10-12"


def test_an_export_into_a_folder_with_something_in_it_is_refused(campaign):
    assert refused(campaign, "export", ".") == (1, "folder-not-empty")


def test_before_a_plan_is_applied_reading_says_what_to_do(tmp_path):
    commands = example_copy(tmp_path / "plan")
    answer = commands("status")
    assert answer.code == 1
    assert "campaignflow apply" in answer.err


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize(
    "words",
    [("submit", KEY), ("part", KEY, "kinh-phi"), ("acknowledge", KEY, "--promised", "2020-10-27"),
     ("confirm", "cac-so-ban-nganh"), ("exempt", KEY, "--reason", "x"),
     ("advance", "--select", "agency=cao-loc", "summarize")],
    ids=lambda words: words[0] if isinstance(words, tuple) else None,
)  # fmt: skip
def test_what_a_step_did_fits_the_terminal(campaign, words, width):
    answer = Commands(folder=campaign.folder, lang="vi")(*words, now=NOW, width=width)
    assert answer.code == 0, answer.err
    assert [line for line in answer.out.splitlines() if columns_of(line) > width] == []


def test_an_outside_event_is_recorded_once_and_what_waited_for_it_gets_its_deadline(tmp_path):
    Commands(folder=tmp_path)("init", "plan", now="2025-08-04")
    plan = tmp_path / "plan" / "plan.yaml"
    waiting = "    due: {running: {within: {days: 5, after: huong-dan}}}\n    report: ket-qua"
    text = plan.read_text(encoding="utf-8").replace("    report: ket-qua", waiting)
    plan.write_text(f"{text}\nevents: {{huong-dan: {{when: external}}}}\n", encoding="utf-8")
    commands = Commands(folder=plan.parent)
    assert commands("apply", now="2025-08-04").code == 0
    key = "to-chuc/huyen-a"

    def running() -> Any:
        lines = commands.json("show", key, now="2025-08-12")["deadlines"]
        return next(line["last_working_day"] for line in lines if line["phase"] == "running")

    assert running() is None
    step = commands.json("event", "huong-dan", "--at", "2025-08-11", now="2025-08-12")
    assert (step["key"], step["trigger"], step["from"]) == ("huong-dan", "event", None)
    assert running() == "2025-08-18"
    assert refused(commands, "event", "huong-dan", now="2025-08-12") == (1, "event-known")
    assert commands("event", "huong-dan", "--help").code == 0


def test_a_refusal_calls_states_and_parties_by_the_words_of_people(campaign):
    campaign.json("submit", KEY, now=NOW)
    state = replace(campaign, lang="vi")("submit", KEY, now=NOW)
    party = replace(campaign, lang="vi")("submit", "huong-ung/thanh-tra", "--as", "so-y-te", now=NOW)
    assert (state.code, party.code) == (1, 1)
    assert "trạng thái Đã gửi" in state.err
    assert "do đơn vị được giao, cơ quan nhận thực hiện" in party.err
