"""The campaign as the journal makes it: which revision ran, with which duties and agencies, after each event.

`verify` walks the whole journal and compares the end with what is stored; a reading of the past (`--as-of`) walks up to
then. Nothing here reads the stored duties: they are worked out again from the plan's texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from campaignflow.domain.assignments import Facts
from campaignflow.domain.clock import from_micros
from campaignflow.domain.duties import Duty
from campaignflow.domain.expansion import Expansion, expand, opened_again
from campaignflow.domain.journal import Event
from campaignflow.domain.lifecycle import Table
from campaignflow.domain.plan import Plan
from campaignflow.domain.revising import Cause, over, revised
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.ports import Agencies, AgencyRow, Store, StoredRevision
from campaignflow.services.revisions import agency_rows, stored_plan
from campaignflow.services.running import OPENED, Running


class Past:
    """What the events followed so far have made of the campaign."""

    def __init__(self, store: Store, campaign: int) -> None:
        self._store, self._campaign = store, campaign
        self.revision: StoredRevision | None = None
        self.plan: Plan | None = None
        self.calendar = WorkCalendar.weekdays()
        self.tables: dict[str, Table] = {}
        self.duties: dict[str, Duty] = {}
        self.agencies: dict[str, AgencyRow] = {}
        #: What each event brought into being, by its sequence.
        self.births: dict[int, list[Facts]] = {}
        self.happened: dict[str, dt.datetime] = {}
        self.horizon = 0
        self.closed: int | None = None
        self._known: set[str] = set()

    def follow(self, events: Iterable[Event]) -> Past:
        """Follows some more events; gives itself.

        Of a journal in whose making the clock went back, the part recorded until an instant can speak of what was only
        applied at a later one: that is passed over.
        """
        for event in events:
            step = _STEPS.get(event.kind)
            if step is not None and (self.revision is not None or event.kind == "applied"):
                step(self, event)
        return self

    def running(self, now: Running) -> Running:
        """The campaign as it ran then, otherwise like `now`."""
        assert self.revision is not None
        return replace(
            now, revision=self.revision.number, header=self.revision.header, calendar=self.calendar,
            tables=self.tables, duties=self.duties, agencies=Agencies(self.agencies), horizon=self.horizon,
            closed=self.closed,
        )  # fmt: skip

    # --- what the kinds of event do

    def _applied(self, event: Event) -> None:
        revision = self._store.revision(self._campaign, number=event.data["revision"], whole=True)
        self.revision, self.plan = revision, stored_plan(revision)
        self.calendar = WorkCalendar.from_json(revision.calendar)
        self.tables = {name: Table.from_json(text) for name, text in revision.lifecycles.items()}
        self._reach(event.data.get("horizon", event.recorded))
        for row in agency_rows(self.plan):
            known = self.agencies.get(row.key)
            moved = known is None or (known.until, known.succeeded_by) != (row.until, row.succeeded_by)
            marks = (known.established, known.passed and not moved) if known else (False, False)
            self.agencies[row.key] = replace(row, established=marks[0], passed=marks[1])
        self._expand_anew(event)

    def _amended(self, event: Event) -> None:
        duty = self.duties.get(event.data["duty"])  # None: made while the clock was ahead of what is looked at
        if duty is not None and event.data.get("acknowledge"):
            self.duties[duty.key] = replace(duty, amended=event.recorded)

    def _happened(self, event: Event) -> None:
        assert self.plan is not None
        if event.data.get("withdrawn"):
            self.happened.pop(event.data["event"], None)
        else:
            self.happened[event.data["event"]] = from_micros(event.happened, self.plan.zone)
        self._reach(event.data.get("horizon", 0))
        before = frozenset(self._known)
        made = self._expand_anew(event)
        if not event.data.get("withdrawn"):
            self._bear(event, opened_again(self.plan, made, event.data["event"], before))

    def _reach(self, horizon: int) -> None:
        """Notes up to when periods had been made: the event says it, since the clock may have gone back since."""
        self.horizon = max(self.horizon, horizon)

    def _expand_anew(self, event: Event, at: int | None = None) -> Expansion:
        assert self.plan is not None and self.revision is not None
        made = self._expanded()
        after = {duty.key: duty for duty in made.duties}
        if not self.duties:
            self._bear(event, made.assignments)
            self.duties = after
            return made
        cause = Cause(
            revision=self.revision.number, at=from_micros(event.recorded if at is None else at, self.plan.zone)
        )
        ended = over(self.duties, after, cause.at)
        self._bear(event, [facts for facts in made.assignments if facts.duty not in ended])
        for one in revised(self.duties, after, cause):
            self.duties[one.duty.key] = one.duty
        return made

    def _expanded(self, only: Iterable[str] | None = None) -> Expansion:
        assert self.plan is not None
        at = from_micros(self.horizon, self.plan.zone)
        return expand(
            self.plan, calendar=self.calendar, tables=self.tables, happened=self.happened, now=at,
            only=None if only is None else set(only), since=None if only is None else at,
        )  # fmt: skip

    def _began(self, event: Event) -> None:
        self._reach(event.happened)
        if event.data.get("again"):
            self._expand_anew(event, self.horizon)
            return
        responsibility = (event.key or "").partition("/")[0]
        made = self._expanded([responsibility])
        new = {duty.key: duty for duty in made.duties if duty.key not in self.duties}
        self.duties |= new
        self._bear(event, [facts for facts in made.assignments if facts.duty in new])

    def _opened(self, event: Event) -> None:
        if event.key is not None and event.key not in self._known:
            duty = self.duties.get(event.data["duty"])
            if duty is None:
                return
            initial = self.tables[duty.lifecycle].initial
            facts = Facts(
                key=event.key, duty=duty.key, agency=event.data["agency"], state=initial, initial=initial,
            )  # fmt: skip
            self._bear(event, [facts])

    def _bear(self, event: Event, owed: Iterable[Facts]) -> None:
        new = [replace(facts, born=event.sequence) for facts in owed if facts.key not in self._known]
        self._known.update(facts.key for facts in new)
        if new:
            self.births.setdefault(event.sequence, []).extend(new)

    def _marked(self, event: Event) -> None:
        data = event.data
        row = self.agencies.get(data["agency"])
        if row is None:
            return
        if event.kind == "succeeded":
            self.agencies[row.key] = replace(row, passed=True)
        else:
            self.agencies[row.key] = replace(row, established=data["established"])

    def _closed(self, event: Event) -> None:
        self.closed = event.happened if event.kind == "closed" else None


_STEPS = {
    "applied": Past._applied,
    "amended": Past._amended,
    "event": Past._happened,
    "period": Past._began,
    OPENED: Past._opened,
    "succeeded": Past._marked,
    "established": Past._marked,
    "closed": Past._closed,
    "reopened": Past._closed,
}


def as_of(store: Store, running: Running, until: int) -> Running:
    """The campaign as it ran by what was recorded until then; as it runs now, where nothing had been applied yet."""
    past = Past(store, running.id).follow(store.events(running.id, until=until))
    return past.running(running) if past.revision is not None else running
