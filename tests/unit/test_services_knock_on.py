"""What moving a date does to the consolidation above: said when it is moved, before anybody is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from campaignflow import Campaign
from campaignflow.services.knock_on import KnockOn
from tests.support.course import GONE, amend, texts
from tests.support.plans import WORKSHOP, moment, opened

TAKES = ("responsibilities.sum.takes", {"days": "2"})
"""The registry needs two working days once everything is in."""
NOW = "2026-03-03 09:00"


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    """The districts report before Monday 16 March, the registry before Friday the 20th."""
    with opened(texts(WORKSHOP, TAKES), "sqlite://", moment("2026-02-16 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


def extended(campaign: Campaign, key: str, until: str) -> tuple[KnockOn, ...]:
    day = dt.date.fromisoformat(until)
    return campaign.extend(key, day, reason="the flood", now=moment(NOW)).knock_on


def test_an_extension_says_when_the_consolidation_can_now_be_ready(campaign: Campaign) -> None:
    (knock,) = extended(campaign, "hold/ash", "2026-03-17")

    assert (knock.duty, knock.title, knock.agency) == ("sum", "Sum up", "registry")
    assert (knock.before, knock.reports_until) == (dt.date(2026, 3, 13), dt.date(2026, 3, 17))
    assert (knock.ready, knock.due, knock.slack) == (dt.date(2026, 3, 19), dt.date(2026, 3, 19), 0)
    assert not knock.too_late


def test_an_extension_that_the_consolidation_cannot_wait_for_is_granted_and_said_to_be_too_late(
    campaign: Campaign,
) -> None:
    (knock,) = extended(campaign, "hold/ash", "2026-03-18")

    assert (knock.ready, knock.slack, knock.too_late) == (dt.date(2026, 3, 20), -1, True)


def test_the_day_that_counts_is_the_last_working_day(campaign: Campaign) -> None:
    """Extended to Sunday the 22nd: the last working day is Friday the 20th."""
    (knock,) = extended(campaign, "hold/ash", "2026-03-22")

    assert knock.reports_until == dt.date(2026, 3, 20)


def test_an_extension_of_what_nobody_puts_together_knocks_on_nothing(campaign: Campaign) -> None:
    assert extended(campaign, "spend/birch", "2026-03-20") == ()
    assert extended(campaign, "print/ash", "2026-03-20") == ()


def test_an_amendment_says_it_of_every_consolidation_whose_reports_it_moves(campaign: Campaign) -> None:
    applied = amend(campaign, NOW, WORKSHOP, TAKES, ("reports.results.due", {"before": "2026-03-18"}))

    (knock,) = applied.knock_on
    assert (knock.duty, knock.before, knock.reports_until) == ("sum", dt.date(2026, 3, 13), dt.date(2026, 3, 17))
    assert knock.slack == 0


def test_an_amendment_that_moves_the_consolidations_own_date_says_it_too(campaign: Campaign) -> None:
    applied = amend(campaign, NOW, WORKSHOP, TAKES, ("reports.summary.due", {"before": "2026-03-27"}))

    (knock,) = applied.knock_on
    assert (knock.before, knock.reports_until, knock.due) == (
        dt.date(2026, 3, 13), dt.date(2026, 3, 13), dt.date(2026, 3, 26),
    )  # fmt: skip


def test_an_amendment_that_moves_neither_says_nothing(campaign: Campaign) -> None:
    applied = amend(campaign, NOW, WORKSHOP, TAKES, ("responsibilities.print.due.completed.by", "2026-03-06"))

    assert applied.knock_on == ()


def test_a_consolidation_that_is_gone_is_not_spoken_of(campaign: Campaign) -> None:
    applied = amend(campaign, NOW, WORKSHOP, ("responsibilities.sum", GONE), ("reports.summary", GONE),
                    ("reports.results.due", {"before": "2026-03-18"}))  # fmt: skip

    assert applied.knock_on == ()


def test_a_dry_run_says_it_beforehand(campaign: Campaign) -> None:
    edits = (TAKES, ("reports.results.due", {"before": "2026-03-18"}))

    told = amend(campaign, NOW, WORKSHOP, *edits, dry_run=True)

    assert told.knock_on == amend(campaign, NOW, WORKSHOP, *edits).knock_on != ()


def test_what_was_granted_before_is_counted(campaign: Campaign) -> None:
    """One district has until the 18th; another that is given until the 17th does not make it better."""
    extended(campaign, "hold/ash", "2026-03-18")

    assert extended(campaign, "hold/birch", "2026-03-17") == ()
    (knock,) = extended(campaign, "hold/birch", "2026-03-19")
    assert (knock.before, knock.reports_until) == (dt.date(2026, 3, 18), dt.date(2026, 3, 19))


def test_an_amendment_counts_what_was_granted_before(campaign: Campaign) -> None:
    """The later day stands, also for the consolidation."""
    extended(campaign, "hold/ash", "2026-03-18")

    applied = amend(campaign, NOW, WORKSHOP, TAKES, ("reports.results.due", {"before": "2026-03-18"}))

    assert applied.knock_on == ()
