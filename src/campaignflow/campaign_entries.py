"""What people enter into a campaign: steps, documents, changes, contacts. The writing half of the library's face.

`Campaign` inherits it; each method is one transaction, and says who may do it and what is refused.
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, Unpack

from campaignflow.domain.journal import Event
from campaignflow.ports import ContactRow

if TYPE_CHECKING:
    from campaignflow.services.actors import Actor
    from campaignflow.services.changing import Extended, Undone
    from campaignflow.services.demand import Opened
    from campaignflow.services.documents import Document
    from campaignflow.services.entries import Said, Saying
    from campaignflow.services.steps import Desk, StepTaken

T = TypeVar("T")


class Entries:
    """The entries of a campaign. Every method that takes `said` takes what `services.entries.Saying` lists."""

    @abstractmethod
    def _write(
        self, action: Callable[[Desk, Actor], T], *, actor: str | None = None, now: dt.datetime | None = None,
        past: Mapping[str, dt.datetime | None] | None = None, document: Document | None = None, closed: bool = False,
        about: str | None = None,
    ) -> T:  # fmt: skip
        """One writing transaction: the clock's work, then `action`."""

    def _enter(
        self, action: Callable[[Desk, Said], T], said: Saying, *, closed: bool = False, about: str | None = None
    ) -> T:
        """One writing transaction for something that somebody says."""
        from campaignflow.services.documents import Document
        from campaignflow.services.entries import Said

        paper = said.get("document") or Document()
        at = said.get("at")

        def speak(desk: Desk, who: Actor) -> T:
            spoken = Said(
                actor=who, on_behalf_of=said.get("on_behalf_of"), at=at, reason=said.get("reason"),
                note=said.get("note"), document=paper,
            )  # fmt: skip
            return action(desk, spoken)

        return self._write(
            speak, actor=said.get("actor"), now=said.get("now"), past={"at": at}, document=paper,
            closed=closed, about=about,
        )  # fmt: skip

    def enter(self, action: Callable[[Desk, Said], T], **said: Unpack[Saying]) -> T:
        """Does several things in one transaction: `action` is given the desk at which steps are taken, and who acts.

        What it raises is raised here, and nothing of it is written.
        """
        return self._enter(action, said)

    # --- steps

    def advance(self, key: str, trigger: str, *, nil: bool = False, **said: Unpack[Saying]) -> StepTaken:
        """Takes one step of one assignment.

        Args:
            key: the assignment.
            trigger: the step, as `show(key).allowed` names it.
            nil: for a report, that there is nothing to report; the reason says why.
            said: who takes it and what comes with it, see `Saying`.

        Raises:
            KeyUnknown, TriggerUnknown, StepNotAllowed, NotYourStep, StepRefused, InTheFuture: it cannot be taken;
                nothing is written.
        """
        return self._enter(lambda desk, who: desk.take(who.request(key, trigger, nil=nil)), said, about=key)

    def advance_many(self, keys: Sequence[str], trigger: str, **said: Unpack[Saying]) -> tuple[StepTaken, ...]:
        """Takes the same step of several assignments: of all of them, or of none.

        Raises:
            KeyUnknown, TriggerUnknown, StepNotAllowed, NotYourStep, StepRefused, InTheFuture: one of them cannot be
                taken; nothing is written.
        """
        return self._enter(lambda desk, who: tuple(desk.take_all(who.request(key, trigger) for key in keys)), said)

    def tick_part(self, key: str, part: str, *, ticked: bool = True, **said: Unpack[Saying]) -> Event:
        """Ticks a part of a duty, or takes the tick back."""
        from campaignflow.services import entries

        return self._enter(lambda desk, who: entries.tick_part(desk, key, part, who, ticked=ticked), said, about=key)

    def acknowledge(self, key: str, *, promised: dt.date | None = None, **said: Unpack[Saying]) -> Event:
        """Records that an agency knows of its duty, and the day it promises; a promise moves no deadline."""
        from campaignflow.services import entries

        return self._enter(lambda desk, who: entries.acknowledge(desk, key, who, promised=promised), said, about=key)

    def occur(self, event: str, **said: Unpack[Saying]) -> Event:
        """Records that an outside event of the plan happened; deadlines that waited for it are settled."""
        from campaignflow.services import entries

        return self._enter(lambda desk, who: entries.occur(desk, event, who)[0], said)

    def confirm(self, group: str, **said: Unpack[Saying]) -> Event:
        """Records that the members of a group that the plan does not list may be written to."""
        from campaignflow.services import entries

        return self._enter(lambda desk, who: entries.confirm(desk, group, who), said)

    # --- changing what was set

    def extend(
        self, key: str, until: dt.date, *, granted_by: str | None = None, phase: str | None = None,
        **said: Unpack[Saying],
    ) -> Extended:  # fmt: skip
        """Moves the deadline of one assignment to a later last day, `until` included.

        Args:
            key: the assignment.
            until: the last day on time.
            granted_by: the agency that grants it, which must be the one that set the date, or one above it; by default
                the one that enters it. Its document goes into `said`.
            phase: which deadline; by default the next one to be met.
            said: who enters it and what comes with it; the reason is needed.

        Raises:
            NothingToExtend, NotLater, NotYourDate, GrantNeedsDocument, ReasonNeeded: it cannot be.
        """
        from campaignflow.services import changing

        return self._enter(
            lambda desk, who: changing.extend(desk, key, until, who, granted_by=granted_by, phase=phase), said
        )

    def delegate(self, key: str, to: str, first: dt.date, last: dt.date, **said: Unpack[Saying]) -> Event:
        """Lets the agency `to` act for the one that holds an assignment, from `first` to `last`, both included.

        Raises:
            AgencyUnknown, DelegateToItself, DelegationReversed, NotYourStep: it cannot be.
        """
        from campaignflow.services import changing

        return self._enter(lambda desk, who: changing.delegate(desk, key, to, first, last, who), said)

    def undo(self, key: str, *, force: bool = False, **said: Unpack[Saying]) -> Undone:
        """Takes back the last step of an assignment; the reason is needed.

        Raises:
            NothingToUndo, UsedByConsolidation, NotYourStep, ReasonNeeded: it cannot be; `force` lets it be undone also
                after a consolidation has used it.
        """
        from campaignflow.services import changing

        return self._enter(lambda desk, who: changing.undo(desk, key, who, force=force), said)

    def open_for(self, responsibility: str, agency: str | None = None, **said: Unpack[Saying]) -> Opened:
        """Opens a duty on demand for an agency, by default for the one that enters it.

        Raises:
            NotOnDemand, AgencyUnknown, NotAssignedTo, NotYourStep: it cannot be.
        """
        from campaignflow.services import demand

        return self._enter(lambda desk, who: demand.open_for(desk, responsibility, agency, who), said)

    def close_campaign(self, *, force: bool = False, **said: Unpack[Saying]) -> Event:
        """Closes the campaign: nothing more is written to it, and nothing becomes late.

        Raises:
            StillOpen: something is still owed; `force` closes all the same.
            CampaignClosed: it is closed.
        """
        from campaignflow.services import closing

        return self._enter(lambda desk, who: closing.close(desk, who, force=force), said)

    def reopen(self, **said: Unpack[Saying]) -> Event:
        """Opens a closed campaign again; the reason is needed.

        Raises:
            NotClosed: it runs.
        """
        from campaignflow.services import closing

        return self._enter(closing.reopen, said, closed=True)

    # --- the register

    def add_contact(self, contact: ContactRow, **said: Unpack[Saying]) -> None:
        """Adds a contact to the register.

        Raises:
            AgencyUnknown, ContactKnown: it cannot be added.
        """
        from campaignflow.services import contacts

        self._enter(
            lambda desk, who: contacts.add(
                desk.running, desk.recorder, contact, who.entry(), by=who.actor.agency
            ), said
        )  # fmt: skip

    def end_contact(self, contact: str, until: dt.date, **said: Unpack[Saying]) -> None:
        """Ends a contact: `until` is the last day on which it answers for its agency.

        Raises:
            ContactUnknown: the register has no such contact.
        """
        from campaignflow.services import contacts

        self._enter(
            lambda desk, who: contacts.end(
                desk.running, desk.recorder, contact, until, who.entry(), by=who.actor.agency
            ), said
        )  # fmt: skip

    def import_contacts(self, rows: Sequence[ContactRow], **said: Unpack[Saying]) -> Event | None:
        """Puts contacts into the register as they stand in `rows`; None if nothing is new."""
        from campaignflow.services import contacts

        return self._enter(
            lambda desk, who: contacts.bring(
                desk.running, desk.recorder, rows, who.entry(), by=who.actor.agency
            ), said
        )  # fmt: skip
