"""Days and instants: where a day begins, and what a command's text names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from campaignflow.domain.clock import (
    BadTime,
    UnknownZone,
    end_of_day,
    from_micros,
    iso,
    last_instant,
    local_date,
    parse_moment,
    shown,
    start_of_day,
    to_micros,
    zone,
)

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        pytest.param("Asia/Ho_Chi_Minh", date(2020, 10, 25), "2020-10-25T00:00:00+07:00", id="no change of clocks"),
        pytest.param("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T01:00:00-02:00", id="midnight skipped"),
        pytest.param("America/Sao_Paulo", date(2018, 2, 18), "2018-02-18T00:00:00-03:00", id="back from midnight"),
        pytest.param("America/Havana", date(2020, 11, 1), "2020-11-01T00:00:00-04:00", id="midnight shown twice"),
        pytest.param("America/St_Johns", date(2010, 11, 7), "2010-11-07T00:00:00-02:30", id="back over midnight"),
        pytest.param("Pacific/Apia", date(2011, 12, 30), "2011-12-31T00:00:00+14:00", id="day skipped"),
        pytest.param("Pacific/Apia", date(2011, 12, 31), "2011-12-31T00:00:00+14:00", id="day after the skipped one"),
        pytest.param(
            "America/Toronto", date(1919, 3, 31), "1919-03-31T00:30:00-04:00", id="gap begins before midnight"
        ),
        pytest.param("UTC", date(2020, 10, 25), "2020-10-25T00:00:00+00:00", id="UTC"),
    ],
)
def test_a_day_begins_at_its_first_instant(name, day, expected):
    assert iso(start_of_day(day, ZoneInfo(name))) == expected


def test_a_day_ends_where_the_next_begins():
    assert iso(end_of_day(date(2020, 10, 24), VIETNAM)) == "2020-10-25T00:00:00+07:00"
    assert last_instant(date(2020, 10, 24), VIETNAM).isoformat() == "2020-10-24T23:59:59.999999+07:00"


def test_a_skipped_day_has_no_length():
    apia = ZoneInfo("Pacific/Apia")
    assert start_of_day(date(2011, 12, 30), apia) == end_of_day(date(2011, 12, 30), apia)


def test_a_day_that_has_begun_stays_begun_when_the_clocks_go_back_over_midnight():
    """R20: in St John's the clocks went back at 00:01; the hour before midnight came twice, the new day once."""
    newfoundland = ZoneInfo("America/St_Johns")
    midnight = to_micros(start_of_day(date(2010, 11, 7), newfoundland))
    half_an_hour_later = from_micros(midnight + 30 * 60 * 1_000_000, newfoundland)
    assert half_an_hour_later.date() == date(2010, 11, 6)
    assert local_date(half_an_hour_later, newfoundland) == date(2010, 11, 7)
    assert local_date(from_micros(midnight - 1, newfoundland), newfoundland) == date(2010, 11, 6)


def test_a_local_date_is_taken_in_the_plan_s_zone():
    assert local_date(datetime(2020, 10, 24, 17, tzinfo=UTC), VIETNAM) == date(2020, 10, 25)
    assert local_date(datetime(2020, 10, 24, 16, 59, 59, tzinfo=UTC), VIETNAM) == date(2020, 10, 24)


def test_microseconds_tell_apart_the_two_readings_of_an_hour_shown_twice():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2020, 10, 25, 2, 30, tzinfo=berlin)
    second = first.replace(fold=1)
    assert to_micros(second) - to_micros(first) == 3_600_000_000
    assert [from_micros(to_micros(moment), berlin).fold for moment in (first, second)] == [0, 1]


def test_microseconds_are_exact_and_need_a_zone():
    moment = datetime(2020, 10, 23, 14, 30, 0, 123456, tzinfo=VIETNAM)
    assert to_micros(moment) == 1_603_438_200_123_456
    assert from_micros(1_603_438_200_123_456, VIETNAM) == moment
    assert to_micros(datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)) == -1
    for function in (to_micros, iso):
        with pytest.raises(ValueError, match="needs a time zone"):
            function(datetime(2020, 10, 23))  # noqa: DTZ001 - what must be refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-10-23T14:30", "2020-10-23T14:30:00+07:00"),
        ("2020-10-23 14:30:05", "2020-10-23T14:30:05+07:00"),
        ("2020-10-23T14:30:05.25", "2020-10-23T14:30:05.250000+07:00"),
        ("2020-10-23T14:30Z", "2020-10-23T21:30:00+07:00"),
        ("2020-10-23T23:30:00-05:00", "2020-10-24T11:30:00+07:00"),
        (" 2020-10-23 ", "2020-10-23T23:59:59.999999+07:00"),
    ],
)
def test_a_time_is_read_and_shown_in_the_plan_s_zone(text, expected):
    assert parse_moment(text, VIETNAM, bare="end").isoformat() == expected


def test_a_bare_date_counts_whole():
    assert iso(parse_moment("2020-10-23", VIETNAM, bare="start")) == "2020-10-23T00:00:00+07:00"
    end = parse_moment("2020-10-23", VIETNAM, bare="end")
    assert end == start_of_day(date(2020, 10, 24), VIETNAM) - timedelta(microseconds=1)


def test_a_time_shown_twice_is_the_first_and_a_skipped_one_moves_forward():
    berlin = ZoneInfo("Europe/Berlin")
    assert iso(parse_moment("2020-10-25T02:30", berlin, bare="end")) == "2020-10-25T02:30:00+02:00"
    assert iso(parse_moment("2020-03-29T02:30", berlin, bare="end")) == "2020-03-29T03:30:00+02:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "23/10/2020",
        "20201023",
        "2020-W43-5",
        "2020-13-15",
        "2021-02-29",
        "2020-10-23T24:00",
        "2020-10-23T14",
        "2020-10-23T14:60",
        "2020-10-23t14:30",
        "2020-10-23T14:30+7",
        "2020-10-23T14:30+25:00",
        "٢٠٢٠-10-23",
        "0001-01-01",
        "9999-12-31T23:59",
        "2020-10-23T14:30\x00",
        "9" * 5000,
    ],
)
def test_any_other_text_is_refused_with_examples_of_what_is_read(text):
    with pytest.raises(BadTime) as caught:
        parse_moment(text, VIETNAM, bare="end")
    assert caught.value.code == "bad-time"
    assert "2020-10-23T14:30+07:00" in caught.value.advice()
    assert caught.value.text().isprintable()
    assert len(caught.value.text()) < 120


def test_zones_are_found_by_their_name():
    assert zone("Asia/Ho_Chi_Minh").key == "Asia/Ho_Chi_Minh"
    assert iso(datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=7)))) == "2020-01-01T00:00:00+07:00"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Asia/Hanoi2",
        "Asia",
        "../../etc/passwd",
        "/etc/localtime",
        "localtime",
        "right/UTC",
        "zone\x00",
        "Á",
        "x" * 999,
    ],
)
def test_an_unknown_zone_is_refused_with_a_cure(name):
    with pytest.raises(UnknownZone) as caught:
        zone(name)
    assert caught.value.code == "unknown-zone"
    assert "Asia/Ho_Chi_Minh" in caught.value.advice()


def test_a_foreign_text_is_shown_short_and_printable():
    assert shown("a\nb\x1b[31m") == "a?b?[31m"
    assert shown("x" * 100, limit=5) == "xxxxx…"
