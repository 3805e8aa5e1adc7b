"""What users' tests stand on: the clock, the sample plan and the sample campaign."""

from __future__ import annotations

import datetime as dt
import doctest
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from campaignflow import Campaign, testing
from campaignflow.testing import SAMPLE, SAMPLE_ISSUED, FixedClock, load_text, open_sample, sample_plan

if TYPE_CHECKING:
    from campaignflow.ports import Clock


def test_the_examples_of_the_module_run() -> None:
    failed, tried = doctest.testmod(testing)

    assert (failed, tried > 5) == (0, True)


def test_a_fixed_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock("2026-03-02T09:00+07:00")

    assert clock.now() == clock.now() == dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
    assert clock.advance(days=1, hours=-2, minutes=30).now().isoformat() == "2026-03-03T07:30:00+07:00"
    assert clock.at(SAMPLE_ISSUED).now() == SAMPLE_ISSUED


def test_a_fixed_clock_is_a_clock_that_was_set() -> None:
    clock: Clock = FixedClock(SAMPLE_ISSUED)

    assert clock.is_set


@pytest.mark.parametrize("instant", ["2026-03-02T09:00", "2026-03-02", "tomorrow"])
def test_an_instant_without_a_zone_is_refused(instant: str) -> None:
    with pytest.raises(ValueError):
        FixedClock(instant)
    with pytest.raises(ValueError):
        FixedClock(SAMPLE_ISSUED).at(instant)


def test_a_day_of_a_fixed_clock_is_24_hours_also_when_the_clocks_change() -> None:
    from zoneinfo import ZoneInfo

    clock = FixedClock(dt.datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin")))

    assert clock.advance(days=1).now().isoformat() == "2026-03-29T13:00:00+02:00"


def test_the_sample_has_two_districts_that_report_and_a_department_that_sums_up() -> None:
    with open_sample() as campaign:
        status = campaign.status()

        assert [line.facts.key for line in status.lines] == ["week/north", "week/south", "summary/department"]
        assert status.phase == "drafting"
        assert campaign.verify().ok


def test_the_sample_is_a_plan_of_a_dozen_keys() -> None:
    assert sample_plan() == load_text(SAMPLE).plan
    assert len([line for line in SAMPLE.splitlines() if line and not line.startswith(" ")]) <= 12


def test_the_sample_walks_from_its_first_day_to_its_summary() -> None:
    clock = FixedClock(SAMPLE_ISSUED)
    with open_sample(now=clock) as campaign:
        clock.at("2026-03-12T09:00+07:00")
        for agency in ("north", "south"):
            campaign.advance(f"week/{agency}", "submit", actor=agency)
            campaign.advance(f"week/{agency}", "accept")
        clock.advance(days=5)
        campaign.advance("summary/department", "submit")

        totals = campaign.status().totals
        assert (totals.by_phase["completed"], totals.by_standing["done_on_time"]) == (3, 3)


def test_every_sample_in_memory_is_a_campaign_of_its_own() -> None:
    with open_sample() as one, open_sample() as other:
        one.advance("week/north", "register")

        assert len(other.history()) == 1


def test_a_sample_on_a_file_is_opened_again_as_it_was(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'sample.db'}"
    with open_sample(database, actor="north") as campaign:
        campaign.advance("week/north", "register")

    with open_sample(database) as again:
        assert [event.kind for event in again.history()] == ["applied", "step"]
        assert again.history()[-1].actor == "north"


def test_another_text_on_the_same_file_is_an_amendment(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'sample.db'}"
    with Campaign.open(database=database, now=SAMPLE_ISSUED) as campaign:
        campaign.apply_loaded(load_text(SAMPLE.replace("North District", "The North")))

    with open_sample(database) as sample:
        assert sample.running().revision == 2
        assert sample.running().agencies["north"].name == "North District"
