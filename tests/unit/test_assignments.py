"""The facts of an assignment, and how events change them."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace

import pytest

from campaignflow.domain.assignments import INSTANTS, UNDONE, Facts, concerned, evolve
from campaignflow.domain.journal import Event
from campaignflow.domain.lifecycle import CANCELLED

FACTS = Facts(key="hold/ash", duty="hold", agency="ash", state="drafting")


def event(kind: str, **data: object) -> Event:
    return Event(sequence=1, kind=kind, key="hold/ash", actor="ash", happened=5, recorded=7, data=data)


def step(to: str, **data: object) -> Event:
    return event("step", **{"trigger": "t", "from": "x", "to": to, **data})


def test_a_step_moves_the_state_and_counts_the_version() -> None:
    after = evolve(FACTS, step("opening"))

    assert (after.state, after.version) == ("opening", 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("registered", 5), ("sent", 6), ("counted", 7), ("returned_until", 8), ("nil", True), ("done", 9)],
)
def test_a_step_takes_over_what_it_says_of_the_facts(name: str, value: object) -> None:
    after = evolve(FACTS, step("opening", **{name: value}))

    assert getattr(after, name) == value


def test_a_step_that_says_null_forgets_the_fact() -> None:
    assert evolve(evolve(FACTS, step("opening", registered=5)), step("drafting", registered=None)).registered is None


def test_a_step_that_says_nothing_of_a_fact_keeps_it() -> None:
    assert evolve(evolve(FACTS, step("submitted", sent=5)), step("completed")).sent == 5


def test_presumed_phases_are_added_once_in_order() -> None:
    once = evolve(FACTS, step("running", presumed=["drafting", "opening"]))

    assert evolve(once, step("reporting", presumed=["opening", "running"])).presumed == (
        "drafting", "opening", "running",
    )  # fmt: skip


def test_a_confirmed_phase_is_presumed_no_longer() -> None:
    before = evolve(FACTS, step("running", presumed=["drafting", "opening"]))

    assert evolve(before, step("running", confirmed=["opening"])).presumed == ("drafting",)


def test_a_step_of_the_clock_changes_the_facts_as_a_step_of_a_person_does() -> None:
    data = {"trigger": "t", "from": "drafting", "to": "opening", "presumed": ["drafting"]}

    assert evolve(FACTS, event("clock", **data)) == evolve(FACTS, event("step", **data))


def test_a_part_is_ticked_once_and_the_tick_can_be_taken_back() -> None:
    ticked = evolve(evolve(FACTS, event("part", part="a", ticked=True)), event("part", part="b", ticked=True))

    assert ticked.parts == ("a", "b")
    assert evolve(ticked, event("part", part="a", ticked=True)).parts == ("b", "a")
    assert evolve(ticked, event("part", part="a", ticked=False)).parts == ("b",)
    assert evolve(FACTS, event("part", part="a", ticked=False)).parts == ()


def test_a_later_acknowledgement_without_a_promise_keeps_the_promise() -> None:
    promised = evolve(FACTS, event("acknowledged", acknowledged=5, promised="2020-10-27"))

    again = evolve(promised, event("acknowledged", acknowledged=9))

    assert (again.acknowledged, again.promised, again.state) == (9, "2020-10-27", "drafting")


@pytest.mark.parametrize(
    "kind", ["applied", "event", "contacts", "confirmed", "closed", "something-of-a-later-release"]
)
def test_an_event_of_another_kind_leaves_the_facts_as_they_are(kind: str) -> None:
    """An outside event too: which deadlines it moved is counted by the duty, once for all who owe it."""
    assert evolve(FACTS, event(kind)) is FACTS


# --- extensions


def extended(phase: str, until: str) -> Event:
    return event("extended", phase=phase, until=until)


def test_an_extension_gives_the_phase_a_last_day_and_a_new_due_version() -> None:
    after = evolve(FACTS, extended("reporting", "2020-10-30"))

    assert after.extensions == {"reporting": dt.date(2020, 10, 30)}
    assert (after.due_version, after.version, after.state) == (1, 1, "drafting")


def test_a_second_extension_of_a_phase_takes_the_place_of_the_first_and_leaves_other_phases() -> None:
    once = evolve(evolve(FACTS, extended("opening", "2020-10-05")), extended("reporting", "2020-10-30"))

    twice = evolve(once, extended("reporting", "2020-11-02"))

    assert twice.extensions == {"opening": dt.date(2020, 10, 5), "reporting": dt.date(2020, 11, 2)}
    assert twice.due_version == 3


def test_an_extension_makes_a_promise_superfluous() -> None:
    promised = evolve(FACTS, event("acknowledged", acknowledged=5, promised="2020-10-27"))

    assert evolve(promised, extended("reporting", "2020-10-30")).promised is None


def test_an_assignment_without_an_extension_has_none() -> None:
    assert FACTS.extensions == {}


# --- delegation, opening


def test_a_delegation_names_who_acts_and_between_which_days_and_moves_nothing_else() -> None:
    after = evolve(FACTS, event("delegated", **{"to": "birch", "from": "2020-10-01", "until": "2020-10-05"}))

    assert (after.delegate, after.delegate_from, after.delegate_until) == ("birch", "2020-10-01", "2020-10-05")
    assert (after.agency, after.state, after.due_version, after.version) == ("ash", "drafting", 0, 1)


def test_a_later_delegation_takes_the_place_of_the_earlier() -> None:
    once = evolve(FACTS, event("delegated", **{"to": "birch", "from": "2020-10-01", "until": "2020-10-05"}))
    again = evolve(once, event("delegated", **{"to": "elm", "from": "2020-11-01", "until": None}))

    assert (again.delegate, again.delegate_from, again.delegate_until) == ("elm", "2020-11-01", None)


def test_a_duty_on_demand_remembers_when_it_was_opened() -> None:
    after = evolve(FACTS, event("opened", opened=42))

    assert (after.opened, after.state) == (42, "drafting")


# --- undoing


def test_an_undo_puts_back_what_the_step_changed_and_begins_a_new_notice_epoch() -> None:
    before = evolve(FACTS, step("running", presumed=["drafting"]))
    taken = evolve(before, step("submitted", sent=6, counted=6, presumed=["running"]))
    restores = {name: getattr(before, name) for name in UNDONE}

    undone = evolve(taken, event("undone", restores=restores))

    assert {name: getattr(undone, name) for name in UNDONE} == restores
    assert (undone.notice_epoch, undone.version) == (1, 3)
    assert (undone.due_version, undone.parts) == (taken.due_version, taken.parts)


def test_what_an_undo_restores_is_read_from_the_journal_as_json_has_it() -> None:
    """A tuple comes back from JSON as a list."""
    restores = {"state": "opening", "presumed": ["drafting"], "blocked": ["opening_ends"]}

    undone = evolve(evolve(FACTS, step("running")), event("undone", restores=restores))

    assert (undone.state, undone.presumed, undone.blocked) == ("opening", ("drafting",), ("opening_ends",))


def test_a_step_of_the_clock_that_was_undone_stays_blocked_until_the_state_is_left() -> None:
    blocked = replace(FACTS, state="opening", blocked=("opening_ends",))

    assert evolve(blocked, step("opening", registered=5)).blocked == ("opening_ends",)
    assert evolve(blocked, step("running")).blocked == ()


def test_an_undo_puts_back_every_fact_that_a_step_can_change() -> None:
    """A step's traces: whatever evolve changes on a step, but for the count of versions, is on the list."""
    traces = {
        "registered": 5, "sent": 6, "counted": 7, "returned_until": 8, "nil": True, "done": 9, "presumed": ["drafting"],
    }  # fmt: skip
    before = replace(FACTS, blocked=("t",))
    after = evolve(before, step("submitted", **traces))

    changed = {item.name for item in fields(Facts) if getattr(after, item.name) != getattr(before, item.name)}
    assert changed - {"version"} == set(UNDONE)


# --- amendments


def amended(**data: object) -> Event:
    return event("amended", **data)


def test_a_cancelled_assignment_remembers_the_state_it_was_in_and_a_later_amendment_gives_it_back() -> None:
    running = evolve(FACTS, step("running", sent=3))
    cancelled = evolve(running, amended(cancelled=["hold/ash"]))
    restored = evolve(cancelled, amended(restored=["hold/ash"]))

    assert (cancelled.state, cancelled.resume) == (CANCELLED, "running")
    assert (restored.state, restored.resume) == ("running", None)
    assert restored.sent == 3


def test_a_restored_assignment_that_remembers_no_state_begins_anew() -> None:
    cancelled = replace(FACTS, state=CANCELLED, initial="drafting")

    assert evolve(cancelled, amended(restored=["hold/ash"])).state == "drafting"


def test_a_state_that_an_amendment_takes_away_becomes_the_one_it_names() -> None:
    moved = evolve(replace(FACTS, state="opening"), amended(migrated={"opening": "running", "x": "y"}))

    assert moved.state == "running"
    assert evolve(FACTS, amended(migrated={"opening": "running"})).state == "drafting"


def test_an_amendment_that_means_other_assignments_cancels_nothing_here() -> None:
    assert evolve(FACTS, amended(cancelled=["hold/birch"])).state == "drafting"
    assert not concerned(FACTS, None)
    assert concerned(FACTS, ["hold/birch", "hold/ash"])


def test_every_instant_among_the_facts_is_listed_as_one() -> None:
    assert {item.name for item in fields(Facts) if item.type == "int | None"} == INSTANTS
