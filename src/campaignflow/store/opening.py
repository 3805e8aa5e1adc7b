"""From a database's URL to a store."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from campaignflow.store.errors import DatabaseUnknown, LogAlone, PostgresqlMissing, StoreFailed
from campaignflow.store.places import refuse_network
from campaignflow.store.sql_store import SqlStore
from campaignflow.store.sqlite import SqliteStore

_FILE = "sqlite:///"
_SERVER = ("postgresql://", "postgres://")
MEMORY = "sqlite://"
"""The URL of a database that lives as long as the program: for tests and trials."""

_FOLDER = ".campaignflow"
_IGNORE = "# Made by campaignflow: the database does not belong into version control.\n*\n"


def open_store(url: str, *, create: bool) -> SqlStore:
    """Opens the database at `url`: `sqlite:///FILE`, `sqlite://` for one in memory, or `postgresql://…`.

    Args:
        url: where it is.
        create: whether to make it if it is not there: the file and its folder, or the tables in an empty database.

    Raises:
        DatabaseUnknown: the URL has another form.
        PostgresqlMissing: it is on a server, and what speaks to servers is not installed.
        LogAlone: the file is missing and its log is there.
        StoreOnNetwork: the file is on a network file system.
        StoreError: the database cannot be used.
    """
    if url == MEMORY:
        return SqliteStore.open(None)
    if url.startswith(_SERVER):
        return _open_postgres(url, create=create)
    if not url.startswith(_FILE):
        raise DatabaseUnknown(url=url.partition("://")[0] + "://…" if "://" in url else url)
    path = Path(url.removeprefix(_FILE))
    refuse_network(path)
    if create and not path.exists():
        if os.path.exists(f"{path}-wal"):
            raise LogAlone(database=str(path))
        _make_folder(path.parent)
    return SqliteStore.open(path, create=create)


def _open_postgres(url: str, *, create: bool) -> SqlStore:
    try:
        from campaignflow.store.postgres import PostgresStore
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "psycopg":
            raise
        raise PostgresqlMissing from None
    return PostgresStore.open(url, create=create)


def _make_folder(folder: Path) -> None:
    """Makes the folder, and brings its name to the disk: else a power cut could take away a database whose every
    step is safe inside it (R13)."""
    try:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(mode=_mode(folder), parents=True, exist_ok=True)
        for made in missing or [folder]:
            _sync_names(made.parent)
        ignore = folder / ".gitignore"
        if folder.name == _FOLDER and not ignore.exists():
            ignore.write_text(_IGNORE, encoding="utf-8")
    except OSError as error:
        raise StoreFailed(database=str(folder), detail=error.strerror or str(error)) from None


def _mode(folder: Path) -> int:
    """The rights to a folder that is made: in our own are names and addresses, which are nobody else's business."""
    return 0o770 if folder.name == _FOLDER else 0o777


def _sync_names(folder: Path) -> None:
    with contextlib.suppress(OSError):  # Windows opens no folders; some may be entered and not read
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
