"""A plan's files as plain data: what a workbook is filled from, and compared with when it comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

PLAN_TEXT: Final = ""
"""As the source of an entry: it stands in the plan's own text, not in a table beside it."""

CONTACT_COLUMNS: Final = ("id", "agency", "role", "name", "email", "phone", "from", "until")
"""The columns of a register of contacts."""

NEW_REGISTER: Final = "contacts.csv"
"""Where contacts go in a plan that names no register yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsOf:
    """The rows of a CSV file beside the plan, each with its text by column; empty cells are left out."""

    file: str
    rows: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParts:
    """What a plan says, as it is written.

    Attributes:
        data: the plan's text as plain data; every scalar is text.
        rosters: the tables of further agencies.
        contacts: the register of contacts; None where the plan names none.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    rosters: Sequence[RowsOf] = ()
    contacts: RowsOf | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """What happens in a CSV file: cells with other text, rows that come, rows that go.

    Attributes:
        cells: by the id of a row, then by column; an empty text empties the cell.
        added: new rows, each with the id of the row behind which it comes (None: at the end).
        taken: the ids of rows that go.
    """

    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    added: Sequence[tuple[Mapping[str, str], str | None]] = ()
    taken: frozenset[str] = frozenset()
