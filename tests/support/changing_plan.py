"""A family of small plans for changing course: one text, and the amendments by which one becomes another.

The base has one of everything that can change under a running campaign: districts and communes, a district that ends
half-way, a board in each district, reports of each quarter put together level by level and once more at the end, duties
without an end, on demand, shared, one after the other, covered by another's report, and one with a lifecycle of the
plan's own. An amendment is a named edit of the text; a variation is a set of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from campaignflow.loading.plans import LoadedPlan
from campaignflow.testing import load_text

BEGINS = "2025-01-06 08:00"
"""The morning on which the plan is applied first, that of its date."""

PLAN = """\
campaignflow: 1
plan:
  id: roads
  title: Safer roads
  issuer: province
  coordinator: dept
  date: 2025-01-06
  period: {from: 2025-01-06, to: 2026-12-31}
  region_kind: district
calendar: {holidays: none}
agencies:
  ministry: {name: The Ministry, kind: ministry, external: true}
  province: {name: The Province, kind: province, under: ministry}
  dept: {name: The Department, kind: office, under: province}
  bank: {name: The Bank, kind: office, under: province}
  north: {name: North, kind: district, under: province}
  south: {name: South, kind: district, under: province, until: 2025-06-30, succeeded_by: north}
  ash: {name: Ash, kind: commune, under: north}
  birch: {name: Birch, kind: commune, under: south}
  cedar: {name: Cedar, kind: commune, under: south}
groups:
  districts: {words: the districts, select: {kind: district}}
  communes: {words: the communes, select: {kind: commune}}
  helpers: {words: the helpers, members: [bank], listed_by_plan: false}
bodies:
  board: {words: the board, per: districts, established_by: found}
events:
  storm: {words: a storm comes}
  closing: {words: the programme is over}
  founded: {words: the boards are there, when: {completed: found}}
reports:
  results: {clause: "1", title: Results, to: [superior], due: {before: 2025-04-20}, revise_within: {days: 2}}
  quarter: {clause: "1", title: The quarter, to: [superior], due: {before: {day: 20, month: last}}}
  sum: {clause: "1", title: The district's quarter, to: [dept], due: {by: {day: 28, month: last}}}
  last: {clause: "1", title: The final report, to: [ministry], due: {by: 2027-01-31}, acceptance: on_sending}
responsibilities:
  found: {clause: "1", title: Found the boards, role: establish, assigned_to: [districts], establishes: board,
          due: {completed: {by: 2025-02-28}}}
  hold: {clause: "1", title: Hold the month, assigned_to: [communes], report: results, own_plan: {required: true},
         parts: [{id: open, words: open it}, {id: close, words: close it}],
         with: [{agency: bank, completes: with_lead}], due: {opening: {on: 2025-03-03, missed: presume}}}
  print: {clause: "1", title: Print it, role: inform, assigned_to: [communes], reported_in: hold,
          due: {completed: {by: 2025-03-10}}}
  quarter: {clause: "1", title: Report the quarter, role: report, assigned_to: [communes], report: quarter,
            every: {period: quarter}}
  sum: {clause: "1", title: Sum up the quarter, role: consolidate, assigned_to: [districts], report: sum,
        every: {period: quarter}, consolidates: [{responsibility: quarter, of: subordinates}]}
  last: {clause: "1", title: Sum up the whole, role: consolidate, assigned_to: [dept], report: last,
         consolidates: [sum, {responsibility: hold, of: all}]}
  pay: {clause: "1", title: Pay the year, role: fund, assigned_to: [dept], with: [{agency: bank, completes: own}],
        every: {period: year, ending: closing}, due: {completed: {during: period}}}
  guide: {clause: "1", title: Guide the work, role: guide, assigned_to: [board], continuous: {}}
  answer: {clause: "1", title: Answer, role: advise, assigned_to: [communes], on_demand: {by: assignee},
           due: {completed: {within: {days: 5, after: opened}}}}
  rescue: {clause: "1", title: Rescue, role: direct, assigned_to: [districts], on_demand: {event: storm},
           due: {completed: {within: {days: 3, after: storm}}}}
  start: {clause: "1", title: Start the boards' work, role: direct, assigned_to: [dept], after: [found],
          due: {completed: {within: {days: 10, after: founded}}}}
  agree: {clause: "1", title: Agree on the means, role: coordinate, assigned_to: [bank, dept, north], leads: joint,
          after: [{responsibility: found, of: same_agency}, {event: storm}], due: {completed: {by: 2025-05-30}}}
  build: {clause: "1", title: Build, role: direct, assigned_to: [districts], lifecycle: works,
          due: {completed: {by: 2025-10-31}}}
  help: {clause: "1", title: Help, role: inform, assigned_to: [helpers], due: {completed: {by: 2025-09-30}}}
lifecycles:
  works:
    initial: planned
    states:
      planned: {phase: drafting}
      digging: {phase: running}
      checking: {phase: reporting}
      completed: {phase: completed, final: true}
    transitions:
      - {trigger: dig, from: planned, to: digging, by: assignee}
      - {trigger: due, from: planned, to: digging, by: clock, when: period.first_day_ends, presumes: drafting}
      - {trigger: check, from: digging, to: checking, by: assignee}
      - {trigger: fail, from: checking, to: digging, by: coordinator, needs: reason}
      - {trigger: pass, from: checking, to: completed, by: coordinator}
      - {trigger: finish, from: digging, to: completed, by: assignee}
migrate_states:
  works: {open: planned, submitted: checking, returned: checking}
clauses:
  - {id: "1", kind: duty,
     text: "open it, close it; the districts, the communes, the helpers, the board; a storm comes, the boards are there,
     the programme is over"}
"""

EXTERNAL = ("storm", "closing")
"""The events that somebody has to record."""

Document = dict[str, Any]
Edit = Callable[[Document], None]


def put(*path: str, to: Any) -> Edit:
    """Writes a value at a place of the plan; None takes out what is there."""

    def edit(document: Document) -> None:
        for step in path[:-1]:
            if step not in document:
                return  # another amendment has taken out what this one changes
            document = document[step]
        if to is None:
            document.pop(path[-1], None)
        else:
            document[path[-1]] = to

    return edit


def every(*edits: Edit) -> Edit:
    """Several edits, one after the other."""

    def edit(document: Document) -> None:
        for one in edits:
            one(document)

    return edit


def without(*responsibilities: str, reports: tuple[str, ...] = ()) -> Edit:
    """Takes out duties, and reports that nobody owes then."""

    def edit(document: Document) -> None:
        for key in responsibilities:
            document["responsibilities"].pop(key, None)
        for key in reports:
            document["reports"].pop(key, None)
        for one in document["responsibilities"].values():
            children = [
                child for child in one.get("consolidates", ())
                if (child["responsibility"] if isinstance(child, dict) else child) not in responsibilities
            ]  # fmt: skip
            if "consolidates" in one:
                one["consolidates"] = children
            one["after"] = [it for it in one.get("after", ()) if it.get("responsibility") not in responsibilities]

    return edit


def duty(key: str, *path: str, to: Any) -> Edit:
    """Writes a value into one duty."""
    return put("responsibilities", key, *path, to=to)


def _every_period(unit: str) -> Edit:
    return every(*(duty(key, "every", to={"period": unit}) for key in ("quarter", "sum")))


def _unchecked(document: Document) -> None:
    """The lifecycle without the state `checking`, and what becomes of those who are in it."""
    works = document["lifecycles"]["works"]
    works["states"].pop("checking")
    works["transitions"] = [row for row in works["transitions"] if "checking" not in (*row["from"], row["to"])]
    moves = ("checking", "submitted", "returned")
    document["migrate_states"] = {"works": {"open": "planned", **dict.fromkeys(moves, "digging")}}


def _as_a_task(document: Document) -> None:
    """The duty follows the shipped lifecycle `task`, and is moved to its states."""
    document["responsibilities"]["build"]["lifecycle"] = "task"
    document.pop("lifecycles")
    document["migrate_states"] = {"task": {"planned": "open", "digging": "open", "checking": "submitted"}}


EDITS: dict[str, Edit] = {
    # deadlines and words
    "founding later": duty("found", "due", to={"completed": {"by": "2025-04-30"}}),
    "founding earlier": duty("found", "due", to={"completed": {"by": "2025-01-31"}}),
    "results later": put("reports", "results", "due", to={"before": "2025-06-20"}),
    "opening later": duty("hold", "due", to={"opening": {"on": "2025-04-10", "missed": "presume"}}),
    "quarter later": put("reports", "quarter", "due", to={"by": {"day": "25", "month": "last"}}),
    "answer slower": duty("answer", "due", to={"completed": {"within": {"days": "15", "after": "opened"}}}),
    "renamed": duty("hold", "title", to="Hold the month well"),
    "north renamed": put("agencies", "north", "name", to="North Town"),
    "a day off": put("calendar", "add", to=["2025-04-18", "2025-06-20"]),
    "other coordinator": put("plan", "coordinator", to="bank"),
    "longer": put("plan", "period", to={"from": "2025-01-06", "to": "2027-12-31"}),
    "another first day": put("plan", "period", to={"from": "2025-02-03", "to": "2026-12-31"}),
    # agencies and groups
    "no cedar": put("agencies", "cedar", to=None),
    "elm comes": put("agencies", "elm", to={"name": "Elm", "kind": "commune", "under": "north"}),
    "east comes": put("agencies", "east", to={"name": "East", "kind": "district", "under": "province"}),
    "west comes": put("agencies", "west", to={"name": "West", "kind": "district", "under": "province"}),
    "south stays": put("agencies", "south", to={"name": "South", "kind": "district", "under": "province"}),
    "south ends later": put("agencies", "south", "until", to="2025-11-30"),
    "south ends earlier": put("agencies", "south", "until", to="2025-02-15"),
    "south goes to east": every(
        put("agencies", "east", to={"name": "East", "kind": "district", "under": "province"}),
        put("agencies", "south", "succeeded_by", to="east"),
    ),
    "no south": every(
        put("agencies", "south", to=None), *(put("agencies", one, "under", to="north") for one in ("birch", "cedar"))
    ),
    "ash ends": every(
        put("agencies", "ash", "until", to="2025-03-20"), put("agencies", "ash", "succeeded_by", to="birch")
    ),
    "birch moves": put("agencies", "birch", "under", to="north"),
    "without birch": put("groups", "communes", "except", to=["birch"]),
    "listed": put("groups", "helpers", "listed_by_plan", to="true"),
    # duties
    "another duty": duty("clean", to={
        "clause": "1", "title": "Clean up", "role": "direct", "assigned_to": ["communes"],
        "due": {"completed": {"by": "2025-07-31"}},
    }),
    "another series": duty("count", to={
        "clause": "1", "title": "Count", "role": "direct", "assigned_to": ["districts"],
        "every": {"period": "half-year"}, "due": {"completed": {"during": "period"}},
    }),
    "no holding": without("hold", "print", reports=("results",)),
    "no printing": without("print"),
    "no quarters": without("quarter", "sum", reports=("quarter", "sum")),
    "no answers": without("answer"),
    "no rescue": without("rescue"),
    "no pay": without("pay"),
    "no building": every(without("build"), put("lifecycles", to=None), put("migrate_states", to=None)),
    "no agreement": without("agree"),
    # how a duty is owed
    "monthly": _every_period("month"),
    "half-yearly": _every_period("half-year"),
    "from the third quarter": every(
        *(duty(key, "every", "starting", to="2025-Q3") for key in ("quarter", "sum"))
    ),
    "to the second quarter": every(*(duty(key, "every", "ending", to="2025-Q2") for key in ("quarter", "sum"))),
    "pay goes on": duty("pay", "every", to={"period": "year", "ending": "open"}),
    "pay once": duty("pay", "every", to=None),
    "others agree": duty("agree", "assigned_to", to=["dept", "north", "province"]),
    "each agrees": duty("agree", "leads", to="each"),
    "the bank holds itself": duty("hold", "with", to=[{"agency": "bank", "completes": "own"}]),
    "the bank leads": every(
        duty("pay", "with", to=[{"agency": "dept", "completes": "own"}]), duty("pay", "assigned_to", to=["bank"])
    ),
    "the bank only helps": duty("hold", "with", to=["bank"]),
    "no own plan": duty("hold", "own_plan", to=None),
    "other parts": duty("hold", "parts", to=[{"id": "open", "words": "open it"}]),
    "unchecked": _unchecked,
    "as a task": _as_a_task,
}  # fmt: skip

EXCLUSIVE = (
    {"founding later", "founding earlier"}, {"longer", "another first day"},
    {"south stays", "south ends later", "south ends earlier", "south goes to east", "no south"},
    {"no cedar", "no south"}, {"east comes", "south goes to east"},
    {"no building", "unchecked", "as a task"}, {"no quarters", "quarter later"}, {"no holding", "results later"},
    {"monthly", "half-yearly", "from the third quarter", "to the second quarter", "no quarters"},
    {"no agreement", "others agree"}, {"no agreement", "each agrees"}, {"no pay", "pay goes on", "pay once"},
    {"no pay", "the bank leads"},
    {"no holding", "no printing"},
    {"the bank holds itself", "the bank only helps", "no holding"},
    {"no answers", "answer slower"}, {"no holding", "opening later"},
)  # fmt: skip
"""Of each of these sets at most one: the others would change what it has taken out."""


def together(names: Iterable[str]) -> frozenset[str]:
    """The names without those that an earlier one excludes."""
    kept: dict[str, None] = {}
    for name in names:
        if not any(name in one and one & kept.keys() for one in EXCLUSIVE):
            kept[name] = None
    return frozenset(kept)


variations = st.lists(st.sampled_from(sorted(EDITS)), max_size=4).map(together)
"""Sets of edits that go together: each is one text of the plan."""


@cache
def variation(edits: frozenset[str] = frozenset()) -> LoadedPlan:
    """The plan with these edits, read and checked."""
    if not edits:
        return load_text(PLAN)
    document = json.loads(variation().plan.stored())
    for name, edit in EDITS.items():  # always in one order, so that a set of edits is one text
        if name in edits:
            edit(document)
    return load_text(json.dumps(document, ensure_ascii=False))
