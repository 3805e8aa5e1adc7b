"""Keeping campaigns: backups, restoring, copies elsewhere, and what is wrong with an installation.

`Campaign` inherits `Keeping`. Services and engines of the store are put together here.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from campaignflow.errors import CampaignflowError
from campaignflow.i18n import N_
from campaignflow.ports import Clock, Store
from campaignflow.services import errors
from campaignflow.services.running import Running
from campaignflow.store.errors import LogAlone, StoreDamaged, StoreError, StoreMissing
from campaignflow.store.opening import open_store
from campaignflow.store.sql_store import SqlStore

if TYPE_CHECKING:
    from campaignflow.domain.journal import Event
    from campaignflow.services.entries import Said, Saying
    from campaignflow.services.keeping import BackedUp, Copied, Kept, Restored
    from campaignflow.services.steps import Desk
    from campaignflow.store.copying import Progress

T = TypeVar("T")

_FILE = "sqlite:///"


class Keeping:
    """How campaigns are kept. Every method that takes `progress` tells it how many rows or pages are done, of how
    many."""

    database: str
    _clock: Clock
    _running: Running | None

    @abstractmethod
    def _store(self, *, create: bool = False) -> SqlStore:
        """The database, opened."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[tuple[Store, Running]]:
        """The store and the running revision, as they are together at one instant."""

    @abstractmethod
    def _enter(self, action: Callable[[Desk, Said], T], said: Saying, *, closed: bool = False) -> T:
        """One writing transaction for something that somebody says."""

    @abstractmethod
    def close(self) -> None:
        """Gives the database back."""

    # --- backing up

    def backup(self, file: Path, *, force: bool = False, progress: Progress | None = None) -> BackedUp:
        """Writes every campaign of the database, as they are at one instant, into one SQLite file, while others write.

        The file is checked before it is there under its name. Whatever is made of it is known for a copy, as if it had
        been restored.

        Args:
            file: where to.
            force: whether to take the place of a file that is there.
            progress: see the class.

        Raises:
            FileThere, FileIsDatabase: it would take the place of something.
            FileUnusable: its folder is not there.
            CopyUnsound: the original is damaged; there is no backup then.
            StoreError: the database cannot be read, or the file not be written.
        """
        from campaignflow.services.keeping import BackedUp
        from campaignflow.store.backup import opened_alone, snapshot, written_beside

        file = file.absolute()
        _refuse_file(file, _file_of(self.database), force=force)
        store = self._store()
        with written_beside(file) as room:
            snapshot(store, room, progress)
            with opened_alone(room) as copy:
                kept = _proven(copy, store._database)
            size = room.stat().st_size
        return BackedUp(file=file, size=size, campaigns=kept)

    # --- restoring

    def restore(
        self, file: Path, *, force: bool = False, progress: Progress | None = None, now: dt.datetime | None = None
    ) -> Restored:
        """Puts the campaigns of a backup into the database, each marked as a copy until `confirm_restored`.

        All of it happens in one transaction: whoever works in the database sees what was before, or what was restored.

        Args:
            file: a backup, or any SQLite database of ours.
            force: whether to put a database that is there aside, under a dated name beside it.
            progress: see the class.
            now: the instant for that name; by default the clock's.

        Raises:
            FileUnusable, FileIsDatabase: there is no such file, or it is the database itself.
            BackupUnsound, StoreNewer: it cannot be restored.
            CampaignsThere, ServerHoldsCampaigns, DatabaseDamaged, LogAlone: something is in its place.
            StoreError: the database cannot be written; it is then as it was.
        """
        from campaignflow.services.keeping import Restored
        from campaignflow.store.backup import opened_copy

        own = _file_of(self.database)
        _refuse_missing(file, own)
        dated = now or self._now_if_known()
        self.close()
        self._running = None
        near = own.parent if own and own.parent.is_dir() else None
        with _as_backup(file), opened_copy(file, near) as source:
            kept = _whole(source, file)
            aside = _free_name(own, dated) if own and force else None
            moved = _put_away_damaged(self.database, own, aside)
            with _target(self.database) as target, target.writing():
                moved |= _make_room(target, own, aside)
                for one in kept:
                    _copy(source, target, one, progress, restored=one.head)
        return Restored(database=target._database, campaigns=kept, aside=aside if moved else None)

    def _now_if_known(self) -> dt.datetime:
        """The clock's instant; the computer's where the clock is told by a database that cannot be read."""
        try:
            return self._clock.now()
        except CampaignflowError:
            return dt.datetime.now(dt.UTC)

    @property
    def restored(self) -> str | None:
        """The head of the backup that this copy was restored from, as long as nobody has said that it is now the
        campaign; None: it is the campaign. From a copy nothing may be sent.

        Raises:
            StoreMissing, CampaignMissing: there is no campaign.
        """
        with self._reading() as (store, running):
            head = store.head(running.key)
            return head.restored if head else None

    @property
    def seen_restored(self) -> str | None:
        """As `restored`, by what was read of the campaign last; None too where nothing was."""
        return self._running.restored if self._running else None

    def confirm_restored(self, **said: Unpack[Saying]) -> Event:
        """Says, with the reason, that this restored copy is now the campaign.

        Raises:
            NotRestored: it is no copy.
            NotYourStep: it is not the coordinator who says so.
            ReasonNeeded: no reason is given.
        """
        from campaignflow.services import keeping

        event = self._enter(keeping.confirm, said, closed=True)
        self._running = None
        return event

    # --- copying

    def copy_to(self, url: str, *, campaigns: Sequence[str] = (), progress: Progress | None = None) -> Copied:
        """Copies campaigns into another database, of either engine: all or none of them.

        Each is compared on both sides before the copy is committed: the head of its chain, which is recomputed from the
        events, the number of events, and the number of rows in every table.

        Args:
            url: the other database; it is made if it is not there.
            campaigns: which ones; by default all.
            progress: see the class.

        Raises:
            CampaignMissing: there is no such campaign here, or none at all.
            CampaignThere: the other database has one of them already.
            CopyUnsound: the two sides differ; nothing was copied.
            StoreError: one of the two databases cannot be used.
        """
        from campaignflow.services.keeping import Copied

        source = self._store()
        with source.reading():
            keys = list(campaigns) or source.campaigns()
            for key in keys or [""]:
                if source.head(key) is None:
                    raise errors.CampaignMissing(campaign=key)
            whole = [_sound(source, key, source._database) for key in keys]
            with _target(url) as target, target.writing():
                for key in keys:
                    if target.head(key) is not None:
                        raise errors.CampaignThere(database=target._database, campaign=key)
                copied = tuple(_copy(source, target, one, progress) for one in whole)
        return Copied(database=target._database, campaigns=copied)


# --- proofs


def _sound(store: SqlStore, campaign: str, original: str) -> Kept:
    """A campaign whose chain holds.

    Raises:
        CopyUnsound: it does not.
    """
    from campaignflow.services.keeping import Kept, examined

    found = examined(store, campaign)
    if not isinstance(found, Kept):
        raise errors.CopyUnsound(**{**found.data, "database": original, "why": found.reason})
    return found


def _proven(copy: SqlStore, original: str) -> tuple[Kept, ...]:
    """The campaigns of a copy, all of them sound.

    Raises:
        CopyUnsound: the file, or a chain in it, is damaged.
    """
    from campaignflow.store.backup import unsound

    if found := unsound(copy):
        raise errors.CopyUnsound(database=original, why=_DAMAGE, detail=found)
    return tuple(_sound(copy, key, original) for key in copy.campaigns())


_DAMAGE = N_("the file is damaged ({detail})")
_EMPTY = N_("there is no campaign in it")
_DIFFERS = N_("`{campaign}` is not alike on both sides")


def _whole(source: SqlStore, file: Path) -> tuple[Kept, ...]:
    """The campaigns of a backup, all of them sound.

    Raises:
        BackupUnsound: the file or a chain in it is damaged, or nothing is in it.
    """
    try:
        kept = _proven(source, str(file))
    except errors.CopyUnsound as error:
        raise errors.BackupUnsound(**{**error.data, "file": str(file)}) from None
    if not kept:
        raise errors.BackupUnsound(file=str(file), why=_EMPTY)
    return kept


def _copy(
    source: SqlStore, target: SqlStore, one: Kept, progress: Progress | None, restored: str | None = None
) -> Kept:
    """Copies a campaign that is sound, marked as restored from a head if one is given, and compares the two sides.

    Raises:
        CopyUnsound: they differ.
    """
    from campaignflow.store.copying import copy_campaign, row_counts

    number = copy_campaign(source, target, one.campaign, progress)
    if restored is not None:
        target.mark_restored(number, restored)
    head = source.head(one.campaign)
    assert head is not None, "it was copied"
    rows = row_counts(target, number)
    if _sound(target, one.campaign, source._database) != one or rows != row_counts(source, head.id):
        raise errors.CopyUnsound(database=source._database, why=_DIFFERS, campaign=one.campaign)
    return replace(one, rows=rows)


# --- files and databases that are in the way


def _file_of(url: str) -> Path | None:
    """The file that a database is in, if it is in one."""
    return Path(url.removeprefix(_FILE)).absolute() if url.startswith(_FILE) else None


def _refuse_file(file: Path, own: Path | None, *, force: bool) -> None:
    """Refuses a file that a backup cannot be written to."""
    if own is not None and _same(file, own):
        raise errors.FileIsDatabase(file=str(file))
    if file.is_dir() or (file.exists() and not force):
        raise errors.FileThere(file=str(file))
    if not file.parent.is_dir():
        raise errors.FileUnusable(file=str(file.parent), detail=os.strerror(errno.ENOENT))


def _refuse_missing(file: Path, own: Path | None) -> None:
    """Refuses a file that a backup cannot be read from."""
    if own is not None and _same(file, own):
        raise errors.FileIsDatabase(file=str(file))
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        raise errors.FileUnusable(file=str(file), detail=error.strerror or str(error)) from None


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


@contextmanager
def _as_backup(file: Path) -> Iterator[None]:
    """Tells of a file that is no database as what it was to be: a backup."""
    try:
        yield
    except StoreDamaged as error:
        if error.data["database"] != str(file):
            raise
        raise errors.BackupUnsound(file=str(file), why=_DAMAGE, detail=error.data["detail"]) from None


def _free_name(own: Path, now: dt.datetime) -> Path:
    """A dated name beside a database that nothing has yet."""
    dated = f"{own.stem}-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    names = (f"{dated}{number}{own.suffix}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in map(own.with_name, names) if not path.exists())


@contextmanager
def _target(url: str) -> Iterator[SqlStore]:
    """A database to be filled; one that was made for it goes again with an exception."""
    from campaignflow.store.backup import remove

    own = _file_of(url)
    made = own is not None and not own.exists()
    store = open_store(url, create=True)
    try:
        yield store
    except BaseException:
        empty = made and _is_empty(store)
        store.close()
        if own is not None and empty:
            remove(own)
        raise
    finally:
        store.close()


def _is_empty(store: SqlStore) -> bool:
    try:
        with store.reading():
            return not store.campaigns()
    except StoreError:
        return False


def _log_alone(own: Path) -> bool:
    return os.path.exists(f"{own}-wal") and not own.exists()


def _put_away_damaged(url: str, own: Path | None, aside: Path | None) -> bool:
    """Renames a database that cannot be read, if there is a name to put it aside under; says whether it did.

    Raises:
        DatabaseDamaged, LogAlone: there is none.
    """
    from campaignflow.store.backup import set_aside, unsound

    if own is None or not (own.exists() or _log_alone(own)):
        return False
    try:
        store = open_store(url, create=False)
        try:
            detail = unsound(store) if aside else None
        finally:
            store.close()
    except StoreDamaged as error:
        detail = str(error.data["detail"])
    except StoreMissing:
        if aside is None:
            raise LogAlone(database=str(own)) from None
        detail = ""
    if detail is None:
        return False
    if aside is None:
        raise errors.DatabaseDamaged(database=str(own), detail=detail)
    set_aside(own, aside)
    return True


def _make_room(target: SqlStore, own: Path | None, aside: Path | None) -> bool:
    """In the transaction that is to fill a database: empties it, once everything in it has been copied aside; says
    whether there was anything.

    Raises:
        CampaignsThere, ServerHoldsCampaigns: there is, and there is no name to put it aside under.
    """
    from campaignflow.store.backup import snapshot, written_beside
    from campaignflow.store.copying import remove_campaigns

    there = target.campaigns()
    if not there:
        return False
    said: dict[str, Any] = {"database": target._database, "campaigns": ", ".join(there)}
    if own is None:
        raise errors.ServerHoldsCampaigns(**said)
    if aside is None:
        raise errors.CampaignsThere(**said)
    present = open_store(f"{_FILE}{own}", create=False)  # another connection, which sees what nobody can change now
    try:
        with written_beside(aside) as room:
            assert isinstance(present, SqlStore)
            snapshot(present, room)
    finally:
        present.close()
    remove_campaigns(target)
    return True
