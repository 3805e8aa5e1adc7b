"""Responsibilities and activities as the plan writes them.

A responsibility (nhiệm vụ) is what a clause of the plan asks of an agency or a group, with the role it gives them. It
quotes its clause: `words` is a phrase of the clause that `check` finds there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.scalars import ClauseId, Line, Listed, PlanBool, PlanDays, PlanId, Text
from campaignflow.domain.text import PlanText, ShortWay, short_form

Role = Literal[
    "lead", "coordinate", "direct", "guide", "advise", "inspect", "supervise", "chase", "inform", "fund",
    "consolidate", "report", "summarize", "commend", "appraise", "approve", "issue", "establish",
]  # fmt: skip
"""What a duty makes of an agency; `docs/reference/words.md` gives the Vietnamese word for each."""

Force = Literal["ordered", "requested", "encouraged", "discretionary"]
"""How binding the plan's words are: giao, đề nghị, khuyến khích, xem xét."""


class Partner(PlanText):
    """Someone the plan tells the assignee to work `with` (phối hợp)."""

    agency: PlanId = Field(description="An agency or a group; only an agency can have `completes`.")
    completes: Literal["with_lead", "own"] | None = Field(
        default=None,
        description="Given: the partner owes an assignment of its own; `with_lead`: it ends with the lead's.",
    )
    by_heading: PlanBool = Field(default=False, description="Named by the heading of the clause, not by its sentence.")


class Part(PlanText):
    """A point of one duty: ticked, not an assignment of its own."""

    id: PlanId
    words: Line = Field(description="The phrase of the clause that states it.")
    role: Role | None = None
    under: PlanId | None = Field(default=None, description="The legal basis it follows.")
    funds: Listed[PlanId] = Field(default=(), description="The activities it pays for.")


class OwnPlan(PlanText):
    """The plan that the assignee itself must draft (kế hoạch của đơn vị)."""

    clause: ClauseId | None = None
    required: PlanBool = True
    note: Text | None = None


class Inspection(PlanText):
    """Whom an inspecting duty looks at, and what it may send back."""

    responsibilities: Listed[PlanId] = ()
    others: Listed[PlanId] = Field(default=(), description="Agencies and groups outside those responsibilities.")
    phases: Listed[PlanId] = ()
    may_return: Listed[Literal["own_plan"]] = ()


class Consolidated(PlanText):
    """A responsibility whose reports a consolidation is computed from."""

    responsibility: PlanId
    missing: Literal["refuse", "warn", "allow"] | None = None


class Takes(PlanText):
    """How long the assignee itself needs once everything is in."""

    days: PlanDays
    working: PlanBool = True
    set_by: PlanId | None = None


def _window(value: Any) -> Any:
    return value if isinstance(value, DeadlineText) or _says_during(value) else {"during": value}


def _says_during(value: Any) -> bool:
    return isinstance(value, Mapping) and "during" in value


class Activity(PlanText):
    """Something the campaign does, by whom and when."""

    clause: ClauseId
    also: Listed[ClauseId] = ()
    title: Line
    words: Line
    by: Listed[PlanId] = Field(default=(), description="The agencies and groups that hold it.")
    force: Force = "ordered"
    on: Annotated[DeadlineText | None, short_form("on")] = Field(default=None, description="Its day.")
    during: Annotated[DeadlineText | None, ShortWay(_window, key="during")] = Field(
        default=None, description="Its window."
    )
    after: PlanId | None = Field(default=None, description="The event it follows.")
    for_: Line | None = Field(default=None, alias="for", description="Whom it is meant for.")
    counts: Listed[PlanId] = Field(default=(), description="The indicators of the form that it feeds.")


class Responsibility(PlanText):
    """A duty of an agency or of each member of a group."""

    clause: ClauseId = Field(description="The clause that states it.")
    also: Listed[ClauseId] = Field(default=(), description="Further clauses it rests on.")
    words: Line | None = Field(default=None, description="The phrase of the clause that states it.")
    title: Line = Field(description="Its name in tables and mails.")
    assigned_to: Listed[PlanId] = Field(description="Agencies and groups; a group gives one assignment a member.")
    role: Role = "lead"
    force: Force = "ordered"
    lifecycle: PlanId | None = Field(default=None, description="By default the role's: organize, consolidate or task.")
    for_: Listed[PlanId] = Field(default=(), alias="for", description="Whom it serves: the advised, the guided.")
    with_: Listed[Annotated[Partner, short_form("agency")]] = Field(default=(), alias="with")
    directs: Listed[PlanId] = ()
    guides: Listed[PlanId] = ()
    chases: Listed[PlanId] = ()
    inspects: Inspection | None = None
    consolidates: Listed[Annotated[Consolidated, short_form("responsibility")]] = ()
    takes: Takes | None = None
    report: PlanId | None = Field(default=None, description="The report it owes, by its id under `reports`.")
    reported_in: PlanId | None = Field(default=None, description="The responsibility whose report covers it.")
    activities: Listed[PlanId] = ()
    parts: Listed[Part] = ()
    own_plan: OwnPlan | None = None
    optional_phases: Listed[PlanId] = ()
    confirm_before_mail: PlanBool = False
    office: Line | None = Field(default=None, description="The person or unit that acts, where the plan names one.")
    under_law: Listed[PlanId] = Field(default=(), alias="under", description="The legal bases it follows.")
    assumed: Text | None = Field(
        default=None, description="A reading of ours that the text does not say, shown as such."
    )
    due: dict[PlanId, DeadlineText] = Field(default={}, description="By phase: the phase is finished by then.")
    expected: dict[PlanId, DeadlineText] = Field(
        default={}, description="The coordinator's own dates: they remind, nothing is ever late by them."
    )

    @property
    def lifecycle_name(self) -> str:
        """The lifecycle it follows: the one it names, else its role's."""
        return self.lifecycle or {"lead": "organize", "consolidate": "consolidate"}.get(self.role, "task")
