"""The least that one durable step costs: an insert, an update and a commit, with the durability that ours has.

Nothing is read, checked or worked out: every value is there before the clock runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class BareStore:
    """Two plain tables in a file of their own: an integer key each, and no further index."""

    INSERT = "INSERT INTO journal (sequence, subject, body, hash) VALUES (?, ?, ?, ?)"
    UPDATE = "UPDATE assignment SET state = ?, version = version + 1 WHERE id = ?"

    _SCHEMA = (
        "CREATE TABLE journal (sequence INTEGER PRIMARY KEY, subject TEXT, body TEXT NOT NULL, hash TEXT NOT NULL)",
        "CREATE TABLE assignment (id INTEGER PRIMARY KEY, state TEXT NOT NULL, version INTEGER NOT NULL)",
    )

    def __init__(self, path: Path, rows: int, body: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open(path)
        for statement in self._SCHEMA:
            self._execute(statement)
        self._execute("BEGIN")
        for number in range(rows):
            self._execute("INSERT INTO assignment VALUES (?, 'drafting', 0)", (number,))
        self._execute("COMMIT")
        self._body = body

    def _open(self, path: Path) -> None:
        self._execute: Any = sqlite3.connect(path, isolation_level=None).execute
        self._execute("PRAGMA journal_mode = WAL")
        self._execute("PRAGMA synchronous = FULL")
        self._execute("PRAGMA foreign_keys = ON")

    def steps(self, numbers: Iterable[int]) -> None:
        """One transaction for each number."""
        for number in numbers:
            self.step(number, "opening")

    def step(self, number: int, state: str) -> None:
        """Appends an event and moves one row, durably."""
        event, row = self._values(number, state)
        execute = self._execute
        execute("BEGIN IMMEDIATE")
        execute(self.INSERT, event)
        execute(self.UPDATE, row)
        execute("COMMIT")

    def _values(self, number: int, state: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        return (number + 1, f"week/{number}", self._body, "0" * 64), (state, number)


class SameTables(BareStore):
    """The product's own tables, with their keys and indexes, written by hand."""

    INSERT = (
        "INSERT INTO journal (campaign_id, sequence, kind, subject, recorded, body, hash)"
        " VALUES (1, ?, 'step', ?, ?, ?, ?)"
    )
    UPDATE = "UPDATE assignment SET state = ?, version = version + 1, registered = ? WHERE campaign_id = 1 AND id = ?"

    def __init__(self, path: Path, keys: list[str], sequence: int, body: str) -> None:
        self._open(path)
        self._keys, self._sequence, self._body = keys, sequence, body

    def _values(self, number: int, state: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        self._sequence += 1
        event = (self._sequence, self._keys[number], 1_600_650_000_000_000, self._body, "0" * 64)
        return event, (state, 1_600_650_000_000_000, number + 1)
