"""Any two texts of a plan: their difference names what differs, no more and no less, and reads the same backwards.

What differs is found a second time here, in a way that is too slow for large plans and too plain to be wrong: every
duty of every agency is written out and compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from campaignflow.cli.diffing import diff_lines
from campaignflow.cli.output import Style, columns_of
from campaignflow.domain.amendments import DutyChange, PlanDiff, Side, diff
from campaignflow.domain.clause_changes import clause_changes
from campaignflow.domain.differences import word_changes
from campaignflow.domain.duties import Duty
from campaignflow.domain.expansion import expand
from campaignflow.domain.plan import Clause, Plan
from campaignflow.i18n import speaking
from campaignflow.services.diff_shapes import diff_document
from tests.support.plans import workshop

Document = dict[str, Any]

#: What cites or explains a duty: by itself it asks nobody for anything.
EXPLAINS = {
    "clause", "also", "legal_basis", "inspectors", "unconfirmed", "assumed", "consolidated_by", "expected", "stage",
    "span", "takes", "takes_working", "after", "follows", "recurs", "with_", "due_version", "amended", "dropped",
}  # fmt: skip
#: What only the text of a responsibility says, and an agency has to know.
TEXT_ONLY = ("chases", "directs", "guides", "for_", "inspects", "leads")


def at(*path: str) -> Callable[[Document, Any], None]:
    """Puts a value into the plan's document; None takes out what is there."""

    def put(document: Document, value: Any) -> None:
        for step in path[:-1]:
            document = document.setdefault(step, {})
        if value is None:
            document.pop(path[-1], None)
        else:
            document[path[-1]] = value

    return put


def without(document: Document, keys: list[str]) -> None:
    for key in keys:
        document["responsibilities"].pop(key, None)


def reworded(document: Document, texts: list[tuple[str, str]]) -> None:
    document["clauses"] = [{"id": key, "kind": "heading", "text": text} for key, text in texts]


DUTIES = ["hold", "print", "answer", "guide", "inspect", "sum", "news", "spend", "tell"]
POINTS = st.lists(st.sampled_from(["open", "close", "clean"]), unique=True).map(
    lambda ids: [{"id": key, "words": f"{key} it"} for key in ids]
)
TEXTS = st.lists(
    st.tuples(st.sampled_from("1234567"), st.sampled_from(["first", "second", "third day", "the day after"])),
    unique_by=lambda pair: pair[0],
)

#: Ways in which one plan differs from another; each is drawn or left out.
EDITS: dict[str, tuple[Callable[[Document, Any], None], st.SearchStrategy[Any]]] = {
    "title": (at("responsibilities", "hold", "title"), st.sampled_from(["Hold it", "Hold the week well"])),
    "words": (at("responsibilities", "answer", "words"), st.sampled_from(["answer it", "answer all"])),
    "force": (at("responsibilities", "print", "force"), st.sampled_from(["ordered", "requested"])),
    "clause": (at("responsibilities", "tell", "clause"), st.sampled_from(["1", "2"])),
    "day": (at("responsibilities", "print", "due", "completed"),
            st.sampled_from([{"by": "2026-03-03"}, {"before": "2026-03-04"}, {"by": "2026-03-09"}, {"none": "true"}])),
    "waits": (at("responsibilities", "answer", "due", "completed", "within", "days"), st.sampled_from(["10", "20"])),
    "report due": (at("reports", "results", "due", "before"), st.sampled_from(["2026-03-15", "2026-03-17"])),
    "receiver": (at("reports", "results", "to"), st.sampled_from([["registry"], ["office"]])),
    "invited": (at("reports", "accounts", "required"), st.sampled_from(["true", "false"])),
    "period": (at("plan", "period", "to"), st.sampled_from(["2026-03-06", "2026-03-08"])),
    "points": (at("responsibilities", "hold", "parts"), POINTS),
    "partners": (at("responsibilities", "guide", "with"),
                 st.lists(st.sampled_from(["union", "press", "others"]), unique=True)),
    "share": (at("responsibilities", "hold", "with"),
              st.sampled_from([[{"agency": "union", "completes": "own"}], [{"agency": "press"}]])),
    "assigned": (at("responsibilities", "tell", "assigned_to"),
                 st.lists(st.sampled_from(["others", "ash", "press"]), min_size=1, unique=True)),
    "chases": (at("responsibilities", "guide", "chases"), st.sampled_from([["press"], ["ash"]])),
    "takes": (at("responsibilities", "sum", "takes"), st.sampled_from([{"days": "2"}, {"days": "3"}])),
    "members": (at("groups", "others", "members"), st.sampled_from([["union"], ["press", "union"]])),
    "note": (at("groups", "others", "note"), st.sampled_from(["a remark", "another"])),
    "named": (at("agencies", "union", "name"), st.sampled_from(["The Unions", "The Union"])),
    "kind": (at("agencies", "birch", "kind"), st.sampled_from(["district", "ward"])),
    "comes": (at("agencies", "elm", "from"), st.sampled_from(["2026-02-10", None])),
    "ends": (at("agencies", "ash", "until"), st.sampled_from(["2026-02-10", "2026-12-31"])),
    "unit": (at("agencies", "fir"), st.just({"name": "Fir", "kind": "district", "under": "upland"})),
    "soon": (at("settings", "due_soon"), st.sampled_from(["3", "4"])),
    "remind": (at("reminders"), st.permutations(["a", "b"]).map(
        lambda ids: [{"id": key, "when": "overdue", "to": ["clerk"]} for key in ids])),
    "blank": (at("forms", "blank"), st.sampled_from([{}, {"duties": "true"}])),
    "off": (at("calendar", "add"), st.sampled_from([["2026-03-13"], ["2026-03-03"]])),
    "clauses": (reworded, TEXTS),
    "gone": (without, st.lists(st.sampled_from(DUTIES), unique=True, max_size=3)),
}  # fmt: skip

variation = st.fixed_dictionaries({}, optional={name: values for name, (_, values) in EDITS.items()})


def side(changes: Document) -> Side:
    """The workshop's plan with these edits, and what it comes to."""
    return _side(json.dumps(changes, sort_keys=True))


@cache
def _side(changes: str) -> Side:
    ready, values = workshop(), json.loads(changes)
    document = json.loads(ready.plan.stored())
    for name, (edit, _) in EDITS.items():
        if name in values:
            edit(document, values[name])
    plan = Plan.model_validate(document)
    return Side.of(plan, expand(plan, calendar=ready.calendar, tables=ready.tables))


# --- the same, found slowly


def differing(old: Document, new: Document) -> set[str]:
    return {key for key in {*old, *new} if old.get(key) != new.get(key)}


def dumped(entries: Any) -> Document:
    return {key: one.model_dump(mode="json") for key, one in entries.items()}


def holders(told: Side) -> dict[str, set[str]]:
    return {key: {agency for duty, agency in told.owed.values() if duty == key} for key in told.duties}


def responsibilities(old: Side, new: Side) -> set[str]:
    """Those whose text, duties or assignees differ."""
    texts = differing(dumped(old.plan.responsibilities), dumped(new.plan.responsibilities))
    duties = differing(*({key: one.to_json() for key, one in told.duties.items()} for told in (old, new)))
    owed = differing(holders(old), holders(new))
    return texts | {key.rstrip("+") for key in duties | owed}


def terms(told: Side, duty: Duty) -> Document:
    """What a duty asks of an agency, without what cites or explains it."""
    text = told.plan.responsibilities[duty.responsibility]
    plain = {key: value for key, value in duty.to_json().items() if key not in EXPLAINS}
    # The days worked decide when reminders go out; by which word a day is told, where, and by whom, is no other day.
    for line in plain["deadlines"]:
        for name in ("last_working_day", "clause", "set_by", "last_day", "roll", "kind"):
            line.pop(name, None)
    for name in ("id", "clause"):
        (plain["report"] or {}).pop(name, None)
    if duty.lifecycle not in ("task", "consolidate"):
        plain["span"] = duty.to_json()["span"]
    partners = text.assigned_to if duty.partner else [one.agency for one in text.with_]
    own = {} if duty.partner else {name: str(getattr(text, name, None)) for name in TEXT_ONLY}
    return {**plain, **own, "with": list(partners)}


def affected(old: Side, new: Side) -> set[str]:
    """The agencies for which what they owe, written out, differs."""

    def owes(told: Side) -> Document:
        every: Document = {}
        for key, agency in told.owed.values():
            every.setdefault(agency, {})[key] = terms(told, told.duties[key])
        return every

    return differing(owes(old), owes(new))


def sections(old: Plan, new: Plan) -> set[str]:
    others = set(Plan.model_fields) - {"clauses", "agencies", "responsibilities"}
    return {name for name in others if getattr(old, name) != getattr(new, name)}


# --- what holds of any two


@given(variation)
def test_a_plan_differs_in_nothing_from_itself(changes: Document):
    _side.cache_clear()
    one = side(changes)
    _side.cache_clear()

    assert diff(one, side(changes)) == PlanDiff()


@given(variation, variation)
def test_the_difference_names_what_differs_and_nothing_else(left: Document, right: Document):
    old, new = side(left), side(right)
    found = diff(old, new)

    assert {change.responsibility for change in found.duties} == responsibilities(old, new)
    assert set(found.affected) == affected(old, new)
    assert {change.id for change in found.agencies} == differing(dumped(old.plan.agencies), dumped(new.plan.agencies))
    assert {change.section for change in found.sections} == sections(old.plan, new.plan)
    texts = [{one.id: one.model_dump() for one in told.plan.clauses} for told in (old, new)]
    named = {key for one in found.clauses if (one.kind, one.was) != ("moved", one.id) for key in (one.id, one.was)}
    assert named - {None} == differing(*texts)
    assert len(found.affected) == len(set(found.affected))


@given(variation, variation)
def test_who_owed_a_duty_less_those_who_lose_it_and_with_those_who_gain_it_is_who_owes_it(
    left: Document, right: Document
):
    old, new = side(left), side(right)
    before, after = holders(old), holders(new)
    for change in diff(old, new).duties:
        had, has = before.get(change.key, set()), after.get(change.key, set())
        assert had - set(change.agencies_removed) == change.kept == has - set(change.agencies_added)
        assert change.agencies_kept == len(had & has)


OPPOSITE = {"added": "removed", "removed": "added", "ended": "changed"}


def turned(change: DutyChange) -> tuple[Any, ...]:
    """A duty's change as it reads from the other side."""
    return (
        change.key, OPPOSITE.get(change.kind, change.kind), {(one.name, one.new, one.old) for one in change.fields},
        {(one.phase, one.expected, str(one.new), str(one.old)) for one in change.deadlines},
        {(one.phase, one.earlier, one.later) for one in change.deadlines},
        set(change.agencies_removed), set(change.agencies_added), change.kept, change.binding, change.deadline_changed,
    )  # fmt: skip


def straight(change: DutyChange) -> tuple[Any, ...]:
    return (
        change.key, change.kind, {(one.name, one.old, one.new) for one in change.fields},
        {(one.phase, one.expected, str(one.old), str(one.new)) for one in change.deadlines},
        {(one.phase, one.later, one.earlier) for one in change.deadlines},
        set(change.agencies_added), set(change.agencies_removed), change.kept, change.binding, change.deadline_changed,
    )  # fmt: skip


@given(variation, variation)
def test_the_difference_back_mirrors_the_difference(left: Document, right: Document):
    there, back = diff(side(left), side(right)), diff(side(right), side(left))

    assert {turned(one)[0]: turned(one) for one in there.duties} == {one.key: straight(one) for one in back.duties}
    assert set(there.affected) == set(back.affected)
    for part in ("agencies", "sections"):
        mirrored = [(one.id, OPPOSITE.get(one.kind, one.kind)) for one in getattr(there, part)]
        told = [(one.id, "changed" if one.kind == "ended" else one.kind) for one in getattr(back, part)]
        assert sorted(mirrored) == sorted(told)
    clauses = {(one.kind, one.was, one.old, one.new) if one.kind != "added" else
               (one.kind, one.id, one.old, one.new) for one in there.clauses}  # fmt: skip
    mirror = {(OPPOSITE.get(one.kind, one.kind), one.id, one.new, one.old) for one in back.clauses}
    assert clauses == mirror


@given(variation, variation)
def test_any_difference_can_be_read_and_written_as_json(left: Document, right: Document):
    found = diff(side(left), side(right))
    document = json.loads(json.dumps(diff_document(found), allow_nan=False))
    with speaking("en"):
        lines = diff_lines(Style(), 60, found)

    assert len(document["duties"]) == len(found.duties) and len(document["affected"]) == len(found.affected)
    assert max(map(columns_of, lines)) <= 60
    assert (lines == ["Nothing of the plan changes."]) == (not found.changed)


clause = st.builds(
    lambda key, text: Clause(id=key, kind="heading", text=text), st.sampled_from("12345678"), st.sampled_from("abcdef")
)
several = st.lists(clause, unique_by=lambda one: one.id)


@given(several, st.data())
def test_clauses_in_another_order_are_the_fewest_that_have_to_move(given: list[Clause], data: st.DataObject):
    """Moving those that are named, and only those, makes one order of the other; backwards they are the same."""
    turned_about = data.draw(st.permutations(given))
    moved = {one.id for one in clause_changes(given, turned_about)}
    stay = [[one.id for one in order if one.id not in moved] for order in (given, turned_about)]

    assert stay[0] == stay[1]
    assert moved == {one.id for one in clause_changes(turned_about, given)}
    assert len(moved) == len(given) - _longest([one.id for one in given], [one.id for one in turned_about])


def _longest(left: list[str], right: list[str]) -> int:
    """How many stand in the same order at most."""
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for row, one in enumerate(left, 1):
        for column, other in enumerate(right, 1):
            both = best[row - 1][column - 1] + 1 if one == other else 0
            best[row][column] = max(both, best[row - 1][column], best[row][column - 1])
    return best[-1][-1]


@given(several, several)
def test_changes_of_clauses_account_for_every_clause_once(old: list[Clause], new: list[Clause]):
    found = list(clause_changes(old, new))
    came = [one.id for one in found if one.kind != "removed"]
    left = [one.was for one in found if one.kind != "added"]
    there = {one.id: one.whole for one in new}
    before = {one.id: one.whole for one in old}

    assert len(came) == len(set(came)) and len(left) == len(set(left))
    assert {key for key, text in there.items() if before.get(key) != text} <= set(came)
    assert {key for key, text in before.items() if there.get(key) != text} <= set(left)
    mirror = {(one.kind, one.was, one.id) for one in clause_changes(new, old) if one.kind in ("changed", "moved")}
    assert {(one.kind, one.id, one.was) for one in found if one.kind in ("changed", "moved")} == mirror


words = st.lists(st.sampled_from(["a", "b", "c", "the", "day"])).map(" ".join)


@given(words, words)
def test_the_words_that_stay_and_go_are_the_old_text_and_those_that_stay_and_come_the_new(old: str, new: str):
    told = word_changes(old, new)

    assert " ".join(text for op, text in told if op in "=-") == old
    assert " ".join(text for op, text in told if op in "=+") == new
    assert (old == new) == all(op == "=" for op, _ in told)
