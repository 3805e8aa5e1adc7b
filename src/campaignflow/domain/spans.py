"""Spans of time, edges and periods as a plan writes them: `2013-12`, `2013-Q4`, `2013-H2`, `2015`, `{from, to}`.

They are scalars like those of `scalars`, kept apart because they are many.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from campaignflow.domain.clock import FIRST_YEAR, LAST_YEAR
from campaignflow.domain.deadlines import Window
from campaignflow.domain.findings import Rule, register
from campaignflow.domain.periods import PERIOD_PATTERN, parse_period
from campaignflow.domain.scalars import DATE_PATTERN, FromText, a_date, an_id, need_text, refuse, whole

#: Every refusal of this module.
RULES: Final = register(
    Rule(
        "bad-window",
        "'{value}' is not a span of time.",
        "Write 2020-10-01, 2013-12, 2013-Q4, 2013-H2, 2015, or {{from: …, to: …}} with any of these on each side.",
        why="A span has a first and a last day that everybody reads alike.",
    ),
    Rule(
        "bad-period",
        "'{value}' is not a period of the calendar.",
        "Write a month (2014-09), a quarter (2014-Q3), a half-year (2015-H1) or a year (2015).",
        why="The period becomes part of the keys of assignments.",
    ),
    Rule(
        "window-reversed",
        "The span ends on {last}, before it begins on {first}.",
        "Exchange the two.",
        why="Nothing can happen in a span that ends before it begins.",
    ),
)


def parse_window(text: str) -> Window:
    """The days of `2013-12`, `2013-Q4`, `2013-H2`, `2015` or one day, `2020-10-01`.

    Raises:
        PydanticCustomError: `bad-window`, `bad-date` or `date-out-of-range`.
    """
    if re.fullmatch(DATE_PATTERN, text):
        day = a_date(text)
        return Window(first=day, last=day)
    period = parse_period(text)
    if period is not None:
        return period.window
    if re.fullmatch(PERIOD_PATTERN, text):
        refuse("date-out-of-range", value=text, low=FIRST_YEAR, high=LAST_YEAR)
    refuse("bad-window", value=text)


def _side(value: object) -> Window:
    return value if isinstance(value, Window) else parse_window(need_text(value))


_SIDE_SCHEMA: Final = {
    "anyOf": [
        {"type": "string", "pattern": "^[0-9]{4}(-([0-9]{2}(-[0-9]{2})?|Q[1-4]|H[12]))?$"},
        {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
    ]
}
_Side = Annotated[Window, FromText(_side, _SIDE_SCHEMA)]


class _FromTo(BaseModel):
    """A window as the two spans that it reaches from and to."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="FromTo")
    from_: _Side = Field(alias="from")
    to: _Side

    def window(self) -> Window:
        first, last = self.from_.first, self.to.last
        if last < first:
            refuse("window-reversed", first=first.isoformat(), last=last.isoformat())
        return Window(first=first, last=last)


@dataclass(frozen=True, slots=True)
class _WindowText:
    """Reads a window; `words` are texts that may stand in its place and are kept as they are."""

    words: tuple[str, ...] = ()

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            self._parse,
            handler.generate_schema(_FromTo),
            serialization=core_schema.plain_serializer_function_ser_schema(_dump_window),
        )

    def _parse(self, value: object, two_sides: core_schema.ValidatorFunctionWrapHandler) -> Window | str:
        if isinstance(value, Window) or (isinstance(value, str) and value in self.words):
            return value
        if isinstance(value, Mapping):
            both: _FromTo = two_sides(value)
            return both.window()
        return parse_window(need_text(value))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        words = [{"enum": list(self.words)}] if self.words else []
        sides = {"type": "object", "additionalProperties": False, "required": ["from", "to"]}
        spans = {"properties": {"from": _SIDE_SCHEMA, "to": _SIDE_SCHEMA}}
        return {"anyOf": [*words, *_SIDE_SCHEMA["anyOf"], sides | spans]}


def _dump_window(value: Window | str) -> Any:
    return value if isinstance(value, str) else value.to_json()


#: A span of days: `2013-12`, `2013-Q4`, `2013-H2`, `2015`, a date, or `{from, to}` of these.
PlanWindow = Annotated[Window, _WindowText()]
#: The same, or the word `period`: the campaign's own.
WindowOrPeriod = Annotated[Window | Literal["period"], _WindowText(("period",))]


def _edge(value: object, *, last: bool) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    window = _side(value)
    return window.last if last else window.first


#: The first day of `2013`, `2013-Q4`, `2013-12`, or a date.
FirstDay = Annotated[date, FromText(lambda value: _edge(value, last=False), _SIDE_SCHEMA)]
#: The last day of the same.
LastDay = Annotated[date, FromText(lambda value: _edge(value, last=True), _SIDE_SCHEMA)]
#: The same, or `open`: no last day.
LastDayOrOpen = Annotated[
    date | Literal["open"],
    FromText(
        lambda value: value if value == "open" else _edge(value, last=True),
        {"anyOf": [{"const": "open"}, *_SIDE_SCHEMA["anyOf"]]},
    ),
]


def _period_id(value: object) -> str:
    text = need_text(value)
    if parse_period(text) is None:
        refuse("bad-period", value=text)
    return text


_PERIOD_SCHEMA: Final = {"type": ["string", "integer"], "pattern": f"^{PERIOD_PATTERN}$"}
#: The id of a period of the calendar: `2014-09`, `2014-Q3`, `2015-H1`, `2015`.
PeriodId = Annotated[str, FromText(_period_id, _PERIOD_SCHEMA)]


def _ending(value: object) -> str:
    text = need_text(value)
    return text if parse_period(text) else an_id(text)


#: The last period of a series, an event that ends it, or `open`.
PeriodOrEvent = Annotated[str, FromText(_ending, {"type": ["string", "integer"]})]


_MONTH: Final = whole(1, 24)
_DAY_OF_MONTH: Final = whole(1, 31)
_MONTH_WORDS: Final = ("first", "last", "next")


def _month_of(value: object) -> int | str:
    if isinstance(value, str) and value in _MONTH_WORDS:
        return value
    return int(_MONTH.parse(value))


def _day_of_month(value: object) -> int | str:
    return "last" if value == "last" else int(_DAY_OF_MONTH.parse(value))


#: A month of a period: `first`, `last`, `next` (the one after it), or the how-manieth.
MonthOfPeriod = Annotated[
    int | str, FromText(_month_of, {"anyOf": [{"enum": list(_MONTH_WORDS)}, dict(_MONTH.schema)]})
]
#: A day of a month: its number, or `last`.
DayOfMonth = Annotated[
    int | Literal["last"], FromText(_day_of_month, {"anyOf": [{"const": "last"}, dict(_DAY_OF_MONTH.schema)]})
]
