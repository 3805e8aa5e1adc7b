"""Any two texts of a plan, one amending the other and back: what was done is kept, what was owed is owed again.

Covers R21, as far as there are no reminders yet: what an amendment changes is worked out and written once, and only
where it changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.services.apply import Applied
from campaignflow.services.errors import KeyTaken
from tests.support.changing_plan import variation, variations
from tests.support.walking import PAPER, Walker

Edits = frozenset[str]

DOINGS = (
    "time_passes", "a_step_is_taken", "a_report_goes_all_the_way", "a_report_goes_all_the_way", "a_step_is_undone",
    "an_assignment_is_exempted", "a_deadline_is_extended", "a_duty_is_delegated", "somebody_promises",
    "a_part_is_ticked", "a_duty_is_opened", "an_event_happens",
)  # fmt: skip
"""What happens before the amendment; each is a method of `Walker`."""

AWAITS = {"start"}
"""What waits for all to complete another duty, which an amendment may bring about: that changes nothing of the plan."""


OPENED_FOR_ALL = "rescue/"
"""Keys of what the event `storm` opens: it is owed as long as the text has the duty, also by agencies that go again."""


def walked(edits: Edits, data: st.DataObject) -> Walker:
    """A campaign under way, the clock's work done."""
    walker = Walker(variation(edits))
    for doing in data.draw(st.lists(st.sampled_from(DOINGS), min_size=2, max_size=10), label="doings"):
        getattr(walker, doing)(data.draw)
    walker.campaign.tick()
    walker.nothing_was_lost()
    return walker


def amended(walker: Walker, edits: Edits) -> Applied:
    """The plan becomes another one; it is told beforehand, refused only as it may be, and whole afterwards."""
    foretold: Applied | None = None
    with suppress(KeyTaken):  # an agency is to lead what it was a partner in, or the other way round
        foretold = walker.campaign.apply_loaded(variation(edits), dry_run=True)
    told = walker.the_plan_becomes(variation(edits))
    assert told == foretold, "the dry run said something else"
    assume(told is not None)
    assert told is not None
    walker.nothing_was_lost()
    walker.the_journal_gives_what_is_stored()
    walker.every_assignment_has_an_owner()
    return told


def duties(walker: Walker) -> dict[str, Duty]:
    """The duties that are owed, without what counts their changes and those that wait for an event: it happens when an
    amendment takes away the last who had not done their part, and stays when they come back."""
    return {
        key: replace(one, due_version=0, amended=None)
        for key, one in walker.running().duties.items()
        if one.dropped is None and one.responsibility not in AWAITS
    }


def moved_meanwhile(walker: Walker, since: int) -> set[str]:
    """The duties of which assignments were put into other states, which going back cannot know: by the clock, which
    goes by the other text's days, and where a lifecycle lost a state."""
    events = walker.campaign.history()[since:]
    return {event.data["duty"] for event in events if event.kind == "clock" or event.data.get("migrated")}


def cancelled(facts: Mapping[str, Facts]) -> set[str]:
    return {key for key, one in facts.items() if one.state == "cancelled"}


@given(left=variations, right=variations, data=st.data())
@settings(max_examples=max(18, settings().max_examples // 8))
def test_what_an_amendment_cancels_is_owed_again_where_it_was_once_the_text_is_back(
    left: Edits, right: Edits, data: st.DataObject
) -> None:
    """R21: nothing is lost by an amendment, nor by taking it back."""
    walker = walked(left, data)
    before, owed, since = walker.facts(), duties(walker), len(walker.campaign.history())

    amended(walker, right)
    told = amended(walker, left)

    if told.diff is not None:
        named = {change.responsibility for change in told.diff.duties}
        assert {key.split("/")[0] for key in (*told.added, *told.removed, *told.restored)} <= named
    after, moved = walker.facts(), moved_meanwhile(walker, since)
    stayed = {key: one for key, one in before.items() if one.duty not in moved}
    assert stayed == {key: replace(after[key], version=one.version) for key, one in stayed.items()}
    came = after.keys() - before.keys()
    assert {key for key in cancelled(after) ^ (cancelled(before) | came) if not key.startswith(OPENED_FOR_ALL)} == set()
    assert duties(walker) == owed
    walker.campaign.close()


@given(left=variations, right=variations, data=st.data())
@settings(max_examples=max(18, settings().max_examples // 8))
def test_an_amendment_says_all_it_does_and_does_all_it_says(left: Edits, right: Edits, data: st.DataObject) -> None:
    """R21: due versions count only deadlines that moved, each once."""
    walker = walked(left, data)
    before, were = walker.facts(), walker.running().duties

    told = amended(walker, right)

    after, are = walker.facts(), walker.running().duties
    if not told.changed:
        assert (after, are) == (before, were)
        return
    assert set(told.added) == after.keys() - before.keys()
    assert set(told.removed) == cancelled(after) - cancelled(before) - set(told.added)
    assert set(told.restored) == cancelled(before) - cancelled(after)
    assert told.diff is not None
    named = {change.responsibility for change in told.diff.duties}
    assert {key.split("/")[0] for key in (*told.added, *told.removed, *told.restored)} <= named
    for key in were.keys() & are.keys():
        moved = {phase: line.last_moment for phase, line in were[key].deadlines.items()} != {
            phase: line.last_moment for phase, line in are[key].deadlines.items()
        }
        assert are[key].due_version - were[key].due_version in ((1,) if moved else (0, 1))
        assert not moved or are[key].responsibility in named | AWAITS
    walker.campaign.close()


@given(edits=variations, data=st.data())
@settings(max_examples=max(10, settings().max_examples // 20))
def test_the_same_text_again_writes_nothing(edits: Edits, data: st.DataObject) -> None:
    """R21: also after years in which nothing ran (R22), where the clock has work to do."""
    walker = walked(edits, data)
    walker.time_passes(data.draw)
    head = walker.campaign.head()

    told = walker.campaign.apply_loaded(variation(edits), document=PAPER)

    assert not told.changed and told.diff is None
    assert walker.campaign.head() == head
    walker.campaign.close()
