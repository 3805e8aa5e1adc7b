"""The least that one durable step costs: an insert, an update and a commit, with the durability that ours has.

Two tables with an integer key and no further index; every value is made before the clock runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

_SCHEMA = (
    "CREATE TABLE journal (sequence INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL)",
    "CREATE TABLE assignment (id INTEGER PRIMARY KEY, state TEXT NOT NULL, version INTEGER NOT NULL)",
)
_INSERT = "INSERT INTO journal (body, hash) VALUES (?, ?)"
_UPDATE = "UPDATE assignment SET state = ?, version = version + 1 WHERE id = ?"


class BareStore:
    """A SQLite file with as many rows as there are assignments."""

    def __init__(self, path: Path, rows: int, body: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")
        for statement in _SCHEMA:
            self.connection.execute(statement)
        self.connection.execute("BEGIN")
        self.connection.executemany("INSERT INTO assignment VALUES (?, 'drafting', 0)", ((n,) for n in range(rows)))
        self.connection.execute("COMMIT")
        self._event = (body, "0" * 64)

    def steps(self, numbers: Iterable[int]) -> None:
        """One transaction for each number."""
        for number in numbers:
            self.step(number, "opening")

    def step(self, number: int, state: str) -> None:
        """Appends an event and moves one row, durably."""
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE")
        execute(_INSERT, self._event)
        execute(_UPDATE, (state, number))
        execute("COMMIT")
