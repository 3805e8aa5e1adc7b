"""What an amendment writes grows with what it changes, and not with the plan."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import pytest

from campaignflow import Campaign
from campaignflow.loading.plans import LoadedPlan
from tests.support.course import GONE, Edit, texts
from tests.support.plans import moment, opened

SMALL, LARGE = 50, 500
NOW = moment("2025-01-20 09:00")

PLAN = """\
campaignflow: 1
plan: {id: many, title: Many, issuer: town, coordinator: town, date: 2025-01-06, language: en}
calendar: {holidays: none}
agencies:
  city: {name: The City, kind: city}
  town: {name: The Town, kind: town, under: city}
WARDS
groups:
  wards: {words: the wards, select: {kind: ward}}
events:
  storm: {words: a storm comes}
reports:
  results: {clause: "1", title: Results, to: town, due: {by: 2025-03-14}}
  summary: {clause: "1", title: Summary, to: city, due: {by: 2025-04-30}}
responsibilities:
  hold: {clause: "1", title: Hold it, role: direct, assigned_to: wards, report: results}
  sweep: {clause: "1", title: Sweep, role: direct, assigned_to: wards, due: {completed: {by: 2025-06-30}}}
  count: {clause: "1", title: Count, role: direct, assigned_to: wards, every: {period: quarter, ending: open},
          due: {completed: {during: period}}}
  help: {clause: "1", title: Help, role: direct, assigned_to: wards,
         due: {completed: {within: {days: 5, after: storm}}}}
  sum: {clause: "1", title: Sum up, role: consolidate, assigned_to: town, consolidates: hold, report: summary}
clauses:
  - {id: "1", kind: duty, text: "the wards hold it and sweep; a storm comes"}
"""


@cache
def text(wards: int) -> str:
    rows = "\n".join(f"  w{number:05}: {{name: Ward {number}, kind: ward, under: town}}" for number in range(wards))
    return PLAN.replace("WARDS", rows)


def plan(wards: int, *edits: Edit) -> LoadedPlan:
    return texts(text(wards), *edits)


def written(campaign: Campaign, act: Any) -> int:
    """How many rows `act` inserts, changes or deletes."""
    connection: Any = campaign._store()._connection
    before = connection.total_changes
    act()
    changes: int = connection.total_changes - before
    return changes


def rows(wards: int, *edits: Edit) -> int:
    """How many rows an amendment writes in a plan with so many agencies."""
    with opened(plan(wards), "sqlite://", moment("2025-01-06 08:00")) as campaign:
        later = plan(wards, *edits)
        found = written(campaign, lambda: campaign.apply_loaded(later, now=moment("2025-01-20 09:00")))
        assert campaign.verify().ok
    return found


AMENDMENTS: dict[str, tuple[Edit, ...]] = {
    "one deadline": (("reports.results.due", {"by": "2025-03-21"}),),
    "two deadlines": (
        ("reports.results.due", {"by": "2025-03-21"}), ("responsibilities.sweep.due.completed.by", "2025-07-31"),
    ),
    "a title": (("responsibilities.hold.title", "Hold it well"),),
    "the header": (("plan.title", "Many more"),),
    "one agency's name": (("agencies.w00007.name", "Seventh Ward"),),
    "one agency more": (("agencies.x", {"name": "X", "kind": "ward", "under": "town"}),),
    "one agency less": (("groups.wards.except", ["w00007"]),),
}  # fmt: skip


@pytest.mark.parametrize("what", AMENDMENTS)
def test_r21_what_an_amendment_writes_does_not_grow_with_the_plan(what: str) -> None:
    """R21: as many rows with fifty agencies as with five hundred."""
    edits = AMENDMENTS[what]

    assert rows(SMALL, *edits) == rows(LARGE, *edits)


def test_r21_one_deadline_is_a_handful_of_rows() -> None:
    """R21: the revision and its changed part, the duty, two events, and where the campaign stands."""
    assert rows(LARGE, *AMENDMENTS["one deadline"]) <= 12


def test_the_same_text_writes_no_row() -> None:
    with opened(plan(SMALL), "sqlite://", moment("2025-01-06 08:00")) as campaign:
        assert written(campaign, lambda: campaign.apply_loaded(plan(SMALL), now=moment("2025-01-20"))) == 0


def test_an_event_that_settles_a_deadline_writes_no_row_for_those_who_owe_it() -> None:
    found = []
    for wards in (SMALL, LARGE):
        with opened(plan(wards), "sqlite://", moment("2025-01-06 08:00")) as campaign:
            found.append(written(campaign, lambda: campaign.occur("storm", now=moment("2025-01-20"))))

    assert found[0] == found[1] <= 8


def test_a_step_and_an_extension_write_no_more_in_a_large_plan() -> None:
    found = []
    for wards in (SMALL, LARGE):
        with opened(plan(wards), "sqlite://", moment("2025-01-06 08:00")) as campaign:
            steps = (
                lambda: campaign.advance("hold/w00007", "submit", actor="w00007", now=NOW),
                lambda: campaign.extend("hold/w00008", dt.date(2025, 3, 20), reason="r", now=NOW),
                lambda: campaign.undo("hold/w00007", reason="r", now=NOW),
            )  # fmt: skip
            found.append([written(campaign, step) for step in steps])

    assert found[0] == found[1]
    assert max(found[0]) <= 4


def test_a_duty_that_is_taken_away_is_one_event_and_one_that_comes_back_too() -> None:
    """The rows of those who owe it are changed, one by one; the journal says it once."""
    gone: tuple[Edit, ...] = (("responsibilities.sweep", GONE),)
    with opened(plan(LARGE), "sqlite://", moment("2025-01-06 08:00")) as campaign:
        before = len(campaign.history())
        campaign.apply_loaded(plan(LARGE, *gone), now=moment("2025-01-20"))
        campaign.apply_loaded(plan(LARGE), now=moment("2025-01-21"))

        assert len(campaign.history()) == before + 4
        assert campaign.verify().ok


def test_a_new_period_is_one_event_however_many_owe_it() -> None:
    with opened(plan(LARGE), "sqlite://", moment("2025-01-06 08:00")) as campaign:
        before = len(campaign.history())
        campaign.tick(now=moment("2025-04-01"))

        assert len(campaign.history()) == before + 1
