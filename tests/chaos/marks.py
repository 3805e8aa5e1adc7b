"""What a writer and the one who kills it share: where in its work the writer is, and the clocks.

A page of memory that both see. It outlives the writer, so that it can be read off where the kill has hit.
"""

from __future__ import annotations

import datetime as dt
import mmap
import struct
from enum import IntEnum

from tests.chaos.draws import PLANS

_COMMITS, _CLOCKS, _PHASES = 0, 8, 64


class Phase(IntEnum):
    """Where a writer is."""

    BETWEEN = 0
    #: It has asked for the right to write.
    WAITING = 1
    #: It has the right to write, and has not asked for the COMMIT yet.
    INSIDE = 2
    #: It has asked for the COMMIT, and its call has not returned yet.
    COMMITTING = 3
    #: Its call has returned, and what it did is not acknowledged yet.
    RETURNED = 4


class Marks:
    """The page. Each campaign has a clock of its own there: it stands still until somebody moves it."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)

    def set(self, slot: int, phase: Phase) -> None:
        """Notes where the writer of that slot is."""
        self._page[_PHASES + slot] = phase
        if phase is Phase.COMMITTING:  # not exact where several add at once, nor need it be
            self._write(_COMMITS, self.commits + 1)

    def get(self, slot: int) -> Phase:
        """Where the writer of that slot is, or was when it died."""
        return Phase(self._page[_PHASES + slot])

    @property
    def commits(self) -> int:
        """About how many COMMITs have been asked for."""
        return self._read(_COMMITS)

    def now(self, campaign: str) -> dt.datetime:
        """What the campaign's clock says."""
        return dt.datetime.fromtimestamp(self._read(_clock(campaign)) / 1_000_000, dt.UTC)

    def set_clock(self, campaign: str, instant: dt.datetime) -> None:
        """Sets the campaign's clock."""
        self._write(_clock(campaign), round(instant.timestamp() * 1_000_000))

    def close(self) -> None:
        """Gives the page back."""
        self._page.close()

    def _read(self, place: int) -> int:
        value: int = struct.unpack_from("q", self._page, place)[0]
        return value

    def _write(self, place: int, value: int) -> None:
        struct.pack_into("q", self._page, place, value)


def _clock(campaign: str) -> int:
    return _CLOCKS + 8 * PLANS.index(campaign)
