"""A national campaign without a product: its roster read, its rows in plain SQLite tables, and these scanned."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

DUE = "2024-09-20T17:00:00+00:00"
STATES = ("open", "drafting", "submitted", "completed")


def write(roster: Path, database: Path, duties: Sequence[str]) -> int:
    """Reads a roster and writes a row for each agency and for each of its duties, in one transaction; gives how many.

    The tables are plain: an integer key that SQLite gives, no further index.
    """
    with roster.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    connection = _opened(database)
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO agency VALUES (:id, :name, :kind, :under)", rows)
    connection.executemany("INSERT INTO task VALUES (?, ?, ?, ?)", _tasks(rows, duties))
    connection.execute("COMMIT")
    connection.close()
    return len(rows) * (1 + len(duties))


def _opened(database: Path) -> sqlite3.Connection:
    database.unlink(missing_ok=True)
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE agency (id TEXT, name TEXT, kind TEXT, under TEXT)")
    connection.execute("CREATE TABLE task (key TEXT, agency TEXT, state TEXT, due TEXT)")
    return connection


def _tasks(rows: Sequence[dict[str, str]], duties: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
    for duty in duties:
        for number, row in enumerate(rows):
            yield f"{duty}/{row['id']}", row["id"], STATES[number % len(STATES)], DUE


def scan(connection: sqlite3.Connection) -> int:
    """Takes every row of the tasks into Python, and does nothing with it; gives how many there are."""
    count = 0
    for _key, _agency, _state, _due in connection.execute("SELECT key, agency, state, due FROM task"):
        count += 1
    return count
