"""Dying at a chosen place: counted statements of write transactions, and a timer that kills within a COMMIT.

The writer's connections are watched where statements go into them: SQLite tells every one that it runs; for PostgreSQL
one listens where batches of them are written, and where psycopg is given others.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sqlite3
from collections.abc import Callable
from typing import Any, NoReturn

from tests.chaos.draws import Life
from tests.chaos.marks import Marks, Phase


class Reaper:
    """Kills its own process where its life says so, and marks on the way where the process is."""

    def __init__(self, life: Life, marks: Marks, slot: int) -> None:
        self._life = life
        self._marks = marks
        self._slot = slot
        self._transaction = 0
        self._statement = 0
        self._writing = False
        #: Sends what was written before the process dies.
        self.last_words: Callable[[], object] = lambda: None

    def asks_to_write(self) -> None:
        """The right to write is asked for."""
        self._transaction += 1
        self._statement = 0
        self._writing = True
        self._marks.set(self._slot, Phase.WAITING)

    def reads(self) -> None:
        """A reading transaction begins."""
        self._writing = False
        self._marks.set(self._slot, Phase.BETWEEN)

    def runs(self, *, at_once: bool = True) -> None:
        """A statement is about to run, in a transaction or outside of any; not at once, if it waits in a queue."""
        if not self._writing:
            return
        if at_once:
            self._marks.set(self._slot, Phase.INSIDE)
        self._statement += 1
        if self._here("statement") and self._statement >= self._life.statement:
            self._die()

    def answered(self) -> None:
        """What was queued has been answered, the right to write among it if that was asked for."""
        if self._writing:
            self._marks.set(self._slot, Phase.INSIDE)

    def commits(self) -> None:
        """A COMMIT is about to be asked for."""
        if not self._writing:
            return
        self._writing = False
        if self._here("commit", "statement"):
            self._marks.set(self._slot, Phase.INSIDE)
            self._die()
        self._marks.set(self._slot, Phase.COMMITTING)
        if self._here("within"):
            die_in(self._life.seconds)

    def rolls_back(self) -> None:
        """A ROLLBACK is about to be asked for."""
        self._writing = False

    def returned(self) -> None:
        """The call has returned: what it wrote is there, and nobody was told yet."""
        self._marks.set(self._slot, Phase.RETURNED)
        if self._life.place == "after" and self._transaction >= self._life.transaction:
            die()

    def told(self) -> None:
        """What the call did, or why it was refused, was told."""
        self._writing = False
        self._marks.set(self._slot, Phase.BETWEEN)

    def _die(self) -> NoReturn:
        self.last_words()
        die()

    def _here(self, *places: str) -> bool:
        return self._life.place in places and self._transaction >= self._life.transaction


def watch_sqlite(reaper: Reaper) -> None:
    """Has every SQLite connection that this process opens from now on tell the reaper what it runs."""
    connect = sqlite3.connect

    def heard(statement: str) -> None:
        first = statement.lstrip()[:15].upper()
        if first.startswith("BEGIN IMMEDIATE"):
            reaper.asks_to_write()
        elif first.startswith("BEGIN"):
            reaper.reads()
        elif first.startswith("COMMIT"):
            reaper.commits()
        elif first.startswith("ROLLBACK"):
            reaper.rolls_back()
        else:
            reaper.runs()

    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(heard)
        return connection

    sqlite3.connect = watched  # type: ignore[assignment]


def watch_postgresql(reaper: Reaper) -> None:
    """Has every connection to PostgreSQL that this process opens from now on tell the reaper what it sends.

    The right to write is an advisory lock. Statements go out in batches; a process that dies before one of them has
    sent those before it, so that the server is left in the midst of a transaction.
    """
    import psycopg

    from campaignflow.store import session, wire

    def heard(text: str, *, at_once: bool) -> None:
        if "pg_advisory_xact_lock" in text:
            reaper.asks_to_write()
        elif text.startswith("BEGIN"):
            reaper.reads()
        elif text.startswith("COMMIT"):
            reaper.commits()
        elif text.startswith("ROLLBACK"):
            reaper.rolls_back()
        else:
            reaper.runs(at_once=at_once)

    def sent(_link: Any, pgconn: Any, request: Any) -> None:
        reaper.last_words = pgconn.flush
        heard(request.sql, at_once=False)

    def run(query: Any) -> None:
        heard(query.decode() if isinstance(query, bytes) else str(query), at_once=True)

    _around(wire, "_send", before=sent)
    _around(session, "exchange", after=reaper.answered)
    for name in ("execute", "executemany", "copy"):  # what goes past the batches: migrations, and many rows
        _around(psycopg.Cursor, name, before=lambda _, query, *__: run(query))
    _around(psycopg.Connection, "_exec_command", before=lambda _, command, *__: run(command))


def _around(
    owner: Any, name: str, *, before: Callable[..., None] | None = None, after: Callable[[], None] | None = None
) -> None:  # fmt: skip
    """Calls `before` with the arguments of every call of a function, and `after` when it has returned."""
    function = getattr(owner, name)

    def called(*arguments: Any, **options: Any) -> Any:
        if before is not None:
            before(*arguments)
        answer = function(*arguments, **options)
        if after is not None:
            after()
        return answer

    setattr(owner, name, called)


def die() -> NoReturn:
    """Kills this process, now."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL was survived")


class _Event(ctypes.Structure):
    """`struct sigevent`."""

    _fields_ = (
        ("value", ctypes.c_void_p), ("signal", ctypes.c_int), ("notify", ctypes.c_int), ("rest", ctypes.c_byte * 48),
    )  # fmt: skip


class _Times(ctypes.Structure):
    """`struct itimerspec`."""

    _fields_ = tuple((name, ctypes.c_long) for name in ("every_s", "every_ns", "in_s", "in_ns"))


def die_in(seconds: float) -> None:
    """Has the kernel kill this process so much later, by a timer whose signal is SIGKILL, whatever it does then.

    Raises:
        OSError: the system has no such timer.
    """
    system = ctypes.CDLL(None, use_errno=True)
    timer, monotonic = ctypes.c_void_p(), 1
    nanoseconds = max(1, round(seconds * 1e9))
    times = _Times(0, 0, nanoseconds // 10**9, nanoseconds % 10**9)
    made = system.timer_create(monotonic, ctypes.byref(_Event(signal=signal.SIGKILL)), ctypes.byref(timer))
    if made or system.timer_settime(timer, 0, ctypes.byref(times), None):
        raise OSError(ctypes.get_errno(), "no timer that kills")
