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

    days: PlanDays = Field(description="How many days.")
    working: PlanBool = Field(default=True, description="Whether they are working days.")
    set_by: PlanId | None = Field(default=None, description="Who says so, where the plan does not.")


class ReportText(PlanText):
    """A report, said once and owed by every responsibility that names it."""

    clause: ClauseId = Field(description="The clause that asks for it.")
    also: Listed[ClauseId] = Field(default=(), description="Further clauses that do.")
    title: Line = Field(description="Its name.")
    to: Listed[PlanId] = Field(
        description="The receivers, in the order of Kính gửi; `superior`: the agency above each assignee."
    )
    via: PlanId | None = Field(default=None, description="The office through which it goes.")
    closing: Line | None = Field(
        default=None, description="The day on which its figures are closed, in the plan's words, or `unstated`."
    )
    form: PlanId | None = Field(default=None, description="The form to be filled in.")
    due: DeadlineText | None = Field(default=None, description="By when it is owed.")
    required: PlanBool = Field(default=True, description="If not, the report is invited and never overdue.")
    counted_by: Literal["signed", "sent", "received"] = Field(
        default="sent", description="Which of the document's dates decides whether it was on time."
    )
    acceptance: Literal["receiver", "on_sending"] = Field(
        default="receiver", description="`on_sending`: an external receiver accepts by the dispatch itself."
    )
    revise_within: ReviseWithin | None = Field(
        default=None, description="How long an agency has to answer a returned report and still be on time."
    )
    locks: Literal["when_consolidated", "never"] | None = Field(
        default=None, description="From when a submission is only a supplement."
    )
    missing: Literal["refuse", "warn", "allow"] = Field(
        default="warn", description="What a missing report does to a consolidation of it."
    )
    own_figures: PlanBool = Field(
        default=False, description="Whether the consolidating agency adds figures of its own."
    )
    nil_allowed: PlanBool = Field(default=True, description="Whether a nil report with a reason is accepted.")


class Indicator(PlanText):
    """A figure of a form."""

    label: Line = Field(description="What is asked.")
    unit: Line | None = Field(default=None, description="What is counted.")
    roll_up: Literal["sum", "mean", "max", "last", "last_then_sum", "none"] = Field(
        default="sum", description="How the figures of several agencies become one."
    )
    type: Literal["integer", "decimal", "money"] = Field(
        default="integer", description="What kind of number it is; money is in whole đồng."
    )
    required: PlanBool = Field(default=True, description="Whether the form cannot be sent without it.")
    clause: ClauseId | None = Field(default=None, description="The clause that asks for it.")
    cumulative: PlanBool = Field(
        default=False, description="Whether the figure counts from the beginning rather than for the period."
    )
    warn_above: PlanInt | PlanId | None = Field(default=None, description="A number, or a number of the agency's.")
    warn_below: PlanInt | PlanId | None = Field(
        default=None, description="A number, or a number of the agency's, below which the figure is questioned."
    )
    under: PlanId | None = Field(default=None, description="The legal basis it follows.")
    by: Listed[Line] = Field(default=(), description="A breakdown of the figure.")


class Narrative(PlanText):
    """A section of prose."""

    label: Line = Field(description="What is to be written about.")
    required: PlanBool = Field(default=False, description="Whether the form cannot be sent without it.")


class ListText(PlanText):
    """A list that the report carries, such as the people commended."""

    label: Line = Field(description="What is listed.")
    columns: Listed[Line] = Field(description="The names of its columns.")
    clause: ClauseId | None = Field(default=None, description="The clause that asks for it.")


def _file_type(value: object) -> str:
    text = line(value)
    if not _FILE_TYPE.fullmatch(text):
        refuse("bad-file-type", value=text)
    return text


FileType = Annotated[str, FromText(_file_type, {"type": ["string", "integer"], "pattern": f"^{_FILE_TYPE.pattern}$"})]
"""How the name of a file ends."""


class Attachments(PlanText):
    """What files may come with a report."""

    max: PlanCount = Field(default=5, description="How many files at most.")
    types: Listed[FileType] = Field(default=("pdf", "docx", "xlsx", "jpg"), description="How their names may end.")


class Form(PlanText):
    """What a report asks for."""

    clause: ClauseId | None = Field(default=None, description="The clause that asks for it.")
    indicators: dict[PlanId, Indicator] = Field(default={}, description="The figures that are asked for, by id.")
    held: Literal["activities"] | None = Field(
        default=None, description="`activities`: the form asks which of the duty's activities took place."
    )
    duties: PlanBool = Field(
        default=False, description="Whether it asks for a paragraph about each duty that is reported in it."
    )
    narrative: dict[PlanId, Narrative] = Field(default={}, description="The sections of prose, by id.")
    lists: dict[PlanId, ListText] = Field(default={}, description="The lists, by id.")
    attachments: Attachments | None = Field(default=None, description="What files may come with it.")
