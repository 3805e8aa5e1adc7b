"""`campaignflow contacts`: the register of who answers for an agency, in which role, between which days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaignflow.cli import completing, words
from campaignflow.cli.context import Context
from campaignflow.cli.documents import day_of
from campaignflow.cli.options import DATE, argument, command, group, option, pass_context
from campaignflow.cli.output import Column, table
from campaignflow.domain.clock import local_date
from campaignflow.i18n import N_, current, label, say
from campaignflow.services import shapes

if TYPE_CHECKING:
    from campaignflow.campaign import Campaign
    from campaignflow.ports import ContactRow

ROLES = ("clerk", "head", "registry", "superior")
"""Which person of an agency a contact is."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

contacts = group(
    "contacts",
    N_(
        "Keep the register of contacts.\n\n"
        "People change more often than plans: the register is dated, and no part of the plan's revision."
    ),
)


@command(
    "list",
    N_("List the contacts.\n\nThose who answer today; with --all also who did before and who will."),
    group=contacts,
    examples=("campaignflow contacts list", "campaignflow contacts list cao-loc --all"),
)
@argument("agency", required=False, metavar="[AGENCY]", shell_complete=completing.agencies)
@option("--all", "everyone", is_flag=True, help=N_("Also contacts that have ended or not begun."))
@pass_context
def list_(context: Context, agency: str | None, everyone: bool) -> None:
    """Lists contacts."""
    from campaignflow.services.actors import answers_on

    with context.campaign() as campaign:
        if agency is not None:
            _known_agency(campaign, agency)
        today = _today(campaign)
        rows = [
            row for row in campaign.contacts()
            if agency in (None, row.agency) and (everyone or answers_on(row, today))
        ]  # fmt: skip
    context.answer({"contacts": [shapes.contact_document(row) for row in rows]}, lambda: _listed(context, rows))


def _listed(context: Context, rows: Sequence[ContactRow]) -> str:
    columns = (
        Column("id", say(N_("Id")), minimum=4),
        Column("agency", say(N_("Agency")), minimum=10),
        Column("role", say(N_("Role")), minimum=8),
        Column("reached", say(N_("Name, address, telephone")), minimum=20, weight=2),
        Column("days", say(N_("From – until")), minimum=10),
    )
    cells = [(row.id, row.agency, label("contact role", row.role), _reached(row), _days(row)) for row in rows]
    return table(columns, cells, width=context.width, style=context.style) or say(N_("There are no contacts."))


def _reached(row: ContactRow) -> str:
    return ", ".join(one for one in (row.name, row.email, row.phone) if one) or words.NOTHING


def _days(row: ContactRow) -> str:
    since, until = (words.iso_day(one) if one else "" for one in (row.since, row.until))
    return f"{since} – {until}".strip() if since or until else words.NOTHING


@command(
    "add",
    N_("Add a contact."),
    group=contacts,
    examples=("campaignflow contacts add --id c40 --agency cao-loc --role clerk --email vanthu@caoloc.example",),
)
@option("--id", "contact", required=True, metavar="ID", help=N_("A short id, such as c40; it is never used again."))
@option(
    "--agency",
    required=True,
    metavar="AGENCY",
    help=N_("The agency it answers for."),
    shell_complete=completing.agencies,
)
@option("--role", required=True, type=click.Choice(ROLES), help=N_("Which person of the agency it is."))
@option("--name", default="", metavar="TEXT", help=N_("The person's name."))
@option("--email", default="", metavar="ADDRESS", help=N_("Where mail goes."))
@option("--phone", default="", metavar="TEXT", help=N_("Where calls go."))
@option("--from", "since", type=DATE, metavar="DATE", help=N_("The first day on which it answers."))
@pass_context
def add(
    context: Context, contact: str, agency: str, role: str, name: str, email: str, phone: str, since: str | None
) -> None:  # fmt: skip
    """Adds a contact."""
    from campaignflow.domain.addresses import is_address
    from campaignflow.ports import ContactRow

    if not _ID.fullmatch(contact):
        raise click.BadParameter(say(N_("an id is made of lower-case letters, digits and hyphens")), param_hint="--id")
    if email and not is_address(email):
        raise click.BadParameter(say(N_("this is no mail address")), param_hint="--email")
    row = ContactRow(id=contact, agency=agency, role=role, name=name, email=email, phone=phone, since=since)
    with context.campaign() as campaign:
        campaign.add_contact(row)
    context.answer(
        shapes.contact_document(row), say(N_("{contact} answers for {agency}."), contact=contact, agency=agency)
    )


@command(
    "end",
    N_("End a contact.\n\nFrom the day after --until it no longer answers, and its links no longer work."),
    group=contacts,
    examples=("campaignflow contacts end c21 --until 2020-10-11",),
)
@argument("contact", metavar="ID", shell_complete=completing.contacts)
@option("--until", type=DATE, metavar="DATE", help=N_("The last day on which it answers; by default today."))
@pass_context
def end(context: Context, contact: str, until: str | None) -> None:
    """Ends a contact."""
    with context.campaign() as campaign:
        last = day_of(until) or _today(campaign)
        campaign.end_contact(contact, last)
        row = next(one for one in campaign.contacts() if one.id == contact)
    context.answer(
        shapes.contact_document(row),
        say(N_("{contact} answers for {agency} until {day}."), contact=contact, agency=row.agency, day=words.day(last)),
    )


@command(
    "import",
    N_(
        "Import contacts from a CSV file.\n\n"
        "Its columns: id,agency,role,name,email,phone,from,until. A contact with an id that is known is changed "
        "to what the file says; no contact is taken away."
    ),
    group=contacts,
    examples=("campaignflow contacts import contacts.csv",),
)
@argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_context
def import_(context: Context, file: Path) -> None:
    """Imports contacts; exit code 1, and nothing written, when the file has errors."""
    from campaignflow.cli.plans import finding_lines

    with context.campaign() as campaign:
        rows, findings = campaign.read_contacts(file)
        event = campaign.import_contacts(rows) if not findings else None
    data = event.data if event else {}
    added, changed = list(data.get("added", ())), list(data.get("changed", ()))
    document = {**shapes.findings_document(findings, current().gettext), "added": added, "changed": changed}
    if findings:
        refused = say(N_("Nothing was imported."))
        context.answer(document, lambda: "\n".join((*finding_lines(context, findings), refused)))
        context.exit(1)
    context.answer(
        document,
        say(N_("{added} contacts added, {changed} changed."), added=len(added), changed=len(changed)),
    )


def _known_agency(campaign: Campaign, agency: str) -> None:
    from campaignflow.services.errors import AgencyUnknown
    from campaignflow.services.hints import hint

    known = campaign.running().agencies
    if agency not in known:
        raise AgencyUnknown(agency=agency, hint=hint(agency, known))


def _today(campaign: Campaign) -> dt.date:
    return local_date(campaign.now(), campaign.zone)
