"""What an amendment changes: each kind of change on a small plan, who is affected, and how it reads."""

from __future__ import annotations

import datetime as dt
import doctest
import json
import re
from dataclasses import replace

import pytest

from campaignflow.cli.diffing import AGENCIES_SHOWN, diff_lines
from campaignflow.cli.output import Style, columns_of
from campaignflow.domain import differences
from campaignflow.domain.amendments import (
    DeadlineChange,
    DutyChange,
    PlanDiff,
    Side,
    against_extensions,
    diff,
)
from campaignflow.domain.clause_changes import ClauseChange
from campaignflow.domain.differences import MOST_WORDS, FieldChange, word_changes
from campaignflow.domain.duties import Duty
from campaignflow.domain.expansion import expand
from campaignflow.i18n import speaking
from campaignflow.services.diff_shapes import diff_document
from campaignflow.testing import load_text
from tests.support.plans import VIETNAM, WORKSHOP, moment

CLAUSES = """\
clauses:
  - {id: "1", kind: duty, text: "the districts hold the week, open it and close it; the decision is issued; the others"}
"""


def side(*edits: tuple[str, str], **happened: dt.datetime) -> Side:
    """The workshop's plan with pieces of its text replaced."""
    text = WORKSHOP
    for old, new in edits:
        assert old in text, f"the workshop's plan does not say {old!r}"
        text = text.replace(old, new)
    ready = load_text(text)
    return Side.of(ready.plan, expand(ready.plan, calendar=ready.calendar, tables=ready.tables, happened=happened))


def amended(*edits: tuple[str, str]) -> PlanDiff:
    """What changes when pieces of the workshop's text are replaced."""
    return diff(side(), side(*edits))


def clauses(old: str, new: str) -> tuple[ClauseChange, ...]:
    """What changes when headings, written `id text; id text`, are put behind the workshop's clause."""

    def lines(told: str) -> str:
        pairs = (one.strip().partition(" ") for one in told.split(";") if one.strip())
        return CLAUSES + "".join(f'  - {{id: "{key}", kind: heading, text: {text}}}\n' for key, _, text in pairs)

    return diff(side((CLAUSES, lines(old))), side((CLAUSES, lines(new)))).clauses


def of(found: PlanDiff, key: str) -> DutyChange:
    change = found.duty(key)
    assert change is not None, f"{key} is said to stay as it is"
    return change


def fields(change: DutyChange) -> dict[str, tuple[object, object]]:
    return {one.name: (one.old, one.new) for one in change.fields}


# --- nothing


def test_a_plan_does_not_differ_from_itself():
    found = amended()

    assert not found.changed
    assert (found.clauses, found.duties, found.agencies, found.sections, found.affected) == ((), (), (), (), ())


def test_a_value_that_is_written_out_at_its_default_changes_nothing():
    assert not amended(("title: Guide,", "title: Guide, force: ordered,")).changed


def test_duties_that_came_out_of_the_store_differ_from_fresh_ones_in_nothing():
    fresh = side()
    stored = {key: Duty.from_json(json.loads(json.dumps(one.to_json())), VIETNAM) for key, one in fresh.duties.items()}

    assert not diff(replace(fresh, duties=stored), fresh).changed


# --- deadlines


def test_a_report_s_later_date_reaches_the_duties_that_owe_it_and_those_who_owe_them():
    found = amended(("before: 2026-03-16", "before: 2026-03-18"))
    line = of(found, "hold").deadlines[0]

    assert [change.key for change in found.duties] == ["hold"]
    assert line.old is not None and line.new is not None
    assert (line.phase, line.old.last_day, line.new.last_day) == (
        "reporting", dt.date(2026, 3, 15), dt.date(2026, 3, 17),
    )  # fmt: skip
    assert line.later and not line.earlier
    assert found.deadline_changed("hold") and found.must_acknowledge("hold")
    assert not found.deadline_changed("print") and not found.must_acknowledge("print")
    assert found.affected == ("ash", "birch")


def test_an_earlier_date_is_said_to_be_earlier():
    line = of(amended(("before: 2026-03-16", "before: 2026-03-13")), "hold").deadlines[0]

    assert line.earlier and not line.later


def test_a_deadline_taken_away_leaves_all_the_time_there_is():
    found = amended(("due: {completed: {by: 2026-03-05}}}", "due: {completed: {none: true}}}"))
    line = of(found, "tell").deadlines[0]

    assert line.later and not line.earlier
    assert found.deadline_changed("tell")


def test_a_deadline_that_waits_changes_with_its_days_and_is_neither_later_nor_earlier():
    found = amended(("days: 10", "days: 12"))
    line = of(found, "answer").deadlines[0]

    assert (line.later, line.earlier, line.moves, line.binding) == (False, False, True, True)


def test_a_deadline_that_was_settled_by_its_event_is_compared_by_its_day():
    happened = {"decision": moment("2026-03-02 10:00")}
    found = diff(side(**happened), side(("days: 10", "days: 12"), **happened))

    assert of(found, "answer").deadlines[0].later


def test_other_words_for_the_same_date_ask_for_acknowledgement_and_move_no_reminder():
    stated = ("by: 2026-03-03}}", "by: 2026-03-03, stated: hold the week}}")
    found = amended(stated)

    assert found.must_acknowledge("print") and not found.deadline_changed("print")
    assert found.affected == ("ash",)


def test_another_way_of_writing_the_same_day_is_told_and_changes_nothing_for_anybody():
    found = amended(("due: {completed: {by: 2026-03-03}}", "due: {completed: {before: 2026-03-04}}"))

    assert [change.key for change in found.duties] == ["print"]
    assert not found.deadline_changed("print") and not found.must_acknowledge("print")


def test_a_working_day_more_moves_reminders_and_asks_nobody():
    found = amended(("calendar: {holidays: none}", "calendar: {holidays: none, add: [2026-03-13]}"))

    assert found.deadline_changed("hold") and not found.must_acknowledge("hold")
    assert found.affected == ()


def test_the_coordinator_s_own_date_is_told_and_affects_nobody():
    found = amended(("by: 2026-02-25, set_by: office", "by: 2026-02-26, set_by: office"))
    line = of(found, "hold").deadlines[0]

    assert line.expected and line.later
    assert not found.deadline_changed("hold") and not found.must_acknowledge("hold")
    assert found.affected == ()


# --- the terms of a duty


@pytest.mark.parametrize(
    ("edit", "key", "name", "old", "new", "affected"),
    [
        (("title: Print it", "title: Print them"), "print", "title", "Print it", "Print them", ("ash",)),
        (("words: open it}", "words: hold the week}"), "hold", "parts.open.words", "open it", "hold the week",
         ("ash", "birch")),
        (("{id: open, words: open it}, {id: close, words: close it}",
          "{id: close, words: close it}, {id: open, words: open it}"), "hold", "parts", ("open", "close"),
         ("close", "open"), ("ash", "birch")),
        (("title: Items, to: registry", "title: Items, to: office"), "news", "report.to", ("registry",), ("office",),
         ("press",)),
        (("reported_in: hold}", "force: requested}"), "print", "force", "ordered", "requested", ("ash",)),
        (("own_plan: {required: true}", "own_plan: {required: false}"), "hold", "own_plan", "required", "optional",
         ("ash", "birch")),
        (("role: advise, assigned_to", "role: advise, chases: press, assigned_to"), "answer", "chases", (), ("press",),
         ("ash",)),
    ],
)  # fmt: skip
def test_a_changed_term_asks_those_who_owe_it(edit, key, name, old, new, affected):
    found = amended(edit)

    assert fields(of(found, key))[name] == (old, new)
    assert found.must_acknowledge(key)
    assert found.affected == affected
    assert not found.deadline_changed(key)


@pytest.mark.parametrize(
    ("edit", "key", "name"),
    [
        (("assigned_to: ash, due", "assigned_to: [ash], also: [\"1\"], due"), "print", "also"),
        (("role: inspect, assigned_to: watch", "role: inspect, assigned_to: union"), "hold", "inspectors"),
        (("title: Print it,", "title: Print it, assumed: we read it so,"), "print", "assumed"),
    ],
)  # fmt: skip
def test_what_only_cites_or_explains_a_duty_is_told_and_asks_nobody_who_owes_it(edit, key, name):
    found = amended(edit)

    assert name in fields(of(found, key))
    assert not found.must_acknowledge(key)


def test_a_partner_that_is_called_otherwise_is_told_and_asks_nobody():
    found = amended(("union: {name: The Union", "union: {name: The Unions"))

    assert fields(of(found, "hold"))["with"] == (("The Union",), ("The Unions",))
    assert found.affected == ()


def test_another_partner_asks_those_who_are_to_work_with_it():
    found = amended(("with: [{agency: union, completes: with_lead}]", "with: [{agency: press, completes: with_lead}]"))

    assert found.must_acknowledge("hold")
    assert (of(found, "hold+").agencies_added, of(found, "hold+").agencies_removed) == (("press",), ("union",))
    assert found.affected == ("union", "press", "ash", "birch")


def test_another_period_asks_those_who_hold_the_campaign_and_not_those_with_a_task():
    found = amended(("period: {from: 2026-03-02", "period: {from: 2026-03-03"))

    assert fields(of(found, "hold"))["period"] == (("2026-03-02", "2026-03-06"), ("2026-03-03", "2026-03-06"))
    assert found.must_acknowledge("hold") and not found.must_acknowledge("tell")


def test_what_only_the_text_of_a_responsibility_says_is_told_all_the_same():
    """A group written out changes nothing that is owed; the text is another, so the diff says it."""
    found = amended(("assigned_to: others", "assigned_to: [union, press]"))

    assert fields(of(found, "tell"))["assigned_to"] == (("others",), ("union", "press"))
    assert found.affected == ()


def test_what_became_of_a_duty_is_no_change_of_the_plan():
    told = side()
    counted = {key: replace(one, due_version=3, amended=1) for key, one in told.duties.items()}

    assert not diff(replace(told, duties=counted), told).changed


# --- who owes it


def test_an_agency_that_comes_into_a_group_gains_its_duties_and_those_who_are_there_go_on():
    found = amended(("until: 2026-02-15", "until: 2026-02-28"))

    assert of(found, "hold").agencies_added == ("cedar",)
    assert of(found, "hold").agencies_kept == 2
    assert not found.must_acknowledge("hold")
    assert found.affected == ("cedar",)


def test_an_agency_that_leaves_loses_its_duties():
    found = amended(("birch: {name: Birch, kind: district", "birch: {name: Birch, kind: other"))

    assert of(found, "hold").agencies_removed == ("birch",)
    assert found.affected == ("birch",)


def test_a_duty_taken_out_and_a_new_one_name_those_concerned_and_their_dates():
    found = amended(("  tell: {clause", "  told: {clause"))

    assert (of(found, "told").kind, of(found, "tell").kind) == ("added", "removed")
    assert of(found, "told").agencies_added == of(found, "tell").agencies_removed == ("union", "press")
    assert of(found, "told").deadlines[0].old is None and of(found, "tell").deadlines[0].new is None
    assert not found.deadline_changed("told") and not found.must_acknowledge("told")


def test_a_dropped_duty_counts_as_gone():
    """An amendment before this one took it out; taken up again, it is new."""
    now = side()
    before = replace(
        now,
        duties={**now.duties, "tell": replace(now.duties["tell"], dropped=2)},
        owed={key: pair for key, pair in now.owed.items() if pair[0] != "tell"},
    )

    assert of(diff(before, now), "tell").kind == "added"


def test_those_who_share_one_assignment_are_affected_like_the_one_it_is_named_after():
    alone = side()
    shared = replace(alone, duties={**alone.duties, "print": replace(alone.duties["print"], joint=("birch",))})
    found = diff(alone, shared)

    assert of(found, "print").agencies_added == ("birch",)
    assert found.affected == ("ash", "birch")


def quarterly(day: dt.date, *quarters: str) -> Side:
    """The workshop with the printing owed for quarters, each by that day."""
    told = side()
    once = told.duties["print"]
    line = replace(once.deadlines["completed"], last_day=day)
    made = {
        key: replace(once, period=key.partition("@")[2], deadlines={"completed": line})
        for key in (f"print@{quarter}" for quarter in quarters)
    }
    others = {key: duty for key, duty in told.duties.items() if key != "print"}
    owed = {key: pair for key, pair in told.owed.items() if pair[0] != "print"}
    mine = {f"print/ash/{duty.period}": (key, "ash") for key, duty in made.items()}
    return replace(told, duties={**others, **made}, owed={**owed, **mine})


def test_the_periods_of_a_recurring_duty_are_compared_one_by_one():
    day = dt.date(2026, 3, 3)
    found = diff(quarterly(day, "2026-Q1", "2026-Q2"), quarterly(day, "2026-Q2", "2026-Q3"))

    assert [(change.key, change.period, change.kind) for change in found.duties] == [
        ("print@2026-Q3", "2026-Q3", "added"), ("print@2026-Q1", "2026-Q1", "removed"),
    ]  # fmt: skip
    assert found.affected == ("ash",)


def test_where_a_series_ends_is_told_and_asks_nobody_for_the_periods_that_are_there():
    every = "every: {period: quarter, ending: 2026-Q4}, due: {completed: {before: {day: 20}}},"
    once = "due: {completed: {by: 2026-03-03}},"
    longer = ("period: {from: 2026-03-02, to: 2026-03-06}", "period: {from: 2026-03-02, to: 2027-12-31}")
    found = diff(side((once, every), longer), side((once, every.replace("2026-Q4", "2027-Q2")), longer))

    assert fields(of(found, "print@2026-Q1"))["every.ending"] == ("2026-Q4", "2027-Q2")
    assert found.affected == ()


def test_a_recurring_duty_between_two_periods_is_told_by_its_text():
    edit = ("title: Print it,", "title: Print it, chases: press,")
    without = replace(side(), duties={}, owed={})
    found = diff(without, replace(side(edit), duties={}, owed={}))

    assert fields(of(found, "print")) == {"chases": ((), ("press",))}


# --- clauses


def test_a_clause_in_other_words_is_told_word_by_word():
    change = amended(("open it and close it", "open it soon and close it")).clauses[0]

    assert (change.id, change.kind) == ("1", "changed")
    assert change.words == (
        ("=", "the districts hold the week, open it"), ("+", "soon"),
        ("=", "and close it; the decision is issued; the others"),
    )  # fmt: skip


def test_clauses_are_added_and_removed():
    found = clauses("2 old words", "3 other words")

    assert [(one.kind, one.id, one.old, one.new) for one in found] == [
        ("added", "3", None, "other words"), ("removed", "2", "old words", None),
    ]  # fmt: skip


def test_a_clause_put_in_between_makes_the_following_ones_move_and_not_change():
    found = clauses("2 first; 3 second", "2 new; 3 first; 4 second")

    assert [(one.kind, one.id, one.was, one.after) for one in found] == [
        ("added", "2", None, None), ("moved", "3", "2", "2"), ("moved", "4", "3", "3"),
    ]  # fmt: skip


def test_only_the_clause_that_was_put_elsewhere_is_said_to_have_moved():
    found = clauses("2 a; 3 b; 4 c; 5 d", "5 d; 2 a; 3 b; 4 c")

    assert [(one.kind, one.id, one.was, one.after) for one in found] == [("moved", "5", "5", "1")]


def test_a_clause_under_another_mark_is_changed_in_its_label_only():
    label = ('{id: "1", kind: duty, text', '{id: "1", kind: duty, label: "a)", text')
    change = amended(label).clauses[0]

    assert change.fields == (FieldChange(name="label", old=None, new="a)"),)
    assert change.old == change.new


def test_a_new_number_of_the_clause_asks_nobody_for_anything():
    found = amended(('clause: "1"', 'clause: "9"'), ('{id: "1"', '{id: "9"'))

    assert [(one.kind, one.was, one.id) for one in found.clauses] == [("moved", "1", "9")]
    assert fields(of(found, "hold"))["clause"] == ("1", "9")
    assert found.affected == ()


def test_examples_of_the_docstrings_hold():
    assert doctest.testmod(differences).failed == 0


@pytest.mark.parametrize(
    ("old", "new"), [("", ""), ("", "a b"), ("a b", ""), ("a a a", "a a"), ("a b c", "c b a"), ("x a y", "x b b y")]
)
def test_the_words_of_a_change_give_both_texts_back(old, new):
    told = word_changes(old, new)

    assert " ".join(text for op, text in told if op in "=-") == old
    assert " ".join(text for op, text in told if op in "=+") == new


def test_a_text_that_is_too_long_to_be_matched_is_told_as_replaced():
    """A5: what a plan's text costs stays in proportion to it."""
    old = " ".join(["same", *(f"a{n} of" for n in range(MOST_WORDS)), "end"])
    new = " ".join(["same", *(f"b{n} of" for n in range(MOST_WORDS)), "end"])

    assert [op for op, _ in word_changes(old, new)] == ["=", "-", "+", "="]


# --- agencies and the other sections


def test_agencies_are_added_removed_changed_and_ended():
    found = amended(
        ("  elm: {name: Elm, kind: district, under: upland, from: 2026-02-17}", "  oak: {name: Oak}"),
        ("birch: {name: Birch, kind: district, under: upland}",
         "birch: {name: Birch, kind: district, under: upland, until: 2026-06-30, succeeded_by: ash}"),
        ("union: {name: The Union", "union: {name: The Unions"),
    )  # fmt: skip
    told = {one.id: (one.kind, {field.name: field.new for field in one.fields}) for one in found.agencies}

    assert told == {
        "oak": ("added", {}),
        "elm": ("removed", {}),
        "birch": ("ended", {"until": "2026-06-30", "succeeded_by": "ash"}),
        "union": ("changed", {"name": "The Unions"}),
    }


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("title: One of everything", "title: One"), ("plan", "", "changed", ("title",))),
        (("region_kind: region\n", "region_kind: region\nsettings: {due_soon: 5}\n"),
         ("settings", "", "changed", ("due_soon",))),
        (("reports:\n", "reports:\n  more: {clause: \"1\", title: More, to: registry}\n"),
         ("reports", "more", "added", ())),
        (("clauses:\n", "forms: {blank: {}}\nclauses:\n"), ("forms", "blank", "added", ())),
        (("clauses:\n", "quiet: {from: '20:00', to: '07:00'}\nclauses:\n"), ("quiet", "", "added", ())),
        (("clauses:\n", "reminders: [{id: soon, when: [-3, 0], to: clerk}]\nclauses:\n"),
         ("reminders", "soon", "added", ())),
        (("clauses:\n", "distribution: [{words: The others;}]\nclauses:\n"),
         ("distribution", "The others;", "added", ())),
        (("clauses:\n", "legal_basis: [{id: law, relation: guides, kind: Law, number: '1'}]\nclauses:\n"),
         ("legal_basis", "law", "added", ())),
        (("calendar: {holidays: none}", "calendar: {holidays: none, add: [2026-03-04]}"),
         ("calendar", "", "changed", ("add",))),
        (("listed_by_plan: false", "listed_by_plan: true"), ("groups", "others", "changed", ("listed_by_plan",))),
    ],
)  # fmt: skip
def test_what_changes_in_another_section_is_told_and_asks_nobody(edit, expected):
    found = amended(edit)

    told = [(one.section, one.id, one.kind, tuple(field.name for field in one.fields)) for one in found.sections]
    assert told == [expected]
    assert found.affected == ()


def test_a_list_whose_entries_stand_in_another_order_is_said_to_have_moved():
    entries = "reminders: [{id: one, when: overdue, to: clerk}, {id: two, when: overdue, to: head}]\nclauses:\n"
    turned = "reminders: [{id: two, when: overdue, to: head}, {id: one, when: overdue, to: clerk}]\nclauses:\n"
    found = diff(side(("clauses:\n", entries)), side(("clauses:\n", turned)))

    assert [(one.section, one.kind) for one in found.sections] == [("reminders", "moved")]


# --- extensions


def extended(edit: tuple[str, str], **days: str) -> dict[str, tuple[str | None, str | None]]:
    """By agency of `hold`: the plan's new day and the one that stands."""
    granted = {f"hold/{agency}": {"reporting": dt.date.fromisoformat(day)} for agency, day in days.items()}
    change = of(against_extensions(amended(edit), granted), "hold")
    told = ((one.key, one.planned, one.stands) for one in change.extended)
    return {key: (str(planned) if planned else None, str(stands) if stands else None) for key, planned, stands in told}


def test_of_an_extension_and_an_amendment_the_later_date_stands():
    """Settled rule: extension against amendment, the later date stands and the diff says so."""
    told = extended(("before: 2026-03-16", "before: 2026-03-18"), ash="2026-03-20", birch="2026-03-16")

    assert told == {"hold/ash": ("2026-03-17", "2026-03-20"), "hold/birch": ("2026-03-17", "2026-03-17")}


def test_a_deadline_taken_away_ends_the_extension_too():
    assert extended(("due: {before: 2026-03-16}, ", ""), ash="2026-03-20") == {"hold/ash": (None, None)}


def test_an_extension_of_what_the_amendment_leaves_alone_is_not_told():
    found = amended(("title: Print it", "title: Print them"))
    granted = {"hold/ash": {"reporting": dt.date(2026, 3, 20)}, "print/ash": {"completed": dt.date(2026, 3, 20)}}

    assert against_extensions(found, granted) == found


# --- by agency


def test_an_agency_is_told_what_it_gains_what_it_loses_and_what_changes():
    found = amended(("assigned_to: others", "assigned_to: [press, ash]"), ("before: 2026-03-16", "before: 2026-03-18"))
    told = {
        agency: [(line.kind, line.change.key) for line in lines]
        for agency, lines in found.by_agency(["ash", "union", "press", "office"]).items()
    }

    assert told == {
        "ash": [("changes", "hold"), ("gains", "tell")],
        "union": [("loses", "tell")],
        "press": [],
        "office": [],
    }


# --- as people read it


def lines(found: PlanDiff, width: int = 100, lang: str = "en") -> list[str]:
    with speaking(lang):
        return diff_lines(Style(), width, found)


def test_it_reads_clause_by_clause_then_agency_by_agency_then_what_else():
    found = amended(
        ("before: 2026-03-16", "before: 2026-03-18"),
        ("open it and close it", "open it soon and close it"),
        ("title: One of everything", "title: One"),
    )
    granted = {"hold/ash": {"reporting": dt.date(2026, 3, 20)}}

    assert lines(against_extensions(found, granted)) == [
        "By clause",
        "  Clause 1",
        "    was: … districts hold the week, open it and close it; the decision is …",
        "    now: … districts hold the week, open it [soon] and close it; the decision is …",
        "    Hold the week (hold)",
        "      Reporting: Sun 15 Mar 2026 → Tue 17 Mar 2026 (later)",
        "      2 agencies go on",
        "      hold/ash was extended to 20 Mar 2026, the plan now says 17 Mar 2026: 20 Mar 2026 stands",
        "",
        "By agency",
        "  Ash; Birch",
        "    Hold the week: Reporting: Sun 15 Mar 2026 → Tue 17 Mar 2026 (later)",
        "",
        "What else changes",
        "  The plan's head: changed",
        "    Title: One of everything → One",
        "  Report results “Results”: changed",
        "",
        "2 agencies gain or lose a duty, or owe something else: they are asked to acknowledge that.",
    ]  # fmt: skip


def test_nothing_reads_as_nothing():
    assert lines(amended()) == ["Nothing of the plan changes."]


def test_the_periods_of_one_duty_are_one_entry_that_lists_them():
    before, after = (quarterly(dt.date(2026, 3, day), "2026-Q1", "2026-Q2") for day in (3, 4))
    text = lines(diff(before, after))

    assert [line.strip() for line in text].count("Print it (print)") == 1
    assert "      Periods: 2026-Q1; 2026-Q2" in text
    assert "      2026-Q2, Completed: Tue 3 Mar 2026 → Wed 4 Mar 2026" in text


def test_agencies_to_whom_it_is_the_same_are_named_together_and_many_are_counted():
    more = "".join(f"  d{n:02}: {{name: District {n}, kind: district, under: upland}}\n" for n in range(40))
    text = lines(amended(("groups:\n", more + "groups:\n")), width=200)
    named = "; ".join(f"District {n}" for n in range(AGENCIES_SHOWN))

    assert f"      now owed by: {named} …and 28 more" in text
    assert text[text.index("By agency") + 1 :][:2] == [f"  {named} …and 28 more", "    now owes: Hold the week"]


def test_only_some_entries_are_shown_and_the_agencies_of_the_others_counted():
    """Each of twenty agencies is given a duty of its own."""
    units = "".join(f"  u{n:02}: {{name: Unit {n}}}\n" for n in range(20))
    duties = "".join(
        f'  d{n:02}: {{clause: "1", title: Duty {n}, role: inform, assigned_to: u{n:02}}}\n' for n in range(20)
    )
    text = lines(amended(("groups:\n", units + "groups:\n"), ("clauses:\n", duties + "clauses:\n")))

    assert sum(bool(re.match(r"  Unit \d+ \(", line)) for line in text) == AGENCIES_SHOWN
    assert text.count("  …and 8 more") == 2, "of the affected agencies, and of those that are new"


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("width", [30, 80])
def test_every_line_fits_the_terminal(width, lang):
    found = diff(
        side(),
        side(
            ("before: 2026-03-16", "before: 2026-03-18"), ("  tell: {clause", "  told: {clause"),
            ("words: open it}", "words: hold the week}"), ("until: 2026-02-15", "until: 2026-02-28"),
        ),
    )  # fmt: skip

    assert max(map(columns_of, lines(found, width, lang))) <= width


def test_colours_repeat_what_the_words_say():
    found = amended(("before: 2026-03-16", "before: 2026-03-18"), ("  tell: {clause", "  told: {clause"))
    with speaking("en"):
        painted, plain = diff_lines(Style(color=True), 80, found), diff_lines(Style(), 80, found)

    assert [re.sub("\x1b\\[[0-9;]*m", "", line) for line in painted] == plain
    assert painted != plain


def test_control_characters_of_a_plan_do_not_reach_the_terminal():
    found = replace(amended(("title: Print it", "title: Print them")), clauses=(), sections=())
    change = replace(found.duties[0], title="a\x1b[31mb")

    assert not any("\x1b" in line for line in lines(replace(found, duties=(change,))))


# --- as JSON


def test_the_document_has_everything_as_plain_json():
    found = amended(("before: 2026-03-16", "before: 2026-03-18"), ("words: open it}", "words: hold the week}"))
    document = json.loads(json.dumps(diff_document(found), allow_nan=False))

    assert list(document) == ["clauses", "duties", "agencies", "sections", "affected"]
    assert document["affected"] == ["ash", "birch"]
    assert document["duties"][0] == {
        "duty": "hold", "responsibility": "hold", "period": None, "partner": False, "title": "Hold the week",
        "clause": "1", "kind": "changed",
        "fields": [{"name": "parts.open.words", "old": "open it", "new": "hold the week"}],
        "deadlines": [{
            "phase": "reporting", "expected": False, "later": True, "earlier": False,
            "old": {"stated": None, "clause": "1", "last_day": "2026-03-15", "last_working_day": "2026-03-13",
                    "last_moment": "2026-03-16T00:00:00+07:00", "missed": "overdue", "set_by": None, "waits_for": None},
            "new": {"stated": None, "clause": "1", "last_day": "2026-03-17", "last_working_day": "2026-03-17",
                    "last_moment": "2026-03-18T00:00:00+07:00", "missed": "overdue", "set_by": None, "waits_for": None},
        }],
        "agencies_added": [], "agencies_removed": [], "agencies_kept": 2, "must_acknowledge": True, "extended": [],
    }  # fmt: skip


def test_a_deadline_of_one_side_only_counts_as_changed():
    line = side().duties["print"].deadlines["completed"]

    assert DeadlineChange(phase="completed", old=None, new=line).binding
    assert DeadlineChange(phase="completed", old=None, new=line).earlier
