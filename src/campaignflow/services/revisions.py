"""Revisions as they are stored: what is kept of a plan, and what the journal commits to."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaignflow.domain.agencies import BODY, Contact
from campaignflow.domain.expansion import regions_of
from campaignflow.domain.lifecycle import Table
from campaignflow.domain.plan import Plan, digest_of
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.ports import AgencyRow, ContactRow, StoredRevision


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A plan that was read and has nothing wrong with it."""

    plan: Plan
    calendar: WorkCalendar
    tables: Mapping[str, Table]
    contacts: tuple[Contact, ...] = ()


def stored(ready: Ready, number: int, applied: int, kept: Mapping[str, Table] | None = None) -> StoredRevision:
    """A plan as revision `number`; `kept` are lifecycles of an earlier one that dropped duties still follow."""
    plan = ready.plan
    tables = {**(kept or {}), **ready.tables}
    return StoredRevision(
        number=number, applied=applied, digest=plan.digest(), header=header_of(plan), document=plan.document,
        lifecycles={name: table.to_json() for name, table in tables.items()}, calendar=ready.calendar.to_json(),
    )  # fmt: skip


def stored_plan(revision: StoredRevision) -> Plan:
    """The plan that a revision stores, typed again."""
    return Plan.model_validate(json.loads(revision.plan))


def header_of(plan: Plan) -> dict[str, Any]:
    """What readers need of the plan without reading it: title, zone, coordinator, settings, what waits for whom."""
    header = plan.plan
    return {
        "id": header.id,
        "kind": header.kind,
        "title": header.title,
        "short_title": header.short_title,
        "timezone": header.timezone,
        "language": header.language,
        "issuer": header.issuer,
        "coordinator": header.coordinator,
        "region_kind": header.region_kind,
        "due_soon": plan.settings.due_soon,
        "roster_on": plan.roster_day.isoformat(),
        "events": {key: event.words for key, event in plan.events.items() if event.when == "external"},
        "completions": {key: event.completed for key, event in plan.events.items() if event.completed},
        "bodies": {key: body.established_by for key, body in plan.bodies.items()},
        "unconfirmed": {
            key: len(plan.resolve((key,)))
            for key, group in plan.groups.items()
            if not group.listed_by_plan and not group.unnamed
        },
    }


def digests(revision: StoredRevision) -> dict[str, str]:
    """What the event of applying commits to: SHA-256 of the plan's text, of its lifecycles and of its calendar."""
    return {"plan": digest_of(json.loads(revision.plan)), **_digests_beside(revision)}


def digests_of(plan: Plan, revision: StoredRevision) -> dict[str, str]:
    """As `digests`, for the revision that a plan was just made into."""
    return {"plan": plan.digest(), **_digests_beside(revision)}


def _digests_beside(revision: StoredRevision) -> dict[str, str]:
    return {"lifecycles": digest_of(revision.lifecycles), "calendar": digest_of(revision.calendar)}


def agency_rows(plan: Plan) -> list[AgencyRow]:
    """The plan's agencies as the store keeps them, in the order of the roster; bodies after them."""
    regions = regions_of(plan)
    return [
        AgencyRow(
            key=key, name=one.name, kind=one.kind, region=regions[key], external=one.external,
            superior=one.under, until=_text(one.until), succeeded_by=one.succeeded_by,
            host=one.under if one.kind == BODY and key not in plan.agencies else None,
        )
        for key, one in plan.units.items()
    ]  # fmt: skip


def contact_row(contact: Contact) -> ContactRow:
    """A contact of the plan's file as the register keeps it."""
    return ContactRow(
        id=contact.id, agency=contact.agency, role=contact.role, name=contact.name, email=contact.email,
        phone=contact.phone, since=_text(contact.since), until=_text(contact.until),
    )  # fmt: skip


def _text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
