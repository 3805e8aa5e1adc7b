"""Each rule of a plan is broken by one change to a plan without a fault, and found where the change is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from campaignflow.domain.agencies import Contact
from campaignflow.domain.findings import Finding
from campaignflow.domain.plan import Plan
from campaignflow.domain.plan_references import ID_RULES, PLACES
from campaignflow.domain.plan_rules import PART_CHECKS, PLAN_RULES, WHOLE_CHECKS, check_plan
from campaignflow.domain.plan_rules_people import PEOPLE_RULES
from campaignflow.domain.plan_rules_reports import REPORT_RULES
from campaignflow.domain.plan_rules_text import TEXT_RULES
from campaignflow.domain.plan_rules_time import TIME_RULES
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.loading.plans import shipped_tables
from tests.support.small_plan import GONE, ISSUED, small

CALENDAR = WorkCalendar(working_days=frozenset(range(5)), covers=(dt.date(2020, 1, 1), dt.date(2030, 12, 31)))
DUTY, SUM = "responsibilities.to-chuc", "responsibilities.tong-hop"
LOOP = {"initial": "a", "states": {"a": {"phase": "running"}}, "transitions": []}

#: What breaks the rule, and where it is found.
CASES: dict[str, list[tuple[list[tuple[str, Any]], str]]] = {
    "schema-version": [([("campaignflow", "2")], "campaignflow")],
    "duplicate-id": [
        ([("clauses.+", {"id": "I.1", "kind": "heading"})], "clauses.4.id"),
        ([("reminders.1.id", "nhac")], "reminders.1.id"),
        ([(f"{DUTY}.parts.+", {"id": "mot", "words": "báo cáo"})], f"{DUTY}.parts.1.id"),
        ([("anomalies.+", {"id": "so-la", "clause": "I.1", "words": "Sở", "note": "x"})], "anomalies.1.id"),
    ],
    "duplicate-line": [([("distribution.+", {"words": "Các huyện;"})], "distribution.2.words")],
    "lifecycle-shadows": [([("lifecycles.task", LOOP)], "lifecycles.task.[key]")],
    "no-final-state": [([("lifecycles.rieng", LOOP)], "lifecycles.rieng.states")],
    # ids
    "unknown-agency": [
        ([("plan.issuer", "tinhh")], "plan.issuer"),
        ([("agencies.so.under", "bo")], "agencies.so.under"),
        ([("agencies.so.succeeded_by", "so-moi")], "agencies.so.succeeded_by"),
        ([("reports.bao-cao.to.+", "cac-huyen")], "reports.bao-cao.to.1"),
        ([("groups.cac-huyen.select.within", "vung")], "groups.cac-huyen.select.within"),
    ],
    "unknown-agency-or-group": [
        ([(f"{DUTY}.assigned_to.0", "cac-huyenn")], f"{DUTY}.assigned_to.0"),
        ([(f"{DUTY}.with", ["so", "doan-the"])], f"{DUTY}.with.1.agency"),
        ([(f"{DUTY}.with", [{"agency": "doan-the"}])], f"{DUTY}.with.0.agency"),
        ([("distribution.0.to", ["x"])], "distribution.0.to.0"),
    ],
    "unknown-activity": [([(f"{DUTY}.activities.+", "hat")], f"{DUTY}.activities.1")],
    "unknown-report": [([(f"{DUTY}.report", "bao-caoo")], f"{DUTY}.report")],
    "unknown-form": [([("reports.bao-cao.form", "mauu")], "reports.bao-cao.form")],
    "unknown-responsibility": [
        ([(f"{SUM}.consolidates.+", "x")], f"{SUM}.consolidates.1.responsibility"),
        ([(f"{SUM}.inspects", {"responsibilities": ["x"]})], f"{SUM}.inspects.responsibilities.0"),
    ],
    "unknown-event": [
        ([("activities.doc-sach.after", "x")], "activities.doc-sach.after"),
        ([(f"{DUTY}.due.running", {"within": {"days": "3", "after": "x"}})], f"{DUTY}.due.running.within.after"),
    ],
    "unknown-lifecycle": [([(f"{DUTY}.lifecycle", "organise")], f"{DUTY}.lifecycle")],
    "unknown-legal-basis": [([(f"{DUTY}.under", ["tt-2"])], f"{DUTY}.under.0")],
    "unknown-anomaly": [([("legal_basis.0.anomaly", "x")], "legal_basis.0.anomaly")],
    "unknown-clause": [
        ([(f"{DUTY}.also", ["I.9"])], f"{DUTY}.also.0"),
        ([(f"{DUTY}.due.opening.clause", "I.9")], f"{DUTY}.due.opening.clause"),
    ],
    "unknown-indicator": [([("activities.doc-sach.counts.0", "x")], "activities.doc-sach.counts.0")],
    "unknown-kind": [([("plan.region_kind", "vung")], "plan.region_kind")],
    # people
    "agency-and-group": [([("agencies.cac-huyen", {"name": "X", "kind": "district"})], "groups.cac-huyen.[key]")],
    "under-cycle": [([("agencies.tinh.under", "so")], "agencies.tinh.under")],
    "succession-cycle": [([("agencies.so.succeeded_by", "so")], "agencies.so.succeeded_by")],
    "agency-dates-reversed": [
        ([("agencies.so.from", "2030-01-01"), ("agencies.so.until", "2029-01-01")], "agencies.so.until")
    ],
    "agency-gone": [([("agencies.so.until", "2020-01-01")], "agencies.so.until")],
    "number-like-a-key": [([("agencies.so.unti", "2030")], "agencies.so.unti.[key]")],
    "roster-day-missing": [([("plan.date", "unstated"), ("plan.period", GONE)], "plan")],
    "group-empty": [
        ([("groups.cac-huyen.select.kind", "distric")], "groups.cac-huyen.select.kind.0"),
        ([("plan.roster_on", "2030-01-01"), ("agencies.huyen-a.until", "2029-12-31"),
          ("agencies.huyen-b.until", "2029-12-31")], "groups.cac-huyen"),
    ],
    "coordinator-external": [([("agencies.so.external", "true")], "plan.coordinator")],
    "assigned-and-with": [([(f"{DUTY}.with", ["huyen-a"])], f"{DUTY}.with.0")],
    "assigned-twice": [
        ([(f"{DUTY}.assigned_to.+", "huyen-b")], f"{DUTY}.assigned_to.1"),
        ([(f"{DUTY}.with", [{"agency": "so", "completes": "own"}] * 2)], f"{DUTY}.with.1"),
    ],
    "group-completes": [
        ([(f"{SUM}.with", [{"agency": "cac-huyen", "completes": "own"}])], f"{SUM}.with.0.completes")
    ],
    "duty-without-assignee": [
        ([("groups.doan", {"words": "Sở", "unnamed": "true"}), ("responsibilities.tuyen-truyen.assigned_to", "doan")],
         "responsibilities.tuyen-truyen.assigned_to")
    ],
    "agency-unused": [([("agencies.phong", {"name": "Phòng"})], "agencies.phong.[key]")],
    # text
    "words-not-found": [
        ([(f"{DUTY}.words", "Các huyện tổ chứ c")], f"{DUTY}.words"),
        ([(f"{DUTY}.parts.0.words", "hát")], f"{DUTY}.parts.0.words"),
        ([("reports.bao-cao.due.stated", "trước ngày 15")], "reports.bao-cao.due.stated"),
        ([("anomalies.0.words", "hát")], "anomalies.0.words"),
        ([("plan.theme", {"clause": "I.1", "words": "hát"})], "plan.theme.words"),
        ([("plan.period.clause", "I.1"), ("plan.period.stated", "hát")], "plan.period.stated"),
    ],
    "words-elsewhere": [([("activities.doc-sach.words", "báo cáo Tỉnh")], "activities.doc-sach.words")],
    "words-nowhere": [
        ([("groups.cac-huyen.words", "các huyện")], "groups.cac-huyen.words"),
        ([("events.phan-bo.words", "hát")], "events.phan-bo.words"),
    ],
    "clause-not-covered": [
        ([("clauses.+", {"id": "I.3", "kind": "duty", "text": "Hát."})], "clauses.4.id"),
    ],
    "source-differs": [
        ([("clauses.3.text", "Sở tổng hợp, báo cáo Tỉnh trước ngày 21/11/2026 nhé.")], "clauses.3.text"),
        ([("plan.signed.name", "Nguyễn Văn B")], "plan.signed.name"),
        ([("distribution.0.words", "Các xã;")], "distribution.0.words"),
    ],
    # time
    "period-reversed": [([("plan.period.to", "2026-11-01")], "plan.period.to")],
    "no-period": [
        ([("plan.period", GONE), (f"{DUTY}.due.running", {"during": "period"})], f"{DUTY}.due.running"),
        ([("plan.period", GONE), ("events.phan-bo.when", "period_end")], "events.phan-bo.when"),
    ],
    "phase-unknown": [
        ([(f"{DUTY}.due.openning", {"none": "true"})], f"{DUTY}.due.openning.[key]"),
        ([(f"{SUM}.optional_phases", ["opening"])], f"{SUM}.optional_phases.0"),
    ],
    "reminder-of-nothing": [
        ([("reminders.0.of.0", "reprot")], "reminders.0.of.0"),
        ([(f"{SUM}.inspects", {"phases": ["hat"]})], f"{SUM}.inspects.phases.0"),
    ],
    "deadline-twice": [([(f"{DUTY}.due.reporting", {"by": "2026-11-13"})], f"{DUTY}.due.reporting")],
    "deadline-order": [
        ([(f"{DUTY}.due.summarizing", {"by": "2026-11-16"})], "reports.bao-cao.due"),
        ([(f"{DUTY}.expected", {"drafting": {"by": "2026-10-30"}, "opening": {"by": "2026-10-29"}})],
         f"{DUTY}.expected.opening"),
    ],
    "deadline-before-plan": [([(f"{DUTY}.due.drafting", {"before": "2026-10-01"})], f"{DUTY}.due.drafting")],
    "chain-too-tight": [
        ([("reports.tong-hop.due", {"by": "2026-11-16"})], f"{SUM}.consolidates.0"),
        ([(f"{SUM}.takes.days", "6")], f"{SUM}.consolidates.0"),
    ],
    "escalation-too-late": [([("reminders.1.escalate.0.after", "4")], "reminders.1.escalate.0")],
    "deadline-not-worked": [([(f"{DUTY}.due.running", {"by": "2026-11-08"})], f"{DUTY}.due.running")],
    "holidays-not-known": [([("reports.tong-hop.due", {"by": "2031-01-02"})], "reports.tong-hop.due")],
    # reports
    "reported-in-itself": [([(f"{DUTY}.reported_in", "to-chuc")], f"{DUTY}.reported_in")],
    "reported-in-no-report": [([(f"{DUTY}.reported_in", "tuyen-truyen")], f"{DUTY}.reported_in")],
    "reported-in-not-assigned": [
        ([("responsibilities.tuyen-truyen.assigned_to.0", "so")], "responsibilities.tuyen-truyen.reported_in")
    ],
    "consolidator-in-group": [
        ([("agencies.so.kind", "district")], f"{DUTY}.assigned_to"),
        ([(f"{SUM}.assigned_to.0", "huyen-a")], f"{SUM}.consolidates.0"),
    ],
    "consolidates-itself": [
        ([(f"{SUM}.consolidates", ["tong-hop"])], f"{SUM}.consolidates"),
        ([(f"{DUTY}.consolidates", ["tong-hop"])], f"{SUM}.consolidates"),
    ],
    "consolidates-no-report": [([(f"{SUM}.consolidates.+", "tuyen-truyen")], f"{SUM}.consolidates.1")],
    "report-without-receiver": [([("reports.bao-cao.to", [])], "reports.bao-cao.to")],
    "unknown-number": [
        ([("forms.mau.indicators.so-sach.warn_above", "thon")], "forms.mau.indicators.so-sach.warn_above")
    ],
    "group-unused": [([("groups.doan", {"words": "Sở", "unnamed": "true"})], "groups.doan.[key]")],
    "activity-unused": [([(f"{DUTY}.activities", [])], "activities.doc-sach.[key]")],
    "report-unused": [([(f"{SUM}.report", GONE)], "reports.tong-hop.[key]")],
    "form-unused": [([("forms.khac", {})], "forms.khac.[key]")],
}  # fmt: skip
#: Rules about contacts have tests of their own below.
OF_CONTACTS = {"contact-named-as-agency", "contact-missing", "contact-dates-reversed"}


def found(*edits: tuple[str, Any], contacts: tuple[Contact, ...] | None = None) -> list[Finding]:
    plan = Plan.model_validate(small(*edits))
    tables = shipped_tables()
    return list(check_plan(plan, CALENDAR, tables, ISSUED, contacts))


def dotted(finding: Finding) -> str:
    return ".".join(str(step) for step in finding.path)


def contact(**fields: Any) -> Contact:
    return Contact.model_validate({"id": "c1", "agency": "so", "role": "clerk", **fields})


def test_a_plan_without_a_fault_has_no_findings():
    assert [str(finding) for finding in found()] == []


@pytest.mark.parametrize(
    ("code", "edits", "path"), [(code, *case) for code, cases in CASES.items() for case in cases]
)  # fmt: skip
def test_a_broken_rule_is_found_where_it_is_broken(code: str, edits: list[tuple[str, Any]], path: str):
    assert (code, path) in {(finding.code, dotted(finding)) for finding in found(*edits)}


def test_every_rule_of_a_plan_is_broken_by_a_test():
    rules = (*PLAN_RULES, *ID_RULES, *PEOPLE_RULES, *TEXT_RULES, *TIME_RULES, *REPORT_RULES)
    assert {rule.code for rule in rules} - CASES.keys() == OF_CONTACTS


def test_every_check_has_a_docstring_and_a_name_of_its_own():
    checks = (*PART_CHECKS, *WHOLE_CHECKS)
    assert len({check.__name__ for check in checks}) == len(checks)
    assert all(check.__doc__ for check in checks)


def test_a_misspelt_id_is_told_with_what_was_probably_meant():
    finding = next(one for one in found((f"{DUTY}.report", "bao-caoo")) if one.code == "unknown-report")
    assert "Did you mean 'bao-cao'?" in str(finding)


def test_every_place_of_an_id_is_a_place_of_the_schema():
    """A path in the table that no model has would never find anything."""
    schema = Plan.model_json_schema(by_alias=True)
    assert [place for place, _ in PLACES if not _has(schema, schema, place.replace("[]", ".[]").split("."))] == []


def _has(schema: dict[str, Any], node: dict[str, Any], steps: list[str]) -> bool:
    if "$ref" in node:
        return _has(schema, schema["$defs"][node["$ref"].rpartition("/")[2]], steps)
    if any(_has(schema, branch, steps) for branch in node.get("anyOf", ())):
        return True
    if not steps:
        return "anyOf" not in node
    first, *rest = steps
    if first == "[]":
        return "items" in node and _has(schema, node["items"], rest)
    if first == "*":
        inside = [node.get("additionalProperties"), *node.get("patternProperties", {}).values()]
        return any(isinstance(branch, dict) and _has(schema, branch, rest) for branch in inside)
    return first in node.get("properties", {}) and _has(schema, node["properties"][first], rest)


def test_a_quotation_may_stand_in_any_of_the_clauses_named():
    assert found((f"{DUTY}.words", "báo cáo Tỉnh"), (f"{DUTY}.also", ["I.2"])) == []


def test_a_quotation_is_found_across_line_ends_and_in_another_form_of_unicode():
    assert found((f"{DUTY}.words", "Các huyện   tô\u0309 chu\u031b\u0301c")) == []


def test_the_coordinators_own_dates_need_no_words_of_the_plan():
    own = {"by": "2026-10-30", "set_by": "so", "stated": "theo thư của Sở"}
    assert found((f"{DUTY}.expected", {"drafting": own})) == []


def test_a_heading_need_not_be_taken_up_by_anything():
    heading = {"id": "II", "kind": "duty", "title": "TỔ CHỨC"}
    assert "clause-not-covered" not in {one.code for one in found(("clauses.+", heading))}


def test_a_clause_is_taken_up_by_a_deadline_that_names_it():
    edits = [("clauses.+", {"id": "I.3", "kind": "duty", "text": "Hát."}), (f"{DUTY}.due.opening.clause", "I.3")]
    assert "clause-not-covered" not in {one.code for one in found(*edits)}


@pytest.mark.parametrize("index", range(4))
def test_a_sentence_taken_out_of_the_text_is_missed(index: int):
    assert "source-differs" in {one.code for one in found((f"clauses.{index}", GONE))}


def test_every_difference_from_the_source_is_told_with_both_texts_and_the_line():
    edits = [("clauses.0.title", "KẾ HOẠCH MỚI"), ("clauses.3.text", "Sở tổng hợp, báo cáo Tỉnh.")]
    first, second = (one for one in found(*edits) if one.code == "source-differs")
    assert (dotted(first), first.data["line"]) == ("clauses.0.title", 1)
    assert second.data["ours"] == "Tỉnh."
    assert second.data["theirs"] == "Tỉnh trước ngày 21/11/2026."
    assert second.data["line"] == 7


def test_a_group_that_is_only_worked_with_does_not_mean_the_member_who_leads():
    edits = [("responsibilities.tuyen-truyen.with", ["cac-huyen"])]
    assert found(*edits) == []


def test_a_deadline_before_the_plan_may_be_said_to_count_or_not():
    for taken in ("counted", "not_counted"):
        due = {"before": "2026-10-01", "before_issue": taken}
        assert found((f"{DUTY}.due.drafting", due)) == []


def test_a_plan_without_a_date_of_its_own_asks_no_deadline_to_come_after_it():
    edits = [("plan.date", "unstated"), (f"{DUTY}.due.drafting", {"by": "2026-09-30"})]
    assert found(*edits) == []


def test_the_chain_holds_when_the_last_day_is_used_to_the_full():
    """Reports until Friday the 13th, two working days of work: Tuesday the 17th is just enough."""
    due = "reports.tong-hop.due"
    on_time = [("reminders.1.escalate", GONE), (due, {"by": "2026-11-17"})]
    assert found(*on_time) == []
    too_early = found(("reminders.1.escalate", GONE), (due, {"by": "2026-11-16"}))
    assert [one.code for one in too_early] == ["chain-too-tight"]
    assert too_early[0].data["ready"] == "2026-11-17"


def test_takes_may_count_days_that_are_not_worked():
    edits = [("reminders.1.escalate", GONE), ("reports.tong-hop.due", {"by": "2026-11-16"})]
    assert found(*edits, (f"{SUM}.takes", {"days": "2", "working": "false"})) == []


def test_an_invited_report_holds_up_no_consolidation():
    edits = [("reports.tong-hop.due", {"by": "2026-11-12"}), ("reports.bao-cao.required", "false")]
    assert "chain-too-tight" not in {one.code for one in found(*edits)}


def test_escalation_on_the_last_day_that_helps_is_in_time():
    """Late from Friday the 13th; of the days until Friday the 20th the last two are needed: Wednesday is the last."""
    assert found(("reminders.1.escalate.0.after", "3")) == []
    late = found(("reminders.1.escalate.0.after", "4"))
    assert [(one.code, one.data["day"], one.data["last"]) for one in late] == [
        ("escalation-too-late", "2026-11-19", "2026-11-18")
    ]


def test_a_contact_answers_for_an_agency_of_the_plan_between_two_days_in_order():
    wrong = (contact(agency="soo"), contact(**{"from": "2026-02-01", "until": "2026-01-01"}))
    assert {(one.code, dotted(one)) for one in found(contacts=wrong)} >= {
        ("unknown-agency", "contacts.0.agency"),
        ("contact-dates-reversed", "contacts.1.until"),
        ("duplicate-id", "contacts.1.id"),
    }


def test_a_contact_is_not_named_as_an_agency_or_as_the_coordinator():
    wrong = (contact(id="so"), contact(id="coordinator"))
    named = {dotted(one) for one in found(contacts=wrong) if one.code == "contact-named-as-agency"}
    assert named == {"contacts.0.id", "contacts.1.id"}


def test_agencies_with_duties_and_without_a_contact_are_named_in_one_warning():
    one = found(contacts=(contact(),))
    assert [(finding.code, finding.data["ids"]) for finding in one] == [("contact-missing", ["huyen-a", "huyen-b"])]
    assert found(contacts=None) == []


def test_a_contact_that_ended_before_the_roster_day_reaches_nobody():
    ended = found(contacts=(contact(until="2026-01-01"),))
    assert "so" in ended[0].data["ids"]
