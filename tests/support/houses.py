"""A plan in which duties recur, go on, come on demand and are shared, and in which every district has a board."""

from __future__ import annotations

import datetime as dt
from functools import cache

from campaignflow.domain.duties import Duty
from campaignflow.domain.expansion import Expansion, expand
from campaignflow.loading.plans import LoadedPlan
from campaignflow.testing import load_text

HOUSES = """\
campaignflow: 1
plan:
  id: houses
  title: Houses for the poor
  issuer: province
  coordinator: dept
  date: 2014-06-28
  period: {from: 2014-06-28}
agencies:
  province: {name: The Province, kind: province}
  dept: {name: The Department, kind: office, under: province}
  bank: {name: The Bank, kind: office, under: province}
  north: {name: North, kind: district, under: province}
  south: {name: South, kind: district, under: province, until: 2014-12-31, succeeded_by: north}
  east: {name: East, kind: district, under: province, from: 2015-01-01}
groups:
  districts: {words: the districts, select: {kind: district}}
bodies:
  board: {words: the steering board, per: districts, established_by: found}
events:
  request: {words: is asked}
  finished: {words: the programme ends}
reports:
  quarterly: {clause: "2", title: The quarter, to: dept, due: {before: {day: 20, month: last}}}
responsibilities:
  found: {clause: "1", title: Found the boards, role: establish, assigned_to: districts, establishes: board,
          due: {completed: {by: 2014-07-31}}}
  quarter: {clause: "2", title: Report the quarter, role: report, assigned_to: districts, report: quarterly,
            every: {period: quarter, stated: every quarter}}
  half: {clause: "2", title: Review the half-year, role: summarize, assigned_to: south,
         every: {period: half-year, ending: 2015-H2}, due: {completed: {during: period}}}
  year: {clause: "2", title: Pay the year, role: fund, assigned_to: dept, with: [{agency: bank, completes: own}],
         every: {period: year, ending: finished}, due: {completed: {during: period}}}
  answer: {clause: "1", title: Answer, role: advise, assigned_to: [north, bank], on_demand: {event: request},
           due: {completed: {within: {days: 5, after: request}}}}
  tell: {clause: "1", title: Tell of trouble, role: report, assigned_to: districts, on_demand: {by: assignee},
         due: {completed: {none: true}}}
  guide: {clause: "1", title: Guide the work, role: guide, assigned_to: board,
          continuous: {from: 2014-Q3, to: 2020, and_after: true, stated: all the time}}
  agree: {clause: "1", title: Agree on the means, role: coordinate, assigned_to: [bank, dept, north], leads: joint,
          due: {completed: {by: 2014-09-30}}}
clauses:
  - {id: "1", kind: duty,
     text: "the districts found the steering board, which guides all the time and answers when it is asked"}
  - {id: "2", kind: duty, text: "the districts report every quarter, until the programme ends"}
"""
"""Issued on 28 June 2014, eight days after the second quarter's report would have been due.

South ends with the year 2014 and North takes over; East begins with 2015.
"""


def changed(*changes: tuple[str, str]) -> LoadedPlan:
    """The plan with pieces of its text replaced, each of which must be there."""
    text = HOUSES
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return load_text(text)


@cache
def houses() -> LoadedPlan:
    """The plan as it is."""
    return load_text(HOUSES)


def made(ready: LoadedPlan, now: dt.datetime | None = None, **happened: dt.datetime) -> Expansion:
    """What a plan comes to at `now`, these events having happened."""
    return expand(ready.plan, calendar=ready.calendar, tables=ready.tables, happened=happened, now=now)


def keys(ready: LoadedPlan, duty: str, now: dt.datetime | None = None, **happened: dt.datetime) -> list[str]:
    """The keys of the assignments that a responsibility comes to."""
    return [one.key for one in made(ready, now, **happened).assignments if one.key.split("/")[0] == duty]


def duties(ready: LoadedPlan, now: dt.datetime | None = None, **happened: dt.datetime) -> dict[str, Duty]:
    """The duties that a plan comes to, by key."""
    return {duty.key: duty for duty in made(ready, now, **happened).duties}
