"""The register of contacts: who answers for an agency, in which role, between which days.

A register of its own, no part of the plan's revision. The journal says that a contact came or went, by its id; name
and address stay in the register, from which they can be erased.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from campaignflow.domain.journal import Event
from campaignflow.ports import ContactRow
from campaignflow.services.actors import COORDINATOR
from campaignflow.services.errors import AgencyUnknown, ContactKnown, ContactUnknown, NotYourContact
from campaignflow.services.hints import hint
from campaignflow.services.recording import Entry, Recorder
from campaignflow.services.running import Running


def enter(recorder: Recorder, rows: Sequence[ContactRow], entry: Entry) -> Event | None:
    """Puts contacts into the register as they stand in `rows`; gives the event, or None if nothing is new."""
    known = {row.id: row for row in recorder.store.contacts(recorder.campaign)}
    fresh = [row for row in rows if known.get(row.id) != row]
    if not fresh:
        return None
    recorder.store.put_contacts(recorder.campaign, fresh)
    data: Mapping[str, object] = {
        "added": [row.id for row in fresh if row.id not in known],
        "changed": [row.id for row in fresh if row.id in known],
    }
    return recorder.record("contacts", entry, data={name: ids for name, ids in data.items() if ids})


def bring(running: Running, recorder: Recorder, rows: Sequence[ContactRow], entry: Entry, *, by: str) -> Event | None:
    """Puts contacts that come from outside into the register, all or none; see `enter`. `by`: the acting agency.

    Raises:
        AgencyUnknown: one is of an agency that the plan does not have.
        ContactKnown: an id already names something else that acts: an agency, or the coordinator.
        NotYourContact: one is of an agency that is neither the acting one nor coordinated by it.
    """
    for row in rows:
        if row.agency not in running.agencies:
            raise AgencyUnknown(agency=row.agency, hint=hint(row.agency, running.agencies))
        _allow(running, row, by)
        if row.id == COORDINATOR or row.id in running.agencies:
            raise ContactKnown(contact=row.id)
    return enter(recorder, rows, entry)


def add(running: Running, recorder: Recorder, row: ContactRow, entry: Entry, *, by: str) -> Event | None:
    """Adds one contact. `by`: the acting agency, which keeps its own contacts; the coordinator keeps everybody's.

    Raises:
        NotYourContact: the contact is of another agency.
        AgencyUnknown: the plan has no such agency.
        ContactKnown: the id is taken.
    """
    if any(known.id == row.id for known in recorder.store.contacts(recorder.campaign)):
        raise ContactKnown(contact=row.id)
    return bring(running, recorder, [row], entry, by=by)


def end(running: Running, recorder: Recorder, contact: str, until: dt.date, entry: Entry, *, by: str) -> Event | None:
    """Ends a contact: `until` is the last day on which it answers for its agency. `by`: the acting agency.

    Raises:
        NotYourContact: the contact is of another agency.
        ContactUnknown: the register has no such contact.
    """
    known = {row.id: row for row in recorder.store.contacts(recorder.campaign)}
    if contact not in known:
        raise ContactUnknown(contact=contact, hint=hint(contact, known))
    _allow(running, known[contact], by)
    return enter(recorder, [replace(known[contact], until=until.isoformat())], entry)


def _allow(running: Running, row: ContactRow, by: str) -> None:
    """An agency keeps its own contacts; the coordinator keeps everybody's."""
    if by not in (running.coordinator, row.agency):
        raise NotYourContact(actor=by, agency=row.agency)
