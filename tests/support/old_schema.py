"""Databases as earlier releases made them, with rows in them."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from pathlib import Path
from typing import Any

from campaignflow import Campaign
from campaignflow.store.migrations import migrations, statements
from campaignflow.store.sqlite import SqliteStore
from tests.support.crash_work import attached
from tests.support.houses import houses
from tests.support.plans import moment, open_workshop, plan_2020
from tests.support.steps import take

Rows = dict[str, list[tuple[Any, ...]]]
"""The rows of tables, by the tables' names."""

Columns = dict[str, list[str]]
"""The columns of tables, by the tables' names."""


def make_full(path: Path) -> None:
    """A database of this release with a row of every kind: three campaigns, a file, a return, an extension, bodies."""
    database = f"sqlite:///{path}"
    with open_workshop(database) as campaign:
        take(campaign, "2026-02-20", "hold/ash", "register", actor="ash", note="có dấu")
        campaign.extend("hold/birch", dt.date(2026, 3, 25), reason="the flood", now=moment("2026-03-01"))
        take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="ash", document=attached(2_000))
        take(campaign, "2026-03-12 09:00", "hold/ash", "return", actor="registry", reason="a sum is wrong")
        take(campaign, "2026-03-13", "spend/birch", "submit", actor="birch")
    with Campaign.open(database=database, campaign="houses", now=moment("2014-06-29")) as campaign:
        campaign.apply_loaded(houses())
        campaign.open_for("tell", "east", now=moment("2015-02-01"))
    with Campaign.open(database=database, campaign="lltweek2020", now=moment("2020-09-21 08:00")) as campaign:
        campaign.apply_loaded(plan_2020())


def age(path: Path, old: Path, number: int) -> None:
    """Writes what the database at `path` holds into a new one at `old`, of the schema with that number."""
    with contextlib.closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for script in migrations()[:number]:
            for statement in statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("ATTACH ? AS newer", (str(path),))
        for table, columns in _columns(connection).items():
            names = ", ".join(columns)
            connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM newer.{table}")
        if number == 1:  # when plans were kept whole
            _put_plans_whole(path, connection)


def _put_plans_whole(path: Path, connection: sqlite3.Connection) -> None:
    store = SqliteStore.open(path)
    for campaign, number in connection.execute("SELECT campaign_id, number FROM main.revision").fetchall():
        text = store.revision(campaign, number=number, whole=True).plan
        connection.execute(
            "UPDATE main.revision SET plan = ? WHERE campaign_id = ? AND number = ?", (text, campaign, number)
        )
    store.close()


def columns_of(path: Path) -> Columns:
    """The columns of every table of a database."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return _columns(connection)


def _columns(connection: sqlite3.Connection) -> Columns:
    tables = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {
        table: [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")] for (table,) in tables
    }  # fmt: skip


def rows_of(path: Path, columns: Columns | None = None) -> Rows:
    """The rows of every table, or what is in these columns of them."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {
            table: sorted(connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall(), key=repr)
            for table, names in (_columns(connection) if columns is None else columns).items()
        }


def schema_of(path: Path) -> tuple[int, list[str]]:
    """The number of a database's schema, and every table and index of it with its columns."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        number = connection.execute("PRAGMA user_version").fetchone()[0]
        made = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return number, [sql for (sql,) in made]
