"""The store on PostgreSQL: one database, many machines, nothing lost.

Writers take their turn by an advisory lock that is bound to their transaction, so that there is one writer at a time
as on SQLite, and no two can wait for one another; readers see one snapshot and never wait. When the connection is lost
at the one moment at which a commit may or may not have happened, the store asks the database by the sequence and hash
of the last event it wrote, and never tries again blindly.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.domain.journal import Event
from campaignflow.ports import Head, NewCampaign, Revised
from campaignflow.store import errors
from campaignflow.store.pools import SIZE, Pool, pool_for
from campaignflow.store.postgres_schema import Place, find, migrate
from campaignflow.store.postgres_types import adapters
from campaignflow.store.session import CommitLost, Session
from campaignflow.store.sql_store import SqlStore
from campaignflow.store.wire import Link, Request

DEFAULTS: Mapping[str, str | int] = {
    "connect_timeout": 10, "application_name": "campaignflow", "client_encoding": "UTF8",
    "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 30_000,
}  # fmt: skip
"""What a connection is made with, unless the URL says otherwise: seconds, and milliseconds for the last."""

SETTINGS: Mapping[str, str] = {
    "lock_timeout": "30s", "statement_timeout": "10min", "idle_in_transaction_session_timeout": "5min",
    "enable_seqscan": "off",
}  # fmt: skip
"""What the server is told: how long to bear a wait for the turn to write, a statement, a writer that has gone to sleep;
and that every table is read by an index, also while it is small and its plans are being made."""

RECONNECT_SECONDS = 60.0
"""How long we try to reach a server that went down during a commit: as long as it takes one to recover."""

MANY = 500
"""From so many new rows on, the server looks at its tables anew."""

_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_LOCK = "SELECT pg_advisory_xact_lock(%(key)s)"
_GONE = ("57P01", "57P02", "57P03", "57P05", "25P03", "25P04")
_REFUSED = re.compile(r"authentication failed|no password supplied|does not exist|no pg_hba.conf entry|not permitted")


class _Written(NamedTuple):
    """The last event that a transaction wrote."""

    campaign: int
    sequence: int
    hash: bytes


class PostgresStore(SqlStore):
    """A store in one schema of a PostgreSQL database. Not to be shared between threads: open one for each."""

    ENGINE = "postgresql"

    _connection: Session

    pause: Callable[[float], object] = staticmethod(time.sleep)
    """What waits between two tries to reach a server that went down."""

    def __init__(self, session: Session, database: str, place: Place) -> None:
        super().__init__(session, database)
        self._place = place
        self._written: _Written | None = None
        self._numbers: dict[str, int] = {}

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> PostgresStore:
        """Opens the database at `url` and brings it to this release's schema.

        Raises:
            StoreMissing: it has no tables of ours, and `create` is false.
            StoreUnreachable, StoreRefused: there is no way in.
            StoreUnfit, StoreNewer, StoreBusy, StoreFull, StoreFailed: it cannot be used.
        """
        parameters, size, database = read_url(url)
        pool = pool_for(url, lambda: Pool(lambda: _connect(parameters, database), size, database))
        link = pool.take()
        try:
            place = find(link, database)
            if place.number == 0 and not create:
                raise errors.StoreMissing(database=database)
            migrate(link, place, database)
        except psycopg.Error as error:
            pool.give(link)
            raise translated(error, database) from None
        except BaseException:
            pool.give(link)
            raise
        return cls(Session(pool, link), database, place)

    def close(self) -> None:
        """Gives the connection back; the store is not usable afterwards."""
        self._connection.close()

    # --- transactions

    @contextmanager
    def writing(self) -> Iterator[None]:
        """See `ports.Store.writing`."""
        self._written = None
        with self._transaction(*self._turn()):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See `ports.Store.reading`."""
        if self._connection.in_transaction:
            yield
            return
        with self._transaction(Request(_READ)):
            yield

    def _turn(self) -> tuple[Request, Request]:
        """What begins a transaction that writes: with the right to write."""
        return Request(_WRITE), Request(_LOCK, {"key": self._place.lock})

    @contextmanager
    def _transaction(self, *begin: Request) -> Iterator[None]:
        begun = time.monotonic()
        try:
            self._connection.begin(*begin)
            try:
                yield
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise
        except CommitLost as error:
            self._ask(error)
        except psycopg.Error as error:
            raise translated(error, self._database, time.monotonic() - begun) from error

    def head(self, campaign: str, *, about: str | None = None) -> Head | None:
        """See `ports.Store.head`; the assignment comes along once the campaign's number is known."""
        if about is not None and campaign in self._numbers and self._connection.in_transaction:
            sql = self._sql("assignments").assignment.sql
            self._connection.bring(Request(sql, {"campaign": self._numbers[campaign], "key": about}))
        head = super().head(campaign)
        if head is not None:
            self._numbers[campaign] = head.id
        return head

    def create(self, new: NewCampaign) -> Head:
        """See `ports.Store.create`."""
        head = super().create(new)
        self._take_stock(len(new.agencies) + sum(len(one.agencies) for one in new.owed) + len(new.assignments))
        return head

    def revise(self, campaign: int, revised: Revised, sequence: int) -> None:
        """See `ports.Store.revise`."""
        super().revise(campaign, revised, sequence)
        self._take_stock(len(revised.agencies) + len(revised.assignments))

    def extend_series(self, campaign: int, duties: Sequence[Duty], assignments: Sequence[Facts], sequence: int) -> None:
        """See `ports.Store.extend_series`."""
        super().extend_series(campaign, duties, assignments, sequence)
        self._take_stock(len(assignments))

    def _take_stock(self, rows: int) -> None:
        """Has the server look at tables that have grown, so that it plans by what they are now.

        It does so by itself within a minute, but the next command comes sooner.
        """
        if rows >= MANY:
            self._connection.run("ANALYZE agency, duty, assignment", keep=False)

    def append(self, campaign: int, event: Event, previous: bytes) -> bytes:
        """See `ports.Store.append`."""
        digest = super().append(campaign, event, previous)
        self.note_written(campaign, event.sequence, digest)
        return digest

    def note_written(self, campaign: int, sequence: int, digest: bytes) -> None:
        """See `SqlStore.note_written`."""
        self._written = _Written(campaign, sequence, digest)

    # --- when the answer to a commit was lost

    def _ask(self, lost: CommitLost) -> None:
        """Asks the database what became of the transaction whose commit was not answered.

        The transaction held the right to write before its commit was sent. Once we hold it, the transaction is over,
        one way or the other, wherever its session was.

        Raises:
            StoreLost: it did not happen.
            StoreInDoubt: it could not be asked.
        """
        written = self._written
        if written is None:
            raise errors.StoreLost(database=self._database) from lost
        try:
            self._reach()
            self._connection.begin(*self._turn())
            found = self.hash_of(written.campaign, written.sequence)
        except (psycopg.Error, errors.StoreError) as error:
            raise errors.StoreInDoubt(
                database=self._database, sequence=written.sequence, hash=written.hash.hex(), detail=_line(error)
            ) from lost
        finally:
            self._connection.rollback()
        if found != written.hash:
            raise errors.StoreLost(database=self._database) from lost

    def _reach(self) -> None:
        ends, pause = time.monotonic() + RECONNECT_SECONDS, 0.05
        while True:
            try:
                self._connection.renew()
                return
            except (psycopg.OperationalError, errors.StoreError):
                if time.monotonic() + pause > ends:
                    raise
            self.pause(pause)
            pause = min(2 * pause, 2.0)


# --- connections


def read_url(url: str) -> tuple[dict[str, Any], int, str]:
    """What a connection to the URL is made with, the size of its pool, and the database as we name it to people.

    Raises:
        DatabaseUnknown: the URL cannot be read.
    """
    base, _, query = url.partition("?")
    said = parse_qsl(query, keep_blank_values=True)
    sizes = [value for name, value in said if name == "pool_size"]
    others = urlencode([pair for pair in said if pair[0] != "pool_size"], quote_via=quote)
    try:
        given = conninfo_to_dict(f"{base}?{others}" if others else base)
        size = int(sizes[-1]) if sizes else SIZE
        if size < 1 or not all(port.isdigit() for port in str(given.get("port") or 0).split(",")):
            raise ValueError
    except (psycopg.Error, ValueError):
        raise errors.DatabaseUnknown(url="postgresql://…") from None
    settings = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    options = f"{settings} {given.get('options') or ''}".strip()
    return {**DEFAULTS, **given, "options": options}, size, label(given)


def label(given: Mapping[str, Any]) -> str:
    """A database as we name it to people: without a password."""
    user = f"{given['user']}@" if given.get("user") else ""
    host = given.get("host") or given.get("hostaddr") or ""
    port = f":{given['port']}" if given.get("port") else ""
    return f"postgresql://{user}{host}{port}/{given.get('dbname') or ''}"


def _connect(parameters: dict[str, Any], database: str) -> Link:
    try:
        link = Link.connect(autocommit=True, prepare_threshold=None, context=adapters(), **parameters)
    except psycopg.OperationalError as error:
        raise _unreachable(error, database) from None
    return link


def _unreachable(error: psycopg.Error, database: str) -> errors.StoreError:
    kind = errors.StoreRefused if _REFUSED.search(str(error)) else errors.StoreUnreachable
    return kind(database=database, detail=_line(error))


def _line(error: BaseException) -> str:
    """What an error says, as one line: of libpq's explanations the first."""
    text = str(error).strip()
    if not text.startswith("Multiple"):
        text = re.sub(r"^connection (?:is bad|failed): ", "", text.partition("\n")[0])
    return " ".join(text.split()) or type(error).__name__


def translated(error: psycopg.Error, database: str, waited: float = 0.0) -> errors.StoreError:
    """The product's error for one of PostgreSQL's."""
    state = error.sqlstate or ""
    if state in ("55P03", "40P01"):
        return errors.StoreBusy(database=database, seconds=round(waited))
    if state in ("53100", "54000"):
        return errors.StoreFull(database=database)
    if state in ("28000", "28P01", "42501"):
        return errors.StoreRefused(database=database, detail=_line(error))
    if state[:2] == "08" or state in _GONE or (not state and isinstance(error, psycopg.OperationalError)):
        return errors.StoreLost(database=database)
    if state[:2] == "XX" or state in ("42P01", "42703", "58030"):
        return errors.StoreDamaged(database=database, detail=_line(error))
    return errors.StoreFailed(database=database, detail=_line(error))
