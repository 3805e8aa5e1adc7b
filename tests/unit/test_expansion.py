"""What a plan comes to: its duties, who owes them, and what each duty knows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from campaignflow.domain.agencies import Group, members
from campaignflow.domain.duties import Duty
from campaignflow.domain.expansion import Expansion, expand, region_of
from campaignflow.domain.plan_days import years_of
from campaignflow.loading.plans import LoadedPlan
from campaignflow.testing import load_text, sample_plan
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

    assert [region_of(plan, agency) for agency in ("ash", "upland", "office", "union")] == [
        "upland", "upland", None, None,
    ]  # fmt: skip
    assert region_of(sample_plan(), "north") is None


def test_a_duty_survives_being_stored() -> None:
    for ready in (workshop(), plan_2020()):
        for duty in made(ready, decision=moment("2026-03-02 10:00")).duties:
            assert Duty.from_json(duty.to_json(), VIETNAM) == duty


def test_expanding_twice_gives_the_same() -> None:
    assert made(plan_2020()) == made(plan_2020())


def test_the_stored_text_expands_to_what_the_plan_did() -> None:
    ready = plan_2020()
    again = type(ready.plan).model_validate_json(ready.plan.stored())

    assert made(replace(ready, plan=again)) == made(ready)


def test_holidays_are_wanted_from_the_year_before_the_first_day_to_ten_after_the_last() -> None:
    assert years_of(workshop().plan) == (2025, 2036)
