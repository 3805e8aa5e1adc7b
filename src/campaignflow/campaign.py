"""The library's face: a campaign that is opened, read and moved. The one place that wires.

    >>> from campaignflow import Campaign
    >>> with Campaign.open("plan.yaml") as campaign:  # doctest: +SKIP
    ...     print(campaign.status().totals.by_standing)

Reading costs little: what reading does not need (pydantic, the plan's models) is imported by the methods that do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar
from zoneinfo import ZoneInfo

from campaignflow.campaign_entries import Entries
from campaignflow.campaign_keeping import Keeping
from campaignflow.domain import clock as time
from campaignflow.domain.journal import Event
from campaignflow.ports import Clock, ContactRow, Head, Store
from campaignflow.services import status as status_service
from campaignflow.services.actors import COORDINATOR, Actor, resolve_actor
from campaignflow.services.clocks import SetClock, SystemClock, refuse_future, standing_still
from campaignflow.services.errors import CampaignAmbiguous, CampaignClosed, CampaignMissing, CampaignOther
from campaignflow.services.running import Running, from_head
from campaignflow.store.errors import StepOvertaken, StoreMissing
from campaignflow.store.opening import MEMORY, open_store

if TYPE_CHECKING:
    from campaignflow.domain.findings import Finding
    from campaignflow.loading.plans import LoadedPlan, Reading
    from campaignflow.services.apply import Applied
    from campaignflow.services.documents import Document
    from campaignflow.services.showing import Detail, Recorded
    from campaignflow.services.status import Filter, Line, Status
    from campaignflow.services.steps import Desk
    from campaignflow.services.verify import Verdict
    from campaignflow.services.worklist import Item, Work
    from campaignflow.store.sql_store import SqlStore

T = TypeVar("T")
Now = dt.datetime | Callable[[], dt.datetime] | None
"""An aware instant to take for now, a function that gives one, or None for the computer's clock."""

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"


class Campaign(Entries, Keeping):
    """One campaign in one database. Not to be shared between threads: open one for each.

    Every method that takes `now` takes the campaign's own clock without it. Instants are aware datetimes; what is
    given without a zone is refused with ValueError.
    """

    def __init__(self, *, plan: Path | None, database: str, campaign: str | None, clock: Clock, actor: str) -> None:
        self.plan = plan
        self.database = database
        self.actor = actor
        self._wanted = campaign
        self._clock = clock
        self._opened: SqlStore | None = None
        self._running: Running | None = None

    @classmethod
    def open(
        cls,
        plan: Path | str | None = None,
        database: str | None = None,
        *,
        campaign: str | None = None,
        now: Now = None,
        actor: str = COORDINATOR,
    ) -> Self:
        """A campaign, by its plan's file, its database, or both. Touches neither until something is asked.

        Args:
            plan: `plan.yaml`, or the folder it is in.
            database: `sqlite:///FILE`, `sqlite://` for one in memory, or `postgresql://USER@HOST/DATABASE`; by default
                `.campaignflow/campaign.db` beside the plan.
            campaign: which one; by default the plan's, or without a plan the only one in the database.
            now: sets the clock; what is then written is marked as a rehearsal.
            actor: who acts: a contact, an agency, or `coordinator`.

        Raises:
            ValueError: neither a plan nor a database is given.
        """
        path = Path(plan) if plan is not None else None
        if path is not None and path.is_dir():
            path = path / "plan.yaml"
        if database is None:
            if path is None:
                raise ValueError("a campaign is opened by its plan, its database, or both")
            database = f"sqlite:///{(path.absolute().parent / '.campaignflow' / 'campaign.db').as_posix()}"
        return cls(plan=path, database=database, campaign=campaign, clock=_clock(now), actor=actor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives the database back. The campaign can be used again; it opens anew."""
        if self._opened is not None:
            self._opened.close()
            self._opened = self._running = None

    # --- the plan

    def read_plan(self) -> Reading:
        """Reads and checks the plan's text: the plan, if it could be typed, and every finding.

        Raises:
            ValueError: the campaign was opened without a plan.
        """
        from campaignflow.loading.plans import read_plan

        return read_plan(self._plan_path())

    def apply(
        self, *, dry_run: bool = False, document: Document | None = None, note: str | None = None,
        now: dt.datetime | None = None,
    ) -> Applied:  # fmt: skip
        """Makes the plan's text the running revision: the first, or an amendment. The same text twice changes nothing.

        Args:
            dry_run: only work out what it would do.
            document: the document that issues or amends the plan.
            note: kept with it in the journal.
            now: see the class.

        Raises:
            PlanRefused: the plan has errors; nothing is written.
            OccupiedStates, CampaignClosed: the text cannot take the place of the one that runs.
        """
        from campaignflow.loading.plans import load_plan

        loaded = load_plan(self._plan_path())
        return self.apply_loaded(loaded, dry_run=dry_run, document=document, note=note, now=now)

    def apply_loaded(
        self,
        loaded: LoadedPlan,
        *,
        dry_run: bool = False,
        document: Document | None = None,
        note: str | None = None,
        now: dt.datetime | None = None,
    ) -> Applied:
        """As `apply`, for a plan that was read before."""
        from campaignflow.services import apply
        from campaignflow.services.documents import NO_DOCUMENT

        ready = apply.Ready(plan=loaded.plan, calendar=loaded.calendar, tables=loaded.tables, contacts=loaded.contacts)
        self._wanted = self._wanted or ready.plan.plan.id
        if dry_run:
            return apply.preview(self._store() if self._exists() else None, ready, self._clock_at(now))
        store = self._store(create=True)
        return apply.apply(store, ready, self._clock_at(now), document=document or NO_DOCUMENT, note=note)

    # --- reading

    @property
    def zone(self) -> ZoneInfo:
        """The plan's zone: of the running revision, else of the plan's text."""
        if self._exists():
            try:
                return self.running().zone
            except CampaignMissing:
                pass
        if self.plan is not None and self.plan.exists():
            reading = self.read_plan()
            if reading.plan is not None:
                return reading.plan.zone
        return time.zone(DEFAULT_ZONE)

    def now(self) -> dt.datetime:
        """What the campaign's clock says, in the plan's zone."""
        return self._clock.now().astimezone(self.zone)

    def running(self) -> Running:
        """The running revision.

        Raises:
            StoreMissing, CampaignMissing: no plan was applied.
            CampaignOther: the plan at hand was not applied, but others were.
            CampaignAmbiguous: the database holds several campaigns, and neither a plan nor an id says which.
        """
        store = self._store()
        with store.reading():
            return self._at(store, self._head(store))

    def _head(self, store: Store, about: str | None = None) -> Head:
        key = self._key(store)
        head = store.head(key, about=about)
        if head is None:
            others = store.campaigns() if self._wanted is None else []
            raise CampaignOther(campaign=key, campaigns=", ".join(others)) if others else CampaignMissing(campaign=key)
        self._wanted = key
        return head

    def _at(self, store: Store, head: Head) -> Running:
        """The revision that runs there; read again only when an event has changed it."""
        known = self._running
        if known is None or (known.id, known.changed) != (head.id, head.changed):
            known = self._running = from_head(store, head)
        return known

    @contextmanager
    def _reading(self) -> Iterator[tuple[Store, Running]]:
        """The store and the running revision, as they are together at one instant."""
        store = self._store()
        with store.reading():
            yield store, self.running()

    def status(
        self,
        *,
        wanted: Filter | None = None,
        by: str | None = None,
        as_of: dt.datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
        now: dt.datetime | None = None,
    ) -> Status:
        """Where everything stands, or stood by what was recorded until `as_of`.

        Args:
            wanted: which assignments to list or to group; totals are of the whole campaign, or of the agency.
            by: `agency`, `responsibility`, `phase` or `region`: groups in place of a list.
            as_of: an aware instant of the past.
            limit: at most so many lines or groups. With it, or with groups, a campaign of any size is counted without
                being read; without either, every line is there.
            after: begin behind this key, or this group.
            now: see the class.

        Raises:
            AgencyUnknown: the filter names an agency that the plan does not have.
            KeyUnknown: there is no assignment `after`.
        """
        chosen = wanted or status_service.Filter()
        with self._reading() as (store, running):
            return status_service.status(
                store, running, self._clock_at(now).now(), wanted=chosen, by=by, as_of=as_of, limit=limit,
                after=after,
            )  # fmt: skip

    def each_line(
        self, *, wanted: Filter | None = None, after: str | None = None, now: dt.datetime | None = None
    ) -> Iterator[Line]:
        """The lines of `status` one after the other, for a campaign that is too large to hold them all. What the filter
        says of an agency is left out."""
        with self._reading() as (store, running):
            yield from status_service.each_line(
                store, running, self._clock_at(now).now(), wanted or status_service.Filter(), after=after
            )

    def select(self, wanted: Sequence[tuple[str, str]], *, now: dt.datetime | None = None) -> list[str]:
        """The keys of the assignments that have every one of these values, each with its field: one of `agency`,
        `responsibility`, `period`, `role`, `region`, `phase`, `state`, `standing`."""
        from campaignflow.services.selecting import selected

        with self._reading() as (store, running):
            return list(selected(store, running, self._clock_at(now).now(), wanted))

    def size(self) -> int:
        """The number of assignments."""
        with self._reading() as (store, running):
            return store.size(running.id)

    def show(self, key: str, *, now: dt.datetime | None = None) -> Detail:
        """One assignment in full.

        Raises:
            KeyUnknown: there is none with this key.
        """
        from campaignflow.services import showing

        with self._reading() as (store, running):
            return showing.show(store, running, key, self._clock_at(now).now())

    def history(self, key: str | None = None) -> tuple[Event, ...]:
        """The journal, of one assignment or whole.

        Raises:
            KeyUnknown: there is no assignment with this key.
        """
        from campaignflow.services import showing

        with self._reading() as (store, running):
            return showing.history(store, running, key)

    def journal(self, key: str | None = None) -> tuple[Recorded, ...]:
        """As `history`, each event with its hash.

        Raises:
            KeyUnknown: there is no assignment with this key.
        """
        from campaignflow.services import showing

        with self._reading() as (store, running):
            return showing.recorded(store, running, key)

    def head(self) -> str:
        """The hash of the newest event, in hexadecimal: it commits to the whole journal."""
        with self._reading() as (store, running):
            head = store.head(running.key)
        return head.hash.hex() if head else ""

    def worklist(self, *, now: dt.datetime | None = None) -> tuple[Item, ...]:
        """What the coordinator should do now."""
        return self.work(now=now).items

    def work(self, *, limit: int | None = None, now: dt.datetime | None = None) -> Work:
        """What the coordinator should do now, of each kind at most `limit` things, and how many of each there are."""
        from campaignflow.services.worklist import worklist

        with self._reading() as (store, running):
            return worklist(store, running, self._clock_at(now).now(), limit=limit)

    def contacts(self) -> list[ContactRow]:
        """The register of contacts."""
        with self._reading() as (store, running):
            return store.contacts(running.id)

    def read_contacts(self, file: Path) -> tuple[list[ContactRow], tuple[Finding, ...]]:
        """Reads a CSV file of contacts: what could be read, and everything that is wrong with it.

        Raises:
            OSError: the file is not there, or not to be read.
        """
        from campaignflow.loading.contacts import read_contacts
        from campaignflow.services.revisions import contact_row, stored_plan

        with self._reading() as (store, running):
            plan = stored_plan(store.revision(running.id, whole=True))
        contacts, findings = read_contacts(file, plan)
        return [contact_row(contact) for contact in contacts], findings

    def verify(self, *, expect: str | None = None) -> Verdict:
        """Checks the journal's chain, and that what is stored is what it says."""
        from campaignflow.services.verify import verify

        with self._reading() as (store, running):
            return verify(store, running, expect=expect)

    def export(self, folder: Path, *, now: dt.datetime | None = None) -> tuple[str, ...]:
        """Writes everything as open files into a folder that is empty or new; gives their names.

        Raises:
            NothingToExportTo: the folder has something in it.
            FileUnusable: it cannot be written.
        """
        from campaignflow.services.export import export
        from campaignflow.services.shapes import status_document

        with self._reading() as (store, running):
            return export(store, running, folder, status_document(self.status(now=now)))

    # --- writing

    def tick(self, *, now: dt.datetime | None = None) -> int:
        """Takes the steps that the clock has to take by now; gives their number. Every write does it first."""
        before = self._head_sequence()
        after: int = self._write(lambda desk, who: desk.recorder.sequence, now=now)
        return after - before

    def _head_sequence(self) -> int:
        with self._reading() as (store, running):
            head = store.head(running.key)
        return head.sequence if head else 0

    def _write(
        self,
        action: Callable[[Desk, Actor], T],
        *,
        actor: str | None = None,
        now: dt.datetime | None = None,
        past: Mapping[str, dt.datetime | None] | None = None,
        document: Document | None = None,
        closed: bool = False,
        about: str | None = None,
    ) -> T:
        """One writing transaction: the clock's work, then `action`; into a closed campaign only what is meant for it.
        `about`: the assignment that it will ask for first.

        Raises:
            CampaignClosed: the campaign is closed.
        """
        from campaignflow.services.recording import Recorder
        from campaignflow.services.steps import Desk
        from campaignflow.services.tick import tick

        store, clock = self._store(), self._clock_at(now)
        with self._telling_who(), store.writing():
            head = self._head(store, about)
            running = self._at(store, head)
            if running.closed is not None and not closed:
                raise CampaignClosed(campaign=running.key)
            recorder = Recorder(store, head, standing_still(clock, running.zone))
            dates = document.moments(running.zone) if document else {}
            refuse_future({**(past or {}), **dates}, recorder.now, running.zone)
            who = resolve_actor(store, running, actor or self.actor, recorder.now)
            running = tick(running, recorder)
            for attachment in document.attachments if document else ():
                store.put_blob(running.id, attachment.blob)
            return action(Desk(running=running, recorder=recorder), who)

    @contextmanager
    def _telling_who(self) -> Iterator[None]:
        """Whoever is overtaken is told by whom."""
        try:
            yield
        except StepOvertaken as error:
            from campaignflow.services.movers import told

            with self._reading() as (store, running):
                raise StepOvertaken(key=error.data["key"], **told(store, running, error.data["key"])) from None

    # --- wiring

    def _store(self, *, create: bool = False) -> SqlStore:
        if self._opened is None:
            self._opened = open_store(self.database, create=create)
        return self._opened

    def _exists(self) -> bool:
        """Whether there is a database; one in memory is made by its first use."""
        if self._opened is None and self.database != MEMORY:
            try:
                self._store()
            except StoreMissing:
                return False
        return self._opened is not None

    def _key(self, store: Store) -> str:
        """Which campaign is meant: the one named, else the plan's, else the only one."""
        if self._wanted is not None:
            return self._wanted
        if (meant := self._plan_id()) is not None:
            return meant
        campaigns = store.campaigns()
        if len(campaigns) > 1:
            raise CampaignAmbiguous(campaigns=", ".join(campaigns))
        if not campaigns:
            raise CampaignMissing(campaign=self.plan.parent.name if self.plan else "")
        return campaigns[0]

    def _plan_id(self) -> str | None:
        """The id that the plan's text says, read at a glance; None without a plan, or if it takes more than that."""
        if self.plan is None:
            return None
        from campaignflow.loading.plan_head import plan_id

        return plan_id(self.plan)

    def _clock_at(self, now: dt.datetime | None) -> Clock:
        return self._clock if now is None else SetClock.at(now)

    def _plan_path(self) -> Path:
        if self.plan is None:
            raise ValueError("this campaign was opened without a plan")
        return self.plan


def _clock(now: Now) -> Clock:
    if now is None:
        return SystemClock()
    return SetClock(now) if callable(now) else SetClock.at(now)
