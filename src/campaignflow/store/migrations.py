"""Brings a SQLite database to the schema of this release: wholly or not at all.

Every migration is one transaction, its number included, so that a process killed half-way leaves the old schema.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from campaignflow.store.errors import StoreNewer


@cache
def migrations() -> tuple[str, ...]:
    """The text of every migration, in order; the first one makes schema 1."""
    folder = Path(__file__).parent / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return tuple((folder / name).read_text(encoding="utf-8") for name in names)


def statements(script: str) -> Iterator[str]:
    """The single statements of a script, since running a script at once would commit on its own."""
    buffer = ""
    for line in script.splitlines(keepends=True):
        buffer += line
        if sqlite3.complete_statement(buffer):
            yield buffer
            buffer = ""


def migrate(connection: sqlite3.Connection, database: str) -> None:
    """Runs what the database lacks.

    Raises:
        StoreNewer: the database was written by a later release.
    """
    known = len(migrations())
    while (found := schema(connection)) != known:
        if found > known:
            raise StoreNewer(database=database, found=found, known=known)
        _run(connection, found)


def schema(connection: sqlite3.Connection) -> int:
    """The number of the database's schema; 0 for an empty one."""
    number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return number


def _run(connection: sqlite3.Connection, found: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if schema(connection) == found:  # another process may have been faster
            for statement in statements(migrations()[found]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {found + 1}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
