"""The files of a plan, read to be changed: their text as it stands, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from campaignflow.domain.agencies import Agency
from campaignflow.domain.findings import Finding
from campaignflow.domain.plan_parts import CONTACT_COLUMNS, NEW_REGISTER, PlanParts, RowChange, RowsOf
from campaignflow.domain.plan_patch import NOTHING, Within
from campaignflow.loading.csv_edit import new_table, splice_rows
from campaignflow.loading.csvtext import read_csv
from campaignflow.loading.errors import PlanRefused
from campaignflow.loading.files import Refusal, read_beside, read_file
from campaignflow.loading.plan_edit import splice
from campaignflow.loading.plans import Reading, read_plan
from campaignflow.loading.rosters import numbers_named
from campaignflow.loading.typing_errors import keys_of
from campaignflow.loading.yamltext import parse_yaml

_BOM = b"\xef\xbb\xbf"
_ROSTER = ("id", "name")
_REGISTER = CONTACT_COLUMNS[:3]


@dataclass(frozen=True, kw_only=True)
class PlanFiles:
    """A plan's files.

    Attributes:
        plan: the path of `plan.yaml`.
        contents: what the files hold, by their names beside the plan; empty for a plan that is not there yet.
        parts: what they say.
    """

    plan: Path
    contents: Mapping[str, bytes] = field(default_factory=dict)
    parts: PlanParts = field(default_factory=PlanParts)


def open_files(plan: Path) -> PlanFiles:
    """The files of a plan that is there.

    Raises:
        PlanUnreadable: the file may not be read.
        PlanRefused: the plan cannot be typed, or a table beside it cannot be read, so nobody knows what their entries
            mean.
    """
    reading = read_plan(plan)
    if reading.plan is None or any(Path(found.file).name != plan.name for found in reading.errors):
        raise PlanRefused(str(plan), reading.findings)
    data: Mapping[str, Any] = parse_yaml(read_file(plan), file=str(plan)).data or {}
    rosters, contacts = list(_named(data.get("rosters"))), list(_named(data.get("contacts")))
    try:
        contents = {name: read_beside(plan.parent, name) for name in (*rosters, *contacts)}
    except Refusal:
        raise PlanRefused(str(plan), reading.findings) from None
    parts = PlanParts(
        data=data,
        rosters=tuple(RowsOf(file=name, rows=_rows(contents[name], name, *_roster_columns(data))) for name in rosters),
        contacts=RowsOf(file=contacts[0], rows=_rows(contents[contacts[0]], contacts[0], *_REGISTER_COLUMNS))
        if contacts else None,
    )  # fmt: skip
    return PlanFiles(plan=plan, contents={plan.name: read_file(plan), **contents}, parts=parts)


_REGISTER_COLUMNS = (_REGISTER, CONTACT_COLUMNS[3:])


def _roster_columns(data: Mapping[str, Any]) -> tuple[Sequence[str], Sequence[str]]:
    return _ROSTER, [key for key in (*keys_of(Agency), *numbers_named(data)) if key not in _ROSTER]


def _named(value: Any) -> Iterator[str]:
    """The names of files under a key, which may be one or many, a mapping or a plain name."""
    for one in value if isinstance(value, list) else [value] if value else []:
        yield one["file"] if isinstance(one, Mapping) else one


def _rows(
    content: bytes, file: str, required: Sequence[str], optional: Sequence[str]
) -> tuple[Mapping[str, str], ...]:  # fmt: skip
    table = read_csv(content, file=file, required=required, optional=optional)
    return tuple({name: cell for name, cell in row.items() if cell} for row in table.rows)


def changed_files(files: PlanFiles, patch: Within = NOTHING, rows: Mapping[str, RowChange] | None = None) -> PlanFiles:
    """The same files with changes put in; only the contents of what changes are others.

    Args:
        files: a plan's files.
        patch: what changes in the plan's text.
        rows: what changes in the tables beside it, by their names; a table that is not there is made.

    Raises:
        NotSpliced: a place of the text cannot be changed without changing more.
    """
    contents = dict(files.contents)
    name = files.plan.name
    if not patch.empty:
        mark, text = _text(contents[name])
        contents[name] = mark + splice(text, patch, file=str(files.plan)).encode()
    for file, change in (rows or {}).items():
        mark, text = _text(contents.get(file, b""))
        if not text.strip():
            contents[file] = new_table([row for row, _ in change.added], CONTACT_COLUMNS).encode()
            continue
        is_register = files.parts.contacts is not None and file == files.parts.contacts.file
        required, optional = _REGISTER_COLUMNS if is_register else _roster_columns(files.parts.data)
        contents[file] = mark + splice_rows(text, change, file=file, required=required, optional=optional).encode()
    return PlanFiles(plan=files.plan, contents=contents, parts=files.parts)


def _text(content: bytes) -> tuple[bytes, str]:
    """A file's byte order mark, if it has one, and its text."""
    mark = _BOM if content.startswith(_BOM) else b""
    return mark, content.removeprefix(mark).decode("utf-8")


def check_files(files: PlanFiles) -> Reading:
    """What the plan's reader says of these contents, which need not be on the disk; nothing is left behind.

    What else the plan names (the document as issued) is read from the plan's folder.
    """
    with TemporaryDirectory(prefix="campaignflow-") as folder:
        for name, content in {**_others(files), **files.contents}.items():
            (Path(folder) / name).write_bytes(content)
        reading = read_plan(Path(folder) / files.plan.name)
        placed = (_placed(finding, Path(folder), files.plan.parent) for finding in reading.findings)
        findings = tuple(_with_rows(placed, files))
    return Reading(
        plan=reading.plan, findings=findings, calendar=reading.calendar, tables=reading.tables,
        contacts=reading.contacts, files=reading.files,
    )  # fmt: skip


def _others(files: PlanFiles) -> dict[str, bytes]:
    header = files.parts.data.get("plan")
    found = {}
    for name in _named(header.get("source")) if isinstance(header, Mapping) else ():
        with suppress(Refusal):  # the check says the same of it as it said before
            found[name] = read_beside(files.plan.parent, name)
    return found


def _with_rows(findings: Iterable[Finding], files: PlanFiles) -> Iterator[Finding]:
    """The findings, those about a contact with a path by its id: `("contacts", "c40", "email")`."""
    register = files.parts.contacts.file if files.parts.contacts else NEW_REGISTER
    content = files.contents.get(register, b"")
    table = read_csv(content, file=register, required=_REGISTER, optional=CONTACT_COLUMNS[3:])
    by_line = {table.at(index, "id").line: index for index in range(len(table.rows))}
    for finding in findings:
        index = by_line.get(finding.line or 0) if Path(finding.file).name == register else None
        if index is None:
            yield finding
        else:
            at = (finding.line, finding.column)
            column = next((one for one in table.columns if table.at(index, one) == at), "id")
            yield replace(finding, path=("contacts", table.rows[index]["id"], column))


def _placed(finding: Finding, room: Path, folder: Path) -> Finding:
    path = Path(finding.file)
    where = folder / path.relative_to(room) if path.is_relative_to(room) else path
    return finding.located(str(where), finding.line, finding.column)
