"""Closing a campaign, reading it afterwards, and opening it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from campaignflow import Campaign
from campaignflow.domain.guards import ReasonNeeded
from campaignflow.ports import ContactRow
from campaignflow.services.errors import CampaignClosed, NotClosed, NotYourStep, StillOpen
from tests.support.course import GONE, amend, kinds, line, texts
from tests.support.houses import HOUSES
from tests.support.plans import WORKSHOP, moment, opened
from tests.support.steps import facts, last, standing, take

NOW = "2026-03-04 09:00"


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    with opened(texts(WORKSHOP), "sqlite://", moment("2026-02-16 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


def finish(campaign: Campaign) -> None:
    """Lets everybody off who has something to do; the partners end with the others."""
    for one in campaign.status(now=moment(NOW)).lines:
        if not line(campaign, NOW, one.facts.key).state.final:
            take(campaign, NOW, one.facts.key, "exempt", reason="over")


def test_a_campaign_is_closed_once_nothing_is_owed(campaign: Campaign) -> None:
    with pytest.raises(StillOpen) as caught:
        campaign.close_campaign(now=moment(NOW))
    assert "13" in caught.value.text()

    finish(campaign)
    event = campaign.close_campaign(now=moment(NOW))

    assert (event.kind, event.data) == ("closed", {"unfinished": 0})


def test_it_can_be_closed_with_something_still_owed_which_the_journal_says(campaign: Campaign) -> None:
    event = campaign.close_campaign(force=True, reason="the year is over", now=moment(NOW))

    assert (event.data["unfinished"], event.reason) == (13, "the year is over")


def test_what_has_no_end_and_what_was_dropped_does_not_hold_it_open() -> None:
    with opened(texts(HOUSES), "sqlite://", moment("2014-06-28 08:00")) as campaign:
        amend(campaign, "2014-06-29", HOUSES, ("responsibilities.half", GONE))
        for one in campaign.status(now=moment("2014-07-02")).lines:
            if one.duty.responsibility not in ("guide", "half"):
                take(campaign, "2014-07-02", one.facts.key, "exempt", reason="over")

        assert campaign.close_campaign(now=moment("2014-07-03")).data["unfinished"] == 0
        assert {one.facts.key for one in campaign.status().lines if not one.state.final} == {
            "guide/board.north", "guide/board.south",
        }  # fmt: skip
        assert campaign.verify().ok


ENTRIES: dict[str, Callable[[Campaign], object]] = {
    "step": lambda campaign: campaign.advance("print/ash", "done", now=moment("2026-03-05")),
    "steps": lambda campaign: campaign.advance_many(["print/ash"], "done", now=moment("2026-03-05")),
    "part": lambda campaign: campaign.tick_part("hold/ash", "open", now=moment("2026-03-05")),
    "acknowledge": lambda campaign: campaign.acknowledge("hold/ash", now=moment("2026-03-05")),
    "event": lambda campaign: campaign.occur("decision", now=moment("2026-03-05")),
    "confirm": lambda campaign: campaign.confirm("others", now=moment("2026-03-05")),
    "extend": lambda campaign: campaign.extend("hold/ash", dt.date(2026, 3, 20), reason="r", now=moment("2026-03-05")),
    "delegate": lambda campaign: campaign.delegate(
        "hold/ash", "birch", dt.date(2026, 3, 5), dt.date(2026, 3, 6), now=moment("2026-03-05")
    ),
    "undo": lambda campaign: campaign.undo("hold/ash", reason="r", now=moment("2026-03-05")),
    "open": lambda campaign: campaign.open_for("hold", "ash", now=moment("2026-03-05")),
    "contact": lambda campaign: campaign.add_contact(
        ContactRow(id="c1", agency="ash", role="clerk"), now=moment("2026-03-05")
    ),
    "tick": lambda campaign: campaign.tick(now=moment("2026-03-05")),
    "close": lambda campaign: campaign.close_campaign(force=True, now=moment("2026-03-05")),
    "amend": lambda campaign: amend(campaign, "2026-03-05", WORKSHOP, ("plan.title", "Another")),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_nothing_more_is_written_to_a_closed_campaign(campaign: Campaign, entry: str) -> None:
    campaign.close_campaign(force=True, now=moment(NOW))
    head = campaign.head()

    with pytest.raises(CampaignClosed):
        ENTRIES[entry](campaign)

    assert campaign.head() == head


def test_everything_of_it_can_be_read(campaign: Campaign) -> None:
    campaign.close_campaign(force=True, now=moment(NOW))

    assert campaign.status(now=moment("2027-01-01")).totals.assignments == 13
    assert campaign.show("hold/ash", now=moment("2027-01-01")).line.facts.key == "hold/ash"
    assert campaign.worklist(now=moment("2027-01-01")) is not None
    assert campaign.history()[-1].kind == "closed"


def test_nothing_becomes_late_in_a_closed_campaign(campaign: Campaign) -> None:
    campaign.close_campaign(force=True, now=moment(NOW))
    before = campaign.status(now=moment(NOW))

    after = campaign.status(now=moment("2027-01-01"))

    assert (after.totals, after.phase) == (before.totals, before.phase)
    assert after.totals.by_standing["overdue"] == 0 + before.totals.by_standing["overdue"]
    assert standing(campaign, "2027-01-01", "spend/birch") == standing(campaign, NOW, "spend/birch")


def test_the_clock_stands_still_in_a_closed_campaign(campaign: Campaign) -> None:
    campaign.close_campaign(force=True, now=moment("2026-02-20"))

    assert facts(campaign, "hold/ash").state == "drafting"
    assert campaign.show("hold/ash", now=moment("2026-03-20")).line.state.name == "drafting"


def test_a_closed_campaign_is_opened_again_with_a_reason_and_the_clock_catches_up(campaign: Campaign) -> None:
    campaign.close_campaign(force=True, now=moment("2026-02-20"))
    with pytest.raises(ReasonNeeded):
        campaign.reopen(now=moment("2026-03-04"))

    campaign.reopen(reason="too early", now=moment(NOW))

    assert last(campaign).kind == "reopened"
    take(campaign, NOW, "hold/ash", "finish", actor="ash")
    assert [kind for kind in kinds(campaign) if kind in ("reopened", "clock", "step")] == [
        "reopened", "clock", "clock", "step",
    ]  # fmt: skip


def test_r22_periods_that_began_while_it_was_closed_are_made_when_it_is_opened_again() -> None:
    """R22."""
    with opened(texts(HOUSES), "sqlite://", moment("2014-06-28 08:00")) as campaign:
        campaign.close_campaign(force=True, now=moment("2014-07-05"))
        assert "quarter/north/2015-Q1" not in [one.facts.key for one in campaign.status(now=moment("2014-12-01")).lines]

        campaign.reopen(reason="again", now=moment("2014-12-01"))
        campaign.tick(now=moment("2014-12-01"))

        assert facts(campaign, "quarter/north/2015-Q1").state == "open"
        assert campaign.verify().ok


def test_a_campaign_that_runs_is_not_opened(campaign: Campaign) -> None:
    with pytest.raises(NotClosed):
        campaign.reopen(reason="r", now=moment(NOW))


def test_only_the_coordinator_closes_and_opens(campaign: Campaign) -> None:
    for actor in ("ash", "registry"):
        with pytest.raises(NotYourStep):
            campaign.close_campaign(force=True, actor=actor, now=moment(NOW))
    campaign.close_campaign(force=True, now=moment(NOW))
    with pytest.raises(NotYourStep):
        campaign.reopen(reason="r", actor="ash", now=moment(NOW))


def test_the_same_text_may_be_applied_to_a_closed_campaign_and_changes_nothing(campaign: Campaign) -> None:
    campaign.close_campaign(force=True, now=moment(NOW))

    assert amend(campaign, "2026-03-05", WORKSHOP).changed is False


def test_as_of_an_instant_before_it_was_closed_it_runs(campaign: Campaign) -> None:
    campaign.close_campaign(force=True, now=moment(NOW))

    found = campaign.status(as_of=moment("2026-03-03"), now=moment("2026-05-01"))
    assert found.running.closed is None
    assert campaign.status(as_of=moment("2026-03-05"), now=moment("2026-05-01")).running.closed is not None
