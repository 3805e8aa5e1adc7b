"""Opening a duty on demand for an agency: from then on it owes it."""

from __future__ import annotations

from dataclasses import dataclass

from campaignflow.domain import clock
from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.duties import Duty
from campaignflow.domain.expansion import assignment_key
from campaignflow.domain.journal import Event
from campaignflow.services.actors import on_behalf
from campaignflow.services.entries import Said
from campaignflow.services.errors import AgencyUnknown, NotAssignedTo, NotOnDemand, NotYourStep
from campaignflow.services.hints import hint
from campaignflow.services.revisions import stored_plan
from campaignflow.services.steps import Desk
from campaignflow.services.tick import note_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A duty on demand that an agency owes from now on."""

    key: str
    event: Event


def open_for(desk: Desk, responsibility: str, agency: str | None, said: Said) -> Opened:
    """Opens a duty on demand for an agency; each time it is opened the agency owes one more.

    Args:
        desk: where it is entered.
        responsibility: the duty.
        agency: who is to owe it; by default the agency that enters it.
        said: who enters it: the coordinator, or the agency itself where the plan says so.

    Raises:
        NotOnDemand, AgencyUnknown, NotAssignedTo, NotYourStep: it cannot be; nothing is written.
    """
    running, store = desk.running, desk.recorder.store
    duty = running.duties.get(responsibility)
    if duty is None or duty.on_demand is None or duty.dropped is not None:
        known = [key for key, one in running.duties.items() if one.on_demand and one.dropped is None]
        near = hint(responsibility, known)
        raise NotOnDemand(responsibility=responsibility, hint=near, known=", ".join(known) or "-")
    by = on_behalf(running, said.actor, said.on_behalf_of, None, duty, desk.today)
    wanted = agency or by
    if wanted not in running.agencies:
        raise AgencyUnknown(agency=wanted, hint=hint(wanted, running.agencies))
    _refuse_others(desk, duty, wanted)
    if by != running.coordinator and not (duty.on_demand == "assignee" and by == wanted):
        raise NotYourStep(trigger="open", key=responsibility, actor=said.actor.id, parties="coordinator")
    number = 1 + sum(1 for _ in store.assignments(running.id, agency=wanted, duty=duty.key))
    key = assignment_key(responsibility, wanted, f"{number:03}")
    opened = clock.to_micros(said.at) if said.at else desk.recorder.recorded
    data = said.noted({"duty": duty.key, "agency": wanted, "opened": opened})
    event = desk.recorder.record("opened", said.entry(by), key=key, data=data)
    initial = running.table(duty).initial
    facts = Facts(key=key, duty=duty.key, agency=wanted, state=initial, initial=initial, born=event.sequence)
    store.add_assignments(running.id, [facts])
    store.save(running.id, facts, evolve(facts, event))
    note_state(running, desk.recorder, duty.key, initial)
    return Opened(key=key, event=event)


def _refuse_others(desk: Desk, duty: Duty, agency: str) -> None:
    """Refuses an agency that the plan does not give the duty to; one that nobody can count may be anybody."""
    plan = stored_plan(desk.recorder.store.revision(desk.running.id, whole=True))
    text = plan.responsibilities[duty.responsibility]
    if any(name in plan.sets and plan.sets[name].unnamed for name in text.assigned_to):
        return
    known = plan.resolve(text.assigned_to, desk.today)
    if agency not in known:
        raise NotAssignedTo(responsibility=duty.responsibility, agency=agency, known=", ".join(known) or "-")
