"""The rules settled in the design, one test for each sentence: its docstring begins with the rule's own words.

Left out, since what they speak of is built later:

- "Reminders count from the last *working* day, with a day 0.": it is about mail.
- "Due when the moment has passed and no notice exists; a moment before the assignment existed is skipped.": mail.
- "Several notices to one person on one day are one message.": mail.
- "Quiet hours and non-working days postpone.": mail.
- "All-day DTEND is exclusive.": it is about calendars.
- "A cancelled event is STATUS:CANCELLED.": calendars.
- "Mail is the authority, a feed is a convenience (polled every 8–24 h, alarms ignored by some).": mail and calendars.

Of three rules only a part is tested here: that partners get no reminders, and that mail to an unlisted group waits for
`confirm`, is about mail; that sums are exact is about consolidation.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from campaignflow import Campaign
from campaignflow.domain.guards import OpeningHasBegun
from campaignflow.loading.errors import PlanRefused
from campaignflow.services.documents import Document
from campaignflow.services.errors import NotYourStep
from campaignflow.services.status import Filter, Line
from campaignflow.testing import load_text
from tests.support.commands import Commands
from tests.support.houses import HOUSES
from tests.support.plans import WORKSHOP, moment, open_2020, open_workshop, opened
from tests.support.small_plan import ISSUED, small, write
from tests.support.steps import facts, paper, standing, state, take

ROOT = Path(__file__).parents[2]

SETTLED = """
Assignments made by `with`: a partner with `completes` gets `responsibility/partner`, role coordinate, counted in totals (2020: 41 assignments).
A body (committee) not yet established: its establishing agency holds its duties.
The keys of `forms`, `reports`, `reminders` are parsed and checked from the first release, also where what uses them comes later.
A clause that states an activity, a duty or a report must be used by some element (an error if not); headings and purposes only have to be there.
Source = clauses + distribution + signature, equal after dropping markup and collapsing white space.
A `within` deadline rolls to the next working day by default (Civil Code 148.5); all others do not roll.
A plan of one page needs a dozen keys: what can be defaulted is defaulted, `init` writes only those; every rare key earned its place by a clause of a real document and is documented with it.
An agency both assigned and `with` in one responsibility: `check` error.
Hội Khuyến học-like partners: coordinate assignments that end with the lead's, no reminders.
Đài, Báo: report invited (`required: false`), never overdue.
The consolidator is no member of the group that reports to it; its own schools enter as `own_figures`.
Own plan: registering suffices; the inspector may return it until the opening; silence is no objection.
Report counted by `sent` (setting: signed, sent, received).
A returned one is on time if answered within `revise_within`.
External receivers accept by dispatch.
Reminders count from the last *working* day, with a day 0.
Due when the moment has passed and no notice exists; a moment before the assignment existed is skipped.
Several notices to one person on one day are one message.
Quiet hours and non-working days postpone.
Windows end with their last day; "thường xuyên", "đến 2020 và tiếp theo" are never overdue and outside the rates.
The first period of a recurring duty is the first whose date follows the plan's.
A date before the plan's own needs `before_issue`.
Extension against amendment: the later date stands, the diff says so.
Merger: key and history stay, open assignments pass to `succeeded_by`.
A group the plan does not list (`listed_by_plan: false`): mail only after `confirm`, but for members that the plan names elsewhere.
Money in whole đồng; sums exact.
"Due today" is not overdue.
All-day DTEND is exclusive.
A cancelled event is STATUS:CANCELLED.
Mail is the authority, a feed is a convenience (polled every 8–24 h, alarms ignored by some).
""".strip().splitlines()  # noqa: E501
"""Every sentence of the design's section on settled rules, in its order."""

LEAD = "to-chuc-tuan-le"


def line(campaign: Campaign, now: str, key: str) -> Line:
    return campaign.show(key, now=moment(now)).line


def codes(folder: Path, *edits: tuple[str, Any], issued: str | None = None) -> dict[str, str]:
    """What `check` finds in the small plan with these edits: code and severity."""
    folder.mkdir(exist_ok=True)
    source = [("plan.source", "issued.txt")] if issued else []
    write(folder, small(*source, *edits), **({"issued__txt": issued} if issued else {}))
    found = Commands(folder=folder)("check", "--json").document["findings"]
    return {one["code"]: one["severity"] for one in found}


def refused(*changes: tuple[str, str]) -> set[str]:
    """The codes by which the workshop's plan is refused once pieces of its text are replaced."""
    text = WORKSHOP
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    with pytest.raises(PlanRefused) as caught:
        load_text(text)
    return {finding.code for finding in caught.value.findings if finding.severity == "error"}


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    with open_workshop() as found:
        yield found


@pytest.fixture
def of_2020() -> Iterator[Campaign]:
    with open_2020() as found:
        yield found


@pytest.fixture
def houses() -> Iterator[Campaign]:
    with opened(load_text(HOUSES), "sqlite://", moment("2014-06-28 08:00")) as found:
        yield found


# --- the rules about the rules


def quoted(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_every_settled_rule_has_a_test_that_begins_with_its_words_or_is_left_out_by_name() -> None:
    tests = [quoted(found.__doc__) for name, found in globals().items() if name.startswith("test_") and found.__doc__]
    left_out = quoted(__doc__)
    tested = [rule for rule in SETTLED if any(test.startswith(rule) for test in tests)]
    named = [rule for rule in SETTLED if f'"{rule}":' in left_out]

    assert sorted([*tested, *named]) == sorted(SETTLED)
    assert len(tests) == len(tested)


# --- plans


def test_partners_with_a_share_of_their_own(of_2020: Campaign) -> None:
    """Assignments made by `with`: a partner with `completes` gets `responsibility/partner`, role coordinate, counted
    in totals (2020: 41 assignments)."""
    status = of_2020.status()

    partners = [one.facts.key for one in status.lines if one.duty.partner]
    assert status.totals.assignments == 41
    assert "tong-hop/hoi-khuyen-hoc" in partners and len(partners) == 4
    assert {one.duty.role for one in status.lines if one.duty.partner} == {"coordinate"}


def test_who_holds_the_duties_of_a_board_that_is_not_there_yet(houses: Campaign) -> None:
    """A body (committee) not yet established: its establishing agency holds its duties."""
    north, south = "guide/board.north", "guide/board.south"
    assert [line(houses, "2014-07-01", key).agency for key in (north, south)] == ["north", "south"]
    assert north in [one.facts.key for one in houses.status(wanted=Filter(agency="north")).lines]
    with pytest.raises(NotYourStep):
        take(houses, "2014-07-01", north, "done", actor="bank")
    take(houses, "2014-07-01", south, "done", actor="south")

    take(houses, "2014-07-10", "found/north", "done", actor="north")

    assert [line(houses, "2014-07-11", key).agency for key in (north, south)] == ["board.north", "south"]
    assert houses.verify().ok


def test_what_is_used_later_is_read_now(tmp_path: Path) -> None:
    """The keys of `forms`, `reports`, `reminders` are parsed and checked from the first release, also where what uses
    them comes later."""
    assert codes(tmp_path / "sound") == {}
    for place, value, code in (
        ("forms.mau.indicators.so-sach.roll_up", "add", "unknown-word"),
        ("forms.mau.attachments", {"types": ["PDF"]}, "bad-file-type"),
        ("forms.mau.indicatorz", {}, "unknown-key"),
        ("reports.bao-cao.form", "mau-khac", "unknown-form"),
        ("reports.bao-cao.locks", "always", "unknown-word"),
        ("reminders.0.when", "sometimes", "bad-when"),
        ("reminders.1.escalate.0.to", ["boss"], "unknown-word"),
        ("reminders.0.of.0", "reprot", "reminder-of-nothing"),
    ):
        assert codes(tmp_path / "broken", (place, value)).get(code) == "error", place


@pytest.mark.parametrize("kind", ["activity", "duty", "reporting", "heading", "purpose"])
def test_a_clause_that_nothing_takes_up(tmp_path: Path, kind: str) -> None:
    """A clause that states an activity, a duty or a report must be used by some element (an error if not); headings
    and purposes only have to be there."""
    unused = ("clauses.+", {"id": "I.3", "kind": kind, "text": "Hát."})

    expected = {} if kind in ("heading", "purpose") else {"clause-not-covered": "error"}
    assert codes(tmp_path / "plan", unused) == expected


def test_the_source_is_given_back(tmp_path: Path) -> None:
    """Source = clauses + distribution + signature, equal after dropping markup and collapsing white space."""
    spaced = ISSUED.replace("KẾ HOẠCH", "**KẾ  HOẠCH**").replace(" tổ chức ", "\n tổ\tchức\u00a0")
    assert codes(tmp_path / "same", issued=spaced) == {}

    for edit in (
        ("clauses.3.text", "Sở tổng hợp, báo cáo Tỉnh trước ngày 21/11/2026!"),
        ("distribution.0.words", "Các xã;"),
        ("plan.signed.position", "Chủ tịch"),
    ):
        assert codes(tmp_path / "other", edit, issued=ISSUED)["source-differs"] == "error", edit[0]


def test_which_deadlines_roll(campaign: Campaign, of_2020: Campaign) -> None:
    """A `within` deadline rolls to the next working day by default (Civil Code 148.5); all others do not roll."""
    campaign.occur("decision", at=moment("2026-03-04 10:00"), now=moment("2026-03-05"))

    within = line(campaign, "2026-03-05", "answer/ash").due
    before = line(of_2020, "2020-10-20", f"{LEAD}/cao-loc").due
    assert within is not None and before is not None
    assert within.last_day == dt.date(2026, 3, 16)  # ten days after the 4th is Saturday the 14th
    assert before.last_day == dt.date(2020, 10, 24)  # a Saturday, and on time
    assert before.last_working_day == dt.date(2020, 10, 23)


ONE_PAGE = """\
campaignflow: 1
plan: {id: sach, title: Tuần lễ đọc sách, issuer: so, coordinator: so, date: 2026-02-16}
agencies:
  so: {name: Sở Văn hóa}
  huyen-a: {name: Huyện A}
responsibilities:
  to-chuc: {clause: "1", title: Tổ chức, assigned_to: huyen-a}
clauses:
  - {id: "1", kind: duty, text: Huyện A tổ chức Tuần lễ đọc sách.}
"""


def keys_of(node: Any, *, ids: bool = False) -> Iterator[str]:
    """The keys of a plan's text without the ids that it gives."""
    if isinstance(node, list):
        for one in node:
            yield from keys_of(one)
    elif isinstance(node, dict):
        for key, value in node.items():
            if not ids:
                yield key
            yield from keys_of(value, ids=not ids and key in {"agencies", "groups", "reports", "responsibilities"})


def test_what_a_plan_of_one_page_needs(tmp_path: Path) -> None:
    """A plan of one page needs a dozen keys: what can be defaulted is defaulted, `init` writes only those; every rare
    key earned its place by a clause of a real document and is documented with it."""
    needed = {*keys_of(yaml.safe_load(ONE_PAGE))} - {"campaignflow", "clauses", "text"}
    with opened(load_text(ONE_PAGE), "sqlite://", moment("2026-02-16")) as small_one:
        row = line(small_one, "2026-02-17", "to-chuc/huyen-a")
        assert (row.duty.lifecycle, row.duty.force, small_one.zone.key) == ("organize", "ordered", "Asia/Ho_Chi_Minh")
    assert len(needed) == 12

    Commands(folder=tmp_path)("init", "de", now="2026-02-16")
    written = {*keys_of(yaml.safe_load((tmp_path / "de" / "plan.yaml").read_text("utf-8")))}
    page = (ROOT / "docs" / "reference" / "schema.md").read_text("utf-8")
    keys, _, origins = page.partition("## Where the rare keys come from")
    known = set(re.findall(r"^\| (?:\*\*)?`([a-z_]+)`", keys, re.MULTILINE))
    rare = known - written - needed
    assert written | needed <= known
    assert len(written) < len(rare) / 2
    assert not written & {"anomalies", "parts", "expected", "lifecycles", "forms", "reminders", "every", "bodies"}
    assert len(re.findall(r"^\| `.*\|.*20(?:13|14|20|25).*\|", origins, re.MULTILINE)) >= 17


def test_assigned_and_with() -> None:
    """An agency both assigned and `with` in one responsibility: `check` error."""
    assert refused(("with: [{agency: union, completes: with_lead}]", "with: [ash]")) == {"assigned-and-with"}


# --- 2020


def test_a_partner_that_ends_with_the_lead(of_2020: Campaign) -> None:
    """Hội Khuyến học-like partners: coordinate assignments that end with the lead's, no reminders."""
    key = "tong-hop/hoi-khuyen-hoc"
    take(of_2020, "2020-10-29 09:00", "tong-hop/so-gddt", "submit")

    assert facts(of_2020, "tong-hop/so-gddt").state == "completed"
    assert facts(of_2020, key).state == "completed"
    assert of_2020.history(key)[-1].data["trigger"] == "end_with_lead"
    assert standing(of_2020, "2020-12-31", key) == "no_deadline"


def test_the_press_is_invited(of_2020: Campaign) -> None:
    """Đài, Báo: report invited (`required: false`), never overdue."""
    for key in ("dua-tin/dai-ptth", "dua-tin/bao-lang-son"):
        assert line(of_2020, "2020-10-01", key).duty.report is not None
        assert standing(of_2020, "2021-10-25", key) == "no_deadline"
    assert "dua-tin/dai-ptth" not in [one.key for one in of_2020.worklist(now=moment("2020-12-31"))]


def test_the_consolidator_reports_to_nobody_but_above(of_2020: Campaign) -> None:
    """The consolidator is no member of the group that reports to it; its own schools enter as `own_figures`."""
    keys = {one.facts.key for one in of_2020.status().lines}
    assert "tong-hop/so-gddt" in keys
    assert "huong-ung/so-gddt" not in keys

    member = ("registry: {name: The Registry, kind: office,", "registry: {name: The Registry, kind: district,")
    assert "consolidator-in-group" in refused(member)
    own = WORKSHOP.replace("summary: {clause", "summary: {own_figures: true, clause")
    assert load_text(own).plan.reports["summary"].own_figures is True


# --- own plans and reports


def test_a_plan_of_ones_own(campaign: Campaign) -> None:
    """Own plan: registering suffices; the inspector may return it until the opening; silence is no objection."""
    for agency in ("ash", "birch"):
        take(campaign, "2026-02-20 09:00", f"hold/{agency}", "register", actor=agency)
        assert facts(campaign, f"hold/{agency}").state == "opening"
    take(campaign, "2026-03-01 23:59", "hold/ash", "return_plan", actor="watch", reason="no budget")
    assert facts(campaign, "hold/ash").state == "drafting"

    take(campaign, "2026-03-02 08:00", "hold/ash", "register", actor="ash")
    with pytest.raises(OpeningHasBegun):
        take(campaign, "2026-03-02 09:00", "hold/ash", "return_plan", actor="watch", reason="no budget")

    assert state(campaign, "2026-03-04 09:00", "hold/birch") == "running"
    assert "drafting" not in facts(campaign, "hold/birch").presumed


@pytest.mark.parametrize(
    ("counted_by", "in_time_until"), [("signed", "2026-03-09"), ("sent", "2026-03-11"), ("received", "2026-03-13")]
)
def test_the_date_that_counts(counted_by: str, in_time_until: str) -> None:
    """Report counted by `sent` (setting: signed, sent, received).

    Signed on the 9th, sent on the 11th, received on the 13th: each setting takes its own of the three.
    """
    document = Document(date=dt.date(2026, 3, 9), sent=moment("2026-03-11 16:00"))
    said = "" if counted_by == "sent" else f", counted_by: {counted_by}"
    for day in (in_time_until, (dt.date.fromisoformat(in_time_until) - dt.timedelta(days=1)).isoformat()):
        text = WORKSHOP.replace("due: {by: 2026-03-10}, counted_by: signed", f"due: {{by: {day}}}{said}")
        with opened(load_text(text), "sqlite://", moment("2026-02-16 08:00")) as found:
            take(found, "2026-03-13 09:00", "spend/birch", "submit", document=document)
            expected = "in_time" if day == in_time_until else "overdue"
            assert standing(found, "2026-03-20", "spend/birch") == expected, day


def test_an_answer_in_time(campaign: Campaign) -> None:
    """A returned one is on time if answered within `revise_within`."""
    for agency, answered in (("ash", "2026-03-17 23:59"), ("birch", "2026-03-18 00:00")):
        take(campaign, "2026-03-13 15:00", f"hold/{agency}", "submit", actor=agency)
        take(campaign, "2026-03-16 09:00", f"hold/{agency}", "return", actor="registry", reason="the sums differ")
        take(campaign, answered, f"hold/{agency}", "submit", actor=agency)
    for agency, found in (("ash", "done_on_time"), ("birch", "done_late")):
        take(campaign, "2026-03-19 09:00", f"hold/{agency}", "accept", actor="registry")
        assert standing(campaign, "2026-03-19 10:00", f"hold/{agency}") == found


def test_a_receiver_that_does_not_work_here(of_2020: Campaign) -> None:
    """External receivers accept by dispatch."""
    take(of_2020, "2020-10-30 08:00", "tong-hop/so-gddt", "submit", document=paper("2020-10-29 16:00"))

    done = of_2020.history("tong-hop/so-gddt")[-1]
    assert (done.actor, done.data["trigger"]) == ("dispatch", "accept")
    assert standing(of_2020, "2020-11-30", "tong-hop/so-gddt") == "done_on_time"


# --- time


def test_windows_and_what_has_no_end(houses: Campaign) -> None:
    """Windows end with their last day; "thường xuyên", "đến 2020 và tiếp theo" are never overdue and outside the
    rates."""
    assert standing(houses, "2014-12-31 23:59", "half/south/2014-H2") == "due_soon"
    assert standing(houses, "2015-01-01 00:00", "half/south/2014-H2") == "overdue"

    for now in ("2014-07-01", "2020-12-31 23:59", "2021-01-01", "2031-01-01"):
        assert standing(houses, now, "guide/board.north") == "no_deadline", now
    houses.tick(now=moment("2014-12-01"))
    before = houses.status(now=moment("2014-12-01")).rates
    take(houses, "2014-12-01", "guide/board.north", "done")
    assert standing(houses, "2014-12-02", "guide/board.north") == "no_deadline"
    assert houses.status(now=moment("2014-12-01")).rates == before


def test_where_a_series_begins(houses: Campaign) -> None:
    """The first period of a recurring duty is the first whose date follows the plan's.

    The second quarter's report would have been due before 20 June, the plan is of 28 June 2014.
    """
    keys = [one.facts.key for one in houses.status().lines if one.duty.responsibility == "quarter"]
    due = line(houses, "2014-09-01", "quarter/north/2014-Q3").due

    assert keys == ["quarter/north/2014-Q3", "quarter/south/2014-Q3"]
    assert due is not None
    assert (due.last_moment, due.last_working_day) == (moment("2014-09-20"), dt.date(2014, 9, 19))


def test_a_date_before_the_plan() -> None:
    """A date before the plan's own needs `before_issue`.

    Where it is said not to count, nobody is late by it.
    """
    due = "due: {completed: {by: 2026-03-03}}"
    assert refused((due, "due: {completed: {before: 2026-02-10}}")) == {"deadline-before-plan"}

    for taken, expected in (("counted", "overdue"), ("not_counted", "no_deadline")):
        text = WORKSHOP.replace(due, f"due: {{completed: {{before: 2026-02-10, before_issue: {taken}}}}}")
        with opened(load_text(text), "sqlite://", moment("2026-02-16 08:00")) as found:
            assert standing(found, "2026-02-16 09:00", "print/ash") == expected


def test_an_extension_and_an_amendment(campaign: Campaign) -> None:
    """Extension against amendment: the later date stands, the diff says so."""
    day = dt.date(2026, 3, 25)
    campaign.extend("hold/ash", day, reason="the flood", now=moment("2026-03-01"))

    def amended(results: str, now: str) -> tuple[dict[str, dt.date | None], dict[str, Any]]:
        text = WORKSHOP.replace("before: 2026-03-20", "by: 2026-05-05")
        text = text.replace("before: 2026-03-16", f"before: {results}")
        applied = campaign.apply_loaded(load_text(text), now=moment(now))
        assert applied.diff is not None
        told = {one.key: (one.extended, one.stands) for change in applied.diff.duties for one in change.extended}
        found = {key: line(campaign, now, key).due for key in ("hold/ash", "hold/birch")}
        return {key: due.last_day if due else None for key, due in found.items()}, told

    assert amended("2026-03-20", "2026-03-03 09:00") == (
        {"hold/ash": day, "hold/birch": dt.date(2026, 3, 19)}, {"hold/ash": (day, day)},
    )  # fmt: skip
    later = dt.date(2026, 4, 15)
    assert amended("2026-04-16", "2026-03-04 09:00") == (
        {"hold/ash": later, "hold/birch": later}, {"hold/ash": (day, later)},
    )  # fmt: skip
    assert campaign.verify().ok


def test_an_agency_that_is_merged_into_another(houses: Campaign) -> None:
    """Merger: key and history stay, open assignments pass to `succeeded_by`.

    South ends with 31 December 2014; North takes over.
    """
    done, still_open = "quarter/south/2014-Q3", "found/south"
    take(houses, "2014-09-10", done, "submit", actor="south")
    take(houses, "2014-09-12", done, "accept", actor="dept")
    houses.acknowledge(still_open, actor="south", now=moment("2014-10-01"))
    assert line(houses, "2014-12-31 23:59", still_open).agency == "south"
    before = houses.history(still_open)

    assert [line(houses, "2015-01-01", key).agency for key in (done, still_open)] == ["south", "north"]
    take(houses, "2015-01-05", still_open, "done", actor="north")

    assert facts(houses, still_open).key == still_open
    assert facts(houses, still_open).state == "completed"
    assert houses.history(still_open)[: len(before)] == before
    assert houses.verify().ok


@pytest.mark.parametrize(("now", "found"), [("2020-10-24 23:59", "due_soon"), ("2020-10-25 00:00", "overdue")])
def test_today(of_2020: Campaign, now: str, found: str) -> None:
    """ "Due today" is not overdue."""
    assert standing(of_2020, now, f"{LEAD}/cao-loc") == found


# --- groups and figures


def test_a_group_that_the_plan_does_not_list(of_2020: Campaign) -> None:
    """A group the plan does not list (`listed_by_plan: false`): mail only after `confirm`, but for members that the
    plan names elsewhere.

    What is there without mail: the coordinator is asked to confirm the group until it is done.
    """

    def asked() -> list[str]:
        return [one.key for one in of_2020.worklist(now=moment("2020-09-22")) if one.action == "confirm"]

    assert line(of_2020, "2020-09-22", "huong-ung/so-vhttdl").duty.unconfirmed == ("cac-so-ban-nganh",)
    assert asked() == ["cac-so-ban-nganh"]
    of_2020.confirm("cac-so-ban-nganh", now=moment("2020-09-22"))
    assert asked() == []


def test_money(tmp_path: Path) -> None:
    """Money in whole đồng; sums exact."""
    money = ("forms.mau.indicators.kinh-phi", {"label": "Kinh phí", "unit": "đồng", "type": "money"})
    exact, broken = (("agencies.huyen-a.xa", number) for number in ("999999999999999", "1500000.5"))

    assert codes(tmp_path / "whole", money, exact) == {}
    assert "error" in codes(tmp_path / "broken", money, broken).values()
    assert load_text(WORKSHOP.replace("name: Ash,", "name: Ash, budget: 999999999999999,")).plan.agencies[
        "ash"
    ].model_extra == {"budget": 999_999_999_999_999}
