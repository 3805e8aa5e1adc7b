"""For tests of campaigns, ours and yours: a clock that stands still, and a small campaign in memory.

    >>> from campaignflow.testing import FixedClock, open_sample
    >>> clock = FixedClock("2026-03-02T09:00+07:00")
    >>> with open_sample(now=clock) as campaign:
    ...     taken = campaign.advance("week/north", "open", actor="north")
    ...     print(taken.source, "to", taken.target)
    ...     _ = clock.at("2026-03-16T00:00+07:00")
    ...     print("overdue:", campaign.status().totals.by_standing["overdue"])
    opening to running
    overdue: 2

Your own plan is rehearsed the same way: `Campaign.open("plan.yaml", "sqlite://", now=clock.now)` and `.apply()` keep
everything in memory, and nothing is sent to anybody.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from campaignflow.campaign import Campaign
from campaignflow.services.actors import COORDINATOR

if TYPE_CHECKING:
    from campaignflow.domain.plan import Plan
    from campaignflow.loading.plans import LoadedPlan
    from campaignflow.ports import Clock

SAMPLE = """\
campaignflow: 1
plan:
  id: reading-week
  title: Reading week 2026
  issuer: province
  coordinator: department
  date: 2026-02-16
  period: {from: 2026-03-02, to: 2026-03-06}
  language: en
agencies:
  province: {name: People's Committee of the Province, external: true}
  department: {name: Department of Education, under: province}
  north: {name: North District, kind: district, under: province}
  south: {name: South District, kind: district, under: province}
groups:
  districts: {words: the districts, select: {kind: district}}
reports:
  results: {clause: "2", title: Results of the week, to: department, due: {before: 2026-03-16},
            revise_within: {days: 1}}
  summary: {clause: "3", title: Summary of the week, to: province, due: {before: 2026-03-20}, acceptance: on_sending}
responsibilities:
  week:
    clause: "1"
    words: open the week on 2 March 2026
    title: Hold the week
    assigned_to: districts
    own_plan: {required: true}
    due: {opening: {on: 2026-03-02, missed: presume}}
    report: results
  summary:
    clause: "3"
    words: reports to the Province
    title: Sum up the week
    assigned_to: department
    role: consolidate
    consolidates: week
    report: summary
clauses:
  - {id: "1", kind: duty, text: "Under plans of their own, the districts open the week on 2 March 2026."}
  - {id: "2", kind: reporting, text: "They report to the Department before 16 March 2026."}
  - {id: "3", kind: reporting, text: "The Department reports to the Province before 20 March 2026."}
"""
"""The sample plan's text: two districts that hold a week, open it and report; a department that sums up.

Its assignments: `week/north`, `week/south` and `summary/department`.
"""

SAMPLE_ISSUED = dt.datetime(2026, 2, 16, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
"""The morning on which the sample plan is issued: when `open_sample` applies it unless told otherwise."""


class FixedClock:
    """A clock that stands still until it is moved. A `ports.Clock`: what is recorded by it is marked as a rehearsal.

    >>> clock = FixedClock("2026-03-02T09:00+07:00")
    >>> clock.advance(days=1, hours=2).now().isoformat()
    '2026-03-03T11:00:00+07:00'
    >>> clock.at("2026-03-16T00:00+07:00") == clock
    True
    """

    is_set = True

    def __init__(self, instant: dt.datetime | str) -> None:
        self._instant = _instant(instant)

    def now(self) -> dt.datetime:
        """The instant it shows."""
        return self._instant

    def at(self, instant: dt.datetime | str) -> Self:
        """Sets it, forwards or back.

        Raises:
            ValueError: the instant says no zone, or the text is none.
        """
        self._instant = _instant(instant)
        return self

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> Self:
        """Moves it by so much time; a day is 24 hours."""
        moved = self._instant.astimezone(dt.UTC) + dt.timedelta(days=days, hours=hours, minutes=minutes)
        self._instant = moved.astimezone(self._instant.tzinfo)
        return self

    def __repr__(self) -> str:
        return f"FixedClock({self._instant.isoformat()!r})"


def sample_plan() -> Plan:
    """The sample plan, typed.

    >>> sorted(sample_plan().responsibilities)
    ['summary', 'week']
    """
    return _sample().plan


def open_sample(
    database: str = "sqlite://", *, now: dt.datetime | Clock = SAMPLE_ISSUED, actor: str = COORDINATOR
) -> Campaign:
    """The sample campaign, applied; in memory by default, so that it is gone when it is closed.

    Args:
        database: where to keep it: `sqlite://` (in memory) or `sqlite:///FILE`.
        now: the instant it shows, or a clock that can be moved.
        actor: who acts unless a step says otherwise: `coordinator`, an agency, or a contact.

    Raises:
    """
    campaign = Campaign.open(database=database, now=now if isinstance(now, dt.datetime) else now.now, actor=actor)
    campaign.apply_loaded(_sample())
    return campaign


def load_text(text: str) -> LoadedPlan:
    """A plan from its text instead of its file, read and checked: what `Campaign.apply_loaded` takes.

    >>> load_text(SAMPLE.replace("Reading week 2026", "Reading week 2027")).plan.plan.title
    'Reading week 2027'

    Raises:
        PlanRefused: the plan has errors.
    """
    from campaignflow.loading.plans import load_plan

    with TemporaryDirectory() as folder:
        path = Path(folder, "plan.yaml")
        path.write_text(text, encoding="utf-8")
        return load_plan(path)


@cache
def _sample() -> LoadedPlan:
    return load_text(SAMPLE)


def _instant(said: dt.datetime | str) -> dt.datetime:
    instant = dt.datetime.fromisoformat(said) if isinstance(said, str) else said
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant.isoformat()}")
    return instant
