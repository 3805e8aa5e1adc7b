"""The SQL of the store, read from the files in `sql/`: each statement stands behind `-- name: NAME` and a sign.

The sign says what is asked of it: nothing for rows, `^` for the first row, `$` for its first value, `!` for how many
rows it concerned, `*!` for the same of many rows given at once. A file is read when its first statement is used: a
reader of the status reads nothing of the register.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

_FOLDER = Path(__file__).parent / "sql"  # not by importlib.resources, which loads much for a command that only reads
_HEADING = re.compile(r"^-- name: (\w+)([\^$]|\*?!)?\s*$", re.MULTILINE)
_INCLUDE = re.compile(r"^-- include: (\w+)\n", re.MULTILINE)
_COMMENT = re.compile(r"\s*--.*$", re.MULTILINE)


class Engine(Protocol):
    """How an engine runs statements. Parameters are by name; `many` are several sets of them."""

    def words(self, name: str, sql: str) -> str:
        """A statement in the engine's own words."""
        ...

    def select(self, connection: Any, name: str, sql: str, given: Any) -> Any:
        """The rows, to be gone through once."""
        ...

    def select_one(self, connection: Any, name: str, sql: str, given: Any) -> Any:
        """The first row; None without one."""
        ...

    def select_value(self, connection: Any, name: str, sql: str, given: Any) -> Any:
        """The first column of the first row; None without one."""
        ...

    def change(self, connection: Any, name: str, sql: str, given: Any) -> int:
        """How many rows it concerned."""
        ...

    def change_many(self, connection: Any, name: str, sql: str, given: Sequence[dict[str, Any]]) -> int:
        """The same of many."""
        ...


class Statement:
    """One statement, to be called with a connection and its parameters by name, or a list of them."""

    def __init__(self, name: str, sql: str, run: Callable[[Any, str, str, Any], Any]) -> None:
        self.name, self.sql, self._run = name, sql, run

    def __call__(self, connection: Any, many: Any = None, /, **given: Any) -> Any:
        """Runs it; gives what its sign asks for."""
        return self._run(connection, self.name, self.sql, given if many is None else many)


class Statements:
    """The statements of one file, each an attribute."""

    def __init__(self, text: str, engine: Engine) -> None:
        runs = {
            None: engine.select, "^": engine.select_one, "$": engine.select_value, "!": engine.change,
            "*!": engine.change_many,
        }  # fmt: skip
        _, *parts = _HEADING.split(text)
        for name, sign, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            sql = _COMMENT.sub("", body).strip().rstrip(";")
            setattr(self, name, Statement(name, engine.words(name, sql), runs[sign]))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"there is no statement `{name}`")


class SqliteEngine:
    """Runs statements with the standard library's `sqlite3`: see `Engine`."""

    def words(self, name: str, sql: str) -> str:
        """A statement as it is written."""
        return sql

    def select(self, connection: Any, name: str, sql: str, given: Any) -> Any:
        """The rows, as they are read."""
        return connection.execute(sql, given)

    def select_one(self, connection: Any, name: str, sql: str, given: Any) -> Any:
        """The first row."""
        return connection.execute(sql, given).fetchone()

    def select_value(self, connection: Any, name: str, sql: str, given: Any) -> Any:
        """The first column of the first row."""
        row = connection.execute(sql, given).fetchone()
        return row[0] if row else None

    def change(self, connection: Any, name: str, sql: str, given: Any) -> int:
        """How many rows it concerned."""
        count: int = connection.execute(sql, given).rowcount
        return count

    def change_many(self, connection: Any, name: str, sql: str, given: Sequence[dict[str, Any]]) -> int:
        """The same of many."""
        count: int = connection.executemany(sql, given).rowcount
        return count


@cache
def queries(topic: str, engine: str = "sqlite") -> Any:
    """The statements of `sql/TOPIC.sql`.

    A topic whose statements the engines word differently is in `sql/ENGINE/TOPIC.sql` for each.
    """
    own = _FOLDER / engine / f"{topic}.sql"
    path = own if own.exists() else _FOLDER / f"{topic}.sql"
    return Statements(_text(path), _engine(engine))


def _text(path: Path) -> str:
    """A file with what it includes: `-- include: NAME` stands for the lines of `sql/NAME.part.sql`."""
    return _INCLUDE.sub(lambda found: _text(_FOLDER / f"{found[1]}.part.sql"), path.read_text(encoding="utf-8"))


def _engine(name: str) -> Engine:
    if name == "sqlite":
        return SqliteEngine()
    from campaignflow.store.session import SessionEngine  # loads psycopg

    return SessionEngine()
