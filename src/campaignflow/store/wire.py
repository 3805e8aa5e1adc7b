"""Several statements to a PostgreSQL server and their answers in one journey.

psycopg can send statements behind one another, and turns to the network for each. Here a batch is written whole and
read whole, with psycopg's own means of waiting (so that Ctrl-C, time-outs and lost connections are met as everywhere),
and every statement is prepared on its connection once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg import generators
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, PipelineStatus
from psycopg.pq.abc import PGconn, PGresult

Given = dict[str, Any] | None
"""The values of a statement's parameters by name."""

_PARAMETER = re.compile(r"%(?:%|\((\w+)\)s)")
_TEXT, _BINARY = 0, 1


class Link(psycopg.Connection[tuple[Any, ...]]):
    """A connection that knows which statements it has prepared."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.prepared: dict[str, bytes] = {}
        self.named = 0


class Request(NamedTuple):
    """A statement to be sent, with parameters as `%(name)s`."""

    sql: str
    given: Given = None
    #: Whether it is worth preparing.
    keep: bool = True


class Answer(NamedTuple):
    """What the server answered to a statement."""

    rows: list[tuple[Any, ...]]
    #: How many rows it read or changed; -1 where that has no meaning.
    changed: int
    #: What was done, as the server calls it.
    status: str


class Refused(Exception):
    """The server refused a statement of a batch; those before it were carried out, those behind it were not."""

    def __init__(self, place: int, error: psycopg.Error) -> None:
        super().__init__(str(error))
        self.place = place
        self.error = error


def exchange(link: Link, batch: Sequence[Request]) -> list[Answer]:
    """Sends the statements and gives an answer for each.

    Raises:
        Refused: the server refused one.
        psycopg.OperationalError: the connection is lost.
    """
    pgconn, named = link.pgconn, len(link.prepared)
    try:
        pgconn.enter_pipeline_mode()
        wanted = [count for one in batch for count in _send(link, pgconn, one)]
        pgconn.pipeline_sync()
        results = link.wait(_converse(pgconn, len(wanted)))
        pgconn.exit_pipeline_mode()
    except BaseException:
        if link.closed or pgconn.pipeline_status != PipelineStatus.OFF:
            link.close()
        raise
    answered = [result for result, counts in zip(results, wanted, strict=True) if counts]
    if bad := _first_bad(results, wanted):
        _forget(link, named)
        raise Refused(bad[0], error_from_result(bad[1]))
    return [_answer(link, result) for result in answered]


def _converse(pgconn: PGconn, count: int) -> Any:
    yield from generators.send(pgconn)
    results = []
    for _ in range(count):
        found = yield from generators.fetch_many(pgconn)
        results.append(found[-1])
    yield from generators.fetch_many(pgconn)  # the end of the batch
    return results


def _send(link: Link, pgconn: PGconn, request: Request) -> Iterator[bool]:
    """Sends one statement; says of every answer to come whether it is the statement's own."""
    text, names = _compiled(request.sql)
    values, formats = _encoded(request.given, names)
    if not request.keep:
        pgconn.send_query_params(text, values, None, formats)
        yield True
        return
    name = link.prepared.get(request.sql)
    if name is None:
        link.named += 1
        name = link.prepared[request.sql] = b"s%d" % link.named
        pgconn.send_prepare(name, text)
        yield False
    pgconn.send_query_prepared(name, values, formats)
    yield True


def _first_bad(results: list[PGresult], wanted: list[bool]) -> tuple[int, PGresult] | None:
    place = 0
    for result, counts in zip(results, wanted, strict=True):
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            return place, result
        place += counts
    return None


def _forget(link: Link, named: int) -> None:
    """Takes back what a failed batch may not have come to prepare."""
    for sql in list(link.prepared)[named:]:
        del link.prepared[sql]


def _answer(link: Link, result: PGresult) -> Answer:
    rows: list[tuple[Any, ...]] = []
    if result.ntuples:
        transformer = Transformer(link)
        transformer.set_pgresult(result)
        rows = transformer.load_rows(0, result.ntuples, tuple)
    count = result.command_tuples
    return Answer(rows, -1 if count is None else count, (result.command_status or b"").decode())


@lru_cache(maxsize=256)
def _compiled(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement as the server numbers its parameters, and their names in that order."""
    names: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        name = found.group(1)
        return "%" if name is None else f"${names.setdefault(name, len(names) + 1)}"

    return _PARAMETER.sub(numbered, sql).encode(), tuple(names)


def _encoded(given: Given, names: tuple[str, ...]) -> tuple[list[bytes | None] | None, list[int] | None]:
    """The values in the order of the statement. All go without a type but as text, so that the server takes each for
    what its column is and a statement is prepared once; files go as they are."""
    if not names:
        return None, None
    assert given is not None, "a statement with parameters is given their values"
    values = [_encode(given[name]) for name in names]
    return values, [_BINARY if isinstance(given[name], bytes) else _TEXT for name in names]


def _encode(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    text = str(value).encode()
    if b"\0" in text:
        raise psycopg.DataError("PostgreSQL cannot keep a NUL character in a text")
    return text
