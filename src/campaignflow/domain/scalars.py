"""The kinds of value that a plan's text is made of.

The loader hands over text only: every scalar is a `str`, however YAML would have typed it. The types here turn such
text into values, strictly: one way to write each thing, so that a slip is found and not guessed at. What is refused is
refused with a stable type (`bad-date`) from `RULES`, whose fields are the error's context; the words are put in front
of people elsewhere.

A value that already has its type is taken as it is, so that models can also be built in Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Annotated, Any, Final, NoReturn, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from campaignflow.domain.clock import FIRST_YEAR, LAST_YEAR, parse_date, shown
from campaignflow.domain.findings import Rule, register, rule

T = TypeVar("T")

#: Every refusal of this module.
RULES: Final = register(
    Rule(
        "not-text",
        "A single value belongs here, not a list or a mapping.",
        "Write one value.",
        why="Brackets, dashes and colons make structure; this value has none.",
    ),
    Rule(
        "bad-date",
        "'{value}' is not a date.",
        "Write year, month and day, such as 2020-10-25.",
        why="One way of writing a date leaves no doubt which number is the month.",
    ),
    Rule(
        "date-out-of-range",
        "The year of {value} is outside {low} to {high}.",
        "Check the year.",
        why="Such a year is a slip of the pen.",
    ),
    Rule(
        "bad-number",
        "'{value}' is not a whole number.",
        "Write plain digits, such as 5, with no leading zero.",
        why="Separators and leading zeros mean different numbers to different readers.",
    ),
    Rule(
        "number-out-of-range",
        "{value} is outside {low} to {high}.",
        "Write a number from {low} to {high}.",
        why="Beyond these bounds the number can only be a mistake, or could not be kept exactly.",
    ),
    Rule(
        "bad-boolean",
        "'{value}' is neither true nor false.",
        "Write true or false.",
        why="Readers of YAML disagree about yes, on and y.",
    ),
    Rule(
        "bad-id",
        "'{value}' cannot be an id.",
        "Use 1 to 64 lower-case letters a-z, digits, '-', '.' and '_', with a letter or digit at both ends: so-gddt.",
        why="Ids become parts of keys, addresses and file names, and are typed at the command line.",
    ),
    Rule(
        "bad-clause-id",
        "'{value}' cannot be the id of a clause.",
        "Use at most {limit} characters on one line, without '/': III.1-2.",
        why="Clauses are cited in every mail and calendar entry.",
    ),
    Rule(
        "empty-text",
        "There is no text here.",
        "Write the text, or leave the key out.",
        why="A value left empty is nearly always forgotten.",
    ),
    Rule(
        "text-too-long",
        "The text has {length} characters, more than {limit}.",
        "Shorten it.",
        why="Texts go into mails, calendars and tables.",
    ),
    Rule(
        "line-break",
        "The text runs over several lines.",
        "Write it on one line.",
        why="It becomes a line of a mail header, a calendar entry or a table.",
    ),
    Rule(
        "bad-character",
        "The text holds the invisible character {character}.",
        "Delete that character.",
        why="Such characters break mail headers, or make a text read otherwise than it is.",
    ),
    Rule(
        "bad-time-of-day",
        "'{value}' is not a time of day.",
        'Write hours and minutes, such as "18:00".',
        why="One way of writing a time leaves no doubt about morning and evening.",
    ),
    Rule(
        "bad-weekday",
        "'{value}' is not a day of the week.",
        "Write mon, tue, wed, thu, fri, sat or sun.",
        why="Days of the week are named alike in plans of every language.",
    ),
)


def refuse(code: str, **context: str | int) -> NoReturn:
    """Refuse a value by a registered rule; foreign text in the context is made fit for a message.

    Raises:
        PydanticCustomError: always.
    """
    fields = {name: shown(value) if isinstance(value, str) else value for name, value in context.items()}
    raise PydanticCustomError(code, rule(code).message, fields or None)


def need_text(value: object) -> str:
    """The text that the loader handed over.

    Raises:
        PydanticCustomError: `not-text`.
    """
    if isinstance(value, str):
        return value
    refuse("not-text")


@dataclass(frozen=True, slots=True)
class FromText:
    """Makes `Annotated[T, FromText(parse, schema)]` a type that pydantic reads with `parse`.

    Attributes:
        parse: turns the text into the value, and returns what already is one.
        schema: what the published JSON Schema says. Editors type scalars by YAML 1.2, so a number may be written there.
        dump: the way back to the text, where that is not what JSON makes of the value.
    """

    parse: Callable[[Any], Any]
    schema: Mapping[str, Any] = field(hash=False)
    dump: Callable[[Any], Any] | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema by which pydantic validates and writes the value."""
        writer = core_schema.plain_serializer_function_ser_schema(self.dump) if self.dump else None
        return core_schema.no_info_plain_validator_function(self.parse, serialization=writer)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What the published schema says of the value."""
        return dict(self.schema)


# Dates


def a_date(value: object) -> date:
    """A day, as `PlanDate` reads it.

    Raises:
        PydanticCustomError: `not-text`, `bad-date` or `date-out-of-range`.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        day: date | None = value
    else:
        day = parse_date(need_text(value))
    if day is None:
        refuse("bad-date", value=need_text(value))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        refuse("date-out-of-range", value=day.isoformat(), low=FIRST_YEAR, high=LAST_YEAR)
    return day


#: How a date is written.
DATE_PATTERN: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

#: A day, written `2020-10-25`, of the years 1900 to 2200.
PlanDate = Annotated[date, FromText(a_date, {"type": "string", "pattern": f"^{DATE_PATTERN}$"})]

# Numbers and truth

_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
#: The largest number a plan may hold: 15 digits, money in whole đồng with room to spare, exact in every spreadsheet.
LARGEST: Final = 999_999_999_999_999


def whole(low: int = -LARGEST, high: int = LARGEST) -> FromText:
    """The annotation of a whole number from `low` to `high`: `Annotated[int, whole(1, 31)]`."""

    def parse(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif _WHOLE.fullmatch(need_text(value)):
            number = int(need_text(value))
        else:
            refuse("bad-number", value=need_text(value))
        if not low <= number <= high:
            refuse("number-out-of-range", value=str(number), low=low, high=high)
        return number

    return FromText(parse, {"type": "integer", "minimum": low, "maximum": high})


#: Any whole number of at most 15 digits.
PlanInt = Annotated[int, whole()]
#: How many there are of something: from 0.
PlanCount = Annotated[int, whole(0)]
#: A number of days that a deadline may count: 1 to 3660, ten years.
PlanDays = Annotated[int, whole(1, 3660)]


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = need_text(value)
    if text not in ("true", "false"):
        refuse("bad-boolean", value=text)
    return text == "true"


#: `true` or `false`, and none of YAML 1.1's other words for them.
PlanBool = Annotated[bool, FromText(_boolean, {"type": "boolean"})]

# Text

#: Control characters but the line feed; separators that some readers take for line ends; the marks that turn the
#: direction of writing around, with which a text can show other words than it holds; halves of characters.
_INVISIBLE: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_ID: Final = r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?"
_ID_ONLY: Final = re.compile(_ID)
TEXT_LIMIT: Final = 20_000
LINE_LIMIT: Final = 1_000
CLAUSE_LIMIT: Final = 64


def _text(value: object, limit: int = TEXT_LIMIT) -> str:
    text = need_text(value).strip()
    if not text:
        refuse("empty-text")
    if len(text) > limit:
        refuse("text-too-long", length=len(text), limit=limit)
    if found := _INVISIBLE.search(text):
        refuse("bad-character", character=f"U+{ord(found[0]):04X}")
    return text


def line(value: object, limit: int = LINE_LIMIT) -> str:
    """Text of one line without the white space around it, as `Line` reads it.

    Raises:
        PydanticCustomError: `not-text`, `empty-text`, `text-too-long`, `bad-character` or `line-break`.
    """
    text = _text(value, limit)
    if "\n" in text:
        refuse("line-break")
    return text


def an_id(value: object) -> str:
    """An id, as `PlanId` reads it.

    Raises:
        PydanticCustomError: `not-text` or `bad-id`.
    """
    text = need_text(value)
    if not _ID_ONLY.fullmatch(text):
        refuse("bad-id", value=text)
    return text


def are_ids(values: Iterable[str]) -> bool:
    """Whether every text is an id as `an_id` reads it; of a great many it says so fast."""
    return all(map(_ID_ONLY.fullmatch, values))


def are_lines(values: Sequence[str]) -> bool:
    """Whether `line` takes every text, none of which has white space around it; of a great many it says so fast."""
    text = "\n".join(values)
    return (
        all(values)
        and max(map(len, values), default=0) <= LINE_LIMIT
        and text.count("\n") == max(len(values) - 1, 0)
        and not _INVISIBLE.search(text)
    )


def _clause_id(value: object) -> str:
    text = need_text(value)
    if not text or text != text.strip() or len(text) > CLAUSE_LIMIT or re.search(r"[/\n]", text):
        refuse("bad-clause-id", value=text, limit=CLAUSE_LIMIT)
    return line(text)


#: Editors type scalars by YAML 1.2: what is text to us may be a number or a truth value to them.
_WRITTEN: Final = ["string", "number", "boolean"]
#: Text of one or more lines, without the white space around it.
Text = Annotated[str, FromText(_text, {"type": _WRITTEN, "minLength": 1, "maxLength": TEXT_LIMIT})]
#: Text of one line, without the white space around it.
Line = Annotated[str, FromText(line, {"type": _WRITTEN, "minLength": 1, "maxLength": LINE_LIMIT})]
#: The id of anything but a clause; it becomes part of keys, addresses and file names.
PlanId = Annotated[str, FromText(an_id, {"type": ["string", "integer"], "pattern": f"^{_ID}$"})]
#: The id of a clause as the document counts: `III.1-2`, `B.IV.1.đ`, `Điều 3`.
ClauseId = Annotated[
    str,
    FromText(_clause_id, {"type": ["string", "number"], "pattern": f"^[^/]{{1,{CLAUSE_LIMIT}}}$"}),
]

# Times of the day and the week

_TIME_OF_DAY: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _time_of_day(value: object) -> time:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    text = need_text(value)
    if not _TIME_OF_DAY.fullmatch(text):
        refuse("bad-time-of-day", value=text)
    return time.fromisoformat(text)


#: A local time, written `18:00`.
TimeOfDay = Annotated[
    time,
    FromText(_time_of_day, {"type": "string", "pattern": f"^{_TIME_OF_DAY.pattern}$"}, lambda at: f"{at:%H:%M}"),
]

#: The days of the week as plans write them, Monday first.
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekday(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(WEEKDAYS):
        return value
    text = need_text(value)
    if text not in WEEKDAYS:
        refuse("bad-weekday", value=text)
    return WEEKDAYS.index(text)


#: A day of the week, written `mon` to `sun`, as a number, Monday = 0.
Weekday = Annotated[int, FromText(_weekday, {"enum": list(WEEKDAYS)}, WEEKDAYS.__getitem__)]

# One or many


@dataclass(frozen=True, slots=True)
class _Many:
    """Lets a tuple be read from a list, and with `single` also from one value standing alone."""

    single: bool

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._parse, handler(source))

    def _parse(self, value: object) -> object:
        if isinstance(value, list):
            return tuple(value)
        return (value,) if self.single and not isinstance(value, tuple) else value

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        array = handler(core)
        return {"anyOf": [array["items"], array]} if self.single and "items" in array else array


#: A list, as a tuple.
ListOf = Annotated[tuple[T, ...], _Many(single=False)]
#: One value or a list of them, as a tuple.
Listed = Annotated[tuple[T, ...], _Many(single=True)]
