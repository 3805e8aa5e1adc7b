"""Interim: reads a plan without the rules (being written)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from campaignflow.domain.agencies import Contact
from campaignflow.domain.findings import Finding
from campaignflow.domain.lifecycle import Table
from campaignflow.domain.lifecycle_compile import compile_lifecycle
from campaignflow.domain.lifecycle_text import LifecycleText
from campaignflow.domain.plan import Plan
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.errors import CampaignflowError
from campaignflow.lifecycles import SHIPPED, shipped_text
from campaignflow.loading.csvtext import read_csv
from campaignflow.loading.holidays import build_calendar
from campaignflow.loading.yamltext import parse_yaml


class PlanRefused(CampaignflowError):
    """The plan has errors."""

    code = "plan-refused"
    message = "The plan has {count} errors; nothing was applied."
    cure = "See them with `campaignflow check`, and mend them."

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(count=len(findings))


@dataclass(frozen=True, kw_only=True)
class LoadedPlan:
    """A plan that was read."""

    plan: Plan
    calendar: WorkCalendar
    tables: dict[str, Table]
    contacts: tuple[Contact, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What reading found."""

    plan: Plan | None
    findings: tuple[Finding, ...]
    calendar: WorkCalendar | None
    tables: dict[str, Table]
    contacts: tuple[Contact, ...]


def read_plan(path: Path | str) -> Reading:
    """Reads a plan."""
    path = Path(path)
    parsed = parse_yaml(path.read_bytes(), file=path.name)
    tables = {
        name: compile_lifecycle(name, LifecycleText.model_validate(parse_yaml(shipped_text(name), file=name).data))
        for name in SHIPPED
    }
    try:
        plan = Plan.model_validate(parsed.data)
    except ValidationError as error:
        raise SystemExit(str(error)) from None
    for name, text in plan.lifecycles.items():
        tables[name] = compile_lifecycle(name, text)
    calendar = build_calendar(
        country=plan.calendar.holidays, working_days=plan.calendar.working_days, years=(2019, 2031)
    )
    contacts: tuple[Contact, ...] = ()
    if plan.contacts and (path.parent / plan.contacts.file).exists():
        rows = read_csv(
            (path.parent / plan.contacts.file).read_bytes(), file="contacts.csv",
            required=("id", "agency", "role"), optional=("name", "email", "phone", "from", "until"),
        ).rows  # fmt: skip
        contacts = tuple(Contact.model_validate({key: value for key, value in row.items() if value}) for row in rows)
    return Reading(plan=plan, findings=parsed.findings, calendar=calendar, tables=tables, contacts=contacts)


def load_plan(path: Path | str) -> LoadedPlan:
    """Reads a plan, refusing errors."""
    reading = read_plan(path)
    assert reading.plan is not None and reading.calendar is not None
    return LoadedPlan(
        plan=reading.plan, calendar=reading.calendar, tables=reading.tables, contacts=reading.contacts,
        findings=reading.findings,
    )  # fmt: skip
