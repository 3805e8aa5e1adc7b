"""How dates and times are written for people: `thứ Sáu 23/10/2020` and `Fri 23 Oct 2020`.

Vietnamese dates follow the official layout (Decree 30/2020/NĐ-CP: days below 10 and the months 1 and 2 carry a leading
zero; all months do here, so that columns align). Nothing here knows a time zone: an instant is written as it stands, so
bring it into the plan's zone first.
"""

from __future__ import annotations

import datetime as dt

_VI_DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_date(day: dt.date, lang: str, *, weekday: bool = False) -> str:
    """A date for people, with its day of the week if asked.

    >>> import datetime as dt
    >>> format_date(dt.date(2020, 10, 23), "vi", weekday=True), format_date(dt.date(2020, 10, 23), "en")
    ('thứ Sáu 23/10/2020', '23 Oct 2020')
    """
    if lang == "vi":
        text, names = f"{day.day:02}/{day.month:02}/{day.year:04}", _VI_DAYS
    else:
        text, names = f"{day.day} {_EN_MONTHS[day.month - 1]} {day.year}", _EN_DAYS
    return f"{names[day.weekday()]} {text}" if weekday else text


def format_time(moment: dt.datetime | dt.time) -> str:
    """The time of day, to the minute: `08:05`, the same in both languages."""
    return f"{moment.hour:02}:{moment.minute:02}"


def format_moment(moment: dt.datetime, lang: str, *, weekday: bool = False) -> str:
    """A date and its time of day for people, in the zone that `moment` carries.

    >>> import datetime as dt
    >>> format_moment(dt.datetime(2020, 10, 26, 8, 0, tzinfo=dt.UTC), "vi")
    '26/10/2020 08:00'
    """
    return f"{format_date(moment.date(), lang, weekday=weekday)} {format_time(moment)}"
