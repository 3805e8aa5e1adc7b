"""Looking at a database without writing to it: what `doctor` asks of the store."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from campaignflow.store.errors import PostgresqlMissing
from campaignflow.store.migrations import migrations, schema
from campaignflow.store.sql_store import SqlStore
from campaignflow.store.sqlite import SqliteStore, translated

_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "default_transaction_read_only")


def sqlite_version() -> str:
    """The version of the SQLite library."""
    return sqlite3.sqlite_version


def known_schema() -> int:
    """The number of the schema of this release."""
    return len(migrations())


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLook:
    """A database file that is open for reading."""

    schema: int
    journal_mode: str
    #: How our connections wait for the disk: 2 is FULL.
    synchronous: int
    #: A store on it, to be read only; None: its schema is not that of this release.
    store: SqlStore | None


@contextmanager
def file_to_read(path: Path) -> Iterator[FileLook]:
    """Opens a database file for reading alone.

    A file without a log beside it is open nowhere, and is read without locks, which would put files beside it.

    Raises:
        StoreError: it cannot be opened, or is no database.
    """
    log = Path(f"{path}-wal")
    way = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?{way}", uri=True, isolation_level=None, timeout=5.0)
        with contextlib.closing(connection):
            number = schema(connection)
            mode = str(connection.execute("PRAGMA journal_mode").fetchone()[0]) if log.exists() else _mode(path)
            store = SqliteStore(connection, str(path)) if number == known_schema() else None
            yield FileLook(schema=number, journal_mode=mode, synchronous=_synchronous(), store=store)
    except sqlite3.Error as error:
        raise translated(error, str(path)) from None


def _mode(path: Path) -> str:
    """The journal mode that a file's header names (https://sqlite.org/fileformat.html, 1.3.3): 2 is WAL."""
    with path.open("rb") as file:
        header = file.read(20)
    return "wal" if header[18:20] == b"\x02\x02" else "delete"


def _synchronous() -> int:
    """What our connections are set to."""
    store = SqliteStore.open(None)
    try:
        number: int = store._connection.execute("PRAGMA synchronous").fetchone()[0]
        return number
    finally:
        store.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLook:
    """A server that was reached, and a database on it."""

    version: int
    latency_ms: float
    settings: dict[str, str] = field(default_factory=dict)
    private: bool = True
    read_only: bool = False
    schema: int = 0


def server_name(url: str) -> str:
    """A database on a server as we name it to people: without a password.

    Raises:
        DatabaseUnknown, PostgresqlMissing: it cannot be read.
    """
    try:
        from campaignflow.store.postgres import read_url
    except ModuleNotFoundError:
        raise PostgresqlMissing from None
    return read_url(url)[2]


def server_look(url: str) -> ServerLook:
    """Asks a server how it is set.

    Raises:
        StoreError: it cannot be reached, or does not let us in.
    """
    import psycopg

    from campaignflow.store import postgres
    from campaignflow.store.postgres_schema import find

    parameters, _, database = postgres.read_url(url)
    link = postgres._connect(parameters, database)
    try:
        rows = link.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", (list(_SETTINGS),)).fetchall()
        standby = link.execute("SELECT pg_is_in_recovery()").fetchone()
        settings = {str(name): str(setting) for name, setting in rows}
        only_reads = bool(standby and standby[0]) or settings.pop("default_transaction_read_only", "off") == "on"
        return ServerLook(
            version=link.info.server_version // 10000, latency_ms=_latency(link), settings=settings,
            private=_private(link), read_only=only_reads, schema=find(link, database).number,
        )  # fmt: skip
    except psycopg.Error as error:
        raise postgres.translated(error, database) from None
    finally:
        link.close()


def _latency(link: object, times: int = 5) -> float:
    """The shortest of some journeys to the server and back, in milliseconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        link.execute("SELECT 1")  # type: ignore[attr-defined]
        taken.append(1000 * (time.perf_counter() - begun))
    return min(taken)


def _private(link: object) -> bool:
    """Whether what is sent stays on this machine, or is encrypted."""
    info = link.info  # type: ignore[attr-defined]
    host = info.host or ""
    local = host in ("", "localhost", "::1") or host.startswith(("/", "127."))
    return local or bool(link.pgconn.ssl_in_use)  # type: ignore[attr-defined]


def is_writable(path: Path) -> bool:
    """Whether we may write to a database file, and beside it, where its log is."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)
