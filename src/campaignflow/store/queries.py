"""The SQL of the store, read from the files in `sql/`.

A file is parsed when its first query is used: a reader of the status parses nothing of the register.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import Any

import aiosql


@cache
def queries(topic: str) -> Any:
    """The queries of `sql/TOPIC.sql`, each a function that takes the connection and named parameters."""
    with as_file(files("campaignflow.store") / "sql" / f"{topic}.sql") as path:
        return aiosql.from_path(path, "sqlite3", mandatory_parameters=False)
