"""The document that carries a step: its number, dates and files.

Things arrive outside our forms: a paper signed on the 23rd and entered on the 26th was sent on the 23rd. What happened
when and what was recorded when are two facts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from campaignflow.domain import clock
from campaignflow.ports import Blob
from campaignflow.services.errors import FileTooLarge, FileUnusable

LIMIT_MB = 20
"""The largest attachment, in millions of bytes."""

# Controls, what file systems and shells take for more than a letter, marks that turn or hide text, and the halves of
# letters by which Python stands for bytes that are no text.
_UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with the document; kept by content, shown by `name`."""

    name: str
    blob: Blob


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is known of the document. `sent` is the instant that counts as sending."""

    number: str | None = None
    date: dt.date | None = None
    sent: dt.datetime | None = None
    attachments: tuple[Attachment, ...] = ()

    def facts(self) -> Mapping[str, Any] | None:
        """What the journal keeps of it; None where nothing is known."""
        found: dict[str, Any] = {}
        if self.number:
            found["number"] = self.number
        if self.date:
            found["date"] = self.date.isoformat()
        if self.sent:
            found["sent"] = clock.iso(self.sent)
        if self.attachments:
            found["attachments"] = [
                {"name": one.name, "sha256": one.blob.sha256, "size": one.blob.size} for one in self.attachments
            ]
        return found or None

    def moments(self, zone: ZoneInfo) -> dict[str, dt.datetime | None]:
        """The earliest instants that its dates can mean, by the names of the dates."""
        return {"sent": self.sent, "date": clock.start_of_day(self.date, zone) if self.date else None}

    def counted(self, by: str, happened: dt.datetime, zone: ZoneInfo) -> dt.datetime:
        """The instant that decides whether it was on time, `by` the report's `counted_by`.

        `signed` falls back on what was sent where the document has no date.
        """
        if by == "received":
            return happened
        if by == "signed" and self.date is not None:
            return clock.last_instant(self.date, zone)
        return self.sent or happened


NO_DOCUMENT = Document()
"""What comes with a step that no document carried."""


def attach(path: Path) -> Attachment:
    """Reads a file to be attached.

    Raises:
        FileUnusable: it cannot be read.
        FileTooLarge: it is over the limit.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe or a device would never end
            raise FileUnusable(file=display_name(path.name), detail="it is not a regular file")
        if found.st_size > LIMIT_MB * 1_000_000:
            raise FileTooLarge(file=display_name(path.name), size=round(found.st_size / 1e6, 1), limit=LIMIT_MB)
        content = path.read_bytes()
    except OSError as error:
        raise FileUnusable(file=display_name(str(path)), detail=error.strerror or str(error)) from None
    blob = Blob(sha256=hashlib.sha256(content).hexdigest(), size=len(content), content=content)
    return Attachment(name=display_name(path.name), blob=blob)


def display_name(name: str) -> str:
    """A file's name made harmless to show and to write: no path, no control or direction marks, at most 120 letters.

    The store never uses it as a name of its own; files are kept and exported by their content's hash.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = _UNSAFE.sub("_", text).strip(" .")
    return text[-120:].lstrip(" .") or "file"
