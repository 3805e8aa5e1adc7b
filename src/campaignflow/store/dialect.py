"""The store's SQL, written as SQLite reads it, in PostgreSQL's words.

Both engines run the same files. What they name differently is renamed by these few rules, and by nothing else; a topic
whose statements differ in more than names has a file for each engine in `sql/ENGINE/`.

| as written                | for PostgreSQL          | why                                                     |
| ------------------------- | ----------------------- | ------------------------------------------------------- |
| `INTEGER`                 | `BIGINT`                | instants are microseconds: 64 bits                      |
| `BLOB`                    | `BYTEA`                 |                                                         |
| `CAST(x AS BLOB)` of text | `convert_to(x, 'UTF8')` | a cast would read backslashes as escapes                |
| `TEXT` of a column        | `TEXT COLLATE "C"`      | text is compared byte for byte, whatever the locale     |
| `LIKE`                    | `ILIKE`                 | SQLite's LIKE takes no notice of the case of a to z     |
"""

from __future__ import annotations

import re

_BYTES_OF_TEXT = re.compile(r"CAST\((\w+(?:\.\w+)?) AS BLOB\)")
_COMMENT = re.compile(r"--[^\n]*")


def statement_for_postgresql(sql: str) -> str:
    """A statement of `sql/` as PostgreSQL runs it."""
    sql = _BYTES_OF_TEXT.sub(r"convert_to(\1, 'UTF8')", sql)
    return re.sub(r"\bLIKE\b", "ILIKE", re.sub(r"\bINTEGER\b", "BIGINT", sql))


def migration_for_postgresql(script: str) -> str:
    """A migration as PostgreSQL runs it."""
    script = statement_for_postgresql(_COMMENT.sub("", script))
    return re.sub(r"\bBLOB\b", "BYTEA", re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', script))
