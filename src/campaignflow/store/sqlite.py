"""The store on SQLite: one file, many processes, nothing lost.

WAL with `synchronous=FULL`: what is committed survives a power cut. Writers take their turn by `BEGIN IMMEDIATE` with
a bounded wait; readers never wait for them.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.domain.journal import Event, genesis, link
from campaignflow.ports import AgencyRow, Blob, ContactRow, Head, NewCampaign, StoredRevision
from campaignflow.store import errors
from campaignflow.store.migrations import migrate
from campaignflow.store.queries import queries

WAIT_SECONDS = 30.0
"""How long a writer waits for its turn."""

_SPLIT = ","
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class SqliteStore:
    """A store in one SQLite file, or in memory. Not to be shared between threads: open one for each."""

    def __init__(self, connection: sqlite3.Connection, database: str) -> None:
        self._connection = connection
        self._database = database

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
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise translated(error, self._database) from error

    # --- campaigns and revisions

    def campaigns(self) -> list[str]:
        """The ids of the campaigns in this database."""
        return [key for (key,) in queries("campaign").campaign_keys(self._connection)]

    def head(self, campaign: str) -> Head | None:
        """Where the campaign stands; None if it is not here."""
        row = queries("campaign").head(self._connection, key=campaign)
        if row is None:
            return None
        number, key, revision, changed, next_tick, sequence, text = row
        digest = _unhex(_text(text)) if sequence else genesis(campaign)
        return Head(
            id=number, key=key, revision=revision, changed=changed, sequence=sequence or 0, hash=digest,
            next_tick=next_tick,
        )  # fmt: skip

    def create(self, new: NewCampaign) -> Head:
        """Writes a campaign's first revision: agencies, duties and assignments with it."""
        sql, connection = queries("campaign"), self._connection
        campaign = sql.next_campaign_id(connection)
        revision = new.revision
        sql.add_campaign(connection, id=campaign, key=new.key, revision=revision.number, next_tick=new.next_tick)
        sql.add_revision(
            connection, campaign=campaign, number=revision.number, applied=revision.applied, digest=revision.digest,
            header=_dump(revision.header), lifecycles=_dump(revision.lifecycles), calendar=_dump(revision.calendar),
            plan=revision.plan,
        )  # fmt: skip
        self._add_rows(campaign, new)
        return Head(
            id=campaign, key=new.key, revision=revision.number, changed=1, sequence=0, hash=genesis(new.key),
            next_tick=new.next_tick,
        )  # fmt: skip

    def _add_rows(self, campaign: int, new: NewCampaign) -> None:
        sql, connection = queries("campaign"), self._connection
        agency_ids = {agency.key: number for number, agency in enumerate(new.agencies, 1)}
        duty_ids = {duty.key: number for number, duty in enumerate(new.duties, 1)}
        sql.add_agencies(
            connection,
            [
                {"campaign": campaign, "id": agency_ids[row.key], "key": row.key, "name": row.name, "kind": row.kind,
                 "region": row.region, "external": int(row.external)}
                for row in new.agencies
            ],
        )  # fmt: skip
        sql.add_duties(
            connection,
            [
                {"campaign": campaign, "id": duty_ids[duty.key], "key": duty.key, "body": _dump(duty.to_json())}
                for duty in new.duties
            ],
        )
        queries("assignments").add_assignments(
            connection,
            [
                {"campaign": campaign, "id": number, "key": facts.key, "duty_id": duty_ids[facts.duty],
                 "agency_id": agency_ids[facts.agency], "state": facts.state}
                for number, facts in enumerate(new.assignments, 1)
            ],
        )  # fmt: skip

    def revision(self, campaign: int, *, whole: bool = False) -> StoredRevision:
        """The running revision; `whole` reads the plan's text too."""
        sql = queries("campaign")
        read = sql.revision_whole if whole else sql.revision_header
        number, applied, digest, header, lifecycles, calendar, plan = read(self._connection, campaign=campaign)
        return StoredRevision(
            number=number, applied=applied, digest=digest, header=self._load(header), plan=plan,
            lifecycles=self._load(lifecycles), calendar=self._load(calendar),
        )  # fmt: skip

    def agencies(self, campaign: int) -> dict[str, AgencyRow]:
        """All agencies by key, in the order of the roster."""
        rows = queries("campaign").agencies(self._connection, campaign=campaign)
        return {
            key: AgencyRow(key=key, name=name, kind=kind, region=region, external=bool(external))
            for key, name, kind, region, external in rows
        }

    def duties(self, campaign: int, zone: ZoneInfo) -> dict[str, Duty]:
        """All duties by key, in the order of the plan; their instants shown in `zone`."""
        rows = queries("campaign").duties(self._connection, campaign=campaign)
        return {key: Duty.from_json(self._load(body), zone) for key, body in rows}

    def replace_duties(self, campaign: int, duties: Iterable[Duty], sequence: int) -> None:
        """Writes duties whose deadlines the event with this sequence has changed."""
        queries("campaign").note_change(self._connection, campaign=campaign, sequence=sequence)
        rows = [{"campaign": campaign, "key": duty.key, "body": _dump(duty.to_json())} for duty in duties]
        queries("campaign").replace_duties(self._connection, rows)

    def schedule(self, campaign: int, next_tick: int | None) -> None:
        """Writes when the clock has something to do next."""
        queries("campaign").schedule(self._connection, campaign=campaign, next_tick=next_tick)

    def _load(self, text: str) -> Any:
        """Stored JSON.

        Raises:
            StoreDamaged: somebody spoilt it.
        """
        try:
            return json.loads(text)
        except ValueError as error:
            raise errors.StoreDamaged(database=self._database, detail=str(error)) from None

    # --- assignments

    def assignment(self, campaign: int, key: str) -> Facts | None:
        """One assignment by its key."""
        row = queries("assignments").assignment(self._connection, campaign=campaign, key=key)
        return _facts(row) if row else None

    def assignments(
        self, campaign: int, *, agency: str | None = None, duty: str | None = None, after: str | None = None
    ) -> Iterator[Facts]:
        """Assignments in the order of the plan, narrowed to an agency or a duty, from behind the key `after`."""
        rows = queries("assignments").assignments(
            self._connection, campaign=campaign, agency=agency, duty=duty, after=after
        )
        return map(_facts, rows)

    def keys_like(self, campaign: int, text: str) -> list[str]:
        """Keys that contain `text`."""
        literal = re.sub(r"([!%_])", r"!\1", text)
        return [key for (key,) in queries("assignments").keys_like(self._connection, campaign=campaign, text=literal)]

    def save(self, campaign: int, before: Facts, after: Facts) -> None:
        """Compare-and-set: writes `after` where the row still has the version of `before`.

        Raises:
            StepOvertaken: it has another version by now.
        """
        changed = queries("assignments").save(
            self._connection, campaign=campaign, key=before.key, version_before=before.version, **_columns(after)
        )
        if changed != 1:
            raise errors.StepOvertaken(key=before.key)

    def populated(self, campaign: int) -> list[tuple[str, str, tuple[str, ...]]]:
        """The distinct (duty, state, presumed) that occur: what the clock looks at instead of every assignment."""
        rows = queries("assignments").populated(self._connection, campaign=campaign)
        return [(duty, state, _list(presumed)) for duty, state, presumed in rows]

    def move(
        self, campaign: int, duty: str, source: tuple[str, tuple[str, ...]], target: tuple[str, tuple[str, ...]]
    ) -> int:
        """Moves every assignment of `duty` from one (state, presumed) to another in one statement; their number."""
        (state, presumed), (after, presumed_after) = source, target
        count: int = queries("assignments").move(
            self._connection, campaign=campaign, duty=duty, state=state, presumed=_SPLIT.join(presumed),
            after=after, presumed_after=_SPLIT.join(presumed_after),
        )  # fmt: skip
        return count

    def bump_due(self, campaign: int, duties: Iterable[str]) -> None:
        """Gives every assignment of these duties a new due version."""
        for duty in duties:
            queries("assignments").bump_due(self._connection, campaign=campaign, duty=duty)

    # --- journal

    def append(self, campaign: int, event: Event, previous: bytes) -> bytes:
        """Writes an event behind the one whose hash is `previous`; gives its own hash."""
        body = event.canonical()
        digest = link(previous, body)
        queries("journal").append(
            self._connection, campaign=campaign, sequence=event.sequence, kind=event.kind, subject=event.key,
            recorded=event.recorded, body=body.decode(), hash=digest.hex(),
        )  # fmt: skip
        return digest

    def events(
        self, campaign: int, *, key: str | None = None, kind: str | None = None, until: int | None = None
    ) -> Iterator[Event]:
        """The journal in order: of one assignment (its duty's clock steps included), of one kind, or all of it;
        narrowed to what was recorded by `until`."""
        sql = queries("journal")
        if key is not None:
            rows = sql.events_of(self._connection, campaign=campaign, key=key, duty=clock_subject(key))
        elif kind is not None:
            rows = sql.events_of_kind(self._connection, campaign=campaign, kind=kind, until=until)
        else:
            rows = sql.events(self._connection, campaign=campaign, until=until)
        return (Event.from_bytes(body.encode()) for (body,) in rows)

    def chain(self, campaign: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Sequence, canonical bytes and hash of every event, in order."""
        for sequence, body, digest in queries("journal").chain(self._connection, campaign=campaign):
            yield sequence, body, _unhex(_text(digest))

    def hash_of(self, campaign: int, sequence: int) -> bytes | None:
        """The hash of one event; None where there is none."""
        digest = queries("journal").hash_of(self._connection, campaign=campaign, sequence=sequence)
        return None if digest is None else _unhex(digest)

    def index(self, campaign: int) -> Iterator[tuple[int, str, str | None, int]]:
        """Sequence, kind, subject and recording instant of every event, as the store searches by them."""
        for sequence, kind, subject, recorded in queries("journal").index(self._connection, campaign=campaign):
            yield sequence, _text(kind), None if subject is None else _text(subject), recorded

    # --- register and files

    def contacts(self, campaign: int) -> list[ContactRow]:
        """The register of contacts."""
        names = ContactRow.__slots__
        rows = queries("register").contacts(self._connection, campaign=campaign)
        return [ContactRow(**dict(zip(names, row, strict=True))) for row in rows]

    def put_contacts(self, campaign: int, contacts: Iterable[ContactRow]) -> None:
        """Adds contacts, or replaces those with the same id."""
        rows = [
            {"campaign": campaign, **{name: getattr(contact, name) for name in ContactRow.__slots__}}
            for contact in contacts
        ]
        queries("register").put_contacts(self._connection, rows)

    def put_blob(self, campaign: int, blob: Blob) -> None:
        """Keeps a file; the same content is kept once."""
        queries("register").put_blob(
            self._connection, campaign=campaign, sha256=blob.sha256, size=blob.size, content=blob.content
        )

    def blobs(self, campaign: int) -> Iterator[Blob]:
        """Every file kept."""
        rows = queries("register").blobs(self._connection, campaign=campaign)
        return (Blob(sha256=sha256, size=size, content=content) for sha256, size, content in rows)


def clock_subject(key: str) -> str:
    """The subject under which the clock's steps of an assignment's duty stand in the journal."""
    return key.split("/", 1)[0] + "/*"


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


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split(_SPLIT)) if text else ()


def _text(stored: bytes) -> str:
    """A stored text; where somebody spoilt it, one that equals no other."""
    return stored.decode(errors="replace")


def _unhex(text: str) -> bytes:
    """The bytes of a stored hash; of one that somebody spoilt, bytes that no hash equals."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _facts(row: Sequence[Any]) -> Facts:
    values = dict(zip(_ROW, row, strict=True))
    values["presumed"] = _list(values["presumed"])
    values["parts"] = _list(values["parts"])
    values["nil"] = bool(values["nil"])
    return Facts(**values)


_ROW = (
    "key", "duty", "agency", "state", "version", "presumed", "registered", "sent", "counted", "returned_until",
    "promised", "acknowledged", "nil", "done", "parts", "due_version", "notice_epoch",
)  # fmt: skip
assert Facts.__slots__ == _ROW, "the columns of sql/assignments.sql follow the order of Facts"


def _columns(facts: Facts) -> dict[str, Any]:
    columns = {name: getattr(facts, name) for name in _ROW[3:]}
    return {
        **columns,
        "presumed": _SPLIT.join(facts.presumed),
        "parts": _SPLIT.join(facts.parts),
        "nil": int(facts.nil),
    }
