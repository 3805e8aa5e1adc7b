"""A connection to PostgreSQL as the statements of `sql/` use it: what can go out together goes out together.

Inside a transaction, statements that nobody waits for are kept until one is asked for its rows, or the transaction
ends, and are then sent with it in one go: a step that writes a row, an event and its commit costs one journey to the
server and back. A connection that was lost is replaced when the next transaction begins, never inside one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.pq import TransactionStatus

from campaignflow.store.dialect import statement_for_postgresql
from campaignflow.store.errors import StepOvertaken
from campaignflow.store.wire import Answer, Given, Link, Refused, Request, exchange

if TYPE_CHECKING:
    from campaignflow.store.pools import Pool

QUEUED = frozenset({"append", "save", "schedule", "note_change", "put_blob"})
"""The statements of steps whose number of rows nobody asks for, so that they can wait for the commit."""

BATCH = 2000
"""How many rows are fetched at a time of a statement with many."""

LARGE = frozenset({"blobs"})
"""The statements whose rows are so large that they are fetched one by one: files of up to 20 MB."""

STREAMED = LARGE | {"assignments", "singles", "by_agency", "events", "events_of_kind", "chain", "index", "misfiled"}
"""The statements whose rows may be too many to be held at once."""

COPIED = 50
"""From so many rows on, insertions are sent as one `COPY`."""

_INSERT = re.compile(
    r"\s*INSERT INTO (\w+) \(([^)]*)\)\s*VALUES \(((?:\s*%\(\w+\)s,?)+)\)\s*(ON CONFLICT \(([^)]*)\).*?)?;?\s*",
    re.ASCII | re.DOTALL,
)


class CommitLost(Exception):
    """The connection was lost after the commit had been sent and before it was answered: nobody knows what became of
    it. Carries what the connection said as its cause."""


class Session:
    """One connection of a pool, with the transaction it is in. Not to be shared between threads."""

    def __init__(self, pool: Pool, link: Link) -> None:
        self._pool = pool
        self._link: Link | None = link
        self._queue: list[Request] = []
        self._saves: dict[int, str] = {}
        self._cursors = 0
        #: A statement that will be asked for after the next one, and, once that was sent, with its answer.
        self._coming: Request | None = None
        self._brought: tuple[Request, Answer] | None = None
        self.in_transaction = False
        #: Whether the server has not heard of the transaction yet.
        self._unsaid = False

    @property
    def link(self) -> Link:
        """The connection.

        Raises:
            psycopg.OperationalError: it was given back.
        """
        if self._link is None:
            raise psycopg.OperationalError("the store is closed")
        return self._link

    # --- transactions

    def begin(self, *requests: Request) -> None:
        """Begins a transaction with these statements; they go out with the first that asks for rows."""
        if self.in_transaction:
            raise psycopg.ProgrammingError("a transaction within a transaction")
        if self.link.closed:
            self.renew()
        self.in_transaction = self._unsaid = True
        self._queue, self._coming, self._brought = list(requests), None, None

    def commit(self) -> None:
        """Ends the transaction; returns once the server has said that it is committed.

        Raises:
            CommitLost: the connection broke when only the answer was missing.
            psycopg.Error: the server said why not; nothing was written.
        """
        link = self.link
        if self._unsaid:
            self.flush()  # so that the right to write is held before the commit goes out: see `PostgresStore._ask`
        try:
            ended = self.run("COMMIT")
        except psycopg.Error as error:
            if link.closed:
                raise CommitLost from error
            raise
        self.in_transaction = False
        if ended.status != "COMMIT":
            raise psycopg.InternalError("the server rolled the transaction back")

    def rollback(self) -> None:
        """Ends the transaction with nothing written; a connection that does not answer is given up."""
        self._queue, self._saves, self.in_transaction = [], {}, False
        link = self._link
        if link is None or link.closed or link.info.transaction_status == TransactionStatus.IDLE:
            return
        try:
            link.execute("ROLLBACK")
        except psycopg.Error:
            link.close()

    def renew(self) -> None:
        """Takes a new connection in the place of one that was lost.

        Raises:
            psycopg.OperationalError, StoreError: it cannot be had.
        """
        self._link = self._pool.replace(self.link)

    def close(self) -> None:
        """Gives the connection back to the pool."""
        if self._link is not None:
            self._pool.give(self._link)
            self._link = None

    # --- statements

    def bring(self, request: Request) -> None:
        """Says which reading will be asked for after the next one, so that both go out together.

        Its answer holds until something is written.
        """
        self._coming = request

    def read(self, sql: str, given: Given = None) -> Answer:
        """Runs a statement that only reads, unless its answer has been brought already."""
        wanted, coming = Request(sql, given), self._coming
        if self._brought is not None and self._brought[0] == wanted:
            return self._brought[1]
        if coming is None:
            return self._send(wanted)
        self._coming = None
        answer, along = self._answers(wanted, coming)[-2:]
        self._brought = (coming, along)
        return answer

    def run(self, sql: str, given: Given = None, *, keep: bool = True) -> Answer:
        """Runs a statement, and what waits before it; `keep`: it will come again."""
        self._brought = None
        return self._send(Request(sql, given, keep))

    def queue(self, request: Request, saves: str | None = None) -> None:
        """Runs a statement at the latest when the transaction ends; one that saves an assignment says which."""
        if saves is not None:
            self._saves[len(self._queue)] = saves
        self._queue.append(request)
        self._brought = None
        if not self.in_transaction:
            self.flush()

    def flush(self) -> None:
        """Runs what waits."""
        if self._queue:
            self._send()

    def _send(self, *requests: Request) -> Answer:
        return self._answers(*requests)[-1]

    def _answers(self, *requests: Request) -> list[Answer]:
        """The answers to what waits and to these."""
        batch, saves = (*self._queue, *requests), self._saves
        self._queue, self._saves = [], {}
        if not self.in_transaction and self.link.closed:
            self.renew()
        try:
            return self._exchange(batch)
        except Refused as refused:
            if refused.place in saves and isinstance(refused.error, psycopg.errors.DivisionByZero):
                raise StepOvertaken(key=saves[refused.place]) from None
            raise refused.error from None

    def _exchange(self, batch: Sequence[Request]) -> list[Answer]:
        """Sends a batch. A connection that turns out to be lost when a transaction is to begin is replaced: nothing
        was done in it yet."""
        begins, self._unsaid = self._unsaid, False
        try:
            return exchange(self.link, batch)
        except psycopg.OperationalError:
            if not (begins and self.link.closed):
                raise
        self.renew()
        return exchange(self.link, batch)

    def stream(self, sql: str, given: Given, batch: int | None = None) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement in portions of `batch`, so that there may be any number of them."""
        batch = batch or BATCH
        if not self.in_transaction:
            yield from self.run(sql, given).rows
            return
        self._cursors += 1
        name = f"rows_{self._cursors}"
        self.queue(Request(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}", given, keep=False))
        while True:
            rows = self._send(Request(f"FETCH {batch} FROM {name}", keep=False)).rows
            if len(rows) < batch:
                self.queue(Request(f"CLOSE {name}", keep=False))
                yield from rows
                return
            yield from rows

    def many(self, sql: str, rows: Sequence[dict[str, Any]]) -> None:
        """Runs a statement for each of the rows."""
        self._brought = None
        if len(rows) < COPIED:
            for row in rows:
                self.queue(Request(sql, row))
            return
        self.flush()
        if found := _INSERT.fullmatch(sql):
            self._load(rows, *found.groups())
        else:
            self.link.cursor().executemany(sql, rows)

    def _load(
        self, rows: Sequence[dict[str, Any]], table: str, columns: str, values: str, conflict: str | None, unique: str
    ) -> None:
        """Inserts rows by `COPY`: where they may replace others, by way of a table of the transaction's own."""
        names = re.findall(r"%\((\w+)\)s", values)
        if conflict is None:
            self._copy(f"{table} ({columns})", ([row[name] for name in names] for row in rows))
            return
        place = [names[re.split(r",\s*", columns).index(column)] for column in re.split(r",\s*", unique)]
        newest = {tuple(row[name] for name in place): row for row in rows}
        self._cursors += 1
        own = f"incoming_{self._cursors}"
        self.run(f"CREATE TEMP TABLE {own} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA", keep=False)
        self._copy(own, ([row[name] for name in names] for row in newest.values()))
        self.run(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {own} {conflict}", keep=False)

    def _copy(self, target: str, rows: Iterable[Sequence[Any]]) -> None:
        with self.link.cursor().copy(f"COPY {target} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)


_PARAMETER = re.compile(r"(?<![:\w]):([a-z]\w*)")


class SessionEngine:
    """Runs the statements of `sql/` on a `Session`: see `queries.Engine`."""

    def words(self, name: str, sql: str) -> str:
        """The statement in PostgreSQL's words.

        Compare-and-set fails by itself where it sets nothing, so that the commit behind it is not carried out.
        """
        said = _PARAMETER.sub(r"%(\1)s", statement_for_postgresql(sql).replace("%", "%%"))
        if name == "save":
            return f"WITH saved AS ({said} RETURNING 1) SELECT 1 / count(*) FROM saved"
        return said

    def select(self, connection: Session, name: str, sql: str, given: Any) -> Iterator[tuple[Any, ...]]:
        """The rows."""
        if name in STREAMED:
            yield from connection.stream(sql, given, 1 if name in LARGE else None)
        else:
            yield from connection.read(sql, given).rows

    def select_one(self, connection: Session, name: str, sql: str, given: Any) -> tuple[Any, ...] | None:
        """The first row."""
        return _first(connection.read(sql, given))

    def select_value(self, connection: Session, name: str, sql: str, given: Any) -> Any:
        """The first column of the first row."""
        row = _first(connection.read(sql, given))
        return row[0] if row else None

    def change(self, connection: Session, name: str, sql: str, given: Any) -> int:
        """The number of rows it concerned; of a statement that waits, 1."""
        if name in QUEUED:
            connection.queue(Request(sql, given), saves=given["key"] if name == "save" else None)
            return 1
        return connection.run(sql, given).changed

    def change_many(self, connection: Session, name: str, sql: str, given: Sequence[dict[str, Any]]) -> int:
        """Runs it for each; gives their number."""
        connection.many(sql, given)
        return len(given)


def _first(answer: Answer) -> tuple[Any, ...] | None:
    return answer.rows[0] if answer.rows else None
