"""Who acts: from what somebody says of himself to the parties that a lifecycle's steps name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.ports import ContactRow, Store
from campaignflow.services.errors import ActorUnknown, AgencyUnknown, ContactEnded, NotOnBehalf
from campaignflow.services.hints import hint
from campaignflow.services.holding import assignees, receivers, successor
from campaignflow.services.running import Running

COORDINATOR = "coordinator"
"""The actor by default: the agency that the plan names as its coordinator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts, as the journal names him, and the agency he acts for."""

    #: A contact's id, or an agency's.
    id: str
    agency: str
    #: Whether a token proved it; otherwise it is claimed.
    proven: bool = False


def resolve_actor(store: Store, running: Running, said: str, now: dt.datetime) -> Actor:
    """The actor meant by `said`: `coordinator`, an agency, or a contact who answers for one today.

    Raises:
        ActorUnknown: it is none of these.
        ContactEnded: the contact no longer answers for its agency.
    """
    if said == COORDINATOR:
        return Actor(id=running.coordinator, agency=running.coordinator)
    if said in running.agencies:
        return Actor(id=said, agency=said)
    contacts = {contact.id: contact for contact in store.contacts(running.id)}
    if said not in contacts:
        raise ActorUnknown(actor=said, hint=hint(said, (*running.agencies, *contacts)))
    contact = contacts[said]
    today = clock.local_date(now, running.zone)
    if not answers_on(contact, today):
        raise ContactEnded(actor=said, agency=contact.agency, until=contact.until or contact.since)
    return Actor(id=said, agency=contact.agency)


def answers_on(contact: ContactRow, day: dt.date) -> bool:
    """Whether the contact answers for its agency on `day`; both ends are included."""
    text = day.isoformat()
    return (contact.since is None or contact.since <= text) and (contact.until is None or text <= contact.until)


def on_behalf(
    running: Running, actor: Actor, agency: str | None, facts: Facts | None = None, duty: Duty | None = None,
    today: dt.date = dt.date.min,
) -> str:  # fmt: skip
    """The agency for which `actor` enters something: its own, or the one it may stand in for.

    The coordinator may for every agency, the receiver of a report for the one that owes it.

    Raises:
        AgencyUnknown: the plan has no such agency.
        NotOnBehalf: it is neither the coordinator nor the receiver.
    """
    if agency is None or agency == actor.agency:
        return actor.agency
    if agency not in running.agencies:
        raise AgencyUnknown(agency=agency, hint=hint(agency, running.agencies))
    receives = (
        duty is not None and facts is not None and agency == facts.agency
        and actor.agency in receivers(running, duty, facts.agency, today)
    )  # fmt: skip
    if actor.agency != running.coordinator and not receives:
        raise NotOnBehalf(actor=actor.id, agency=agency)
    return agency


def parties_of(running: Running, agency: str, facts: Facts, duty: Duty, today: dt.date) -> frozenset[str]:
    """The parties that an agency is to an assignment on `today`."""
    return frozenset(party for party in _MEMBERS if is_party(party, running, agency, facts, duty, today))


def is_party(party: str, running: Running, agency: str, facts: Facts, duty: Duty, today: dt.date) -> bool:
    """Whether an agency is that party to an assignment on `today`; nobody is a party that is no agency (the clock)."""
    members = _MEMBERS.get(party)
    return members is not None and agency in members(running, facts, duty, today)


_MEMBERS: Mapping[str, Callable[[Running, Facts, Duty, dt.date], Iterable[str]]] = {
    "assignee": assignees,
    "receiver": lambda running, facts, duty, today: receivers(running, duty, facts.agency, today),
    "inspector": lambda running, facts, duty, today: (
        successor(running, one, today) for one in duty.inspectors if one in running.agencies
    ),
    "coordinator": lambda running, facts, duty, today: (running.coordinator,),
}
"""Who the parties are to an assignment."""
