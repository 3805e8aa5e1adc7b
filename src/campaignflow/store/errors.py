"""What can go wrong with a store, in the words of the person who meets it."""

from __future__ import annotations

from campaignflow.errors import CampaignflowError


class StoreError(CampaignflowError):
    """The root of the store's errors."""

    code = "store"


class StoreBusy(StoreError):
    """Somebody else held the right to write for longer than we wait."""

    code = "store-busy"
    message = "Another process has been writing to {database} for more than {seconds} seconds; nothing was written."
    cure = "Try again; if it stays so, see which process has the file open."


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


class StoreDamaged(StoreError):
    """The file is no database, or is damaged."""

    code = "store-damaged"
    message = "{database} is not a campaignflow database, or it is damaged: {detail}."
    cure = "Restore the newest backup, or name another file with --database."


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


class DatabaseUnknown(StoreError):
    """The database's URL is none that this release can open."""

    code = "database-unknown"
    message = "The database `{url}` has no known form."
    cure = "Write sqlite:///FILE."


class StepOvertaken(StoreError):
    """Somebody else changed the assignment first."""

    code = "step-overtaken"
    message = "{key} was changed by someone else at the same time; your step was not taken."
    cure = "Look at it with `campaignflow show {key}`, then decide again."
