"""What is done in the runs that are recorded call by call: `python -m tests.support.crash_work WORK DATABASE [MODE]`.

Each thing that was done is said on standard output once the library has returned. MODE is the `synchronous` to work
with instead of the product's own.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from campaignflow import Campaign
from campaignflow.ports import Blob
from campaignflow.services.documents import Attachment, Document
from tests.support.course import amend
from tests.support.plans import WORKSHOP, moment, workshop
from tests.support.steps import take


def said(what: str) -> None:
    """Says that something was done, in one system call."""
    os.write(1, f"{what}\n".encode())


def attached(size: int) -> Document:
    """A document with a file of so many bytes."""
    content = bytes(number * 7 % 256 for number in range(size))
    blob = Blob(sha256=hashlib.sha256(content).hexdigest(), size=size, content=content)
    return Document(number="12/BC", sent=moment("2026-03-12 08:00"), attachments=(Attachment(name="a.pdf", blob=blob),))


def apply(campaign: Campaign) -> None:
    """Makes the database and applies the workshop's plan."""
    campaign.apply_loaded(workshop(), now=moment("2026-02-16 08:00"))
    said("applied")


def steps(campaign: Campaign) -> None:
    """Takes three steps; the second brings a file, the third ends other assignments too."""
    take(campaign, "2026-02-20", "hold/ash", "register", actor="ash", note="có dấu")
    said("registered")
    take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="ash", document=attached(30_000))
    said("submitted")
    take(campaign, "2026-03-12 10:00", "hold/ash", "accept", actor="registry")
    said("accepted")


def many_steps(campaign: Campaign) -> None:
    """Ticks parts while what was written is moved into the database file again and again."""
    campaign._store()._connection.execute("PRAGMA wal_autocheckpoint = 12")
    for number, key in enumerate(["hold/ash", "hold/birch", "hold/ash", "hold/birch", "hold/ash"]):
        campaign.tick_part(key, "open", ticked=number < 2 or number == 4, now=moment(f"2026-03-0{number + 2}"))
        said(f"ticked {number}")


def amendment(campaign: Campaign) -> None:
    """Applies the plan with a later date."""
    amend(campaign, "2026-02-20", WORKSHOP, ("reports.results.due", {"before": "2026-03-18"}))
    said("amended")


def clock(campaign: Campaign) -> None:
    """Takes the steps of the clock of three weeks."""
    campaign.tick(now=moment("2026-03-10"))
    said("ticked")


def migrate(campaign: Campaign) -> None:
    """Opens the database, which brings it to this release's schema."""
    campaign._store().campaigns()
    said("opened")


WORKS: dict[str, Callable[[Campaign], None]] = {
    "apply": apply, "steps": steps, "many-steps": many_steps, "amendment": amendment, "clock": clock,
    "migrate": migrate,
}  # fmt: skip


def main(work: str, database: str, mode: str | None = None) -> None:
    """Does one piece of work on a database, and closes it."""
    path = Path(database)
    with Campaign.open(database=f"sqlite:///{path}", now=moment("2026-02-16 08:00")) as campaign:
        if mode is not None:
            campaign._store(create=True)._connection.execute(f"PRAGMA synchronous = {mode}")
        WORKS[work](campaign)
        (path.parents[1] / "shared").write_bytes(Path(f"{path}-shm").read_bytes())
    said("closed")


if __name__ == "__main__":
    main(*sys.argv[1:])
