"""Guards: named conditions that a step of a lifecycle can ask for.

A lifecycle names a guard; this registry says what the name means. A name that is not in here is refused when the plan
is read. Names are never imported, called or looked up anywhere else: whoever writes a plan can choose among these
functions and cannot bring one of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from campaignflow.domain.lifecycle import Step
from campaignflow.errors import CampaignflowError


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardContext:
    """The facts about an assignment and a step that guards decide by."""

    #: The moment the step counts from: when it happened, aware.
    now: datetime
    #: Whether the plan asks a report of this assignment, be it an invited one.
    owes_report: bool = False
    #: Whether it must be given: an invited report (`required: false`) need not.
    report_required: bool = False
    #: When the opening begins: the first instant of its day, else of the period. None if the plan has neither.
    opening_begins: datetime | None = None
    #: Whether a document comes with the step (a number, a date or a file).
    has_document: bool = False
    #: Whether a reason comes with it.
    has_reason: bool = False


class StepRefused(CampaignflowError):
    """A step that the table knows and that is not allowed as things stand; each subclass says why."""

    code = "step-refused"


class OpeningHasBegun(StepRefused):
    """The inspector sends a plan back after the opening has begun."""

    code = "opening-has-begun"
    message = "The opening has begun: {trigger} is possible only before it."
    cure = "Write to the agency, or note it on its assignment; if the step happened earlier, say when with --at."


class NoReportOwed(StepRefused):
    """A report is sent for an assignment that the plan asks none of."""

    code = "no-report-owed"
    message = "The plan asks no report of this assignment, so there is nothing to {trigger}."
    cure = "Finish it with the step that `show` names, or give the duty a `report` in the plan."


class ReportOwed(StepRefused):
    """An assignment is finished by hand although the plan asks a report of it."""

    code = "report-owed"
    message = "The plan asks a report of this assignment: {trigger} does not finish it."
    cure = "Submit the report; where there is nothing to report, submit a nil report with its reason."


class DocumentNeeded(StepRefused):
    """A step comes without the document it needs."""

    code = "document-needed"
    message = "The step {trigger} needs a document."
    cure = "Give its number and date (--number, --date) or the file (--attach)."


class ReasonNeeded(StepRefused):
    """A step comes without the reason it needs."""

    code = "reason-needed"
    message = "The step {trigger} needs a reason."
    cure = "Say it with --reason, in the words the agency should read."


class GuardUnknown(CampaignflowError):
    """A stored lifecycle names a guard that this release does not have."""

    code = "guard-unknown"
    message = "The lifecycle asks for the guard {guard}, which this release does not know."
    cure = "Use the release the plan was applied with or a later one, or take the guard out and apply the plan again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A condition, and the refusal of a step that does not meet it."""

    #: The name lifecycles use.
    name: str
    #: Whether the step may be taken.
    allows: Callable[[GuardContext], bool]
    #: What is raised if not.
    refusal: type[StepRefused]
    #: What the reference says of it.
    doc: str


def _before_opening(context: GuardContext) -> bool:
    return context.opening_begins is None or context.now < context.opening_begins


def _owes_report(context: GuardContext) -> bool:
    return context.owes_report


def _owes_no_report(context: GuardContext) -> bool:
    return not context.owes_report


def _owes_no_required_report(context: GuardContext) -> bool:
    return not (context.owes_report and context.report_required)


_ALL = (
    Guard(
        name="before_opening",
        allows=_before_opening,
        refusal=OpeningHasBegun,
        doc="The opening has not begun; always so in a plan without an opening day and without a period.",
    ),
    Guard(
        name="owes_report",
        allows=_owes_report,
        refusal=NoReportOwed,
        doc="The plan asks a report of the assignment, required or invited.",
    ),
    Guard(
        name="owes_no_report",
        allows=_owes_no_report,
        refusal=ReportOwed,
        doc="The plan asks no report of the assignment, not even an invited one.",
    ),
    Guard(
        name="owes_no_required_report",
        allows=_owes_no_required_report,
        refusal=ReportOwed,
        doc="The plan asks no report of the assignment, or only an invited one.",
    ),
)

GUARDS: dict[str, Guard] = {guard.name: guard for guard in _ALL}
"""Every guard by the name that lifecycles use."""


def refusal(step: Step, context: GuardContext) -> StepRefused | None:
    """Why a step is not allowed as things stand, ready to be raised; None if it is allowed.

    Raises:
        GuardUnknown: the table comes from a release with other guards. Such a step is never taken.
    """
    if "document" in step.needs and not context.has_document:
        return DocumentNeeded(trigger=step.trigger)
    if "reason" in step.needs and not context.has_reason:
        return ReasonNeeded(trigger=step.trigger)
    return guard_refusal(step, context)


def guard_refusal(step: Step, context: GuardContext) -> StepRefused | None:
    """As `refusal`, without what has to be given with the step: what decides whether the step is offered."""
    for name in step.guards:
        guard = GUARDS.get(name)
        if guard is None:
            raise GuardUnknown(guard=name)
        if not guard.allows(context):
            return guard.refusal(trigger=step.trigger)
    return None
