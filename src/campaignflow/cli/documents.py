"""From what was typed to what the library takes: moments, days, documents, and who said it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from campaignflow.cli.context import Context
from campaignflow.cli.options import Writing
from campaignflow.domain import clock

if TYPE_CHECKING:
    from campaignflow.campaign import Campaign
    from campaignflow.services.documents import Document
    from campaignflow.services.entries import Saying

_BARE = re.compile(r"\d{4}-\d\d-\d\d")


def past_moment(context: Context, text: str | None, zone: ZoneInfo, now: dt.datetime) -> dt.datetime | None:
    """When something happened. A bare date counts whole, so it is its end; today's has not ended, so it is now.

    Raises:
        BadTime: it is no date or time.
    """
    if text is None:
        return None
    moment = context.moment(text, zone)
    is_today = _BARE.fullmatch(text.strip()) and clock.local_date(moment, zone) == clock.local_date(now, zone)
    return now if is_today else moment


def day_of(text: str | None) -> dt.date | None:
    """The day of an option that takes a date; the option has checked its form."""
    return dt.date.fromisoformat(text) if text else None


def document_of(writing: Writing, *, sent: dt.datetime | None = None, files: Iterable[Path] = ()) -> Document:
    """The document that the writing options describe, its files read.

    Raises:
        FileUnusable, FileTooLarge: a file cannot be kept.
    """
    from campaignflow.services.documents import Document, attach

    return Document(
        number=writing.number,
        date=day_of(writing.date),
        sent=sent,
        attachments=tuple(attach(path) for path in (*files, *writing.attach)),
    )


def saying(
    context: Context, campaign: Campaign, writing: Writing, *, reason: str | None = None, files: Iterable[Path] = ()
) -> Saying:
    """Everything that the writing options say of a step.

    Raises:
        BadTime: a moment is none.
        FileUnusable, FileTooLarge: a file cannot be kept.
    """
    zone, now = campaign.zone, campaign.now()
    at, sent = (past_moment(context, text, zone, now) for text in (writing.at, writing.sent))
    return {
        "on_behalf_of": writing.on_behalf_of,
        "at": at,
        "reason": reason,
        "note": writing.note,
        "document": document_of(writing, sent=sent, files=files),
    }
