"""Taking steps: who may, what they carry, what follows from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from campaignflow import Campaign
from campaignflow.domain.guards import NoReportOwed, OpeningHasBegun, ReasonNeeded, ReportOwed
from campaignflow.ports import ContactRow
from campaignflow.services.documents import Document
from campaignflow.services.errors import (
    ActorUnknown,
    AgencyUnknown,
    ContactEnded,
    InTheFuture,
    KeyUnknown,
    NilRefused,
    NotOnBehalf,
    NotYourStep,
    StepNotAllowed,
    TriggerUnknown,
)
from tests.support.plans import moment, open_2020, open_workshop
from tests.support.steps import facts, last, paper, standing, state, take

DRAFTING = "2026-02-20 09:00"
OPENING = "2026-03-02 09:00"
RUNNING = "2026-03-04 09:00"
AFTER = "2026-03-12 09:00"


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    with open_workshop() as opened:
        yield opened


# --- who may


@pytest.mark.parametrize(
    ("actor", "key", "trigger"),
    [
        ("ash", "hold/ash", "register"),
        ("registry", "hold/ash", "submit"),
        ("ash", "hold/ash", "submit"),
        ("coordinator", "hold/ash", "register"),
        ("office", "hold/ash", "exempt"),
        ("registry", "sum/registry", "consolidate"),
    ],
)
def test_a_step_is_taken_by_a_party_that_the_lifecycle_names(
    campaign: Campaign, actor: str, key: str, trigger: str
) -> None:
    taken = campaign.advance(key, trigger, actor=actor, reason="as agreed", now=moment(DRAFTING))

    assert (taken.key, taken.trigger, taken.sequence) == (key, trigger, 2)
    assert facts(campaign, key).state == taken.target


@pytest.mark.parametrize(
    ("actor", "key", "trigger"),
    [
        ("birch", "hold/ash", "register"),
        ("watch", "hold/ash", "register"),
        ("registry", "hold/ash", "register"),
        ("ash", "hold/ash", "exempt"),
        ("registry", "hold/ash", "exempt"),
        ("union", "guide/registry", "done"),
    ],
)
def test_a_step_of_somebody_else_is_refused_and_writes_nothing(
    campaign: Campaign, actor: str, key: str, trigger: str
) -> None:
    with pytest.raises(NotYourStep) as caught:
        campaign.advance(key, trigger, actor=actor, reason="r", now=moment(DRAFTING))

    assert caught.value.data["actor"] == actor
    assert len(campaign.history()) == 1


def test_only_the_receiver_accepts_or_returns(campaign: Campaign) -> None:
    take(campaign, AFTER, "hold/ash", "submit", actor="ash")

    for actor in ("ash", "birch", "watch", "coordinator"):
        for trigger in ("accept", "return"):
            with pytest.raises(NotYourStep):
                campaign.advance("hold/ash", trigger, actor=actor, reason="r", now=moment(AFTER))
    take(campaign, AFTER, "hold/ash", "accept", actor="registry")


def test_the_inspector_may_send_the_plan_back_before_the_opening_and_gives_a_reason(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "hold/ash", "register", actor="ash", document=paper())
    with pytest.raises(ReasonNeeded):
        campaign.advance("hold/ash", "return_plan", actor="watch", now=moment(DRAFTING))

    take(campaign, DRAFTING, "hold/ash", "return_plan", actor="watch", reason="no budget in it")

    found = facts(campaign, "hold/ash")
    assert (found.state, found.registered, found.presumed) == ("drafting", None, ())


def test_the_inspector_cannot_send_a_plan_back_once_the_opening_has_begun(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "hold/ash", "register", actor="ash")

    with pytest.raises(OpeningHasBegun):
        campaign.advance("hold/ash", "return_plan", actor="watch", reason="r", now=moment(OPENING))


def test_the_coordinator_enters_an_assignees_step_on_its_behalf(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "hold/ash", "register")

    event = last(campaign)
    assert (event.actor, event.on_behalf_of, event.proven) == ("office", "ash", False)


def test_an_assignee_acts_for_itself(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "hold/ash", "register", actor="ash")

    assert last(campaign).on_behalf_of is None


def test_the_coordinator_may_stand_in_for_a_receiver_by_saying_so(campaign: Campaign) -> None:
    take(campaign, AFTER, "hold/ash", "submit", actor="ash")

    take(campaign, AFTER, "hold/ash", "accept", on_behalf_of="registry")

    accepted = next(event for event in campaign.history("hold/ash") if event.data.get("trigger") == "accept")
    assert (accepted.actor, accepted.on_behalf_of) == ("office", "registry")


def test_a_report_that_its_receiver_enters_is_the_assignees(campaign: Campaign) -> None:
    take(campaign, AFTER, "hold/ash", "submit", actor="registry")

    event = last(campaign)
    assert (event.actor, event.on_behalf_of) == ("registry", "ash")


def test_the_receiver_stands_in_for_the_one_who_owes_the_report_and_for_nobody_else(campaign: Campaign) -> None:
    for agency in ("office", "birch", "watch"):
        with pytest.raises(NotOnBehalf):
            campaign.advance(
                "hold/ash", "exempt", actor="registry", on_behalf_of=agency, reason="r", now=moment(DRAFTING)
            )
    take(campaign, DRAFTING, "hold/ash", "register", actor="registry", on_behalf_of="ash")


@pytest.mark.parametrize("agency", ["ash", "office", "registry"])
def test_nobody_else_enters_anything_for_another_agency(campaign: Campaign, agency: str) -> None:
    with pytest.raises(NotOnBehalf):
        campaign.advance("hold/ash", "register", actor="birch", on_behalf_of=agency, now=moment(DRAFTING))


def test_standing_in_for_an_agency_that_the_plan_does_not_have_is_refused_with_a_hint(campaign: Campaign) -> None:
    with pytest.raises(AgencyUnknown) as caught:
        campaign.advance("hold/ash", "register", on_behalf_of="birhc", now=moment(DRAFTING))

    assert "birch" in caught.value.text()


def test_an_actor_that_is_nobody_is_refused_with_a_hint(campaign: Campaign) -> None:
    with pytest.raises(ActorUnknown) as caught:
        campaign.advance("hold/ash", "register", actor="ahs", now=moment(DRAFTING))

    assert "ash" in caught.value.text()


# --- contacts as actors


def test_a_contact_acts_for_its_agency_and_the_journal_names_the_contact(campaign: Campaign) -> None:
    campaign.add_contact(ContactRow(id="c1", agency="ash", role="clerk"), now=moment(DRAFTING))

    take(campaign, DRAFTING, "hold/ash", "register", actor="c1")

    assert (last(campaign).actor, last(campaign).on_behalf_of) == ("c1", None)


@pytest.mark.parametrize(
    ("since", "until", "on", "answers"),
    [
        (None, "2026-02-20", "2026-02-20 23:59", True),
        (None, "2026-02-20", "2026-02-21 00:00", False),
        ("2026-02-20", None, "2026-02-20 00:00", True),
        ("2026-02-20", None, "2026-02-19 23:59", False),
    ],
)
def test_a_contact_acts_from_its_first_to_its_last_day(
    campaign: Campaign, since: str | None, until: str | None, on: str, answers: bool
) -> None:
    campaign.add_contact(
        ContactRow(id="c1", agency="ash", role="clerk", since=since, until=until), now=moment("2026-02-18")
    )

    if answers:
        take(campaign, on, "hold/ash", "register", actor="c1")
    else:
        with pytest.raises(ContactEnded):
            take(campaign, on, "hold/ash", "register", actor="c1")


# --- what is asked for


def test_a_key_that_nothing_has_is_refused_with_the_nearest_one(campaign: Campaign) -> None:
    with pytest.raises(KeyUnknown) as caught:
        campaign.advance("hold/asch", "register", now=moment(DRAFTING))

    assert "hold/ash" in caught.value.text()


@pytest.mark.parametrize("key", ["", "/", "nothing", "hold", "hold/%", "hold/ash/2026-Q1", "'; DROP TABLE journal;--"])
def test_any_other_text_is_no_key(campaign: Campaign, key: str) -> None:
    with pytest.raises(KeyUnknown):
        campaign.advance(key, "register", now=moment(DRAFTING))


def test_a_trigger_that_the_lifecycle_does_not_have_is_refused_with_what_is_allowed(campaign: Campaign) -> None:
    with pytest.raises(TriggerUnknown) as caught:
        campaign.advance("hold/ash", "regsiter", now=moment(DRAFTING))

    assert "register" in caught.value.text()
    assert "submit" in caught.value.advice()


def test_a_step_of_the_machinery_is_offered_to_nobody(campaign: Campaign) -> None:
    for key, trigger in (("hold/ash", "opening_begins"), ("hold/union", "end_with_lead")):
        with pytest.raises(TriggerUnknown):
            campaign.advance(key, trigger, now=moment(DRAFTING))


def test_a_step_that_does_not_start_here_is_refused_with_what_is_allowed(campaign: Campaign) -> None:
    with pytest.raises(StepNotAllowed) as caught:
        campaign.advance("hold/ash", "summarize", now=moment(DRAFTING))

    assert caught.value.data["state"] == "drafting"
    assert "register" in caught.value.advice()


def test_no_step_but_an_undo_leaves_what_is_done(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "guide/registry", "done", actor="registry")

    for trigger in ("done", "exempt"):
        with pytest.raises(StepNotAllowed):
            campaign.advance("guide/registry", trigger, reason="r", now=moment(DRAFTING))


def test_a_report_is_submitted_only_where_one_is_owed(campaign: Campaign) -> None:
    with pytest.raises(NoReportOwed):
        campaign.advance("guide/registry", "submit", actor="registry", now=moment(DRAFTING))
    with pytest.raises(ReportOwed):
        campaign.advance("spend/birch", "done", actor="birch", now=moment(DRAFTING))


def test_an_invited_report_may_be_given_or_left(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "news/press", "done", actor="press")

    assert facts(campaign, "news/press").state == "completed"


# --- when


@pytest.mark.parametrize("what", ["at", "sent"])
def test_what_is_said_to_have_happened_after_now_is_refused_and_writes_nothing(campaign: Campaign, what: str) -> None:
    later = moment("2026-02-20 09:00:01")
    said = {"at": later} if what == "at" else {"document": Document(sent=later)}

    with pytest.raises(InTheFuture) as caught:
        campaign.advance("hold/ash", "register", now=moment(DRAFTING), **said)

    assert caught.value.data["what"] == what
    assert len(campaign.history()) == 1


def test_now_itself_is_not_the_future_in_whatever_zone_it_is_written(campaign: Campaign) -> None:
    campaign.advance("hold/ash", "register", at=moment(DRAFTING).astimezone(dt.UTC), now=moment(DRAFTING))

    assert last(campaign).happened == last(campaign).recorded


def test_a_time_without_a_zone_is_a_mistake_of_the_program(campaign: Campaign) -> None:
    naive = moment(DRAFTING).replace(tzinfo=None)

    with pytest.raises(ValueError, match="zone"):
        campaign.advance("hold/ash", "register", at=naive, now=moment(DRAFTING))
    with pytest.raises(ValueError, match="zone"):
        campaign.advance("hold/ash", "register", now=naive)


def test_what_happened_and_what_was_recorded_are_two_facts(campaign: Campaign) -> None:
    take(campaign, "2026-02-23 08:00", "hold/ash", "register", document=paper("2026-02-20 16:00"))

    event = last(campaign)
    assert event.happened < event.recorded
    assert facts(campaign, "hold/ash").registered == event.happened


def test_a_moment_given_for_the_step_goes_before_that_of_its_document(campaign: Campaign) -> None:
    take(
        campaign, "2026-02-23 08:00", "hold/ash", "register", document=paper("2026-02-20 16:00"),
        at=moment("2026-02-21 10:00"),
    )  # fmt: skip

    assert facts(campaign, "hold/ash").registered == last(campaign).happened
    assert last(campaign).happened == int(moment("2026-02-21 10:00").timestamp()) * 1_000_000


def test_what_is_recorded_by_a_set_clock_is_marked_as_a_rehearsal(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "hold/ash", "register")

    assert all(event.rehearsed for event in campaign.history())


def test_number_date_and_note_stay_with_the_event(campaign: Campaign) -> None:
    take(
        campaign, DRAFTING, "hold/ash", "register", note="by courier",
        document=Document(number="152/KH-UBND", date=dt.date(2026, 2, 19)),
    )  # fmt: skip

    event = last(campaign)
    assert event.document == {"number": "152/KH-UBND", "date": "2026-02-19"}
    assert event.data["note"] == "by courier"


# --- presumption and confirmation


def test_a_district_that_presses_nothing_is_moved_by_the_clock_and_presumed(campaign: Campaign) -> None:
    campaign.tick(now=moment(RUNNING))

    found = facts(campaign, "hold/ash")
    assert (found.state, found.presumed) == ("running", ("drafting", "opening"))


def test_a_plan_registered_late_confirms_the_drafting_and_moves_nothing(campaign: Campaign) -> None:
    take(campaign, RUNNING, "hold/ash", "register", actor="ash", document=paper("2026-02-20 09:00"))

    found = facts(campaign, "hold/ash")
    assert (found.state, found.presumed) == ("running", ("opening",))
    assert found.registered == int(moment("2026-02-20 09:00").timestamp()) * 1_000_000


def test_an_opening_reported_late_confirms_it_and_moves_nothing(campaign: Campaign) -> None:
    take(campaign, RUNNING, "hold/ash", "open", actor="ash", at=moment("2026-03-02 08:00"))

    found = facts(campaign, "hold/ash")
    assert (found.state, found.presumed) == ("running", ("drafting",))


def test_an_opening_said_on_its_day_is_not_presumed_later(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "hold/ash", "register", actor="ash")
    take(campaign, OPENING, "hold/ash", "open", actor="ash")
    campaign.tick(now=moment(AFTER))

    assert facts(campaign, "hold/ash").presumed == ()


def test_a_report_sent_from_any_state_presumes_the_phases_it_passes_over(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "hold/ash", "submit", actor="ash")

    found = facts(campaign, "hold/ash")
    assert found.state == "submitted"
    assert found.presumed == ("drafting", "opening", "running", "summarizing")


def test_every_phase_can_be_walked_by_hand(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "hold/ash", "register", "open", "finish", "summarize", "submit", actor="ash")
    take(campaign, DRAFTING, "hold/ash", "accept", actor="registry")

    assert (facts(campaign, "hold/ash").state, facts(campaign, "hold/ash").presumed) == ("completed", ())


# --- reports: sent, returned, revised, accepted


def test_the_paper_sent_on_the_23rd_and_entered_on_the_26th_is_in_time_and_then_done_on_time() -> None:
    with open_2020() as campaign:
        key = "to-chuc-tuan-le/huu-lung"
        assert standing(campaign, "2020-10-26 08:00", key) == "overdue"

        take(campaign, "2020-10-26 09:00", key, "submit", document=paper("2020-10-23 16:30"))
        assert standing(campaign, "2020-10-26 09:01", key) == "in_time"

        take(campaign, "2020-10-27 09:00", key, "accept")
        assert standing(campaign, "2020-10-27 09:01", key) == "done_on_time"


def test_a_report_sent_late_is_overdue_until_it_is_accepted_and_then_late(campaign: Campaign) -> None:
    take(campaign, "2026-03-16 00:00", "hold/ash", "submit", actor="ash")
    assert standing(campaign, "2026-03-16 09:00", "hold/ash") == "overdue"

    take(campaign, "2026-03-16 09:00", "hold/ash", "accept", actor="registry")
    assert standing(campaign, "2026-03-16 09:00", "hold/ash") == "done_late"


def test_a_return_needs_a_reason_and_gives_until_the_end_of_the_next_working_day(campaign: Campaign) -> None:
    take(campaign, "2026-03-13 15:00", "hold/ash", "submit", actor="ash")  # a Friday
    with pytest.raises(ReasonNeeded):
        take(campaign, "2026-03-13 16:00", "hold/ash", "return", actor="registry")

    take(campaign, "2026-03-13 16:00", "hold/ash", "return", actor="registry", reason="the sums differ")

    assert standing(campaign, "2026-03-16 23:59", "hold/ash") == "in_time"
    assert standing(campaign, "2026-03-17 00:00", "hold/ash") == "overdue"


def test_an_answer_within_its_time_counts_as_the_report_it_revises_however_often_it_is_returned(
    campaign: Campaign,
) -> None:
    take(campaign, "2026-03-13 15:00", "hold/ash", "submit", actor="ash")
    for day in ("2026-03-16", "2026-03-17", "2026-03-18"):
        take(campaign, f"{day} 09:00", "hold/ash", "return", actor="registry", reason="again")
        take(campaign, f"{day} 15:00", "hold/ash", "submit", actor="ash")
        assert standing(campaign, f"{day} 16:00", "hold/ash") == "in_time"
    take(campaign, "2026-03-19 09:00", "hold/ash", "accept", actor="registry")

    assert standing(campaign, "2026-03-19 09:00", "hold/ash") == "done_on_time"
    assert facts(campaign, "hold/ash").counted == int(moment("2026-03-13 15:00").timestamp()) * 1_000_000
    assert facts(campaign, "hold/ash").sent == int(moment("2026-03-18 15:00").timestamp()) * 1_000_000


def test_an_answer_after_its_time_counts_by_itself(campaign: Campaign) -> None:
    take(campaign, "2026-03-13 15:00", "hold/ash", "submit", actor="ash")
    take(campaign, "2026-03-16 09:00", "hold/ash", "return", actor="registry", reason="r")
    take(campaign, "2026-03-18 00:00", "hold/ash", "submit", actor="ash")
    take(campaign, "2026-03-18 09:00", "hold/ash", "accept", actor="registry")

    assert standing(campaign, "2026-03-18 09:00", "hold/ash") == "done_late"


def test_an_answer_after_its_time_but_before_the_deadline_is_on_time(campaign: Campaign) -> None:
    take(campaign, "2026-03-09 09:00", "hold/ash", "submit", actor="ash")
    take(campaign, "2026-03-09 10:00", "hold/ash", "return", actor="registry", reason="r")
    take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="ash")
    take(campaign, "2026-03-20 09:00", "hold/ash", "accept", actor="registry")

    assert standing(campaign, "2026-03-20 09:00", "hold/ash") == "done_on_time"


def test_a_late_report_does_not_become_timely_by_being_returned(campaign: Campaign) -> None:
    take(campaign, "2026-03-17 09:00", "hold/ash", "submit", actor="ash")
    take(campaign, "2026-03-17 10:00", "hold/ash", "return", actor="registry", reason="r")
    take(campaign, "2026-03-17 11:00", "hold/ash", "submit", actor="ash")
    take(campaign, "2026-03-17 12:00", "hold/ash", "accept", actor="registry")

    assert standing(campaign, "2026-03-17 12:00", "hold/ash") == "done_late"


def test_a_report_counted_by_its_signature_is_on_time_however_late_it_was_sent(campaign: Campaign) -> None:
    signed = Document(number="7", date=dt.date(2026, 3, 10), sent=moment("2026-03-12 08:00"))
    take(campaign, AFTER, "spend/birch", "submit", actor="birch", document=signed)

    assert standing(campaign, AFTER, "spend/birch") == "in_time"


def test_a_report_is_dated_by_nobody_in_the_future(campaign: Campaign) -> None:
    with pytest.raises(InTheFuture):
        take(campaign, AFTER, "spend/birch", "submit", document=Document(date=dt.date(2026, 3, 13)))


def test_a_nil_report_is_not_a_missing_one_and_says_why(campaign: Campaign) -> None:
    with pytest.raises(ReasonNeeded):
        take(campaign, AFTER, "hold/ash", "submit", actor="ash", nil=True)

    take(campaign, AFTER, "hold/ash", "submit", actor="ash", nil=True, reason="the week was called off by the flood")

    assert facts(campaign, "hold/ash").nil is True
    assert standing(campaign, "2026-03-17 09:00", "hold/ash") == "in_time"


def test_a_nil_report_is_refused_where_the_plan_takes_none(campaign: Campaign) -> None:
    with pytest.raises(NilRefused):
        take(campaign, DRAFTING, "spend/birch", "submit", actor="birch", nil=True, reason="r")


def test_only_a_report_can_be_nil(campaign: Campaign) -> None:
    with pytest.raises(NilRefused):
        take(campaign, DRAFTING, "hold/ash", "register", actor="ash", nil=True, reason="r")


def test_a_whole_report_after_a_nil_one_that_was_returned_is_no_longer_nil(campaign: Campaign) -> None:
    take(campaign, AFTER, "hold/ash", "submit", actor="ash", nil=True, reason="r")
    take(campaign, AFTER, "hold/ash", "return", actor="registry", reason="you did hold it")
    take(campaign, AFTER, "hold/ash", "submit", actor="ash")

    assert facts(campaign, "hold/ash").nil is False


# --- what follows


def test_an_external_receiver_accepts_by_the_dispatch_itself(campaign: Campaign) -> None:
    sent = "2026-03-18 16:00"
    take(campaign, "2026-03-19 09:00", "sum/registry", "submit", actor="registry", document=paper(sent))

    found, event = facts(campaign, "sum/registry"), last(campaign)
    assert (found.state, found.done) == ("completed", int(moment(sent).timestamp()) * 1_000_000)
    assert (event.actor, event.data["trigger"], event.data["cause"]) == ("dispatch", "accept", event.sequence - 1)
    assert standing(campaign, "2026-03-30", "sum/registry") == "done_on_time"


def test_an_accepted_report_ends_the_duty_that_is_reported_in_it(campaign: Campaign) -> None:
    take(campaign, AFTER, "hold/ash", "submit", actor="ash")
    assert facts(campaign, "print/ash").state == "open"

    take(campaign, AFTER, "hold/ash", "accept", actor="registry")

    assert facts(campaign, "print/ash").state == "completed"
    assert campaign.history("print/ash")[-1].data["trigger"] == "confirm_by_report"


def test_the_report_of_another_agency_ends_nothing_of_mine(campaign: Campaign) -> None:
    take(campaign, AFTER, "hold/birch", "submit", actor="birch")
    take(campaign, AFTER, "hold/birch", "accept", actor="registry")

    assert facts(campaign, "print/ash").state == "open"


def test_a_duty_ended_before_its_report_keeps_its_own_end(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "print/ash", "done", actor="ash")
    take(campaign, AFTER, "hold/ash", "submit", actor="ash")
    take(campaign, AFTER, "hold/ash", "accept", actor="registry")

    assert facts(campaign, "print/ash").version == 1


def test_a_partner_ends_with_the_last_of_those_it_works_with(campaign: Campaign) -> None:
    for agency in ("ash", "birch"):
        assert facts(campaign, "hold/union").state == "open"
        take(campaign, AFTER, f"hold/{agency}", "submit", actor=agency)
        take(campaign, AFTER, f"hold/{agency}", "accept", actor="registry")

    assert facts(campaign, "hold/union").state == "completed"
    assert standing(campaign, AFTER, "hold/union") == "no_deadline"


def test_a_partner_ends_also_when_the_last_of_them_is_exempted(campaign: Campaign) -> None:
    take(campaign, AFTER, "hold/ash", "submit", actor="ash")
    take(campaign, AFTER, "hold/ash", "accept", actor="registry")
    take(campaign, AFTER, "hold/birch", "exempt", reason="the flood")

    assert facts(campaign, "hold/union").state == "completed"


def test_a_partner_with_a_share_of_its_own_does_not_end_by_itself(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "guide/registry", "done", actor="registry")

    assert facts(campaign, "guide/union").state == "open"
    take(campaign, DRAFTING, "guide/union", "done", actor="union")


def test_an_exempted_assignment_is_over_stands_outside_and_its_report_covers_nothing(campaign: Campaign) -> None:
    with pytest.raises(ReasonNeeded):
        take(campaign, DRAFTING, "hold/ash", "exempt")

    take(campaign, DRAFTING, "hold/ash", "exempt", reason="merged")

    assert standing(campaign, AFTER, "hold/ash") == "exempt"
    assert state(campaign, AFTER, "hold/ash") == "exempted"
    assert facts(campaign, "print/ash").state == "open"


def test_a_step_that_is_refused_leaves_no_trace_not_even_of_its_attachment(campaign: Campaign) -> None:
    with pytest.raises(StepNotAllowed):
        take(campaign, DRAFTING, "hold/ash", "accept", actor="registry", document=paper())

    assert len(campaign.history()) == 1
    assert campaign.verify().ok


def test_after_everything_the_store_is_what_the_journal_says(campaign: Campaign) -> None:
    take(campaign, DRAFTING, "hold/ash", "register", actor="ash")
    take(campaign, RUNNING, "hold/birch", "open", actor="birch")
    take(campaign, AFTER, "hold/ash", "submit", actor="ash")
    take(campaign, AFTER, "hold/ash", "return", actor="registry", reason="r")
    take(campaign, AFTER, "hold/birch", "exempt", reason="r")

    verdict = campaign.verify()

    assert verdict.ok, [fault.text() for fault in verdict.faults]


def test_one_step_of_many_assignments_is_taken_of_all_or_of_none(campaign: Campaign) -> None:
    with pytest.raises(StepNotAllowed):
        campaign.advance_many(["tell/union", "guide/registry", "hold/ash"], "accept", now=moment(DRAFTING))
    assert len(campaign.history()) == 1

    taken = campaign.advance_many(["tell/union", "tell/press"], "done", now=moment(DRAFTING))

    assert [(one.key, one.target) for one in taken] == [("tell/union", "completed"), ("tell/press", "completed")]
    with pytest.raises((StepNotAllowed, KeyUnknown)):
        campaign.advance_many(["guide/union", "guide/nobody"], "done", now=moment(DRAFTING))
    assert facts(campaign, "guide/union").state == "open"


def test_a_report_after_the_consolidation_was_sent_is_a_supplement_and_judged_by_the_late_clock() -> None:
    """Late and lock are two clocks: the last moment of the deadline, and the sending of the consolidation."""
    key = "to-chuc-tuan-le/cao-loc"
    with open_2020() as campaign:
        take(campaign, "2020-10-26 09:00", "to-chuc-tuan-le/huu-lung", "submit", document=paper("2020-10-26 08:00"))
        assert not campaign.show(key, now=moment("2020-10-26 10:00")).locked
        take(campaign, "2020-10-29 09:00", "tong-hop/so-gddt", "submit")

        assert campaign.show(key, now=moment("2020-10-29 10:00")).locked
        take(campaign, "2020-10-29 11:00", key, "submit", document=paper("2020-10-23 16:00"))

        assert last(campaign).data["supplement"] is True
        assert standing(campaign, "2020-10-29 12:00", key) == "in_time"
