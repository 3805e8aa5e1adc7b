"""Choosing assignments by what they are."""

from __future__ import annotations

import datetime as dt

import pytest

from campaignflow import Campaign
from campaignflow.services.selecting import FIELDS
from campaignflow.services.status import Line
from tests.support.plans import moment, open_2020

NOW = moment("2020-10-26")


@pytest.fixture
def of_2020():
    with open_2020("sqlite://") as campaign:
        key = "to-chuc-tuan-le/dinh-lap"
        campaign.advance("to-chuc-tuan-le/cao-loc", "submit", at=moment("2020-10-23"), now=moment("2020-10-23"))
        campaign.extend(
            key, dt.date(2020, 10, 30), reason="a storm", actor="ubnd-tinh", now=moment("2020-10-24")
        )  # fmt: skip
        yield campaign


def value(line: Line, field: str) -> str | None:
    return {
        "agency": line.agency, "responsibility": line.duty.responsibility, "period": line.duty.period,
        "role": line.duty.role, "region": line.region, "phase": line.state.phase, "state": line.facts.state,
        "standing": line.standing.standing,
    }[field]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_every_value_of_a_field_selects_the_lines_that_have_it(of_2020: Campaign, field: str) -> None:
    lines = of_2020.status(now=NOW).lines
    for one in sorted({value(line, field) or "" for line in lines}):
        expected = [line.facts.key for line in lines if value(line, field) == one]
        assert of_2020.select([(field, one)], now=NOW) == expected


def test_several_fields_select_what_has_all_of_the_values(of_2020: Campaign) -> None:
    chosen = of_2020.select([("responsibility", "to-chuc-tuan-le"), ("standing", "in_time")], now=NOW)

    assert chosen == ["to-chuc-tuan-le/cao-loc", "to-chuc-tuan-le/dinh-lap"]
    assert of_2020.select([("agency", "cao-loc"), ("agency", "dinh-lap")], now=NOW) == []
    assert of_2020.select([("agency", "nobody")], now=NOW) == []
