"""Many processes on one database, of either engine: all get a turn, a step is taken once, the sequence has no gap."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from campaignflow import Campaign
from campaignflow.store.errors import StoreBusy
from campaignflow.store.opening import open_store
from campaignflow.store.sqlite import SqliteStore
from tests.support.children import apply_plan, at_once, take_the_same, take_turns
from tests.support.pgserver import ENGINES, everywhere, postgres_url
from tests.support.plans import moment, open_2020

PROCESSES = 8


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that nobody has made yet."""
    return everywhere(tmp_path / "folder", request.param)


def test_r12_eight_processes_make_two_hundred_entries_and_none_is_refused(database: str) -> None:
    """R12: nobody meets "database is locked", nothing is lost, and no number is left out."""
    open_2020(database).close()
    with Campaign.open(database=database) as campaign:
        keys = [line.facts.key for line in campaign.status().lines]
        begun = len(campaign.history())

    met = at_once(take_turns, [(database, keys[number:], 25) for number in range(PROCESSES)])

    assert met == [[]] * PROCESSES
    with Campaign.open(database=database) as campaign:
        verdict = campaign.verify()
        assert (verdict.ok, verdict.events) == (True, begun + PROCESSES * 25)
        assert [event.sequence for event in campaign.history()] == list(range(1, verdict.events + 1))


def test_r12_of_those_who_take_the_same_step_at_once_exactly_one_does(database: str) -> None:
    """R12: the others are told that the step is not there any more, and write nothing."""
    open_2020(database).close()
    keys = ["tham-muu/so-gddt", "kiem-tra/so-gddt", "chi-dao-gdnn/so-ldtbxh"]

    outcomes = at_once(take_the_same, [(database, keys, "done")] * PROCESSES)

    for place in range(len(keys)):
        found = Counter(outcome[place] for outcome in outcomes)
        assert found["taken"] == 1
        assert set(found) <= {"taken", "StepNotAllowed", "StepOvertaken"}
    with Campaign.open(database=database) as campaign:
        assert campaign.verify().ok
        assert sum(event.kind == "step" and event.actor == "so-gddt" for event in campaign.history()) == len(keys)


@pytest.mark.parametrize("trial", range(3))
def test_r12_of_those_who_make_the_database_at_once_one_applies_the_plan_and_all_find_it(
    database: str, trial: int
) -> None:
    """R12: also while the file is being made and brought to its schema."""
    changed = at_once(apply_plan, [(database,)] * PROCESSES)

    assert sorted(changed, key=str) == [False] * (PROCESSES - 1) + [True]
    with Campaign.open(database=database) as campaign:
        assert campaign.verify().ok
        assert [event.kind for event in campaign.history()] == ["applied", "contacts"]


def test_a_writer_who_waits_too_long_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    open_2020(f"sqlite:///{path}").close()
    holder = open_store(f"sqlite:///{path}", create=False)
    waiting = SqliteStore.open(path, wait=0.05)
    with holder.writing():
        with pytest.raises(StoreBusy), waiting.writing():
            pass
        assert waiting.campaigns() == ["lltweek2020"]
    with waiting.writing():
        pass
    waiting.close()
    holder.close()


def test_a_writer_on_postgresql_who_waits_too_long_is_told_and_nothing_is_written() -> None:
    url = postgres_url()
    open_2020(url).close()
    holder = open_store(url, create=False)
    waiting = open_store(f"{url}&options=-c%20lock_timeout%3D50ms", create=False)
    with holder.writing():
        assert holder.campaigns() == ["lltweek2020"]
        with pytest.raises(StoreBusy), waiting.writing():
            waiting.head("lltweek2020")
        assert waiting.campaigns() == ["lltweek2020"]
    with waiting.writing():
        assert waiting.head("lltweek2020") is not None
    waiting.close()
    holder.close()


def test_readers_never_wait_for_a_writer(database: str) -> None:
    open_2020(database).close()
    holder = open_store(database, create=False)
    with holder.writing(), Campaign.open(database=database, now=moment("2020-10-26")) as reader:
        assert reader.status().totals.assignments == 41
        assert reader.verify().ok
    holder.close()
