"""Brings a PostgreSQL database to the schema of this release: wholly or not at all.

The migrations are those of SQLite (see `dialect`). Each is one transaction, its number included, in which one holds the
right to write, so that a process or a server that goes down half-way leaves the old schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from campaignflow.store.dialect import migration_for_postgresql
from campaignflow.store.errors import StoreNewer, StoreUnfit
from campaignflow.store.migrations import migrations, statements

if TYPE_CHECKING:
    from campaignflow.store.wire import Link

_FIND = """
SELECT s.number, c.relnamespace::bigint
FROM campaignflow_schema s JOIN pg_catalog.pg_class c ON c.oid = s.tableoid
"""
_SCHEMA = "SELECT oid::bigint FROM pg_catalog.pg_namespace WHERE nspname = current_schema()"
_LOCKS = 0x63616D70 << 32
"""The upper half of the numbers of our advisory locks; the lower is the schema's own number."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a database the tables are."""

    #: The number of their schema (in the sense of migrations); 0: they are not there.
    number: int
    #: The advisory lock that whoever writes holds.
    lock: int


def find(link: Link, database: str) -> Place:
    """Looks for the tables.

    Raises:
        StoreUnfit: the database cannot hold them.
    """
    if link.info.parameter_status("server_encoding") != "UTF8":
        raise StoreUnfit(database=database, detail="its encoding is not UTF8")
    try:
        found = link.execute(_FIND).fetchone()
    except psycopg.errors.UndefinedTable:
        found = None
    if found is not None:
        return Place(number=found[0], lock=_LOCKS | found[1])
    schema = link.execute(_SCHEMA).fetchone()
    if schema is None:
        raise StoreUnfit(database=database, detail="no schema of its search_path exists")
    return Place(number=0, lock=_LOCKS | schema[0])


def migrate(link: Link, place: Place, database: str) -> None:
    """Runs what the database lacks.

    Raises:
        StoreNewer: the database was written by a later release.
        psycopg.Error: a migration failed; the schema is as before it.
    """
    known, found = len(migrations()), place.number
    while found != known:
        if found > known:
            raise StoreNewer(database=database, found=found, known=known)
        found = _run(link, place.lock)


def _run(link: Link, lock: int) -> int:
    """Takes the next migration, unless somebody else was faster; gives the number of the schema then."""
    with link.transaction():
        link.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
        link.execute("CREATE TABLE IF NOT EXISTS campaignflow_schema (number BIGINT NOT NULL)")
        row = link.execute("SELECT number FROM campaignflow_schema").fetchone()
        found: int = row[0] if row else 0
        if found >= len(migrations()):
            return found
        for statement in statements(migration_for_postgresql(migrations()[found])):
            link.execute(statement.encode(), prepare=False)
        link.execute("DELETE FROM campaignflow_schema")
        link.execute("INSERT INTO campaignflow_schema (number) VALUES (%s)", (found + 1,))
    return found + 1
