"""Campaigns from one database to another, row by row, whatever the two engines.

The rows are read in one snapshot of the source and written in one transaction of the target, as they are but for the
number by which a database knows a campaign: the journal's chain is made of the campaign's id and its events alone, so
its head is the same on both sides.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from campaignflow.store.errors import StoreDamaged
from campaignflow.store.sql_store import SqlStore

Progress = Callable[[int, int], None]
"""Told now and then how many rows (or pages) are done, and of how many."""

EVERY = 1000
"""After so many rows the progress is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it is copied."""

    name: str
    #: Every column but the one that names the campaign; a test compares them with the schema.
    columns: tuple[str, ...]
    #: The columns by which its rows are told apart within a campaign.
    key: tuple[str, ...]
    #: The column that names the campaign.
    campaign: str = "campaign_id"
    #: Whether a single row may be megabytes, so that rows are read one by one.
    heavy: bool = False


def _table(name: str, columns: str, key: str, *, campaign: str = "campaign_id", heavy: bool = False) -> Table:
    return Table(name=name, columns=tuple(columns.split()), key=tuple(key.split()), campaign=campaign, heavy=heavy)


TABLES = (
    _table("campaign", "key revision changed next_tick horizon closed restored", "key", campaign="id"),
    _table("revision", "number applied digest header lifecycles calendar plan", "number"),
    _table("plan_part", "sha256 body", "sha256", heavy=True),
    _table(
        "agency", "id key name kind region external superior until succeeded_by host established passed", "id"
    ),
    _table("duty", "id key body", "id"),
    _table(
        "assignment",
        "id key duty_id agency_id state version presumed registered sent counted returned_until promised acknowledged "
        "nil done parts due_version notice_epoch initial born opened delegate delegate_from delegate_until extended "
        "blocked resume region decided single",
        "id",
    ),
    _table("journal", "sequence kind subject recorded body hash", "sequence"),
    _table("contact", "id agency role name email phone since until", "id"),
    _table("blob", "sha256 size bytes", "sha256", heavy=True),
)  # fmt: skip
"""Every table of the schema in an order in which a row comes after those it refers to."""


def copy_campaign(source: SqlStore, target: SqlStore, key: str, progress: Progress | None = None) -> int:
    """Copies a campaign; gives the number by which the target knows it.

    To be called in a reading transaction of the source and a writing one of the target, which must not have the
    campaign yet.

    Raises:
        StoreError: one of the two cannot be read or written.
    """
    head = source.head(key)
    assert head is not None, "the campaign is in the source"
    number: int = target._sql("campaign").next_campaign_id(target._connection)
    total = sum(row_counts(source, head.id).values())
    steps = _Steps(total, progress)
    for table in TABLES:
        rows = steps.through(_rows(source, table, head.id))
        _fill(target, table, ((number, *row) for row in rows))
    steps.told()
    target.note_written(number, head.sequence, head.hash)
    return number


def row_counts(store: SqlStore, campaign: int) -> dict[str, int]:
    """How many rows a campaign has in each table."""
    with naming(store):
        return {
            table.name: next(iter(_select(
                store, f"SELECT count(*) FROM {table.name} WHERE {table.campaign} = :campaign", {"campaign": campaign}
            )))[0]
            for table in TABLES
        }  # fmt: skip


def remove_campaigns(store: SqlStore) -> None:
    """Takes every campaign out of a SQLite database, in the transaction that is open."""
    with naming(store):
        for table in reversed(TABLES):
            store._connection.execute(f"DELETE FROM {table.name}")


@contextmanager
def naming(store: SqlStore) -> Iterator[None]:
    """Turns an engine's errors into ours, named by this store: of two that are open, the one that failed."""
    try:
        yield
    except sqlite3.Error as error:
        from campaignflow.store.sqlite import translated

        raise translated(error, store._database) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "psycopg":
            raise
        from campaignflow.store import postgres

        raise postgres.translated(error, store._database) from error  # type: ignore[arg-type]


class _Steps:
    """Counts rows as they pass."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def through(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            yield row
            self._done += 1
            if self._done % EVERY == 0:
                self.told()

    def told(self) -> None:
        if self._progress is not None:
            self._progress(self._done, self._total)


# --- the two engines


def _rows(store: SqlStore, table: Table, campaign: int) -> Iterator[tuple[Any, ...]]:
    """The rows of a campaign in a table, without the campaign's number, in the order of their keys."""
    columns, given = ", ".join(table.columns), {"campaign": campaign}
    found = f"FROM {table.name} WHERE {table.campaign} = :campaign"
    with naming(store):
        if not table.heavy:
            yield from _select(store, f"SELECT {columns} {found} ORDER BY {', '.join(table.key)}", given)
            return
        (name,) = table.key
        for (value,) in list(_select(store, f"SELECT {name} {found} ORDER BY {name}", given)):
            one = list(_select(store, f"SELECT {columns} {found} AND {name} = :value", {**given, "value": value}))
            if len(one) != 1:
                raise StoreDamaged(database=store._database, detail=f"{table.name} {value}")
            yield one[0]


def _select(store: SqlStore, sql: str, given: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    if store.ENGINE == "sqlite":
        yield from store._connection.execute(sql, given)
    else:
        yield from store._connection.stream(re.sub(r":(\w+)", r"%(\1)s", sql), dict(given))


def _fill(store: SqlStore, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    names = (table.campaign, *table.columns)
    columns = ", ".join(names)
    with naming(store):
        if store.ENGINE == "sqlite":
            places = ", ".join("?" * len(names))
            store._connection.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({places})", rows)
            return
        session = store._connection
        session.flush()
        with session.link.cursor().copy(f"COPY {table.name} ({columns}) FROM STDIN".encode()) as lines:
            for row in rows:
                lines.write_row(row)
