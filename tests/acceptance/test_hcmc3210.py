"""The plan of Hồ Chí Minh City at work: its rehearsal through the command line, and what the campaign then says.

Six steps that wait for one another, reports that recur through four levels, an amendment half-way, an end that is an
event: what the plan of 2020 has none of.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from campaignflow.loading.yamltext import parse_yaml
from campaignflow.services import rehearsal
from campaignflow.services.rehearsal import Played, Ran
from tests.support.commands import Commands

PLAN = Path(__file__).parents[1] / "plans" / "hcmc3210"
END = "2015-07-13T12:00"
"""After the last cue of the rehearsal."""

COMMUNES = 12
DISTRICTS = 24


def data_of(name: str) -> Any:
    parsed = parse_yaml((PLAN / name).read_bytes(), file=name)
    assert parsed.ok and parsed.data, parsed.findings
    return parsed.data


def amend(plan: Path) -> None:
    """Makes the substitutions of the amending decision, each of which fits once."""
    text = plan.read_text(encoding="utf-8")
    for change in data_of("amendment.yaml")["substitutions"]:
        assert text.count(change["find"]) == 1, change["find"]
        text = text.replace(change["find"], change["replace"])
    plan.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> tuple[Commands, list[Played]]:
    """The campaign as the rehearsal left it, and every cue with what it printed."""
    folder = tmp_path_factory.mktemp("hcmc3210") / "plan"
    shutil.copytree(PLAN, folder)
    commands = Commands(folder=folder)

    def run(arguments: Sequence[str]) -> Ran:
        if "apply" in arguments and "--number" in arguments:
            amend(folder / "plan.yaml")
        answer = commands(*arguments)
        return Ran(code=answer.code, output=answer.out, errors=answer.err)

    return commands, list(rehearsal.play(rehearsal.read_script(data_of("rehearsal.yaml")), run))


@pytest.fixture(scope="module")
def commands(stage: tuple[Commands, list[Played]]) -> Commands:
    return stage[0]


@pytest.fixture(scope="module")
def printed(stage: tuple[Commands, list[Played]]) -> Callable[..., str]:
    """What the command printed that begins with these words, the n-th of them."""

    def find(*words: str, number: int = 0) -> str:
        found = [one.ran.output for one in stage[1] if one.ran and one.cue.command[: len(words)] == words]
        return found[number]

    return find


@pytest.fixture(scope="module")
def status_at(commands: Commands) -> Callable[[str], Any]:
    """The status by what was recorded until then; each moment is asked for once."""
    known: dict[str, Any] = {}

    def at(moment: str) -> Any:
        if moment not in known:
            known[moment] = commands.json("status", "--as-of", moment, now=END)
        return known[moment]

    return at


def line_of(status: Any, key: str) -> Any:
    return next(line for line in status["assignments"] if line["key"] == key)


def keys(status: Any, responsibility: str) -> set[str]:
    return {line["key"] for line in status["assignments"] if line["responsibility"] == responsibility}


def completed_by(status: Any) -> set[str]:
    return {line["responsibility"] for line in status["assignments"] if line["state"] == "completed"}


def overdue(status: Any) -> set[str]:
    return {line["key"] for line in status["assignments"] if line["standing"] == "overdue"}


# --- the six steps


def test_each_commune_district_and_department_is_given_its_own(status_at: Any) -> None:
    status = status_at("2014-06-30T17:00")
    counted = {duty: len(keys(status, duty)) for duty in ("b1a", "b1b", "b2", "b3", "b4", "b5", "b6", "thanh-tra")}
    assert counted == {
        "b1a": COMMUNES, "b1b": COMMUNES, "b2": COMMUNES, "b3": DISTRICTS, "b4": 3, "b5": 1, "b6": 1,
        "thanh-tra": DISTRICTS + 1,
    }  # fmt: skip


def test_nobody_is_late_by_a_date_before_the_plans_own(status_at: Any) -> None:
    """`before_issue: not_counted`: step 1 was due before the decision was signed."""
    assert overdue(status_at("2014-06-30T17:00")) == set()
    assert line_of(status_at("2014-07-05"), "b1a/ben-nghe")["standing"] == "no_deadline"


@pytest.mark.parametrize(
    ("moment", "late"), [("2014-07-24T23:59", set()), ("2014-07-25T08:00", {"b2/tan-hiep"}), ("2014-07-29", set())]
)
def test_a_promise_moves_no_deadline_and_an_extension_does(status_at: Any, moment: str, late: set[str]) -> None:
    """Cần Thạnh was given until the 31st by the City, whose date it is; Tân Hiệp only promised."""
    assert overdue(status_at(moment)) == late


def test_an_extended_step_is_done_on_time_and_a_promised_one_late(status_at: Any) -> None:
    status = status_at("2014-07-31")
    assert line_of(status, "b2/can-thanh")["standing"] == "done_on_time"
    assert line_of(status, "b2/tan-hiep")["standing"] == "done_late"


def test_a_delegate_takes_the_step_and_the_journal_says_who(commands: Commands, status_at: Any) -> None:
    assert line_of(status_at("2014-07-25T08:00"), "b2/binh-khanh")["standing"] == "done_on_time"
    events = commands.json("history", "b2/binh-khanh", now=END)["events"]
    assert [event["actor"] for event in events if event["kind"] == "step"] == ["can-gio"]


def test_an_undone_step_can_be_seen_and_counts_no_longer(commands: Commands, status_at: Any) -> None:
    assert line_of(status_at("2014-07-08T16:00"), "mau-nha/so-xd")["state"] == "completed"
    assert line_of(status_at("2014-07-09T10:00"), "mau-nha/so-xd")["state"] == "open"
    reasons = [event["reason"] for event in commands.json("history", "mau-nha/so-xd", now=END)["events"]]
    assert "Mới có hai mẫu nhà, chưa đủ ba mẫu theo III.2.2" in reasons


def test_what_follows_the_approval_opens_with_it(status_at: Any) -> None:
    """Posting the list comes after a duty of somebody else, and nobody has to say that the approval was given; nobody
    is late by it, before or after."""
    for moment, due in (("2014-11-12T14:00", False), ("2014-11-12T16:00", True)):
        status = status_at(moment)
        lines = [line_of(status, key) for key in keys(status, "niem-yet")]
        assert {line["standing"] for line in lines} == {"no_deadline"}
        assert len(lines) == 12
        assert ("phe-duyet-de-an" in completed_by(status)) == due


def test_a_date_stands_while_its_condition_is_waited_for(status_at: Any) -> None:
    """Step 6 also waits for the centre's money: the date passes, and what comes after it is late."""
    assert line_of(status_at("2014-11-15T00:00"), "b6/so-tc")["standing"] == "overdue"
    assert line_of(status_at("2014-11-27"), "b6/so-tc")["standing"] == "done_late"
    assert line_of(status_at("2014-11-27"), "phe-duyet-de-an/ubnd-tp")["standing"] == "done_on_time"


# --- the amendment


def test_the_amendment_is_a_revision_that_keeps_the_work_and_moves_the_dates(status_at: Any) -> None:
    before, after = status_at("2014-09-21"), status_at("2014-09-22T08:15")
    assert (before["plan"]["revision"], after["plan"]["revision"]) == (1, 2)
    assert line_of(before, "b5/so-tc")["due"]["last_moment"] == "2014-10-15T00:00:00+07:00"
    assert line_of(after, "b5/so-tc")["due"]["last_moment"] == "2014-10-31T00:00:00+07:00"
    done = {line["key"] for line in before["assignments"] if line["state"] == "completed"}
    assert done and done == {line["key"] for line in after["assignments"] if line["state"] == "completed"}


def test_a_duty_that_was_taken_away_is_cancelled_and_a_new_one_is_there(status_at: Any) -> None:
    status = status_at("2014-09-22T08:15")
    assert line_of(status, "ho-tro-them/ubnd-tp")["standing"] == "cancelled"
    assert line_of(status, "huong-dan-xac-nhan/so-tnmt")["due"]["last_working_day"] == "2014-12-30"


def test_of_an_extension_and_an_amendment_the_later_date_stands(status_at: Any) -> None:
    """Settled rule: the extension to 20 October outlives an amendment to "before 15 October"."""
    assert line_of(status_at("2014-09-22T08:15"), "b4/so-xd")["due"]["last_moment"] == "2014-10-21T00:00:00+07:00"
    assert line_of(status_at("2014-10-17"), "b4/so-xd")["standing"] == "done_on_time"


def test_the_amendment_tells_what_it_changes(printed: Callable[..., str]) -> None:
    """By clause, by agency, and which extension stands beside a new date."""
    told = " ".join(printed("apply", number=1).split())
    for words in ("Clause II.2.4", "Clause III.1.1-3 (taken out)", "Clause III.2.5 (new)", "20 Oct 2014 stands"):
        assert words in told
    for agency in ("Sở Tài chính (so-tc)", "Sở Tài nguyên và Môi trường (so-tnmt)"):
        assert agency in told.partition("By agency")[2]


def test_only_those_concerned_by_the_amendment_are_asked_to_acknowledge_it(printed: Callable[..., str]) -> None:
    """The department entered the amendment itself; the two others whose dates moved have not heard of it yet."""
    told = printed("worklist")
    assert all(key in told for key in ("b5/so-tc", "b6/so-tc", "phe-duyet-de-an/ubnd-tp"))
    assert "b3/quan-1" not in told and "thanh-tra/quan-1" not in told


# --- reports that recur


@pytest.mark.parametrize(
    ("moment", "periods"),
    [
        ("2014-06-30T17:00", {"2014-Q3"}),
        ("2014-07-01T00:00", {"2014-Q3", "2014-Q4"}),
        ("2014-10-01T08:00", {"2014-Q3", "2014-Q4", "2015-Q1"}),
    ],
)
def test_a_period_is_there_one_ahead_and_comes_by_itself(status_at: Any, moment: str, periods: set[str]) -> None:
    """The first is the third quarter of 2014: the date in the second lies before the plan."""
    found = keys(status_at(moment), "bao-cao-quy")
    assert {key.split("/")[2] for key in found} == periods
    assert len(found) == DISTRICTS * len(periods)


def test_a_communes_report_goes_to_the_district_above_it(commands: Commands, status_at: Any) -> None:
    assert line_of(status_at("2014-09-15T09:00"), "bao-cao-xa/can-thanh/2014-Q3")["state"] == "completed"
    refused = commands(
        "submit", "bao-cao-xa/ben-nghe/2014-Q3", "--as", "can-gio", "--on-behalf-of", "ben-nghe", now="2014-09-16T09:00"
    )
    assert refused.code != 0


def test_quarterly_reports_sent_by_the_19th_are_on_time(status_at: Any) -> None:
    status = status_at("2014-09-25")
    standings = {line_of(status, f"bao-cao-quy/{one}/2014-Q3")["standing"] for one in ("quan-1", "quan-10", "can-gio")}
    assert standings == {"done_on_time"}


def test_sending_the_departments_summary_and_the_citys_report_ends_them(status_at: Any) -> None:
    status = status_at("2014-10-01T08:00")
    assert line_of(status, "tong-hop-quy/so-xd/2014-Q3")["state"] == "completed"
    assert line_of(status, "bao-cao-3-thang/ubnd-tp/2014-Q3")["standing"] == "done_on_time"


def test_the_citys_report_is_owed_within_its_quarter(status_at: Any) -> None:
    due = line_of(status_at("2014-10-01T08:00"), "bao-cao-3-thang/ubnd-tp/2014-Q4")["due"]
    assert (due["last_moment"], due["last_working_day"]) == ("2015-01-01T00:00:00+07:00", "2014-12-31")


def test_the_series_ends_with_the_quarter_in_which_the_programme_does(status_at: Any) -> None:
    """The quarter that was there ahead is owed by nobody any more."""
    before, after = status_at("2015-06-25"), status_at("2015-07-13T08:00")
    assert line_of(before, "bao-cao-quy/quan-1/2015-Q3")["standing"] == "not_due"
    open_after = {
        line["key"].split("/")[2]
        for line in after["assignments"]
        if line["responsibility"] == "bao-cao-quy" and line["standing"] not in ("cancelled", "exempt")
    }
    assert open_after == {"2014-Q3", "2014-Q4", "2015-Q1", "2015-Q2"}


# --- on demand, and without an end


def test_a_duty_on_demand_is_owed_once_it_is_opened(status_at: Any) -> None:
    assert keys(status_at("2014-12-01"), "xay-dung-ho-kho-khan") == set()
    assert keys(status_at("2014-12-02"), "xay-dung-ho-kho-khan") == {"xay-dung-ho-kho-khan/can-thanh/001"}
    assert line_of(status_at("2014-12-12"), "phoi-hop-thanh-tra/quan-1/001")["state"] == "completed"


def test_what_has_no_end_is_never_overdue_and_outside_the_rates(status_at: Any) -> None:
    for moment in ("2014-07-25T08:00", "2015-07-13T08:00"):
        status = status_at(moment)
        standings = {line["standing"] for line in status["assignments"] if line["responsibility"] == "giam-sat-xa"}
        assert standings == {"no_deadline"}


# --- what people read


def test_every_kind_of_assignment_can_be_shown_whole(commands: Commands, status_at: Any) -> None:
    """One of each duty and period, also of those that an amendment or the programme's end cancelled."""
    found: dict[str, str] = {}
    for line in status_at("2015-07-13T08:00")["assignments"]:
        found.setdefault("/".join((line["responsibility"], *line["key"].split("/")[2:])), line["key"])
    assert len(found) > 45
    refused = {key: answer.err for key in found.values() if (answer := commands("show", key, now=END)).code != 0}
    assert refused == {}


# --- the end


def test_what_happened_is_proved(commands: Commands) -> None:
    assert commands.json("verify", now=END)["ok"]


def test_what_was_sent_after_its_quarter_was_late(status_at: Any) -> None:
    status = status_at("2015-07-13T08:00")
    standings = [line_of(status, f"bao-cao-3-thang/ubnd-tp/2015-Q{one}")["standing"] for one in (1, 2)]
    assert standings == ["done_on_time", "done_late"]
    assert line_of(status, "bao-cao-ket-thuc/ubnd-tp")["standing"] == "no_deadline"


def test_the_archive_holds_what_was_open_and_says_so(commands: Commands, printed: Callable[..., str]) -> None:
    assert "luu-tru" in printed("close", number=1)
    assert {path.name for path in (commands.folder / "luu-tru").iterdir()} >= {"journal.jsonl", "assignments.csv"}


def test_a_closed_campaign_takes_no_more_steps(commands: Commands) -> None:
    refused = commands("advance", "hoan-thanh/ubnd-tp", "done", now="2015-07-14T08:00")
    assert refused.code == 1
    assert "closed" in refused.err
