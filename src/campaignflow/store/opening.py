"""From a database's URL to a store."""

from __future__ import annotations

from pathlib import Path

from campaignflow.store.errors import DatabaseUnknown, StoreFailed
from campaignflow.store.sqlite import SqliteStore

_FILE = "sqlite:///"
MEMORY = "sqlite://"
"""The URL of a database that lives as long as the program: for tests and trials."""

_IGNORE = "# Made by campaignflow: the database does not belong into version control.\n*\n"


def open_store(url: str, *, create: bool) -> SqliteStore:
    """Opens the database at `url`: `sqlite:///FILE`, or `sqlite://` for one in memory.

    Args:
        url: where it is.
        create: whether to make it, and its folder, if it is not there.

    Raises:
        DatabaseUnknown: the URL has another form.
        StoreError: the database cannot be used.
    """
    if url == MEMORY:
        return SqliteStore.open(None)
    if not url.startswith(_FILE):
        raise DatabaseUnknown(url=url)
    path = Path(url.removeprefix(_FILE))
    if create and not path.exists():
        _make_folder(path.parent)
    return SqliteStore.open(path, create=create)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if folder.name == ".campaignflow" and not ignore.exists():
            ignore.write_text(_IGNORE, encoding="utf-8")
    except OSError as error:
        raise StoreFailed(database=str(folder), detail=error.strerror or str(error)) from None
