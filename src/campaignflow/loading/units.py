"""The rows of rosters typed all at once: what one row would go through, gone through column by column.

A roster of a country has some ten thousand units, and reading each by itself costs more than all rules together. A
column is typed as a whole: values that are alike are typed once, by the same readers. Nothing is refused here. Where
anything is not as it should be, the rows are typed one by one instead, which says what is wrong and where.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, Final

from pydantic import ValidationError

from campaignflow.domain.agencies import Agency
from campaignflow.domain.plan_references import Columns
from campaignflow.domain.scalars import are_ids, are_lines
from campaignflow.loading.csvtext import Table

_ID: Final = "id"


class Units(Columns):
    """Agencies as plain data, by id: those that the plan writes, then the rows of tables, each made when asked for."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self.written = written
        self._tables: list[tuple[Table, frozenset[int]]] = []
        self._known: set[str] = set(written)
        self._place: dict[str, tuple[Table, int]] | None = None
        self._distinct: dict[str, dict[str, None]] = {}

    def take(self, table: Table) -> list[tuple[str, int]]:
        """Takes the rows of a table; gives those, with their ids, that are left out since the id was there before."""
        ids = table.column(_ID) if table.columns else ()
        again: list[tuple[str, int]] = []
        if len(self._known) + len(ids) == len(self._known.union(ids)):
            self._known.update(ids)
        else:
            for index, key in enumerate(ids):
                if key in self._known:
                    again.append((key, index))
                self._known.add(key)
        if ids:
            self._tables.append((table, frozenset(index for _, index in again)))
        return again

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[str]:
        yield from self.written
        for table, out in self._tables:
            yield from _column(table, _ID, out)

    def __contains__(self, key: object) -> bool:
        return key in self._known

    def __getitem__(self, key: str) -> Any:
        if key in self.written:
            return self.written[key]
        table, index = self._places[key]
        return _plain(table.columns, table.cells[index])

    def place(self, key: object) -> tuple[Table, int] | None:
        """The table of an agency and its row there; None for one that the plan writes itself, or that is not there."""
        return self._places.get(str(key))

    @property
    def _places(self) -> dict[str, tuple[Table, int]]:
        if self._place is None:
            self._place = {}
            for table, out in self._tables:
                rows = enumerate(table.column(_ID))
                self._place |= {key: (table, index) for index, key in rows if index not in out}
        return self._place

    def distinct(self, key: str) -> Mapping[str, None]:
        """Every text under a key, each once, in the order of the agencies."""
        if key not in self._distinct:
            written = (one.get(key) for one in self.written.values() if isinstance(one, Mapping))
            found = dict.fromkeys(one for one in written if isinstance(one, str))
            for table, out in self._tables:
                found |= dict.fromkeys(_column(table, key, out)) if key in table.columns else {}
            found.pop("", None)
            self._distinct[key] = found
        return self._distinct[key]

    def typed(self) -> dict[str, Agency] | None:
        """The agencies of the tables; None where some row might be refused, or was left out."""
        found: dict[str, Agency] = {}
        for table, out in self._tables:
            agencies = None if out else type_rows(table)
            if agencies is None:
                return None
            found = found | agencies if found else agencies
        return found


def _column(table: Table, name: str, out: frozenset[int]) -> Iterable[str]:
    """A column without some of its rows."""
    column = table.column(name)
    return (text for index, text in enumerate(column) if index not in out) if out else column


def _plain(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(columns, cells) if cell and name != _ID}  # noqa: B905 -- equally long


def type_rows(table: Table) -> dict[str, Agency] | None:
    """The agencies of a table by id, as each row typed by itself would make them; None where a row might be refused."""
    columns = {name: table.column(name) for name in table.columns}
    ids = columns.pop(_ID)
    if not (are_ids(ids) and are_lines(columns["name"]) and _NO_KEY.isdisjoint(columns)):
        return None
    try:
        typed = {name: _typed(name, column) for name, column in columns.items()}
    except ValidationError:
        return None
    own = {_FIELDS[name]: values for name, values in typed.items() if name in _FIELDS}
    numbers = {name: values for name, values in typed.items() if name not in _FIELDS}
    return dict(zip(ids, _made(own, _numbers(numbers, len(ids)), _told(columns, len(ids))), strict=True))


_FIELDS: Final = {field.alias or name: name for name, field in Agency.model_fields.items()}
"""The keys of an agency, each with the name that it has in Python."""
_NO_KEY: Final = Agency.model_fields.keys() - _FIELDS.keys()
"""Names in Python that are no keys: a number of an agency's own is better not called so."""
_BLANK: Final = vars(Agency(name="-"))
"""What pydantic keeps of an agency that says nothing but its name."""
_BY_ID: Final = frozenset({"kind", "level", "under", "succeeded_by", "standing"})
"""The keys whose values are ids."""


def _typed(name: str, column: Sequence[str]) -> Sequence[Any]:
    """The values of a column, each distinct text read once; an empty cell is what an agency has that does not say it.

    Raises:
        ValidationError: one of them is refused.
    """
    texts = set(column)
    if name == "name" or (name in _BY_ID and are_ids(texts)):
        return column
    values = {text: _read(name, text) if text else _BLANK.get(_FIELDS.get(name, "")) for text in texts}
    return list(map(values.__getitem__, column))


def _read(name: str, text: str) -> Any:
    """What an agency makes of one of its texts."""
    agency = Agency.model_validate({"name": "-", name: text}, by_alias=True, by_name=False)
    return getattr(agency, _FIELDS.get(name, name))


def _made(
    own: Mapping[str, Sequence[Any]], numbers: Iterable[dict[str, int]], told: Iterable[set[str]]
) -> Iterator[Agency]:
    """Agencies put together of values that were read, as pydantic would leave them."""
    names, new, put, row = tuple(own), Agency.__new__, object.__setattr__, dict(_BLANK)
    for values, more, fields in zip(zip(*own.values()), numbers, told):  # noqa: B905 -- as many as there are rows
        row.update(zip(names, values))  # noqa: B905 -- as many as there are names
        row["__pydantic_extra__"] = more
        agency = new(Agency)
        put(agency, "__dict__", row.copy())
        put(agency, "__pydantic_fields_set__", fields)
        put(agency, "__pydantic_private__", None)
        yield agency


def _numbers(columns: Mapping[str, Sequence[int | None]], count: int) -> Iterable[dict[str, int]]:
    """For each agency the numbers of its own that it has."""
    if not columns:
        return ({} for _ in range(count))
    rows = zip(*columns.values())  # noqa: B905 -- equally long
    return ({name: one for name, one in zip(columns, row, strict=True) if one is not None} for row in rows)


def _told(columns: Mapping[str, Sequence[str]], count: int) -> Iterable[set[str]]:
    """For each agency the names of what it says; who says the same shares a set, which nobody changes."""
    always = {_FIELDS.get(name, name) for name in columns}
    partly = {_FIELDS.get(name, name): column for name, column in columns.items() if "" in column}
    return _told_partly(always, partly) if partly else repeat(always, count)


def _told_partly(always: set[str], partly: Mapping[str, Sequence[str]]) -> Iterator[set[str]]:
    """Likewise, where `partly` has columns in which some cells are empty."""
    sets: dict[tuple[bool, ...], set[str]] = {}
    for said in zip(*(map(bool, column) for column in partly.values())):  # noqa: B905 -- equally long
        if said not in sets:
            sets[said] = always - {name for name, one in zip(partly, said, strict=True) if not one}
        yield sets[said]
