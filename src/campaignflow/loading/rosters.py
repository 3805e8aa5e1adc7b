"""Rosters and registers: rows of a CSV file made into the same plain data as YAML, so that they are typed alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from campaignflow.domain.agencies import Agency, Contact
from campaignflow.domain.findings import Finding, Path
from campaignflow.loading.csvtext import read_csv
from campaignflow.loading.typing_errors import keys_of, typing_findings
from campaignflow.loading.units import Units

_ROW: Final = ("id", "name")
_REGISTER: Final = ("id", "agency", "role")


class Roster:
    """The agencies of a plan: those it writes itself, then those of its rosters.

    Attributes:
        agencies: by id, as plain data.
        findings: ids that were there before.
        complete: whether every row of every roster could be read.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        written = data.get("agencies")
        self.findings: list[Finding] = []
        self.complete = True
        self.agencies = Units(dict(written) if isinstance(written, Mapping) else {})
        self._numbers = tuple(numbers_named(data))

    def add(self, content: bytes, file: str) -> None:
        """Takes the rows of a roster. Besides the keys of an agency, it may have columns for numbers that are named."""
        optional = [key for key in (*keys_of(Agency), *self._numbers) if key not in _ROW]
        table = read_csv(content, file=file, required=_ROW, optional=optional)
        self.findings += table.findings
        self.complete = self.complete and table.ok
        for key, index in self.agencies.take(table):
            found = Finding.of("duplicate-id", path=("agencies", key), id=key, section="agencies")
            self.findings.append(found.located(file, *table.at(index, "id")))

    def located(self, finding: Finding) -> Finding | None:
        """The finding with its place in a roster; None if it is not about a row of one."""
        path = finding.path
        place = self.agencies.place(path[1]) if len(path) > 1 and path[0] == "agencies" else None
        if place is None:
            return None
        table, row = place
        column = str(path[2]) if len(path) > 2 else "id"
        return finding.located(table.file, *table.at(row, column if column in table.columns else "id"))


def numbers_named(data: Mapping[str, Any]) -> Iterator[str]:
    """The numbers of agencies that the plan itself names: in agencies it writes, and as bounds of its forms."""
    known = set(keys_of(Agency))
    for agency in _values(data.get("agencies")):
        yield from (key for key in (agency if isinstance(agency, Mapping) else ()) if key not in known)
    for form in _values(data.get("forms")):
        for indicator in _values(form.get("indicators") if isinstance(form, Mapping) else None):
            if isinstance(indicator, Mapping):
                bounds = (indicator.get("warn_above"), indicator.get("warn_below"))
                yield from (bound for bound in bounds if isinstance(bound, str) and bound not in known)


def _values(value: Any) -> Iterator[Any]:
    yield from value.values() if isinstance(value, Mapping) else ()


class Register:
    """The contacts of a register that could be typed.

    Attributes:
        contacts: in the order of the file.
        findings: what is wrong with the others.
        complete: whether every row could be read.
    """

    def __init__(self, content: bytes, file: str) -> None:
        optional = [key for key in keys_of(Contact) if key not in _REGISTER]
        self._table = read_csv(content, file=file, required=_REGISTER, optional=optional)
        self._rows: list[int] = []
        self.findings: list[Finding] = list(self._table.findings)
        found = [(index, contact) for index, row in enumerate(self._table.rows) if (contact := self._typed(index, row))]
        self._rows = [index for index, _ in found]
        self.contacts: tuple[Contact, ...] = tuple(contact for _, contact in found)
        self.complete = not self.findings

    def _typed(self, index: int, row: Mapping[str, str]) -> Contact | None:
        data = {name: cell for name, cell in row.items() if cell}
        try:
            return Contact.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as error:
            for finding in typing_findings(error, Contact, data):
                self.findings.append(self._at(finding, index, finding.path))
            return None

    def located(self, finding: Finding) -> Finding | None:
        """A rule's finding about `("contacts", index, column)` with its place; None if it is not about a contact."""
        path = finding.path
        if len(path) < 2 or path[0] != "contacts" or not isinstance(path[1], int):
            return None
        return self._at(finding, self._rows[path[1]], path[2:])

    def _at(self, finding: Finding, row: int, steps: Path) -> Finding:
        column = str(steps[0]) if steps and steps[0] in self._table.columns else "id"
        return finding.located(self._table.file, *self._table.at(row, column))
