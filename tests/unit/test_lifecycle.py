"""The table of a lifecycle, its guards, and what is refused in its text."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from campaignflow.domain import guards as guard_module
from campaignflow.domain.findings import Severity, rule
from campaignflow.domain.guards import GUARDS, GuardContext, GuardUnknown, guard_refusal, refusal
from campaignflow.domain.lifecycle import (
    MOMENTS,
    PEOPLE,
    State,
    Step,
    Table,
    clock_path,
    moment_of,
    next_clock,
)
from campaignflow.domain.lifecycle_compile import BrokenLifecycle, check, compile_lifecycle
from campaignflow.domain.lifecycle_diagram import to_mermaid
from campaignflow.domain.lifecycle_text import RULES, LifecycleText
from campaignflow.lifecycles import SHIPPED, shipped_text

HANOI = timezone(timedelta(hours=7))


def text_of(written: str) -> LifecycleText:
    return LifecycleText.model_validate(yaml.load(written, Loader=yaml.BaseLoader))


def shipped(name: str) -> Table:
    return compile_lifecycle(name, text_of(shipped_text(name)))


def at(day: int, hour: int = 0) -> datetime:
    """A moment of October 2020 in Hà Nội."""
    return datetime(2020, 10, day, hour, tzinfo=HANOI)


@dataclass(frozen=True)
class Window:
    """A deadline, as far as moments are concerned."""

    opens: datetime | None = None
    last_moment: datetime | None = None


ORGANIZE = shipped("organize")
SMALL = """
initial: open
states: {open: {phase: running}, waiting: {phase: reporting}, completed: {phase: completed, final: true}}
transitions:
  - {trigger: send, from: open, to: waiting, by: assignee}
  - {trigger: accept, from: waiting, to: completed, by: receiver}
"""


def moments(deadlines: dict[str, Window] | None = None, period: bool = True) -> Any:
    """The moments of the 2020 campaign: 1 to 7 October."""

    def lookup(name: str) -> datetime | None:
        return moment_of(
            name,
            deadlines or {},
            period_begins=at(1) if period else None,
            period_first_day_ends=at(2) if period else None,
            period_ends=at(8) if period else None,
        )

    return lookup


# The design's table of `organize`, row by row: state, trigger, state, parties, presumed phases.

UNFINISHED = ("drafting", "opening", "running", "summarizing", "reporting", "submitted", "returned")
SUBMITTERS = {"assignee", "receiver"}
DESIGN = [
    ("drafting", "register", "opening", {"assignee"}, ()),
    ("drafting", "opening_begins", "opening", {"clock"}, ("drafting",)),
    ("opening", "open", "running", {"assignee"}, ()),
    ("opening", "opening_ends", "running", {"clock"}, ("opening",)),
    ("opening", "return_plan", "drafting", {"inspector"}, ()),
    ("running", "finish", "summarizing", {"assignee"}, ()),
    ("running", "period_ends", "summarizing", {"clock"}, ()),
    ("summarizing", "summarize", "reporting", {"assignee"}, ()),
    ("reporting", "submit", "submitted", SUBMITTERS, ()),
    ("submitted", "accept", "completed", {"receiver", "dispatch"}, ()),
    ("submitted", "return", "returned", {"receiver"}, ()),
    ("returned", "submit", "submitted", SUBMITTERS, ()),
    ("drafting", "submit", "submitted", SUBMITTERS, ("drafting", "opening", "running", "summarizing")),
    ("opening", "submit", "submitted", SUBMITTERS, ("opening", "running", "summarizing")),
    ("running", "submit", "submitted", SUBMITTERS, ("running", "summarizing")),
    ("summarizing", "submit", "submitted", SUBMITTERS, ("summarizing",)),
    *((state, "exempt", "exempted", {"coordinator"}, ()) for state in UNFINISHED),
    *((state, "cancel", "cancelled", {"system"}, ()) for state in UNFINISHED),
    *((state, "register", state, {"assignee"}, ()) for state in ("opening", "running", "summarizing", "reporting")),
    *((state, "open", state, {"assignee"}, ()) for state in ("running", "summarizing", "reporting")),
    *((state, "complete", "completed", {"assignee"}, ()) for state in ("running", "summarizing", "reporting")),
]


@pytest.mark.parametrize(("state", "trigger", "target", "parties", "presumed"), DESIGN)
def test_organize_has_each_row_of_the_designs_table(state, trigger, target, parties, presumed):
    step = ORGANIZE.step(state, trigger)
    assert step is not None
    assert (step.target, step.parties, step.presumes) == (target, parties, presumed)


def test_organize_has_no_row_beyond_the_designs_table():
    assert {(step.source, step.trigger) for step in ORGANIZE.steps} == {(row[0], row[1]) for row in DESIGN}


@pytest.mark.parametrize("state", ["completed", "exempted", "cancelled"])
def test_what_is_over_is_left_by_no_step(state):
    assert ORGANIZE.states[state].final
    assert ORGANIZE.steps_from(state) == ()


def test_a_submission_is_not_submitted_again():
    assert ORGANIZE.step("submitted", "submit") is None


@pytest.mark.parametrize("trigger", ["return_plan", "return", "exempt"])
def test_what_is_taken_from_an_agency_or_sent_back_to_it_needs_a_reason(trigger):
    steps = [step for step in ORGANIZE.steps if step.trigger == trigger]
    assert [step.needs for step in steps] == [("reason",)] * len(steps)


def test_a_plan_registered_late_moves_no_phase_and_ends_the_presumption():
    step = ORGANIZE.step("running", "register")
    assert step is not None
    assert (step.stays, step.confirms, step.carries) == (True, ("drafting",), "own_plan")


def test_a_presumed_opening_can_be_confirmed_afterwards():
    step = ORGANIZE.step("reporting", "open")
    assert step is not None
    assert (step.stays, step.confirms) == (True, ("opening",))


def test_phases_come_in_the_order_of_a_campaign():
    assert ORGANIZE.phases == ("drafting", "opening", "running", "summarizing", "reporting", "completed")
    assert shipped("task").phases == ("running", "reporting", "completed")


def test_nobody_is_offered_a_step_of_the_machinery():
    offered = {step.trigger for step in shipped("task").offered("open")}
    assert offered == {"done", "submit", "exempt"}
    assert shipped("task").offered("open", ("system", "clock")) == ()
    assert {step.trigger for step in ORGANIZE.offered("submitted", ["receiver"])} == {"accept", "return"}


def test_an_unknown_state_or_trigger_has_no_step():
    assert ORGANIZE.step("drafting", "accept") is None
    assert ORGANIZE.step("nowhere", "accept") is None
    assert ORGANIZE.steps_from("nowhere") == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_table_survives_json_to_the_byte(name):
    table = shipped(name)
    again = Table.from_json(table.to_json())
    assert again == table
    assert again.to_json() == table.to_json()
    assert hash(again) == hash(table)


def test_a_step_is_taken_without_transitions_or_pydantic():
    """Reading a stored table and stepping through it imports neither of the frameworks."""
    program = (
        "import sys\n"
        "from campaignflow.domain.lifecycle import Table\n"
        "from campaignflow.domain import guards\n"
        "table = Table.from_json(sys.stdin.read())\n"
        "state = 'drafting'\n"
        "for trigger in ('register', 'open', 'finish', 'summarize', 'submit', 'accept'):\n"
        "    state = table.step(state, trigger).target\n"
        "print(state, sorted({'transitions', 'pydantic', 'yaml'} & set(sys.modules)))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], input=ORGANIZE.to_json(), capture_output=True, encoding="utf-8", check=True
    )
    assert ran.stdout == "completed []\n"


# Moments and the clock


def test_a_phase_begins_when_its_deadline_opens_and_ends_with_its_last_moment():
    lookup = moments({"opening": Window(opens=at(3), last_moment=at(4))})
    assert (lookup("opening.begins"), lookup("opening.ends")) == (at(3), at(4))


def test_a_phase_without_a_deadline_has_no_moments():
    assert moments()("reporting.ends") is None


@pytest.mark.parametrize("name", ["noon", "running", "opening.middle", "os.system"])
def test_a_moment_that_does_not_exist_is_refused(name):
    with pytest.raises(ValueError, match=name):
        moments()(name)


def test_every_moment_can_be_looked_up():
    everything = {name: moments({"opening": Window(at(1), at(2))})(name) for name in MOMENTS}
    assert [name for name, instant in everything.items() if instant] == [
        "period.begins",
        "period.first_day_ends",
        "period.ends",
        "opening.begins",
        "opening.ends",
    ]


def test_the_clock_waits_for_the_openings_day_where_the_plan_has_one():
    found = next_clock(ORGANIZE, "drafting", moments({"opening": Window(opens=at(3), last_moment=at(4))}))
    assert found is not None
    assert (found[0], found[1].trigger) == (at(3), "opening_begins")


def test_the_clock_waits_for_the_period_where_the_opening_has_no_day():
    found = next_clock(ORGANIZE, "opening", moments())
    assert found is not None
    assert (found[0], found[1].trigger) == (at(2), "opening_ends")


def test_the_clock_never_moves_a_plan_without_dates():
    assert next_clock(ORGANIZE, "drafting", moments(period=False)) is None


def test_the_clock_leaves_a_report_alone():
    assert next_clock(ORGANIZE, "reporting", moments()) is None


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (at(1) - timedelta(microseconds=1), "drafting"),
        (at(1), "opening"),
        (at(2) - timedelta(microseconds=1), "opening"),
        (at(2), "running"),
        (at(8), "summarizing"),
        (at(30), "summarizing"),
    ],
)
def test_the_clock_alone_takes_an_assignment_through_the_campaign(now, state):
    path = clock_path(ORGANIZE, "drafting", moments(), now)
    assert (path[-1][1].target if path else "drafting") == state


def test_a_clock_step_never_happens_before_the_one_it_follows():
    """An opening that ends before the period begins is passed at the period's beginning."""
    lookup = moments({"opening": Window(last_moment=datetime(2020, 9, 20, tzinfo=HANOI))})
    path = clock_path(ORGANIZE, "drafting", lookup, at(5))
    assert [(instant, step.trigger) for instant, step in path] == [(at(1), "opening_begins"), (at(1), "opening_ends")]


def test_a_step_of_the_clock_that_was_undone_does_not_fire_again():
    assert next_clock(ORGANIZE, "drafting", moments(), blocked={"opening_begins"}) is None
    path = clock_path(ORGANIZE, "drafting", moments(), at(9), blocked={"period_ends"})
    assert [step.trigger for _, step in path] == ["opening_begins", "opening_ends"]


def test_of_two_steps_the_clock_takes_the_earlier():
    table = compile_lifecycle(
        "two",
        text_of("""
initial: open
states: {open: {phase: running}, late: {phase: reporting}, completed: {phase: completed, final: true}}
transitions:
  - {trigger: close, from: open, to: completed, by: clock, when: period.ends}
  - {trigger: hurry, from: open, to: late, by: clock, when: [running.ends, period.begins]}
  - {trigger: accept, from: late, to: completed, by: receiver}
"""),
    )
    found = next_clock(table, "open", moments())
    assert found is not None
    assert found[1].trigger == "hurry"


# Guards


@pytest.mark.parametrize(
    ("name", "facts", "allowed"),
    [
        ("before_opening", {"opening_begins": at(1)}, False),
        ("before_opening", {"opening_begins": at(1) + timedelta(microseconds=1)}, True),
        ("before_opening", {"opening_begins": None}, True),
        ("owes_report", {"owes_report": True}, True),
        ("owes_report", {"owes_report": False}, False),
        ("owes_no_report", {"owes_report": True}, False),
        ("owes_no_report", {"owes_report": False}, True),
        ("owes_no_required_report", {"owes_report": True, "report_required": True}, False),
        ("owes_no_required_report", {"owes_report": True, "report_required": False}, True),
        ("owes_no_required_report", {"owes_report": False, "report_required": True}, True),
    ],
)
def test_a_guard_decides_by_the_facts_it_names(name, facts, allowed):
    assert GUARDS[name].allows(GuardContext(now=at(1), **facts)) is allowed


def test_each_guard_has_a_test_and_says_why_and_what_to_do():
    for name, guard in GUARDS.items():
        assert guard.name == name
        assert guard.doc
        assert guard.refusal(trigger="submit").text()
        assert guard.refusal.cure


def test_a_plan_cannot_be_returned_once_the_opening_has_begun():
    step = ORGANIZE.step("opening", "return_plan")
    assert step is not None
    context = GuardContext(now=at(1), opening_begins=at(1), has_reason=True)
    refused = refusal(step, context)
    assert refused is not None
    assert refused.code == "opening-has-begun"
    assert refused.text() == "The opening has begun: return_plan is possible only before it."


def test_a_step_without_the_reason_it_needs_is_refused_and_still_offered():
    step = ORGANIZE.step("submitted", "return")
    assert step is not None
    refused = refusal(step, GuardContext(now=at(1)))
    assert refused is not None
    assert refused.code == "reason-needed"
    assert guard_refusal(step, GuardContext(now=at(1))) is None
    assert refusal(step, GuardContext(now=at(1), has_reason=True)) is None


def test_a_step_without_the_document_it_needs_is_refused():
    step = Step(trigger="file", source="a", target="b", parties=frozenset({"assignee"}), needs=("document",))
    refused = refusal(step, GuardContext(now=at(1)))
    assert refused is not None
    assert refused.code == "document-needed"
    assert refusal(step, GuardContext(now=at(1), has_document=True)) is None


def test_a_lead_duty_ends_by_its_report_or_else_by_hand():
    owing, free = GuardContext(now=at(9), owes_report=True), GuardContext(now=at(9))
    complete, submit = ORGANIZE.step("reporting", "complete"), ORGANIZE.step("reporting", "submit")
    assert complete is not None
    assert submit is not None
    assert [refusal(complete, owing) is None, refusal(submit, owing) is None] == [False, True]
    assert [refusal(complete, free) is None, refusal(submit, free) is None] == [True, False]


def test_a_stored_guard_of_another_release_keeps_its_step_from_being_taken():
    step = Step(trigger="go", source="a", target="b", parties=frozenset(PEOPLE), guards=("from_the_future",))
    with pytest.raises(GuardUnknown, match="from_the_future"):
        refusal(step, GuardContext(now=at(1)))


@pytest.mark.parametrize("name", ["os.system", "builtins.exec", "campaignflow.domain.guards.refusal", "refusal"])
def test_a_guard_that_is_not_registered_is_refused_and_never_run(name, monkeypatch):
    """A dotted name, which `transitions` would import and call, is just a name nobody knows."""
    ran: list[object] = []
    monkeypatch.setattr("os.system", ran.append)
    monkeypatch.setattr(guard_module, "refusal", ran.append)
    text = text_of(SMALL.replace("by: receiver", f"by: receiver, guard: {name}"))
    findings = check(text)
    assert [(found.code, found.path) for found in findings] == [("unknown-guard", ("transitions", 1, "guard", 0))]
    with pytest.raises(BrokenLifecycle, match="unknown-guard"):
        compile_lifecycle("attack", text)
    assert ran == []


def test_guards_reach_transitions_as_functions_and_never_as_names():
    """A string among the conditions of a machine would be imported when a step is taken."""
    from campaignflow.domain.lifecycle_compile import _complete, _machine

    machine = _machine(_complete(text_of(shipped_text("organize"))), GUARDS)
    conditions = [
        condition.func
        for event in machine.events.values()
        for rows in event.transitions.values()
        for row in rows
        for condition in row.conditions
    ]
    assert conditions
    assert all(callable(condition) for condition in conditions)


# What is refused in the text


def small(old: str = "", new: str = "", more: str = "") -> LifecycleText:
    assert old in SMALL
    return text_of(SMALL.replace(old, new) + more)


ROW = "  - {{trigger: {}, from: {}, to: {}, by: {}}}\n".format
LOOP = """
initial: open
states: {open: {phase: running}, pause: {phase: running}, completed: {phase: completed, final: true}}
transitions:
  - {trigger: rest, from: open, to: pause, by: clock, when: period.begins}
  - {trigger: go_on, from: pause, to: open, by: clock, when: period.ends}
  - {trigger: stop, from: open, to: completed, by: assignee}
"""
BROKEN = [
    ("initial-state-missing", ("initial",), small("initial: open", "initial: opened")),
    ("unknown-state", ("transitions", 0, "to"), small("to: waiting", "to: waitin")),
    ("unknown-state", ("transitions", 0, "from", 1), small("from: open", "from: [open, ope]")),
    ("unknown-lifecycle-phase", ("states", "open", "phase"), small("phase: running", "phase: runing")),
    ("unknown-lifecycle-phase", ("transitions", 2, "presumes", 0),
     small(more="  - {trigger: skip, from: open, to: waiting, by: assignee, presumes: all}\n")),
    ("unknown-lifecycle-phase", ("transitions", 2, "confirms", 0),
     small(more="  - {trigger: skip, from: open, to: waiting, by: assignee, confirms: skipped}\n")),
    ("unknown-party", ("transitions", 1, "by", 0), small("by: receiver", "by: reciever")),
    ("unknown-guard", ("transitions", 1, "guard", 0), small("by: receiver", "by: receiver, guard: owes")),
    ("unknown-phase-moment", ("transitions", 1, "when", 0), small("by: receiver", "by: clock, when: noon")),
    ("clock-without-moment", ("transitions", 1), small("by: receiver", "by: [receiver, clock]")),
    ("moment-without-clock", ("transitions", 1, "when"), small("by: receiver", "by: receiver, when: period.ends")),
    ("duplicate-transition", ("transitions", 2), small(more=ROW("send", "open", "completed", "assignee"))),
    ("duplicate-transition", ("transitions", 0), small("from: open", "from: [open, open]")),
    ("no-final-state", ("states",), small("{phase: completed, final: true}", "{phase: reporting}")),
    ("final-state-phase", ("states", "waiting"), small("phase: reporting", "phase: reporting, final: true")),
    ("final-state-left", ("transitions", 2, "from"),
     small(more="  - {trigger: reopen, from: completed, to: open, by: coordinator, needs: reason}\n")),
    ("reserved-state", ("states", "exempted"), small("states: {", "states: {exempted: {phase: running}, ")),
    ("unreachable-state", ("states", "idle"),
     small("states: {", "states: {idle: {phase: running}, ", ROW("wake", "idle", "open", "assignee"))),
    ("state-without-exit", ("states", "stuck"),
     small("states: {", "states: {stuck: {phase: running}, ", ROW("stick", "open", "stuck", "assignee"))),
    ("clock-loop", ("states", "open"), text_of(LOOP)),
    ("phase-goes-back", ("transitions", 2, "to"), small(more=ROW("back", "waiting", "open", "receiver"))),
    ("label-of-nothing", ("labels", "states", "opne"), small(more="labels: {states: {opne: {vi: Mở}}}")),
    ("label-of-nothing", ("labels", "triggers", "sned"), small(more="labels: {triggers: {sned: {vi: Gửi}}}")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path", "text"), BROKEN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_fault_of_a_lifecycle_is_found_where_it_stands(code, path, text):
    assert (code, path) in [(found.code, found.path) for found in check(text)]


@pytest.mark.parametrize(("code", "path", "text"), BROKEN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_lifecycle_with_an_error_is_not_compiled_and_one_with_a_warning_is(code, path, text):
    if rule(code).severity is Severity.warning:
        assert compile_lifecycle("warned", text).initial == "open"
    else:
        with pytest.raises(BrokenLifecycle, match=code):
            compile_lifecycle("broken", text)


def test_every_rule_is_met_by_a_test():
    met = {found.code for _, _, text in BROKEN for found in check(text)}
    assert {rule.code for rule in RULES} - met == {"bad-step-name"}


def test_a_finding_says_what_was_meant_and_what_there_is():
    found = check(small("to: waiting", "to: waitin"))[0]
    assert found.message == "There is no state 'waitin' in this lifecycle."
    assert found.cure == (
        "Did you mean 'waiting'? Use one of: open, waiting, completed, same; or define it under `states`."
    )


def test_a_lifecycle_full_of_wrong_names_is_told_the_first_of_them():
    """A5: what was meant is not looked for without end."""
    rows = ROW("send", "[" + ", ".join(f"wating{number}" for number in range(64)) + "]", "waiting", "assignee")
    assert len(check(small(more=rows * 200))) == 50


def test_everything_wrong_with_a_lifecycles_names_is_said_at_once():
    text = small("to: waiting, by: assignee", "to: nowhere, by: nobody, guard: none, when: never")
    assert [found.code for found in check(text)] == [
        "unknown-state",
        "unknown-party",
        "unknown-guard",
        "unknown-phase-moment",
        "moment-without-clock",
    ]


@pytest.mark.parametrize("name", ["Mở", "to do", "unfinished", "same", "*", "=", "a" * 41, "1st", ""])
def test_a_name_that_would_be_misread_is_refused(name):
    with pytest.raises(ValidationError, match="cannot be the name of a state or a trigger"):
        text_of(SMALL.replace("waiting: {", f'"{name}": {{'))


def test_a_lifecycle_of_any_size_is_refused_beyond_the_cap():
    """A5: the work of checking is bounded by the number of states and rows."""
    many = ", ".join(f"s{number}: {{phase: running}}" for number in range(65))
    with pytest.raises(ValidationError, match="at most 64"):
        text_of(SMALL.replace("states: {", f"states: {{{many}, "))
    with pytest.raises(ValidationError, match="at most 256"):
        text_of(SMALL + ROW("send", "open", "waiting", "assignee") * 256)


def test_the_state_named_like_a_trigger_of_transitions_is_just_a_state():
    """`transitions` reserves some names for its models; a lifecycle has no model."""
    table = compile_lifecycle("odd", text_of(SMALL.replace("waiting", "state").replace("send", "trigger")))
    step = table.step("open", "trigger")
    assert step is not None
    assert step.target == "state"


def test_a_lifecycle_can_have_its_own_way_to_exempt():
    table = compile_lifecycle("own", small(more=ROW("exempt", "open", "completed", "inspector")))
    assert "exempted" not in table.states
    assert [step.source for step in table.steps if step.trigger == "exempt"] == ["open"]
    assert "cancelled" in table.states


def test_being_exempted_is_no_way_out_of_a_state():
    text = small("states: {", "states: {stuck: {phase: running}, ", ROW("stick", "open", "stuck", "assignee"))
    assert [found.path for found in check(text)] == [("states", "stuck")]


def test_words_for_people_come_from_the_text_and_else_are_the_name():
    table = compile_lifecycle("worded", small(more="labels: {states: {open: {vi: Đang mở}}}"))
    assert table.states["open"].label("vi") == "Đang mở"
    assert table.states["open"].label("en") == "open"
    assert table.states["exempted"].label("vi") == "Được miễn"
    assert State(name="x", phase="running").label("vi") == "x"


def test_a_diagram_shows_every_step_and_keeps_quotes_inside_its_labels():
    table = compile_lifecycle("drawn", small(more='labels: {states: {open: {vi: "Mở \\"rồi\\"; chờ"}}}'))
    drawn = to_mermaid(table, language="vi", current="open")
    assert 'state "Mở #quot;rồi#quot;#59; chờ" as open_' in drawn
    assert "Class open_ s_active" in drawn
    assert "open_ --> waiting_: send" in drawn
    assert "completed_ --> [*]" in drawn
    assert drawn == to_mermaid(Table.from_json(table.to_json()), language="vi", current="open")


def test_a_shipped_lifecycle_is_asked_for_by_its_name_only():
    with pytest.raises(KeyError):
        shipped_text("../errors")
