"""Everything of a campaign as open files: what remains readable when this program is gone."""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from campaignflow.domain import clock
from campaignflow.domain.assignments import INSTANTS, Facts
from campaignflow.ports import AgencyRow, ContactRow, Store
from campaignflow.services.errors import FileUnusable, NothingToExportTo
from campaignflow.services.running import Running

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_README = """\
{title}

plan.json         the plan as applied (revision {revision})
agencies.csv      the agencies
assignments.csv   every assignment and what became of it
contacts.csv      the register of contacts
journal.jsonl     every event, one a line; `hash` is SHA-256 over the previous hash and `body`
attachments/      the files that came with documents, named by their SHA-256
status.json       where everything stood at the time of the export

Head of the journal: {head}
"""


def export(store: Store, running: Running, folder: Path, status: Mapping[str, Any]) -> tuple[str, ...]:
    """Writes the campaign into `folder`, which must be empty or not exist; gives the names of what it wrote.

    The files are written beside the folder and put in place at the end, so that there is a whole export or none.

    Args:
        store: where the campaign is.
        running: the campaign.
        folder: where to write.
        status: the document that `status --json` prints.

    Raises:
        NothingToExportTo: the folder has something in it.
        FileUnusable: it cannot be written.
    """
    with store.reading(), _beside(folder) as room:
        (room / "attachments").mkdir()
        for blob in store.blobs(running.id):
            (room / "attachments" / blob.sha256).write_bytes(blob.content)
        revision = store.revision(running.id, whole=True)
        _write_json(room / "plan.json", json.loads(revision.plan))
        _write_json(room / "status.json", status)
        head = _journal(room / "journal.jsonl", store, running)
        _table(room / "agencies.csv", AgencyRow.__slots__, _rows(AgencyRow, store.agencies(running.id).values()))
        _table(room / "assignments.csv", Facts.__slots__, _assignments(running, store.assignments(running.id)))
        _table(room / "contacts.csv", ContactRow.__slots__, _rows(ContactRow, store.contacts(running.id)))
        text = _README.format(title=running.header["title"], revision=revision.number, head=head)
        (room / "README.txt").write_text(text, encoding="utf-8")
    return tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()))


def neutral(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula (A9)."""
    if isinstance(value, tuple):
        return " ".join(str(one) for one in value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int) else text


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A room to write in, which becomes `folder` at the end."""
    _refuse_full(folder)
    room: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        yield room
        room.chmod(0o755)
        os.replace(room, folder)
    except OSError as error:
        raise FileUnusable(file=str(folder), detail=error.strerror or str(error)) from None
    finally:
        if room is not None:
            shutil.rmtree(room, ignore_errors=True)


def _refuse_full(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NothingToExportTo(folder=str(folder))


def _journal(path: Path, store: Store, running: Running) -> str:
    head = ""
    with path.open("w", encoding="utf-8") as file:
        for sequence, body, digest in store.chain(running.id):
            head = digest.hex()
            line = {"sequence": sequence, "body": body.decode(), "hash": head}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return head


def _rows(kind: type, values: Iterable[Any]) -> Iterator[list[Any]]:
    names: Sequence[str] = kind.__slots__  # type: ignore[attr-defined]
    return ([getattr(value, name) for name in names] for value in values)


def _assignments(running: Running, values: Iterable[Facts]) -> Iterator[list[Any]]:
    """The assignments with their instants as people read them: ISO 8601, in the plan's zone."""
    for row in _rows(Facts, values):
        yield [
            clock.iso(clock.from_micros(value, running.zone)) if name in INSTANTS and value is not None else value
            for name, value in zip(Facts.__slots__, row, strict=True)
        ]


def _table(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([neutral(value) for value in row] for row in rows)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
