"""Backups: every campaign of a database in one SQLite file, taken while others write.

Of a SQLite database the pages are copied by the online backup API under a read transaction that is held from the first
page to the last. Without it the API starts over whenever somebody else has written, and never ends on a busy database;
with it the copy is of one instant, and in WAL mode a reader stops no writer. (`VACUUM INTO` is as consistent; it builds
the whole file anew, and cannot say how far it has got.) Of a PostgreSQL database the rows are copied in one snapshot.

A file is written beside its name, brought to the disk, and then renamed: under its name there is a whole one or none.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaignflow.store.copying import Progress, copy_campaign, naming
from campaignflow.store.errors import StoreBusy, StoreError, StoreFailed
from campaignflow.store.migrations import migrate
from campaignflow.store.sql_store import SqlStore
from campaignflow.store.sqlite import WAIT_SECONDS, SqliteStore, translated

PAGES = 1000
"""So many pages (of 4 kB) are copied between two words on the progress."""

_OF_THE_TARGET = (
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_FSYNC,
)  # fmt: skip
"""What fails where something is written, not where it is read."""

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, by the end of its name."""


@contextmanager
def written_beside(file: Path) -> Iterator[Path]:
    """The name of a file to be written, which becomes `file` at the end; with an exception nothing is left of it.

    Raises:
        StoreFailed: the folder cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}-", suffix=".part", dir=file.parent)
        os.close(
            handle
        )  # made with the rights of its owner alone, which is what a file with people's names should have
        room = Path(name)
        try:
            with named(room, file):
                yield room
            _to_disk(room)
            os.replace(room, file)
            _to_disk(file.parent)
        finally:
            remove(room)
    except OSError as error:
        raise StoreFailed(database=str(file), detail=error.strerror or str(error)) from None


def snapshot(store: SqlStore, room: Path, progress: Progress | None = None) -> None:
    """Copies the whole database, as it is at one instant, into the empty file `room`; every campaign in it is marked as
    restored from its own head, so that whatever is made of the file is known for a copy.

    Raises:
        StoreError: it cannot be read, or the file not be written.
    """
    connection = _alone(room)
    with contextlib.closing(connection):
        if isinstance(store, SqliteStore):
            _copy_pages(store, connection, room, progress)
        copy = _adopted(connection, room)
        if not isinstance(store, SqliteStore):
            with store.reading(), copy.writing():
                for key in store.campaigns():
                    copy_campaign(store, copy, key, progress)
        mark(copy)


@contextmanager
def opened_alone(room: Path) -> Iterator[SqliteStore]:
    """A store on a file that nobody else knows of, without memory shared with others, so that it may be on a network
    file system.

    Raises:
        StoreDamaged, StoreNewer, StoreFailed: it cannot be used.
    """
    connection = _alone(room)
    with contextlib.closing(connection):
        yield _adopted(connection, room)


def _alone(room: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(room, isolation_level=None)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    except sqlite3.Error as error:
        raise translated(error, str(room)) from None
    return connection


def _adopted(connection: sqlite3.Connection, room: Path) -> SqliteStore:
    """The store on a connection to a file of our own; it is brought to the disk when it is whole."""
    store = SqliteStore(connection, str(room))
    with naming(store):
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = OFF")
        migrate(connection, str(room))
        connection.execute("PRAGMA foreign_keys = ON")
    return store


def mark(store: SqlStore) -> None:
    """Marks every campaign as restored from its present head."""
    with store.writing():
        for key in store.campaigns():
            head = store.head(key)
            assert head is not None
            store.mark_restored(head.id, head.hash.hex())


def _copy_pages(store: SqliteStore, target: sqlite3.Connection, room: Path, progress: Progress | None) -> None:
    def told(status: int, left: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):  # Python would wait for it for ever
            raise StoreBusy(database=store._database, seconds=round(WAIT_SECONDS))
        if progress is not None:
            progress(total - left, total)

    with store.reading():
        store.campaigns()  # the first read, from which on the snapshot stands
        try:
            store._connection.backup(target, pages=PAGES, progress=told)
        except sqlite3.Error as error:
            if error.sqlite_errorcode in _OF_THE_TARGET:
                raise translated(error, str(room)) from None
            raise


@contextmanager
def opened_copy(file: Path, near: Path | None = None) -> Iterator[SqliteStore]:
    """A store on a copy of a database file, brought to this release's schema; the file itself is not touched, not even
    by what SQLite keeps beside an open one.

    Args:
        file: the database.
        near: the folder for the copy; by default the system's for temporary files.

    Raises:
        StoreDamaged, StoreNewer, StoreFailed: it is no database of ours, or cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix=".campaignflow-", dir=near) as folder:
        room = Path(folder) / "copy.db"
        _copy_file(file, room)
        with named(room, file), opened_alone(room) as store:
            yield store


def _copy_file(file: Path, room: Path) -> None:
    try:
        shutil.copyfile(file, room)
        log = Path(f"{file}-wal")
        if log.exists():  # it was copied by hand from a database in use
            shutil.copyfile(log, f"{room}-wal")
    except OSError as error:
        raise StoreFailed(database=str(file), detail=error.strerror or str(error)) from None


@contextmanager
def named(room: Path, file: Path) -> Iterator[None]:
    """Lets what goes wrong with a working file be told of the file that it stands for."""
    try:
        yield
    except StoreError as error:
        if error.data.get("database") != str(room):
            raise
        raise type(error)(**{**error.data, "database": str(file)}) from None


def unsound(store: SqlStore) -> str | None:
    """What SQLite finds wrong with its file, in its words; None: nothing, or it is in no file."""
    if not isinstance(store, SqliteStore):
        return None
    try:
        (found,) = store._connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return None if found == "ok" else str(found)


def set_aside(file: Path, aside: Path) -> None:
    """Renames a database file, and what SQLite keeps beside it, so that it can be opened under its new name.

    Raises:
        StoreFailed: the system refuses.
    """
    try:
        for end in (*BESIDE, ""):  # the file last: until then the old name still has it
            if os.path.exists(f"{file}{end}"):
                os.rename(f"{file}{end}", f"{aside}{end}")
        _to_disk(file.parent)
    except OSError as error:
        raise StoreFailed(database=str(file), detail=error.strerror or str(error)) from None


def remove(file: Path) -> None:
    """Removes a database file that nobody uses, and what SQLite keeps beside it."""
    for end in ("", *BESIDE):
        Path(f"{file}{end}").unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Brings a file's content, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
