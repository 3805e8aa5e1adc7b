"""A process that repeats each command until it is done: `python -m tests.support.stubborn DATABASE MODE`.

It prints a line for each try: `done SEQUENCE HASH` or `refused CODE`. MODE:
`on` goes on after a refusal, `dead` ends as if it were killed, `limit=BYTES` lets no file grow beyond so many bytes
until a command was refused, when there is room for another half.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

from campaignflow import Campaign
from campaignflow.store.errors import StoreError
from tests.support.course import amend
from tests.support.crash_work import attached, said
from tests.support.plans import WORKSHOP, moment, workshop
from tests.support.steps import take

TRIES = 40
"""After how many refusals it gives up."""

Deed = Callable[[Campaign], object]


def deeds() -> Iterator[Deed]:
    """What is to be done, in order: the first apply, steps, documents, the clock, an amendment."""
    yield lambda on: on.apply_loaded(workshop(), now=moment("2026-02-16 08:00"))
    yield lambda on: take(on, "2026-02-18", "hold/ash", "register", actor="ash", note="có dấu")
    yield lambda on: amend(on, "2026-02-20", WORKSHOP, ("reports.results.due", {"before": "2026-03-18"}))
    yield lambda on: on.tick(now=moment("2026-03-10"))
    yield lambda on: take(on, "2026-03-12 09:00", "hold/ash", "submit", actor="ash", document=attached(20_000))
    yield lambda on: take(on, "2026-03-12 10:00", "hold/ash", "accept", actor="registry")
    yield lambda on: take(on, "2026-03-13", "hold/birch", "submit", actor="birch", document=attached(9_000))


def main(database: str, mode: str) -> None:
    """Does everything, each deed as often as it takes; what is there already when it begins is not done again."""
    word, _, limit = mode.partition("=")
    worker = _Worker(f"sqlite:///{database}", dead=word == "dead", limit=int(limit or 0))
    for deed in deeds():
        for _ in range(TRIES):
            if worker.does(deed):
                break
        else:
            said("gave up")
            return
    worker.close()
    said("finished")


class _Worker:
    def __init__(self, database: str, *, dead: bool, limit: int) -> None:
        self._database = database
        self._dead = dead
        self._limit = limit
        self._campaign = self._open()
        self._confine()

    def _open(self) -> Campaign:
        return Campaign.open(database=self._database, now=moment("2026-02-16 08:00"))

    def close(self) -> None:
        """Closes the database."""
        self._campaign.close()

    def does(self, deed: Deed) -> bool:
        """Tries it, and tells what became of it; behind a refusal the database is opened anew."""
        try:
            deed(self._campaign)
            with self._campaign._reading() as (store, running):
                head = store.head(running.key)
            assert head is not None
        except StoreError as error:
            said(f"refused {error.code}")
            if self._dead:
                os._exit(0)
            self._limit += self._limit // 2
            self._confine()
            self._campaign.close()
            self._campaign = self._open()
            return False
        said(f"done {head.sequence} {head.hash.hex()}")
        return True

    def _confine(self) -> None:
        if self._limit:
            import resource

            _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self._limit, most))


if __name__ == "__main__":
    main(*sys.argv[1:])
