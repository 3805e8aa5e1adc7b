"""What can go wrong with a store, in the words of the person who meets it."""

from __future__ import annotations

from typing import Any

from campaignflow.errors import CampaignflowError


class StoreError(CampaignflowError):
    """The root of the store's errors."""

    code = "store"


class StoreBusy(StoreError):
    """Somebody else held the right to write for longer than we wait."""

    code = "store-busy"
    message = "Another process has been writing to {database} for more than {seconds} seconds; nothing was written."
    cure = "Try again; if it stays so, see which process has the database open."


class StoreFull(StoreError):
    """No room on the disk or in the database's size limit."""

    code = "store-full"
    message = "There is no room left to write to {database}; nothing was written."
    cure = "Make room on the disk, then repeat the command."


class StoreFailed(StoreError):
    """The system failed to read or write the file."""

    code = "store-failed"
    message = "{database} could not be read or written: {detail}; nothing was written."
    cure = "Look at the disk and the file's permissions, then repeat the command."


class CommitInDoubt(StoreError):
    """The disk failed to keep a commit, and to take it back."""

    code = "commit-in-doubt"
    message = "The disk failed while {database} was being written: {detail}. What you entered may be there or not."
    cure = "Look at the disk first; then see with `campaignflow history` whether it is there before you enter it again."


class StoreDamaged(StoreError):
    """The file is no database, or is damaged."""

    code = "store-damaged"
    message = "{database} is not a campaignflow database, or it is damaged: {detail}."
    cure = "Restore the newest backup (`campaignflow restore FILE --force`), or name another file with --database."


class StoreNewer(StoreError):
    """The database was written by a later release."""

    code = "store-newer"
    message = "{database} has schema {found}, and this release knows schemas up to {known}."
    cure = "Install the campaignflow release that wrote it, or a later one."


class StoreMissing(StoreError):
    """A database was to be read that does not exist."""

    code = "store-missing"
    message = "There is no database at {database}."
    cure = "Apply a plan first: `campaignflow apply`."


class LogAlone(StoreError):
    """A database is to be made where the log of another lies, which SQLite would throw away."""

    code = "log-alone"
    message = "There is no database at {database}, and its log is: {database}-wal holds steps that are nowhere else."
    cure = "Put the database back beside its log; if it is lost, put the log away and restore a backup."


class StoreOnNetwork(StoreError):
    """A SQLite database lies on a network file system, where its locks do not hold."""

    code = "store-on-network"
    message = (
        "{database} is on a network file system ({kind}), where several machines would spoil a SQLite database for one "
        "another; it was not opened."
    )
    cure = "Keep it on a disk of this machine, or use PostgreSQL: --database postgresql://…"


class StoreUnreachable(StoreError):
    """There is no way to the database's server."""

    code = "store-unreachable"
    message = "The server of {database} cannot be reached: {detail}"
    cure = "See that the server runs and that host and port are right, then repeat the command."


class StoreRefused(StoreError):
    """The server does not let us in, or not do what has to be done."""

    code = "store-refused"
    message = "The server of {database} refuses: {detail}"
    cure = "See that user, password (PGPASSWORD or ~/.pgpass), database and rights are right, then repeat the command."


class StoreUnfit(StoreError):
    """The database is there, and of a kind that cannot hold a campaign."""

    code = "store-unfit"
    message = "{database} cannot hold a campaign: {detail}."
    cure = "Make one that can: `createdb --encoding=UTF8 --template=template0 NAME`."


class StoreCrowded(StoreError):
    """This process has as many connections to the database as it may have."""

    code = "store-crowded"
    message = "All {size} connections of this process to {database} were in use for {seconds} seconds."
    cure = "Close campaigns that are not used, or allow more connections: ?pool_size=N in the URL."


class StoreLost(StoreError):
    """The connection to the server broke, and what was to be written is not there."""

    code = "store-lost"
    message = "The connection to {database} was lost; nothing was written."
    cure = "Repeat the command."


class StoreInDoubt(StoreError):
    """The connection broke during the commit, and the server could not be asked what became of it."""

    code = "store-in-doubt"
    message = (
        "The connection to {database} was lost while event {sequence} was being written, and the server cannot be "
        "asked whether it was: {detail}"
    )
    cure = (
        "Do not repeat the command yet. Once the server is back, look: if it was written, event {sequence} of "
        "`campaignflow history --json` has the hash {hash}."
    )


class PostgresqlMissing(StoreError):
    """The database is on a server, and what speaks to it is not installed."""

    code = "postgresql-missing"
    message = "This installation cannot speak to PostgreSQL."
    cure = 'Install the optional part: pip install "campaignflow[postgresql]".'


class DatabaseUnknown(StoreError):
    """The database's URL is none that this release can open."""

    code = "database-unknown"
    message = "The database `{url}` has no known form."
    cure = "Write sqlite:///FILE or postgresql://USER@HOST/DATABASE."


class StepOvertaken(StoreError):
    """Somebody else changed the assignment first; says who, and when, where that is known."""

    code = "step-overtaken"
    message = "{key} was changed by someone else at the same time; your step was not taken.{mover}"
    cure = "Look at it with `campaignflow show {key}`, then decide again."

    def __init__(self, *, key: str, mover: str = "", **data: Any) -> None:
        super().__init__(key=key, mover=mover, **data)
