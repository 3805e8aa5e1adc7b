"""The SQL of the store, read from the files in `sql/`.

A file is parsed when its first query is used: a reader of the status parses nothing of the register.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import aiosql

_FOLDER = Path(__file__).parent / "sql"  # not by importlib.resources, which loads much for a command that only reads


@cache
def queries(topic: str, engine: str = "sqlite") -> Any:
    """The queries of `sql/TOPIC.sql`, each a function that takes the connection and named parameters.

    A topic whose statements the engines word differently is in `sql/ENGINE/TOPIC.sql` for each.
    """
    own = _FOLDER / engine / f"{topic}.sql"
    path = own if own.exists() else _FOLDER / f"{topic}.sql"
    return aiosql.from_path(path, _driver(engine), mandatory_parameters=False)


def _driver(engine: str) -> Any:
    if engine == "sqlite":
        return "sqlite3"
    from campaignflow.store.session import SessionAdapter  # loads psycopg

    return SessionAdapter
