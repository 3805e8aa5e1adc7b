"""Plans that the tests run: the real one of 2020, and a workshop that has one of every rare thing."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from campaignflow import Campaign, load_plan
from campaignflow.loading.plans import LoadedPlan
from campaignflow.testing import FixedClock, load_text

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
EXAMPLE = Path(__file__).parents[2] / "examples" / "lltweek2020" / "plan.yaml"

WORKSHOP = """\
campaignflow: 1
plan:
  id: workshop
  title: One of everything
  issuer: office
  coordinator: office
  date: 2026-02-16
  period: {from: 2026-03-02, to: 2026-03-06}
  region_kind: region
calendar: {holidays: none}
agencies:
  ministry: {name: The Ministry, external: true}
  office: {name: The Office, kind: office}
  registry: {name: The Registry, kind: office, under: office}
  watch: {name: The Inspectorate, kind: office, under: office}
  union: {name: The Union, kind: association}
  press: {name: The Newspaper, kind: press}
  upland: {name: The Upland, kind: region, under: office}
  ash: {name: Ash, kind: district, under: upland}
  birch: {name: Birch, kind: district, under: upland}
  cedar: {name: Cedar, kind: district, under: upland, until: 2026-02-15, succeeded_by: ash}
  elm: {name: Elm, kind: district, under: upland, from: 2026-02-17}
groups:
  districts: {words: the districts, select: {kind: district}}
  others: {words: the others, members: [union, press], listed_by_plan: false}
events:
  decision: {words: the decision is issued}
reports:
  results: {clause: "1", title: Results, to: registry, due: {before: 2026-03-16}, revise_within: {days: 1}}
  summary: {clause: "1", title: Summary, to: ministry, due: {before: 2026-03-20}, acceptance: on_sending}
  items: {clause: "1", title: Items, to: registry, required: false}
  accounts: {clause: "1", title: Accounts, to: registry, due: {by: 2026-03-10}, counted_by: signed, nil_allowed: false}
responsibilities:
  hold:
    clause: "1"
    title: Hold the week
    assigned_to: districts
    with: [{agency: union, completes: with_lead}]
    parts: [{id: open, words: open it}, {id: close, words: close it}]
    own_plan: {required: true}
    due: {opening: {on: 2026-03-02, missed: presume}}
    expected: {drafting: {by: 2026-02-25, set_by: office}}
    report: results
  print: {clause: "1", title: Print it, role: inform, assigned_to: ash, due: {completed: {by: 2026-03-03}},
          reported_in: hold}
  answer: {clause: "1", title: Answer, role: advise, assigned_to: ash,
           due: {completed: {within: {days: 10, after: decision}}}}
  guide: {clause: "1", title: Guide, role: guide, assigned_to: registry, with: [{agency: union, completes: own}],
          due: {completed: {none: true}}}
  inspect: {clause: "1", title: Inspect, role: inspect, assigned_to: watch, due: {completed: {none: true}},
            inspects: {responsibilities: hold, may_return: own_plan}}
  sum: {clause: "1", title: Sum up, role: consolidate, assigned_to: registry, consolidates: hold, report: summary}
  news: {clause: "1", title: Tell the news, role: inform, assigned_to: press, report: items}
  spend: {clause: "1", title: Account for it, role: fund, assigned_to: birch, report: accounts}
  tell: {clause: "1", title: Tell the others, role: inform, assigned_to: others, due: {completed: {by: 2026-03-05}}}
clauses:
  - {id: "1", kind: duty, text: "the districts hold the week, open it and close it; the decision is issued; the others"}
"""


def moment(text: str) -> dt.datetime:
    """An instant in Việt Nam: `2020-10-23`, `2020-10-23 16:00`."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@cache
def plan_2020() -> LoadedPlan:
    """The plan of 2020, as the example has it."""
    return load_plan(EXAMPLE)


@cache
def workshop() -> LoadedPlan:
    """The workshop's plan."""
    return load_text(WORKSHOP)


def open_2020(database: str = "sqlite://", *, now: dt.datetime | FixedClock | None = None) -> Campaign:
    """The campaign of 2020, applied on the morning its plan reached everybody."""
    return opened(plan_2020(), database, now or moment("2020-09-21 08:00"))


def open_workshop(database: str = "sqlite://", *, now: dt.datetime | FixedClock | None = None) -> Campaign:
    """The workshop's campaign, applied on the day of its plan."""
    return opened(workshop(), database, now or moment("2026-02-16 08:00"))


def opened(ready: LoadedPlan, database: str, now: dt.datetime | FixedClock) -> Campaign:
    """A campaign with this plan applied."""
    campaign = Campaign.open(database=database, now=now.now if isinstance(now, FixedClock) else now)
    campaign.apply_loaded(ready)
    return campaign
