"""Where an assignment stands, at every edge of the two axes, and the rates.

The report is due "before 25 October 2020", a Sunday: its last moment is the Sunday's first instant, its last working
day Friday the 23rd. The ceremony is on 1 October, a Thursday, and presumed once its day has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from campaignflow.domain.assignments import Facts
from campaignflow.domain.clock import to_micros
from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.deadlines import Deadline, resolve
from campaignflow.domain.duties import Duty, ReportTerms
from campaignflow.domain.standing import DONE, NOT_DONE, OUTSIDE, STANDINGS, Judge, Rates, Standing, count, rates
from campaignflow.domain.workdays import WorkCalendar
from tests.support.plans import VIETNAM, moment, workshop

CALENDAR = WorkCalendar(working_days=frozenset(range(5)))
TABLES = workshop().tables


def deadline(phase: str, **written: Any) -> Deadline:
    happened = written.pop("happened", {})
    text = DeadlineText.model_validate(written)
    return resolve(text, phase=phase, calendar=CALENDAR, zone=VIETNAM, events=happened)


def duty(*lines: Deadline, **said: Any) -> Duty:
    facts: dict[str, Any] = {
        "responsibility": "hold", "title": "Hold it", "words": None, "clause": "1", "role": "lead",
        "lifecycle": "organize", "deadlines": {line.phase: line for line in lines},
    }  # fmt: skip
    return Duty(**{**facts, **said})


def report(**said: Any) -> ReportTerms:
    return ReportTerms(id="r", title="R", clause="1", to=("registry",), **said)


OPENING = deadline("opening", on="2020-10-01", missed="presume")
REPORT = deadline("reporting", before="2020-10-25")
LEAD = duty(OPENING, REPORT, report=report())


def stands(on: str, owed: Duty = LEAD, state: str = "running", **facts: Any) -> Standing:
    told = Facts(key="hold/ash", duty=owed.key, agency="ash", state=state, **facts)
    return Judge(now=moment(on), calendar=CALENDAR).judge(told, owed, TABLES[owed.lifecycle])


def micros(text: str) -> int:
    return to_micros(moment(text))


# --- not done


def test_what_has_more_than_three_working_days_left_is_in_time() -> None:
    found = stands("2020-10-19 08:00")

    assert (found.standing, found.days_left, found.working_days_left) == ("in_time", 5, 4)


def test_exactly_three_working_days_left_is_due_soon() -> None:
    found = stands("2020-10-20 08:00")

    assert (found.standing, found.working_days_left) == ("due_soon", 3)


def test_how_many_working_days_count_as_soon_is_a_setting_of_the_plan() -> None:
    told = Facts(key="hold/ash", duty="hold", agency="ash", state="running")
    judge = Judge(now=moment("2020-10-20"), calendar=CALENDAR, due_soon=2)

    assert judge.judge(told, LEAD, TABLES["organize"]).standing == "in_time"


@pytest.mark.parametrize(
    ("on", "days", "working"),
    [("2020-10-23 23:59", 1, 0), ("2020-10-24 00:00", 0, 0), ("2020-10-24 23:59:59.999999", 0, 0)],
)
def test_due_today_and_on_the_free_day_before_the_last_moment_is_not_overdue(on: str, days: int, working: int) -> None:
    found = stands(on)

    assert (found.standing, found.days_left, found.working_days_left) == ("due_soon", days, working)


def test_at_the_last_moment_it_is_overdue() -> None:
    found = stands("2020-10-25 00:00")

    assert (found.standing, found.days_left) == ("overdue", -1)


def test_a_window_that_has_not_begun_is_not_due() -> None:
    during = duty(
        deadline("completed", during={"from": "2020-10-01", "to": "2020-10-07"}), lifecycle="task", role="inform"
    )

    assert stands("2020-09-30 23:59", during, "open").standing == "not_due"
    assert stands("2020-10-01 00:00", during, "open").standing == "in_time"
    assert stands("2020-10-02 00:00", during, "open").standing == "due_soon"
    assert stands("2020-10-08 00:00", during, "open").standing == "overdue"


def test_what_waits_for_an_event_is_not_due_and_shows_what_it_waits_for() -> None:
    waiting = duty(deadline("completed", within={"days": "10", "after": "decision"}), lifecycle="task", role="advise")

    found = stands("2020-10-20", waiting, "open")

    assert (found.standing, found.days_left) == ("not_due", None)
    assert found.due is not None and found.due.event == "decision"


def test_once_the_event_has_happened_its_days_run() -> None:
    text = {"days": "10", "after": "decision"}
    settled = duty(
        deadline("completed", within=text, happened={"decision": moment("2020-10-05 09:00")}), lifecycle="task"
    )

    assert stands("2020-10-08", settled, "open").standing == "in_time"
    assert stands("2020-10-15 23:59", settled, "open").standing == "due_soon"
    assert stands("2020-10-16", settled, "open").standing == "overdue"


def test_what_follows_an_event_without_end_is_never_late() -> None:
    after = duty(deadline("completed", after="decision", happened={"decision": moment("2020-10-05")}), lifecycle="task")

    assert stands("2025-10-05", after, "open").standing == "no_deadline"


# --- presumed


def test_a_ceremony_nobody_reported_is_never_overdue_once_its_day_is_over() -> None:
    found = stands("2020-10-02 00:00", state="opening")

    assert found.standing == "in_time"
    assert found.due == REPORT


def test_on_its_day_the_ceremony_is_what_is_due() -> None:
    assert stands("2020-10-01 12:00", state="opening").due == OPENING


def test_a_presumed_phase_is_asked_for_no_longer() -> None:
    assert stands("2020-10-01 12:00", state="opening", presumed=("opening",)).due == REPORT


def test_a_phase_that_is_optional_binds_nobody() -> None:
    optional = replace(LEAD, optional_phases=("opening",))

    assert stands("2020-10-01 12:00", optional, "opening").due == REPORT


def test_a_phase_that_has_been_left_is_due_no_longer() -> None:
    assert stands("2020-09-25", state="running").due == REPORT


def test_a_duty_with_nothing_but_a_presumed_day_has_no_deadline_after_it_and_was_done_on_time() -> None:
    only = duty(deadline("completed", during={"from": "2020-10-01", "to": "2020-10-07"}, missed="presume"),
                lifecycle="task")  # fmt: skip

    assert stands("2020-10-08", only, "open").standing == "no_deadline"
    assert stands("2020-10-30", only, "completed", done=micros("2020-10-28")).standing == "done_on_time"


# --- submitted


def test_sent_in_time_and_awaiting_acceptance_is_in_time_also_after_the_last_moment() -> None:
    sent = micros("2020-10-24 23:59:59.999999")

    assert stands("2020-10-28", state="submitted", sent=sent, counted=sent).standing == "in_time"


def test_sent_at_the_last_moment_and_awaiting_acceptance_is_overdue() -> None:
    sent = micros("2020-10-25 00:00")

    assert stands("2020-10-28", state="submitted", sent=sent, counted=sent).standing == "overdue"


def test_returned_and_within_the_time_to_revise_is_in_time() -> None:
    facts: dict[str, Any] = {
        "sent": micros("2020-10-23"),
        "counted": micros("2020-10-23"),
        "returned_until": micros("2020-10-28"),
    }

    assert stands("2020-10-27 23:59", state="returned", **facts).standing == "in_time"


def test_returned_and_past_the_time_to_revise_is_overdue() -> None:
    facts: dict[str, Any] = {
        "sent": micros("2020-10-23"),
        "counted": micros("2020-10-23"),
        "returned_until": micros("2020-10-28"),
    }

    assert stands("2020-10-28 00:00", state="returned", **facts).standing == "overdue"


def test_returned_past_the_time_to_revise_but_before_the_deadline_is_judged_by_the_deadline() -> None:
    facts: dict[str, Any] = {
        "sent": micros("2020-10-12"),
        "counted": micros("2020-10-12"),
        "returned_until": micros("2020-10-14"),
    }

    assert stands("2020-10-15", state="returned", **facts).standing == "in_time"
    assert stands("2020-10-21", state="returned", **facts).standing == "due_soon"


# --- done


def test_accepted_is_on_time_when_what_was_accepted_was_sent_before_the_last_moment() -> None:
    sent = micros("2020-10-24 23:59:59.999999")
    facts: dict[str, Any] = {"sent": sent, "counted": sent, "done": micros("2020-11-20")}

    assert stands("2020-11-20", state="completed", **facts).standing == "done_on_time"


def test_accepted_is_late_when_what_was_accepted_was_sent_at_the_last_moment() -> None:
    sent = micros("2020-10-25 00:00")

    assert stands("2020-11-20", state="completed", sent=sent, counted=sent).standing == "done_late"


def test_an_answer_in_its_time_counts_by_the_report_it_revises() -> None:
    facts: dict[str, Any] = {
        "sent": micros("2020-10-27"),
        "counted": micros("2020-10-23"),
        "done": micros("2020-10-28"),
    }

    assert stands("2020-10-28", state="completed", **facts).standing == "done_on_time"


@pytest.mark.parametrize(("done", "expected"), [("2020-10-24 23:59", "done_on_time"), ("2020-10-25", "done_late")])
def test_a_task_without_a_report_counts_by_when_it_was_done(done: str, expected: str) -> None:
    task = duty(deadline("completed", before="2020-10-25"), lifecycle="task", role="advise")

    assert stands("2020-11-01", task, "completed", done=micros(done)).standing == expected


def test_the_last_deadline_decides_whether_a_duty_of_several_was_on_time() -> None:
    owed = duty(deadline("drafting", by="2020-09-28"), REPORT, report=report())
    sent = micros("2020-10-20")

    assert stands("2020-11-01", owed, "completed", sent=sent, counted=sent).standing == "done_on_time"


# --- outside


def test_exempt_and_cancelled_stand_outside() -> None:
    assert stands("2020-11-01", state="exempted").standing == "exempt"
    assert stands("2020-11-01", state="cancelled").standing == "cancelled"


def test_a_duty_without_a_deadline_has_none_also_once_it_is_done() -> None:
    free = duty(deadline("completed", none="true"), lifecycle="task", role="guide")

    assert stands("2020-11-01", free, "open").standing == "no_deadline"
    assert stands("2020-11-01", free, "completed", done=micros("2020-10-01")).standing == "no_deadline"
    assert stands("2020-11-01", duty(lifecycle="task"), "open").standing == "no_deadline"


def test_an_invited_report_is_never_overdue_nor_counted() -> None:
    invited = duty(REPORT, report=report(required=False))
    late = micros("2020-12-01")

    assert stands("2020-12-01", invited).standing == "no_deadline"
    assert stands("2020-12-02", invited, "completed", sent=late, counted=late).standing == "no_deadline"


def test_the_coordinators_own_dates_make_nothing_late() -> None:
    expected = duty(REPORT, report=report(), expected={"drafting": deadline("drafting", by="2020-09-28")})

    assert stands("2020-09-29", expected, "drafting").standing == "in_time"


# --- three clocks


def test_late_and_remind_are_two_clocks() -> None:
    """Late is the first instant too late, a Sunday; reminders count from the last working day, the Friday before."""
    assert REPORT.last_moment == moment("2020-10-25 00:00")
    assert str(REPORT.last_day) == "2020-10-24"
    assert str(REPORT.last_working_day) == "2020-10-23"
    assert stands("2020-10-23 08:00").working_days_left == 0
    assert stands("2020-10-23 08:00").days_left == 1


def test_a_submission_after_the_last_moment_is_late_and_still_taken() -> None:
    """No lock is derived from the deadline: whether a report is a supplement is the consolidation's business."""
    offered = {step.trigger for step in TABLES["organize"].offered("reporting")}

    assert "submit" in offered
    assert stands("2020-12-01", state="reporting").standing == "overdue"


# --- totals and rates


def test_every_standing_is_on_exactly_one_axis() -> None:
    assert sorted((*DONE, *NOT_DONE, *OUTSIDE)) == sorted(set(STANDINGS))


def test_rates_are_null_where_nothing_can_be_divided_by() -> None:
    assert rates(count([], STANDINGS)) == Rates(on_time_of_done=None, overdue_of_all=None)
    assert rates({"no_deadline": 4, "exempt": 1, "cancelled": 1}) == Rates(on_time_of_done=None, overdue_of_all=None)


def test_on_time_is_counted_of_all_done_and_overdue_of_all_that_has_a_deadline() -> None:
    found = rates(
        {"done_on_time": 18, "done_late": 2, "in_time": 3, "due_soon": 1, "overdue": 5, "not_due": 1,
         "no_deadline": 11, "exempt": 2, "cancelled": 1}
    )  # fmt: skip

    assert found == Rates(on_time_of_done=18 / 20, overdue_of_all=5 / 30)


def test_nothing_done_yet_leaves_only_the_rate_of_the_overdue() -> None:
    assert rates({"overdue": 1, "in_time": 3}) == Rates(on_time_of_done=None, overdue_of_all=0.25)


@pytest.mark.parametrize("order", [STANDINGS, ("a", "b")])
def test_totals_name_what_did_not_occur(order: tuple[str, ...]) -> None:
    found: Mapping[str, int] = count([order[1], order[1]], order)

    assert list(found) == list(order)
    assert sum(found.values()) == found[order[1]] == 2
