"""One deadline as a plan writes it.

The words it may use are the fields; exactly one of them is said. What they mean is `campaignflow.domain.deadlines`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from campaignflow.domain.deadlines import Kind, Missed, Roll, Window
from campaignflow.domain.findings import Rule, register
from campaignflow.domain.periods import CalendarPeriod, relative_day
from campaignflow.domain.scalars import DATE_PATTERN, ClauseId, Line, PlanBool, PlanDays, PlanId, a_date, refuse
from campaignflow.domain.spans import DayOfMonth, MonthOfPeriod, WindowOrPeriod

#: The words of which a deadline says exactly one, in the order of the reference.
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

#: Every refusal of this module.
RULES: Final = register(
    Rule(
        "deadline-without-kind",
        "The deadline does not say when.",
        "Add one of before, by, on, within, after, during, or `none: true` where the plan gives no date.",
        why="A deadline without a date is said as such, so that nobody wonders whether it was forgotten.",
    ),
    Rule(
        "deadline-with-two-kinds",
        "The deadline says when more than once: {kinds}.",
        "Keep one of them.",
        why="Two dates for one deadline leave open which of them counts.",
    ),
    Rule(
        "none-must-be-true",
        "`none: false` says nothing.",
        "Write `none: true`, or another kind of deadline.",
        why="`none` says that the plan gives no date; there is nothing to negate.",
    ),
)


class DaysText(BaseModel):
    """A number of days, or of working days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: PlanDays = Field(description="How many days.")
    working: PlanBool = Field(default=False, description="Whether they are working days.")
    set_by: PlanId | None = Field(default=None, description="Who says so, where the plan does not.")


class WithinText(BaseModel):
    """A number of days, or of working days, after an event."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: PlanDays = Field(description="How many days; the day of the event is not counted.")
    working: PlanBool = Field(default=False, description="Whether they are working days.")
    after: PlanId = Field(description="The event they count from.")


class RelativeDay(BaseModel):
    """A day of a recurring period: the 20th of the quarter's last month (ngày 20 tháng cuối quý)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: DayOfMonth = Field(description="The day of the month, or `last`; a shorter month gives its last day.")
    month: MonthOfPeriod = Field(
        default="last", description="`first`, `last` or `next` (the one after the period), or which from 1."
    )


@dataclass(frozen=True, slots=True)
class _DayOrRelative:
    """Reads a date, or a mapping that tells a day of a period."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            self._parse,
            handler.generate_schema(RelativeDay),
            serialization=core_schema.plain_serializer_function_ser_schema(self._dump, info_arg=True),
        )

    @staticmethod
    def _dump(value: date | RelativeDay, info: core_schema.SerializationInfo) -> Any:
        if isinstance(value, RelativeDay):
            return value.model_dump(mode="json", exclude_unset=True)
        return value.isoformat() if info.mode == "json" else value

    @staticmethod
    def _parse(value: object, relative: core_schema.ValidatorFunctionWrapHandler) -> date | RelativeDay:
        if isinstance(value, Mapping | RelativeDay):
            told: RelativeDay = relative(value)
            return told
        return a_date(value)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "pattern": f"^{DATE_PATTERN}$"}, handler(core)]}


DayText = Annotated[date | RelativeDay, _DayOrRelative()]
"""A date of the calendar or, in a recurring duty, a day of each period."""


def _one_kind(schema: dict[str, Any]) -> None:
    """Say in the published schema that exactly one kind is written."""
    schema["oneOf"] = [{"required": [kind]} for kind in KINDS]


class DeadlineText(BaseModel):
    """A deadline: when something must be finished, in the plan's own terms.

    It is a `deadlines.Written` once its days are dates: those of a recurring duty may be told by the period and become
    dates by `in_period`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_one_kind)

    before: DayText | None = Field(default=None, description="The day that is already too late.")
    by: DayText | None = Field(default=None, description="The last day on time.")
    on: DayText | None = Field(default=None, description="The very day.")
    within: WithinText | None = Field(default=None, description="So many days after an event.")
    after: PlanId | None = Field(default=None, description="Not until that event, and with no end.")
    during: WindowOrPeriod | None = Field(
        default=None,
        description="A span of days with both its ends, or `period`: the recurring duty's, else the campaign's.",
    )
    none: PlanBool | None = Field(default=None, description="The plan gives no date.")

    clause: ClauseId | None = Field(
        default=None, description="The clause the words stand in, when that is not the duty's."
    )
    stated: Line | None = Field(default=None, description="The plan's own words; found in the clause by `check`.")
    missed: Missed = Field(
        default="overdue",
        description="What silence means: the agency is late, or the thing is presumed to have been done.",
    )
    roll: Roll | None = Field(
        default=None,
        description="Where a last day goes that is no working day; `next` for `within`, else `none`, when not said.",
    )
    before_issue: Literal["not_counted", "counted"] | None = Field(
        default=None, description="How a date earlier than the plan itself is to be taken."
    )
    set_by: PlanId | None = Field(default=None, description="Whose date it is, when it is not the plan's.")
    reason: Line | None = Field(default=None, description="Why whoever set it did.")

    @model_validator(mode="after")
    def _says_when_once(self) -> Self:
        said = [kind for kind in KINDS if getattr(self, kind) is not None]
        if not said:
            refuse("deadline-without-kind")
        if len(said) > 1:
            refuse("deadline-with-two-kinds", kinds=", ".join(said))
        if self.none is False:
            refuse("none-must-be-true")
        return self

    @property
    def kind(self) -> Kind:
        """Which of the words it uses."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def day(self) -> date | None:
        """The day of `before`, `by` and `on`; None where it is told by a period and none was given (`in_period`)."""
        said = self._said_day
        return None if isinstance(said, RelativeDay) else said

    @property
    def relative(self) -> RelativeDay | None:
        """The day of a period that `before`, `by` or `on` tells."""
        said = self._said_day
        return said if isinstance(said, RelativeDay) else None

    @property
    def _said_day(self) -> date | RelativeDay | None:
        return self.before or self.by or self.on

    def in_period(self, period: CalendarPeriod) -> DeadlineText:
        """The deadline for one period of a recurring duty: days of the period are dates."""
        told = self.relative
        if told is None:
            return self
        return self.model_copy(update={self.kind: relative_day(period, told.day, told.month)})

    @property
    def window(self) -> Window | None:
        """The window of `during`; None for the campaign's period."""
        return self.during if isinstance(self.during, Window) else None

    @property
    def days(self) -> int | None:
        """How many days `within` counts."""
        return self.within.days if self.within else None

    @property
    def working(self) -> bool:
        """Whether `within` counts working days."""
        return self.within is not None and self.within.working

    @property
    def event(self) -> str | None:
        """What `within` counts from and `after` waits for."""
        return self.within.after if self.within else self.after

    @property
    def roll_policy(self) -> Roll:
        """Where a last day goes that is no working day."""
        return self.roll or ("next" if self.within else "none")
