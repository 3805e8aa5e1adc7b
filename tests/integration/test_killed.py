"""Killed at any instant: what was acknowledged is there, and the journal still says what the store holds."""

from __future__ import annotations

import random
import signal
from itertools import count
from pathlib import Path

import pytest

from campaignflow import Campaign
from campaignflow.services.errors import CampaignMissing
from campaignflow.store.errors import StoreMissing
from campaignflow.store.migrations import migrations, statements
from campaignflow.store.sqlite import SqliteStore
from tests.support.children import kill_after, migrate_and_die, start, work_on
from tests.support.old_schema import age, columns_of, make_full, rows_of, schema_of
from tests.support.plans import moment
from tests.support.stubborn import deeds
from tests.support.takers import do_and_die

KILLS = 5


@pytest.mark.parametrize("seed", range(8))
def test_r1_whatever_the_instant_of_the_kill_nothing_acknowledged_is_lost_and_replay_equals_state(
    tmp_path: Path, seed: int
) -> None:
    """R1: eight campaigns, each killed five times; the seed decides the steps and when the kill comes."""
    chance = random.Random(seed)
    database = f"sqlite:///{tmp_path / 'campaign.db'}"
    acknowledged: dict[int, str] = {}
    for kill in range(KILLS):
        words = 0 if kill == 0 else chance.randint(1, 12)
        said = kill_after(start(work_on, database, chance.randrange(2**32)), words, chance.uniform(0, 0.03))
        acknowledged |= dict(said)
        _check(database, acknowledged)

    assert len(acknowledged) > 1, "the children were killed before they did anything"


def _check(database: str, acknowledged: dict[int, str]) -> None:
    with Campaign.open(database=database) as campaign:
        try:
            verdict = campaign.verify()
        except (StoreMissing, CampaignMissing):
            assert not acknowledged
            return
        assert verdict.ok, [fault.text() for fault in verdict.faults]
        kept = {one.event.sequence: one.hash for one in campaign.journal()}
    assert acknowledged.items() <= kept.items()


# --- before every statement


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The database before each deed of `stubborn.deeds`, and after the last; the first has no campaign."""
    path = tmp_path_factory.mktemp("stages") / "campaign.db"
    SqliteStore.open(path).close()
    found = [path.read_bytes()]
    for deed in deeds():
        with Campaign.open(database=f"sqlite:///{path}", now=moment("2026-02-16 08:00")) as campaign:
            deed(campaign)
        found.append(path.read_bytes())
    return found


DEEDS = ["apply", "advance", "amend", "tick", "submit with a file", "accept, which ends others", "submit once more"]


@pytest.mark.parametrize("number", range(len(DEEDS)), ids=DEEDS)
def test_r1_a_command_killed_before_any_of_its_statements_was_done_whole_or_not_at_all(
    tmp_path: Path, stages: list[bytes], number: int
) -> None:
    """R1: before the first, the second … up to the commit; every row of every table is compared."""
    path, kills = tmp_path / "campaign.db", 0
    path.write_bytes(stages[number])
    before = rows_of(path)
    path.write_bytes(stages[number + 1])
    after = rows_of(path)
    statement, stride = 0, 1
    while True:
        path.write_bytes(stages[number])
        process, connection = start(do_and_die, path, number, statement)
        process.join()
        connection.close()
        opened = SqliteStore.open(path)
        opened.close()
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        assert rows_of(path) == before, statement
        kills += 1
        stride = stride if statement < 40 else 3  # the many alike of a first apply
        statement += stride

    assert rows_of(path) == after
    assert kills >= 10


# --- migrations


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A database of each schema with the same rows in it, as far as it has columns for them; the first is empty."""
    folder = tmp_path_factory.mktemp("old")
    make_full(folder / "full.db")
    (folder / "0.db").touch()
    for number in range(1, len(migrations()) + 1):
        age(folder / "full.db", folder / f"{number}.db", number)
    return [folder / f"{number}.db" for number in range(len(migrations()) + 1)]


@pytest.mark.parametrize("number", range(len(migrations())))
def test_r23_a_migration_killed_before_any_of_its_statements_leaves_the_old_schema_or_the_new_and_every_row(
    tmp_path: Path, old: list[Path], number: int
) -> None:
    """R23: from every schema there was, with rows in it; whoever opens the file next finds this release's."""
    path = tmp_path / "campaign.db"
    schemas = dict(schema_of(one) for one in old)
    columns, rows = columns_of(old[number]), rows_of(old[number])
    least = sum(3 + sum(1 for _ in statements(script)) for script in migrations()[number:])
    for statement in count():
        path.write_bytes(old[number].read_bytes())
        process, connection = start(migrate_and_die, path, statement)
        process.join()
        connection.close()

        found, tables = schema_of(path)
        assert number <= found
        assert tables == schemas[found], statement
        assert rows_of(path, columns) == rows
        SqliteStore.open(path).close()
        assert schema_of(path) == (len(migrations()), schemas[len(migrations())])
        assert rows_of(path, columns) == rows
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
    assert statement >= least


def test_r23_what_an_earlier_release_stored_is_what_this_one_would_have(tmp_path: Path, old: list[Path]) -> None:
    """R23: columns that came later are filled from the others, as they are where a row is written now."""
    path = tmp_path / "campaign.db"
    path.write_bytes(old[2].read_bytes())

    SqliteStore.open(path).close()

    assert rows_of(path) == rows_of(old[-1])
    for campaign in ("workshop", "houses", "lltweek2020"):
        with Campaign.open(database=f"sqlite:///{path}", campaign=campaign) as opened:
            assert opened.verify().ok
