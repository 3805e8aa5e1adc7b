"""Amendments: a changed text becomes the next revision, and what differs reaches those whom it concerns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from campaignflow import Campaign
from campaignflow.domain.agencies import Contact
from campaignflow.domain.clock import to_micros
from campaignflow.services.documents import Document
from campaignflow.services.errors import CampaignClosed, InTheFuture, KeyTaken, NotOnDemand, OccupiedStates
from tests.support.course import GONE, Edit, amend, due, kinds, line, texts
from tests.support.houses import HOUSES
from tests.support.plans import WORKSHOP, moment, opened, workshop
from tests.support.steps import facts, last, standing, state, take

ISSUED = "2026-02-16 08:00"
LATER = ("reports.results.due", {"before": "2026-03-20"})
"""The districts report four days later."""
SUM_LATER = ("reports.summary.due", {"before": "2026-03-27"})
PAPER = Document(number="34/QĐ", date=dt.date(2026, 2, 20))


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    """The workshop's campaign; whatever a test does to it, its journal gives what is stored."""
    with opened(workshop(), "sqlite://", moment(ISSUED)) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


@pytest.fixture
def houses() -> Iterator[Campaign]:
    """The campaign for houses, in which duties recur."""
    with opened(texts(HOUSES), "sqlite://", moment("2014-06-28 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


def change(campaign: Campaign, now: str, *edits: Edit, **said: Any) -> Any:
    return amend(campaign, now, WORKSHOP, *edits, **said)


def versions(campaign: Campaign) -> dict[str, int]:
    """The due versions of the duties that have one beyond the first."""
    return {key: duty.due_version for key, duty in campaign.running().duties.items() if duty.due_version}


# --- the revision


def test_an_amendment_is_the_next_revision_with_a_document_of_its_own(campaign: Campaign) -> None:
    applied = change(campaign, "2026-02-20 09:00", LATER, SUM_LATER, document=PAPER)

    assert (applied.revision, applied.changed) == (2, True)
    event = next(one for one in campaign.history() if one.kind == "applied" and one.data["revision"] == 2)
    assert event.document == {"number": "34/QĐ", "date": "2026-02-20"}
    assert event.data["plan"] == texts(WORKSHOP, LATER, SUM_LATER).plan.digest()


def test_the_text_before_stays_as_its_own_revision(campaign: Campaign) -> None:
    change(campaign, "2026-02-20 09:00", LATER)

    store, running = campaign._store(), campaign.running()
    assert store.revision(running.id, number=1).digest == workshop().plan.digest()
    assert store.revision(running.id).number == running.revision == 2


def test_the_same_text_again_writes_nothing(campaign: Campaign) -> None:
    change(campaign, "2026-02-20 09:00", LATER)
    head = campaign.head()

    again = change(campaign, "2026-02-21 09:00", LATER)

    assert (again.changed, again.revision, again.diff) == (False, 2, None)
    assert campaign.head() == head


def test_going_back_to_an_earlier_text_is_a_revision_too(campaign: Campaign) -> None:
    change(campaign, "2026-02-20 09:00", LATER)

    assert change(campaign, "2026-02-21 09:00").revision == 3
    assert due(campaign, "2026-02-21 10:00", "spend/birch") == "2026-03-10"


@pytest.mark.parametrize(
    "edit",
    [
        ("plan.title", "Another title"),
        ("settings", {"due_soon": "5"}),
        ("calendar.add", ["2026-03-04"]),
        ("reminders", [{"id": "first", "of": ["report"], "when": ["-3"], "to": ["clerk"]}]),
        ("agencies.ash.name", "Ash Town"),
        ("plan.region_kind", GONE),
    ],
)
def test_what_changes_no_duty_makes_a_revision_too_and_concerns_nobody(campaign: Campaign, edit: Edit) -> None:
    before = {one.facts.key: one.facts for one in campaign.status().lines}

    applied = change(campaign, "2026-02-20 09:00", edit)

    assert (applied.changed, applied.revision, applied.affected) == (True, 2, ())
    assert (applied.added, applied.removed, versions(campaign)) == ((), (), {})
    assert {one.facts.key: one.facts for one in campaign.status().lines} == before
    assert not any(one.to_acknowledge for one in campaign.status().lines)


def test_what_the_header_says_holds_from_the_amendment_on(campaign: Campaign) -> None:
    assert standing(campaign, "2026-03-04 09:00", "spend/birch") == "in_time"

    change(campaign, "2026-02-20 09:00", ("settings", {"due_soon": "5"}), ("plan.title", "Another title"))

    assert standing(campaign, "2026-03-04 09:00", "spend/birch") == "due_soon"
    assert campaign.running().header["title"] == "Another title"


def test_a_release_that_reads_the_same_text_otherwise_makes_a_revision_of_it(campaign: Campaign) -> None:
    """A holiday table that a new release brings changes nothing unseen."""
    calendar = replace(workshop().calendar, holidays={dt.date(2026, 3, 9): "a new day off"})
    other = replace(workshop(), calendar=calendar)

    applied = campaign.apply_loaded(other, now=moment("2026-02-20 09:00"))

    assert (applied.changed, applied.revision) == (True, 2)
    assert campaign.apply_loaded(other, now=moment("2026-02-21 09:00")).changed is False


def test_a_document_dated_after_now_is_refused(campaign: Campaign) -> None:
    head = campaign.head()

    with pytest.raises(InTheFuture):
        change(campaign, "2026-02-20 09:00", LATER, document=Document(date=dt.date(2026, 2, 21)))
    assert campaign.head() == head


# --- deadlines


def test_r21_a_changed_deadline_reaches_running_assignments_with_one_new_due_version(campaign: Campaign) -> None:
    """R21: a changed plan recomputes what it changes, once, and nothing else."""
    take(campaign, "2026-02-18 09:00", "hold/ash", "register", actor="ash")

    change(campaign, "2026-03-12 09:00", LATER, SUM_LATER)

    assert due(campaign, "2026-03-16 09:00", "hold/ash") == "2026-03-19"
    assert standing(campaign, "2026-03-16 09:00", "hold/birch") == "due_soon"
    assert versions(campaign) == {"hold": 1, "sum": 1}


def test_r21_the_same_text_again_gives_no_due_version(campaign: Campaign) -> None:
    """R21."""
    for now in ("2026-02-20 09:00", "2026-02-21 09:00", "2026-02-22 09:00"):
        change(campaign, now, LATER)

    assert versions(campaign) == {"hold": 1}


def test_r21_a_deadline_moved_and_moved_back_has_two_new_due_versions(campaign: Campaign) -> None:
    """R21: what was sent about either of them is out of date."""
    change(campaign, "2026-02-20 09:00", LATER)
    change(campaign, "2026-02-21 09:00")

    assert versions(campaign) == {"hold": 2}


def test_r21_the_same_day_in_other_words_gives_no_due_version(campaign: Campaign) -> None:
    """R21: "before 16 March" and "by 15 March" end at the same moment."""
    applied = change(campaign, "2026-02-20 09:00", ("reports.results.due", {"by": "2026-03-15"}))

    assert (applied.revision, versions(campaign)) == (2, {})


@pytest.mark.parametrize(
    ("edit", "duty"),
    [
        (("responsibilities.answer.due.completed.within.working", "true"), "answer"),
        (("responsibilities.hold.due.opening.missed", "overdue"), "hold"),
        (("responsibilities.spend.due", {"completed": {"by": "2026-03-10"}}), "spend"),
    ],
)
def test_r21_whatever_decides_when_somebody_is_late_is_a_new_due_version(
    campaign: Campaign, edit: Edit, duty: str
) -> None:
    """R21: also of a deadline that still waits for its event."""
    change(campaign, "2026-02-20 09:00", edit)

    assert versions(campaign) == {duty: 1}


def test_r21_an_event_that_settles_a_deadline_is_a_new_due_version(campaign: Campaign) -> None:
    """R21: a deadline that waited for its event is changed by it."""
    campaign.occur("decision", now=moment("2026-03-04 09:00"))

    assert versions(campaign) == {"answer": 1}


def test_r21_what_is_overdue_by_the_old_date_is_in_time_by_the_new_one(campaign: Campaign) -> None:
    """R21: and the other way round, at once."""
    assert standing(campaign, "2026-03-16 09:00", "hold/ash") == "overdue"

    change(campaign, "2026-03-16 09:30", LATER, SUM_LATER)
    assert standing(campaign, "2026-03-16 10:00", "hold/ash") == "due_soon"

    change(campaign, "2026-03-16 10:30", ("reports.results.due", {"before": "2026-03-10"}))
    assert standing(campaign, "2026-03-16 11:00", "hold/ash") == "overdue"


def test_r21_the_clock_goes_by_the_new_date(campaign: Campaign) -> None:
    """R21: the opening is put off by a week; the clock opens nothing on the old day."""
    opening = ("responsibilities.hold.due.opening.on", "2026-03-09")

    change(campaign, "2026-02-20 09:00", opening, LATER)

    assert campaign.tick(now=moment("2026-03-08 23:59")) == 0
    assert state(campaign, "2026-03-08 23:59", "hold/ash") == "drafting"
    assert campaign.tick(now=moment("2026-03-09 00:00")) == 1
    assert facts(campaign, "hold/ash").state == "opening"


def test_a_date_that_is_put_into_the_past_is_caught_up_with_by_the_clock(campaign: Campaign) -> None:
    opening = ("responsibilities.hold.due.opening.on", "2026-02-18")

    change(campaign, "2026-02-20 09:00", opening)

    assert state(campaign, "2026-02-20 09:00", "hold/ash") == "running"
    campaign.tick(now=moment("2026-02-20 10:00"))
    assert facts(campaign, "hold/ash").presumed == ("drafting", "opening")


def test_the_clock_does_its_work_by_the_old_text_before_the_new_one_holds(campaign: Campaign) -> None:
    """Nothing ran for two weeks: what the old text had the clock do by now was done by it."""
    change(campaign, "2026-03-04 09:00", ("responsibilities.hold.due.opening.on", "2026-03-12"), LATER)

    assert kinds(campaign) == ["applied", "clock", "clock", "applied", "amended"]
    assert facts(campaign, "hold/ash").state == "running"


# --- the work is kept


def test_the_work_that_was_done_is_kept(campaign: Campaign) -> None:
    take(campaign, "2026-02-18 09:00", "hold/ash", "register", actor="ash")
    campaign.tick_part("hold/ash", "open", actor="ash", now=moment("2026-02-18 09:00"))
    campaign.acknowledge("hold/ash", promised=dt.date(2026, 3, 14), actor="ash", now=moment("2026-02-18 09:00"))
    take(campaign, "2026-03-04 09:00", "hold/birch", "submit", actor="birch")
    campaign.tick(now=moment("2026-03-04 09:00"))
    before = {key: facts(campaign, key) for key in ("hold/ash", "hold/birch", "hold/union")}

    change(campaign, "2026-03-05 09:00", LATER, SUM_LATER, ("responsibilities.hold.title", "Hold it"))

    assert {key: facts(campaign, key) for key in before} == before


def test_what_was_completed_on_time_stays_so_when_the_deadline_is_put_earlier(campaign: Campaign) -> None:
    """It is judged by the deadline of the running text; what is over is not opened again."""
    take(campaign, "2026-03-02 09:00", "print/ash", "done", actor="ash")

    change(campaign, "2026-03-02 10:00", ("responsibilities.print.title", "Print more of it"))

    assert facts(campaign, "print/ash").state == "completed"
    assert line(campaign, "2026-03-04", "print/ash").to_acknowledge is False


# --- what is taken away, and what comes back


def test_a_duty_that_the_text_no_longer_has_is_cancelled_and_not_deleted(campaign: Campaign) -> None:
    take(campaign, "2026-03-02 09:00", "spend/birch", "submit", actor="birch")

    applied = change(campaign, "2026-03-03 09:00", ("responsibilities.spend", GONE), ("reports.accounts", GONE))

    assert applied.removed == ("spend/birch",)
    assert applied.affected == ("birch",)
    assert standing(campaign, "2026-04-01", "spend/birch") == "cancelled"
    assert campaign.show("spend/birch", now=moment("2026-04-01")).allowed == ()
    assert kinds(campaign, "spend/birch") == ["step", "amended"]
    assert campaign.status(now=moment("2026-04-01")).totals.by_standing["cancelled"] == 1


def test_a_duty_that_a_later_text_has_again_goes_on_where_it_was(campaign: Campaign) -> None:
    take(campaign, "2026-03-02 09:00", "spend/birch", "submit", actor="birch")
    before = facts(campaign, "spend/birch")
    change(campaign, "2026-03-03 09:00", ("responsibilities.spend", GONE), ("reports.accounts", GONE))

    applied = change(campaign, "2026-03-04 09:00")

    assert (applied.restored, applied.added) == (("spend/birch",), ())
    assert facts(campaign, "spend/birch") == replace(before, version=before.version + 2)
    take(campaign, "2026-03-05 09:00", "spend/birch", "accept", actor="registry")
    assert standing(campaign, "2026-03-05 10:00", "spend/birch") == "done_on_time"


def test_a_duty_stays_cancelled_however_many_texts_do_without_it(campaign: Campaign) -> None:
    gone = (("responsibilities.spend", GONE), ("reports.accounts", GONE))
    change(campaign, "2026-03-03 09:00", *gone)
    change(campaign, "2026-03-04 09:00", *gone, LATER, SUM_LATER)

    assert campaign.running().duties["spend"].dropped == 2
    assert len(kinds(campaign, "spend/birch")) == 1
    change(campaign, "2026-03-05 09:00")
    assert facts(campaign, "spend/birch").state == "open"


def test_what_was_done_stays_done_also_when_the_duty_goes_and_comes_back(campaign: Campaign) -> None:
    take(campaign, "2026-03-02 09:00", "print/ash", "done", actor="ash")

    applied = change(campaign, "2026-03-03 09:00", ("responsibilities.print", GONE))
    assert applied.removed == ()
    assert standing(campaign, "2026-03-04", "print/ash") == "done_on_time"

    change(campaign, "2026-03-05 09:00")
    assert standing(campaign, "2026-03-06", "print/ash") == "done_on_time"
    assert kinds(campaign, "print/ash") == ["step"]


def test_only_the_agency_that_is_left_out_loses_its_duty(campaign: Campaign) -> None:
    applied = change(campaign, "2026-02-20 09:00", ("groups.districts.except", ["birch"]))

    assert (applied.removed, applied.affected) == (("hold/birch",), ("birch",))
    assert [facts(campaign, f"hold/{one}").state for one in ("ash", "birch")] == ["drafting", "cancelled"]
    assert change(campaign, "2026-02-21 09:00").restored == ("hold/birch",)


def test_an_agency_that_comes_to_a_group_owes_what_the_others_owe(campaign: Campaign) -> None:
    fir = ("agencies.fir", {"name": "Fir", "kind": "district", "under": "upland"})
    take(campaign, "2026-02-18 09:00", "hold/ash", "register", actor="ash")

    applied = change(campaign, "2026-02-20 09:00", fir)

    assert (applied.added, applied.affected) == (("hold/fir",), ("fir",))
    assert facts(campaign, "hold/fir").state == "drafting"
    assert campaign.history("hold/fir") == ()
    assert facts(campaign, "hold/ash").state == "opening"


def test_a_new_agency_catches_up_with_the_clock(campaign: Campaign) -> None:
    fir = ("agencies.fir", {"name": "Fir", "kind": "district", "under": "upland"})

    change(campaign, "2026-03-09 09:00", fir)

    assert state(campaign, "2026-03-09 10:00", "hold/fir") == "summarizing"
    campaign.tick(now=moment("2026-03-09 10:00"))
    assert facts(campaign, "hold/fir").state == "summarizing"
    assert campaign.tick(now=moment("2026-03-09 10:00")) == 0


def test_an_agency_that_the_text_no_longer_names_stays_for_what_it_did(campaign: Campaign) -> None:
    take(campaign, "2026-02-18 09:00", "hold/birch", "register", actor="birch")

    change(campaign, "2026-02-20 09:00", ("agencies.birch", GONE), ("responsibilities.spend", GONE),
           ("reports.accounts", GONE))  # fmt: skip

    found = line(campaign, "2026-02-21", "hold/birch")
    assert (found.agency_name, found.state.name) == ("Birch", "cancelled")


def test_a_duty_on_demand_that_was_opened_is_owed_until_the_text_drops_the_duty(houses: Campaign) -> None:
    houses.open_for("tell", "north", now=moment("2014-07-01"))

    amend(houses, "2014-07-02", HOUSES, ("responsibilities.tell.assigned_to", "south"))
    assert facts(houses, "tell/north/001").state == "open"
    amend(houses, "2014-07-03", HOUSES, ("responsibilities.tell", GONE))
    assert facts(houses, "tell/north/001").state == "cancelled"
    with pytest.raises(NotOnDemand):
        houses.open_for("tell", "north", now=moment("2014-07-04"))
    amend(houses, "2014-07-05", HOUSES)
    assert facts(houses, "tell/north/001").state == "open"
    assert houses.open_for("tell", "north", now=moment("2014-07-06")).key == "tell/north/002"


def test_a_partner_does_not_become_the_assignee_under_the_same_key(houses: Campaign) -> None:
    """The key and its history belong to the share that was given; nobody loses a duty over it unseen."""
    head = houses.head()

    with pytest.raises(KeyTaken) as caught:
        amend(houses, "2014-07-02", HOUSES, ("responsibilities.year.assigned_to", "bank"),
              ("responsibilities.year.with", [{"agency": "dept", "completes": "own"}]))  # fmt: skip
    assert "year/bank/2014" in caught.value.text()
    assert houses.head() == head


def test_when_the_last_who_had_not_finished_go_their_partners_are_through(campaign: Campaign) -> None:
    for key in ("hold/ash", "hold/birch"):
        take(campaign, "2026-03-12 09:00", key, "submit")
        take(campaign, "2026-03-13 09:00", key, "accept", actor="registry")
    fir = ("agencies.fir", {"name": "Fir", "kind": "district", "under": "upland"})
    change(campaign, "2026-03-16 09:00", fir)
    assert facts(campaign, "hold/union").state == "completed"

    with opened(texts(WORKSHOP, fir), "sqlite://", moment(ISSUED)) as other:
        for key in ("hold/ash", "hold/birch"):
            take(other, "2026-03-12 09:00", key, "submit")
            take(other, "2026-03-13 09:00", key, "accept", actor="registry")
        assert facts(other, "hold/union").state == "open"
        change(other, "2026-03-16 09:00")
        assert facts(other, "hold/union").state == "completed"
        assert other.verify().ok


def test_when_the_last_who_had_not_finished_go_what_waited_for_them_begins(houses: Campaign) -> None:
    waits = (
        ("events.founded", {"words": "the programme ends", "when": {"completed": "found"}}),
        ("responsibilities.begin", {"clause": "1", "title": "Begin", "role": "direct", "assigned_to": "dept",
                                    "due": {"completed": {"within": {"days": "5", "after": "founded"}}}}),
    )  # fmt: skip
    amend(houses, "2014-07-01", HOUSES, *waits)
    take(houses, "2014-07-02", "found/north", "done", actor="north")
    assert due(houses, "2014-07-03", "begin/dept") is None

    amend(houses, "2014-07-07 09:00", HOUSES, *waits, ("responsibilities.found.assigned_to", "north"),
          ("bodies.board.per", "founders"),
          ("groups.founders", {"words": "the districts", "members": ["north"]}))  # fmt: skip

    assert due(houses, "2014-07-08", "begin/dept") == "2014-07-14"  # the 12th is a Saturday


# --- states

OWN = ("lifecycles", {"print-shop": {
    "initial": "asked",
    "states": {"asked": {"phase": "running"}, "proofs": {"phase": "running"},
               "printed": {"phase": "completed", "final": "true"}},
    "transitions": [
        {"trigger": "prove", "from": "asked", "to": "proofs", "by": "assignee"},
        {"trigger": "finish", "from": "proofs", "to": "printed", "by": "assignee"},
    ]}})  # fmt: skip
"""A lifecycle of the plan's own."""
FOLLOWS_OWN = (OWN, ("responsibilities.print.lifecycle", "print-shop"))
NO_PROOFS = (
    *FOLLOWS_OWN,
    ("lifecycles.print-shop.states.proofs", GONE),
    ("lifecycles.print-shop.transitions", [{"trigger": "finish", "from": "asked", "to": "printed", "by": "assignee"}]),
)
"""The lifecycle without one of its states."""
BACK_TO_ASKED = ("migrate_states", {"print-shop": {"proofs": "asked"}})


@pytest.fixture
def printing() -> Iterator[Campaign]:
    with opened(texts(WORKSHOP, *FOLLOWS_OWN), "sqlite://", moment(ISSUED)) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


def test_a_state_in_which_somebody_is_cannot_be_taken_away(printing: Campaign) -> None:
    take(printing, "2026-02-17 09:00", "print/ash", "prove", actor="ash")
    head = printing.head()

    for dry_run in (True, False):
        with pytest.raises(OccupiedStates) as caught:
            change(printing, "2026-02-20 09:00", *NO_PROOFS, dry_run=dry_run)
        assert "print-shop.proofs (print: 1)" in caught.value.text()
        assert "migrate_states" in caught.value.advice()
    assert printing.head() == head


def test_a_state_in_which_nobody_is_goes_without_a_word(printing: Campaign) -> None:
    assert change(printing, "2026-02-20 09:00", *NO_PROOFS).revision == 2
    take(printing, "2026-02-21 09:00", "print/ash", "finish", actor="ash")


def test_who_is_in_a_state_that_goes_is_migrated_as_the_text_says(printing: Campaign) -> None:
    take(printing, "2026-02-17 09:00", "print/ash", "prove", actor="ash")

    change(printing, "2026-02-20 09:00", *NO_PROOFS, BACK_TO_ASKED)

    assert facts(printing, "print/ash").state == "asked"
    moved = printing.history("print/ash")[-1]
    assert (moved.kind, moved.data["migrated"]) == ("amended", {"proofs": "asked"})


def test_what_goes_on_in_a_state_that_went_meanwhile_is_migrated_too(printing: Campaign) -> None:
    """The duty was cancelled in a state that the lifecycle does not have any more when the duty comes back."""
    take(printing, "2026-02-17 09:00", "print/ash", "prove", actor="ash")
    change(printing, "2026-02-20 09:00", OWN, ("responsibilities.print", GONE), ("lifecycles", GONE))

    with pytest.raises(OccupiedStates):
        change(printing, "2026-02-21 09:00", *NO_PROOFS)
    change(printing, "2026-02-21 09:00", *NO_PROOFS, BACK_TO_ASKED)

    assert facts(printing, "print/ash").state == "asked"
    take(printing, "2026-02-22 09:00", "print/ash", "finish", actor="ash")


def test_what_a_dropped_duty_came_to_stays_readable(printing: Campaign) -> None:
    """The lifecycle is kept for it; where the text changes it under the same name, its states are asked for."""
    take(printing, "2026-02-17 09:00", "print/ash", "prove", "finish", actor="ash")
    change(printing, "2026-02-20 09:00", ("responsibilities.print", GONE))
    assert standing(printing, "2026-02-21", "print/ash") == "done_on_time"

    other = {
        "initial": "asked", "states": {"asked": {"phase": "running"}, "done": {"phase": "completed", "final": "true"}},
        "transitions": [{"trigger": "finish", "from": "asked", "to": "done", "by": "assignee"}],
    }  # fmt: skip
    edits = (("responsibilities.print", GONE), ("lifecycles", {"print-shop": other}),
             ("responsibilities.tell.lifecycle", "print-shop"),
             ("migrate_states", {"print-shop": {"open": "asked"}}))  # fmt: skip
    with pytest.raises(OccupiedStates, match=r"print-shop\.printed \(print: 1\)"):
        change(printing, "2026-02-22 09:00", *edits)
    moves = ("migrate_states", {"print-shop": {"open": "asked", "printed": "done"}})
    change(printing, "2026-02-22 09:00", *edits, moves)
    assert standing(printing, "2026-02-23", "print/ash") == "done_on_time"


def test_a_period_that_is_over_keeps_the_lifecycle_that_it_had(houses: Campaign) -> None:
    take(houses, "2014-08-01", "quarter/north/2014-Q3", "submit", actor="north")
    houses.tick(now=moment("2014-11-01"))

    amend(houses, "2014-11-02", HOUSES, ("responsibilities.quarter.lifecycle", "organize"),
          ("migrate_states", {"organize": {"open": "running"}}))  # fmt: skip

    assert state(houses, "2014-11-03", "quarter/north/2014-Q3") == "submitted"
    assert state(houses, "2014-11-03", "quarter/north/2014-Q4") == "running"
    take(houses, "2014-11-03", "quarter/north/2014-Q3", "accept", actor="dept")
    assert standing(houses, "2014-11-04", "quarter/north/2014-Q3") == "done_on_time"


# --- acknowledgement


def asked(campaign: Campaign, now: str) -> list[str]:
    """Who has to acknowledge an amendment, by their keys."""
    return [one.facts.key for one in campaign.status(now=moment(now)).lines if one.to_acknowledge]


def test_those_whose_duty_changed_are_asked_to_acknowledge_it_and_nobody_else(campaign: Campaign) -> None:
    applied = change(campaign, "2026-02-20 09:00", LATER)

    assert asked(campaign, "2026-02-20 10:00") == ["hold/ash", "hold/birch"]
    assert applied.affected == ("ash", "birch")
    items = [one for one in campaign.worklist(now=moment("2026-02-20 10:00")) if "amendment" in one.reason]
    assert [(one.action, one.key, one.data["day"]) for one in items] == [
        ("call", "hold/ash", "2026-02-20"), ("call", "hold/birch", "2026-02-20"),
    ]  # fmt: skip


def test_a_later_acknowledgement_answers_it(campaign: Campaign) -> None:
    campaign.acknowledge("hold/ash", actor="ash", now=moment("2026-02-18"))
    change(campaign, "2026-02-20 09:00", LATER)
    assert "hold/ash" in asked(campaign, "2026-02-20 10:00")

    campaign.acknowledge("hold/ash", actor="ash", now=moment("2026-02-20 11:00"))

    assert asked(campaign, "2026-02-20 12:00") == ["hold/birch"]
    change(campaign, "2026-02-21 09:00")
    assert asked(campaign, "2026-02-21 10:00") == ["hold/ash", "hold/birch"]


def test_an_acknowledgement_that_was_given_before_the_amendment_and_entered_after_it_does_not_answer_it(
    campaign: Campaign,
) -> None:
    change(campaign, "2026-02-20 09:00", LATER)

    campaign.acknowledge("hold/ash", actor="ash", at=moment("2026-02-19"), now=moment("2026-02-20 11:00"))

    assert "hold/ash" in asked(campaign, "2026-02-20 12:00")


def test_who_is_through_is_asked_nothing(campaign: Campaign) -> None:
    take(campaign, "2026-02-18 09:00", "print/ash", "done", actor="ash")

    change(campaign, "2026-02-20 09:00", ("responsibilities.print.due.completed.by", "2026-03-05"))

    assert asked(campaign, "2026-02-20 10:00") == []


def test_r19_an_amendment_made_after_the_clock_had_run_ahead_can_be_acknowledged_at_once(houses: Campaign) -> None:
    """R19: what was recorded while the clock was wrong does not decide what is asked now."""
    houses.tick(now=moment("2024-01-05"))

    amend(houses, "2014-07-03 09:00", HOUSES, ("responsibilities.found.due.completed.by", "2014-08-31"))
    assert line(houses, "2014-07-03 10:00", "found/north").to_acknowledge
    houses.acknowledge("found/north", actor="north", now=moment("2014-07-03 11:00"))

    assert not line(houses, "2014-07-03 12:00", "found/north").to_acknowledge


# --- contacts


def contact(key: str, **more: str) -> Contact:
    return Contact.model_validate({"id": key, "agency": "ash", "role": "clerk", **more})


def test_contacts_that_the_plans_file_newly_has_are_added_and_known_ones_left_alone(campaign: Campaign) -> None:
    first = replace(texts(WORKSHOP, LATER), contacts=(contact("c1", name="First"),))
    campaign.apply_loaded(first, now=moment("2026-02-20 09:00"))
    campaign.end_contact("c1", dt.date(2026, 3, 1), now=moment("2026-02-21"))

    second = replace(workshop(), contacts=(contact("c1", name="Another"), contact("c2", name="Second")))
    campaign.apply_loaded(second, now=moment("2026-02-22 09:00"))

    assert [(one.id, one.name, one.until) for one in campaign.contacts()] == [
        ("c1", "First", "2026-03-01"), ("c2", "Second", None),
    ]  # fmt: skip
    assert last(campaign).data["added"] == ["c2"]


def test_contacts_that_the_file_no_longer_has_stay(campaign: Campaign) -> None:
    campaign.apply_loaded(replace(texts(WORKSHOP, LATER), contacts=(contact("c1"),)), now=moment("2026-02-20 09:00"))

    change(campaign, "2026-02-21 09:00")

    assert [one.id for one in campaign.contacts()] == ["c1"]


# --- periods that are over

EARLIER = ("reports.quarterly.due", {"before": {"day": "10", "month": "last"}})


def test_of_periods_that_are_over_an_amendment_changes_nothing(houses: Campaign) -> None:
    houses.tick(now=moment("2015-02-01"))
    before = {key: duty for key, duty in houses.running().duties.items() if duty.period == "2014-Q3"}

    applied = amend(houses, "2015-02-02", HOUSES, EARLIER)

    assert {key: houses.running().duties[key] for key in before} == before
    assert due(houses, "2015-02-03", "quarter/north/2014-Q3") == "2014-09-19"
    assert due(houses, "2015-02-03", "quarter/north/2015-Q1") == "2015-03-09"
    assert versions(houses) == {"quarter@2015-Q1": 1, "quarter@2015-Q2": 1}
    assert applied.diff is not None
    assert [one.key for one in applied.diff.duties] == ["quarter@2015-Q1", "quarter@2015-Q2"]
    assert asked(houses, "2015-02-03") == [
        "quarter/north/2015-Q1", "quarter/east/2015-Q1", "quarter/north/2015-Q2", "quarter/east/2015-Q2",
    ]  # fmt: skip


def test_a_series_that_the_text_takes_away_ends_with_the_period_that_is_over(houses: Campaign) -> None:
    houses.tick(now=moment("2015-02-01"))

    applied = amend(houses, "2015-02-02", HOUSES, ("responsibilities.quarter", GONE), ("reports.quarterly", GONE))

    assert applied.removed == (
        "quarter/north/2015-Q1", "quarter/east/2015-Q1", "quarter/north/2015-Q2", "quarter/east/2015-Q2",
    )  # fmt: skip
    amended = len(houses.history())
    assert standing(houses, "2015-02-03", "quarter/north/2014-Q4") == "overdue"
    take(houses, "2015-02-03", "quarter/north/2014-Q4", "submit", actor="north")
    houses.tick(now=moment("2016-02-01"))
    assert "quarter/*" not in [event.key for event in houses.history()[amended:] if event.kind == "period"]


def test_a_series_that_comes_back_begins_again_with_the_period_that_runs(houses: Campaign) -> None:
    """Nobody owed anything for the time between; nobody is late by it."""
    gone = (("responsibilities.quarter", GONE), ("reports.quarterly", GONE))
    amend(houses, "2014-08-01", HOUSES, *gone)

    amend(houses, "2015-08-01", HOUSES)

    keys = [key for key in (one.facts.key for one in houses.status().lines) if key.startswith("quarter/north")]
    assert keys == [f"quarter/north/{one}" for one in ("2014-Q3", "2014-Q4", "2015-Q3", "2015-Q4")]
    assert [facts(houses, key).state for key in keys] == ["cancelled", "cancelled", "open", "open"]
    houses.tick(now=moment("2015-10-01"))
    assert facts(houses, "quarter/north/2016-Q1").state == "open"


def test_a_series_that_a_later_text_brings_owes_nothing_for_what_was_over_by_then(houses: Campaign) -> None:
    new = ("responsibilities.clean", {"clause": "2", "title": "Clean", "role": "direct", "assigned_to": "north",
                                      "every": {"period": "month", "ending": "open"},
                                      "due": {"completed": {"during": "period"}}})  # fmt: skip

    applied = amend(houses, "2015-08-15", HOUSES, new)

    assert [key for key in applied.added if key.startswith("clean")] == ["clean/north/2015-08", "clean/north/2015-09"]
    houses.tick(now=moment("2015-10-01"))
    assert [one.facts.key for one in houses.status().lines if one.duty.responsibility == "clean"] == [
        f"clean/north/2015-{month}" for month in ("08", "09", "10", "11")
    ]


def test_another_rhythm_leaves_the_periods_that_are_over_and_takes_the_place_of_the_others(houses: Campaign) -> None:
    houses.tick(now=moment("2014-10-15"))

    applied = amend(houses, "2014-10-16", HOUSES, ("responsibilities.quarter.every.period", "month"))

    assert {key.rpartition("/")[2] for key in applied.removed} == {"2014-Q4", "2015-Q1"}
    assert {key.rpartition("/")[2] for key in applied.added} == {"2014-10", "2014-11"}
    assert standing(houses, "2014-10-17", "quarter/north/2014-Q3") == "overdue"
    houses.tick(now=moment("2014-11-01"))
    assert facts(houses, "quarter/north/2014-12").state == "open"


# --- extensions


def test_an_extension_stands_against_an_amendment_that_gives_less(campaign: Campaign) -> None:
    campaign.extend("hold/ash", dt.date(2026, 3, 25), reason="the flood", now=moment("2026-03-01"))

    applied = change(campaign, "2026-03-03 09:00", LATER, SUM_LATER)

    assert [due(campaign, "2026-03-04", f"hold/{one}") for one in ("ash", "birch")] == ["2026-03-25", "2026-03-19"]
    told = [one for changed in applied.diff.duties for one in changed.extended]
    assert [(one.key, one.phase, one.stands) for one in told] == [("hold/ash", "reporting", dt.date(2026, 3, 25))]


def test_an_amendment_that_gives_more_stands_against_an_extension(campaign: Campaign) -> None:
    campaign.extend("hold/ash", dt.date(2026, 3, 18), reason="the flood", now=moment("2026-03-01"))

    change(campaign, "2026-03-03 09:00", LATER, SUM_LATER)

    assert [due(campaign, "2026-03-04", f"hold/{one}") for one in ("ash", "birch")] == ["2026-03-19"] * 2
    change(campaign, "2026-03-05 09:00")
    assert due(campaign, "2026-03-06", "hold/ash") == "2026-03-18"


# --- a dry run


def test_a_dry_run_says_what_the_amendment_would_do_and_writes_nothing(campaign: Campaign) -> None:
    edits = (LATER, SUM_LATER, ("responsibilities.print", GONE), ("groups.districts.except", ["birch"]))
    head, before = campaign.head(), list(campaign.status().lines)

    told = change(campaign, "2026-02-20 09:00", *edits, dry_run=True)

    assert (campaign.head(), list(campaign.status().lines)) == (head, before)
    assert told == change(campaign, "2026-02-20 09:00", *edits)


def test_a_closed_campaign_is_not_amended_nor_tried(campaign: Campaign) -> None:
    campaign.close_campaign(force=True, now=moment("2026-02-20"))
    head = campaign.head()

    for dry_run in (True, False):
        with pytest.raises(CampaignClosed):
            change(campaign, "2026-02-21", LATER, dry_run=dry_run)
        assert change(campaign, "2026-02-21", dry_run=dry_run).changed is False
    assert campaign.head() == head


# --- the past


def test_as_of_an_instant_before_the_amendment_the_old_plan_is_shown(campaign: Campaign) -> None:
    fir = ("agencies.fir", {"name": "Fir", "kind": "district", "under": "upland"})
    change(campaign, "2026-03-04 09:00", LATER, SUM_LATER, fir, ("plan.title", "Another title"),
           ("responsibilities.print", GONE))  # fmt: skip

    def seen(as_of: str) -> tuple[str, str | None, int, str]:
        found = campaign.status(as_of=moment(as_of), now=moment("2026-03-20"))
        lines = {one.facts.key: one for one in found.lines}
        day = lines["hold/ash"].due
        assert day is not None and day.last_day is not None
        title = str(found.running.header["title"])
        return title, day.last_day.isoformat(), found.totals.assignments, lines["print/ash"].state.name

    assert seen("2026-03-04 08:59") == ("One of everything", "2026-03-15", 13, "open")
    assert seen("2026-03-04 09:00") == ("Another title", "2026-03-19", 14, "cancelled")


def test_as_of_an_instant_nobody_was_asked_yet_and_afterwards_they_were(campaign: Campaign) -> None:
    change(campaign, "2026-02-20 09:00", LATER)

    def found(as_of: str) -> list[str]:
        lines = campaign.status(as_of=moment(as_of), now=moment("2026-03-01")).lines
        return [one.facts.key for one in lines if one.to_acknowledge]

    assert found("2026-02-20 08:59") == []
    assert found("2026-02-20 09:00") == ["hold/ash", "hold/birch"]


def test_the_amendment_is_recorded_at_its_instant_whatever_happened_before(campaign: Campaign) -> None:
    change(campaign, "2026-02-20 09:00", LATER, document=PAPER)

    changed = [event for event in campaign.history() if event.kind in ("applied", "amended")]
    assert [event.recorded for event in changed][1:] == [to_micros(moment("2026-02-20 09:00"))] * 2
    assert changed[-1].data["cause"] == changed[-2].sequence
