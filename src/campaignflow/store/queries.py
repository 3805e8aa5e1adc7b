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
def queries(topic: str) -> Any:
    """The queries of `sql/TOPIC.sql`, each a function that takes the connection and named parameters."""
    return aiosql.from_path(_FOLDER / f"{topic}.sql", "sqlite3", mandatory_parameters=False)
