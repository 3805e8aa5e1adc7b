"""The plan of 2013 played from its promulgation to the summer in which provinces were merged, and what is then known.

The rehearsal lies with the plan, under tests/plans/bcdqg1237. Before its second `apply` the plan's text is changed as
amendment.yaml there says.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from campaignflow.loading.yamltext import parse_yaml
from campaignflow.services import rehearsal
from campaignflow.services.rehearsal import Ran
from tests.support.commands import Commands

PLAN = Path(__file__).parents[1] / "plans" / "bcdqg1237"
BESIDE = ("plan.yaml", "roster.csv", "contacts.csv", "ke-hoach-252.txt", "so-ket-2014-h1.csv")
REGIONS, PROVINCES, MINISTRIES = 7, 63, 5
COMMITTEES = 1 + REGIONS + PROVINCES
REVIEWERS = COMMITTEES + 1 + MINISTRIES
ENDED = 29
#: The clock when the rehearsal is over.
AFTERWARDS = "2025-07-03T08:00+07:00"

Status = Callable[[str], Any]


def data_of(name: str) -> Mapping[str, Any]:
    parsed = parse_yaml((PLAN / name).read_bytes(), file=name)
    assert parsed.ok and parsed.data is not None, parsed.findings
    return parsed.data


def amend(plan: Path) -> None:
    """Changes a plan's text as the amendment says; each of its places is there once."""
    text = plan.read_text(encoding="utf-8")
    for change in data_of("amendment.yaml")["changes"]:
        assert text.count(change["find"]) == 1, change["find"]
        text = text.replace(change["find"], change["replace"])
    plan.write_text(text, encoding="utf-8")


class Stage:
    """The campaign after its rehearsal: what each command printed, and what `status` said whenever it was shown."""

    def __init__(self, folder: Path) -> None:
        for name in BESIDE:
            shutil.copy(PLAN / name, folder / name)
        self.commands = Commands(folder=folder)
        self.printed: dict[str, Ran] = {}
        self.shown: dict[str, Any] = {}
        self._applied = 0
        for one in rehearsal.play(rehearsal.read_script(data_of("rehearsal.yaml")), self._run):
            moment = one.cue.at.isoformat(timespec="minutes")
            if one.ran is not None:
                self.printed[moment] = one.ran
            else:
                self.shown[moment] = self.commands.json("status", now=moment)

    def _run(self, words: Sequence[str]) -> Ran:
        self._applied += "apply" in words
        if self._applied == 2 and "apply" in words:
            amend(self.commands.folder / "plan.yaml")
        answer = self.commands(*words)
        return Ran(code=answer.code, output=answer.out, errors=answer.err)

    def told(self, moment: str) -> str:
        """What the command typed at a moment printed, its lines as one."""
        ran = self.printed[moment]
        return " ".join((ran.output or ran.errors).split())


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("bcdqg1237"))


@pytest.fixture(scope="module")
def ask(stage: Stage) -> Callable[..., Any]:
    """Asks the rehearsed campaign for a JSON document."""
    known: dict[tuple[str, ...], Any] = {}

    def asked(*words: str) -> Any:
        if words not in known:
            known[words] = stage.commands.json(*words, now=AFTERWARDS)
        return known[words]

    return asked


@pytest.fixture(scope="module")
def status(ask: Callable[..., Any]) -> Status:
    """Where everything stood by what was recorded until a moment."""
    return lambda moment: ask("status", "--as-of", moment)


def of(status: Mapping[str, Any], responsibility: str, period: str | None = None) -> list[Any]:
    return [
        line
        for line in status["assignments"]
        if line["responsibility"] == responsibility and (period is None or line["key"].endswith(f"/{period}"))
    ]


def line_of(status: Mapping[str, Any], key: str) -> Any:
    return next(line for line in status["assignments"] if line["key"] == key)


def standings(status: Mapping[str, Any], responsibility: str, period: str | None = None) -> dict[str, int]:
    return dict(Counter(line["standing"] for line in of(status, responsibility, period)))


def periods(status: Mapping[str, Any], responsibility: str) -> list[str]:
    return sorted({line["key"].split("/")[2] for line in of(status, responsibility)})


# --- who owes what


def test_the_plan_becomes_an_assignment_for_each_agency_and_for_each_committee(stage: Stage) -> None:
    """Each leads for itself; the two ministries of B.VIII owe one thing together, and a partner ends with the lead."""
    begun = stage.shown["2013-11-12T17:00"]
    owed = Counter(line["responsibility"] for line in begun["assignments"])
    assert begun["totals"]["assignments"] == 1428 == sum(owed.values())
    assert owed["thanh-lap-bcd-tinh"] == PROVINCES and owed["thanh-lap-bcd-qk"] == REGIONS
    assert owed["quan-triet"] == COMMITTEES + MINISTRIES
    assert owed["van-ban-bcd"] == owed["ke-hoach-hang-nam"] == COMMITTEES
    assert owed["so-ket-6-thang"] == owed["so-ket-nam"] == owed["tong-ket-2015"] == REVIEWERS
    assert [line["key"] for line in of(begun, "bao-dam")] == ["bao-dam/bo-quoc-phong", "bao-dam/van-phong-1237"]
    assert "bao-cao-phat-sinh" not in owed and "doi-moi" not in owed, "on demand: nobody asked yet"


def test_duties_without_an_end_have_no_deadline_and_are_in_no_rate(stage: Stage) -> None:
    begun = stage.shown["2013-11-12T17:00"]
    assert standings(begun, "thong-tin-liet-si") == {"no_deadline": COMMITTEES + 3}
    assert standings(begun, "tim-kiem") == {"no_deadline": 1 + 1 + REGIONS + PROVINCES + 1}
    after = stage.shown["2025-07-01T08:00"]
    assert set(standings(after, "thong-tin-liet-si")) == {"no_deadline"}, "2020 is a horizon, not a date"


def test_a_window_is_in_time_until_its_last_day_is_over(status: Status) -> None:
    assert standings(status("2013-11-12T17:00"), "van-ban-bcd") == {"in_time": COMMITTEES}
    assert standings(status("2013-12-31T23:59"), "van-ban-bcd") == {"done_on_time": 2, "due_soon": COMMITTEES - 2}
    assert standings(status("2014-01-01T00:00"), "van-ban-bcd") == {"done_on_time": 2, "overdue": COMMITTEES - 2}


def test_one_duty_has_two_windows_from_two_clauses(ask: Callable[..., Any]) -> None:
    """B.I.3 dates the conference, C.2 the whole of it; both are kept."""
    lines = ask("show", "quan-triet/bo-tttt")["deadlines"]
    assert [(one["phase"], one["clause"], one["last_moment"]) for one in lines] == [
        ("opening", "B.I.3", "2014-01-01T00:00:00+07:00"),
        ("completed", "C.2", "2014-04-01T00:00:00+07:00"),
    ]


# --- committees


def test_until_its_committee_is_established_the_province_holds_the_duties(stage: Stage, status: Status) -> None:
    """The committee itself can do nothing yet; from the decision on it acts, and is named."""
    assert [stage.printed[moment].code for moment in ("2013-12-11T08:00", "2013-12-12T10:00")] == [1, 0]
    key = "van-ban-bcd/bcd-tinh.lang-son"
    names = [line_of(status(moment), key)["agency_name"] for moment in ("2013-12-20T14:00", "2013-12-20T16:00")]
    assert names == ["Tỉnh Lạng Sơn", "Ban Chỉ đạo 1237 Tỉnh Lạng Sơn"]


def test_the_committee_of_nghe_an_issues_its_plan_the_day_after_it_was_established(status: Status) -> None:
    line = line_of(status("2013-12-10T15:00"), "van-ban-bcd/bcd-tinh.nghe-an")
    assert (line["agency"], line["standing"]) == ("bcd-tinh.nghe-an", "done_on_time")


def test_a_step_taken_back_gives_the_duties_back_to_the_region(status: Status) -> None:
    key = "van-ban-bcd/bcd-quan-khu.quan-khu-9"
    moments = ("2013-12-17T00:00", "2013-12-24T10:00", "2013-12-30T16:00")
    assert [line_of(status(one), key)["agency_name"] for one in moments] == [
        "Ban Chỉ đạo 1237 Quân khu 9", "Quân khu 9", "Ban Chỉ đạo 1237 Quân khu 9",
    ]  # fmt: skip
    assert standings(status("2013-12-31T17:00"), "thanh-lap-bcd-qk") == {"done_on_time": REGIONS}


def test_provinces_that_established_theirs_in_january_are_done_late(status: Status) -> None:
    assert standings(status("2014-01-02T08:00"), "thanh-lap-bcd-tinh") == {"done_on_time": 4, "overdue": 59}
    assert standings(status("2014-01-08T10:00"), "thanh-lap-bcd-tinh") == {"done_on_time": 4, "done_late": 59}


# --- more time, and promises


def test_only_who_set_a_date_moves_it(stage: Stage, status: Status) -> None:
    assert stage.printed["2013-12-25T09:00"].code == 1
    assert "--granted-by bcd-quoc-gia" in stage.told("2013-12-25T09:00")
    granted = line_of(status("2014-01-02T08:00"), "thong-tu-bqp/bo-quoc-phong")
    assert granted["standing"] == "in_time"
    assert granted["due"]["last_moment"] == "2014-04-01T00:00:00+07:00"
    assert line_of(status("2014-04-01T00:00"), "thong-tu-bqp/bo-quoc-phong")["standing"] == "done_on_time"


def test_a_promise_moves_no_deadline(status: Status, ask: Callable[..., Any]) -> None:
    key = "huong-dan-bo-nganh/bo-tttt"
    assert line_of(status("2014-01-02T08:00"), key)["standing"] == "overdue"
    assert line_of(status("2014-01-16T00:00"), key)["standing"] == "done_late"
    assert ask("show", key)["promised"] == "2014-01-15"


# --- periods


def test_periods_come_by_themselves_one_ahead(stage: Stage) -> None:
    made = {moment: periods(stage.shown[moment], "so-ket-6-thang") for moment in stage.shown}
    assert made["2013-11-12T17:00"] == ["2014-H1"]
    assert made["2014-01-02T08:00"] == ["2014-H1", "2014-H2"]
    assert made["2014-07-01T08:00"] == ["2014-H1", "2014-H2", "2015-H1"]
    assert periods(stage.shown["2014-07-01T08:00"], "so-ket-nam") == ["2014", "2015"]
    assert made["2021-01-04T08:00"][-1] == "2021-H2", "the series goes on after 2020"


def test_a_half_year_not_reviewed_is_overdue_when_it_is_over(stage: Stage, status: Status) -> None:
    """Nine reviews came by a sheet and one by hand; the next period runs, and the one after is not due."""
    assert standings(status("2014-06-30T23:59"), "so-ket-6-thang", "2014-H1")["due_soon"] == REVIEWERS - 10
    july = stage.shown["2014-07-01T08:00"]
    assert standings(july, "so-ket-6-thang", "2014-H1") == {"done_on_time": 10, "overdue": REVIEWERS - 10}
    assert standings(july, "so-ket-6-thang", "2014-H2") == {"in_time": REVIEWERS}
    assert standings(july, "so-ket-6-thang", "2015-H1") == {"not_due": REVIEWERS}


def test_the_documents_of_a_sheet_are_in_the_history(ask: Callable[..., Any]) -> None:
    events = ask("history", "so-ket-6-thang/bcd-tinh.lang-son/2014-H1")["events"]
    step = next(one for one in events if one["kind"] == "step")
    assert step["document"]["number"] == "21/BC-BCĐ1237"
    assert step["happened"].startswith("2014-06-27") and step["recorded"].startswith("2014-06-30")


def test_years_in_which_nobody_typed_anything_are_caught_up_in_their_order(ask: Callable[..., Any]) -> None:
    """R19, R22: from 2016 to 2020 nothing ran; each period then begins once, dated by its own first day."""
    clock = [one for one in ask("history")["events"] if one["kind"] in ("period", "clock", "succeeded")]
    assert [one["happened"] for one in clock] == sorted(one["happened"] for one in clock)
    begun = [one["happened"][:10] for one in clock if one["key"] == "so-ket-6-thang/*"]
    assert begun == [f"{year}-{day}" for year in range(2014, 2026) for day in ("01-01", "07-01")]
    recorded = {one["happened"][:10]: one["recorded"][:10] for one in clock if one["key"] == "so-ket-6-thang/*"}
    assert recorded["2016-07-01"] == recorded["2020-07-01"] == "2020-12-29"


def test_reviews_of_a_year_and_of_its_second_half_end_on_one_day(stage: Stage) -> None:
    january = stage.shown["2015-01-05T08:00"]
    for responsibility, period in (("so-ket-nam", "2014"), ("so-ket-6-thang", "2014-H2")):
        assert standings(january, responsibility, period) == {"done_on_time": REVIEWERS}
    assert line_of(january, "bo-sung-van-ban/bo-tttt/2014")["standing"] == "done_on_time"


def test_the_office_prepares_each_half_year_without_a_date_of_its_own(stage: Stage) -> None:
    assert standings(stage.shown["2015-01-05T08:00"], "van-phong-so-ket") == {"no_deadline": 4}


# --- on demand, and what is common to all


def test_an_agency_opens_a_report_of_its_own_trouble(status: Status, ask: Callable[..., Any]) -> None:
    """It goes to the committee through its office; no deadline binds it."""
    key = "bao-cao-phat-sinh/bcd-tinh.quang-tri/001"
    assert [line["key"] for line in of(status("2014-04-14T09:00"), "bao-cao-phat-sinh")] == [key]
    line = line_of(status("2014-04-18T10:00"), key)
    assert (line["state"], line["standing"]) == ("completed", "no_deadline")
    shown = ask("show", key)
    assert shown["report"]["to"] == ["bcd-quoc-gia"]


def test_a_region_asks_for_a_new_search_unit(status: Status) -> None:
    assert [line["key"] for line in of(status("2014-06-01"), "doi-moi")] == ["doi-moi/quan-khu-5/001"]


def test_an_outside_event_opens_the_report_for_everybody(status: Status) -> None:
    owing = {line["agency"] for line in of(status("2014-10-02"), "bao-cao-phat-sinh") if line["state"] == "open"}
    assert owing >= {"bo-quoc-phong", "mttq", "hoi-ccb", "bcd-quan-khu.quan-khu-5", "bcd-tinh.nghe-an"}
    assert len(of(status("2014-09-30"), "bao-cao-phat-sinh")) == 1


def test_a_delegate_acts_between_two_days(stage: Stage, ask: Callable[..., Any]) -> None:
    parts = {one["id"]: one["ticked"] for one in ask("show", "hop-tac-quoc-te/ban-cong-tac-db")["parts"]}
    assert parts["lao-campuchia"] is True and parts["trao-doi"] is False
    assert stage.printed["2015-01-06T09:00"].code == 1


# --- the amendment


def test_an_amendment_adds_changes_and_takes_away(stage: Stage, status: Status) -> None:
    """What is taken away stays to be seen, and is owed no more."""
    before, after = status("2015-03-02T08:00"), status("2015-03-02T09:00")
    assert (before["plan"]["revision"], after["plan"]["revision"]) == (1, 2)
    assert len(of(after, "bao-cao-tong-ket")) == REGIONS + PROVINCES
    assert standings(before, "ra-soat-dia-ban") == {"no_deadline": PROVINCES}
    assert standings(after, "ra-soat-dia-ban") == {"cancelled": PROVINCES}


def test_what_an_amendment_does_is_told_by_clause_and_by_duty(stage: Stage) -> None:
    told = stage.told("2015-03-02T08:30")
    for words in ("B.IX.1.c", "Fri 30 Oct 2015", "bao-cao-tong-ket", "ra-soat-dia-ban"):
        assert words in told


def test_a_dry_run_shows_what_the_apply_then_does(stage: Stage) -> None:
    """Nothing else: a period that began since the last entry is the clock's work, not the amendment's."""
    dry, wet = (stage.told(moment).partition(". ")[2] for moment in ("2015-03-02T08:15", "2015-03-02T08:30"))
    assert dry.replace("would be ", "") == wet


def test_the_changed_day_reaches_running_assignments_and_is_to_be_acknowledged_anew(
    status: Status, ask: Callable[..., Any]
) -> None:
    key = "tong-ket-2015/bcd-tinh.lang-son"
    moments = [line_of(status(one), key)["due"]["last_moment"] for one in ("2015-03-01", "2015-03-03")]
    assert moments == ["2016-01-01T00:00:00+07:00", "2015-10-31T00:00:00+07:00"]
    assert standings(status("2015-10-31"), "tong-ket-2015") == {"done_on_time": REVIEWERS}
    kinds = [one["kind"] for one in ask("history", key)["events"]]
    assert kinds.index("amended") < kinds.index("acknowledged") < kinds.index("step")


def test_work_done_before_the_amendment_is_kept(status: Status) -> None:
    def done(moment: str) -> set[str]:
        return {one["key"] for one in status(moment)["assignments"] if one["standing"].startswith("done")}

    assert done("2015-03-02T08:00") <= done("2015-03-02T09:00")


def test_the_report_that_the_amendment_asks_for_is_on_time_or_overdue(stage: Stage) -> None:
    january = stage.shown["2016-01-04T08:00"]
    assert standings(january, "bao-cao-tong-ket") == {"done_on_time": 1, "overdue": REGIONS + PROVINCES - 1}
    assert line_of(january, "ke-hoach-2016-2020/bcd-quoc-gia")["standing"] == "done_on_time"


# --- the merger, and the end


def test_a_province_that_ended_leaves_its_open_duties_to_its_successor(stage: Stage, ask: Callable[..., Any]) -> None:
    """Key and history stay; so it is with its committee."""
    before, after = stage.shown["2021-01-04T08:00"], stage.shown["2025-07-01T08:00"]
    assert line_of(before, "tim-kiem/ha-giang")["agency"] == "ha-giang"
    assert line_of(after, "tim-kiem/ha-giang")["agency"] == "tuyen-quang"
    assert line_of(after, "kiem-tra/bcd-tinh.ha-giang")["agency"] == "bcd-tinh.tuyen-quang"
    kinds = {one["kind"] for one in ask("history", "thanh-lap-bcd-tinh/ha-giang")["events"]}
    assert "step" in kinds


def test_a_period_that_begins_after_the_merger_has_the_agencies_of_its_first_day(stage: Stage) -> None:
    after = stage.shown["2025-07-01T08:00"]
    assert len(of(after, "so-ket-6-thang", "2025-H1")) == REVIEWERS
    assert len(of(after, "so-ket-6-thang", "2025-H2")) == REVIEWERS - ENDED


def test_a_campaign_with_something_owed_closes_only_when_told_so_and_takes_no_more_entries(stage: Stage) -> None:
    codes = [stage.printed[f"2025-07-02T{time}"].code for time in ("10:00", "10:05", "10:10")]
    assert codes == [1, 0, 1]
    refused = stage.commands("--as", "tuyen-quang", "acknowledge", "tim-kiem/tuyen-quang", "--json", now=AFTERWARDS)
    assert refused.refusal["code"] == "campaign-closed"


# --- the evidence


def test_what_was_shown_at_the_time_is_what_the_journal_gives_afterwards(stage: Stage, status: Status) -> None:
    """`--as-of` replays what was recorded by then: the same lines, the same standings."""
    for moment, shown in stage.shown.items():
        again = status(moment)
        assert again["totals"] == shown["totals"], moment
        assert [one["key"] for one in again["assignments"]] == [one["key"] for one in shown["assignments"]], moment


def test_the_journal_is_whole(stage: Stage, ask: Callable[..., Any]) -> None:
    verified = ask("verify")
    assert verified["ok"] is True
    assert verified["events"] == len(ask("history")["events"])
    assert verified["head"] in stage.told("2025-07-02T10:15")


def test_every_assignment_has_somebody_who_holds_it(stage: Stage) -> None:
    """Nothing is ownerless: who holds it exists on that day."""
    for moment in ("2013-12-31T17:00", "2016-01-04T08:00", "2025-07-01T08:00"):
        assert all(line["agency"] and line["agency_name"] for line in stage.shown[moment]["assignments"])
    ended = {"ha-giang", "bcd-tinh.ha-giang", "yen-bai", "bcd-tinh.yen-bai"}
    open_ones = [one for one in stage.shown["2025-07-01T08:00"]["assignments"] if one["phase"] != "completed"]
    assert not ended & {one["agency"] for one in open_ones}


def test_every_kind_of_entry_of_the_plan_was_played(ask: Callable[..., Any]) -> None:
    kinds = {one["kind"] for one in ask("history")["events"]}
    assert kinds >= {
        "applied", "confirmed", "step", "clock", "period", "established", "undone", "extended", "acknowledged",
        "opened", "delegated", "part", "event", "amended", "succeeded", "closed",
    }  # fmt: skip
