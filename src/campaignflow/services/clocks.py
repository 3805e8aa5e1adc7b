"""The clocks: the system's, and one that is set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from campaignflow.domain import clock
from campaignflow.ports import Clock
from campaignflow.services.errors import InTheFuture


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The computer's own clock."""

    is_set: bool = False

    def now(self) -> dt.datetime:
        """The present instant, in UTC."""
        return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class SetClock:
    """A clock that somebody set: what is recorded by it is marked as a rehearsal."""

    tell: Callable[[], dt.datetime]
    is_set: bool = True

    @classmethod
    def at(cls, instant: dt.datetime) -> SetClock:
        """A clock that stands still at `instant`.

        Raises:
            ValueError: the instant says no zone.
        """
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return cls(lambda: instant)

    def now(self) -> dt.datetime:
        """The instant it was set to.

        Raises:
            ValueError: what tells it says no zone.
        """
        instant = self.tell()
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return instant


def standing_still(clock: Clock, zone: ZoneInfo) -> Clock:
    """The same clock, its instant shown in a zone and read once."""
    instant = clock.now().astimezone(zone)
    return SetClock(lambda: instant, is_set=clock.is_set)


def refuse_future(moments: Mapping[str, dt.datetime | None], now: dt.datetime, zone: ZoneInfo) -> None:
    """Refuses what is said to have happened after now.

    Raises:
        InTheFuture: one of the moments lies after `now`.
    """
    for what, moment in moments.items():
        if moment is not None and clock.to_micros(moment) > clock.to_micros(now):
            shown = (clock.iso(one.astimezone(zone)) for one in (moment, now))
            raise InTheFuture(what=what, moment=next(shown), now=next(shown))
