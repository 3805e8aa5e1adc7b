"""Any path of steps, by anybody, at any times: replaying the journal gives what is stored, and nothing else goes wrong.

A machine walks a campaign at random: steps that are allowed and steps that are not, entries of every kind, the clock
forward and now and then back. Whatever was seen at an instant is seen again as of that instant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from campaignflow import Campaign
from campaignflow.domain.standing import STANDINGS
from campaignflow.errors import CampaignflowError
from campaignflow.ports import ContactRow
from campaignflow.services.documents import Document
from campaignflow.services.replay import replayed
from campaignflow.services.status import Status
from campaignflow.testing import FixedClock
from tests.support.plans import moment, open_2020, open_workshop

AHEAD = st.one_of(
    st.integers(0, 3).map(lambda days: dt.timedelta(days=days)),
    st.integers(0, 60 * 24).map(lambda minutes: dt.timedelta(minutes=minutes)),
    st.sampled_from([dt.timedelta(microseconds=1), dt.timedelta(days=30)]),
)
AGO = st.one_of(st.none(), st.timedeltas(dt.timedelta(0), dt.timedelta(days=40)), st.just(dt.timedelta(days=-1)))
TRIGGERS = ["register", "return_plan", "open", "finish", "summarize", "submit", "accept", "return", "complete", "done",
            "consolidate", "exempt", "cancel", "opening_ends", "end_with_lead", "nonsense"]  # fmt: skip
REASON = st.sampled_from([None, "lý do", "x" * 300])


class Walk(RuleBasedStateMachine):
    """A walk through one campaign."""

    #: Opens the campaign on its first morning.
    opens: ClassVar[Callable[..., Campaign]]
    begins: ClassVar[str]
    event: ClassVar[str]
    group: ClassVar[str]
    total: ClassVar[int]

    @initialize()
    def apply(self) -> None:
        self.clock = FixedClock(moment(self.begins))
        self.campaign = type(self).opens("sqlite://", now=self.clock)
        self.seen: dict[dt.datetime, object] = {}
        self.went_back = False

    def teardown(self) -> None:
        if not hasattr(self, "campaign"):
            return
        verdict = self.campaign.verify()
        assert verdict.ok, [fault.text() for fault in verdict.faults]
        for instant, then in self.seen.items():
            assert shown(self.campaign.status(as_of=instant)) == then, instant
        self.campaign.close()

    # --- time

    @rule(ahead=AHEAD)
    def time_passes(self, ahead: dt.timedelta) -> None:
        self.clock.at(self.clock.now() + ahead)

    @rule(back=st.integers(1, 20))
    @precondition(lambda self: len(self.seen) > 2)
    def somebody_sets_the_clock_back(self, back: int) -> None:
        self.clock.advance(days=-back)
        self.went_back = True
        self.seen.clear()

    @rule()
    def the_clock_does_its_work(self) -> None:
        self.campaign.tick()
        assert self.campaign.tick() == 0

    @rule()
    @precondition(lambda self: not self.went_back)
    def somebody_looks(self) -> None:
        self.seen[self.clock.now()] = shown(self.campaign.status())
        self.clock.at(self.clock.now() + dt.timedelta(microseconds=1))

    # --- steps

    @rule(data=st.data(), at=AGO, sent=AGO, reason=REASON, nil=st.booleans())
    def somebody_who_may_takes_a_step(
        self, data: st.DataObject, at: dt.timedelta | None, sent: dt.timedelta | None, reason: str | None, nil: bool
    ) -> None:
        line = data.draw(st.sampled_from(self.campaign.status().lines), label="assignment")
        steps = self.campaign.show(line.facts.key).allowed
        if not steps:
            return
        step = data.draw(st.sampled_from(steps), label="step")
        duty = line.duty
        coordinator = self.campaign.running().coordinator
        parties = {
            "assignee": (line.facts.agency,), "receiver": duty.receivers, "inspector": duty.inspectors,
            "coordinator": (coordinator,),
        }  # fmt: skip
        actors = sorted({agency for party in step.parties for agency in parties.get(party, ())} | {coordinator})
        actor = data.draw(st.sampled_from(actors), label="actor")
        self._try(line.facts.key, step.trigger, actor, at, sent, reason, nil)

    @rule(data=st.data(), trigger=st.sampled_from(TRIGGERS), at=AGO, sent=AGO, reason=REASON, nil=st.booleans())
    def anybody_tries_anything(
        self, data: st.DataObject, trigger: str, at: dt.timedelta | None, sent: dt.timedelta | None,
        reason: str | None, nil: bool,
    ) -> None:  # fmt: skip
        key, actor = data.draw(self._keys(), label="key"), data.draw(self._actors(), label="actor")
        self._try(key, trigger, actor, at, sent, reason, nil, on_behalf_of=data.draw(st.none() | self._actors()))

    def _try(
        self, key: str, trigger: str, actor: str, at: dt.timedelta | None, sent: dt.timedelta | None,
        reason: str | None, nil: bool, **said: Any,
    ) -> None:  # fmt: skip
        now = self.clock.now()
        paper = Document(number="1", sent=now - sent if sent is not None else None)
        before = self._head()
        try:
            self.campaign.advance(
                key, trigger, actor=actor, at=now - at if at is not None else None, reason=reason, nil=nil,
                document=paper, **said,
            )  # fmt: skip
        except CampaignflowError:
            assert self._head() == before

    # --- entries

    @rule(data=st.data(), days=st.integers(-1, 9))
    def somebody_promises(self, data: st.DataObject, days: int) -> None:
        promised = self.clock.now().date() + dt.timedelta(days=days)
        self._enter(lambda key, actor: self.campaign.acknowledge(key, promised=promised, actor=actor), data)

    @rule(data=st.data(), part=st.sampled_from(["ke-hoach", "kinh-phi", "open", "close"]), ticked=st.booleans())
    def somebody_ticks_a_part(self, data: st.DataObject, part: str, ticked: bool) -> None:
        self._enter(lambda key, actor: self.campaign.tick_part(key, part, ticked=ticked, actor=actor), data)

    @rule(data=st.data(), ago=AGO)
    def an_outside_event_happens(self, data: st.DataObject, ago: dt.timedelta | None) -> None:
        at = self.clock.now() - ago if ago is not None else None
        self._enter(lambda key, actor: self.campaign.occur(self.event, at=at, actor=actor), data)

    @rule(data=st.data())
    def a_group_is_confirmed(self, data: st.DataObject) -> None:
        self._enter(lambda key, actor: self.campaign.confirm(self.group, actor=actor), data)

    @rule(data=st.data(), until=st.none() | st.integers(-3, 3))
    def a_contact_comes_or_goes(self, data: st.DataObject, until: int | None) -> None:
        day = None if until is None else (self.clock.now().date() + dt.timedelta(days=until)).isoformat()
        agency = data.draw(st.sampled_from(sorted(self.campaign.running().agencies)))
        row = ContactRow(id=f"contact-{agency}", agency=agency, role="clerk", until=day)
        self._enter(lambda key, actor: self.campaign.import_contacts([row], actor=actor), data)

    def _enter(self, act: Callable[[str, str], object], data: st.DataObject) -> None:
        key, actor = data.draw(self._keys(), label="key"), data.draw(self._actors(), label="actor")
        before = self._head()
        try:
            act(key, actor)
        except CampaignflowError:
            assert self._head() == before

    # --- what always holds

    @invariant()
    def replay_equals_state(self) -> None:
        if hasattr(self, "campaign"):
            with self.campaign._reading() as (store, running):
                stored = {facts.key: facts for facts in store.assignments(running.id)}
                assert replayed(store, running) == stored

    @invariant()
    def every_assignment_stands_somewhere(self) -> None:
        if hasattr(self, "campaign"):
            totals = self.campaign.status().totals
            assert totals.assignments == self.total
            assert sum(totals.by_standing.values()) == sum(totals.by_phase.values()) == self.total
            assert set(totals.by_standing) == set(STANDINGS)

    # --- draws

    def _keys(self) -> st.SearchStrategy[str]:
        keys = [line.facts.key for line in self.campaign.status().lines]
        return st.sampled_from([*keys, "no/body"])

    def _actors(self) -> st.SearchStrategy[str]:
        contacts = [row.id for row in self.campaign.contacts()]
        return st.sampled_from(["coordinator", *sorted(self.campaign.running().agencies), *contacts, "nobody"])

    def _head(self) -> str:
        return self.campaign.head()


def shown(status: Status) -> object:
    """What somebody sees who looks at the status."""
    return [
        (status.phase, status.totals, status.rates),
        *((line.facts.key, line.state.name, line.facts.presumed, line.standing) for line in status.lines),
    ]


class WalkOf2020(Walk):
    """The campaign of 2020: eleven districts, eighteen departments, a consolidation."""

    opens = staticmethod(open_2020)
    begins = "2020-09-21 08:00"
    event = "ket-thuc-tuan-le"
    group = "cac-so-ban-nganh"
    total = 41


class WalkOfTheWorkshop(Walk):
    """The workshop: every rare thing, and few enough assignments for their effects on each other to meet."""

    opens = staticmethod(open_workshop)
    begins = "2026-02-16 08:00"
    event = "decision"
    group = "others"
    total = 13


TestOf2020 = WalkOf2020.TestCase
TestOfTheWorkshop = WalkOfTheWorkshop.TestCase
TestOf2020.settings = settings(max_examples=max(10, settings().max_examples // 10), stateful_step_count=30)
TestOfTheWorkshop.settings = settings(max_examples=max(10, settings().max_examples // 4), stateful_step_count=50)
