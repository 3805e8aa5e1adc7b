"""The pages people read: what they say, in both languages, on 80 columns and on 40."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaignflow.cli.output import columns_of
from tests.support.commands import Commands, copied, example_copy

NOW = "2020-10-26T10:00"
KEY = "to-chuc-tuan-le/cao-loc"
PAGES = (
    ("status",),
    ("status", "--overdue"),
    ("status", "--by", "responsibility"),
    ("status", "--by", "phase"),
    ("worklist",),
    ("show", KEY),
    ("history",),
    ("history", KEY),
    ("contacts", "list"),
    ("apply", "--dry-run"),
    ("verify",),
)
HEADS = {"Duty", "Phase", "Id", "No."}
"""The titles of first columns, which the cards of a narrow terminal have as their heads."""

COMMANDS = (
    ("init",), ("check",), ("apply",), ("status",), ("worklist",), ("show",), ("advance",), ("part",), ("event",),
    ("exempt",), ("submit",), ("return",), ("accept",), ("acknowledge",), ("confirm",), ("contacts", "list"),
    ("contacts", "add"), ("contacts", "end"), ("contacts", "import"), ("history",), ("verify",), ("export",),
    ("extend",), ("delegate",), ("undo",), ("open",), ("close",),
)  # fmt: skip


@pytest.fixture(scope="module")
def entered(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    made = example_copy(tmp_path_factory.mktemp("pages") / "plan")
    made.json("apply", now="2020-09-21T08:00")
    made.json("submit", "to-chuc-tuan-le/bac-son", "--note", "gửi qua Zalo", now="2020-10-23T10:00")
    return made


@pytest.fixture
def campaign(entered: Commands, tmp_path: Path) -> Commands:
    return copied(entered, tmp_path / "plan")


def speaking(commands: Commands, lang: str) -> Commands:
    return Commands(folder=commands.folder, lang=lang)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_every_page_fits_the_terminal_in_both_languages(entered, words, width, lang):
    answer = speaking(entered, lang)(*words, now=NOW, width=width)
    assert answer.code == 0, answer.err
    wide = [line for line in answer.out.splitlines() if columns_of(line) > width]
    assert wide == []
    assert "\x1b" not in answer.out


@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_a_page_on_40_columns_says_every_word_of_the_page_on_160(entered, words):
    narrow = "".join(entered(*words, now=NOW, width=40).out.split())
    lost = [word for word in entered(*words, now=NOW, width=160).out.split() if word not in narrow]
    assert [word for word in lost if word.strip("─") and word not in HEADS] == []


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_a_help_with_an_example_in_both_languages(entered, words):
    english, vietnamese = (speaking(entered, lang)(*words, "--help") for lang in ("en", "vi"))
    assert (english.code, vietnamese.code) == (0, 0)
    assert f"  campaignflow {' '.join(words)}" in english.out
    assert f"  campaignflow {' '.join(words)}" in vietnamese.out
    assert english.out.split("\n\n")[1] != vietnamese.out.split("\n\n")[1]


def test_status_leads_with_what_is_overdue_and_says_what_its_colours_say(campaign):
    campaign.environ["FORCE_COLOR"] = "1"
    coloured = campaign("status", now=NOW).out
    del campaign.environ["FORCE_COLOR"]
    plain = campaign("status", now=NOW).out
    assert "\x1b[31m" in coloured
    assert plain.index("Not done, overdue (28)") < plain.index("Due soon (1)") < plain.index("No deadline (11)")
    assert "On time, of all that is done: —." in plain
    assert "Overdue, of all that has a deadline: 93.3 %." in plain
    assert "last working day Fri 23 Oct 2020, 2 days over" in plain


def test_colours_are_off_where_they_are_refused(campaign):
    campaign.environ.update({"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert "\x1b" not in campaign("status", now=NOW).out


def test_status_speaks_the_words_that_officials_count_in(entered):
    said = speaking(entered, "vi")("status", now=NOW).out
    assert "41 nhiệm vụ: 28 chưa hoàn thành, quá hạn; 1 sắp đến hạn" in said
    assert "Quá hạn trên tổng số có thời hạn: 93,3 %." in said
    assert "ngày làm việc cuối: thứ Sáu 23/10/2020, quá 2 ngày" in said


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2020-10-20T09:00", "3 working days left"),
        ("2020-10-22T09:00", "1 working day left"),
        ("2020-10-23T09:00", "Fri 23 Oct 2020, today"),
        ("2020-10-24T09:00", "today is the last day"),
        ("2020-10-25T09:00", "1 day over"),
    ],
)
def test_how_far_a_deadline_is_is_told_in_working_days_before_it_and_in_days_after_it(entered, now, told):
    assert told in entered("status", "cao-loc", now=now).out


def test_a_list_that_is_cut_says_how_to_go_on_and_goes_on_there(entered):
    first = entered("status", "--overdue", "--limit", "2", now=NOW).out
    assert "The list goes on: --after to-chuc-tuan-le/trang-dinh" in first
    rest = entered.json("status", "--overdue", "--after", "to-chuc-tuan-le/trang-dinh", now=NOW)
    assert rest["assignments"][0]["key"] == "to-chuc-tuan-le/binh-gia"
    assert rest["totals"]["assignments"] == 41
    groups = entered.json("status", "--by", "agency", "--limit", "1", "--after", "so-gddt", now=NOW)["groups"]
    assert [one["group"] for one in groups] == ["so-ldtbxh"]


def test_an_empty_list_is_told_and_is_no_error(entered):
    answer = entered("status", "hoi-khuyen-hoc", "--overdue", now=NOW)
    assert answer.code == 0
    assert "No assignment is like that." in answer.out
    assert entered.json("status", "--due-within", "0", now="2020-09-22")["assignments"] == []


def test_an_unknown_agency_or_key_is_refused_with_the_one_that_was_meant(entered):
    agency = entered("status", "cao-lok", "--json", now=NOW)
    assert (agency.code, agency.refusal["code"]) == (1, "agency-unknown")
    assert "`cao-loc`" in agency.refusal["message"]
    key = speaking(entered, "vi")("show", "to-chuc-tuan-le/cao-lok", now=NOW)
    assert (key.code, key.out) == (1, "")
    assert "có phải ý bạn là `to-chuc-tuan-le/cao-loc`?" in key.err


def test_show_is_a_page_with_the_words_the_deadlines_the_steps_and_the_history(entered):
    page = entered("show", "to-chuc-tuan-le/bac-son", now=NOW, width=160).out
    for piece in (
        "Tổ chức Tuần lễ trên địa bàn", "Not done, in time", "“Chỉ đạo các cơ quan", "III.4, II.3",
        "Công văn số 3589/BGDĐT-GDĐT", "trước ngày 25 tháng 10 năm 2020", "(presumed if nothing is heard)",
        "[ ] kinh-phi", "accept", "the receiver", "note: gửi qua Zalo", "Drafting, Opening, Summarizing",
    ):  # fmt: skip
        assert piece in page


def test_the_worklist_has_one_line_for_each_reason(entered):
    told = entered("worklist", now=NOW).out
    assert told.count("overdue since 25 Oct 2020:") == 1
    assert "Accept or return (1)" in told
    assert entered("worklist", now="2020-09-22T08:00").out.count("Confirm (1)") == 1


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("campaignflow show to-chuc-tuan-le/ch", "to-chuc-tuan-le/chi-lang"),
        ("campaignflow status cao", "cao-loc"),
        (f"campaignflow advance {KEY} reg", "register"),
        (f"campaignflow part {KEY} kinh", "kinh-phi"),
        ("campaignflow confirm cac", "cac-so-ban-nganh"),
        ("campaignflow contacts end c0", "c01"),
        ("campaignflow worklist --as cao", "cao-loc"),
        (f"campaignflow extend {KEY} --granted-by ubnd", "ubnd-tinh"),
        (f"campaignflow delegate {KEY} --to van-q", "van-quan"),
    ],
)
def test_the_shell_completes_keys_agencies_steps_and_contacts_from_the_database(entered, words, offered):
    count = len(words.split()) - 1
    environ = {"_CAMPAIGNFLOW_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    commands = Commands(folder=entered.folder, environ=environ)
    assert f"plain,{offered}" in commands.process(now=NOW).out.splitlines()


def test_completion_without_a_database_offers_nothing_and_is_no_error(tmp_path):
    environ = {"_CAMPAIGNFLOW_COMPLETE": "bash_complete", "COMP_WORDS": "campaignflow show x", "COMP_CWORD": "2"}
    answer = Commands(folder=tmp_path, environ=environ).process()
    assert (answer.out.strip(), answer.err) == ("", "")
