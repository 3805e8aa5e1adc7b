"""Killed at any instant: what was acknowledged is there, and the journal still says what the store holds."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from campaignflow import Campaign
from campaignflow.services.errors import CampaignMissing
from campaignflow.store.errors import StoreMissing
from campaignflow.store.migrations import migrations, schema, statements
from campaignflow.store.sqlite import SqliteStore
from tests.support.children import kill_after, migrate_and_die, start, work_on

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


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """Every table and index, with its columns."""
    return [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]


def made_by(number: int) -> list[str]:
    """What the first so many migrations make."""
    connection = sqlite3.connect(":memory:")
    for script in migrations()[:number]:
        for statement in statements(script):
            connection.execute(statement)
    tables = tables_of(connection)
    connection.close()
    return tables


def test_r23_a_migration_killed_before_any_of_its_statements_leaves_the_old_schema_or_the_new(tmp_path: Path) -> None:
    """R23: the child dies before its first statement, its second …; whoever opens the file next finds it whole."""
    count = 4 + sum(3 + sum(1 for _ in statements(script)) for script in migrations())
    whole = [made_by(number) for number in range(len(migrations()) + 1)]
    for number in range(count):
        path = tmp_path / f"{number}.db"
        child = start(migrate_and_die, path, number)
        child[0].join()
        kill = child[0].exitcode
        child[1].close()

        connection = sqlite3.connect(path)
        found, tables = schema(connection), tables_of(connection)
        connection.close()
        assert tables == whole[found], number
        assert kill == -9 or found == len(migrations())
        SqliteStore.open(path).close()
