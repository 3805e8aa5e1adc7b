"""The table of every deadline in the three documents, worked out by hand, against the plans that were made of them.

`deadlines.yaml` has a row for each place where a document speaks of a day. A row that no plan keeps fails, and so does
a day in a plan that no row knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from campaignflow.domain import clock
from campaignflow.domain.deadlines import Deadline
from campaignflow.domain.duties import Duty, Point
from campaignflow.domain.expansion import expand, period_events
from campaignflow.domain.text_match import collapsed
from campaignflow.loading.plans import LoadedPlan, load_plan
from campaignflow.loading.yamltext import parse_yaml

ROOT = Path(__file__).parents[2]
FOLDERS = {
    "lltweek2020": ROOT / "examples" / "lltweek2020",
    "hcmc3210": ROOT / "tests" / "plans" / "hcmc3210",
    "bcdqg1237": ROOT / "tests" / "plans" / "bcdqg1237",
}
NO_MOMENT = ("none", "after", "continuous", "on-demand")
"""Kinds of rows whose words give no moment."""

Row = Mapping[str, Any]


@cache
def table() -> Mapping[str, Any]:
    parsed = parse_yaml((Path(__file__).parent / "deadlines.yaml").read_bytes(), file="deadlines.yaml")
    assert parsed.ok and parsed.data, parsed.findings
    return parsed.data


def rows(plan: str) -> list[Row]:
    return list(table()[plan]["rows"])


@dataclass(frozen=True, kw_only=True)
class Worked:
    """A plan, with what it comes to by the moment that the table names."""

    loaded: LoadedPlan
    duties: Mapping[str, Duty]

    def midnight(self, day: str) -> dt.datetime:
        """The first instant of a day where the plan's dates are days."""
        return clock.start_of_day(dt.date.fromisoformat(day), self.loaded.plan.zone)


@cache
def worked(plan: str) -> Worked:
    loaded = load_plan(FOLDERS[plan] / "plan.yaml")
    found = expand(
        loaded.plan,
        calendar=loaded.calendar,
        tables=loaded.tables,
        now=dt.datetime.fromisoformat(table()[plan]["now"]),
    )
    return Worked(loaded=loaded, duties={duty.key: duty for duty in found.duties})


def where(fits: Callable[[Row], bool]) -> pytest.MarkDecorator:
    """Runs a test for each row that fits, of every plan."""
    found = [
        pytest.param(plan, row, id=f"{plan}-{number:02}-{row['clause']}")
        for plan in FOLDERS
        for number, row in enumerate(rows(plan), start=1)
        if fits(row)
    ]
    return pytest.mark.parametrize(("plan", "row"), found)


def lines(plan: str, row: Row) -> Iterator[tuple[Duty, Deadline]]:
    """The deadlines that a row binds."""
    for key, phase in row.get("duties", {}).items():
        duty = worked(plan).duties[key]
        if phase in duty.deadlines:
            yield duty, duty.deadlines[phase]


def points(plan: str, row: Row) -> Iterator[Point]:
    """The points of duties that a row dates."""
    for key, names in row.get("parts", {}).items():
        found = {point.id: point for point in worked(plan).duties[key].parts}
        yield from (found[name] for name in names)


def check_moment(plan: str, row: Row, line: Deadline) -> None:
    assert line.last_moment == worked(plan).midnight(row["last_moment"])
    assert line.last_working_day == dt.date.fromisoformat(row["last_working_day"])


@where(lambda row: True)
def test_the_words_of_a_row_stand_in_its_clause(plan: str, row: Row) -> None:
    clause = worked(plan).loaded.plan.clause(row["clause"])
    assert clause is not None
    assert collapsed(row.get("stated", "")) in collapsed(clause.whole)


@where(lambda row: "last_moment" in row)
def test_a_deadline_ends_when_the_table_says(plan: str, row: Row) -> None:
    found = list(lines(plan, row))
    assert len(found) == len(row.get("duties", {}))
    for _, line in found:
        assert line.kind == row["kind"]
        assert line.stated == row["stated"]
        assert line.missed == row.get("missed", "overdue")
        check_moment(plan, row, line)
    for point in points(plan, row):
        assert point.milestone is not None and point.milestone.kind == row["kind"]
        check_moment(plan, row, point.milestone)
    if row.get("period") == "plan":
        check_period(plan, row)


def check_period(plan: str, row: Row) -> None:
    """The row dates the campaign itself."""
    period = worked(plan).loaded.plan.plan.period
    assert period is not None and period.last is not None and period.stated == row["stated"]
    assert clock.end_of_day(period.last, worked(plan).loaded.plan.zone) == worked(plan).midnight(row["last_moment"])
    last_working = worked(plan).loaded.calendar.last_working(period.last)
    assert last_working == dt.date.fromisoformat(row["last_working_day"])


@where(lambda row: row["kind"] in NO_MOMENT)
def test_words_that_give_no_moment_make_nobody_late(plan: str, row: Row) -> None:
    for key in row["duties"]:
        duty = worked(plan).duties[key]
        assert not duty.in_rates
        assert [line.last_moment for line in duty.deadlines.values()] == [None] * len(duty.deadlines)
    for duty, line in lines(plan, row):
        assert line.kind == ("none" if row["kind"] == "on-demand" else row["kind"]), duty.key
    if row["kind"] == "after":
        assert all(line.waiting for _, line in lines(plan, row))


@where(lambda row: "expected" in row)
def test_the_coordinators_own_dates_stand_beside_and_bind_nobody(plan: str, row: Row) -> None:
    for told in row["expected"]:
        duty = worked(plan).duties[told["duty"]]
        line = duty.expected[told["phase"]]
        assert line.last_moment == worked(plan).midnight(told["last_moment"])
        assert line.set_by == told["set_by"]
        bound = duty.deadlines.get(told["phase"])
        assert bound is None or bound.last_moment is None


@where(lambda row: row["kind"] == "event")
def test_an_event_of_the_period_happens_with_its_end(plan: str, row: Row) -> None:
    happened = period_events(worked(plan).loaded.plan)[row["event"]]
    assert happened + dt.timedelta(microseconds=1) == worked(plan).midnight(row["opens"])


@where(lambda row: row["kind"] in ("criterion", "elsewhere"))
def test_a_date_that_binds_nobody_is_in_no_deadline(plan: str, row: Row) -> None:
    """A criterion, or words that send the reader on: no deadline quotes them, what they speak of names the clause."""
    quoted = {line.stated for duty in worked(plan).duties.values() for line in duty.deadlines.values()}
    assert row["stated"] not in quoted
    text = worked(plan).loaded.plan
    if "report" in row:
        assert row["clause"] in text.reports[row["report"]].also
    if "cited_by" in row:
        assert row["clause"] in text.responsibilities[row["cited_by"]].also


@where(lambda row: "first_period" in row)
def test_a_series_begins_with_the_period_of_the_table(plan: str, row: Row) -> None:
    named: dict[str, str] = {}
    for key in row["duties"]:
        named.setdefault(key.partition("@")[0], key)
    for name, key in named.items():
        assert next(duty.key for duty in worked(plan).duties.values() if duty.responsibility == name) == key


@where(lambda row: True)
def test_what_else_the_reading_settles_is_in_the_plan(plan: str, row: Row) -> None:
    """`before_issue`, `per`, `by`, `via` and `assumed` of a row."""
    text = worked(plan).loaded.plan
    for key, phase in row.get("duties", {}).items():
        duty, held = text.responsibilities[key.partition("@")[0]], worked(plan).duties[key]
        if "before_issue" in row:
            assert duty.due[phase].before_issue == row["before_issue"]
            assert not held.deadlines[phase].counted
        if "per" in row:
            assert held.counted_per == row["per"]
        if row["kind"] == "on-demand":
            assert (held.on_demand, held.rhythm) == (row["by"], row["stated"])
        if "via" in row:
            assert text.reports[duty.report or ""].via == row["via"]
        if "assumed" in row:
            assert duty.every is not None and duty.every.stated is None and held.assumed


@pytest.mark.parametrize("plan", FOLDERS)
def test_every_day_by_which_something_is_owed_is_in_the_table(plan: str) -> None:
    """The words of each dated deadline have a row, with the same moment; of a series one of its periods has."""
    known = {(row.get("stated"), row["last_moment"]) for row in rows(plan) if "last_moment" in row}
    owed = {
        (line.stated, line.last_moment.date().isoformat())
        for duty in worked(plan).duties.values()
        for line in duty.deadlines.values()
        if line.last_moment is not None and duty.period is None
    }
    series = {
        line.stated
        for duty in worked(plan).duties.values()
        for line in duty.deadlines.values()
        if line.last_moment is not None and duty.period is not None
    }
    assert owed - known == set()
    assert series - {stated for stated, _ in known} == set()


@pytest.mark.parametrize("plan", FOLDERS)
def test_no_document_speaks_of_rolling_or_of_days_after_something(plan: str) -> None:
    found = [line for duty in worked(plan).duties.values() for line in duty.deadlines.values()]
    assert {line.roll for line in found} == {"none"}
    assert "within" not in {line.kind for line in found}


def test_no_row_of_the_table_was_lost() -> None:
    assert {plan: len(rows(plan)) for plan in FOLDERS} == {"lltweek2020": 12, "hcmc3210": 22, "bcdqg1237": 21}
