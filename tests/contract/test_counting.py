"""What stores promise that count without reading: `ports.Store` on buckets, agencies and many steps at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from campaignflow.domain.assignments import Facts, Owed
from campaignflow.domain.journal import Event
from campaignflow.ports import AgencyRow, Bucket, NewCampaign, Revised, Store
from campaignflow.store.errors import StepOvertaken
from tests.contract.test_store import REVISION, campaign, event, store, workshop_duties  # noqa: F401

MANY = 700
ROSTER = tuple(
    AgencyRow(key=f"a{number:03}", name=f"Agency {number}", kind="school", region="north" if number % 2 else "south")
    for number in range(MANY)
)


def large(store: Store) -> int:  # noqa: F811
    """A campaign of one duty that is owed by the whole roster."""
    duty = workshop_duties()[0]
    owed = Owed(responsibility="hold", duty="hold", agencies=tuple(row.key for row in ROSTER), initial="open")
    new = NewCampaign(key="large", revision=REVISION, agencies=ROSTER, duties=(duty,), owed=(owed,), next_tick=None)
    with store.writing():
        return store.create(new).id


def change(store: Store, campaign: int, key: str, **said: Any) -> Facts:  # noqa: F811
    before = store.assignment(campaign, key)
    assert before is not None
    after = replace(before, version=before.version + 1, **said)
    with store.writing():
        store.save(campaign, before, after)
    return after


def test_who_owes_a_duty_is_written_at_once_in_the_order_of_the_agencies(store: Store) -> None:  # noqa: F811
    number = large(store)

    assert store.size(number) == MANY
    assert [facts.key for facts in store.assignments(number, limit=3)] == ["hold/a000", "hold/a001", "hold/a002"]
    assert store.assignment(number, "hold/a699") == Facts(
        key="hold/a699", duty="hold", agency="a699", state="open", initial="open", born=1
    )  # fmt: skip
    assert store.misfiled(number) == []


def test_what_is_alike_is_counted_and_what_has_terms_of_its_own_is_not(store: Store) -> None:  # noqa: F811
    number = large(store)
    change(store, number, "hold/a001", state="submitted", counted=50)
    change(store, number, "hold/a003", state="submitted", counted=70)
    change(store, number, "hold/a005", extended=("reporting=2020-10-30",))
    change(store, number, "hold/a007", returned_until=99)

    buckets = list(store.buckets(number))

    assert buckets == [
        Bucket("hold", "north", "open", (), (), MANY // 2 - 4),
        Bucket("hold", "north", "submitted", (), (), 2, 2, 50, 70),
        Bucket("hold", "south", "open", (), (), MANY // 2),
    ]
    assert [store.decided_before(number, buckets[1], moment) for moment in (50, 51, 71)] == [0, 1, 2]
    assert [facts.key for facts in store.singles(number)] == ["hold/a005", "hold/a007"]
    assert len(list(store.by_agency(number))) == MANY - 2
    assert ("a003", "hold", "submitted", (), (), 70) in list(store.by_agency(number))
    assert store.misfiled(number) == []


def test_a_revision_that_moves_an_agency_moves_how_its_assignments_are_counted(store: Store) -> None:  # noqa: F811
    number = large(store)
    moved = (replace(ROSTER[0], region="north"), replace(ROSTER[1], until="2020-12-31", succeeded_by="a002"))
    with store.writing():
        store.revise(number, Revised(revision=replace(REVISION, number=2), agencies=moved), 2)

    assert [(one.region, one.size) for one in store.buckets(number)] == [("north", MANY // 2), ("south", MANY // 2 - 1)]
    assert [facts.key for facts in store.singles(number)] == ["hold/a001"]
    assert store.misfiled(number) == []


def test_agencies_of_a_long_roster_are_read_when_they_are_asked_for(store: Store) -> None:  # noqa: F811
    number = large(store)
    agencies = store.agencies(number)

    assert agencies["a650"] == ROSTER[650]
    assert "a650" in agencies and "b" not in agencies
    assert len(agencies) == MANY
    assert agencies.in_order(["a650", "b", "a002"]) == ["a002", "a650"]
    assert agencies.moving() == {}
    assert agencies.replaced(replace(ROSTER[650], passed=True))["a650"].passed
    assert list(agencies.values()) == list(ROSTER)
    assert agencies == dict(zip((row.key for row in ROSTER), ROSTER, strict=True))
    with pytest.raises(KeyError):
        agencies["b"]


def test_a_roster_can_be_asked_for_every_agency_one_by_one(store: Store) -> None:  # noqa: F811
    agencies = store.agencies(large(store))

    assert [agencies[row.key] for row in reversed(ROSTER)] == list(reversed(ROSTER))


def test_assignments_are_read_together_by_their_keys(store: Store) -> None:  # noqa: F811
    number = large(store)

    found = store.assignments_by_key(number, ["hold/a005", "hold/none", "hold/a001"])

    assert found == {key: store.assignment(number, key) for key in ("hold/a005", "hold/a001")}
    assert store.assignments_by_key(number, []) == {}


def test_in_bulk_whoever_reads_reads_what_was_written_before(store: Store) -> None:  # noqa: F811
    number = large(store)
    head = store.head("large")
    assert head is not None
    with store.writing(), store.in_bulk():
        for place, key in enumerate(("hold/a001", "hold/a003"), 1):
            before = store.assignment(number, key)
            assert before is not None
            digest = store.append(number, event(place, key=key), head.hash)
            head = replace(head, sequence=place, hash=digest)
            store.save(number, before, replace(before, state="done", version=1))
            assert store.tally(number, "hold")["done"] == place

    assert store.head("large") == head
    assert [one.key for one in store.events(number)] == ["hold/a001", "hold/a003"]


def test_in_bulk_a_stale_save_fails_all_of_it(store: Store) -> None:  # noqa: F811
    number = large(store)
    before = store.assignment(number, "hold/a001")
    assert before is not None
    stale = change(store, number, "hold/a001", state="taken")
    with pytest.raises(StepOvertaken), store.writing(), store.in_bulk():
        store.append(number, Event(sequence=1, kind="step", actor="a", happened=1, recorded=1), b"")
        store.save(number, before, replace(before, state="mine", version=1))

    assert store.assignment(number, "hold/a001") == stale
    assert list(store.events(number)) == []
