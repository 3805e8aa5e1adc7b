"""Reports, forms and indicators as the plan writes them.

Reports are parsed and checked from the first release on; the figures themselves come with the reports.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import Field

from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.findings import Rule, register
from campaignflow.domain.scalars import (
    ClauseId,
    FromText,
    Line,
    Listed,
    PlanBool,
    PlanCount,
    PlanDays,
    PlanId,
    PlanInt,
    line,
    refuse,
)
from campaignflow.domain.text import PlanText

_FILE_TYPE: Final = re.compile("[a-z0-9]{1,8}")

#: Every refusal of this module.
RULES: Final = register(
    Rule(
        "bad-file-type",
        "'{value}' is not the ending of a file's name.",
        "Write it in lower-case letters and without a dot: pdf.",
        why="Files are told apart by their endings when they come in.",
    ),
)


class ReviseWithin(PlanText):
    """How long an agency has to answer a returned report and still count as on time."""

    days: PlanDays
    working: PlanBool = True
    set_by: PlanId | None = None


class ReportText(PlanText):
    """A report, said once and owed by every responsibility that names it."""

    clause: ClauseId
    also: Listed[ClauseId] = ()
    title: Line
    to: Listed[PlanId] = Field(description="The receivers, in the order of Kính gửi.")
    form: PlanId | None = None
    due: DeadlineText | None = None
    required: PlanBool = Field(default=True, description="If not, the report is invited and never overdue.")
    counted_by: Literal["signed", "sent", "received"] = Field(
        default="sent", description="Which of the document's dates decides whether it was on time."
    )
    acceptance: Literal["receiver", "on_sending"] = Field(
        default="receiver", description="`on_sending`: an external receiver accepts by the dispatch itself."
    )
    revise_within: ReviseWithin | None = None
    locks: Literal["when_consolidated", "never"] | None = None
    missing: Literal["refuse", "warn", "allow"] = "warn"
    own_figures: PlanBool = False
    nil_allowed: PlanBool = Field(default=True, description="Whether a nil report with a reason is accepted.")


class Indicator(PlanText):
    """A figure of a form."""

    label: Line
    unit: Line | None = None
    roll_up: Literal["sum", "mean", "max", "last", "last_then_sum", "none"] = "sum"
    type: Literal["integer", "decimal", "money"] = "integer"
    required: PlanBool = True
    clause: ClauseId | None = None
    cumulative: PlanBool = False
    warn_above: PlanId | PlanInt | None = Field(default=None, description="A number, or a number of the agency's.")
    warn_below: PlanId | PlanInt | None = None
    under: PlanId | None = None
    by: Listed[Line] = Field(default=(), description="A breakdown of the figure.")


class Narrative(PlanText):
    """A section of prose."""

    label: Line
    required: PlanBool = False


class ListText(PlanText):
    """A list that the report carries, such as the people commended."""

    label: Line
    columns: Listed[Line]
    clause: ClauseId | None = None


def _file_type(value: object) -> str:
    text = line(value)
    if not _FILE_TYPE.fullmatch(text):
        refuse("bad-file-type", value=text)
    return text


FileType = Annotated[str, FromText(_file_type, {"type": ["string", "integer"], "pattern": f"^{_FILE_TYPE.pattern}$"})]
"""How the name of a file ends."""


class Attachments(PlanText):
    """What files may come with a report."""

    max: PlanCount = 5
    types: Listed[FileType] = ("pdf", "docx", "xlsx", "jpg")


class Form(PlanText):
    """What a report asks for."""

    clause: ClauseId | None = None
    indicators: dict[PlanId, Indicator] = {}
    held: Literal["activities"] | None = None
    duties: PlanBool = False
    narrative: dict[PlanId, Narrative] = {}
    lists: dict[PlanId, ListText] = {}
    attachments: Attachments | None = None
