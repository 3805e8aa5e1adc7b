"""The databases of the rounds: a fresh one for each, and how to look into it without the product's code."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Protocol

from tests.chaos.draws import COMMIT_DELAY
from tests.chaos.ledger import Line
from tests.support.pgserver import Server

_JOURNAL = (
    "SELECT j.sequence, j.hash, j.body FROM journal j JOIN campaign c ON c.id = j.campaign_id"
    " WHERE c.key = {} ORDER BY j.sequence"
)
_FILES = "SELECT b.sha256, b.bytes FROM blob b JOIN campaign c ON c.id = b.campaign_id WHERE c.key = {}"


class Shot:
    """A kill of a server that is prepared, so that it hits at once; of the server's own processes and no others."""

    def __init__(self, server: Server) -> None:
        self._server = server
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text("ascii")
        self._processes = []
        for process in children.split():
            with suppress(ProcessLookupError):  # a connection that ended since the list was read
                self._processes.append(os.pidfd_open(int(process)))

    def fire(self, seen: Callable[[], bool]) -> bool:
        """Kills every process of the server; gives what was seen when that had been done."""
        os.kill(self._server.pid, signal.SIGSTOP)  # so that it notices nothing, and starts no further one
        for process in self._processes:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, signal.SIGKILL)
            os.close(process)
        answer = seen()
        self._server.crash()
        return answer

    def start_again(self) -> None:
        """Starts it again; returns once it has recovered and takes connections."""
        self._server.start()


class Database(Protocol):
    """One database of a round."""

    url: str

    def journal(self, campaign: str) -> list[Line]:
        """Every event of a campaign; none where the database has not come to be yet."""
        ...

    def files(self, campaign: str) -> frozenset[str]:
        """The names by content of the files of a campaign whose content is that of their name."""
        ...

    def damage(self) -> list[str]:
        """What the engine itself finds wrong with it."""
        ...

    def aim(self) -> Shot:
        """Gets ready to kill the server it is on."""
        ...

    def drop(self) -> None:
        """Takes it away."""
        ...


class SqliteFile:
    """A database in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.url = f"sqlite:///{self._path}"

    def journal(self, campaign: str) -> list[Line]:
        """See `Database`."""
        if not self._path.exists():
            return []
        with closing(self._connection()) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'journal'").fetchone():
                return []
            return connection.execute(_JOURNAL.format("?"), (campaign,)).fetchall()

    def files(self, campaign: str) -> frozenset[str]:
        """See `Database`."""
        if not self._path.exists():
            return frozenset()
        with closing(self._connection()) as connection:
            return _sound(connection.execute(_FILES.format("?"), (campaign,)).fetchall())

    def damage(self) -> list[str]:
        """See `Database`."""
        if not self._path.exists():
            return []
        with closing(self._connection()) as connection:
            found = [text for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"]
            return found + [f"row {row} of {table} refers to none" for table, row, *_ in connection.execute(
                "PRAGMA foreign_key_check"
            )]  # fmt: skip

    def aim(self) -> Shot:
        """There is no server."""
        raise NotImplementedError

    def drop(self) -> None:
        """It goes with the folder that it is in."""

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30.0, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        return connection


class PostgresDatabase:
    """A database on a server that keeps what is committed when it is killed.

    Args:
        server: the server.
        slow: whether a COMMIT is to take so long that the server can be killed in one.
    """

    def __init__(self, server: Server, *, slow: bool) -> None:
        self._server = server
        delay = f"-c commit_delay={round(COMMIT_DELAY * 1e6)} -c commit_siblings=0"
        self.url = server.fresh(**({"options": delay} if slow else {}))

    def journal(self, campaign: str) -> list[Line]:
        """See `Database`."""
        rows = self._rows("journal", _JOURNAL, campaign)
        return [(sequence, digest, body) for sequence, digest, body in rows]

    def files(self, campaign: str) -> frozenset[str]:
        """See `Database`."""
        return _sound([(sha256, content) for sha256, content in self._rows("blob", _FILES, campaign)])

    def damage(self) -> list[str]:
        """See `Database`: what holds while no transaction is left over by the dead."""
        left = self._server.ask("SELECT count(*) FROM pg_prepared_xacts")
        return [] if left == [(0,)] else ["a prepared transaction is left over"]

    def aim(self) -> Shot:
        """See `Database`."""
        return Shot(self._server)

    def drop(self) -> None:
        """See `Database`."""
        name = self.url.removeprefix("postgresql:///").partition("?")[0]
        self._server.ask(f"DROP DATABASE {name} WITH (FORCE)")

    def _rows(self, table: str, query: str, campaign: str) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            there = connection.execute("SELECT to_regclass(%s)", (table,)).fetchone()
            if there in (None, (None,)):
                return []
            return connection.execute(query.format("%s").encode(), (campaign,)).fetchall()


def _sound(rows: list[tuple[str, bytes]]) -> frozenset[str]:
    return frozenset(sha256 for sha256, content in rows if hashlib.sha256(content).hexdigest() == sha256)
