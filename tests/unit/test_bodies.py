"""Bodies (committees, boards): one in every member of a group, an agency of its own; successors and names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from campaignflow.domain.agencies import (
    BODY,
    Agency,
    Body,
    Group,
    body_agencies,
    body_groups,
    body_id,
    members,
    resolve_names,
    successor,
)
from campaignflow.domain.expansion import regions_of
from campaignflow.loading.plans import LoadedPlan
from tests.support.houses import changed, duties, houses, keys
from tests.support.plans import moment, opened
from tests.support.steps import take

DAY = dt.date(2014, 6, 28)
NEXT_YEAR = dt.date(2015, 1, 1)


def agency(**fields: Any) -> Agency:
    return Agency.model_validate({"name": "X", **fields})


PROVINCES = {
    "tw": agency(name="Trung ương", kind="ministry"),
    "lang-son": agency(name="tỉnh Lạng Sơn", kind="province", under="tw"),
    "cao-bang": agency(name="tỉnh Cao Bằng", kind="province", under="tw"),
    "cao-loc": agency(name="huyện Cao Lộc", kind="district", under="lang-son"),
}
GROUPS = {"tinh": Group.model_validate({"words": "các tỉnh", "select": {"kind": "province"}})}


def bodies(**fields: Any) -> dict[str, Body]:
    plain = {"words": "Ban Chỉ đạo cấp tỉnh", "per": "tinh", "established_by": "thanh-lap", **fields}
    return {"bcd-tinh": Body.model_validate(plain)}


# --- as agencies


def test_there_is_one_body_in_each_member_of_the_group() -> None:
    found = body_agencies(bodies(), GROUPS, PROVINCES)

    assert list(found) == ["bcd-tinh.lang-son", "bcd-tinh.cao-bang"]
    assert body_id("bcd-tinh", "lang-son") == "bcd-tinh.lang-son"


def test_a_body_stands_under_its_member_is_of_its_level_and_of_a_kind_of_its_own() -> None:
    body = body_agencies(bodies(), GROUPS, PROVINCES)["bcd-tinh.lang-son"]

    assert (body.kind, body.under, body.level) == (BODY, "lang-son", "province")
    assert body.name == "Ban Chỉ đạo cấp tỉnh – tỉnh Lạng Sơn"
    assert (body.external, body.listed) == (False, False)


def test_a_body_takes_the_level_of_its_member_before_the_members_kind() -> None:
    provinces = {**PROVINCES, "lang-son": agency(kind="province", level="cap-tinh")}

    assert body_agencies(bodies(), GROUPS, provinces)["bcd-tinh.lang-son"].level == "cap-tinh"


def test_a_body_may_have_a_name_with_that_of_its_member_in_it() -> None:
    named = body_agencies(bodies(name="BCĐ về nhân quyền {agency}"), GROUPS, PROVINCES)
    alike = body_agencies(bodies(name="BCĐ"), GROUPS, PROVINCES)

    assert named["bcd-tinh.cao-bang"].name == "BCĐ về nhân quyền tỉnh Cao Bằng"
    assert {one.name for one in alike.values()} == {"BCĐ"}


def test_a_body_exists_as_long_as_its_member_and_passes_to_the_body_of_the_one_that_takes_over() -> None:
    units = houses().plan.units

    assert [key for key in units if key.startswith("board.")] == ["board.north", "board.south", "board.east"]
    assert (units["board.south"].until, units["board.south"].succeeded_by) == (dt.date(2014, 12, 31), "board.north")
    assert units["board.east"].since == NEXT_YEAR
    assert not units["board.east"].exists_on(dt.date(2014, 12, 31))


def test_kinds_of_bodies_on_two_levels_stand_beside_each_other() -> None:
    groups = {**GROUPS, "huyen": Group.model_validate({"words": "các huyện", "select": {"kind": "district"}})}
    both = {
        **bodies(),
        "bcd-huyen": Body.model_validate({"words": "Ban Chỉ đạo cấp huyện", "per": "huyen", "established_by": "x"}),
    }

    assert list(body_agencies(both, groups, PROVINCES)) == [
        "bcd-tinh.lang-son", "bcd-tinh.cao-bang", "bcd-huyen.cao-loc",
    ]  # fmt: skip


def test_a_kind_of_body_of_an_unknown_or_unnamed_group_has_no_members() -> None:
    """`check` refuses such a plan; what reads a broken one must not fall over it."""
    unnamed = {"tinh": Group.model_validate({"words": "các tỉnh", "unnamed": "true"})}

    for groups in ({}, unnamed):
        assert body_agencies(bodies(), groups, PROVINCES) == {}
        assert body_groups(bodies(), groups, PROVINCES)["bcd-tinh"].unnamed


# --- as a group


def test_a_kind_of_body_is_the_group_of_all_bodies_of_that_kind() -> None:
    plan = houses().plan

    assert plan.sets["board"].words == "the steering board"
    assert plan.resolve(("board",)) == ("board.north", "board.south")
    assert plan.resolve(("board",), NEXT_YEAR) == ("board.north", "board.east")


def test_one_body_is_named_as_any_agency_is() -> None:
    ready = changed(("assigned_to: board,", "assigned_to: board.north,"))

    assert keys(ready, "guide") == ["guide/board.north"]


def test_bodies_of_a_group_that_the_plan_does_not_list_wait_for_confirmation_as_its_members_do() -> None:
    unlisted = {"tinh": GROUPS["tinh"].model_copy(update={"listed_by_plan": False})}

    assert body_groups(bodies(), GROUPS, PROVINCES)["bcd-tinh"].listed_by_plan is True
    assert body_groups(bodies(), unlisted, PROVINCES)["bcd-tinh"].listed_by_plan is False


@pytest.mark.parametrize(
    "select",
    [
        {"under": "north"},
        {"within": "province"},
        {"level": "district"},
        {"kind": "district"},
        {"kind": ["district", "office"], "within": "province"},
    ],
)
def test_a_selection_picks_no_body_unless_it_asks_for_bodies(select: dict[str, Any]) -> None:
    plan = houses().plan

    picked = members(Group.model_validate({"words": "w", "select": select}), plan.units, DAY)

    assert [one for one in picked if one.startswith("board.")] == []


@pytest.mark.parametrize(
    ("select", "bodies_picked"),
    [
        ({"kind": "body"}, ("board.north", "board.south")),
        ({"kind": "body", "under": "north"}, ("board.north",)),
        ({"kind": ["body"], "within": "province", "level": "district"}, ("board.north", "board.south")),
    ],
)
def test_a_selection_that_asks_for_bodies_picks_those_it_describes(
    select: dict[str, Any], bodies_picked: tuple[str, ...]
) -> None:
    assert members(Group.model_validate({"words": "w", "select": select}), houses().plan.units, DAY) == bodies_picked


def test_bodies_change_no_group_of_the_plan() -> None:
    plan = houses().plan

    for day in (DAY, NEXT_YEAR):
        assert members(plan.groups["districts"], plan.units, day) == members(
            plan.groups["districts"], plan.agencies, day
        )


# --- what they owe


def test_each_body_owes_what_is_assigned_to_its_kind() -> None:
    assert keys(houses(), "guide") == ["guide/board.north", "guide/board.south"]


def test_a_duty_knows_which_body_it_establishes_and_its_partners_are_named_by_the_plans_words() -> None:
    ready = changed(
        ("due: {completed: {by: 2014-07-31}}}", "with: [board], due: {completed: {by: 2014-07-31}}, through: board}")
    )
    found = duties(ready)["found"]

    assert (found.establishes, found.with_, found.through) == ("board", ("the steering board",), "the steering board")


def test_members_of_a_body_that_recur_are_those_of_the_period() -> None:
    """East is created with 2015, and so is its board."""
    ready = changed(
        ("assigned_to: board,\n          continuous: {from: 2014-Q3, to: 2020, and_after: true, stated: all the time}}",
         "assigned_to: board, every: {period: half-year}, due: {completed: {during: period}}}"),
    )  # fmt: skip

    assert keys(ready, "guide", moment("2014-12-01")) == [
        "guide/board.north/2014-H1", "guide/board.south/2014-H1",
        "guide/board.north/2014-H2", "guide/board.south/2014-H2",
        "guide/board.north/2015-H1", "guide/board.east/2015-H1",
    ]  # fmt: skip


def test_a_body_lies_in_the_region_of_its_member() -> None:
    plan = changed(("  coordinator: dept\n", "  coordinator: dept\n  region_kind: district\n")).plan

    assert [regions_of(plan)[one] for one in ("board.south", "south", "dept")] == ["south", "south", None]


# --- who holds it when its member ends


def holders(ready: LoadedPlan, *established: str) -> tuple[str, str]:
    """Who holds South's board's duty on South's last day and on the next; these boards were founded in July."""
    with opened(ready, "sqlite://", moment("2014-06-28 08:00")) as campaign:
        for member in established:
            take(campaign, "2014-07-10", f"found/{member}", "done", actor=member)
        last, next_day = (
            campaign.show("guide/board.south", now=moment(day)).line for day in ("2014-12-31", "2015-01-01")
        )
        return last.agency, next_day.agency


def test_the_duties_of_a_board_pass_to_the_board_of_the_agency_that_takes_over() -> None:
    assert holders(houses(), "north", "south") == ("board.south", "board.north")


def test_they_pass_to_that_agency_itself_while_it_has_no_board_yet() -> None:
    assert holders(houses(), "south") == ("board.south", "north")
    assert holders(houses()) == ("south", "north")


def test_they_pass_to_somebody_who_exists_also_where_the_successor_belongs_to_no_group_with_boards() -> None:
    """Districts that end with their provinces: nothing is left with a board that went with its district."""
    ready = changed(("succeeded_by: north}", "succeeded_by: dept}"))

    assert holders(ready, "south") == ("board.south", "dept")
    assert holders(ready) == ("south", "dept")


# --- who stands for whom


CHAIN = {
    "a": agency(until="2014-12-31", succeeded_by="b"),
    "b": agency(until="2015-12-31", succeeded_by="c", **{"from": "2014-06-01"}),
    "c": agency(),
}


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (dt.date(2014, 12, 31), "a"),
        (dt.date(2015, 1, 1), "b"),
        (dt.date(2015, 12, 31), "b"),
        (dt.date(2016, 1, 1), "c"),
    ],
)
def test_who_stands_for_an_agency_is_the_last_of_those_that_took_over_by_that_day(day: dt.date, found: str) -> None:
    assert successor("a", CHAIN, day) == found


def test_an_agency_that_exists_stands_for_itself_whoever_is_to_follow_it() -> None:
    assert successor("c", CHAIN, DAY) == "c"
    assert successor("a", {"a": agency(succeeded_by="b"), "b": agency()}, NEXT_YEAR) == "a"


def test_succession_that_leads_nowhere_or_in_a_circle_ends_where_it_can() -> None:
    nowhere = {"a": agency(until="2014-12-31"), "b": agency(until="2014-12-31", succeeded_by="gone")}
    circle = {
        "a": agency(until="2014-12-31", succeeded_by="b"),
        "b": agency(until="2014-12-31", succeeded_by="a"),
    }

    assert [successor(one, nowhere, NEXT_YEAR) for one in ("a", "b")] == ["a", "b"]
    assert successor("a", circle, NEXT_YEAR) in circle


def test_two_that_merge_into_one_owe_a_duty_once() -> None:
    units = {
        "a": agency(until="2014-12-31", succeeded_by="c"),
        "b": agency(until="2014-12-31", succeeded_by="c"),
        "c": agency(),
    }

    assert resolve_names(("a", "b", "c"), {}, units, DAY) == ("a", "b", "c")
    assert resolve_names(("a", "b"), {}, units, NEXT_YEAR) == ("c",)


def test_a_group_loses_a_member_that_has_ended_and_does_not_take_its_successor_in() -> None:
    """Who belongs to a group is what the plan says of it; only one named by itself passes its place on."""
    listed = {"g": Group.model_validate({"words": "w", "members": ["a", "c"]})}

    assert resolve_names(("g",), listed, CHAIN, dt.date(2015, 6, 1)) == ("c",)
    assert resolve_names(("a", "g"), listed, CHAIN, dt.date(2015, 6, 1)) == ("b", "c")


def test_names_come_in_their_order_each_once_and_unknown_ones_are_left_to_check() -> None:
    plan = houses().plan

    assert plan.resolve(("bank", "board.south", "districts", "south", "nobody")) == (
        "bank", "board.south", "north", "south",
    )  # fmt: skip
