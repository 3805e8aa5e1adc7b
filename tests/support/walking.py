"""A walk through a campaign whose course is changed: what people do with it at random, and what holds all the while.

Each thing to do draws what it needs. What is refused may be refused, and then nothing of it may have been written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from campaignflow import Campaign
from campaignflow.domain.assignments import Facts
from campaignflow.domain.clock import from_micros, local_date
from campaignflow.domain.standing import STANDINGS
from campaignflow.errors import CampaignflowError
from campaignflow.loading.plans import LoadedPlan
from campaignflow.services.apply import Applied
from campaignflow.services.documents import Document
from campaignflow.services.errors import CampaignClosed, KeyTaken
from campaignflow.services.holding import holder, receivers
from campaignflow.services.running import Running
from campaignflow.services.status import Status
from campaignflow.testing import FixedClock
from tests.support.changing_plan import BEGINS, EXTERNAL
from tests.support.counting import assert_counted
from tests.support.plans import moment

Draw = Callable[..., Any]

AHEAD = st.one_of(
    st.integers(1, 72).map(lambda hours: dt.timedelta(hours=hours)),
    st.integers(1, 60).map(lambda days: dt.timedelta(days=days)),
    st.integers(60, 900).map(lambda days: dt.timedelta(days=days)),
)
"""How far the clock goes on: hours, weeks, or years."""
LAST = moment("2028-06-30")
"""The clock goes no further: by then everything of the plans has happened, and each year of a series costs time."""
BACK = st.integers(1, 600).map(lambda days: dt.timedelta(days=days))
AGO = st.one_of(st.none(), st.integers(0, 40).map(lambda days: dt.timedelta(days=days)))
MAY_REFUSE = (CampaignClosed, KeyTaken)
"""Why an amendment may be refused: the plans all say what becomes of the states that they take away."""
BUSY = ("found", "build")
"""The duties on whose course others depend, or whose lifecycle changes: more is done in them."""
REASON = st.sampled_from(["a reason", "a reason", "a reason", None])
PAPER = Document(number="7/QĐ")


class Walker:
    """Walks one campaign in memory by a clock that is set."""

    def __init__(self, plan: LoadedPlan, begins: str = BEGINS) -> None:
        self.clock = FixedClock(moment(begins))
        self.campaign = Campaign.open(database="sqlite://", now=self.clock.now)
        self.campaign.apply_loaded(plan)
        #: Why the last thing that was refused was.
        self.refusal: CampaignflowError | None = None
        #: What was seen at an instant: totals and lines.
        self.seen: dict[dt.datetime, object] = {}
        self._furthest = self.clock.now()
        self._heads: list[str] = []
        self._keys: set[str] = set()

    # --- what there is

    def running(self) -> Running:
        """The campaign as it runs."""
        return self.campaign.running()

    def facts(self) -> dict[str, Facts]:
        """Every assignment as it is stored."""
        with self.campaign._reading() as (store, running):
            return {facts.key: facts for facts in store.assignments(running.id)}

    def attempt(self, act: Callable[[], object]) -> bool:
        """Does it, unless it is refused, which writes nothing; whether it was done."""
        before = self.campaign.head()
        try:
            act()
        except CampaignflowError as refusal:
            self.refusal = refusal
            assert self.campaign.head() == before, "what was refused was written"
            return False
        return True

    # --- time

    def time_passes(self, draw: Draw) -> None:
        """The clock goes on by hours, weeks or years."""
        self._goes_on(draw(AHEAD))

    def _goes_on(self, ahead: dt.timedelta) -> None:
        self.clock.at(max(self.clock.now(), min(self.clock.now() + ahead, LAST)))
        self._furthest = max(self._furthest, self.clock.now())

    def the_clock_is_set_back(self, draw: Draw) -> None:
        """Somebody sets the clock back; what was seen in what is now the future is seen otherwise from now on."""
        self.clock.at(self.clock.now() - draw(BACK))
        self.seen.clear()

    def the_clock_works(self) -> None:
        """The clock does what it has to do, once."""
        if self.attempt(self.campaign.tick):
            assert self.campaign.tick() == 0, "the clock did something twice"

    def somebody_looks(self) -> None:
        """What is seen now is remembered, where nothing is recorded at a later instant."""
        if self.clock.now() >= self._furthest:
            self.seen[self.clock.now()] = shown(self.campaign.status())
            self.clock.at(self.clock.now() + dt.timedelta(microseconds=1))
            self._furthest = self.clock.now()

    # --- the plan

    def the_plan_becomes(self, plan: LoadedPlan) -> Applied | None:
        """The plan is amended; the same text once more changes nothing. None: it is refused."""
        before = self.facts()
        told: list[Applied] = []
        if not self.attempt(lambda: told.append(self.campaign.apply_loaded(plan, document=PAPER))):
            assert isinstance(self.refusal, MAY_REFUSE), self.refusal
            return None
        after, head = self.facts(), self.campaign.head()
        done = {key for key, facts in before.items() if facts.state == "completed"}
        assert {key for key in done if after[key].state != "completed"} == set(), "what was done is not done any more"
        assert not self.campaign.apply_loaded(plan).changed
        assert self.campaign.head() == head, "the same text was written twice"
        return told[0]

    # --- steps

    def a_step_is_taken(self, draw: Draw) -> None:
        """Somebody who may takes a step that is offered."""
        key = draw(self._some_key())
        triggers = [step.trigger for step in self.campaign.show(key).allowed]
        if triggers:
            trigger, ago = draw(st.sampled_from(triggers)), draw(AGO)
            actor = draw(st.sampled_from(self._who(self.facts()[key])))
            at = None if ago is None else self.clock.now() - ago
            self.attempt(
                lambda: self.campaign.advance(key, trigger, actor=actor, at=at, reason="a reason", document=PAPER)
            )

    def a_report_goes_all_the_way(self, draw: Draw) -> None:
        """An assignment is brought to its end by the coordinator: reported and accepted, or simply done."""
        key = draw(self._some_key())
        for trigger in ("dig", "finish", "register", "open", "done", "submit", "accept"):
            self.attempt(
                lambda trigger=trigger: self.campaign.advance(  # type: ignore[misc]
                    key, trigger, document=PAPER, on_behalf_of=self._for(key, trigger)
                )
            )

    def a_step_is_undone(self, draw: Draw) -> None:
        """Somebody takes back the last step of an assignment."""
        moved = [key for key, facts in self.facts().items() if facts.version] or [*self.facts()]
        key, force, reason = draw(st.sampled_from(moved)), draw(st.booleans()), draw(REASON)
        self.attempt(lambda: self.campaign.undo(key, force=force, reason=reason))

    def an_assignment_is_exempted(self, draw: Draw) -> None:
        """The coordinator lets somebody off."""
        key = draw(self._some_key())
        self.attempt(lambda: self.campaign.advance(key, "exempt", reason="a reason"))

    # --- what is set for one assignment

    def a_deadline_is_extended(self, draw: Draw) -> None:
        """The issuer grants a later day."""
        key, days = draw(self._some_key("quarter", "sum", "found", "help")), draw(st.integers(-5, 400))
        granter = draw(st.sampled_from(["province", "province", "ministry", "north", None]))
        until = self.clock.now().date() + dt.timedelta(days=days)
        self.attempt(lambda: self.campaign.extend(key, until, granted_by=granter, reason="a reason", document=PAPER))

    def a_duty_is_delegated(self, draw: Draw) -> None:
        """An agency has another one act for it."""
        key, to = draw(self._some_key()), draw(self._some_agency())
        first = self.clock.now().date() + dt.timedelta(days=draw(st.integers(-10, 30)))
        last = first + dt.timedelta(days=draw(st.integers(-1, 60)))
        self.attempt(lambda: self.campaign.delegate(key, to, first, last))

    def somebody_promises(self, draw: Draw) -> None:
        """An agency acknowledges its duty, and promises a day."""
        key, days = draw(self._some_key()), draw(st.none() | st.integers(-1, 30))
        day = None if days is None else self.clock.now().date() + dt.timedelta(days=days)
        self.attempt(lambda: self.campaign.acknowledge(key, promised=day))

    def a_part_is_ticked(self, draw: Draw) -> None:
        """Somebody ticks a part, or takes the tick back."""
        key, part, ticked = draw(self._some_key("hold")), draw(st.sampled_from(["open", "close"])), draw(st.booleans())
        self.attempt(lambda: self.campaign.tick_part(key, part, ticked=ticked))

    # --- the campaign

    def a_duty_is_opened(self, draw: Draw) -> None:
        """A duty on demand is opened for an agency."""
        duty = draw(st.sampled_from(["answer", "answer", "answer", "rescue", "hold"]))
        agency = draw(st.sampled_from(["ash", "birch", "cedar"]) | self._some_agency())
        actor = draw(st.sampled_from(["coordinator", agency]))
        self.attempt(lambda: self.campaign.open_for(duty, agency, actor=actor))

    def an_event_happens(self, draw: Draw) -> None:
        """An outside event is recorded."""
        event, ago = draw(st.sampled_from(EXTERNAL)), draw(AGO)
        at = None if ago is None else self.clock.now() - ago
        self.attempt(lambda: self.campaign.occur(event, at=at))

    def the_helpers_are_confirmed(self, _draw: Draw) -> None:
        """The group that the plan does not list is confirmed."""
        self.attempt(lambda: self.campaign.confirm("helpers"))

    def the_campaign_is_closed(self, draw: Draw) -> None:
        """The campaign is closed, and mostly opened again."""
        force, again, ahead = draw(st.booleans()), draw(st.integers(0, 4)), draw(AHEAD)
        if self.attempt(lambda: self.campaign.close_campaign(force=force)) and again:
            self._goes_on(ahead)
            assert self.attempt(lambda: self.campaign.reopen(reason="a reason"))

    def the_campaign_is_opened_again(self) -> None:
        """A closed campaign is opened again."""
        self.attempt(lambda: self.campaign.reopen(reason="a reason"))

    # --- what always holds

    def nothing_was_lost(self) -> None:
        """The journal only grows, and no assignment disappears."""
        hashes = [one.hash for one in self.campaign.journal()]
        assert hashes[: len(self._heads)] == self._heads, "an event was changed or lost"
        keys = set(self.facts())
        assert self._keys <= keys, "an assignment has disappeared"
        self._heads, self._keys = hashes, keys

    def the_journal_gives_what_is_stored(self) -> None:
        """`verify` has nothing to say against it."""
        verdict = self.campaign.verify(expect=self._heads[0] if self._heads else None)
        assert verdict.ok, [fault.text() for fault in verdict.faults]

    def every_assignment_has_an_owner(self) -> None:
        """Whoever holds what is not over is there on that day."""
        running, today = self.running(), local_date(self.clock.now(), self.running().zone)
        for facts in self.facts().values():
            if running.table(running.duties[facts.duty]).states[facts.state].final:
                continue
            row = running.agencies[holder(running, facts, today)]
            assert row.until is None or today.isoformat() <= row.until, f"{row.key} holds {facts.key} and has ended"
            assert row.host is None or row.established, f"{row.key} holds {facts.key} and is not established"

    def everything_can_be_read(self, draw: Draw) -> None:
        """No view of it fails, now or as of any earlier instant, and the totals are those of all assignments."""
        status = self.campaign.status()
        assert_counted(self.campaign, self.clock.now())
        totals, keys, stored = status.totals, [line.facts.key for line in status.lines], self.facts()
        assert totals.assignments == len(keys) == len(set(keys)) == sum(totals.by_standing.values())
        assert set(totals.by_standing) == set(STANDINGS)
        assert keys[: len(stored)] == [*stored], "a line is missing, or stands elsewhere"
        self.campaign.worklist()
        self.campaign.show(draw(st.sampled_from(keys)))
        self.campaign.history(draw(st.sampled_from([*stored])))
        recorded = draw(st.sampled_from(sorted({event.recorded for event in self.campaign.history()})))
        self.campaign.status(as_of=from_micros(recorded, self.campaign.zone))

    def the_past_stands(self) -> None:
        """What was seen at an instant is seen again as of that instant."""
        for instant, then in self.seen.items():
            assert shown(self.campaign.status(as_of=instant)) == then, instant

    # --- draws

    def _some_key(self, *often: str) -> st.SearchStrategy[str]:
        """Any key, and more often one of some duties."""
        keys = [*self.facts()]
        return st.sampled_from([*keys, *[key for key in keys if key.split("/")[0] in (often or BUSY)] * 3])

    def _some_agency(self) -> st.SearchStrategy[str]:
        return st.sampled_from(sorted(self.running().agencies))

    def _who(self, facts: Facts) -> list[str]:
        """Those who may have to do with an assignment."""
        running, today = self.running(), self.clock.now().date()
        duty = running.duties[facts.duty]
        return sorted({
            running.coordinator, holder(running, facts, today), *receivers(running, duty, facts.agency, today),
        })  # fmt: skip

    def _for(self, key: str, trigger: str) -> str | None:
        """For whom the coordinator takes a step: a report is accepted for its receiver."""
        if trigger != "accept":
            return None
        running, facts = self.running(), self.facts()[key]
        found = receivers(running, running.duties[facts.duty], facts.agency, self.clock.now().date())
        return found[0] if found else None


def shown(status: Status) -> object:
    """What somebody sees who looks at the status."""
    return [
        (status.phase, status.totals, status.rates),
        *((line.facts.key, line.state.name, line.agency, line.standing) for line in status.lines),
    ]
