"""Changing what was set for one assignment: extensions, promises, delegations, undoing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from campaignflow import Campaign
from campaignflow.domain.guards import ReasonNeeded
from campaignflow.services.documents import Document
from campaignflow.services.errors import (
    AgencyUnknown,
    DelegateToItself,
    DelegationReversed,
    GrantNeedsDocument,
    InTheFuture,
    KeyUnknown,
    NothingToExtend,
    NothingToUndo,
    NotLater,
    NotOnBehalf,
    NotYourDate,
    NotYourStep,
    UsedByConsolidation,
)
from campaignflow.services.status import Filter
from tests.support.course import GONE, Edit, amend, due, kinds, line, texts
from tests.support.plans import WORKSHOP, moment, opened
from tests.support.steps import facts, last, standing, state, take

UPLAND_ISSUES = ("plan.issuer", "upland")
"""The plan was issued by another agency than the one that coordinates."""
GRANT = Document(number="7/CV", date=dt.date(2026, 3, 2))
NOW = "2026-03-03 09:00"
FLOOD = "the flood"


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    with opened(texts(WORKSHOP), "sqlite://", moment("2026-02-16 08:00")) as found:
        yield found
        assert found.verify().ok, [fault.text() for fault in found.verify().faults]


def issued_elsewhere(*edits: Edit) -> Campaign:
    return opened(texts(WORKSHOP, UPLAND_ISSUES, *edits), "sqlite://", moment("2026-02-16 08:00"))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# --- extensions


def test_an_extension_moves_the_deadline_of_one_assignment_and_of_no_other(campaign: Campaign) -> None:
    granted = campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, now=moment(NOW))

    assert (granted.before.last_day, granted.after.last_day) == (day("2026-03-15"), day("2026-03-18"))
    assert [due(campaign, "2026-03-12", f"hold/{one}") for one in ("ash", "birch")] == ["2026-03-18", "2026-03-15"]
    assert standing(campaign, "2026-03-18 23:59", "hold/ash") == "due_soon"
    assert standing(campaign, "2026-03-19 00:00", "hold/ash") == "overdue"
    assert standing(campaign, "2026-03-16 00:00", "hold/birch") == "overdue"


def test_an_extension_is_an_event_with_who_granted_it_why_and_what_it_was(campaign: Campaign) -> None:
    campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, note="by phone", document=GRANT, now=moment(NOW))

    event = last(campaign)
    assert (event.kind, event.key, event.reason) == ("extended", "hold/ash", FLOOD)
    assert event.data == {
        "phase": "reporting", "until": "2026-03-18", "before": "2026-03-15", "granted_by": "office", "note": "by phone",
    }  # fmt: skip
    assert event.document == {"number": "7/CV", "date": "2026-03-02"}


def test_each_extension_is_a_due_version_of_its_own(campaign: Campaign) -> None:
    campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, now=moment(NOW))
    campaign.extend("hold/ash", day("2026-03-20"), reason=FLOOD, now=moment(NOW))

    assert facts(campaign, "hold/ash").due_version == 2
    assert facts(campaign, "hold/birch").due_version == 0
    assert due(campaign, "2026-03-12", "hold/ash") == "2026-03-20"


def test_what_is_overdue_is_in_time_again_once_it_is_extended(campaign: Campaign) -> None:
    assert standing(campaign, "2026-03-16 09:00", "hold/ash") == "overdue"

    campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, now=moment("2026-03-16 09:00"))

    assert standing(campaign, "2026-03-16 10:00", "hold/ash") == "due_soon"
    take(campaign, "2026-03-18 15:00", "hold/ash", "submit", actor="ash")
    take(campaign, "2026-03-19 15:00", "hold/ash", "accept", actor="registry")
    assert standing(campaign, "2026-03-20", "hold/ash") == "done_on_time"


def test_an_extension_takes_the_place_of_a_promise(campaign: Campaign) -> None:
    campaign.acknowledge("hold/ash", promised=day("2026-03-17"), actor="ash", now=moment(NOW))

    campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, now=moment(NOW))

    assert facts(campaign, "hold/ash").promised is None


def test_a_promise_moves_no_deadline_and_quiets_the_call(campaign: Campaign) -> None:
    for agency in ("ash", "birch"):
        take(campaign, "2026-02-20 09:00", f"hold/{agency}", "register", actor=agency)
    campaign.acknowledge("hold/ash", promised=day("2026-03-18"), actor="ash", now=moment("2026-03-16 09:00"))

    assert standing(campaign, "2026-03-16 10:00", "hold/ash") == "overdue"
    called = [one.key for one in campaign.worklist(now=moment("2026-03-16 10:00")) if one.action == "call"]
    assert "hold/birch" in called and "hold/ash" not in called
    called = [one.key for one in campaign.worklist(now=moment("2026-03-19 10:00")) if one.action == "call"]
    assert "hold/ash" in called


def test_an_extension_names_its_reason(campaign: Campaign) -> None:
    with pytest.raises(ReasonNeeded):
        campaign.extend("hold/ash", day("2026-03-18"), now=moment(NOW))


@pytest.mark.parametrize("until", ["2026-03-15", "2026-03-01"])
def test_an_extension_gives_a_later_day(campaign: Campaign, until: str) -> None:
    with pytest.raises(NotLater) as caught:
        campaign.extend("hold/ash", day(until), reason=FLOOD, now=moment(NOW))
    assert "2026-03-15" in caught.value.text()


def test_a_second_extension_goes_beyond_the_first(campaign: Campaign) -> None:
    campaign.extend("hold/ash", day("2026-03-20"), reason=FLOOD, now=moment(NOW))

    with pytest.raises(NotLater):
        campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, now=moment(NOW))


@pytest.mark.parametrize(
    ("key", "why"), [("guide/registry", "nobody is late"), ("answer/ash", "nobody is late"), ("news/press", "late")]
)
def test_what_has_no_deadline_cannot_be_extended(campaign: Campaign, key: str, why: str) -> None:
    with pytest.raises(NothingToExtend) as caught:
        campaign.extend(key, day("2026-05-05"), reason=FLOOD, now=moment(NOW))
    assert why in caught.value.text()


def test_what_is_over_cannot_be_extended(campaign: Campaign) -> None:
    take(campaign, NOW, "print/ash", "done", actor="ash")

    with pytest.raises(NothingToExtend, match="it is over"):
        campaign.extend("print/ash", day("2026-05-05"), reason=FLOOD, now=moment(NOW))


def test_a_day_by_which_the_clock_goes_for_all_is_not_moved_for_one() -> None:
    """The opening is the same for everybody: an amendment moves it."""
    binding = ("responsibilities.hold.due.opening.missed", "overdue")
    with opened(texts(WORKSHOP, binding), "sqlite://", moment("2026-02-16 08:00")) as campaign:
        with pytest.raises(NothingToExtend, match="clock"):
            campaign.extend("hold/ash", day("2026-03-05"), phase="opening", reason=FLOOD, now=moment("2026-02-20"))
        campaign.extend("hold/ash", day("2026-03-20"), phase="reporting", reason=FLOOD, now=moment("2026-02-20"))


def test_an_unknown_key_is_named(campaign: Campaign) -> None:
    with pytest.raises(KeyUnknown, match="hold/asch"):
        campaign.extend("hold/asch", day("2026-03-18"), reason=FLOOD, now=moment(NOW))


# --- who may extend


def test_only_who_set_the_date_can_move_it() -> None:
    with issued_elsewhere(("plan.issuer", "union")) as campaign:
        head = campaign.head()
        for actor in ("coordinator", "ash", "registry"):
            with pytest.raises(NotYourDate) as caught:
                campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, actor=actor, now=moment(NOW))
            assert "union" in caught.value.text()
        assert campaign.head() == head

        granted = campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, actor="union", now=moment(NOW))

        assert granted.event.data["granted_by"] == "union"
        assert campaign.verify(expect=head).ok


def test_the_coordinator_enters_what_another_granted_with_its_document() -> None:
    with issued_elsewhere() as campaign:
        with pytest.raises(GrantNeedsDocument):
            campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, granted_by="upland", now=moment(NOW))

        campaign.extend(
            "hold/ash", day("2026-03-18"), reason=FLOOD, granted_by="upland", document=GRANT, now=moment(NOW)
        )

        event = last(campaign)
        assert (event.actor, event.on_behalf_of, event.data["granted_by"]) == ("office", "upland", "upland")
        assert event.document is not None and event.document["number"] == "7/CV"


def test_nobody_but_the_coordinator_enters_what_another_granted() -> None:
    with issued_elsewhere() as campaign, pytest.raises(NotYourStep):
        campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, granted_by="upland", document=GRANT, actor="ash",
                        now=moment(NOW))  # fmt: skip


def test_who_stands_above_the_one_that_set_the_date_can_move_it_too() -> None:
    """The office is above the upland, which issued the plan."""
    with issued_elsewhere() as campaign:
        granted = campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, granted_by="office", now=moment(NOW))

        assert granted.event.data["granted_by"] == "office"


def test_the_date_that_the_plan_says_another_has_set_is_that_ones_to_move() -> None:
    mine = ("responsibilities.print.due.completed", {"by": "2026-03-10", "set_by": "watch"})
    with issued_elsewhere(mine) as campaign:
        with pytest.raises(NotYourDate, match="watch"):
            campaign.extend("print/ash", day("2026-03-18"), reason=FLOOD, actor="upland", now=moment(NOW))

        campaign.extend("print/ash", day("2026-03-18"), reason=FLOOD, actor="watch", now=moment(NOW))
        assert due(campaign, NOW, "print/ash") == "2026-03-18"


def test_who_took_over_from_the_one_that_set_the_date_can_move_it() -> None:
    ended = (("agencies.watch.until", "2026-03-01"), ("agencies.watch.succeeded_by", "registry"))
    mine = ("responsibilities.print.due.completed", {"by": "2026-03-10", "set_by": "watch"})
    with issued_elsewhere(mine, *ended) as campaign:
        campaign.extend("print/ash", day("2026-03-18"), reason=FLOOD, actor="registry", now=moment(NOW))

        assert due(campaign, NOW, "print/ash") == "2026-03-18"


def test_an_unknown_granter_is_named(campaign: Campaign) -> None:
    with pytest.raises(AgencyUnknown, match="uplant"):
        campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, granted_by="uplant", now=moment(NOW))


def test_a_grant_dated_after_now_is_refused(campaign: Campaign) -> None:
    with pytest.raises(InTheFuture):
        campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, document=GRANT, now=moment("2026-03-01"))


# --- delegation


def test_a_delegate_acts_between_two_days_both_included(campaign: Campaign) -> None:
    campaign.delegate("print/ash", "birch", day("2026-03-02"), day("2026-03-03"), actor="ash", now=moment("2026-02-20"))

    for now in ("2026-03-01 23:59", "2026-03-04 00:00"):
        with pytest.raises(NotYourStep):
            take(campaign, now, "print/ash", "done", actor="birch")
    for now, found in (("2026-03-01 23:59", None), ("2026-03-02 00:00", "birch"), ("2026-03-03 23:59", "birch"),
                       ("2026-03-04 00:00", None)):  # fmt: skip
        assert line(campaign, now, "print/ash").delegate == found
    take(campaign, "2026-03-03 23:59", "print/ash", "done", actor="birch")
    assert facts(campaign, "print/ash").state == "completed"


def test_the_duty_stays_the_holders_own(campaign: Campaign) -> None:
    campaign.delegate("print/ash", "birch", day("2026-03-01"), day("2026-03-31"), actor="ash", now=moment("2026-03-01"))

    found = line(campaign, NOW, "print/ash")
    assert (found.agency, found.delegate) == ("ash", "birch")
    assert "print/ash" in [
        one.facts.key for one in campaign.status(wanted=Filter(agency="birch"), now=moment(NOW)).lines
    ]
    assert "print/ash" in [one.facts.key for one in campaign.status(wanted=Filter(agency="ash"), now=moment(NOW)).lines]
    take(campaign, NOW, "print/ash", "done", actor="ash")


def test_what_a_delegate_enters_is_entered_for_the_holder(campaign: Campaign) -> None:
    campaign.delegate("hold/ash", "birch", day("2026-03-01"), day("2026-03-31"), actor="ash", now=moment("2026-03-01"))

    campaign.tick_part("hold/ash", "open", actor="birch", now=moment(NOW))
    take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="birch")

    assert facts(campaign, "hold/ash").parts == ("open",)
    assert facts(campaign, "hold/ash").state == "submitted"


def test_a_later_delegation_takes_the_place_of_an_earlier_one(campaign: Campaign) -> None:
    campaign.delegate("print/ash", "birch", day("2026-03-01"), day("2026-03-31"), actor="ash", now=moment("2026-03-01"))
    campaign.delegate("print/ash", "union", day("2026-03-02"), day("2026-03-04"), actor="ash", now=moment("2026-03-02"))

    assert line(campaign, NOW, "print/ash").delegate == "union"
    assert line(campaign, "2026-03-10", "print/ash").delegate is None
    assert kinds(campaign, "print/ash") == ["delegated", "delegated"]


def test_the_holder_delegates_or_the_coordinator_for_it(campaign: Campaign) -> None:
    campaign.delegate("print/ash", "birch", day("2026-03-01"), day("2026-03-31"), now=moment("2026-03-01"))
    assert (last(campaign).actor, last(campaign).on_behalf_of) == ("office", "ash")

    for actor in ("birch", "registry"):
        with pytest.raises(NotYourStep):
            campaign.delegate("print/ash", "union", day("2026-03-01"), day("2026-03-31"), actor=actor,
                              now=moment("2026-03-01"))  # fmt: skip


def test_nobody_delegates_to_itself_nor_to_a_stranger(campaign: Campaign) -> None:
    with pytest.raises(DelegateToItself):
        campaign.delegate("print/ash", "ash", day("2026-03-01"), day("2026-03-31"), now=moment("2026-03-01"))
    with pytest.raises(AgencyUnknown, match="bich"):
        campaign.delegate("print/ash", "bich", day("2026-03-01"), day("2026-03-31"), now=moment("2026-03-01"))


@pytest.mark.parametrize(("first", "until"), [("2026-03-05", "2026-03-04"), ("2026-02-01", "2026-03-02")])
def test_a_delegation_has_a_day_left(campaign: Campaign, first: str, until: str) -> None:
    with pytest.raises(DelegationReversed):
        campaign.delegate("print/ash", "birch", day(first), day(until), now=moment(NOW))


def test_a_delegation_may_have_begun_and_may_be_for_today_alone(campaign: Campaign) -> None:
    campaign.delegate("print/ash", "birch", day("2026-02-01"), day("2026-03-03"), now=moment(NOW))

    assert line(campaign, NOW, "print/ash").delegate == "birch"


# --- undo


def test_undo_takes_back_the_last_step_and_what_it_said(campaign: Campaign) -> None:
    campaign.tick(now=moment("2026-03-12 08:00"))
    before = facts(campaign, "hold/ash")
    take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="ash")

    undone = campaign.undo("hold/ash", reason="the wrong file", now=moment("2026-03-12 10:00"))

    after = facts(campaign, "hold/ash")
    assert (undone.trigger, undone.source, undone.target) == ("submit", "submitted", "summarizing")
    assert (after.state, after.sent, after.counted, after.presumed) == ("summarizing", None, None, before.presumed)
    assert (after.notice_epoch, after.version) == (1, before.version + 2)
    assert kinds(campaign, "hold/ash")[-2:] == ["step", "undone"]


def test_undo_goes_back_step_by_step_to_the_beginning(campaign: Campaign) -> None:
    take(campaign, "2026-02-18 09:00", "hold/ash", "register", "open", "finish", actor="ash")

    for expected in ("running", "opening", "drafting"):
        campaign.undo("hold/ash", reason="no", now=moment("2026-02-18 10:00"))
        assert facts(campaign, "hold/ash").state == expected
    with pytest.raises(NothingToUndo):
        campaign.undo("hold/ash", reason="no", now=moment("2026-02-18 10:00"))
    assert facts(campaign, "hold/ash").notice_epoch == 3


def test_what_was_undone_can_be_done_again(campaign: Campaign) -> None:
    take(campaign, NOW, "print/ash", "done", actor="ash")
    campaign.undo("print/ash", reason="no", now=moment(NOW))
    take(campaign, NOW, "print/ash", "done", actor="ash")
    campaign.undo("print/ash", reason="no", now=moment(NOW))

    assert (facts(campaign, "print/ash").state, facts(campaign, "print/ash").done) == ("open", None)


def test_undo_names_its_reason(campaign: Campaign) -> None:
    take(campaign, NOW, "print/ash", "done", actor="ash")

    with pytest.raises(ReasonNeeded):
        campaign.undo("print/ash", now=moment(NOW))


def test_what_was_said_beside_the_step_stays(campaign: Campaign) -> None:
    take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="ash")
    campaign.tick_part("hold/ash", "open", actor="ash", now=moment("2026-03-12 09:00"))
    campaign.extend("hold/ash", day("2026-03-18"), reason=FLOOD, now=moment("2026-03-12 09:00"))
    campaign.acknowledge("hold/ash", actor="ash", now=moment("2026-03-12 09:00"))
    campaign.delegate("hold/ash", "birch", day("2026-03-12"), day("2026-03-20"), now=moment("2026-03-12 09:00"))

    campaign.undo("hold/ash", reason="no", now=moment("2026-03-12 10:00"))

    found = facts(campaign, "hold/ash")
    assert found.state == "summarizing"
    assert (found.parts, found.extended, found.delegate) == (("open",), ("reporting=2026-03-18",), "birch")
    assert found.acknowledged is not None


def test_a_step_of_the_clock_that_is_undone_does_not_fire_again(campaign: Campaign) -> None:
    campaign.tick(now=moment("2026-03-02 08:00"))
    assert facts(campaign, "hold/ash").state == "opening"

    campaign.undo("hold/ash", reason="put off here", now=moment("2026-03-02 09:00"))

    assert facts(campaign, "hold/ash").state == "drafting"
    campaign.tick(now=moment("2026-03-02 10:00"))
    assert facts(campaign, "hold/ash").state == "drafting"
    assert state(campaign, "2026-03-09", "hold/ash") == "drafting"
    assert facts(campaign, "hold/birch").state == "opening"


def test_after_a_step_by_hand_the_clock_goes_on(campaign: Campaign) -> None:
    campaign.tick(now=moment("2026-03-02 08:00"))
    campaign.undo("hold/ash", reason="put off here", now=moment("2026-03-02 09:00"))

    take(campaign, "2026-03-02 10:00", "hold/ash", "register", actor="ash")

    assert facts(campaign, "hold/ash").blocked == ()
    assert state(campaign, "2026-03-03 00:00", "hold/ash") == "running"
    campaign.tick(now=moment("2026-03-09"))
    assert facts(campaign, "hold/ash").state == facts(campaign, "hold/birch").state == "summarizing"


def test_undoing_an_acceptance_by_dispatch_takes_back_the_sending_too(campaign: Campaign) -> None:
    """What the program did of itself goes back together with the step that made it do so."""
    take(campaign, "2026-03-18 09:00", "sum/registry", "submit", actor="registry")
    assert facts(campaign, "sum/registry").state == "completed"

    undone = campaign.undo("sum/registry", reason="the wrong file", now=moment("2026-03-18 10:00"))

    assert (undone.trigger, undone.target) == ("submit", "collecting")
    assert facts(campaign, "sum/registry").sent is None


def test_undoing_a_completion_opens_again_what_had_ended_with_it(campaign: Campaign) -> None:
    """The partner's share, and the duty that the accepted report covered."""
    for key in ("hold/ash", "hold/birch"):
        take(campaign, "2026-03-12 09:00", key, "submit")
        take(campaign, "2026-03-13 09:00", key, "accept", actor="registry")
    assert [facts(campaign, key).state for key in ("hold/union", "print/ash")] == ["completed"] * 2

    campaign.undo("hold/ash", reason="no", now=moment("2026-03-13 10:00"))

    assert [facts(campaign, key).state for key in ("hold/ash", "hold/union", "print/ash")] == [
        "submitted", "open", "open",
    ]  # fmt: skip
    causes = {
        event.data.get("cause") for event in campaign.history() if event.kind == "undone" and event.actor == "system"
    }
    assert len(causes) == 1
    take(campaign, "2026-03-13 11:00", "hold/ash", "accept", actor="registry")
    assert [facts(campaign, key).state for key in ("hold/union", "print/ash")] == ["completed"] * 2


def test_what_was_done_by_hand_before_stays_done(campaign: Campaign) -> None:
    """The duty that the report covers had been ended by its agency; the report did not end it."""
    take(campaign, NOW, "print/ash", "done", actor="ash")
    take(campaign, "2026-03-12 09:00", "hold/ash", "submit")
    take(campaign, "2026-03-13 09:00", "hold/ash", "accept", actor="registry")

    campaign.undo("hold/ash", reason="no", now=moment("2026-03-13 10:00"))

    assert facts(campaign, "print/ash").state == "completed"


def test_an_exemption_can_be_undone(campaign: Campaign) -> None:
    take(campaign, NOW, "print/ash", "exempt", reason="too small")
    assert standing(campaign, NOW, "print/ash") == "exempt"

    campaign.undo("print/ash", reason="after all", now=moment(NOW))

    assert facts(campaign, "print/ash").state == "open"


def test_an_agency_undoes_what_was_entered_for_it_and_the_coordinator_anything(campaign: Campaign) -> None:
    take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="ash")
    for actor in ("birch", "registry"):
        with pytest.raises(NotYourStep):
            campaign.undo("hold/ash", reason="no", actor=actor, now=moment("2026-03-12 10:00"))

    campaign.undo("hold/ash", reason="no", actor="ash", now=moment("2026-03-12 10:00"))
    take(campaign, "2026-03-12 11:00", "hold/ash", "submit")
    campaign.undo("hold/ash", reason="no", actor="ash", now=moment("2026-03-12 12:00"))
    take(campaign, "2026-03-12 13:00", "hold/ash", "submit", actor="ash")
    campaign.undo("hold/ash", reason="no", now=moment("2026-03-12 14:00"))

    assert facts(campaign, "hold/ash").notice_epoch == 3


def test_an_agency_does_not_undo_the_clock_nor_another_ones_acceptance(campaign: Campaign) -> None:
    campaign.tick(now=moment("2026-03-02 08:00"))
    with pytest.raises(NotYourStep):
        campaign.undo("hold/ash", reason="no", actor="ash", now=moment("2026-03-02 09:00"))

    take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="ash")
    take(campaign, "2026-03-13 09:00", "hold/ash", "accept", actor="registry")
    with pytest.raises(NotYourStep):
        campaign.undo("hold/ash", reason="no", actor="ash", now=moment("2026-03-13 10:00"))
    campaign.undo("hold/ash", reason="no", actor="registry", now=moment("2026-03-13 10:00"))
    assert facts(campaign, "hold/ash").state == "submitted"


def test_what_a_consolidation_that_was_sent_has_used_is_undone_only_by_force(campaign: Campaign) -> None:
    take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="ash")
    take(campaign, "2026-03-18 09:00", "sum/registry", "submit", actor="registry")
    head = campaign.head()

    with pytest.raises(UsedByConsolidation, match="sum/registry"):
        campaign.undo("hold/ash", reason="no", now=moment("2026-03-18 10:00"))
    assert campaign.head() == head

    campaign.undo("hold/ash", reason="no", force=True, now=moment("2026-03-18 10:00"))
    assert facts(campaign, "hold/ash").sent is None


def test_what_no_consolidation_has_used_is_undone_also_after_it_was_sent(campaign: Campaign) -> None:
    take(campaign, NOW, "hold/ash", "open", actor="ash")
    take(campaign, "2026-03-18 09:00", "sum/registry", "submit", actor="registry")

    campaign.undo("hold/ash", reason="no", now=moment("2026-03-18 10:00"))
    campaign.undo("sum/registry", reason="no", now=moment("2026-03-18 11:00"))


def test_a_supplement_is_undone_without_force() -> None:
    """It came after the consolidation was sent, which has not used it; neither its sending nor its acceptance."""
    locks = ("reports.results.locks", "when_consolidated")
    with opened(texts(WORKSHOP, locks), "sqlite://", moment("2026-02-16 08:00")) as campaign:
        take(campaign, "2026-03-18 09:00", "sum/registry", "submit", actor="registry")
        take(campaign, "2026-03-18 10:00", "hold/ash", "submit", actor="ash")
        take(campaign, "2026-03-18 11:00", "hold/ash", "accept", actor="registry")

        for expected in ("submitted", "summarizing"):
            campaign.undo("hold/ash", reason="no", now=moment("2026-03-18 12:00"))
            assert facts(campaign, "hold/ash").state == expected


def test_an_amendment_is_nothing_that_can_be_undone(campaign: Campaign) -> None:
    take(campaign, NOW, "print/ash", "done", actor="ash")
    take(campaign, NOW, "spend/birch", "submit", actor="birch")
    amend(campaign, "2026-03-04", WORKSHOP, ("responsibilities.spend", GONE), ("reports.accounts", GONE))

    with pytest.raises(NothingToUndo):
        campaign.undo("spend/birch", reason="no", now=moment("2026-03-05"))
    campaign.undo("print/ash", reason="no", now=moment("2026-03-05"))


def test_a_stranger_undoes_nothing_for_another(campaign: Campaign) -> None:
    take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="ash")

    with pytest.raises(NotOnBehalf):
        campaign.undo("hold/ash", reason="no", actor="birch", on_behalf_of="ash", now=moment("2026-03-12 10:00"))


def test_as_of_an_instant_before_it_was_undone_the_step_stands(campaign: Campaign) -> None:
    take(campaign, "2026-03-12 09:00", "hold/ash", "submit", actor="ash")
    campaign.undo("hold/ash", reason="no", now=moment("2026-03-12 10:00"))

    def seen(as_of: str) -> str:
        lines = campaign.status(as_of=moment(as_of), now=moment("2026-03-20")).lines
        return next(one.state.name for one in lines if one.facts.key == "hold/ash")

    assert seen("2026-03-12 09:59") == "submitted"
    assert seen("2026-03-12 10:00") == "summarizing"
