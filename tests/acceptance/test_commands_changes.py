"""The commands that change what was set, and the amendment of a plan: what they say, as words and JSON, and refuse."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from campaignflow.cli.output import columns_of
from tests.support.commands import Commands, copied, example_copy
from tests.support.houses import HOUSES

HCMC = Path(__file__).parents[1] / "plans" / "hcmc3210"
LATE = "to-chuc-tuan-le/dinh-lap"
NOW = "2020-10-22T09:00"
GRANT = ("--reason", "Mưa lũ", "--granted-by", "ubnd-tinh", "--number", "1190/UBND-KGVX", "--date", "2020-10-22")
SUMMER = "2014-07-01T09:00"


def vietnamese(commands: Commands) -> Commands:
    return Commands(folder=commands.folder, lang="vi")


def refused(commands: Commands, *words: str, now: str) -> tuple[int, str]:
    answer = commands(*words, "--json", now=now)
    assert answer.out == "", words
    return answer.code, answer.refusal["code"]


def amend(commands: Commands, *changes: tuple[str, str]) -> None:
    path = commands.folder / "plan.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def of_2020(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    made = example_copy(tmp_path_factory.mktemp("changes") / "plan")
    made.json("apply", now="2020-09-21T08:00")
    return made


@pytest.fixture
def campaign(of_2020: Commands, tmp_path: Path) -> Commands:
    """The campaign of 2020 as it was applied."""
    return copied(of_2020, tmp_path / "plan")


@pytest.fixture
def houses(tmp_path: Path) -> Commands:
    """A plan in which duties recur, go on, come on demand and are shared, and every district has a board."""
    folder = tmp_path / "houses"
    folder.mkdir()
    (folder / "plan.yaml").write_text(HOUSES, encoding="utf-8")
    made = Commands(folder=folder)
    made.json("apply", now="2014-06-28T08:00")
    return made


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    """The plan of Hồ Chí Minh City as it was applied."""
    folder = tmp_path_factory.mktemp("city") / "plan"
    shutil.copytree(HCMC, folder)
    made = Commands(folder=folder)
    made.json("apply", now="2014-06-30T08:00")
    return made


# --- extend


def test_an_extension_tells_the_days_who_granted_it_and_what_it_does_to_the_report_above(campaign):
    told = campaign("extend", LATE, "--until", "2020-10-28", *GRANT, now=NOW)
    assert told.code == 0, told.err
    text = " ".join(told.out.split())
    for part in (
        f"{LATE}: the deadline for “Reporting” is extended (event 9)",
        "Sat 24 Oct 2020; too late from 25 Oct 2020 00:00",
        "Wed 28 Oct 2020; too late from 29 Oct 2020 00:00",
        "Ủy ban nhân dân tỉnh, 1190/UBND-KGVX of 22 Oct 2020",
        "waits for reports until Wed 28 Oct 2020, and with 2 working days to put them together can be ready",
        "on Fri 30 Oct 2020; it is due on Thu 29 Oct 2020: 1 working day too late.",
    ):
        assert part in text


def test_an_extension_is_told_in_the_words_of_officials(campaign):
    told = vietnamese(campaign)("extend", LATE, "--until", "2020-10-28", *GRANT, now=NOW).out
    text = " ".join(told.split())
    assert f"{LATE}: đã gia hạn “Báo cáo” (sự kiện 9)" in text
    assert "cần 2 ngày làm việc để tổng hợp nên sớm nhất thứ Sáu 30/10/2020 mới xong" in text
    assert "hạn là thứ Năm 29/10/2020: muộn 1 ngày làm việc." in text


def test_an_extension_as_json(campaign):
    told = campaign.json("extend", LATE, "--until", "2020-10-28", *GRANT, now=NOW)
    knock = told.pop("knock_on")
    assert told == {
        "key": LATE, "phase": "reporting", "until": "2020-10-28", "last_moment": "2020-10-29T00:00:00+07:00",
        "granted_by": "ubnd-tinh", "sequence": 9,
    }  # fmt: skip
    assert knock == [
        {
            "duty": "tong-hop", "title": "Tổng hợp, báo cáo kết quả triển khai", "agency": "so-gddt",
            "before": "2020-10-23", "reports_until": "2020-10-28", "ready": "2020-10-30", "due": "2020-10-29",
            "slack": -1, "too_late": True,
        }
    ]  # fmt: skip
    within = campaign.json("extend", "huong-ung/so-y-te", "--until", "2020-10-25", *GRANT, now=NOW)
    assert within["knock_on"] == []


def test_an_extended_duty_shows_until_when_and_by_whom(campaign):
    campaign.json("extend", LATE, "--until", "2020-10-28", *GRANT, now=NOW)
    shown = campaign.json("show", LATE, now=NOW)
    assert shown["extended"] == [
        {
            "phase": "reporting", "until": "2020-10-28", "granted_by": "ubnd-tinh", "stands": True, "sequence": 9,
            "document": {"number": "1190/UBND-KGVX", "date": "2020-10-22"},
        }
    ]  # fmt: skip
    text = " ".join(campaign("show", LATE, now=NOW, width=160).out.split())
    assert (
        "Extended Reporting until 28 Oct 2020, granted by Ủy ban nhân dân tỉnh, 1190/UBND-KGVX of 22 Oct 2020" in text
    )
    assert "Deadline extended: Reporting until 28 Oct 2020 instead of 24 Oct 2020" in text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("extend", LATE, "--until", "2020-10-28", "--reason", "x"), "not-your-date"),
        (("extend", LATE, "--until", "2020-10-28", *GRANT[:4]), "grant-needs-document"),
        (("extend", LATE, "--until", "2020-10-24", *GRANT), "not-later"),
        (("extend", LATE, "--until", "2020-10-28", *GRANT, "--phase", "opening"), "nothing-to-extend"),
        (("extend", "tham-muu/so-gddt", "--until", "2020-10-28", *GRANT), "nothing-to-extend"),
        (("extend", "nobody/here", "--until", "2020-10-28", *GRANT), "key-unknown"),
    ],
)  # fmt: skip
def test_an_extension_that_cannot_be_is_refused_with_words(campaign, words, code):
    assert refused(campaign, *words, now=NOW) == (1, code)
    assert campaign.json("verify", now=NOW)["events"] == 2


def test_why_nothing_can_be_extended_is_said_in_the_language_spoken(campaign):
    words = ("extend", "tham-muu/so-gddt", "--until", "2020-10-28", *GRANT)
    assert "nobody is late by any of them" in campaign(*words, now=NOW).err
    assert "không thời hạn nào làm ai quá hạn" in vietnamese(campaign)(*words, now=NOW).err


@pytest.mark.parametrize("missing", ["--until", "--reason"])
def test_an_extension_without_its_day_or_reason_is_wrong_usage(campaign, missing):
    given = {"--until": "2020-10-28", "--reason": "x"}
    words = [word for name, value in given.items() if name != missing for word in (name, value)]
    answer = campaign("extend", LATE, *words, now=NOW)
    assert answer.code == 2
    assert missing in answer.err


# --- delegate


def test_a_delegation_is_told_with_both_days_and_seen_wherever_the_duty_is(campaign):
    words = ("delegate", LATE, "--to", "van-quan", "--from", "2020-10-22", "--until", "2020-10-30")
    told = campaign.json(*words, now=NOW)
    assert told == {"key": LATE, "to": "van-quan", "from": "2020-10-22", "until": "2020-10-30", "sequence": 9}
    shown = campaign.json("show", LATE, now=NOW)
    assert (shown["delegated_to"], shown["agency"]) == ("van-quan", "dinh-lap")
    assert shown["delegation"] == {"to": "van-quan", "from": "2020-10-22", "until": "2020-10-30"}
    assert campaign.json("show", LATE, now="2020-10-31T08:00")["delegated_to"] is None
    assert "(delegated to Ủy ban nhân dân huyện Văn Quan" in " ".join(
        campaign("status", "dinh-lap", now=NOW).out.split()
    )
    assert "(not today)" in campaign("show", LATE, now="2020-10-31T08:00").out
    again = " ".join(vietnamese(campaign)(*words, now=NOW).out.split())
    assert (
        "Ủy ban nhân dân huyện Văn Quan làm thay Ủy ban nhân dân huyện Đình Lập từ 22/10/2020 đến 30/10/2020" in again
    )


@pytest.mark.parametrize(
    ("to", "first", "last", "code"),
    [
        ("dinh-lap", "2020-10-22", "2020-10-30", "delegate-to-itself"),
        ("van-quan", "2020-10-30", "2020-10-22", "delegation-reversed"),
        ("van-quan", "2020-10-01", "2020-10-21", "delegation-reversed"),
        ("nobody", "2020-10-22", "2020-10-30", "agency-unknown"),
    ],
)
def test_a_delegation_that_cannot_be_is_refused(campaign, to, first, last, code):
    assert refused(campaign, "delegate", LATE, "--to", to, "--from", first, "--until", last, now=NOW) == (1, code)


# --- undo


def test_an_undone_step_is_told_with_the_event_that_it_takes_back(campaign):
    taken = campaign.json("submit", LATE, now=NOW)
    told = campaign.json("undo", LATE, "--reason", "Nhập nhầm đơn vị", now=NOW)
    assert told == {
        "key": LATE, "trigger": "submit", "from": "submitted", "to": "summarizing", "sequence": taken["sequence"] + 1,
        "undoes": taken["sequence"],
    }  # fmt: skip
    assert "Step taken back: Submit the report" in " ".join(campaign("history", LATE, now=NOW).out.split())


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "taken back: Submit the report (event 9); it is again: Summing up (event 10)"),
        ("vi", "đã hoàn tác bước Gửi báo cáo (sự kiện 9); trở lại trạng thái: Tổng kết (sự kiện 10)"),
    ],
)
def test_an_undone_step_is_told_in_both_languages(campaign, lang, words):
    campaign.json("submit", LATE, now=NOW)
    told = Commands(folder=campaign.folder, lang=lang)("undo", LATE, "--reason", "Nhập nhầm", now=NOW)
    assert words in " ".join(told.out.split())


def test_what_cannot_be_undone_is_refused(campaign):
    assert refused(campaign, "undo", LATE, "--reason", "x", now="2020-09-21T09:00") == (1, "nothing-to-undo")
    campaign.json("submit", LATE, now=NOW)
    assert refused(campaign, "undo", LATE, "--reason", "x", "--as", "cao-loc", now=NOW) == (1, "not-your-step")
    assert campaign("undo", LATE, now=NOW).code == 2


def test_a_report_that_was_consolidated_is_undone_only_by_force(campaign):
    campaign.json("submit", LATE, now=NOW)
    campaign.json("submit", "tong-hop/so-gddt", now="2020-10-28T09:00")
    words = ("undo", LATE, "--reason", "x")
    assert refused(campaign, *words, now="2020-10-28T10:00") == (1, "used-by-consolidation")
    assert campaign.json(*words, "--force", now="2020-10-28T10:00")["to"] == "summarizing"


# --- open


def test_a_duty_on_demand_is_opened_as_often_as_it_is_needed(houses):
    first = houses.json("open", "answer", "--for", "bank", "--reason", "asked", now=SUMMER)
    assert set(first) == {"key", "sequence"}
    assert first["key"] == "answer/bank/001"
    told = houses("open", "answer", "--for", "bank", now=SUMMER)
    assert "answer/bank/002: The Bank owes “Answer” from now on" in told.out
    assert (
        "từ nay The Bank có nhiệm vụ “Answer”" in vietnamese(houses)("open", "answer", "--for", "bank", now=SUMMER).out
    )
    shown = houses.json("show", "answer/bank/001", now=SUMMER)
    assert (shown["on_demand"], shown["opened"]) == ("coordinator", "2014-07-01T09:00:00+07:00")
    assert "on demand, opened by the coordinator" in houses("show", "answer/bank/001", now=SUMMER).out


def test_an_agency_opens_for_itself_what_the_plan_lets_it(houses):
    assert houses.json("open", "tell", "--as", "north", now=SUMMER)["key"] == "tell/north/001"
    assert refused(houses, "open", "answer", "--as", "north", now=SUMMER) == (1, "not-your-step")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("open", "quarter", "--for", "north"), "not-on-demand"),
        (("open", "answr", "--for", "north"), "not-on-demand"),
        (("open", "answer", "--for", "south"), "not-assigned-to"),
        (("open", "answer", "--for", "nobody"), "agency-unknown"),
    ],
)
def test_a_duty_that_cannot_be_opened_is_refused(houses, words, code):
    assert refused(houses, *words, now=SUMMER) == (1, code)


@pytest.mark.parametrize(
    ("words", "offered"),
    [("campaignflow open an", "answer"), ("campaignflow worklist --as board.no", "board.north")],
)
def test_the_shell_completes_duties_on_demand_and_boards(houses, words, offered):
    environ = {"_CAMPAIGNFLOW_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    answer = Commands(folder=houses.folder, environ=environ).process(now=SUMMER)
    assert f"plain,{offered}" in answer.out.splitlines()


# --- close


def test_a_campaign_with_something_owed_is_closed_only_by_force(campaign):
    assert refused(campaign, "close", now=NOW) == (1, "still-open")
    assert "41 assignments are not finished yet." in campaign("close", now=NOW).err
    told = campaign.json("close", "--force", "--reason", "Đã tổng kết", now=NOW)
    assert told == {
        "campaign": "lltweek2020", "closed": "2020-10-22T09:00:00+07:00", "unfinished": 41,
        "sequence": campaign.json("verify")["events"],
    }  # fmt: skip


def test_a_closed_campaign_is_only_read(campaign):
    campaign.json("close", "--force", now=NOW)
    later = "2020-11-05T08:00"
    for words in (("submit", LATE), ("close", "--force"), ("extend", LATE, "--until", "2020-12-01", *GRANT)):
        assert refused(campaign, *words, now=later) == (1, "campaign-closed")
    status = campaign.json("status", now=later)
    assert status["plan"]["closed"] == "2020-10-22T09:00:00+07:00"
    assert status["totals"]["by_standing"]["overdue"] == 0
    assert status["plan"]["phase"] == "summarizing"
    assert campaign.json("worklist", now=later) == {"items": []}
    assert "closed since 22 Oct 2020 09:00" in " ".join(campaign("status", now=later).out.split())
    assert "none; the campaign is closed" in campaign("show", LATE, now=later).out


def test_a_closed_campaign_is_opened_again_with_a_reason(campaign):
    assert refused(campaign, "close", "--reopen", "--reason", "x", now=NOW) == (1, "not-closed")
    campaign.json("close", "--force", now=NOW)
    assert refused(campaign, "close", "--reopen", now=NOW) == (1, "reason-needed")
    told = campaign.json("close", "--reopen", "--reason", "Bổ sung báo cáo", now="2020-10-23T08:00")
    assert (told["closed"], told["unfinished"]) == (None, None)
    assert campaign.json("status", now="2020-10-23T08:00")["plan"]["closed"] is None
    assert campaign.json("submit", LATE, now="2020-10-23T09:00")["to"] == "submitted"
    assert campaign("close", "--reopen", "--force", now=NOW).code == 2


def test_closing_with_an_archive_writes_everything_and_tells_the_head(campaign):
    told = campaign.json("close", "--force", "--archive", "luu-tru", now=NOW)
    assert told["head"] == campaign.json("verify")["head"]
    written = {
        path.relative_to(campaign.folder / "luu-tru").as_posix() for path in (campaign.folder / "luu-tru").iterdir()
    }
    assert set(told["files"]) <= written
    assert "journal.jsonl" in told["files"]


def test_a_folder_that_is_in_use_is_refused_before_anything_is_closed(campaign):
    (campaign.folder / "luu-tru").mkdir()
    (campaign.folder / "luu-tru" / "x").write_text("x", encoding="utf-8")
    assert refused(campaign, "close", "--force", "--archive", "luu-tru", now=NOW) == (1, "folder-not-empty")
    assert campaign.json("status", now=NOW)["plan"]["closed"] is None


@pytest.mark.parametrize(("answer", "code", "closed"), [("y\n", 0, True), ("n\n", 1, False)])
def test_on_a_terminal_closing_asks_instead_of_refusing(campaign, answer, code, closed):
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer.encode())
        done = subprocess.run(
            [sys.executable, "-m", "campaignflow", "close", "--now", NOW, "--lang", "en"], cwd=campaign.folder,
            stdin=theirs, capture_output=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == code, done.stderr
    assert "41 assignments are not finished. Close the campaign all the same?" in done.stderr
    assert (campaign.json("status", now=NOW)["plan"]["closed"] is not None) == closed


# --- an amendment

LATER = (
    ("  source: {file: plan-2020.txt}\n", ""),
    ("trước ngày 25 tháng 10 năm 2020", "trước ngày 28 tháng 10 năm 2020"),
    ("{before: 2020-10-25,", "{before: 2020-10-28,"),
)


def test_an_amendment_is_told_before_and_after_with_whom_it_concerns_and_what_it_does_above(campaign):
    amend(campaign, *LATER)
    planned = campaign("apply", "--dry-run", now="2020-10-12T09:00")
    assert planned.code == 0, planned.err
    text = " ".join(planned.out.split())
    for part in (
        "This would become revision 2.", "Clause IV", "Sat 24 Oct 2020 → Tue 27 Oct 2020 (later)",
        "No assignment comes or goes.", "29 agencies:", "it is due that very day, Thu 29 Oct 2020",
    ):  # fmt: skip
        assert part in text, part
    done = campaign("apply", "--number", "152/KH-UBND", "--date", "2020-10-12", now="2020-10-12T09:00")
    assert "The plan runs as revision 2." in done.out
    assert "No assignment comes or goes." in done.out
    told = " ".join(vietnamese(campaign)("history", LATE, now="2020-10-12T10:00").out.split())
    assert "Nhiệm vụ thay đổi: thời hạn thay đổi" in told


def test_an_amendment_as_json_has_the_counts_the_diff_and_the_knock_on(campaign):
    amend(campaign, *LATER)
    told = campaign.json("apply", now="2020-10-12T09:00")
    assert {name: told[name] for name in ("revision", "changed", "added", "removed", "restored")} == {
        "revision": 2, "changed": True, "added": 0, "removed": 0, "restored": 0,
    }  # fmt: skip
    assert set(told["diff"]) == {"clauses", "duties", "agencies", "sections", "affected"}
    assert told["affected"] == told["diff"]["affected"]
    assert [(one["duty"], one["too_late"]) for one in told["knock_on"]] == [("tong-hop", False)]


def test_an_amended_duty_waits_to_be_acknowledged_again(campaign):
    campaign.json("acknowledge", LATE, now="2020-10-01T09:00")
    amend(campaign, *LATER)
    campaign.json("apply", "--number", "152/KH-UBND", "--date", "2020-10-12", now="2020-10-12T09:00")
    shown = campaign.json("show", LATE, now="2020-10-12T10:00")
    assert shown["to_acknowledge"]
    assert shown["amended"] == {
        "revision": 2, "at": "2020-10-12T09:00:00+07:00", "document": {"number": "152/KH-UBND", "date": "2020-10-12"},
    }  # fmt: skip
    text = " ".join(campaign("show", LATE, now="2020-10-12T10:00").out.split())
    assert "by revision 2 on 12 Oct 2020 09:00 (152/KH-UBND of 12 Oct 2020); not acknowledged again yet" in text
    calls = [one for one in campaign.json("worklist", now="2020-10-12T10:00")["items"] if one["key"] == LATE]
    assert [one["action"] for one in calls] == ["call"]
    campaign.json("acknowledge", LATE, now="2020-10-12T11:00")
    assert not campaign.json("show", LATE, now="2020-10-12T12:00")["to_acknowledge"]


def test_an_extension_stands_against_an_amendment_and_the_diff_says_so(campaign):
    campaign.json("extend", LATE, "--until", "2020-11-05", *GRANT, now=NOW)
    amend(campaign, *LATER)
    told = " ".join(campaign("apply", "--dry-run", now=NOW).out.split())
    assert f"{LATE} was extended to 5 Nov 2020, the plan now says 27 Oct 2020: 5 Nov 2020 stands" in told


def test_the_amending_document_is_kept_with_its_file_and_note(campaign):
    amend(campaign, *LATER)
    (campaign.folder / "152.pdf").write_bytes(b"%PDF-1.7")
    campaign.json("apply", "--attach", "152.pdf", "--note", "bản sửa đổi", now="2020-10-12T09:00")
    event = next(one for one in reversed(campaign.json("history")["events"]) if one["kind"] == "applied")
    assert [one["name"] for one in event["document"]["attachments"]] == ["152.pdf"]
    assert event["data"]["note"] == "bản sửa đổi"


# --- what show and status say of such duties


def test_a_duty_tells_what_it_waits_for_and_gives(city):
    shown = city.json("show", "b2/can-thanh", now="2014-07-02T08:00")
    assert [(one["responsibility"], one["of"], one["done"], one["all"], one["over"]) for one in shown["waits_for"]] == [
        ("b1a", "same_agency", 0, 1, False), ("b1b", "same_agency", 0, 1, False),
    ]  # fmt: skip
    assert [one["name"] for one in shown["gives"]["to"]] == ["Ủy ban nhân dân huyện Cần Giờ"]
    text = " ".join(city("show", "b2/can-thanh", now="2014-07-02T08:00").out.split())
    assert "Bước 1: thành lập Ban Chỉ đạo (its own): 0 of 1 done" in text
    assert "to Ủy ban nhân dân huyện Cần Giờ" in text


def test_a_duty_that_waits_for_events_tells_which_happened(city, tmp_path):
    commands = copied(city, tmp_path / "plan")
    commands.json("event", "phan-bo-von", "--at", "2014-07-10", now="2014-07-11T08:00")
    shown = commands.json("show", "b6/so-tc", now="2014-07-11T09:00")
    assert [(one["event"], one["happened"]) for one in shown["waits_for"]] == [
        ("phe-duyet-de-an", None), ("phan-bo-von", "2014-07-10T23:59:59+07:00"),
    ]  # fmt: skip
    text = " ".join(commands("show", "b6/so-tc", now="2014-07-11T09:00").out.split())
    assert "has not happened yet" in text
    assert "happened 10 Jul 2014 23:59" in text


def test_a_whole_group_that_is_waited_for_is_counted_and_a_group_is_named_by_its_words(city):
    shown = city.json("show", "b4/so-xd", now="2014-07-02T08:00")
    assert [(one["responsibility"], one["of"], one["all"]) for one in shown["waits_for"]] == [("b3", "all", 24)]
    models = city.json("show", "mau-nha/so-xd", now="2014-07-02T08:00")["gives"]
    assert models == {
        "what": "mẫu nhà điển hình kèm theo dự toán kinh phí", "at_least": 3, "clause": "III.2.2-3",
        "to": [{"id": "quan-huyen", "name": "Ủy ban nhân dân các quận, huyện"}],
    }  # fmt: skip


def test_a_date_before_the_plans_own_is_shown_and_counts_for_nothing(city):
    now = "2014-07-02T08:00"
    assert [one["counted"] for one in city.json("show", "b1a/ben-nghe", now=now)["deadlines"]] == [False]
    assert "nobody is late by it" in city("show", "b1a/ben-nghe", now=now, width=160).out
    assert "không ai bị tính quá hạn" in vietnamese(city)("show", "b1a/ben-nghe", now=now, width=160).out


def test_what_goes_on_all_the_time_says_so_where_a_deadline_would_stand(city, houses):
    now = "2014-07-02T08:00"
    assert "không có hạn; thường xuyên" in vietnamese(city)("show", "giam-sat-xa/ben-nghe", now=now).out
    shown = houses.json("show", "guide/board.north", now=SUMMER)
    assert (shown["continuous"], shown["rhythm"], shown["standing"]) == (True, "all the time", "no_deadline")
    assert [one["continuous"] for one in shown["deadlines"]] == [True]


def test_a_part_with_a_day_of_its_own_tells_whether_it_has_passed(houses):
    part = "parts: [{id: name, words: found the steering board, done_by: the clerk, milestone: {by: 2014-07-15}}],"
    amend(houses, ("establishes: board,", f"establishes: board, {part}"))
    houses.json("apply", now="2014-06-30T08:00")
    shown = [houses.json("show", "found/north", now=now)["parts"] for now in (SUMMER, "2014-07-16T08:00")]
    assert [(one["done_by"], one["milestone"]["passed"]) for (one,) in shown] == [
        ("the clerk", False), ("the clerk", True),
    ]  # fmt: skip
    assert shown[0][0]["milestone"]["last_working_day"] == "2014-07-15"
    text = " ".join(houses("show", "found/north", now="2014-07-16T08:00").out.split())
    assert "done by the clerk; last working day Tue 15 Jul 2014, gone by" in text


def test_a_board_that_is_not_there_yet_is_held_by_its_agency(houses):
    shown = houses.json("show", "guide/board.north", now=SUMMER)
    assert (shown["agency"], shown["held_by"]) == ("north", {"agency": "north", "instead_of": "board.north"})
    assert "North, until it is established" in houses("show", "guide/board.north", now=SUMMER).out
    houses.json("advance", "found/north", "done", "--as", "north", now="2014-07-10T08:00")
    after = houses.json("show", "guide/board.north", now="2014-07-10T09:00")
    assert (after["agency"], after["held_by"]) == ("board.north", None)


def test_an_agency_that_ended_is_followed_by_the_one_that_took_over(houses):
    now = "2015-01-05T08:00"
    shown = houses.json("show", "found/south", now=now)
    assert shown["held_by"] == {"agency": "north", "instead_of": "south"}
    assert "North, which took over" in houses("show", "found/south", now=now).out


def test_a_shared_duty_names_those_who_share_it(houses):
    shown = houses.json("show", "agree/bank", now=SUMMER)
    assert shown["joint"] == ["dept", "north"]
    assert "The Department; North" in houses("show", "agree/bank", now=SUMMER).out
    assert "(shared with: The Department; North)" in houses("status", "bank", now=SUMMER).out


def test_a_period_is_told_in_words(houses):
    rows = houses.json("status", "north", now=SUMMER)["assignments"]
    assert {one["period"] for one in rows if one["responsibility"] == "quarter"} == {"2014-Q3", "2014-Q4"}
    assert {one["period"] for one in rows if one["responsibility"] == "guide"} == {None}
    assert "Report the quarter (2) · quarter III of 2014" in houses("status", "north", now=SUMMER).out
    assert "quý III năm 2014" in vietnamese(houses)("status", "north", now=SUMMER).out


def test_a_step_of_a_duty_that_recurs_is_told(houses):
    told = houses("submit", "quarter/north/2014-Q3", "--as", "north", now="2014-09-10T08:00")
    assert told.code == 0, told.err
    assert "quarter/north/2014-Q3: " in told.out


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("width", [40, 80])
def test_everything_that_is_told_fits_the_terminal(campaign, city, width, lang):
    """Not in it: lines that a folder's or a head's own length decides."""
    first, second = Commands(folder=campaign.folder, lang=lang), Commands(folder=city.folder, lang=lang)
    pages: list[Any] = [
        first("extend", LATE, "--until", "2020-10-28", *GRANT, now=NOW, width=width),
        first(
            "delegate", LATE, "--to", "van-quan", "--from", "2020-10-22", "--until", "2020-10-30", now=NOW, width=width
        ),
        first("undo", LATE, "--reason", "x", now=NOW, width=width),
        first("show", LATE, now=NOW, width=width),
        first("history", now=NOW, width=width),
    ]
    pages += [
        second("show", key, now="2014-07-02T08:00", width=width)
        for key in ("b2/can-thanh", "b6/so-tc", "mau-nha/so-xd", "giam-sat-xa/ben-nghe", "bao-cao-quy/quan-1/2014-Q3")
    ]
    amend(first, *LATER)
    pages.append(first("apply", "--dry-run", now=NOW, width=width))
    pages.append(first("close", "--force", now=NOW, width=width))
    for page in pages:
        assert page.code == 0, page.err
        assert [line for line in page.out.splitlines() if columns_of(line) > width] == []
