"""Many steps at once without a product: a lifecycle as a dict, states and a journal in two tables, writes in batches.

What anybody would write in an afternoon: nobody is asked whether he may, nothing is chained, no clock runs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

TABLE = {
    ("drafting", "register"): "opening",
    ("opening", "open"): "running",
    ("running", "finish"): "summarizing",
    ("summarizing", "summarize"): "reporting",
    ("reporting", "submit"): "submitted",
    ("submitted", "return"): "returned",
    ("submitted", "accept"): "completed",
}
"""Where a trigger leads from a state."""


class DictTable:
    """States by key, and a line of the journal for each step, in a file of its own that is as durable as ours."""

    def __init__(self, path: Path, keys: Sequence[str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE assignment (key TEXT PRIMARY KEY, state TEXT NOT NULL)")
        self._connection.execute("CREATE TABLE journal (sequence INTEGER PRIMARY KEY, key TEXT, event TEXT NOT NULL)")
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO assignment VALUES (?, 'drafting')", ((key,) for key in keys))
        self._connection.execute("COMMIT")

    def steps(self, keys: Sequence[str], trigger: str, actor: str, now: str) -> None:
        """The same step of many: their states read, the next ones looked up, one transaction for all."""
        self._connection.execute("BEGIN IMMEDIATE")
        asked = "SELECT key, state FROM assignment WHERE key IN (SELECT value FROM json_each(?))"
        states = dict(self._connection.execute(asked, (json.dumps(keys),)))
        self.write({key: (states[key], TABLE[states[key], trigger]) for key in keys}, trigger, actor, now)
        self._connection.execute("COMMIT")

    def write(self, moves: Mapping[str, tuple[str, str]], trigger: str, actor: str, now: str) -> None:
        """Writes moves from a state to another, with a line of the journal each; within a transaction."""
        lines = (
            (key, json.dumps({"key": key, "trigger": trigger, "from": old, "to": new, "actor": actor, "at": now}))
            for key, (old, new) in moves.items()
        )
        self._connection.executemany("INSERT INTO journal (key, event) VALUES (?, ?)", lines)
        updates = ((new, key) for key, (_, new) in moves.items())
        self._connection.executemany("UPDATE assignment SET state = ? WHERE key = ?", updates)

    def write_at_once(self, moves: Mapping[str, tuple[str, str]], trigger: str, actor: str, now: str) -> None:
        """The same in a transaction of its own."""
        self._connection.execute("BEGIN IMMEDIATE")
        self.write(moves, trigger, actor, now)
        self._connection.execute("COMMIT")
