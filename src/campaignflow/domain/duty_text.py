"""Responsibilities and activities as the plan writes them.

A responsibility (nhiệm vụ) is what a clause of the plan asks of an agency or a group, with the role it gives them. It
quotes its clause: `words` is a phrase of the clause that `check` finds there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from campaignflow.domain.deadline_text import DeadlineText
from campaignflow.domain.findings import Rule, register
from campaignflow.domain.periods import Unit
from campaignflow.domain.scalars import ClauseId, Line, Listed, PlanBool, PlanCount, PlanDays, PlanId, Text, refuse
from campaignflow.domain.spans import FirstDay, LastDayOrOpen, PeriodId, PeriodOrEvent
from campaignflow.domain.text import PlanText, ShortWay, short_form

Role = Literal[
    "lead", "coordinate", "direct", "guide", "advise", "inspect", "supervise", "chase", "inform", "fund",
    "consolidate", "report", "summarize", "commend", "appraise", "approve", "issue", "establish",
]  # fmt: skip
"""What a duty makes of an agency; `docs/reference/words.md` gives the Vietnamese word for each."""

Force = Literal["ordered", "requested", "encouraged", "discretionary"]
"""How binding the plan's words are: giao, đề nghị, khuyến khích, xem xét."""


#: Every refusal of this module.
RULES: Final = register(
    Rule(
        "after-nothing",
        "Nothing says what this comes after.",
        "Name one of `responsibility` and `event`.",
        why="A duty that waits for nothing waits for ever.",
    ),
    Rule(
        "after-both",
        "This comes after a responsibility and an event at once.",
        "Write two entries, one for each.",
        why="Each of the two is waited for by itself.",
    ),
)


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

    id: PlanId = Field(description="Its id.")
    words: Line = Field(description="The phrase of the clause that states it.")
    role: Role | None = Field(default=None, description="The role that it gives, where that is not the duty's.")
    under: PlanId | None = Field(default=None, description="The legal basis it follows.")
    funds: Listed[PlanId] = Field(default=(), description="The activities it pays for.")
    done_by: Line | None = Field(default=None, description="Who does it within the agency, in the plan's words.")
    milestone: DeadlineText | None = Field(
        default=None,
        description="By when this point is to be done; it is shown, and makes the duty neither done nor late.",
    )


class OwnPlan(PlanText):
    """The plan that the assignee itself must draft (kế hoạch của đơn vị)."""

    clause: ClauseId | None = Field(default=None, description="The clause that asks for it.")
    required: PlanBool = Field(default=True, description="Whether one that is missing stays on the worklist.")
    note: Text | None = Field(default=None, description="A remark for readers of the plan file.")


class Inspection(PlanText):
    """Whom an inspecting duty looks at, and what it may send back."""

    responsibilities: Listed[PlanId] = Field(default=(), description="The duties that are inspected.")
    others: Listed[PlanId] = Field(default=(), description="Agencies and groups outside those responsibilities.")
    phases: Listed[PlanId] = Field(default=(), description="The phases in which they are.")
    may_return: Listed[Literal["own_plan"]] = Field(default=(), description="What the inspector may send back.")


class Consolidated(PlanText):
    """A responsibility whose reports a consolidation is computed from."""

    responsibility: PlanId = Field(description="The duty whose reports come in.")
    of: Literal["all", "subordinates"] = Field(
        default="all", description="Whose: everybody's, or that of the agencies below the consolidating one."
    )
    missing: Literal["refuse", "warn", "allow"] | None = Field(
        default=None,
        description="What a missing report does to the consolidation, where that is not what the report says.",
    )


class Every(PlanText):
    """How a duty recurs: for each period of the calendar (định kỳ), one assignment of each agency."""

    period: Unit = Field(description="How long a period is.")
    starting: PeriodId | None = Field(
        default=None,
        description="The first period; by default the first whose date follows the plan's own.",
    )
    ending: PeriodOrEvent | None = Field(
        default=None,
        description="The last period, the event that ends the series, or `open`; by default the campaign's end.",
    )
    and_after: PlanBool = Field(
        default=False, description="Whether it goes on after `ending` (và những năm tiếp theo)."
    )
    anchor: Literal["calendar"] = Field(default="calendar", description="Periods are those of the calendar.")
    stated: Line | None = Field(default=None, description="The plan's own words; found in the clause by `check`.")
    clause: ClauseId | None = Field(default=None, description="The clause they stand in, when it is not the duty's.")
    assumed: Text | None = Field(default=None, description="A reading of ours that the text does not say.")


class Continuous(PlanText):
    """A duty without an end (thường xuyên): never overdue, and outside the rates."""

    from_: FirstDay | None = Field(default=None, alias="from", description="Its first day; without it, at once.")
    to: LastDayOrOpen | None = Field(default=None, description="A horizon that the plan names; nobody is late by it.")
    and_after: PlanBool = Field(default=False, description="Whether it goes on after it (và tiếp theo).")
    stated: Line | None = Field(default=None, description="The plan's own words; found in the clause by `check`.")
    clause: ClauseId | None = Field(default=None, description="The clause they stand in, when it is not the duty's.")


class OnDemand(PlanText):
    """A duty that nobody owes until it is opened for somebody (khi có yêu cầu)."""

    stated: Line | None = Field(default=None, description="The plan's own words; found in the clause by `check`.")
    clause: ClauseId | None = Field(default=None, description="The clause they stand in, when it is not the duty's.")
    by: Literal["coordinator", "assignee"] = Field(
        default="coordinator", description="Who opens it; the coordinator always may."
    )
    event: PlanId | None = Field(default=None, description="The event that opens it for everyone it is assigned to.")


class After(PlanText):
    """What has to be over before a duty can begin. It holds nobody back; it is shown, and explains a delay."""

    responsibility: PlanId | None = Field(default=None, description="A duty that has to be done first.")
    of: Literal["all", "subordinates", "same_agency"] = Field(
        default="all", description="Whose: everybody's, that of the agencies below, or the agency's own."
    )
    event: PlanId | None = Field(default=None, description="An event that has to happen first.")

    @model_validator(mode="after")
    def _one_thing(self) -> After:
        if self.responsibility is None and self.event is None:
            refuse("after-nothing")
        if self.responsibility is not None and self.event is not None:
            refuse("after-both")
        return self


class Gives(PlanText):
    """What a duty hands over, and to whom (gửi, báo cáo, trình)."""

    what: Line = Field(description="What is handed over.")
    to: Listed[PlanId] = Field(default=(), description="To whom: agencies, groups, `superior` or `subordinates`.")
    at_least: PlanCount | None = Field(default=None, description="How many of it at least.")
    clause: ClauseId | None = Field(default=None, description="The clause that says so, when it is not the duty's.")


class Takes(PlanText):
    """How long the assignee itself needs once everything is in."""

    days: PlanDays = Field(description="How many days.")
    working: PlanBool = Field(default=True, description="Whether they are working days.")
    set_by: PlanId | None = Field(default=None, description="Who says so, since the plan does not.")


def _window(value: Any) -> Any:
    return value if isinstance(value, DeadlineText) or _says_during(value) else {"during": value}


def _says_during(value: Any) -> bool:
    return isinstance(value, Mapping) and "during" in value


class Activity(PlanText):
    """Something the campaign does, by whom and when."""

    clause: ClauseId = Field(description="The clause that states it.")
    also: Listed[ClauseId] = Field(default=(), description="Further clauses it rests on.")
    title: Line = Field(description="Its name in tables.")
    words: Line = Field(description="The phrase of the clause that states it; found there by `check`.")
    by: Listed[PlanId] = Field(default=(), description="The agencies and groups that hold it.")
    force: Force = Field(default="ordered", description="How binding the plan's words are.")
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
    role: Role = Field(default="lead", description="What the duty makes of the assignee.")
    force: Force = Field(default="ordered", description="How binding the plan's words are.")
    leads: Literal["each", "joint"] = Field(
        default="each", description="`joint`: those it is assigned to share one assignment, named after the first."
    )
    every: Every | None = Field(default=None, description="How it recurs.")
    continuous: Continuous | None = Field(default=None, description="A duty without an end (thường xuyên).")
    on_demand: OnDemand | None = Field(default=None, description="Owed only once it is opened for somebody.")
    after: Listed[Annotated[After, short_form("responsibility")]] = Field(
        default=(), description="What has to be over before it can begin."
    )
    follows: PlanId | None = Field(default=None, description="The duty that it carries on (bổ sung, duy trì).")
    lifecycle: PlanId | None = Field(default=None, description="By default the role's: organize, consolidate or task.")
    for_: Listed[PlanId] = Field(default=(), alias="for", description="Whom it serves: the advised, the guided.")
    with_: Listed[Annotated[Partner, short_form("agency")]] = Field(
        default=(), alias="with", description="Whom the assignee is to work with (phối hợp)."
    )
    directs: Listed[PlanId] = Field(default=(), description="Whom it directs.")
    guides: Listed[PlanId] = Field(default=(), description="Whom it guides.")
    chases: Listed[PlanId] = Field(default=(), description="Whom it chases (đôn đốc).")
    inspects: Inspection | None = Field(default=None, description="Whom it inspects.")
    consolidates: Listed[Annotated[Consolidated, short_form("responsibility")]] = Field(
        default=(), description="The duties whose reports it puts together."
    )
    takes: Takes | None = Field(
        default=None,
        description="How long that takes once everything is in: what `check` adds to the last day of the others.",
    )
    report: PlanId | None = Field(default=None, description="The report it owes, by its id under `reports`.")
    reported_in: PlanId | None = Field(default=None, description="The responsibility whose report covers it.")
    activities: Listed[PlanId] = Field(default=(), description="The activities that the assignee holds.")
    parts: Listed[Part] = Field(default=(), description="Points of the duty, to be ticked.")
    own_plan: OwnPlan | None = Field(default=None, description="The plan of its own that the assignee must draft.")
    optional_phases: Listed[PlanId] = Field(default=(), description="Phases that the assignee may pass over.")
    confirm_before_mail: PlanBool = Field(
        default=False, description="Whether nothing is mailed until the coordinator has confirmed the assignees."
    )
    establishes: PlanId | None = Field(default=None, description="The body or agency that it brings into being.")
    gives: Gives | None = Field(default=None, description="What it hands over, and to whom.")
    office: Line | None = Field(default=None, description="The person or unit that acts, where the plan names one.")
    through: PlanId | None = Field(default=None, description="The body by which the assignee acts.")
    through_unit: Line | None = Field(default=None, description="The unit of the assignee that does the work.")
    carried_out_by: Listed[PlanId] = Field(default=(), description="Who carries it out on the ground.")
    counted_per: Line | None = Field(
        default=None, description="What it is done for one by one (household): counted in a form, not assigned."
    )
    nil_allowed: PlanBool = Field(default=True, description="Whether there may be nothing to do in a period.")
    stage: PlanId | None = Field(default=None, description="The stage of the plan that it belongs to.")
    serves: Listed[PlanId] = Field(default=(), description="The duties that it prepares for others.")
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
