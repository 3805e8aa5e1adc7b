"""Days, instants and the text in between, in any time zone.

An *instant* is an aware `datetime`; a *day* is a plain `date` that means something only together with a zone. Two traps
of the standard library are closed here, so that no other module has to know them:

* Two datetimes that carry the same zone object are compared and subtracted by what the wall clock shows, which is wrong
  in the hour that is shown twice when the clocks go back. Compare instants by `to_micros`.
* Midnight is not always there: some zones skip it (or a whole day), some show it twice. `start_of_day` is the one
  definition of where a day begins.

Nothing here reads a clock.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from campaignflow.errors import CampaignflowError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

#: The years in which a plan may live. Outside them a date is taken for a slip of the pen.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND: Final = timedelta(seconds=1)

# Patterns are compiled on use: most programs that import this module parse nothing.
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT: Final = (
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ]"
    r"(?P<time>(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?)"
    r"(?P<offset>Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
#: Names that the system's zone folder holds beside the zones of the world: they differ from machine to machine, or
#: count leap seconds.
_NOT_ZONES: Final = r"(?:posix|right)/.*|localtime|posixrules|Factory"


class BadTime(CampaignflowError):
    """A text given as a date or a time is neither."""

    code = "bad-time"
    exit_code = 2
    message = "'{text}' is not a date or a time."
    cure = (
        "Write a date (2020-10-23), a time in the plan's zone (2020-10-23T14:30) "
        "or a time with its offset (2020-10-23T14:30+07:00)."
    )


class UnknownZone(CampaignflowError):
    """A name is not the name of a time zone."""

    code = "unknown-zone"
    message = "'{name}' is not a time zone."
    cure = "Write a name of the IANA time zone database, such as Asia/Ho_Chi_Minh."


def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name, from the system's table or else from the `tzdata` package.

    Raises:
        UnknownZone: there is none, or the name is one that means something else on every machine (`localtime`).
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        if re.fullmatch(_NOT_ZONES, name):
            raise ZoneInfoNotFoundError(name)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # odd names, folders, files that are no zone
        raise UnknownZone(name=shown(name)) from error


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of that local day.

    Where midnight is skipped (clocks go forward over it) the day begins at the instant of the change; a day that the
    zone skipped altogether (Pacific/Apia, 30 December 2011) has no length and begins where the next one does. Where
    midnight is shown twice the first counts. The result never decreases from one day to the next.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    if _wall(midnight.astimezone(UTC), zone) == midnight.replace(tzinfo=None):
        return midnight
    return _end_of_gap(midnight, zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after that local day: 24:00, the start of the next."""
    return start_of_day(day + _ONE_DAY, zone)


def last_instant(day: date, zone: ZoneInfo) -> datetime:
    """The last microsecond of that local day: what stands for "on that day" when no time is known."""
    return (end_of_day(day, zone).astimezone(UTC) - _MICROSECOND).astimezone(zone)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The last local day that has begun at an instant.

    It is the date on the wall, except in the zones and hours where the clocks go back over midnight: there the wall
    shows yesterday's date once more, and the day that has begun stays begun.
    """
    shown_on_wall = instant.astimezone(zone).date()
    tomorrow = shown_on_wall + _ONE_DAY
    return tomorrow if to_micros(start_of_day(tomorrow, zone)) <= to_micros(instant) else shown_on_wall


def to_micros(instant: datetime) -> int:
    """The whole microseconds since 1970-01-01T00:00Z: what the store keeps, and what instants are compared by.

    Raises:
        ValueError: the datetime is naive.
    """
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {instant.isoformat()}")
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_micros(micros: int, zone: ZoneInfo) -> datetime:
    """The instant of a count of microseconds since 1970-01-01T00:00Z, shown in a zone."""
    return (_EPOCH + micros * _MICROSECOND).astimezone(zone)


def iso(instant: datetime) -> str:
    """An instant as text with whole seconds and its offset: `2020-10-25T00:00:00+07:00`.

    Raises:
        ValueError: the datetime is naive.
    """
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {instant.isoformat()}")
    return instant.isoformat(timespec="seconds")


def parse_date(text: str) -> date | None:
    """The day that `2020-10-25` names, or None where the text is written otherwise or names no day.

    Only this one form: the standard library would also read `20201025` and week dates. The year is not judged.
    """
    if not re.fullmatch(_DATE, text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_moment(text: str, zone: ZoneInfo, *, bare: Literal["start", "end"]) -> datetime:
    """The instant that a command's argument names, shown in `zone`.

    A bare date counts whole: `bare="end"`, for what happened by it, gives its last microsecond; `bare="start"` its
    first instant. A time without an offset is a time in `zone`; as RFC 5545, section 3.3.5, has it, a time shown twice
    is the first of the two, and a time that the clocks skipped is moved forward by what they skipped.

    Raises:
        BadTime: the text has another form, names no day, or lies outside the years 1900 to 2200.
    """
    text = text.strip()
    day = parse_date(text)
    if day is not None and _plausible(day):
        return start_of_day(day, zone) if bare == "start" else last_instant(day, zone)
    match = re.fullmatch(_MOMENT, text)
    day = parse_date(match["day"]) if match else None
    if match is None or day is None or not _plausible(day):
        raise BadTime(text=shown(text))
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)


def shown(text: str, limit: int = 60) -> str:
    """A foreign text made fit for a message: at most `limit` characters, on one line, all printable."""
    clean = "".join(character if character.isprintable() else "?" for character in text[:limit])
    return clean if len(text) <= limit else clean + "…"


def _plausible(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows, as a naive datetime."""
    return instant.astimezone(zone).replace(tzinfo=None)


def _end_of_gap(midnight: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks jump over a midnight.

    A skipped time read with the offset after the change lies before the change, read with the one before it, at or
    after it (PEP 495); between these two the change is searched, second by second as offsets go.
    """
    before = midnight.replace(fold=1).astimezone(UTC)
    after = midnight.replace(fold=0).astimezone(UTC)
    wanted = midnight.replace(tzinfo=None)
    seconds = range((after - before) // _SECOND + 1)
    found = bisect_left(seconds, True, key=lambda second: _wall(before + second * _SECOND, zone) >= wanted)
    return (before + found * _SECOND).astimezone(zone)
