"""A campaign whose course is changed at random: nothing is lost, no duty is nobody's, and the journal says it all.

A machine walks a campaign while its plan is amended: agencies come and go, series change their rhythm, duties are taken
out and come again, steps are undone, deadlines extended, the clock jumps by years and back. Covers R19 (the clock jumps
by years), R22 (nothing ran for days) and, of R21, that an amendment is written once and only where something changes.
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from campaignflow.services.errors import NothingToUndo
from tests.support.changing_plan import EDITS, together, variation, variations
from tests.support.plans import moment
from tests.support.walking import PAPER, Walker

DOINGS = (
    "a_deadline_is_extended", "a_deadline_is_extended", "a_duty_is_delegated", "somebody_promises", "a_part_is_ticked",
    "an_assignment_is_exempted", "the_helpers_are_confirmed",
)  # fmt: skip
"""Methods of `Walker`."""


class ChangingCourse(RuleBasedStateMachine):
    """A walk through one campaign that is amended on the way."""

    walker: Walker | None = None
    edits: frozenset[str] = frozenset()

    @initialize(edits=st.just(frozenset[str]()) | variations)
    def the_plan_is_applied(self, edits: frozenset[str]) -> None:
        self.walker, self.edits = Walker(variation(edits)), edits

    def teardown(self) -> None:
        if self.walker is not None:
            self.walker.the_journal_gives_what_is_stored()
            self.walker.the_past_stands()
            self.walker.campaign.close()

    # --- the plan and the clock

    @rule(edits=variations)
    def the_plan_is_amended(self, edits: frozenset[str]) -> None:
        self.edits = edits
        self.walk.the_plan_becomes(variation(edits))

    @rule(edit=st.sampled_from(sorted(EDITS)))
    def one_thing_is_amended(self, edit: str) -> None:
        """One more edit, or one taken back."""
        self.the_plan_is_amended(together([*self.edits, edit] if edit not in self.edits else self.edits - {edit}))

    @rule(data=st.data())
    def time_passes(self, data: st.DataObject) -> None:
        """R19, R22: hours, weeks or years in which nothing ran."""
        self.walk.time_passes(data.draw)

    @rule(data=st.data())
    @precondition(lambda self: self.walk.seen)
    def the_clock_is_set_back(self, data: st.DataObject) -> None:
        """R19: it is earlier than what is recorded."""
        self.walk.the_clock_is_set_back(data.draw)

    @rule()
    def the_clock_works(self) -> None:
        self.walk.the_clock_works()

    @rule()
    def somebody_looks(self) -> None:
        self.walk.somebody_looks()

    # --- what people do

    @rule(data=st.data(), done=st.booleans())
    def work_goes_on(self, data: st.DataObject, done: bool) -> None:
        """One step of an assignment, or all of them."""
        walk = self.walk.a_report_goes_all_the_way if done else self.walk.a_step_is_taken
        walk(data.draw)

    @rule(data=st.data())
    def a_step_is_undone(self, data: st.DataObject) -> None:
        self.walk.a_step_is_undone(data.draw)

    @rule(data=st.data(), doing=st.sampled_from(DOINGS))
    def something_is_said(self, data: st.DataObject, doing: str) -> None:
        """What sets something for one assignment: an extension, a delegation, a promise, an exemption."""
        getattr(self.walk, doing)(data.draw)

    @rule(data=st.data())
    def a_duty_is_opened(self, data: st.DataObject) -> None:
        self.walk.a_duty_is_opened(data.draw)

    @rule(data=st.data())
    def an_event_happens(self, data: st.DataObject) -> None:
        self.walk.an_event_happens(data.draw)

    @rule(data=st.data())
    def the_campaign_is_closed_or_opened(self, data: st.DataObject) -> None:
        if self.walk.running().closed is None:
            self.walk.the_campaign_is_closed(data.draw)
        else:
            self.walk.the_campaign_is_opened_again()

    @rule(data=st.data())
    def everything_can_be_read(self, data: st.DataObject) -> None:
        self.walk.everything_can_be_read(data.draw)

    # --- what always holds

    @invariant()
    def the_campaign_is_whole(self) -> None:
        if self.walker is not None:
            self.walker.nothing_was_lost()
            self.walker.every_assignment_has_an_owner()
            self.walker.the_journal_gives_what_is_stored()

    @property
    def walk(self) -> Walker:
        """The walk, once it has begun."""
        assert self.walker is not None
        return self.walker


TestChangingCourse = ChangingCourse.TestCase
TestChangingCourse.settings = settings(max_examples=max(8, settings().max_examples // 16), stateful_step_count=25)


# --- walks that once went wrong


def test_a_period_that_was_made_too_early_and_dropped_is_owed_again_when_its_turn_comes() -> None:
    """R19, R22: the third quarter, made because the series was to begin with it, is dropped when it begins earlier."""
    walker = Walker(variation(frozenset({"from the third quarter"})))
    walker.campaign.advance("quarter/ash/2025-Q3", "submit", actor="ash", document=PAPER)
    walker.the_plan_becomes(variation())
    assert walker.facts()["quarter/ash/2025-Q3"].state == "cancelled"

    walker.clock.at(moment("2026-02-01"))
    walker.the_clock_works()

    assert walker.facts()["quarter/ash/2025-Q3"].state == "submitted"
    assert {f"quarter/ash/{period}" for period in ("2025-Q1", "2025-Q4", "2026-Q2")} <= walker.facts().keys()
    walker.the_journal_gives_what_is_stored()


def test_a_series_that_is_let_go_on_only_for_periods_that_are_over_makes_none() -> None:
    """R19, R22: by the time the amendment comes the campaign itself has ended."""
    walker = Walker(variation(frozenset({"to the second quarter"})))
    walker.clock.at(moment("2027-05-11"))
    walker.the_plan_becomes(variation())
    walker.clock.at(moment("2030-01-01"))
    walker.the_clock_works()

    keys = walker.facts().keys()
    assert {key for key in keys if key.startswith("quarter/ash/")} == {"quarter/ash/2025-Q1", "quarter/ash/2025-Q2"}
    walker.the_journal_gives_what_is_stored()


def test_what_has_happened_is_not_taken_back_because_an_amendment_gives_the_duty_to_others_too() -> None:
    """All boards are there; two more districts come, and the first of them founds its own. Only an undo takes back."""
    walker, edits = Walker(variation()), frozenset({"east comes", "west comes"})
    walker.clock.advance(days=2)
    walker.campaign.advance_many(["found/north", "found/south"], "done")
    waited_for = walker.running().duties["start"].deadlines

    walker.the_plan_becomes(variation(edits))
    walker.campaign.advance("found/east", "done")
    assert walker.running().duties["start"].deadlines == waited_for

    walker.campaign.undo("found/north", reason="a reason")
    assert walker.running().duties["start"].deadlines["completed"].waiting
    walker.the_journal_gives_what_is_stored()


@pytest.mark.parametrize("edit", ["unchecked", "as a task"])
def test_no_undo_leads_back_into_a_state_that_an_amendment_took_away(edit: str) -> None:
    """The step before the amendment left a state that the lifecycle no longer has."""
    walker = Walker(variation())
    walker.clock.advance(days=2)
    for trigger in ("check", "pass"):
        walker.campaign.advance("build/north", trigger)
    walker.the_plan_becomes(variation(frozenset({edit})))

    with pytest.raises(NothingToUndo):
        walker.campaign.undo("build/north", reason="a reason")

    assert walker.facts()["build/north"].state == "completed"


def test_what_was_opened_for_an_agency_goes_with_it_and_comes_back_with_it() -> None:
    """On demand or not, an agency that the plan no longer has owes nothing."""
    walker = Walker(variation())
    walker.campaign.open_for("answer", "cedar")
    walker.campaign.open_for("answer", "birch")

    gone = walker.the_plan_becomes(variation(frozenset({"no cedar"})))
    back = walker.the_plan_becomes(variation())

    assert gone is not None and back is not None
    assert "answer/cedar/001" in gone.removed and "answer/cedar/001" in back.restored
    assert "answer/birch/001" not in gone.removed
    assert {facts.state for key, facts in walker.facts().items() if key.startswith("answer/")} == {"open"}
