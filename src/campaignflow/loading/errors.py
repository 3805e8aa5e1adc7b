"""Why a plan is not taken."""

from __future__ import annotations

from collections.abc import Sequence

from campaignflow.domain.findings import Finding, Severity, shown
from campaignflow.errors import CampaignflowError


class PlanUnreadable(CampaignflowError):
    """The file of a plan is not there, or the system does not let it be read.

    Attributes:
        findings: always empty; a file that could be read has a `PlanRefused` instead.
    """

    code = "plan-unreadable"
    message = "The plan {file} cannot be read: {reason}."
    cure = "Name the plan's file with --plan, or run `campaignflow init` to begin one."

    findings: tuple[Finding, ...] = ()


class PlanRefused(CampaignflowError):
    """A plan has errors.

    Attributes:
        findings: everything that was found, warnings too.
    """

    code = "plan-refused"
    message = "The plan {file} has {errors} errors, the first of them in {place}."
    cure = "Run `campaignflow check`, which shows each of them with its cure."

    def __init__(self, file: str, findings: Sequence[Finding]) -> None:
        errors = [finding for finding in findings if finding.severity is Severity.error]
        first = errors[0]
        super().__init__(file=shown(file), errors=len(errors), place=first.place)
        self.findings = tuple(findings)
