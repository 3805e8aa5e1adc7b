"""Many steps in one transaction on SQLite: their events and rows wait for one another and are written together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from campaignflow.domain.assignments import Facts
from campaignflow.domain.journal import Event, link
from campaignflow.store import errors
from campaignflow.store.rows import columns_of, event_columns
from campaignflow.store.sql_store import SqlStore

MOST = 2000
"""So many rows wait at most."""


MANY = 10_000
"""From so many assignments on it is worth while to make the indexes anew."""


class BulkStore(SqlStore):
    """A store that can hold back what steps write until something is read, or there is much of it."""

    _events: list[dict[str, Any]] | None = None
    _saves: list[dict[str, Any]]

    @contextmanager
    def in_bulk(self) -> Iterator[None]:
        """See `ports.Store.in_bulk`."""
        self._events, self._saves = [], []
        try:
            yield
            self._flush()
        finally:
            self._events = None

    def append(self, campaign: int, event: Event, previous: bytes) -> bytes:
        """See `ports.Store.append`."""
        if self._events is None:
            return super().append(campaign, event, previous)
        body = event.canonical()
        digest = link(previous, body)
        self._events.append(event_columns(campaign, event, body, digest))
        if len(self._events) >= MOST:
            self._flush()
        return digest

    def save(self, campaign: int, before: Facts, after: Facts) -> None:
        """See `ports.Store.save`."""
        if self._events is None:
            super().save(campaign, before, after)
            return
        self._saves.append({
            "campaign": campaign, "key": before.key, "version_before": before.version, **columns_of(after)
        })  # fmt: skip

    @contextmanager
    def _much_to_add(self, rows: int) -> Iterator[None]:
        """The first assignments of a database, if they are many: its indexes are made behind them, sorted, which takes
        half the time of keeping them meanwhile. All of it belongs to the transaction."""
        execute = self._connection.execute
        if rows < MANY or execute("SELECT 1 FROM assignment LIMIT 1").fetchone():
            yield
            return
        indexes = execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'assignment' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in indexes:
            execute(f"DROP INDEX {name}")
        yield
        for _, statement in indexes:
            execute(statement)

    def _sql(self, topic: str) -> Any:
        if self._events:
            self._flush()
        return super()._sql(topic)

    def _flush(self) -> None:
        """Writes what waits. Each row is compared as it is set; one that is not as it was fails all of them."""
        events, saves = self._events or [], self._saves
        self._events, self._saves = [], []
        if events:
            self._connection.executemany(super()._sql("journal").append.sql, events)
        if saves:
            changed = self._connection.executemany(super()._sql("assignments").save.sql, saves).rowcount
            if changed != len(saves):
                raise errors.StepOvertaken(key=saves[0]["key"])
