"""The facts of an assignment, and how events change them."""

from __future__ import annotations

import pytest

from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.journal import Event

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


def test_an_outside_event_gives_a_new_due_version_and_leaves_the_state() -> None:
    after = evolve(FACTS, event("event", event="decision", duties=["hold"]))

    assert (after.due_version, after.state, after.version) == (1, "drafting", 1)


@pytest.mark.parametrize("kind", ["applied", "contacts", "confirmed", "something-of-a-later-release"])
def test_an_event_of_another_kind_leaves_the_facts_as_they_are(kind: str) -> None:
    assert evolve(FACTS, event(kind)) is FACTS
