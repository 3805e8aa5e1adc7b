"""What people call the words of the program, in English; the Vietnamese stands in the catalogue.

The words on the left are stored and scripted against, so they never change; the labels may. The Vietnamese labels are
those officials use: the two axes of a monitored task (hoàn thành or not, within time or past it), and the duty words of
administrative plans (chủ trì, phối hợp, tham mưu, đôn đốc …).
"""

from __future__ import annotations

from collections.abc import Mapping


def NP_(context: str, message: str) -> str:
    """Marks a message whose translation depends on `context`: one English word may name a role and a step."""
    return message


LABELS: Mapping[str, Mapping[str, str]] = {
    "phase": {
        "drafting": NP_("phase", "Drafting"),
        "opening": NP_("phase", "Opening"),
        "running": NP_("phase", "Running"),
        "summarizing": NP_("phase", "Summarizing"),
        "reporting": NP_("phase", "Reporting"),
        "completed": NP_("phase", "Completed"),
    },
    "state": {
        "drafting": NP_("state", "Drafting"),
        "opening": NP_("state", "Opening"),
        "running": NP_("state", "Running"),
        "summarizing": NP_("state", "Summarizing"),
        "reporting": NP_("state", "Reporting"),
        "submitted": NP_("state", "Submitted"),
        "returned": NP_("state", "Returned"),
        "completed": NP_("state", "Completed"),
        "exempted": NP_("state", "Exempted"),
        "cancelled": NP_("state", "Cancelled"),
        "collecting": NP_("state", "Collecting"),
        "consolidating": NP_("state", "Consolidating"),
        "open": NP_("state", "Open"),
    },
    "standing": {
        "done_on_time": NP_("standing", "Done on time"),
        "done_late": NP_("standing", "Done late"),
        "in_time": NP_("standing", "Not done, in time"),
        "due_soon": NP_("standing", "Due soon"),
        "overdue": NP_("standing", "Not done, overdue"),
        "not_due": NP_("standing", "Not due yet"),
        "no_deadline": NP_("standing", "No deadline"),
        "exempt": NP_("standing", "Exempt"),
        "cancelled": NP_("standing", "Cancelled"),
    },
    "role": {
        "lead": NP_("role", "lead"),
        "coordinate": NP_("role", "coordinate"),
        "direct": NP_("role", "direct"),
        "guide": NP_("role", "guide"),
        "advise": NP_("role", "advise"),
        "inspect": NP_("role", "inspect"),
        "supervise": NP_("role", "supervise"),
        "chase": NP_("role", "chase"),
        "inform": NP_("role", "inform"),
        "fund": NP_("role", "fund"),
        "consolidate": NP_("role", "consolidate"),
        "report": NP_("role", "report"),
        "summarize": NP_("role", "summarize"),
        "commend": NP_("role", "commend"),
        "appraise": NP_("role", "appraise"),
        "approve": NP_("role", "approve"),
        "issue": NP_("role", "issue"),
        "establish": NP_("role", "establish"),
    },
    "force": {
        "ordered": NP_("force", "ordered"),
        "requested": NP_("force", "requested"),
        "encouraged": NP_("force", "encouraged"),
        "discretionary": NP_("force", "discretionary"),
    },
    "action": {
        "confirm": NP_("action", "Confirm"),
        "accept": NP_("action", "Accept or return"),
        "call": NP_("action", "Call"),
        "do": NP_("action", "Do"),
    },
    "trigger": {
        "register": NP_("trigger", "register the own plan"),
        "open": NP_("trigger", "confirm the opening"),
        "return_plan": NP_("trigger", "return the own plan"),
        "finish": NP_("trigger", "finish the work"),
        "summarize": NP_("trigger", "sum up"),
        "submit": NP_("trigger", "submit the report"),
        "accept": NP_("trigger", "accept"),
        "return": NP_("trigger", "return"),
        "complete": NP_("trigger", "complete"),
        "consolidate": NP_("trigger", "consolidate"),
        "done": NP_("trigger", "done"),
        "exempt": NP_("trigger", "exempt"),
        "cancel": NP_("trigger", "cancel"),
        "opening_begins": NP_("trigger", "the opening begins"),
        "opening_ends": NP_("trigger", "the opening is over"),
        "period_ends": NP_("trigger", "the period ends"),
        "end_with_lead": NP_("trigger", "end with the lead's"),
        "confirm_by_report": NP_("trigger", "confirmed by the report"),
    },
    "party": {
        "assignee": NP_("party", "the assignee"),
        "receiver": NP_("party", "the receiver"),
        "inspector": NP_("party", "the inspector"),
        "coordinator": NP_("party", "the coordinator"),
        "clock": NP_("party", "the clock"),
        "dispatch": NP_("party", "the dispatch"),
        "system": NP_("party", "the program"),
    },
    "event kind": {
        "applied": NP_("event kind", "Plan applied"),
        "step": NP_("event kind", "Step"),
        "clock": NP_("event kind", "Step of the clock"),
        "part": NP_("event kind", "Point ticked"),
        "event": NP_("event kind", "Event happened"),
        "acknowledged": NP_("event kind", "Acknowledged"),
        "confirmed": NP_("event kind", "Group confirmed"),
        "contacts": NP_("event kind", "Contacts changed"),
        "extended": NP_("event kind", "Deadline extended"),
        "delegated": NP_("event kind", "Delegated"),
        "undone": NP_("event kind", "Step taken back"),
        "opened": NP_("event kind", "Opened on demand"),
        "amended": NP_("event kind", "Duty changed"),
        "period": NP_("event kind", "Period made"),
        "established": NP_("event kind", "Established"),
        "succeeded": NP_("event kind", "Duties passed on"),
        "closed": NP_("event kind", "Campaign closed"),
        "reopened": NP_("event kind", "Campaign opened again"),
    },
    "contact role": {
        "clerk": NP_("contact role", "clerk"),
        "head": NP_("contact role", "head"),
        "registry": NP_("contact role", "registry"),
        "superior": NP_("contact role", "superior"),
    },
    "grouping": {
        "agency": NP_("grouping", "Agency"),
        "responsibility": NP_("grouping", "Duty"),
        "phase": NP_("grouping", "Phase"),
        "region": NP_("grouping", "Region"),
    },
    "severity": {
        "error": NP_("severity", "error"),
        "warning": NP_("severity", "warning"),
    },
}
"""By kind of word, then by word."""
