"""What is wrong with a database, in a file or on a server. See `doctor`."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from campaignflow.i18n import N_
from campaignflow.services.doctor import CampaignFacts, Check

LITTLE_ROOM = 100_000_000
"""So many bytes free, or as many as the database has, are little: it grows, and a migration writes much at once."""

NO_ROOM = 10_000_000
"""With so few bytes free the next step may be refused."""

SLOW_MS = 50.0
"""A server that takes so many milliseconds to answer makes every command slow."""

OLDEST_SERVER = 14
"""The oldest major version of PostgreSQL that is still told to work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What could be read of a database."""

    #: The number of its schema, and that of this release; 0: there is none.
    schema: int
    known: int
    #: What the engine finds wrong with it, in its words.
    damage: str | None = None
    journal_mode: str | None = None
    synchronous: int | None = None
    campaigns: tuple[CampaignFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """A database file and its place."""

    file: str
    there: bool
    #: Whether SQLite's log is beside it.
    log: bool = False
    size: int = 0
    mode: int = 0
    folder_mode: int = 0
    writable: bool = True
    #: Bytes that are free there; None: unknown.
    free: int | None = None
    #: The type of the file system; None: unknown.
    file_system: str | None = None
    on_network: bool = False
    #: Why it could not be opened, in the engine's words.
    closed: str | None = None
    contents: Contents | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """A database on a server. What is not known is None."""

    database: str
    #: Why it could not be reached, and what to do: message ids with their fields.
    closed: str | None = None
    cure: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    #: The major version.
    version: int | None = None
    latency_ms: float | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    #: Whether what is sent is encrypted, or does not leave the machine.
    private: bool = True
    #: Whether it only reads: a standby.
    read_only: bool = False
    contents: Contents | None = None


# --- a file


def check_file(found: FileFacts) -> Check:
    """Whether there is a database, and it opens."""
    data = {"file": found.file, "size": _megabytes(found.size), "detail": found.closed or ""}
    if not found.there and found.log:
        return Check(
            name="database", result="error", data=data,
            message=N_("There is no database at {file}, and its log is: {file}-wal holds steps that are nowhere else."),
            cure=N_("Put the database back beside its log, and touch neither before."),
        )  # fmt: skip
    if not found.there:
        return Check(
            name="database", result="warning", data=data, message=N_("There is no database yet at {file}."),
            cure=N_("Apply the plan (`campaignflow apply`), or restore a backup (`campaignflow restore FILE`)."),
        )  # fmt: skip
    if found.closed is not None:
        return Check(
            name="database", result="error", data=data, message=N_("{file} cannot be opened: {detail}."),
            cure=N_("Look at the path and the rights to it; if it is damaged: campaignflow restore FILE --force"),
        )  # fmt: skip
    return Check(name="database", result="ok", message=N_("{file}, {size} MB"), data=data)


def check_permissions(found: FileFacts) -> Check | tuple[()]:
    """Whether we may write to the file, and others neither write to it nor read it."""
    if not found.there:
        return ()
    data = {"file": found.file, "mode": stat.filemode(found.mode)}
    if not found.writable:
        return Check(
            name="permissions", result="error", data=data, message=N_("{file} or its folder may not be written."),
            cure=N_("Work as the user that it belongs to, or change its owner or its group."),
        )  # fmt: skip
    entered = found.folder_mode & stat.S_IXOTH
    if entered and found.mode & stat.S_IWOTH:
        return Check(
            name="permissions", result="error", data=data, message=N_("Everybody may write to {file} ({mode})."),
            cure=N_("Take the right away: chmod o-rwx {file}"),
        )  # fmt: skip
    if entered and found.mode & stat.S_IROTH:
        return Check(
            name="permissions", result="warning", data=data,
            message=N_("Everybody on this machine may read {file} ({mode}), with the names and addresses in it."),
            cure=N_("Take the right away: chmod o-rwx {file}"),
        )  # fmt: skip
    return Check(name="permissions", result="ok", message=N_("Others may not read it ({mode})"), data=data)


def check_place(found: FileFacts) -> Check:
    """Whether the file lies on a disk of this machine."""
    kind = found.file_system
    data = {"file": found.file, "kind": kind or ""}
    if found.on_network:
        return Check(
            name="place", result="error", data=data,
            message=N_("{file} is on a network file system ({kind}), where SQLite's locks do not hold."),
            cure=N_("Keep it on a disk of this machine, or use PostgreSQL: --database postgresql://…"),
        )  # fmt: skip
    if kind is None:
        return Check(
            name="place", result="not_checked", message=N_("This system does not say what a file is stored on")
        )
    if kind == "fuse" or kind.startswith("fuse."):
        return Check(
            name="place", result="warning", data=data,
            message=N_("{file} is on a file system that a program serves ({kind}); it may be on a network."),
            cure=N_("If it is, keep the database on a disk of this machine, or use PostgreSQL."),
        )  # fmt: skip
    return Check(name="place", result="ok", message=N_("On a disk of this machine ({kind})"), data=data)


def check_space(found: FileFacts) -> Check:
    """Whether there is room to write."""
    if found.free is None:
        return Check(name="space", result="not_checked", message=N_("The free space is not known"))
    data = {"free": _megabytes(found.free)}
    if found.free < NO_ROOM:
        return Check(
            name="space", result="error", data=data, message=N_("The disk is full: {free} MB are free."),
            cure=N_("Make room on it; steps are refused, not lost, until there is."),
        )  # fmt: skip
    if found.free < max(LITTLE_ROOM, found.size):
        return Check(
            name="space", result="warning", data=data, message=N_("The disk is nearly full: {free} MB are free."),
            cure=N_("Make room on it."),
        )  # fmt: skip
    return Check(name="space", result="ok", message=N_("{free} MB are free"), data=data)


def check_durability(found: FileFacts) -> Check:
    """Whether what is committed survives a power cut, and readers do not wait for writers."""
    inside = found.contents
    if inside is None or inside.journal_mode is None:
        return _unread("durability")
    data = {"mode": inside.journal_mode.upper(), "synchronous": inside.synchronous}
    if inside.journal_mode.lower() != "wal":
        return Check(
            name="durability", result="warning", data=data,
            message=N_("The database is in the journal mode {mode}, as a backup is, not in WAL."),
            cure=N_("Any command that opens it puts it right: campaignflow status"),
        )  # fmt: skip
    if inside.synchronous is not None and inside.synchronous < 2:  # FULL is 2, EXTRA 3
        return Check(
            name="durability", result="error", data=data,
            message=N_("SQLite does not wait for the disk (synchronous = {synchronous})."),
            cure=N_("Install campaignflow again: the program sets it to FULL."),
        )  # fmt: skip
    return Check(name="durability", result="ok", message=N_("WAL, synchronous FULL"), data=data)


# --- a server


def check_server(found: ServerFacts) -> Check:
    """Whether the server can be reached, is recent enough and quick."""
    data: dict[str, object] = {**found.data, "database": found.database, "version": found.version}
    if found.closed is not None:
        return Check(name="server", result="error", message=found.closed, cure=found.cure, data=data)
    data["latency"] = f"{found.latency_ms or 0:.1f}"
    if found.version is not None and found.version < OLDEST_SERVER:
        return Check(
            name="server", result="warning", data={**data, "oldest": OLDEST_SERVER},
            message=N_("PostgreSQL {version} is no longer maintained."),
            cure=N_("Move to a later release; {oldest} is the oldest that is told to work."),
        )  # fmt: skip
    if found.latency_ms is not None and found.latency_ms > SLOW_MS:
        return Check(
            name="server", result="warning", data=data,
            message=N_("{database} takes {latency} ms to answer: every command is slow."),
            cure=N_("Run campaignflow nearer to the server."),
        )  # fmt: skip
    message = N_("{database}: PostgreSQL {version}, answers in {latency} ms")
    return Check(name="server", result="ok", message=message, data=data)


_MUST_BE_ON = ("fsync", "synchronous_commit", "full_page_writes")


def check_settings(found: ServerFacts) -> Iterator[Check]:
    """Whether the server keeps what it says is committed, may be written, and is spoken to in private."""
    if found.closed is not None:
        yield _unread("settings")
        return
    off = [name for name in _MUST_BE_ON if found.settings.get(name) == "off"]
    if off:
        yield Check(
            name="settings", result="error", data={"settings": ", ".join(f"{name} = off" for name in off)},
            message=N_("A power cut can take away what the server said is committed: {settings}."),
            cure=N_("Set them to on in postgresql.conf, and reload the server."),
        )  # fmt: skip
    if found.read_only:
        yield Check(
            name="settings", result="error", message=N_("The server only reads: it is a standby, or set so."),
            cure=N_("Name the primary server with --database."),
        )  # fmt: skip
    if not found.private:
        yield Check(
            name="settings", result="warning", data={"database": found.database},
            message=N_("What goes to {database} and back is not encrypted."),
            cure=N_("Add ?sslmode=require to the URL; better verify-full, with the server's certificate."),
        )  # fmt: skip
    if not off and not found.read_only and found.private:
        listed = ", ".join(f"{name} = {found.settings[name]}" for name in _MUST_BE_ON if name in found.settings)
        yield Check(name="settings", result="ok", message=N_("The server waits for its disk: {settings}"),
                    data={"settings": listed})  # fmt: skip


# --- what is in it


def check_schema(inside: Contents | None) -> Check:
    """Whether this release knows the database's schema."""
    if inside is None:
        return _unread("schema")
    data = {"found": inside.schema, "known": inside.known}
    if inside.schema > inside.known:
        return Check(
            name="schema", result="error", data=data,
            message=N_("The database has schema {found}, and this release knows schemas up to {known}."),
            cure=N_("Install the campaignflow release that wrote it, or a later one."),
        )  # fmt: skip
    if inside.schema == 0:
        return Check(
            name="schema", result="warning", message=N_("There are no tables of ours in the database yet."),
            cure=N_("Apply the plan (`campaignflow apply`), or restore a backup (`campaignflow restore FILE`)."),
        )  # fmt: skip
    if inside.schema < inside.known:
        return Check(
            name="schema", result="warning", data=data,
            message=N_("The database has schema {found}; the next command brings it to {known}."),
            cure=N_("Keep a copy of it before; then: campaignflow status"),
        )  # fmt: skip
    return Check(name="schema", result="ok", message=N_("Schema {found}, that of this release"), data=data)


def check_integrity(inside: Contents | None) -> Check:
    """Whether the engine finds the file whole."""
    if inside is None:
        return _unread("integrity")
    if inside.damage is not None:
        return Check(
            name="integrity", result="error", message=N_("The database is damaged: {detail}."),
            cure=N_("Restore the newest backup: campaignflow restore FILE --force"), data={"detail": inside.damage},
        )  # fmt: skip
    return Check(name="integrity", result="ok", message=N_("The file is whole"))


def check_journal(inside: Contents | None) -> Iterable[Check]:
    """Whether the chain of every campaign holds."""
    if inside is None or inside.schema != inside.known:
        yield _unread("journal")
        return
    for one in inside.campaigns:
        if one.broken is not None:
            yield Check(
                name="journal", result="error", message=one.broken, data={**one.data, "campaign": one.campaign},
                cure=N_("See everything that does not agree: campaignflow verify"),
            )  # fmt: skip
        else:
            data = {"campaign": one.campaign, "events": one.events, "head": one.head}
            yield Check(name="journal", result="ok", data=data,
                        message=N_("{campaign}: events {events}, head {head}"))  # fmt: skip
    if not inside.campaigns:
        yield Check(name="journal", result="ok", message=N_("There is no campaign in the database yet"))


def _unread(name: str) -> Check:
    return Check(name=name, result="not_checked", message=N_("There is no database that could be looked at"))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}" if size < 10e6 else f"{size // 10**6}"


FILE_CHECKS: tuple[Callable[[FileFacts], Check | Iterable[Check]], ...] = (
    check_file, check_permissions, check_place, check_space, check_durability,
)  # fmt: skip
SERVER_CHECKS: tuple[Callable[[ServerFacts], Check | Iterable[Check]], ...] = (check_server, check_settings)
CONTENT_CHECKS: tuple[Callable[[Contents | None], Check | Iterable[Check]], ...] = (
    check_schema, check_integrity, check_journal,
)  # fmt: skip
SERVER_TOO = (check_schema, check_journal)
"""Those of them that can be asked of a server too: whether its files are whole, only the server itself can tell."""
