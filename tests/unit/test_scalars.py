"""The values that a plan's text is made of: one way to write each, and a stable refusal for all else."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from campaignflow.domain import deadline_text, scalars
from campaignflow.domain.deadlines import Window
from campaignflow.domain.scalars import (
    ClauseId,
    Line,
    Listed,
    ListOf,
    PlanBool,
    PlanDate,
    PlanDays,
    PlanId,
    PlanInt,
    Text,
    TimeOfDay,
    Weekday,
    whole,
)
from campaignflow.domain.spans import PlanWindow, WindowOrPeriod


def read(kind: Any, value: object) -> object:
    return TypeAdapter(kind).validate_python(value)


def window(first: tuple[int, int, int], last: tuple[int, int, int]) -> Window:
    return Window(first=date(*first), last=date(*last))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (PlanDate, "2020-10-25", date(2020, 10, 25)),
        (PlanDate, "2020-02-29", date(2020, 2, 29)),
        (PlanDate, date(2020, 10, 25), date(2020, 10, 25)),
        (PlanInt, "0", 0),
        (PlanInt, "-7", -7),
        (PlanInt, "999999999999999", 999_999_999_999_999),
        (PlanInt, 5, 5),
        (PlanDays, "3660", 3660),
        (PlanBool, "true", True),
        (PlanBool, "false", False),
        (PlanBool, True, True),
        (PlanId, "so-gddt", "so-gddt"),
        (PlanId, "quan-1", "quan-1"),
        (PlanId, "1237", "1237"),
        (PlanId, "return_plan", "return_plan"),
        (PlanId, "a" * 64, "a" * 64),
        (ClauseId, "III.1-2", "III.1-2"),
        (ClauseId, "B.IV.1.đ", "B.IV.1.đ"),
        (ClauseId, "Điều 3", "Điều 3"),
        (ClauseId, "Căn cứ", "Căn cứ"),
        (Text, "một dòng\nhai dòng\n", "một dòng\nhai dòng"),
        (Line, "  trước ngày 25 tháng 10 năm 2020 ", "trước ngày 25 tháng 10 năm 2020"),
        (Line, "2015", "2015"),
        (TimeOfDay, "18:00", time(18)),
        (TimeOfDay, "07:05", time(7, 5)),
        (TimeOfDay, time(7, 5), time(7, 5)),
        (Weekday, "mon", 0),
        (Weekday, "sun", 6),
        (Weekday, 6, 6),
        (PlanWindow, "2013-12", window((2013, 12, 1), (2013, 12, 31))),
        (PlanWindow, "2016-02", window((2016, 2, 1), (2016, 2, 29))),
        (PlanWindow, "2013-Q4", window((2013, 10, 1), (2013, 12, 31))),
        (PlanWindow, "2014-Q1", window((2014, 1, 1), (2014, 3, 31))),
        (PlanWindow, "2013-H1", window((2013, 1, 1), (2013, 6, 30))),
        (PlanWindow, "2013-H2", window((2013, 7, 1), (2013, 12, 31))),
        (PlanWindow, "2015", window((2015, 1, 1), (2015, 12, 31))),
        (PlanWindow, "2020-10-01", window((2020, 10, 1), (2020, 10, 1))),
        (PlanWindow, {"from": "2020-10-01", "to": "2020-10-07"}, window((2020, 10, 1), (2020, 10, 7))),
        (PlanWindow, {"from": "2013-Q4", "to": "2014-Q1"}, window((2013, 10, 1), (2014, 3, 31))),
        (WindowOrPeriod, "period", "period"),
        (WindowOrPeriod, "2015", window((2015, 1, 1), (2015, 12, 31))),
        (Listed[PlanId], "so-gddt", ("so-gddt",)),
        (Listed[PlanId], ["bgddt", "ubnd-tinh"], ("bgddt", "ubnd-tinh")),
        (Listed[PlanId], [], ()),
        (ListOf[Weekday], ["mon", "tue"], (0, 1)),
    ],
)
def test_text_becomes_its_value(kind, text, value):
    found = read(kind, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (PlanDate, "2026-13-15", "bad-date"),
        (PlanDate, "2021-02-29", "bad-date"),
        (PlanDate, "25/10/2020", "bad-date"),
        (PlanDate, "20201025", "bad-date"),
        (PlanDate, "2020-10-25T00:00", "bad-date"),
        (PlanDate, " 2020-10-25", "bad-date"),
        (PlanDate, "２０２０-10-25", "bad-date"),
        (PlanDate, "", "bad-date"),
        (PlanDate, "1899-12-31", "date-out-of-range"),
        (PlanDate, "2201-01-01", "date-out-of-range"),
        (PlanDate, ["2020-10-25"], "not-text"),
        (PlanDate, None, "not-text"),
        (PlanInt, "0205", "bad-number"),
        (PlanInt, "+5", "bad-number"),
        (PlanInt, "-0", "bad-number"),
        (PlanInt, "1.0", "bad-number"),
        (PlanInt, "1_000", "bad-number"),
        (PlanInt, "٥", "bad-number"),
        (PlanInt, "9" * 5000, "bad-number"),
        (PlanInt, "", "bad-number"),
        (PlanInt, True, "not-text"),
        (PlanDays, "0", "number-out-of-range"),
        (PlanDays, "3661", "number-out-of-range"),
        (Annotated[int, whole(1, 31)], "32", "number-out-of-range"),
        (PlanBool, "yes", "bad-boolean"),
        (PlanBool, "True", "bad-boolean"),
        (PlanBool, "on", "bad-boolean"),
        (PlanBool, 1, "not-text"),
        (PlanId, "So-GDDT", "bad-id"),
        (PlanId, "so-gdđt", "bad-id"),
        (PlanId, "a/b", "bad-id"),
        (PlanId, "-a", "bad-id"),
        (PlanId, "..", "bad-id"),
        (PlanId, "a\n", "bad-id"),
        (PlanId, "a" * 65, "bad-id"),
        (PlanId, "", "bad-id"),
        (ClauseId, "III/1", "bad-clause-id"),
        (ClauseId, " III", "bad-clause-id"),
        (ClauseId, "III\n1", "bad-clause-id"),
        (ClauseId, "x" * 65, "bad-clause-id"),
        (ClauseId, "", "bad-clause-id"),
        (ClauseId, "III\x07", "bad-character"),
        (Text, " \n ", "empty-text"),
        (Text, "a\tb", "bad-character"),
        (Text, "a\rb", "bad-character"),
        (Text, "a\x00b", "bad-character"),
        (Text, "a\u2028b", "bad-character"),
        (Text, "a\u202eb", "bad-character"),
        (Text, "a\ud800b", "bad-character"),
        (Text, "x" * 20_001, "text-too-long"),
        (Line, "a\nb", "line-break"),
        (Line, "x" * 1_001, "text-too-long"),
        (Line, {"a": "b"}, "not-text"),
        (TimeOfDay, "24:00", "bad-time-of-day"),
        (TimeOfDay, "7:00", "bad-time-of-day"),
        (TimeOfDay, "18:00:00", "bad-time-of-day"),
        (TimeOfDay, "1080", "bad-time-of-day"),
        (Weekday, "Mon", "bad-weekday"),
        (Weekday, "0", "bad-weekday"),
        (PlanWindow, "2013-13", "bad-window"),
        (PlanWindow, "2013-Q5", "bad-window"),
        (PlanWindow, "2013-H0", "bad-window"),
        (PlanWindow, "period", "bad-window"),
        (PlanWindow, "2013-02-30", "bad-date"),
        (PlanWindow, "1066", "date-out-of-range"),
        (PlanWindow, ["2013"], "not-text"),
        (PlanWindow, {"from": "2020-10-07", "to": "2020-10-01"}, "window-reversed"),
        (PlanWindow, {"from": {"from": "2020"}, "to": "2021"}, "not-text"),
        (PlanWindow, {"from": "2020"}, "missing"),
        (PlanWindow, {"from": "2020", "to": "2021", "until": "2022"}, "extra_forbidden"),
        (Listed[PlanId], "So", "bad-id"),
        (Listed[PlanId], ["so", "So"], "bad-id"),
        (ListOf[PlanId], "so", "tuple_type"),
    ],
)
def test_any_other_text_is_refused_with_a_stable_type(kind, text, code):
    """A5: odd scalars are refused by the schema, each with a code of its own."""
    with pytest.raises(ValidationError) as caught:
        read(kind, text)
    (error,) = caught.value.errors()
    assert error["type"] == code
    assert error["msg"].isprintable()
    assert len(error["msg"]) < 160


class Plan(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    during: WindowOrPeriod | None = None
    days: Listed[Weekday] = ()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ({"during": "2013-Q9"}, ("during",)),
        ({"during": {"from": "2013-Q9", "to": "2014"}}, ("during", "from")),
        ({"during": {"from": "2013", "to": "x"}}, ("during", "to")),
        ({"during": {"from": "2013"}}, ("during", "to")),
        ({"days": "x"}, ("days", 0)),
        ({"days": ["mon", "x"]}, ("days", 1)),
    ],
)
def test_a_refusal_names_the_path_to_the_text_without_words_of_the_model(text, path):
    with pytest.raises(ValidationError) as caught:
        Plan.model_validate(text)
    assert [error["loc"] for error in caught.value.errors()] == [path]


def test_the_loader_s_own_kinds_of_mapping_and_sequence_are_read():
    class Mapping(dict[str, Any]):
        pass

    class Sequence(list[Any]):
        pass

    plan = Plan.model_validate(Mapping(during=Mapping({"from": "2013", "to": "2014"}), days=Sequence(["mon"])))
    assert plan.during == window((2013, 1, 1), (2014, 12, 31))
    assert plan.days == (0,)


def test_what_a_model_writes_as_json_it_reads_back():
    for text in ({"during": "2013-Q4", "days": ["mon", "fri"]}, {"during": "period"}):
        plan = Plan.model_validate(text)
        assert Plan.model_validate(plan.model_dump(mode="json")) == plan
    assert TypeAdapter(TimeOfDay).dump_python(time(18), mode="json") == "18:00"
    assert TypeAdapter(PlanDate).dump_python(date(2020, 10, 25), mode="json") == "2020-10-25"


def test_every_type_says_in_the_json_schema_what_an_editor_may_offer():
    schema = Plan.model_json_schema()
    assert {"enum": ["period"]} in schema["properties"]["during"]["anyOf"]
    single, several = schema["properties"]["days"]["anyOf"]
    assert "mon" in single["enum"]
    assert several["type"] == "array"
    for kind in (PlanDate, PlanInt, PlanBool, PlanId, ClauseId, Text, Line, TimeOfDay):
        assert TypeAdapter(kind).json_schema()["type"]


def test_every_refusal_has_a_message_a_cure_and_a_reason():
    for rule in (*scalars.RULES, *deadline_text.RULES):
        assert rule.message and rule.cure and rule.why, rule.code
        assert rule.message.endswith(".") and rule.cure.endswith((".", "so-gddt")), rule.code
