"""Spans of time, edges and periods as a plan writes them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from campaignflow.domain import spans
from campaignflow.domain.deadlines import Window
from campaignflow.domain.spans import (
    DayOfMonth,
    FirstDay,
    LastDay,
    LastDayOrOpen,
    MonthOfPeriod,
    PeriodId,
    PeriodOrEvent,
    PlanWindow,
    WindowOrPeriod,
    parse_window,
)


def read(kind: Any, value: object) -> object:
    return TypeAdapter(kind).validate_python(value)


def refused(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    (error,) = caught.value.errors()
    assert error["msg"].isprintable()
    return error["type"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2014-09-20", date(2014, 9, 20), date(2014, 9, 20)),
        ("2013-12", date(2013, 12, 1), date(2013, 12, 31)),
        ("2013-Q4", date(2013, 10, 1), date(2013, 12, 31)),
        ("2013-H2", date(2013, 7, 1), date(2013, 12, 31)),
        ("2013", date(2013, 1, 1), date(2013, 12, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("1900", date(1900, 1, 1), date(1900, 12, 31)),
        ("2200-Q4", date(2200, 10, 1), date(2200, 12, 31)),
    ],
)
def test_a_span_has_a_first_and_a_last_day_which_are_its_edges(text: str, first: date, last: date) -> None:
    assert parse_window(text) == Window(first=first, last=last)
    assert (read(FirstDay, text), read(LastDay, text), read(LastDayOrOpen, text)) == (first, last, last)


def test_what_is_a_day_already_is_its_own_edge() -> None:
    day = date(2014, 9, 20)

    assert [read(kind, day) for kind in (FirstDay, LastDay, LastDayOrOpen)] == [day, day, day]
    assert read(PlanWindow, Window(first=day, last=day)) == Window(first=day, last=day)


def test_an_end_may_be_open_and_a_beginning_may_not() -> None:
    assert read(LastDayOrOpen, "open") == "open"
    assert (refused(FirstDay, "open"), refused(LastDay, "open")) == ("bad-window", "bad-window")


@pytest.mark.parametrize("kind", [FirstDay, LastDay, LastDayOrOpen, PlanWindow, WindowOrPeriod])
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2014-Q5", "bad-window"),
        ("2014-13", "bad-window"),
        ("2014-H3", "bad-window"),
        ("quý III", "bad-window"),
        ("", "bad-window"),
        ("2014-Q3 ", "bad-window"),
        ("2014-02-30", "bad-date"),
        ("1899", "date-out-of-range"),
        ("2201-Q1", "date-out-of-range"),
        ("2201-01-01", "date-out-of-range"),
        (None, "not-text"),
        (2014, "not-text"),
        (datetime(2014, 9, 20), "not-text"),  # noqa: DTZ001
    ],
)
def test_what_names_no_span_is_refused_alike_wherever_it_stands(kind: Any, value: object, code: str) -> None:
    assert refused(kind, value) == code


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ({"from": "2013-Q4", "to": "2014-Q1"}, date(2013, 10, 1), date(2014, 3, 31)),
        ({"from": "2013-11", "to": "2013-12"}, date(2013, 11, 1), date(2013, 12, 31)),
        ({"from": "2013-12-05", "to": "2013"}, date(2013, 12, 5), date(2013, 12, 31)),
        ({"from": "2013", "to": "2013-01-01"}, date(2013, 1, 1), date(2013, 1, 1)),
    ],
)
def test_from_and_to_reach_from_the_first_day_of_the_one_to_the_last_of_the_other(
    text: dict[str, str], first: date, last: date
) -> None:
    assert read(PlanWindow, text) == Window(first=first, last=last)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ({"from": "2014-Q2", "to": "2014-Q1"}, "window-reversed"),
        ({"from": "2014", "to": "open"}, "bad-window"),
        ({"from": "2014"}, "missing"),
        ({"to": "2014"}, "missing"),
        ({"from": "2014", "to": "2015", "and_after": "true"}, "extra_forbidden"),
        ({"from": {"from": "2014", "to": "2015"}, "to": "2016"}, "not-text"),
    ],
)
def test_two_sides_that_make_no_span_are_refused(text: dict[str, object], code: str) -> None:
    assert refused(PlanWindow, text) == code


# --- periods and the days of one


@pytest.mark.parametrize("text", ["2014-09", "2014-Q3", "2015-H1", "2015"])
def test_a_period_is_kept_by_its_id(text: str) -> None:
    assert read(PeriodId, text) == text
    assert read(PeriodOrEvent, text) == text


@pytest.mark.parametrize(
    ("value", "code"),
    [("2014-9", "bad-period"), ("2014-09-20", "bad-period"), ("1899", "bad-period"), ("Q3", "bad-period"),
     ("", "bad-period"), (2014, "not-text"), (None, "not-text")],
)  # fmt: skip
def test_what_names_no_period_is_refused(value: object, code: str) -> None:
    assert refused(PeriodId, value) == code


def test_a_series_ends_with_a_period_an_event_or_not_at_all() -> None:
    assert [read(PeriodOrEvent, text) for text in ("2015-Q4", "ket-thuc", "open")] == ["2015-Q4", "ket-thuc", "open"]
    assert refused(PeriodOrEvent, "2015-Q5") == "bad-id"
    assert refused(PeriodOrEvent, "Kết thúc") == "bad-id"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (DayOfMonth, "1", 1),
        (DayOfMonth, "31", 31),
        (DayOfMonth, 20, 20),
        (DayOfMonth, "last", "last"),
        (MonthOfPeriod, "first", "first"),
        (MonthOfPeriod, "last", "last"),
        (MonthOfPeriod, "next", "next"),
        (MonthOfPeriod, "1", 1),
        (MonthOfPeriod, 12, 12),
    ],
)
def test_a_day_of_a_period_is_a_number_or_a_word(kind: Any, text: object, value: object) -> None:
    assert read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (DayOfMonth, "0", "number-out-of-range"),
        (DayOfMonth, "32", "number-out-of-range"),
        (DayOfMonth, "-1", "number-out-of-range"),
        (DayOfMonth, "020", "bad-number"),
        (DayOfMonth, "first", "bad-number"),
        (DayOfMonth, ["last"], "not-text"),
        (MonthOfPeriod, "0", "number-out-of-range"),
        (MonthOfPeriod, "25", "number-out-of-range"),
        (MonthOfPeriod, "tháng cuối", "bad-number"),
        (MonthOfPeriod, True, "not-text"),
    ],
)
def test_any_other_day_or_month_of_a_period_is_refused(kind: Any, value: object, code: str) -> None:
    assert refused(kind, value) == code


# --- in a model


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")
    during: WindowOrPeriod | None = None
    first: FirstDay | None = None
    last: LastDayOrOpen | None = None
    period: PeriodId | None = None
    until: PeriodOrEvent | None = None
    day: DayOfMonth | None = None
    month: MonthOfPeriod | None = None


WRITTEN: list[dict[str, Any]] = [
    {"during": "period", "first": "2014", "last": "open", "period": "2014-Q3", "until": "xong", "day": "last"},
    {"during": {"from": "2013-Q4", "to": "2014"}, "last": "2013-12", "period": "2014", "until": "2015-H1", "day": "20"},
    {"month": "next"},
    {"month": "3"},
]


@pytest.mark.parametrize("text", WRITTEN)
def test_what_is_written_as_json_is_read_back(text: dict[str, Any]) -> None:
    line = Line.model_validate(text)

    assert Line.model_validate(line.model_dump(mode="json")) == line
    assert Line.model_validate_json(line.model_dump_json()) == line


def test_a_refusal_names_the_path_to_the_text() -> None:
    for text, path in (
        ({"during": {"from": "2013-Q9", "to": "2014"}}, ("during", "from")),
        ({"last": "opened"}, ("last",)),
        ({"day": "32"}, ("day",)),
    ):
        with pytest.raises(ValidationError) as caught:
            Line.model_validate(text)
        assert [error["loc"] for error in caught.value.errors()] == [path]


def test_the_published_schema_offers_the_words_beside_the_numbers() -> None:
    fields = Line.model_json_schema()["properties"]

    assert {"const": "open"} in fields["last"]["anyOf"]
    assert {"const": "last"} in fields["day"]["anyOf"]
    assert {"enum": ["first", "last", "next"]} in fields["month"]["anyOf"]
    pattern = next(one["pattern"] for one in fields["period"]["anyOf"] if "pattern" in one)
    assert re.search(pattern, "2014-Q3") and not re.search(pattern, "2014-Q5")


def test_every_refusal_has_a_message_a_cure_and_a_reason() -> None:
    for rule in spans.RULES:
        assert rule.message.endswith(".") and rule.cure.endswith(".") and rule.why.endswith("."), rule.code
