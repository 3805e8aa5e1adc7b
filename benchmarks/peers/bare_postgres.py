"""The least that one durable step costs on PostgreSQL: an insert and an update that go to the server together.

Nothing is read, checked or worked out: every value is there before the clock runs.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg


class BarePostgres:
    """Two plain tables in a database of their own: an integer key each, and no further index."""

    _TOGETHER = (
        "WITH moved AS (UPDATE assignment SET state = %s, version = version + 1 WHERE id = %s RETURNING id)"
        " INSERT INTO journal (sequence, subject, body, hash) SELECT %s, %s, %s, %s FROM moved"
    )
    _INSERT = "INSERT INTO journal (sequence, subject, body, hash) VALUES (%s, %s, %s, %s)"
    _UPDATE = "UPDATE assignment SET state = %s, version = version + 1 WHERE id = %s"

    def __init__(self, url: str, rows: int, body: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(
            "CREATE TABLE journal (sequence bigint PRIMARY KEY, subject text, body text NOT NULL, hash text NOT NULL)"
        )
        self._connection.execute(
            "CREATE TABLE assignment (id bigint PRIMARY KEY, state text NOT NULL, version bigint NOT NULL)"
        )
        self._connection.execute(
            "INSERT INTO assignment SELECT number, 'drafting', 0 FROM generate_series(0, %s) AS number", (rows,)
        )
        self._connection.execute("VACUUM ANALYZE assignment")
        self._body = body

    def steps(self, numbers: Iterable[int]) -> None:
        """A statement for each number, which is a transaction: one round trip."""
        for number in numbers:
            self._connection.execute(self._TOGETHER, ("opening", number, *self._event(number)))

    def steps_in_four(self, numbers: Iterable[int]) -> None:
        """Begin, insert, update, commit for each number: four round trips."""
        for number in numbers:
            with self._connection.transaction():
                self._connection.execute(self._INSERT, self._event(number))
                self._connection.execute(self._UPDATE, ("opening", number))

    def _event(self, number: int) -> tuple[int, str, str, str]:
        return number + 1, f"week/{number}", self._body, "0" * 64

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()
