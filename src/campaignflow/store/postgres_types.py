"""Between Python's values and PostgreSQL's, where psycopg's own way does not fit the store."""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap, Buffer, Dumper, Loader


class PlainInteger(Dumper):
    """An integer without a type, so that a statement is prepared once, whatever the sizes of its numbers."""

    oid = 0

    def dump(self, obj: int) -> Buffer | None:
        """Its digits."""
        return str(obj).encode()


class WholeNumber(Loader):
    """A `numeric`, as sums of integers are, as the integer it is."""

    def load(self, data: Buffer) -> int:
        """The integer."""
        return int(bytes(data))


@cache
def adapters() -> Any:
    """The context that connections are made with."""
    known = AdaptersMap(psycopg.adapters)
    known.register_dumper(int, PlainInteger)
    known.register_loader("numeric", WholeNumber)
    return _Context(known)


class _Context:
    """What psycopg takes types from."""

    connection = None

    def __init__(self, known: AdaptersMap) -> None:
        self.adapters = known
