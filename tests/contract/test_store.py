"""What `ports.Store` promises, asked of every store there is.

A further engine is one line of `STORES`. A store in memory has one connection; what is promised to several connections
is asked of those that can have them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.clock import to_micros
from campaignflow.domain.duties import Duty
from campaignflow.domain.expansion import expand
from campaignflow.domain.journal import Event, genesis, link
from campaignflow.ports import AgencyRow, Blob, ContactRow, Group, Head, NewCampaign, Revised, Store, StoredRevision
from campaignflow.store.errors import StepOvertaken
from campaignflow.store.opening import open_store
from tests.support.pgserver import postgres_url
from tests.support.plans import VIETNAM, moment, workshop

Opener = Callable[[], Store]


def in_memory(folder: Path) -> Opener:
    store = open_store("sqlite://", create=True)
    return lambda: store


def in_a_file(folder: Path) -> Opener:
    return lambda: open_store(f"sqlite:///{folder / 'store.db'}", create=True)


def on_postgresql(folder: Path) -> Opener:
    url = postgres_url()
    return lambda: open_store(url, create=True)


STORES = [in_memory, in_a_file, on_postgresql]
SHARED = [in_a_file, on_postgresql]


@pytest.fixture(params=STORES, ids=lambda factory: factory.__name__)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = request.param(tmp_path)()
    yield opened
    opened.close()


@pytest.fixture(params=SHARED, ids=lambda factory: factory.__name__)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """Two connections to one store."""
    opener = request.param(tmp_path)
    first, second = opener(), opener()
    yield first, second
    first.close()
    second.close()


REVISION = StoredRevision(
    number=1, applied=5, digest="d", header={"title": "Thực hiện", "zone": None}, plan='{"b":1,"a":2}',
    lifecycles={"organize": "{}"}, calendar={"days": [1, 2]},
)  # fmt: skip
ASH = AgencyRow(key="ash", name="Ash", kind="district", region="upland")
OAK = AgencyRow(key="oak", name="Oak", kind="ministry", region=None, external=True)


def campaign(key: str = "camp", count: int = 2) -> NewCampaign:
    duties = workshop_duties()[:2]
    made = tuple(
        Facts(key=f"{duty.key}/{agency}{number}", duty=duty.key, agency=agency, state="open", initial="open", born=1)
        for duty in duties
        for number in range(count)
        for agency in ("oak", "ash")
    )
    return NewCampaign(
        key=key, revision=REVISION, agencies=(OAK, ASH), duties=duties, assignments=made, next_tick=77
    )  # fmt: skip


def workshop_duties() -> tuple[Duty, ...]:
    ready = workshop()
    return expand(ready.plan, calendar=ready.calendar, tables=ready.tables).duties


def created(store: Store, key: str = "camp") -> Head:
    with store.writing():
        return store.create(campaign(key))


def event(sequence: int, kind: str = "step", key: str | None = "hold/ash0", **said: Any) -> Event:
    return Event(sequence=sequence, kind=kind, key=key, actor="a", happened=1, recorded=said.pop("recorded", sequence),
                 data=said)  # fmt: skip


def appended(store: Store, head: Head, *events: Event) -> bytes:
    digest = head.hash
    with store.writing():
        for one in events:
            digest = store.append(head.id, one, digest)
    return digest


# --- campaigns and revisions


def test_an_empty_store_has_no_campaign(store: Store) -> None:
    assert store.campaigns() == []
    assert store.head("camp") is None


def test_a_campaign_that_was_created_is_there_as_it_was_given(store: Store) -> None:
    given = campaign()
    head = created(store)

    assert store.campaigns() == ["camp"]
    assert store.head("camp") == head
    assert (head.key, head.revision, head.sequence, head.hash, head.next_tick) == ("camp", 1, 0, genesis("camp"), 77)
    assert store.revision(head.id, whole=True) == given.revision
    assert list(store.agencies(head.id).values()) == [OAK, ASH]
    assert tuple(store.duties(head.id, VIETNAM).values()) == given.duties
    assert tuple(store.assignments(head.id)) == given.assignments


def test_the_plans_text_is_read_only_when_it_is_asked_for(store: Store) -> None:
    head = created(store)

    assert store.revision(head.id).plan == ""
    assert store.revision(head.id) == replace(REVISION, plan="")


def test_campaigns_share_a_store_and_nothing_else(store: Store) -> None:
    first, second = created(store, "one"), created(store, "two")
    appended(store, first, event(1))
    with store.writing():
        before = next(store.assignments(first.id))
        store.save(first.id, before, replace(before, state="done", version=1))
        store.put_contacts(first.id, [ContactRow(id="c", agency="ash", role="clerk")])
        store.put_blob(first.id, Blob(sha256="x", size=1, content=b"1"))
        store.cancel(first.id, "hold", "open")
        store.mark_agency(first.id, "ash", 1, passed=True)
        store.schedule(first.id, None)

    assert store.campaigns() == ["one", "two"]
    assert store.head("two") == second
    assert tuple(store.assignments(second.id)) == campaign().assignments
    assert list(store.events(second.id)) == []
    assert store.contacts(second.id) == []
    assert list(store.blobs(second.id)) == []


def test_duties_are_replaced_by_key_and_the_head_says_that_they_changed(store: Store) -> None:
    head = created(store)
    first = campaign().duties[0]
    with store.writing():
        store.replace_duties(head.id, [replace(first, title="Another")], 9)

    found = store.duties(head.id, VIETNAM)
    assert [duty.title for duty in found.values()] == ["Another", campaign().duties[1].title]
    after = store.head("camp")
    assert after is not None and after.changed == 9


def test_when_the_clock_is_next_needed_is_kept_and_can_be_never(store: Store) -> None:
    head = created(store)
    for instant in (5, None, 2**62):
        with store.writing():
            store.schedule(head.id, instant)
        after = store.head("camp")
        assert after is not None and after.next_tick == instant


# --- transactions


def test_what_raises_inside_writing_is_taken_back_whole(store: Store) -> None:
    head = created(store)

    class Thrown(Exception):
        pass

    with pytest.raises(Thrown), store.writing():
        before = next(store.assignments(head.id))
        store.append(head.id, event(1), head.hash)
        store.save(head.id, before, replace(before, state="done", version=1))
        store.put_contacts(head.id, [ContactRow(id="c", agency="ash", role="clerk")])
        raise Thrown

    assert store.head("camp") == head
    assert next(store.assignments(head.id)).state == "open"
    assert store.contacts(head.id) == []


def test_after_a_transaction_that_was_taken_back_the_next_one_works(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing():
        1 / 0  # noqa: B018

    assert created(store).key == "camp"


def test_reading_inside_a_transaction_is_part_of_it(store: Store) -> None:
    with store.writing():
        head = store.create(campaign())
        with store.reading():
            assert store.head("camp") == head
        store.append(head.id, event(1), head.hash)

    assert len(list(store.events(head.id))) == 1


def test_others_see_nothing_until_it_is_committed(pair: tuple[Store, Store]) -> None:
    writer, reader = pair
    with writer.writing():
        writer.create(campaign())
        assert reader.campaigns() == []

    assert reader.campaigns() == ["camp"]


def test_whoever_reads_sees_one_state_whatever_others_commit(pair: tuple[Store, Store]) -> None:
    writer, reader = pair
    head = created(writer)
    with reader.reading():
        assert reader.head("camp") == head
        appended(writer, head, event(1))
        assert reader.head("camp") == head
        assert list(reader.events(head.id)) == []

    after = reader.head("camp")
    assert after is not None and after.sequence == 1


# --- assignments


def test_an_assignment_is_found_by_its_key(store: Store) -> None:
    head = created(store)

    assert store.assignment(head.id, "hold/ash0") == Facts(
        key="hold/ash0", duty="hold", agency="ash", state="open", initial="open", born=1
    )  # fmt: skip
    assert store.assignment(head.id, "hold/none") is None
    assert store.assignment(head.id + 1, "hold/ash0") is None


def test_assignments_come_in_their_order_narrowed_and_from_behind_a_key(store: Store) -> None:
    head = created(store)
    keys = [facts.key for facts in campaign().assignments]

    def asked(**narrowed: Any) -> list[str]:
        return [facts.key for facts in store.assignments(head.id, **narrowed)]

    assert asked() == keys
    assert asked(agency="ash") == [key for key in keys if "/ash" in key]
    assert asked(duty="hold+") == [key for key in keys if key.startswith("hold+/")]
    assert asked(agency="ash", duty="hold") == ["hold/ash0", "hold/ash1"]
    assert asked(after=keys[2]) == keys[3:]
    assert asked(after=keys[-1]) == []
    assert asked(agency="nobody") == []


def test_every_fact_of_an_assignment_is_kept(store: Store) -> None:
    head = created(store)
    before = next(store.assignments(head.id))
    after = replace(
        before, state="returned", version=1, presumed=("drafting", "opening"), registered=-1, sent=2**62, counted=3,
        returned_until=4, promised="2020-10-27", acknowledged=5, nil=True, done=6, parts=("a", "b"), due_version=7,
        notice_epoch=8,
    )  # fmt: skip
    with store.writing():
        store.save(head.id, before, after)

    assert store.assignment(head.id, before.key) == after
    with store.writing():
        store.save(head.id, after, replace(before, version=2))
    assert store.assignment(head.id, before.key) == replace(before, version=2)


def test_a_stale_save_is_refused_and_leaves_the_newer_one(store: Store) -> None:
    head = created(store)
    before = next(store.assignments(head.id))
    newer = replace(before, state="mine", version=1)
    with store.writing():
        store.save(head.id, before, newer)

    with pytest.raises(StepOvertaken) as caught, store.writing():
        store.save(head.id, before, replace(before, state="yours", version=1))

    assert caught.value.data["key"] == before.key
    assert store.assignment(head.id, before.key) == newer


def test_two_who_read_the_same_assignment_cannot_both_change_it(pair: tuple[Store, Store]) -> None:
    first, second = pair
    head = created(first)
    seen_by_first, seen_by_second = (next(one.assignments(head.id)) for one in pair)
    with first.writing():
        first.save(head.id, seen_by_first, replace(seen_by_first, state="first", version=1))

    with pytest.raises(StepOvertaken), second.writing():
        second.save(head.id, seen_by_second, replace(seen_by_second, state="second", version=1))

    found = second.assignment(head.id, seen_by_first.key)
    assert found is not None and found.state == "first"


def test_the_groups_that_occur_are_each_named_once(store: Store) -> None:
    head = created(store)
    before = next(store.assignments(head.id))
    with store.writing():
        store.save(head.id, before, replace(before, state="running", presumed=("drafting", "opening"), version=1))

    assert sorted(store.populated(head.id)) == [
        Group("hold", "open"), Group("hold", "running", ("drafting", "opening")), Group("hold+", "open"),
    ]  # fmt: skip


def test_a_whole_group_is_moved_at_once_and_nobody_else(store: Store) -> None:
    head = created(store)
    other = next(store.assignments(head.id))
    with store.writing():
        store.save(head.id, other, replace(other, presumed=("drafting",), version=1))
        moved = store.move(head.id, Group("hold", "open"), "running", ("opening",))

    assert moved == 3
    for facts in store.assignments(head.id):
        expected = ("open", ("drafting",), 1) if facts.key == other.key else ("running", ("opening",), 1)
        assert (facts.state, facts.presumed, facts.version) == (expected if facts.duty == "hold" else ("open", (), 0))


def test_a_move_makes_a_save_from_before_it_stale(store: Store) -> None:
    head = created(store)
    before = next(store.assignments(head.id))
    with store.writing():
        store.move(head.id, Group(before.duty, "open"), "running", ())

    with pytest.raises(StepOvertaken), store.writing():
        store.save(head.id, before, replace(before, version=1))


def test_steps_of_the_clock_that_were_undone_part_a_group_and_end_with_the_next_move(store: Store) -> None:
    head = created(store)
    before = next(store.assignments(head.id))
    with store.writing():
        store.save(head.id, before, replace(before, blocked=("opening_ends",), version=1))
        assert store.move(head.id, Group("hold", "open", (), ("opening_ends",)), "running", ()) == 1

    moved = store.assignment(head.id, before.key)
    assert moved is not None
    assert (moved.state, moved.blocked) == ("running", ())


def test_the_assignments_of_a_duty_in_one_state_are_cancelled_at_once_and_remember_it(store: Store) -> None:
    head = created(store)
    first = next(store.assignments(head.id))
    with store.writing():
        store.save(head.id, first, replace(first, state="done", version=1))
        assert store.cancel(head.id, "hold", "open") == 3

    assert store.tally(head.id, "hold") == {"cancelled": 3, "done": 1}
    assert store.tally(head.id, "hold+") == {"open": 4}
    assert {facts.resume for facts in store.assignments(head.id, duty="hold")} == {"open", None}


def test_a_state_that_a_lifecycle_no_longer_has_is_left_at_once(store: Store) -> None:
    head = created(store)
    with store.writing():
        assert store.migrate(head.id, "hold", "open", "begun") == 4

    assert store.tally(head.id, "hold") == {"begun": 4}


def test_a_revision_adds_and_changes_only_what_it_names(store: Store) -> None:
    head = created(store)
    new = replace(workshop_duties()[2], due_version=3)
    elm = AgencyRow(key="elm", name="Elm", kind="district", region=None, superior="ash", until="2025-06-30")
    owed = Facts(key="x/elm", duty=new.key, agency="elm", state="open", initial="open", born=7)
    with store.writing():
        store.revise(
            head.id,
            Revised(
                revision=replace(REVISION, number=2, digest="e"), agencies=[elm, replace(ASH, name="The Ash")],
                added=[new], assignments=[owed],
            ),
            7,
        )  # fmt: skip

    after = store.head("camp")
    assert after is not None
    assert (after.revision, after.changed) == (2, 7)
    assert store.revision(head.id, number=1).digest == "d"
    assert store.revision(head.id).digest == "e"
    assert store.agencies(head.id)["ash"].name == "The Ash"
    assert store.agencies(head.id)["elm"] == elm
    assert store.duties(head.id, VIETNAM)[new.key] == new
    assert store.assignment(head.id, "x/elm") == owed
    assert len(list(store.assignments(head.id))) == 9


def test_what_became_of_an_agency_is_noted_and_survives_a_revision(store: Store) -> None:
    head = created(store)
    with store.writing():
        store.mark_agency(head.id, "ash", 5, established=True)
        store.mark_agency(head.id, "ash", 6, passed=True)
        store.revise(head.id, Revised(revision=replace(REVISION, number=2), agencies=[ASH]), 7)

    assert store.agencies(head.id)["ash"] == replace(ASH, established=True, passed=True)


def test_a_closed_campaign_says_when_and_an_opened_one_no_longer(store: Store) -> None:
    head = created(store)
    with store.writing():
        store.close_campaign(head.id, 99, 4)
        store.set_horizon(head.id, 12)
    closed = store.head("camp")
    assert closed is not None
    assert (closed.closed, closed.horizon, closed.changed) == (99, 12, 4)
    with store.writing():
        store.close_campaign(head.id, None, 5)

    opened = store.head("camp")
    assert opened is not None
    assert opened.closed is None


@pytest.mark.parametrize(
    ("text", "found"), [("hold+", 4), ("ash1", 2), ("", 8), ("nothing", 0), ("%", 0), ("_", 0), ("!", 0), ("'", 0)]
)
def test_keys_are_looked_for_by_a_part_of_them_taken_literally(store: Store, text: str, found: int) -> None:
    head = created(store)

    assert len(store.keys_like(head.id, text)) == found


# --- journal


def test_events_are_chained_and_the_head_follows(store: Store) -> None:
    head = created(store)
    first, second = event(1), event(2, data={"to": "đã gửi"})

    digest = appended(store, head, first, second)

    assert digest == link(link(genesis("camp"), first.canonical()), second.canonical())
    after = store.head("camp")
    assert after is not None and (after.sequence, after.hash) == (2, digest)
    assert list(store.chain(head.id)) == [
        (1, first.canonical(), link(genesis("camp"), first.canonical())), (2, second.canonical(), digest),
    ]  # fmt: skip
    assert store.hash_of(head.id, 2) == digest
    assert store.hash_of(head.id, 3) is None


def test_a_number_is_given_once(store: Store) -> None:
    head = created(store)
    appended(store, head, event(1))

    with pytest.raises(Exception, match=r"UNIQUE|unique|duplicate"):
        appended(store, head, event(1, kind="part"))

    assert len(list(store.events(head.id))) == 1


def test_events_come_in_order_whole_by_kind_by_subject_and_up_to_an_instant(store: Store) -> None:
    head = created(store)
    written = [
        event(1, "applied", None),
        event(2, "step", "hold/ash0"),
        event(3, "clock", "hold/*"),
        event(4, "step", "hold/oak0"),
        event(5, "event", None, recorded=3),
        event(6, "step", "holding/ash0"),
        event(7, "clock", "holding/*"),
    ]
    appended(store, head, *written)

    def asked(**narrowed: Any) -> list[int]:
        return [one.sequence for one in store.events(head.id, **narrowed)]

    assert asked() == [1, 2, 3, 4, 5, 6, 7]
    assert list(store.events(head.id)) == written
    assert asked(kind="step") == [2, 4, 6]
    assert asked(key="hold/ash0") == [2, 3]
    assert asked(until=3) == [1, 2, 3, 5]
    assert asked(kind="step", until=2) == [2]
    assert asked(kind="nothing") == []
    assert [tuple(row) for row in store.index(head.id)][1] == (2, "step", "hold/ash0", 2)


def test_what_a_step_made_of_an_assignment_is_read_back_with_its_event(store: Store) -> None:
    head = created(store)
    before = next(store.assignments(head.id))
    step = event(1, key=before.key, to="opening", presumed=["drafting"], registered=9)
    with store.writing():
        store.append(head.id, step, head.hash)
        store.save(head.id, before, evolve(before, step))

    assert store.assignment(head.id, before.key) == evolve(before, next(store.events(head.id)))


# --- register and files


def test_contacts_are_added_and_replaced_by_id(store: Store) -> None:
    head = created(store)
    first = ContactRow(id="b", agency="ash", role="clerk", name="Nguyễn", email="a@ash.example", since="2020-09-01")
    with store.writing():
        store.put_contacts(head.id, [first, ContactRow(id="a", agency="oak", role="head")])
        store.put_contacts(head.id, [replace(first, until="2020-10-11")])

    assert store.contacts(head.id) == [
        ContactRow(id="a", agency="oak", role="head"), replace(first, until="2020-10-11"),
    ]  # fmt: skip


def test_a_file_is_kept_once_by_its_content(store: Store) -> None:
    head = created(store)
    content = bytes(range(256)) * 10
    with store.writing():
        store.put_blob(head.id, Blob(sha256="b", size=2560, content=content))
        store.put_blob(head.id, Blob(sha256="b", size=2560, content=content))
        store.put_blob(head.id, Blob(sha256="a", size=0, content=b""))

    assert list(store.blobs(head.id)) == [
        Blob(sha256="a", size=0, content=b""), Blob(sha256="b", size=2560, content=content),
    ]  # fmt: skip


def test_text_is_kept_as_it_is_written(store: Store) -> None:
    head = created(store)
    text = "Hữu Lũng — “’\"\\ \U0001f4dc\n\t%_'; DROP TABLE journal; --"
    with store.writing():
        store.put_contacts(head.id, [ContactRow(id="c", agency="ash", role="clerk", name=text)])
        store.append(head.id, replace(event(1), reason=text), head.hash)

    assert store.contacts(head.id)[0].name == text
    assert next(store.events(head.id)).reason == text


def test_instants_are_kept_to_the_microsecond(store: Store) -> None:
    head = created(store)
    instant = to_micros(moment("2020-10-24 23:59:59.999999"))
    appended(store, head, event(1, recorded=instant))

    assert next(store.events(head.id)).recorded == instant
    assert list(store.events(head.id, until=instant - 1)) == []
    assert len(list(store.events(head.id, until=instant))) == 1
