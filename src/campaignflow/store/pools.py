"""Connections to PostgreSQL servers, kept for the next who needs one.

One pool for each process and database. A connection is made in the thread that asks for it, so that what is wrong is
told at once and as it is, and nothing runs in the background that a fork could break; a process that was forked has
pools of its own and never touches a connection of its parent.
"""

from __future__ import annotations

import atexit
import os
from collections import deque
from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

from campaignflow.store.errors import StoreCrowded

if TYPE_CHECKING:
    from campaignflow.store.wire import Link

SIZE = 8
"""How many connections a process may have to one database, unless the URL says otherwise (`pool_size`)."""

WAIT_SECONDS = 30.0
"""How long one waits for a connection that others use."""


class Pool:
    """Connections to one database, made by `connect` when they are needed, at most `size`. Threads may share it."""

    def __init__(self, connect: Callable[[], Link], size: int, database: str, wait: float = WAIT_SECONDS) -> None:
        self._connect = connect
        self._database = database
        self._wait = wait
        self._size = size
        self._room = BoundedSemaphore(size)
        self._idle: deque[Link] = deque()

    def take(self) -> Link:
        """A connection that stands, to be given back.

        Raises:
            StoreCrowded: all are in use, and none was given back within the waiting time.
            psycopg.OperationalError: a new one cannot be made.
        """
        if not self._room.acquire(timeout=self._wait):
            raise StoreCrowded(database=self._database, size=self._size, seconds=round(self._wait))
        try:
            return self._kept() or self._connect()
        except BaseException:
            self._room.release()
            raise

    def _kept(self) -> Link | None:
        while self._idle:
            link = self._idle.pop()
            if _stands(link):
                return link
            link.close()
        return None

    def replace(self, lost: Link) -> Link:
        """A new connection in the place of one that was lost.

        Raises:
            psycopg.OperationalError: it cannot be made; the lost one is still to be given back.
        """
        lost.close()
        return self._connect()

    def give(self, link: Link) -> None:
        """Takes a connection back; one in the midst of something, or lost, is closed."""
        from psycopg.pq import TransactionStatus

        if link.info.transaction_status == TransactionStatus.IDLE:
            self._idle.append(link)
        else:
            link.close()
        self._room.release()

    def close(self) -> None:
        """Closes the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()


_pools: dict[tuple[int, str], Pool] = {}
_lock = Lock()


def pool_for(url: str, make: Callable[[], Pool]) -> Pool:
    """This process's pool for a database; `make` makes it for the first who asks."""
    place = (os.getpid(), url)
    with _lock:
        if place not in _pools:
            if not any(pid == place[0] for pid, _ in _pools):
                atexit.register(close_all)
            _pools[place] = make()
        return _pools[place]


def close_all() -> None:
    """Closes the connections of this process that nobody uses."""
    for (pid, _), pool in list(_pools.items()):
        if pid == os.getpid():
            pool.close()


def _stands(link: Link) -> bool:
    from psycopg import OperationalError

    try:
        link.execute("SELECT 1")
    except OperationalError:
        return False
    return True
