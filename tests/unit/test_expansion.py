"""What a plan comes to: its duties, who owes them, and what each duty knows."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import fields, replace
from typing import Any

import pytest

from campaignflow.domain.agencies import Group, members
from campaignflow.domain.deadlines import Deadline
from campaignflow.domain.duties import Dependency, Duty, Handover, Point, ReportTerms, Span, duty_key
from campaignflow.domain.expansion import Expansion, assignment_key, expand, regions_of
from campaignflow.domain.plan_days import years_of
from campaignflow.loading.plans import LoadedPlan
from campaignflow.testing import load_text, sample_plan
from tests.support import houses as other
from tests.support.houses import changed, houses
from tests.support.plans import VIETNAM, WORKSHOP, moment, plan_2020, workshop


def made(ready: LoadedPlan, **happened: dt.datetime) -> Expansion:
    return expand(ready.plan, calendar=ready.calendar, tables=ready.tables, happened=happened)


def duties(ready: LoadedPlan, **happened: dt.datetime) -> dict[str, Duty]:
    return {duty.key: duty for duty in made(ready, **happened).duties}


def keys(ready: LoadedPlan) -> list[str]:
    return [facts.key for facts in made(ready).assignments]


# --- the plan of 2020


def test_the_plan_of_2020_comes_to_41_assignments() -> None:
    found = Counter(facts.duty for facts in made(plan_2020()).assignments)

    assert sum(found.values()) == 41
    assert found["to-chuc-tuan-le"] == 11
    assert found["huong-ung"] == 18
    assert sum(count for duty, count in found.items() if duty.endswith("+")) == 4


def test_the_eleven_districts_come_in_the_order_of_the_roster() -> None:
    districts = [key.split("/")[1] for key in keys(plan_2020()) if key.startswith("to-chuc-tuan-le/")]

    assert districts[:3] == ["lang-son", "trang-dinh", "binh-gia"]
    assert len(districts) == 11


def test_the_department_that_receives_the_reports_owes_none_to_itself() -> None:
    assert "huong-ung/so-gddt" not in keys(plan_2020())


def test_the_partner_that_ends_with_the_lead_owes_a_share_of_its_own() -> None:
    partner = duties(plan_2020())["tong-hop+"]

    assert "tong-hop/hoi-khuyen-hoc" in keys(plan_2020())
    assert (partner.role, partner.lifecycle, partner.ends_with_lead, partner.partner) == (
        "coordinate", "task", True, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("duty", "phase", "last_moment", "last_working_day"),
    [
        ("to-chuc-tuan-le", "opening", "2020-10-02T00:00:00+07:00", "2020-10-01"),
        ("to-chuc-tuan-le", "reporting", "2020-10-25T00:00:00+07:00", "2020-10-23"),
        ("huong-ung", "reporting", "2020-10-25T00:00:00+07:00", "2020-10-23"),
        ("tong-hop", "reporting", "2020-10-30T00:00:00+07:00", "2020-10-29"),
        ("trien-lam", "completed", "2020-10-08T00:00:00+07:00", "2020-10-07"),
    ],
)
def test_the_deadlines_of_2020_are_resolved(duty: str, phase: str, last_moment: str, last_working_day: str) -> None:
    line = duties(plan_2020())[duty].deadlines[phase]

    assert line.last_moment is not None
    assert line.last_moment.isoformat() == last_moment
    assert str(line.last_working_day) == last_working_day


def test_the_coordinators_own_date_is_expected_and_no_deadline() -> None:
    duty = duties(plan_2020())["to-chuc-tuan-le"]

    assert "drafting" in duty.expected
    assert "drafting" not in duty.deadlines


def test_a_deadline_of_its_own_clause_cites_that_clause_and_another_its_report_s() -> None:
    duty = duties(plan_2020())["to-chuc-tuan-le"]

    assert (duty.clause, duty.deadlines["opening"].clause, duty.deadlines["reporting"].clause) == (
        "III.4", "II.1-2", "IV",
    )  # fmt: skip


def test_the_clause_its_words_its_activities_and_its_law_go_with_the_duty() -> None:
    duty = duties(plan_2020())["to-chuc-tuan-le"]

    assert duty.words is not None and duty.words.startswith("Chỉ đạo các cơ quan, đơn vị trên địa bàn")
    assert duty.activities["le-khai-mac"] == "Lễ khai mạc Tuần lễ"
    assert any("07/2018/TT-BTC" in citation for citation in duty.legal_basis)
    assert duty.with_ == ("ngành Giáo dục và Đào tạo",)


def test_who_inspects_a_duty_is_known_by_the_duty() -> None:
    assert duties(plan_2020())["to-chuc-tuan-le"].inspectors == ("so-gddt",)
    assert duties(plan_2020())["tham-muu"].inspectors == ()


def test_a_group_that_the_plan_does_not_list_waits_for_confirmation() -> None:
    assert duties(plan_2020())["huong-ung"].unconfirmed == ("cac-so-ban-nganh",)
    assert duties(plan_2020())["to-chuc-tuan-le"].unconfirmed == ()


# --- groups and the roster's day


def on(day: str) -> list[str]:
    text = WORKSHOP.replace("  date: 2026-02-16\n", f"  date: 2026-02-16\n  roster_on: {day}\n")
    return [key for key in keys(load_text(text)) if key.startswith("hold/")]


@pytest.mark.parametrize(
    ("day", "districts"),
    [
        ("2026-02-15", ["ash", "birch", "cedar"]),
        ("2026-02-16", ["ash", "birch"]),
        ("2026-02-17", ["ash", "birch", "elm"]),
    ],
)
def test_a_group_has_the_members_that_exist_on_the_rosters_day_both_ends_included(
    day: str, districts: list[str]
) -> None:
    assert on(day) == [*(f"hold/{name}" for name in districts), "hold/union"]


def test_a_selection_takes_no_external_agency_unless_it_is_named() -> None:
    agencies = workshop().plan.agencies
    foreign = {**agencies, "fir": agencies["ash"].model_copy(update={"external": True})}
    day = dt.date(2026, 3, 1)
    chosen = Group.model_validate({"words": "w", "select": {"kind": "district"}})
    named = Group.model_validate({"words": "w", "select": {"kind": "district"}, "members": "fir"})

    assert "fir" not in members(chosen, foreign, day)
    assert "fir" in members(named, foreign, day)


def test_a_group_is_selected_by_kind_by_superior_and_by_anything_below_one() -> None:
    plan = workshop().plan

    def group(**select: Any) -> tuple[str, ...]:
        return members(Group.model_validate({"words": "w", "select": select}), plan.agencies, dt.date(2026, 3, 1))

    assert group(under="upland") == ("ash", "birch", "elm")
    assert group(within="office") == ("registry", "watch", "upland", "ash", "birch", "elm")
    assert group(within="office", kind="office") == ("registry", "watch")


def test_who_is_excepted_is_no_member_and_an_unnamed_group_has_none() -> None:
    agencies, day = workshop().plan.agencies, dt.date(2026, 3, 1)
    without = Group.model_validate({"words": "w", "select": {"kind": "district"}, "except": "ash"})

    assert members(without, agencies, day) == ("birch", "elm")
    assert members(Group.model_validate({"words": "w", "unnamed": "true"}), agencies, day) == ()


def test_an_agency_named_twice_owes_a_duty_once() -> None:
    assert workshop().plan.resolve(("birch", "districts", "birch", "union")) == ("birch", "ash", "union")


# --- what a duty comes to


def test_a_role_chooses_the_lifecycle_and_every_assignment_begins_in_its_first_state() -> None:
    found = duties(workshop())
    begun = {facts.duty: facts.state for facts in made(workshop()).assignments}

    assert (found["hold"].lifecycle, found["sum"].lifecycle, found["print"].lifecycle) == (
        "organize", "consolidate", "task",
    )  # fmt: skip
    assert (begun["hold"], begun["sum"], begun["print"], begun["hold+"]) == ("drafting", "collecting", "open", "open")


def test_a_partner_with_a_share_of_its_own_does_not_end_with_the_lead() -> None:
    assert duties(workshop())["guide+"].ends_with_lead is False
    assert duties(workshop())["hold+"].ends_with_lead is True


def test_a_partner_is_told_with_whom_it_works_and_has_no_deadline_of_the_lead() -> None:
    partner = duties(workshop())["hold+"]

    assert partner.with_ == ("the districts",)
    assert (partner.deadlines, partner.report, partner.own_plan) == ({}, None, None)


def test_the_terms_of_a_report_go_with_the_duty_that_owes_it() -> None:
    results, accounts = duties(workshop())["hold"].report, duties(workshop())["spend"].report

    assert results is not None and accounts is not None
    assert (results.to, results.revise_days, results.revise_working, results.acceptance) == (
        ("registry",), 1, True, "receiver",
    )  # fmt: skip
    assert (accounts.counted_by, accounts.nil_allowed, accounts.revise_days) == ("signed", False, None)


def test_the_coordinator_receives_nothing_by_its_office_alone() -> None:
    assert duties(workshop())["hold"].receivers == ("registry",)
    assert duties(workshop())["answer"].receivers == ()


def test_a_deadline_waits_for_an_outside_event_until_it_is_said_to_have_happened() -> None:
    waiting = duties(workshop())["answer"].deadlines["completed"]
    settled = duties(workshop(), decision=moment("2026-03-02 10:00"))["answer"].deadlines["completed"]

    assert waiting.last_moment is None
    assert settled.last_moment == moment("2026-03-13 00:00")


def test_the_period_brings_its_own_events() -> None:
    text = WORKSHOP.replace("decision: {words: the decision is issued}", "decision: {when: period_end}")

    line = duties(load_text(text))["answer"].deadlines["completed"]

    assert line.last_moment == moment("2026-03-17 00:00")  # ten days after the 6th


def test_the_period_in_instants_goes_with_every_duty() -> None:
    span = duties(workshop())["hold"].span

    assert span is not None
    assert (span.begins, span.first_day_ends, span.ends) == (
        moment("2026-03-02"), moment("2026-03-03"), moment("2026-03-07"),
    )  # fmt: skip


def test_the_region_of_an_agency_is_its_nearest_superior_of_the_plans_kind() -> None:
    plan = workshop().plan

    assert [regions_of(plan)[agency] for agency in ("ash", "upland", "office", "union")] == [
        "upland", "upland", None, None,
    ]  # fmt: skip
    assert regions_of(sample_plan())["north"] is None


def test_a_duty_survives_being_stored() -> None:
    for ready in (workshop(), plan_2020(), houses()):
        for duty in made(ready, decision=moment("2026-03-02 10:00")).duties:
            assert Duty.from_json(json.loads(json.dumps(duty.to_json())), VIETNAM) == duty


def test_expanding_twice_gives_the_same() -> None:
    assert made(plan_2020()) == made(plan_2020())


def test_the_stored_text_expands_to_what_the_plan_did() -> None:
    ready = plan_2020()
    again = type(ready.plan).model_validate_json(ready.plan.stored())

    assert made(replace(ready, plan=again)) == made(ready)


def test_holidays_are_wanted_from_the_year_before_the_first_day_to_ten_after_the_last() -> None:
    assert years_of(workshop().plan) == (2025, 2036)


# --- duties that recur, go on, come on demand, are shared


def test_a_recurring_duty_gives_each_agency_one_assignment_a_period() -> None:
    found = made(houses()).assignments

    assert [one.key for one in found if one.duty.startswith("quarter")] == [
        "quarter/north/2014-Q3", "quarter/south/2014-Q3",
    ]  # fmt: skip
    assert {one.duty for one in found if one.key.startswith("year/")} == {
        "year@2014",
        "year+@2014",
        "year@2015",
        "year+@2015",
    }


def test_a_duty_without_an_end_is_never_late_and_is_outside_the_rates() -> None:
    duty = other.duties(houses())["guide"]

    line = duty.deadlines["completed"]
    assert (line.kind, line.opens, line.last_moment) == ("continuous", moment("2014-07-01"), None)
    assert (duty.rhythm, duty.in_rates) == ("all the time", False)
    assert not line.passed(moment("2099-01-01"))


def test_a_duty_without_an_end_and_without_a_first_day_is_open_at_once() -> None:
    duty = other.duties(changed(("continuous: {from: 2014-Q3, to: 2020,", "continuous: {to: open,")))["guide"]

    assert duty.deadlines["completed"].opens is None
    assert duty.deadlines["completed"].opened(moment("1999-01-01"))


def test_a_window_before_it_goes_on_counts_until_it_ends() -> None:
    """Tháng 12/2013 và thường xuyên: by the end of December in the first place, and then all the time."""
    ready = changed(
        ("stated: all the time}}", "stated: all the time}, due: {running: {during: {from: 2014-07, to: 2014-09}}}}")
    )
    duty = other.duties(ready)["guide"]

    assert list(duty.deadlines) == ["running", "completed"]
    assert duty.deadlines["running"].last_moment == moment("2014-10-01")
    assert duty.in_rates


def test_nobody_owes_a_duty_on_demand_until_its_event_has_happened() -> None:
    assert other.keys(houses(), "answer") == []

    asked = other.keys(houses(), "answer", request=moment("2014-08-01 10:00"))

    assert asked == ["answer/north/001", "answer/bank/001"]
    line = other.duties(houses(), request=moment("2014-08-01 10:00"))["answer"].deadlines["completed"]
    assert line.last_moment == moment("2014-08-07")


def test_a_duty_on_demand_without_an_event_is_owed_by_nobody_until_it_is_opened_for_somebody() -> None:
    assert other.keys(houses(), "tell") == []
    assert other.keys(houses(), "tell", request=moment("2014-08-01")) == []
    assert other.duties(houses())["tell"].on_demand == "assignee"
    assert other.duties(houses())["answer"].on_demand == "coordinator"


def test_an_event_of_the_campaigns_own_period_opens_a_duty_from_the_beginning() -> None:
    text = WORKSHOP.replace("decision: {words: the decision is issued}", "decision: {when: period_end}")
    text = text.replace(
        '{clause: "1", title: Answer, role: advise, assigned_to: ash,',
        '{clause: "1", title: Answer, role: advise, assigned_to: ash, on_demand: {event: decision},',
    )

    assert "answer/ash/001" in keys(load_text(text))


def test_a_partner_of_a_duty_on_demand_owes_its_share_once_that_is_opened() -> None:
    with_bank = (
        "assigned_to: [north, bank], on_demand",
        "assigned_to: north, with: [{agency: bank, completes: own}], on_demand",
    )

    assert other.keys(changed(with_bank), "answer") == []
    assert other.keys(changed(with_bank), "answer", request=moment("2014-08-01")) == [
        "answer/north/001", "answer/bank/001",
    ]  # fmt: skip


def test_a_joint_duty_is_one_assignment_named_after_the_first_and_shared_with_the_rest() -> None:
    duty = other.duties(houses())["agree"]

    assert other.keys(houses(), "agree") == ["agree/bank"]
    assert duty.joint == ("dept", "north")
    assert other.duties(houses())["found"].joint == ()


def test_a_joint_duty_of_a_group_is_named_after_its_first_member_then() -> None:
    ready = changed(
        ("assigned_to: districts, report: quarterly,", "assigned_to: districts, leads: joint, report: quarterly,")
    )

    assert other.keys(ready, "quarter", moment("2014-11-01")) == [
        "quarter/north/2014-Q3", "quarter/north/2014-Q4", "quarter/north/2015-Q1",
    ]  # fmt: skip
    assert [other.duties(ready, moment("2014-11-01"))[f"quarter@{one}"].joint for one in ("2014-Q4", "2015-Q1")] == [
        ("south",), ("east",),
    ]  # fmt: skip


def test_a_joint_duty_of_one_agency_is_like_any_other() -> None:
    ready = changed(("assigned_to: [bank, dept, north], leads: joint", "assigned_to: bank, leads: joint"))

    assert (other.keys(ready, "agree"), other.duties(ready)["agree"].joint) == (["agree/bank"], ())


def test_only_the_duties_asked_for_are_worked_out() -> None:
    ready = houses()
    whole = expand(ready.plan, calendar=ready.calendar, tables=ready.tables)
    some = expand(ready.plan, calendar=ready.calendar, tables=ready.tables, only={"agree", "quarter"})

    assert [duty.key for duty in some.duties] == ["quarter@2014-Q3", "agree"]
    assert some.duties == tuple(duty for duty in whole.duties if duty.responsibility in {"agree", "quarter"})
    assert some.assignments == tuple(one for one in whole.assignments if one.duty in {"agree", "quarter@2014-Q3"})


def test_time_only_adds_what_recurs_and_changes_nothing_that_was_there() -> None:
    ready = changed(("from: 2015-01-01", "from: 2014-07-01"))
    before, after = (other.made(ready, moment(now)) for now in ("2014-06-28", "2016-02-01"))

    assert set(before.assignments) < set(after.assignments)
    assert {duty.key for duty in before.duties} < {duty.key for duty in after.duties}
    assert all(duty in after.duties for duty in before.duties)


def test_the_key_of_an_assignment_ends_with_its_period_or_its_number() -> None:
    assert assignment_key("quarter", "north") == "quarter/north"
    assert assignment_key("quarter", "north", "2014-Q3") == "quarter/north/2014-Q3"
    assert duty_key("quarter", partner=True, period="2014-Q3") == "quarter+@2014-Q3"


def test_what_a_duty_waits_for_gives_and_carries_on_goes_with_it_in_the_plans_words() -> None:
    shared = "assigned_to: [bank, dept, north], leads: joint,"
    waits = "after: [found, {responsibility: quarter, of: same_agency}, {event: request}], follows: found,"
    gives = "gives: {what: a paper, to: [districts, province], at_least: 2},"
    ready = changed((shared, f"{shared} {waits} {gives}"))
    duty = other.duties(ready)["agree"]

    assert duty.after == (
        Dependency(responsibility="found", words="Found the boards"),
        Dependency(responsibility="quarter", of="same_agency", words="Report the quarter"),
        Dependency(event="request", words="is asked"),
    )
    assert (duty.follows, duty.gives) == ("found", Handover(what="a paper", to=("districts", "province"), at_least=2))


def test_a_part_may_have_a_doer_and_a_day_of_its_own_which_make_the_duty_neither_done_nor_late() -> None:
    draft_text = "{id: draft, words: the districts, done_by: the chairman, milestone: {by: 2014-08-15}}"
    parts = f"parts: [{draft_text}, {{id: sign, words: the districts}}]"
    due = "due: {completed: {by: 2014-09-30}}"
    ready = changed((f"{due}}}", f"{due}, {parts}}}"))
    draft, sign = other.duties(ready)["agree"].parts

    assert (draft.done_by, draft.milestone and draft.milestone.last_moment) == ("the chairman", moment("2014-08-16"))
    assert (sign.done_by, sign.milestone) == (None, None)
    assert list(other.duties(ready)["agree"].deadlines) == ["completed"]


def test_a_part_of_a_recurring_duty_has_its_day_in_each_period() -> None:
    part = "parts: [{id: a, words: the districts, milestone: {by: {day: 5, month: 2}}}]"
    ready = changed(
        ("assigned_to: districts, report: quarterly,", f"assigned_to: districts, {part}, report: quarterly,")
    )
    found = other.duties(ready, moment("2014-08-01"))

    days = [found[f"quarter@{one}"].parts[0].milestone for one in ("2014-Q3", "2014-Q4")]
    assert [line and str(line.last_day) for line in days] == ["2014-08-05", "2014-11-05"]


LINE = Deadline(phase="completed", kind="by", last_moment=moment("2014-10-01"), last_day=dt.date(2014, 9, 30))
#: A value other than the default for every field of a duty.
EVERYTHING: dict[str, Any] = {
    "responsibility": "x", "partner": True, "period": "2014-Q3", "recurs": True, "rhythm": "every quarter",
    "on_demand": "assignee", "joint": ("a", "b"), "after": (Dependency(responsibility="y", of="all", words="Y"),),
    "follows": "y", "gives": Handover(what="w", to=("a",), at_least=2, clause="1"), "establishes": "board",
    "office": "the chairman", "through": "the board", "through_unit": "the unit", "carried_out_by": ("the communes",),
    "counted_per": "household", "stage": "the first", "consolidates": (("y", "subordinates"),), "takes": 3,
    "takes_working": False, "title": "T", "words": "w", "clause": "1", "also": ("2",), "role": "report",
    "force": "requested", "lifecycle": "task", "deadlines": {"completed": LINE}, "expected": {"completed": LINE},
    "optional_phases": ("opening",), "own_plan": "required",
    "report": ReportTerms(id="r", title="R", clause="1", to=("a", "superior"), revise_days=2, revise_working=False),
    "reported_in": "y", "consolidated_by": ("z",), "ends_with_lead": True, "with_": ("the bank",),
    "parts": (Point(id="p", words="w", done_by="d", milestone=LINE),), "activities": {"a": "A"},
    "legal_basis": ("Thông tư số 1",), "inspectors": ("watch",), "unconfirmed": ("others",), "assumed": "ours",
    "span": Span(begins=moment("2014-07-01"), first_day_ends=moment("2014-07-02"), ends=None), "due_version": 2,
    "amended": 5, "dropped": 3, "nil_allowed": False,
}  # fmt: skip


def test_every_single_thing_that_a_duty_knows_survives_being_stored() -> None:
    """A field that is forgotten, or comes back at its default, would be lost with the first reading of the store."""
    duty = Duty(**EVERYTHING)
    bare = Duty(responsibility="x", title="T", words=None, clause="1", role="report", lifecycle="task")
    again = Duty.from_json(json.loads(json.dumps(duty.to_json())), VIETNAM)

    assert [item.name for item in fields(Duty) if getattr(duty, item.name) == item.default] == []
    assert [item.name for item in fields(Duty) if getattr(again, item.name) != getattr(duty, item.name)] == []
    assert Duty.from_json(json.loads(json.dumps(bare.to_json())), VIETNAM) == bare
