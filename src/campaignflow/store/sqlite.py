"""The store on SQLite: one file, many processes, nothing lost.

WAL with `synchronous=FULL`: what is committed survives a power cut. Writers take their turn by `BEGIN IMMEDIATE` with
a bounded wait; readers never wait for them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from campaignflow.store import errors
from campaignflow.store.bulk import BulkStore
from campaignflow.store.migrations import migrate, schema

WAIT_SECONDS = 30.0
"""How long a writer waits for its turn."""

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_UNSYNCED = (sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC)
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class SqliteStore(BulkStore):
    """A store in one SQLite file, or in memory. Not to be shared between threads: open one for each."""

    ENGINE = "sqlite"

    _connection: sqlite3.Connection

    @classmethod
    def open(cls, path: Path | None, *, create: bool = True, wait: float = WAIT_SECONDS) -> SqliteStore:
        """Opens the file at `path` and brings it to this release's schema; None: a database in memory.

        Raises:
            StoreMissing: the file is not there and `create` is false.
            StoreDamaged, StoreNewer, StoreBusy, StoreFull, StoreFailed: it cannot be used.
        """
        database = str(path) if path else "memory"
        if path is not None and not create and not path.exists():
            raise errors.StoreMissing(database=database)
        try:
            connection = sqlite3.connect(path or ":memory:", timeout=wait, isolation_level=None)
        except sqlite3.Error as error:
            raise translated(error, database) from None
        try:
            _prepare(connection, in_memory=path is None)
            migrate(connection, database)
        except sqlite3.Error as error:
            connection.close()
            raise translated(error, database) from None
        except errors.StoreError:
            connection.close()
            raise
        return cls(connection, database)

    def close(self) -> None:
        """Closes the connection; the store is not usable afterwards."""
        self._connection.close()

    def writing(self) -> AbstractContextManager[None]:
        """See `ports.Store.writing`."""
        return self._transaction("BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See `ports.Store.reading`."""
        if self._connection.in_transaction:
            yield
            return
        with self._transaction("BEGIN"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        try:
            self._connection.execute(begin)
            try:
                yield
                self._commit()
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise translated(error, self._database) from error

    def _commit(self) -> None:
        """Commits, or leaves nothing of the transaction, whatever happens next.

        Where the disk fails to sync a commit, all of it lies in the `-wal` already and a crash would bring it back,
        though it was refused. So another commit, an empty one, is put in its place.

        Raises:
            CommitInDoubt: the disk fails for that too.
        """
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if error.sqlite_errorcode not in _UNSYNCED:
                raise
            try:
                self._write_over()
            except sqlite3.Error:
                raise errors.CommitInDoubt(database=self._database, detail=str(error)) from None
            raise

    def _write_over(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.execute(f"PRAGMA user_version = {schema(self._connection)}")  # writes a page, changes none
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def translated(error: sqlite3.Error, database: str) -> errors.StoreError:
    """The product's error for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _BUSY:
        return errors.StoreBusy(database=database, seconds=round(WAIT_SECONDS))
    if code == sqlite3.SQLITE_FULL:
        return errors.StoreFull(database=database)
    if code in _DAMAGED:
        return errors.StoreDamaged(database=database, detail=str(error))
    return errors.StoreFailed(database=database, detail=str(error))


def _prepare(connection: sqlite3.Connection, *, in_memory: bool) -> None:
    if not in_memory:
        _use_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: sqlite3.Connection, tries: int = 100) -> None:
    """Turns a new file to WAL. Where several do so at once SQLite lets the others fail at once instead of waiting, so
    whoever fails waits for a turn to write, by which time it mostly has been done."""
    for _ in range(tries):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY:
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    connection.execute("PRAGMA journal_mode = WAL")
