"""The journal: canonical bytes, the chain over them, and where a chain that was touched breaks."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import pytest

from campaignflow.domain.journal import Break, Event, check_chain, genesis, link, moment

Row = tuple[int, bytes, bytes]


def event(sequence: int, **said: object) -> Event:
    facts = {"kind": "step", "key": "hold/ash", "actor": "ash", "happened": 5, "recorded": 7, **said}
    return Event(sequence=sequence, **facts)  # type: ignore[arg-type]


def chain(count: int) -> list[Row]:
    rows, previous = [], genesis("camp")
    for sequence in range(1, count + 1):
        body = event(sequence).canonical()
        previous = link(previous, body)
        rows.append((sequence, body, previous))
    return rows


def breaks(rows: list[Row]) -> list[tuple[int, str]]:
    return [(found.sequence, found.fault) for found in check_chain("camp", rows) if isinstance(found, Break)]


def flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def test_canonical_bytes_are_json_with_sorted_keys_no_white_space_and_no_empty_values() -> None:
    body = event(3, reason="vì lũ").canonical().decode()

    assert (
        body == '{"actor":"ash","happened":5,"key":"hold/ash","kind":"step","reason":"vì lũ","recorded":7,"sequence":3}'
    )


def test_an_event_read_back_from_its_bytes_is_the_event() -> None:
    whole = event(
        9, proven=True, on_behalf_of="birch", rehearsed=True, reason="r", document={"number": "152/KH-UBND"},
        data={"to": "opening", "presumed": ["drafting"]},
    )  # fmt: skip

    assert Event.from_bytes(whole.canonical()) == whole


def test_an_event_without_document_or_data_is_read_back_with_the_same_bytes() -> None:
    bare = event(1)

    assert Event.from_bytes(bare.canonical()).canonical() == bare.canonical()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"sequence":1}', b'{"colour":"red"}', b"\xff\xfe"])
def test_bytes_that_are_no_event_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        Event.from_bytes(body)


def test_the_hash_of_an_event_is_sha256_over_the_hash_before_it_and_its_bytes() -> None:
    first = genesis("camp")

    assert first == hashlib.sha256(b"campaignflow journal 1 camp").digest()
    assert link(first, b"body") == hashlib.sha256(first + b"body").digest()


def test_chains_of_different_campaigns_begin_differently() -> None:
    assert genesis("a") != genesis("b")
    assert breaks([(1, body, digest) for _, body, digest in chain(1)]) == []
    assert [found for found in check_chain("other", chain(1)) if isinstance(found, Break)] == [
        Break(sequence=1, fault="hash")
    ]


def test_a_sound_chain_gives_its_events_in_order() -> None:
    assert list(check_chain("camp", chain(4))) == [event(number) for number in range(1, 5)]


def test_an_empty_chain_is_sound() -> None:
    assert list(check_chain("camp", [])) == []


@pytest.mark.parametrize("position", range(0, 60, 7))
def test_r24_a_flipped_byte_in_a_body_names_that_event_and_no_other(position: int) -> None:
    rows = chain(4)
    sequence, body, digest = rows[1]
    rows[1] = (sequence, flipped(body, position), digest)

    assert breaks(rows) == [(2, "hash")]


@pytest.mark.parametrize("position", [0, 15, 31])
def test_r24_a_flipped_byte_in_a_hash_breaks_there_and_at_the_event_that_commits_to_it(position: int) -> None:
    rows = chain(4)
    sequence, body, digest = rows[1]
    rows[1] = (sequence, body, flipped(digest, position))

    assert breaks(rows) == [(2, "hash"), (3, "hash")]


def test_r24_an_event_taken_out_is_named_as_missing_and_its_neighbours_are_not_accused() -> None:
    rows = chain(5)
    del rows[2]

    assert breaks(rows) == [(3, "gap")]


def test_r24_the_first_event_taken_out_is_named_as_missing() -> None:
    assert breaks(chain(3)[1:]) == [(1, "gap")]


def test_r24_two_events_that_changed_places_are_both_named() -> None:
    rows = chain(4)
    rows[1], rows[2] = (2, *rows[2][1:]), (3, *rows[1][1:])

    assert {2, 3} <= {sequence for sequence, _ in breaks(rows)}


def test_r24_an_event_moved_behind_the_others_leaves_a_gap_and_stands_under_a_number_not_its_own() -> None:
    rows = chain(4)
    moved = rows.pop(1)
    rows.append((5, *moved[1:]))

    assert breaks(rows) == [(2, "gap"), (5, "hash")]


def test_r24_an_event_forged_with_a_right_hash_but_a_wrong_number_is_found_by_its_number() -> None:
    rows = chain(2)
    forged = event(9).canonical()
    rows.append((3, forged, link(rows[-1][2], forged)))

    assert breaks(rows) == [(3, "columns")]


def test_r24_bytes_that_are_no_event_are_found_even_where_the_hash_was_made_right() -> None:
    rows = chain(1)
    rows.append((2, b"{}", link(rows[-1][2], b"{}")))

    assert breaks(rows) == [(2, "unreadable")]


def test_a_chain_whose_tail_was_cut_off_is_sound_in_itself() -> None:
    assert breaks(chain(5)[:3]) == []


def test_names_and_addresses_have_no_place_in_an_event() -> None:
    fields = {field.name for field in dataclasses.fields(Event)}

    assert fields.isdisjoint({"name", "email", "phone", "address"})
    assert set(json.loads(event(1).canonical())) <= fields


def test_a_stored_instant_is_shown_in_utc() -> None:
    assert moment(1_603_558_800_000_001).isoformat() == "2020-10-24T17:00:00.000001+00:00"
