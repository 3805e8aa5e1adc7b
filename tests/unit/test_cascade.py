"""A cascade of four levels: ministry, province, district, commune, each reporting to the one above it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from campaignflow import Campaign
from campaignflow.services.errors import NotYourStep, UsedByConsolidation
from tests.support.course import Edit, amend, line, texts
from tests.support.plans import moment, opened
from tests.support.steps import facts, last, take

CASCADE = """\
campaignflow: 1
plan:
  id: cascade
  title: From the ministry to the communes
  issuer: ministry
  coordinator: office
  date: 2025-01-06
calendar: {holidays: none}
agencies:
  ministry: {name: The Ministry, kind: ministry}
  office: {name: The Ministry's Office, kind: office, under: ministry}
  lang-son: {name: Lạng Sơn, kind: province, under: ministry}
  cao-bang: {name: Cao Bằng, kind: province, under: ministry}
  cao-loc: {name: Cao Lộc, kind: district, under: lang-son}
  loc-binh: {name: Lộc Bình, kind: district, under: lang-son}
  hoa-an: {name: Hòa An, kind: district, under: cao-bang}
  dong-dang: {name: Đồng Đăng, kind: commune, under: cao-loc}
  thach-dan: {name: Thạch Đạn, kind: commune, under: cao-loc}
  na-duong: {name: Na Dương, kind: commune, under: loc-binh}
  nuoc-hai: {name: Nước Hai, kind: commune, under: hoa-an}
groups:
  provinces: {words: the provinces, select: {kind: province}}
  districts: {words: the districts, select: {kind: district}}
  communes: {words: the communes, select: {kind: commune}}
reports:
  of-commune: {clause: "1", title: The commune's report, to: superior, due: {by: 2025-03-14},
               locks: when_consolidated}
  of-district: {clause: "1", title: The district's report, to: superior, due: {by: 2025-03-21},
                locks: when_consolidated}
  of-province: {clause: "1", title: The province's report, to: superior, due: {by: 2025-03-28},
                locks: when_consolidated}
  of-all: {clause: "1", title: The whole, to: ministry, due: {by: 2025-04-11}}
responsibilities:
  hold: {clause: "1", title: Hold it, role: direct, assigned_to: communes, report: of-commune}
  sum-district: {clause: "1", title: Sum up the district, role: consolidate, assigned_to: districts,
                 consolidates: [{responsibility: hold, of: subordinates}], report: of-district}
  sum-province: {clause: "1", title: Sum up the province, role: consolidate, assigned_to: provinces,
                 consolidates: [{responsibility: sum-district, of: subordinates}], report: of-province}
  sum-all: {clause: "1", title: Sum up everything, role: consolidate, assigned_to: office,
            consolidates: [{responsibility: sum-province, of: all}], report: of-all}
clauses:
  - {id: "1", kind: duty, text: "the communes hold it, the districts and the provinces sum up and report"}
"""
NOW = "2025-03-10 09:00"

BOARDS: tuple[Edit, ...] = (
    ("bodies", {
        "commune-board": {"words": "the boards of the communes", "per": "communes", "established_by": "found"},
        "district-board": {"words": "the boards of the districts", "per": "districts", "established_by": "found"},
    }),
    ("responsibilities.found", {"clause": "1", "title": "Found the boards", "role": "establish",
                                "assigned_to": ["communes", "districts"],
                                "due": {"completed": {"by": "2025-02-28"}}}),
    ("responsibilities.hold.assigned_to", "commune-board"),
    ("responsibilities.sum-district.assigned_to", "district-board"),
    ("clauses", [{"id": "1", "kind": "duty", "text": "the communes and the districts have the boards of the communes "
                  "and the boards of the districts; the provinces sum up"}]),
)  # fmt: skip
"""At the two lower levels it is done by boards."""


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    with opened(texts(CASCADE), "sqlite://", moment("2025-01-06 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


@pytest.fixture
def boards() -> Iterator[Campaign]:
    with opened(texts(CASCADE, *BOARDS), "sqlite://", moment("2025-01-06 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


def locked(campaign: Campaign, *keys: str) -> list[bool]:
    return [campaign.show(key, now=moment(NOW)).locked for key in keys]


# --- to: superior


def test_each_level_reports_to_the_agency_above_it(campaign: Campaign) -> None:
    for key, above, others in (
        ("hold/dong-dang", "cao-loc", ("loc-binh", "lang-son", "ministry", "thach-dan")),
        ("sum-district/cao-loc", "lang-son", ("cao-bang", "ministry", "loc-binh")),
        ("sum-province/lang-son", "ministry", ("cao-bang", "cao-loc")),
        ("sum-all/office", "ministry", ("lang-son",)),
    ):
        take(campaign, NOW, key, "submit", actor=key.partition("/")[2])
        for other in others:
            with pytest.raises(NotYourStep):
                take(campaign, NOW, key, "accept", actor=other)
        take(campaign, NOW, key, "accept", actor=above)
        assert facts(campaign, key).state == "completed"


def test_the_superior_may_enter_the_report_of_its_own_subordinate_only(campaign: Campaign) -> None:
    take(campaign, NOW, "hold/dong-dang", "submit", actor="cao-loc")
    assert (last(campaign).actor, last(campaign).on_behalf_of) == ("cao-loc", "dong-dang")

    with pytest.raises(NotYourStep):
        take(campaign, NOW, "hold/na-duong", "submit", actor="cao-loc")


def test_the_superior_returns_what_is_wrong(campaign: Campaign) -> None:
    take(campaign, NOW, "hold/dong-dang", "submit", actor="dong-dang")
    take(campaign, NOW, "hold/dong-dang", "return", actor="cao-loc", reason="the sums differ")

    assert facts(campaign, "hold/dong-dang").state == "returned"


def test_who_took_over_from_the_superior_receives_what_was_due_to_it() -> None:
    ended = (("agencies.cao-loc.until", "2025-02-28"), ("agencies.cao-loc.succeeded_by", "loc-binh"))
    with opened(texts(CASCADE, *ended), "sqlite://", moment("2025-01-06 08:00")) as campaign:
        take(campaign, NOW, "hold/dong-dang", "submit", actor="dong-dang")
        with pytest.raises(NotYourStep):
            take(campaign, NOW, "hold/dong-dang", "accept", actor="cao-loc")
        take(campaign, NOW, "hold/dong-dang", "accept", actor="loc-binh")
        assert line(campaign, NOW, "sum-district/cao-loc").agency == "loc-binh"


# --- of: subordinates


def test_what_one_district_sent_locks_its_own_communes_alone(campaign: Campaign) -> None:
    communes = ("hold/dong-dang", "hold/thach-dan", "hold/na-duong", "hold/nuoc-hai")
    assert locked(campaign, *communes) == [False] * 4

    take(campaign, NOW, "sum-district/cao-loc", "submit", actor="cao-loc")

    assert locked(campaign, *communes) == [True, True, False, False]


def test_what_one_province_sent_locks_its_districts_and_not_the_communes_below_them(campaign: Campaign) -> None:
    take(campaign, NOW, "sum-province/lang-son", "submit", actor="lang-son")

    assert locked(campaign, "sum-district/cao-loc", "sum-district/loc-binh", "sum-district/hoa-an") == [
        True, True, False,
    ]  # fmt: skip
    assert locked(campaign, "hold/dong-dang", "sum-province/cao-bang") == [False, False]


def test_what_was_sent_to_the_top_locks_every_province(campaign: Campaign) -> None:
    take(campaign, NOW, "sum-all/office", "submit", actor="office")

    assert locked(campaign, "sum-province/lang-son", "sum-province/cao-bang", "sum-district/cao-loc") == [
        True, True, False,
    ]  # fmt: skip


def test_what_comes_after_the_lock_of_its_branch_is_a_supplement(campaign: Campaign) -> None:
    take(campaign, NOW, "sum-district/cao-loc", "submit", actor="cao-loc")
    for agency in ("dong-dang", "na-duong"):
        take(campaign, NOW, f"hold/{agency}", "submit", actor=agency)

    supplements = {event.key for event in campaign.history() if event.data.get("supplement")}
    assert supplements == {"hold/dong-dang"}


def test_a_commune_cannot_undo_what_its_own_district_has_sent_up(campaign: Campaign) -> None:
    for agency in ("dong-dang", "na-duong"):
        take(campaign, NOW, f"hold/{agency}", "submit", actor=agency)
    take(campaign, NOW, "sum-district/cao-loc", "submit", actor="cao-loc")

    with pytest.raises(UsedByConsolidation, match="sum-district/cao-loc"):
        campaign.undo("hold/dong-dang", reason="r", now=moment(NOW))
    campaign.undo("hold/na-duong", reason="r", now=moment(NOW))


def test_once_the_district_takes_it_back_its_communes_are_free_again(campaign: Campaign) -> None:
    take(campaign, NOW, "hold/dong-dang", "submit", actor="dong-dang")
    take(campaign, NOW, "sum-district/cao-loc", "submit", actor="cao-loc")

    campaign.undo("sum-district/cao-loc", reason="r", now=moment(NOW))

    assert locked(campaign, "hold/dong-dang", "hold/thach-dan") == [False, False]
    campaign.undo("hold/dong-dang", reason="r", now=moment(NOW))


def test_a_commune_that_is_moved_to_another_district_is_locked_by_that_one(campaign: Campaign) -> None:
    take(campaign, NOW, "sum-district/cao-loc", "submit", actor="cao-loc")

    amend(campaign, NOW, CASCADE, ("agencies.thach-dan.under", "loc-binh"))

    assert locked(campaign, "hold/dong-dang", "hold/thach-dan") == [True, False]


# --- boards at the lower levels


def test_until_its_board_is_there_the_commune_itself_reports_and_to_the_district(boards: Campaign) -> None:
    assert line(boards, NOW, "hold/commune-board.dong-dang").agency == "dong-dang"

    take(boards, NOW, "hold/commune-board.dong-dang", "submit", actor="dong-dang")
    take(boards, NOW, "hold/commune-board.dong-dang", "accept", actor="cao-loc")


def test_once_the_boards_are_there_they_hold_the_duties_of_their_own_place(boards: Campaign) -> None:
    for agency in ("dong-dang", "cao-loc"):
        take(boards, NOW, f"found/{agency}", "done", actor=agency)

    assert line(boards, NOW, "hold/commune-board.dong-dang").agency == "commune-board.dong-dang"
    assert line(boards, NOW, "sum-district/district-board.cao-loc").agency == "district-board.cao-loc"
    assert line(boards, NOW, "hold/commune-board.thach-dan").agency == "thach-dan"
    take(boards, NOW, "hold/commune-board.dong-dang", "submit", actor="commune-board.dong-dang")


def test_what_a_districts_board_sent_locks_the_boards_of_its_own_communes_alone(boards: Campaign) -> None:
    take(boards, NOW, "sum-district/district-board.cao-loc", "submit", actor="cao-loc")

    assert locked(boards, *(f"hold/commune-board.{one}" for one in ("dong-dang", "thach-dan", "na-duong"))) == [
        True, True, False,
    ]  # fmt: skip


def test_what_the_province_sent_locks_the_boards_of_its_districts(boards: Campaign) -> None:
    take(boards, NOW, "sum-province/lang-son", "submit", actor="lang-son")

    assert locked(boards, "sum-district/district-board.cao-loc", "sum-district/district-board.hoa-an") == [True, False]
