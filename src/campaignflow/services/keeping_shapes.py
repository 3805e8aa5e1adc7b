"""The JSON documents of `backup`, `restore`, `copy` and `doctor`; see `shapes`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from campaignflow.domain import clock

if TYPE_CHECKING:
    from campaignflow.domain.journal import Event
    from campaignflow.services.doctor import Check
    from campaignflow.services.keeping import BackedUp, Copied, Kept, Restored

Document = dict[str, Any]
"""A JSON object."""


def backup_document(done: BackedUp) -> Document:
    """A backup that was written; `size` in bytes."""
    return {"file": str(done.file), "size": done.size, "campaigns": [_kept(one) for one in done.campaigns]}


def restored_document(done: Restored) -> Document:
    """A backup that was restored; `aside` is where the database that was there before is now."""
    aside = None if done.aside is None else str(done.aside)
    return {"database": done.database, "aside": aside, "campaigns": [_kept(one) for one in done.campaigns]}


def confirmed_document(campaign: str, event: Event, zone: ZoneInfo) -> Document:
    """A restored copy that is now the campaign; `head` is that of the backup."""
    confirmed = clock.iso(clock.from_micros(event.recorded, zone))
    return {"campaign": campaign, "confirmed": confirmed, "head": event.data["head"], "sequence": event.sequence}


def copied_document(done: Copied) -> Document:
    """Campaigns in another database; `rows` counts those of every table, alike on both sides."""
    campaigns = [{**_kept(one), "rows": dict(one.rows)} for one in done.campaigns]
    return {"database": done.database, "campaigns": campaigns}


def doctor_document(checks: Iterable[Check], words: Callable[[str, Mapping[str, object]], str]) -> Document:
    """What is wrong with an installation; `cure` is null where nothing is to be done."""
    listed = [
        {
            "name": one.name, "result": one.result, "message": words(one.message, one.data),
            "cure": words(one.cure, one.data) if one.cure else None,
        }
        for one in checks
    ]  # fmt: skip
    return {"ok": all(one["result"] != "error" for one in listed), "checks": listed}


def _kept(one: Kept) -> Document:
    return {"campaign": one.campaign, "events": one.events, "head": one.head}
