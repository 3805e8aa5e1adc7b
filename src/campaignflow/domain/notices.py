"""Reminder rules as the plan writes them.

They are parsed and checked from the first release on, because a plan states them once for the whole campaign.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import Field, model_validator

from campaignflow.domain.findings import Rule, register
from campaignflow.domain.scalars import (
    Listed,
    PlanBool,
    PlanCount,
    PlanDate,
    PlanDays,
    PlanId,
    TimeOfDay,
    refuse,
    whole,
)
from campaignflow.domain.text import PlanText, ShortWay

#: Every refusal of this module.
RULES: Final = register(
    Rule(
        "bad-rhythm",
        "'{value}' is not a rhythm.",
        "Write it as '1 working day' or '2 days', with at most 99 days.",
        why="A reminder that repeats needs a distance between two of its repeats.",
    ),
    Rule(
        "bad-when",
        "The reminder does not say in one way when it is due.",
        "Write an event (assigned, amended, returned, overdue), days from the deadline ([-3, 0]), or {{on: [dates]}}.",
        why="A reminder with two moments would be two reminders under one id.",
    ),
)

Recipient = Literal["clerk", "head", "registry", "coordinator", "superior"]

_EVERY = re.compile(r"([1-9][0-9]?) (working )?days?")


class Repeat(PlanText):
    """A rhythm: `1 working day`, `2 days`."""

    days: PlanDays = Field(description="How many days.")
    working: PlanBool = Field(default=False, description="Whether they are working days.")


_EVERY_SCHEMA: Final = {"type": "string", "pattern": f"^{_EVERY.pattern}$"}


def _every(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _EVERY.fullmatch(value)
    if match is None:
        refuse("bad-rhythm", value=value)
    return {"days": match[1], "working": "true" if match[2] else "false"}


class Escalation(PlanText):
    """Who else hears of it after so many unanswered repeats."""

    after: PlanCount = Field(description="After how many repeats.")
    to: Listed[Recipient] = Field(description="Who hears of it from then on.")


When = Literal["assigned", "amended", "returned", "overdue"]
_DAYS_SCHEMA: Final = {"type": "integer", "minimum": -366, "maximum": 366}
_WHEN_SCHEMA: Final = {
    "anyOf": [{"enum": list(get_args(When))}, _DAYS_SCHEMA, {"type": "array", "items": _DAYS_SCHEMA, "minItems": 1}]
}


def _when(value: Any) -> Any:
    """Turns the three ways of writing `when` (a word, days before, fixed dates) into one shape."""
    if isinstance(value, dict | Moment):
        return value
    if isinstance(value, str) and value in get_args(When):
        return {"event": value}
    if isinstance(value, str) and not re.fullmatch("[-0-9]+", value):
        refuse("bad-when")
    return {"days": value}


DaysAround = Annotated[int, whole(-366, 366)]
"""So many days before a deadline (negative) or after it."""


class Moment(PlanText):
    """When a rule speaks: at an event, so many days from the deadline, or on fixed dates."""

    event: When | None = Field(default=None, description="What happens.")
    days: Listed[DaysAround] = Field(
        default=(), description="Days from the deadline: -3 is three before it, 0 its own."
    )
    on: Listed[PlanDate] = Field(default=(), description="Fixed days.")

    @model_validator(mode="after")
    def _one_way(self) -> Moment:
        if (self.event is not None) + bool(self.days) + bool(self.on) != 1:
            refuse("bad-when")
        return self


class ReminderText(PlanText):
    """One rule of reminding."""

    id: PlanId = Field(description="Its id.")
    when: Annotated[Moment, ShortWay(_when, _WHEN_SCHEMA)] = Field(
        description="When it is due: an event, days from the deadline, or `{on: [dates]}`."
    )
    of: Listed[PlanId] = Field(default=(), description="The phases, or `report`; all when absent.")
    unit: Literal["days", "working days"] = Field(
        default="working days", description="In what the days from the deadline are counted."
    )
    count_from: Literal["last_working_day", "last_day"] = Field(
        default="last_working_day", description="From which day of the deadline they are counted."
    )
    to: Listed[Recipient] = Field(description="Which persons of the agency get it.")
    of_agency: PlanId | None = Field(default=None, description="Whose contacts, where it is not the assignee's.")
    every: Annotated[Repeat | None, ShortWay(_every, _EVERY_SCHEMA)] = Field(
        default=None, description="How often it is repeated: `1 working day`, `2 days`."
    )
    escalate: Listed[Escalation] = Field(default=(), description="Who else hears of it after so many repeats.")
    sends: Literal["one-page"] | None = Field(default=None, description="What is sent instead of a notice.")
    class_: Literal["mandatory", "optional"] = Field(
        default="mandatory", alias="class", description="Whether a contact may switch it off."
    )


class Quiet(PlanText):
    """Hours and days in which nothing is sent; what falls into them is postponed."""

    from_: TimeOfDay | None = Field(default=None, alias="from", description="When the quiet begins in the evening.")
    to: TimeOfDay | None = Field(default=None, description="When it ends in the morning.")
    non_working_days: PlanBool = Field(default=True, description="Whether nothing is sent on days that are not worked.")
