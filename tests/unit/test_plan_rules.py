"""Each rule of a plan is broken by one change to a plan without a fault, and found where the change is."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest

from campaignflow.domain import plan_rules
from campaignflow.domain.agencies import Contact
from campaignflow.domain.findings import Finding
from campaignflow.domain.plan import Plan
from campaignflow.domain.plan_references import ID_RULES, PLACES
from campaignflow.domain.plan_rules import PART_CHECKS, PLAN_RULES, WHOLE_CHECKS, check_plan
from campaignflow.domain.plan_rules_bodies import BODY_RULES
from campaignflow.domain.plan_rules_order import ORDER_RULES
from campaignflow.domain.plan_rules_people import PEOPLE_RULES
from campaignflow.domain.plan_rules_recurrence import RECURRENCE_RULES
from campaignflow.domain.plan_rules_reports import REPORT_RULES
from campaignflow.domain.plan_rules_text import TEXT_RULES
from campaignflow.domain.plan_rules_time import TIME_RULES
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.loading.plans import shipped_tables
from tests.support.small_plan import GONE, ISSUED, small

CALENDAR = WorkCalendar(working_days=frozenset(range(5)), covers=(dt.date(2020, 1, 1), dt.date(2030, 12, 31)))
DUTY, SUM, SPREAD = "responsibilities.to-chuc", "responsibilities.tong-hop", "responsibilities.tuyen-truyen"
QUARTERLY = {"period": "quarter", "starting": "2026-Q4", "ending": "2027-Q1"}
#: A committee in every district, established by a duty of theirs.
BODY: list[tuple[str, Any]] = [
    ("bodies.ban", {"words": "Ngày đọc sách", "per": "cac-huyen", "established_by": "lap-ban"}),
    ("responsibilities.lap-ban", {"clause": "I.1", "title": "Lập ban", "assigned_to": ["cac-huyen"],
                                  "role": "establish", "establishes": "ban",
                                  "due": {"completed": {"by": "2026-10-30"}}}),
    ("responsibilities.cua-ban", {"clause": "I.1", "title": "Việc của ban", "assigned_to": ["ban"]}),
]  # fmt: skip
#: A quarterly report of the districts, put together by the department each quarter.
SERIES: list[tuple[str, Any]] = [
    (f"{DUTY}.every", QUARTERLY), (f"{DUTY}.due", {}), (f"{SUM}.every", QUARTERLY), (f"{SPREAD}.every", QUARTERLY),
    ("reports.bao-cao.due", {"before": {"day": "16", "month": "last"}}),
    ("reports.tong-hop.due", {"by": {"day": "24", "month": "last"}}),
]  # fmt: skip
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
        ([("agencies.so.standing", "x")], "agencies.so.standing"),
        ([("reports.bao-cao.via", "x")], "reports.bao-cao.via"),
        ([*BODY, ("reports.bao-cao.to.+", "ban")], "reports.bao-cao.to.1"),
        ([*BODY, ("reports.bao-cao.to.+", "ban.so")], "reports.bao-cao.to.1"),
    ],
    "unknown-group": [
        ([*BODY, ("bodies.ban.per", "cac-huyenn")], "bodies.ban.per"),
        ([*BODY, ("bodies.ban.per", "huyen-a")], "bodies.ban.per"),
    ],
    "unknown-body-or-agency": [
        ([(f"{DUTY}.establishes", "x")], f"{DUTY}.establishes"),
        ([(f"{DUTY}.through", "cac-huyen")], f"{DUTY}.through"),
    ],
    "unknown-agency-or-group": [
        ([(f"{DUTY}.assigned_to.0", "cac-huyenn")], f"{DUTY}.assigned_to.0"),
        ([(f"{DUTY}.with", ["so", "doan-the"])], f"{DUTY}.with.1.agency"),
        ([(f"{DUTY}.with", [{"agency": "doan-the"}])], f"{DUTY}.with.0.agency"),
        ([("distribution.0.to", ["x"])], "distribution.0.to.0"),
        ([("plan.executors", {"clause": "I.1", "agencies": ["x"]})], "plan.executors.agencies.0"),
        ([(f"{DUTY}.gives", {"what": "sách", "to": ["superiors"]})], f"{DUTY}.gives.to.0"),
        ([(f"{DUTY}.carried_out_by", "x")], f"{DUTY}.carried_out_by.0"),
        ([*BODY, (f"{DUTY}.chases", ["ban", "bann"])], f"{DUTY}.chases.1"),
        ([(f"{DUTY}.chases", ["superior"])], f"{DUTY}.chases.0"),
    ],
    "unknown-activity": [([(f"{DUTY}.activities.+", "hat")], f"{DUTY}.activities.1")],
    "unknown-report": [([(f"{DUTY}.report", "bao-caoo")], f"{DUTY}.report")],
    "unknown-form": [([("reports.bao-cao.form", "mauu")], "reports.bao-cao.form")],
    "unknown-responsibility": [
        ([(f"{SUM}.consolidates.+", "x")], f"{SUM}.consolidates.1.responsibility"),
        ([(f"{SUM}.inspects", {"responsibilities": ["x"]})], f"{SUM}.inspects.responsibilities.0"),
        ([*BODY, ("bodies.ban.established_by", "x")], "bodies.ban.established_by"),
        ([("events.phan-bo.when", {"completed": "x"})], "events.phan-bo.when.completed"),
        ([(f"{SUM}.after", ["x"])], f"{SUM}.after.0.responsibility"),
        ([(f"{SUM}.after", [{"responsibility": "x", "of": "subordinates"}])], f"{SUM}.after.0.responsibility"),
        ([(f"{SUM}.follows", "x")], f"{SUM}.follows"),
        ([(f"{SUM}.serves", ["x"])], f"{SUM}.serves.0"),
    ],
    "unknown-stage": [([(f"{SUM}.stage", "g3")], f"{SUM}.stage")],
    "unknown-event": [
        ([(f"{SUM}.after", [{"event": "x"}])], f"{SUM}.after.0.event"),
        ([*SERIES, (f"{SUM}.every.ending", "x")], f"{SUM}.every.ending"),
        ([(f"{SUM}.on_demand", {"event": "x"})], f"{SUM}.on_demand.event"),
        ([(f"{DUTY}.parts.0.milestone", {"after": "x"})], f"{DUTY}.parts.0.milestone.after"),
        ([("activities.doc-sach.after", "x")], "activities.doc-sach.after"),
        ([(f"{DUTY}.due.running", {"within": {"days": "3", "after": "x"}})], f"{DUTY}.due.running.within.after"),
    ],
    "unknown-lifecycle": [
        ([(f"{DUTY}.lifecycle", "organise")], f"{DUTY}.lifecycle"),
        ([("migrate_states.organise", {"a": "b"})], "migrate_states.organise.[key]"),
    ],
    "unknown-legal-basis": [([(f"{DUTY}.under", ["tt-2"])], f"{DUTY}.under.0")],
    "unknown-anomaly": [([("legal_basis.0.anomaly", "x")], "legal_basis.0.anomaly")],
    "unknown-clause": [
        ([(f"{DUTY}.also", ["I.9"])], f"{DUTY}.also.0"),
        ([(f"{DUTY}.due.opening.clause", "I.9")], f"{DUTY}.due.opening.clause"),
        ([("plan.stages.g1", {"from": "2026", "to": "2027", "clause": "I.9"})], "plan.stages.g1.clause"),
        ([("plan.executors", {"clause": "I.9", "agencies": ["so"]})], "plan.executors.clause"),
        ([("plan.promulgated_by", {"kind": "Quyết định", "number": "1", "date": "2026-10-01", "clause": "I.9"})],
         "plan.promulgated_by.clause"),
        ([*BODY, ("bodies.ban.clause", "I.9")], "bodies.ban.clause"),
        ([("events.phan-bo.clause", "I.9")], "events.phan-bo.clause"),
        ([("groups.cac-huyen.clause", "I.9")], "groups.cac-huyen.clause"),
        ([*SERIES, (f"{DUTY}.every.clause", "I.9")], f"{DUTY}.every.clause"),
        ([(f"{SPREAD}.continuous", {"clause": "I.9"})], f"{SPREAD}.continuous.clause"),
        ([(f"{SPREAD}.on_demand", {"clause": "I.9"})], f"{SPREAD}.on_demand.clause"),
        ([(f"{SPREAD}.gives", {"what": "sách", "clause": "I.9"})], f"{SPREAD}.gives.clause"),
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
    # bodies
    "reserved-id": [
        ([("agencies.superior", {"name": "X"})], "agencies.superior.[key]"),
        ([("groups.subordinates", {"words": "Sở", "members": ["so"]})], "groups.subordinates.[key]"),
        ([("events.opened", {"words": "tổng hợp"})], "events.opened.[key]"),
        ([("events.2027", {"words": "tổng hợp"})], "events.2027.[key]"),
    ],
    "body-and-other": [
        ([*BODY, ("agencies.ban", {"name": "X"})], "bodies.ban.[key]"),
        ([*BODY, ("groups.ban", {"words": "Sở", "members": ["so"]})], "bodies.ban.[key]"),
    ],
    "id-like-a-body": [
        ([*BODY, ("agencies.ban/huyen-c", {"name": "X"})], "agencies.ban.huyen-c.[key]"),
        ([*BODY, ("groups.ban/hai", {"words": "Sở", "members": ["so"]})], "groups.ban.hai.[key]"),
    ],
    "body-of-nobody": [
        ([*BODY, ("groups.xa", {"words": "Sở", "unnamed": "true"}), ("bodies.ban.per", "xa")], "bodies.ban.per"),
        ([*BODY, ("groups.nhom", {"words": "Sở", "members": ["ban.huyen-a"]}),
          ("bodies.hai", {"words": "Sở", "per": "nhom", "established_by": "lap-ban"})], "bodies.hai.per"),
    ],
    "body-not-established": [
        ([*BODY, ("responsibilities.lap-ban.assigned_to.0", "huyen-a")], "bodies.ban.established_by")
    ],
    "body-established-once": [
        ([*BODY, ("responsibilities.lap-ban.on_demand", {})], "bodies.ban.established_by"),
        ([*BODY, ("responsibilities.lap-ban.leads", "joint")], "bodies.ban.established_by"),
    ],
    "establishes-one-way": [
        ([*BODY, ("responsibilities.lap-ban.establishes", GONE)], "bodies.ban.established_by"),
        ([*BODY, (f"{DUTY}.establishes", "ban")], f"{DUTY}.establishes"),
    ],
    "body-unused": [
        ([*BODY, ("responsibilities.cua-ban", GONE), ("responsibilities.lap-ban.establishes", GONE)],
         "bodies.ban.[key]")
    ],
    "no-successor": [
        ([("agencies.huyen-a.until", "2026-11-10")], "agencies.huyen-a.until"),
        ([*BODY, ("agencies.huyen-a.until", "2027-01-31"), ("responsibilities.cua-ban.continuous", {}),
          ("plan.period.to", "2027")], "agencies.huyen-a.until"),
    ],
    "successor-absent": [
        ([("agencies.huyen-a.until", "2026-11-10"), ("agencies.huyen-a.succeeded_by", "huyen-b"),
          ("agencies.huyen-b.from", "2026-11-12")], "agencies.huyen-a.succeeded_by"),
    ],
    "migrated-state-kept": [
        ([("migrate_states.task", {"open": "submitted"})], "migrate_states.task.open.[key]")
    ],
    "migrated-state-unknown": [([("migrate_states.task", {"gone": "doin"})], "migrate_states.task.gone")],
    # recurrence
    "day-of-no-period": [
        ([("reports.bao-cao.due", {"before": {"day": "20"}})], "reports.bao-cao.due.before"),
        ([("activities.doc-sach.on", {"on": {"day": "last"}})], "activities.doc-sach.on.on"),
        ([(f"{SUM}.expected", {"reporting": {"by": {"day": "3"}}})], f"{SUM}.expected.reporting.by"),
    ],
    "day-beyond-period": [
        ([*SERIES, ("reports.bao-cao.due.before.month", "4")], "reports.bao-cao.due.before.month")
    ],
    "day-of-every-period": [
        ([*SERIES, ("reports.bao-cao.due", {"before": "2026-12-20"})], "reports.bao-cao.due.before"),
        ([*SERIES, (f"{DUTY}.every.starting", GONE), (f"{DUTY}.due.completed", {"by": "2020-01-01"})],
         f"{DUTY}.due.completed.by"),
        ([*SERIES, (f"{DUTY}.expected", {"running": {"during": "2026-12"}})], f"{DUTY}.expected.running.during"),
    ],
    "period-of-another-unit": [
        ([*SERIES, (f"{DUTY}.every.starting", "2026")], f"{DUTY}.every.starting"),
        ([*SERIES, (f"{DUTY}.every.ending", "2027-06")], f"{DUTY}.every.ending"),
    ],
    "series-reversed": [
        ([*SERIES, (f"{DUTY}.every.ending", "2026-Q3")], f"{DUTY}.every"),
        ([*SERIES, (f"{DUTY}.every", {"period": "quarter", "starting": "2027-Q1"})], f"{DUTY}.every"),
    ],
    "rhythm-twice": [
        ([*SERIES, (f"{DUTY}.continuous", {})], f"{DUTY}.continuous.[key]"),
        ([*SERIES, (f"{DUTY}.on_demand", {})], f"{DUTY}.on_demand.[key]"),
    ],
    "continuous-and-due": [
        ([(f"{SPREAD}.continuous", {}), (f"{SPREAD}.due", {"completed": {"by": "2026-12-01"}})],
         f"{SPREAD}.due.completed")
    ],
    "continuous-reversed": [
        ([(f"{SPREAD}.continuous", {"from": "2027", "to": "2026"})], f"{SPREAD}.continuous.to")
    ],
    "opened-not-on-demand": [
        ([(f"{DUTY}.due.running", {"within": {"days": "3", "after": "opened"}})], f"{DUTY}.due.running.within.after"),
        ([("reports.bao-cao.due", {"after": "opened"})], "reports.bao-cao.due.after"),
        ([(f"{SPREAD}.on_demand", {"event": "opened"})], f"{SPREAD}.on_demand.event"),
        ([("activities.doc-sach.after", "opened")], "activities.doc-sach.after"),
    ],
    "consolidates-another-rhythm": [
        ([*SERIES, (f"{DUTY}.every", GONE)], f"{SUM}.consolidates.0"),
        ([*SERIES, (f"{DUTY}.every", {"period": "year"})], f"{SUM}.consolidates.0"),
    ],
    "reported-in-another-rhythm": [
        ([*SERIES, (f"{SPREAD}.every", {"period": "month"})], f"{SPREAD}.reported_in")
    ],
    # order
    "after-itself": [
        ([(f"{SUM}.after", ["tong-hop"])], f"{SUM}.after.0"),
        ([(f"{SUM}.follows", "tong-hop")], f"{SUM}.follows"),
        ([("events.phan-bo.when", {"completed": "tong-hop"}), (f"{SUM}.after", [{"event": "phan-bo"}])],
         f"{SUM}.after.0"),
    ],
    "after-cycle": [
        ([(f"{SUM}.after", ["tuyen-truyen"]), (f"{SPREAD}.after", ["to-chuc"]), (f"{DUTY}.follows", "tong-hop")],
         f"{DUTY}.follows"),
    ],
    "deadline-order-across": [
        ([(f"{DUTY}.after", ["tong-hop"])], f"{DUTY}.after.0"),
        ([("events.phan-bo.when", {"completed": "tong-hop"}), (f"{DUTY}.after", [{"event": "phan-bo"}])],
         f"{DUTY}.after.0"),
        ([*SERIES, (f"{DUTY}.after", ["tong-hop"])], f"{DUTY}.after.0"),
    ],
    "joint-alone": [([(f"{SUM}.leads", "joint")], f"{SUM}.leads")],
    "no-superior": [
        ([("agencies.huyen-a.under", GONE), ("reports.bao-cao.to", "superior")], "reports.bao-cao.to.0"),
        ([("agencies.so.under", GONE), (f"{SUM}.gives", {"what": "sách", "to": ["tinh", "superior"]})],
         f"{SUM}.gives.to.1"),
        ([*BODY, ("agencies.huyen-a.under", GONE),
          ("responsibilities.cua-ban.gives", {"what": "sách", "to": "superior"})],
         "responsibilities.cua-ban.gives.to.0"),
    ],
    "no-subordinates": [
        ([(f"{SUM}.consolidates", [{"responsibility": "to-chuc", "of": "subordinates"}])], f"{SUM}.consolidates.0.of"),
        ([(f"{SUM}.after", [{"responsibility": "to-chuc", "of": "subordinates"}])], f"{SUM}.after.0.of"),
    ],
    # text
    "words-not-found": [
        ([("plan.stages.g1", {"from": "2026", "to": "2027", "words": "hát", "clause": "I.1"})], "plan.stages.g1.words"),
        ([("plan.executors", {"clause": "I.1", "agencies": ["so"], "words": "hát"})], "plan.executors.words"),
        ([("plan.promulgated_by",
           {"kind": "Quyết định", "number": "1", "date": "2026-10-01", "clause": "I.1", "stated": "hát"})],
         "plan.promulgated_by.stated"),
        ([("events.phan-bo.clause", "I.2"), ("events.phan-bo.words", "hát")], "events.phan-bo.words"),
        ([*SERIES, (f"{DUTY}.every.stated", "hằng quý")], f"{DUTY}.every.stated"),
        ([(f"{SPREAD}.continuous", {"stated": "thường xuyên"})], f"{SPREAD}.continuous.stated"),
        ([(f"{SPREAD}.on_demand", {"stated": "khi có yêu cầu", "clause": "I.2"})], f"{SPREAD}.on_demand.stated"),
        ([(f"{DUTY}.parts.0.milestone", {"during": "2026-12", "stated": "hát"})], f"{DUTY}.parts.0.milestone.stated"),
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
        ([*BODY, ("bodies.ban.words", "hát")], "bodies.ban.words"),
        ([("plan.period.stated", "hát")], "plan.period.stated"),
        ([("plan.stages.g1", {"from": "2026", "to": "2027", "words": "hát"})], "plan.stages.g1.words"),
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
    "period-without-end": [
        ([("plan.period.to", "open"), (f"{DUTY}.due.running", {"during": "period"})], f"{DUTY}.due.running"),
        ([("plan.period.to", "open"), ("events.phan-bo.when", "period_end")], "events.phan-bo.when"),
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
    "deadline-before-plan": [
        ([(f"{DUTY}.due.drafting", {"before": "2026-10-01"})], f"{DUTY}.due.drafting"),
        ([*SERIES, (f"{DUTY}.every.starting", "2026-Q3")], "reports.bao-cao.due"),
        ([(f"{DUTY}.parts.0.milestone", {"by": "2026-09-01"})], f"{DUTY}.parts.0.milestone"),
    ],
    "chain-too-tight": [
        ([("reports.tong-hop.due", {"by": "2026-11-16"})], f"{SUM}.consolidates.0"),
        ([(f"{SUM}.takes.days", "6")], f"{SUM}.consolidates.0"),
        ([*SERIES, (f"{SUM}.takes.days", "9")], f"{SUM}.consolidates.0"),
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
#: Rules about contacts, and the one about size, have tests of their own below.
BY_THEMSELVES = {"contact-named-as-agency", "contact-missing", "contact-dates-reversed", "too-many-bodies"}


def found(*edits: tuple[str, Any], contacts: tuple[Contact, ...] | None = None) -> list[Finding]:
    own = [(place, value if value is GONE else copy.deepcopy(value)) for place, value in edits]
    plan = Plan.model_validate(small(*own))
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
    rules = (
        *PLAN_RULES, *ID_RULES, *PEOPLE_RULES, *BODY_RULES, *TEXT_RULES, *TIME_RULES, *RECURRENCE_RULES, *ORDER_RULES,
        *REPORT_RULES,
    )  # fmt: skip
    assert {rule.code for rule in rules} - CASES.keys() == BY_THEMSELVES


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
    if first in ("*", "[key]"):
        inside = [node.get("additionalProperties"), *node.get("patternProperties", {}).values()]
        return any(isinstance(one, dict) and (first == "[key]" or _has(schema, one, rest)) for one in inside)
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


def test_committees_that_are_established_and_used_have_no_findings():
    assert found(*BODY) == []


def test_a_committee_and_that_of_one_agency_may_stand_wherever_a_group_or_an_agency_may():
    edits = [(f"{SUM}.chases", ["ban", "ban.huyen-a"]), ("reports.tong-hop.to", ["tinh", "ban.huyen-b"]),
             (f"{DUTY}.through", "ban"), ("agencies.so.standing", "huyen-a")]  # fmt: skip
    assert found(*BODY, *edits) == []


def test_a_committee_is_answered_for_by_the_contacts_of_its_agency_unless_it_has_its_own():
    register = tuple(contact(id=f"c-{one}", agency=one) for one in ("so", "huyen-a", "huyen-b"))
    assert found(*BODY, contacts=register) == []
    silent = found(*BODY, ("bodies.ban.contacts", "own"), contacts=(*register, contact(id="c", agency="ban.huyen-a")))
    assert [(one.code, one.data["ids"]) for one in silent] == [("contact-missing", ["ban.huyen-b"])]
    unknown = found(*BODY, contacts=(*register, contact(id="c", agency="ban.so")))
    assert [(one.code, dotted(one)) for one in unknown] == [("unknown-agency", "contacts.3.agency")]


def test_a_series_of_reports_and_the_one_that_puts_them_together_have_no_findings():
    assert found(*SERIES) == []


def test_a_chain_of_series_is_judged_in_the_first_period_of_both():
    """The districts begin a quarter before the department does: that quarter is put together by nobody."""
    edits = [(f"{SUM}.every.starting", "2027-Q1")]
    assert found(*SERIES, *edits) == []
    tight = next(one for one in found(*SERIES, *edits, (f"{SUM}.takes.days", "9")) if one.code == "chain-too-tight")
    assert (tight.data["child_day"], tight.data["parent_day"]) == ("2027-03-15", "2027-03-24")


def test_a_duty_that_does_not_recur_may_put_a_series_together():
    edits = [(f"{SUM}.every", GONE), ("reports.tong-hop.due", {"before": "2027-04-21"})]
    assert found(*SERIES, *edits) == []


def test_a_day_of_a_later_month_is_told_by_next():
    edits = [("reports.bao-cao.due", {"before": {"day": "10", "month": "next"}}), ("reminders.1.escalate", GONE)]
    chain = ("reports.tong-hop.due", {"by": {"day": "29", "month": "next"}})
    assert {one.code for one in found(*SERIES, *edits, chain)} <= {"deadline-not-worked"}


def test_a_series_may_end_with_an_event_or_never():
    for ending in ("phan-bo", "open", "2027-Q4"):
        edits = [(f"{one}.every.ending", ending) for one in (DUTY, SUM)]
        assert found(*SERIES, *edits) == []


def test_a_duty_on_demand_may_be_of_a_group_that_nobody_can_count_and_be_due_after_its_opening():
    edits = [("groups.doan", {"words": "Sở", "unnamed": "true"}), (f"{SPREAD}.reported_in", GONE),
             (f"{SPREAD}.assigned_to", ["doan"]), (f"{SPREAD}.on_demand", {"by": "assignee"}),
             (f"{SPREAD}.due", {"completed": {"within": {"days": "5", "after": "opened"}}})]  # fmt: skip
    assert found(*edits) == []


def test_the_agency_above_receives_a_report():
    """Whoever owes it stands under some agency; a committee under that of the agency it belongs to."""
    assert found(("reports.bao-cao.to", "superior")) == []
    edits = [("responsibilities.cua-ban.gives", {"what": "sách", "to": ["superior", "subordinates"]})]
    assert found(*BODY, *edits) == []


def test_a_report_of_the_agencies_below_may_be_put_together_by_one_that_owes_it_itself():
    edits = [("agencies.huyen-b.under", "huyen-a"), (f"{SUM}.assigned_to", ["huyen-a"]),
             (f"{SUM}.consolidates", [{"responsibility": "to-chuc", "of": "subordinates"}])]  # fmt: skip
    assert "consolidator-in-group" not in {one.code for one in found(*edits)}
    assert "no-subordinates" not in {one.code for one in found(*edits)}


def test_what_comes_after_duties_of_another_rhythm_is_not_compared_by_its_day():
    edits = [(f"{SUM}.every", GONE), ("reports.tong-hop.due", {"before": "2026-11-21"}), (f"{SUM}.consolidates", []),
             (f"{SUM}.after", ["to-chuc"])]  # fmt: skip
    assert "deadline-order-across" not in {one.code for one in found(*SERIES, *edits)}


def test_every_circle_of_duties_that_wait_for_one_another_is_told_once():
    edits = [(f"{SUM}.after", ["tuyen-truyen", "to-chuc"]), (f"{SPREAD}.after", ["tong-hop"])]
    chains = [one.data["chain"] for one in found(*edits) if one.code == "after-cycle"]
    assert chains == ["tuyen-truyen → tong-hop → tuyen-truyen"]


def test_an_agency_that_outlives_its_duties_needs_no_successor():
    """The last report of a district is due on 13 November."""
    assert found(("agencies.huyen-b.until", "2026-11-13")) == []
    late = found(("agencies.huyen-b.until", "2026-11-12"))
    assert [(one.code, dotted(one)) for one in late] == [("no-successor", "agencies.huyen-b.until")]


@pytest.mark.parametrize("rhythm", [{"continuous": {}}, {"every": {"period": "year", "ending": "open"}}])
def test_an_agency_that_ends_while_a_duty_goes_on_is_succeeded(rhythm: dict[str, Any]):
    """Its committee's duties fall to whoever succeeds it, also where that agency has no committee."""
    edits = [*BODY, ("plan.period.and_after", "true"), ("agencies.huyen-a.until", "2027-06-30"),
             *((f"responsibilities.cua-ban.{key}", value) for key, value in rhythm.items())]  # fmt: skip
    assert {one.data["id"] for one in found(*edits) if one.code == "no-successor"} == {"huyen-a"}
    for successor in ("huyen-b", "so"):
        passed_on = found(*edits, ("agencies.huyen-a.succeeded_by", successor))
        assert not {"no-successor", "successor-absent"} & {one.code for one in passed_on}


def test_duties_may_pass_on_through_several_successors():
    edits = [("agencies.huyen-a.until", "2026-11-10"), ("agencies.huyen-a.succeeded_by", "so"),
             ("agencies.so.until", "2026-11-09"), ("agencies.so.succeeded_by", "huyen-b")]  # fmt: skip
    assert "successor-absent" not in {one.code for one in found(*edits)}


def test_a_clause_is_taken_up_by_a_committee_and_by_those_who_are_told_to_carry_the_plan_out():
    clause = ("clauses.+", {"id": "I.3", "kind": "duty", "text": "Hát."})
    for edit in (("bodies.ban.clause", "I.3"), ("plan.executors", {"clause": "I.3", "agencies": ["so"]})):
        assert "clause-not-covered" not in {one.code for one in found(*BODY, clause, edit)}


def test_states_that_are_gone_are_moved_to_states_that_are_there():
    assert found(("migrate_states.task", {"doing": "open"})) == []
    guess = next(one for one in found(("migrate_states.task", {"doing": "opne"})) if one.data.get("guess"))
    assert guess.data["guess"] == "open"


def test_a_series_that_cannot_be_counted_is_a_finding_and_no_endless_search():
    """A5: no period's date follows the plan when all of them are one day before it."""
    edits = [*SERIES, (f"{DUTY}.every.starting", GONE), ("reports.bao-cao.due", {"by": "2020-01-01"})]
    assert "day-of-every-period" in {one.code for one in found(*edits)}


def test_a_plan_that_makes_more_committees_than_can_be_held_is_refused_before_they_are_made(
    monkeypatch: pytest.MonkeyPatch,
):
    """A5: a few lines multiply with the roster."""
    monkeypatch.setattr(plan_rules, "MOST_BODIES", 1)
    refused = found(*BODY)
    assert [(one.code, dotted(one), one.data["count"]) for one in refused] == [("too-many-bodies", "bodies", 2)]
