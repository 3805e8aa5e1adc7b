"""Reminder rules as the plan writes them.

They are parsed and checked from the first release on, because a plan states them once for the whole campaign.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from campaignflow.domain.scalars import Listed, PlanBool, PlanDate, PlanId, PlanInt, TimeOfDay
from campaignflow.domain.text import PlanText

Recipient = Literal["clerk", "head", "registry", "coordinator", "superior"]

_EVERY = re.compile(r"^([1-9]\d?) (working )?days?$")


class Every(PlanText):
    """A rhythm: `1 working day`, `2 days`."""

    days: PlanInt
    working: PlanBool = False


def _every(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _EVERY.match(value)
    if match is None:
        raise PydanticCustomError("bad-rhythm", "write a rhythm as `1 working day` or `2 days`")
    return {"days": match[1], "working": "true" if match[2] else "false"}


class Escalation(PlanText):
    """Who else hears of it after so many unanswered repeats."""

    after: PlanInt
    to: Listed[Recipient]


class OnDates(PlanText):
    """Fixed days."""

    on: Listed[PlanDate]


When = Literal["assigned", "amended", "returned", "overdue"]


def _when(value: Any) -> Any:
    """Turns the three ways of writing `when` (a word, days before, fixed dates) into one shape."""
    if isinstance(value, dict):
        return value
    if isinstance(value, str) and value in ("assigned", "amended", "returned", "overdue"):
        return {"event": value}
    return {"days": value}


class Moment(PlanText):
    """When a rule speaks: at an event, so many days from the deadline, or on fixed dates."""

    event: When | None = None
    days: Listed[PlanInt] = ()
    on: Listed[PlanDate] = ()

    @model_validator(mode="after")
    def _one_way(self) -> Moment:
        if (self.event is not None) + bool(self.days) + bool(self.on) != 1:
            raise PydanticCustomError("bad-when", "say when by one of: an event, days from the deadline, dates")
        return self


class ReminderText(PlanText):
    """One rule of reminding."""

    id: PlanId
    when: Annotated[Moment, BeforeValidator(_when)]
    of: Listed[PlanId] = Field(default=(), description="The phases, or `report`; all when absent.")
    unit: Literal["days", "working days"] = "working days"
    count_from: Literal["last_working_day", "last_day"] = "last_working_day"
    to: Listed[Recipient]
    of_agency: PlanId | None = Field(default=None, description="Whose contacts, where it is not the assignee's.")
    every: Annotated[Every | None, BeforeValidator(_every)] = None
    escalate: Listed[Escalation] = ()
    sends: Literal["one-page"] | None = None
    class_: Literal["mandatory", "optional"] = Field(default="mandatory", alias="class")


class Quiet(PlanText):
    """Hours and days in which nothing is sent; what falls into them is postponed."""

    from_: TimeOfDay | None = Field(default=None, alias="from")
    to: TimeOfDay | None = None
    non_working_days: PlanBool = True
