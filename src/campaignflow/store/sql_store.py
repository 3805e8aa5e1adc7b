"""What every store in SQL does alike: the statements in `sql/`, run on a connection of one of the engines."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from campaignflow.domain.assignments import Facts
from campaignflow.domain.duties import Duty
from campaignflow.domain.journal import Event, genesis, link
from campaignflow.ports import AgencyRow, Blob, ContactRow, Group, Head, NewCampaign, Revised, StoredRevision
from campaignflow.store import errors
from campaignflow.store.counting import Counting
from campaignflow.store.plan_parts import parted
from campaignflow.store.plan_parts import whole as parts_joined
from campaignflow.store.queries import queries
from campaignflow.store.rows import (
    agency_columns,
    columns_of,
    dump,
    duty_columns,
    event_columns,
    facts_of,
    joined,
    listed,
)

_ALL = 2**62
"""As a limit: no limit, in every engine's words."""


class SqlStore(Counting, ABC):
    """A store in an SQL database. An engine opens it, holds its transactions and names its errors.

    Not to be shared between threads: open one for each.
    """

    ENGINE = "sqlite"
    """The name of the engine, as `queries` knows it."""

    def __init__(self, connection: Any, database: str) -> None:
        self._connection = connection
        self._database = database

    def _sql(self, topic: str) -> Any:
        """The statements of `sql/TOPIC.sql` in this engine's words."""
        return queries(topic, self.ENGINE)

    @abstractmethod
    def close(self) -> None:
        """Gives the connection back; the store is not usable afterwards."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[None]:
        """See `ports.Store.writing`."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """See `ports.Store.reading`."""

    def in_bulk(self) -> AbstractContextManager[None]:
        """See `ports.Store.in_bulk`; an engine that sends its writes together anyhow has nothing to do for it."""
        return nullcontext()

    def note_written(self, campaign: int, sequence: int, digest: bytes) -> None:
        """Says which event this transaction wrote last, where it was not written by `append`: what an engine that can
        lose the answer to a commit asks by."""

    # --- campaigns and revisions

    def campaigns(self) -> list[str]:
        """The ids of the campaigns in this database."""
        return [key for (key,) in self._sql("campaign").campaign_keys(self._connection)]

    def head(self, campaign: str, *, about: str | None = None) -> Head | None:
        """See `ports.Store.head`; here nothing is brought along."""
        row = self._sql("campaign").head(self._connection, key=campaign)
        if row is None:
            return None
        number, key, revision, changed, next_tick, horizon, closed, restored, sequence, text = row
        digest = _unhex(_text(text)) if sequence else genesis(campaign)
        return Head(
            id=number, key=key, revision=revision, changed=changed, sequence=sequence or 0, hash=digest,
            next_tick=next_tick, horizon=horizon, closed=closed, restored=restored,
        )  # fmt: skip

    def create(self, new: NewCampaign) -> Head:
        """Writes a campaign's first revision: agencies, duties and assignments with it."""
        sql, connection = self._sql("campaign"), self._connection
        campaign = sql.next_campaign_id(connection)
        sql.add_campaign(
            connection, id=campaign, key=new.key, revision=new.revision.number, next_tick=new.next_tick,
            horizon=new.horizon,
        )  # fmt: skip
        self._add_revision(campaign, new.revision)
        self._put_agencies(campaign, new.agencies)
        self._add_duties(campaign, new.duties)
        with self._much_to_add(sum(len(one.agencies) for one in new.owed)):
            self._add_owed(campaign, new.owed, 1)
        self.add_assignments(campaign, new.assignments)
        return Head(
            id=campaign, key=new.key, revision=new.revision.number, changed=1, sequence=0, hash=genesis(new.key),
            next_tick=new.next_tick, horizon=new.horizon,
        )  # fmt: skip

    def _much_to_add(self, rows: int) -> AbstractContextManager[None]:
        """Around the adding of so many assignments: what an engine may do to make it quick."""
        return nullcontext()

    def revise(self, campaign: int, revised: Revised, sequence: int) -> None:
        """Makes a revision the running one; `sequence` is that of the event of applying it."""
        self._add_revision(campaign, revised.revision)
        self._put_agencies(campaign, revised.agencies)
        self._add_duties(campaign, revised.added)
        self.replace_duties(campaign, revised.changed, sequence)
        self.add_assignments(campaign, revised.assignments)
        number = revised.revision.number
        self._sql("campaign").run_revision(self._connection, campaign=campaign, number=number, sequence=sequence)

    def extend_series(self, campaign: int, duties: Sequence[Duty], assignments: Sequence[Facts], sequence: int) -> None:
        """Adds the duties of further periods and who owes them, as the event with this sequence says."""
        self._add_duties(campaign, duties)
        self.add_assignments(campaign, assignments)
        self._sql("campaign").note_change(self._connection, campaign=campaign, sequence=sequence)

    def _add_revision(self, campaign: int, revision: StoredRevision) -> None:
        sql, connection = self._sql("campaign"), self._connection
        frame, parts = parted(revision.document or json.loads(revision.plan))
        for digest, body in parts.items():
            if sql.part(connection, campaign=campaign, sha256=digest) is None:
                sql.put_part(connection, campaign=campaign, sha256=digest, body=body)
        sql.add_revision(
            connection, campaign=campaign, number=revision.number, applied=revision.applied, digest=revision.digest,
            header=dump(revision.header), lifecycles=dump(revision.lifecycles), calendar=dump(revision.calendar),
            plan=frame,
        )  # fmt: skip

    def _part(self, campaign: int, digest: str) -> str:
        """A section of a plan's text.

        Raises:
            StoreDamaged: somebody took it away.
        """
        body: str | None = self._sql("campaign").part(self._connection, campaign=campaign, sha256=digest)
        if body is None:
            raise errors.StoreDamaged(database=self._database, detail=f"plan_part {digest}")
        return body

    def _put_agencies(self, campaign: int, agencies: Sequence[AgencyRow]) -> None:
        sql = self._sql("campaign")
        known = dict(sql.agency_ids(self._connection, campaign=campaign)) if agencies else {}
        following = count(len(known) + 1)
        rows = [
            {"campaign": campaign, "id": known.get(row.key) or next(following), **agency_columns(row)}
            for row in agencies
        ]
        sql.put_agencies(self._connection, rows)
        if known:
            self._sql("counting").file_again(self._connection, campaign=campaign)

    def _add_duties(self, campaign: int, duties: Sequence[Duty]) -> None:
        sql = self._sql("campaign")
        first = len(list(sql.duty_ids(self._connection, campaign=campaign))) + 1 if duties else 1
        rows = [{"campaign": campaign, "id": number, **duty_columns(duty)} for number, duty in enumerate(duties, first)]
        sql.add_duties(self._connection, rows)

    def add_assignments(self, campaign: int, assignments: Sequence[Facts]) -> None:
        """Adds assignments of duties and agencies that are there, with the sequence they were `born` by."""
        if not assignments:
            return
        sql, connection = self._sql("assignments"), self._connection
        first = sql.last_assignment_id(connection, campaign=campaign) + 1
        sql.add_assignments(
            connection,
            [
                {"campaign": campaign, "id": number, "key": facts.key, "duty": facts.duty, "agency": facts.agency,
                 "state": facts.state, "born": facts.born, "opened": facts.opened,
                 "single": int(facts.opened is not None)}
                for number, facts in enumerate(assignments, first)
            ],
        )  # fmt: skip
        last = sql.last_assignment_id(connection, campaign=campaign)
        assert last == first + len(assignments) - 1, "an assignment names a duty or an agency that is not there"

    def mark_agency(
        self, campaign: int, agency: str, sequence: int, *, established: bool | None = None, passed: bool | None = None
    ) -> None:
        """Notes that a body was established (or no longer is), or that an agency's open duties passed on."""
        self._sql("campaign").mark_agency(
            self._connection, campaign=campaign, agency=agency, established=_flag(established), passed=_flag(passed)
        )
        self._sql("campaign").note_change(self._connection, campaign=campaign, sequence=sequence)

    def set_horizon(self, campaign: int, horizon: int) -> None:
        """Notes up to when the periods of recurring duties have been made."""
        self._sql("campaign").set_horizon(self._connection, campaign=campaign, horizon=horizon)

    def close_campaign(self, campaign: int, closed: int | None, sequence: int) -> None:
        """Closes a campaign at an instant, or opens it again."""
        self._sql("campaign").close_campaign(self._connection, campaign=campaign, closed=closed, sequence=sequence)

    def mark_restored(self, campaign: int, head: str | None, sequence: int | None = None) -> None:
        """Marks a campaign as restored from the backup with that head, or takes the mark away as the event with this
        sequence says."""
        self._sql("campaign").mark_restored(self._connection, campaign=campaign, head=head, sequence=sequence)

    def revision(self, campaign: int, *, number: int | None = None, whole: bool = False) -> StoredRevision:
        """The running revision, or the one with that number; `whole` reads the plan's text too."""
        sql = self._sql("campaign")
        read = sql.revision_whole if whole else sql.revision_header
        row = read(self._connection, campaign=campaign, number=number)
        found, applied, digest, header, lifecycles, calendar, plan = row
        return StoredRevision(
            number=found, applied=applied, digest=digest, header=self._load(header),
            plan=parts_joined(plan, lambda part: self._part(campaign, part)),
            lifecycles=self._load(lifecycles), calendar=self._load(calendar),
        )  # fmt: skip

    def duties(self, campaign: int, zone: ZoneInfo) -> dict[str, Duty]:
        """All duties by key, in the order of the plan; their instants shown in `zone`."""
        rows = self._sql("campaign").duties(self._connection, campaign=campaign)
        return {key: Duty.from_json(self._load(body), zone) for key, body in rows}

    def replace_duties(self, campaign: int, duties: Iterable[Duty], sequence: int) -> None:
        """Writes duties whose deadlines the event with this sequence has changed."""
        self._sql("campaign").note_change(self._connection, campaign=campaign, sequence=sequence)
        rows = [{"campaign": campaign, **duty_columns(duty)} for duty in duties]
        self._sql("campaign").replace_duties(self._connection, rows)

    def schedule(self, campaign: int, next_tick: int | None) -> None:
        """Writes when the clock has something to do next."""
        self._sql("campaign").schedule(self._connection, campaign=campaign, next_tick=next_tick)

    def _load(self, text: str) -> Any:
        """Stored JSON.

        Raises:
            StoreDamaged: somebody spoilt it.
        """
        try:
            return json.loads(text)
        except ValueError as error:
            raise errors.StoreDamaged(database=self._database, detail=str(error)) from None

    # --- assignments

    def assignment(self, campaign: int, key: str) -> Facts | None:
        """One assignment by its key."""
        row = self._sql("assignments").assignment(self._connection, campaign=campaign, key=key)
        return facts_of(row) if row else None

    def assignments(
        self, campaign: int, *, agency: str | None = None, duty: str | None = None, delegate: str | None = None,
        after: str | None = None, limit: int | None = None,
    ) -> Iterator[Facts]:  # fmt: skip
        """Assignments in the order of the plan: of an agency, of a duty or of both; of a delegate; or all, from behind
        `after`, at most `limit`."""
        sql, connection = self._sql("assignments"), self._connection
        if delegate is not None:
            rows = sql.assignments_of_delegate(connection, campaign=campaign, delegate=delegate)
        elif agency is not None:
            rows = sql.assignments_of_agency(connection, campaign=campaign, agency=agency, duty=duty)
        elif duty is not None:
            rows = sql.assignments_of_duty(connection, campaign=campaign, duty=duty)
        else:
            most = _ALL if limit is None else limit
            rows = sql.assignments(connection, campaign=campaign, after=after, limit=most)
        return map(facts_of, rows)

    def tally(self, campaign: int, duty: str) -> dict[str, int]:
        """How many assignments of a duty are in each state."""
        return dict(self._sql("assignments").tally(self._connection, campaign=campaign, duty=duty))

    def keys_like(self, campaign: int, text: str) -> list[str]:
        """Keys that contain `text`."""
        literal = re.sub(r"([!%_])", r"!\1", text)
        return [key for (key,) in self._sql("assignments").keys_like(self._connection, campaign=campaign, text=literal)]

    def save(self, campaign: int, before: Facts, after: Facts) -> None:
        """Compare-and-set: writes `after` where the row still has the version of `before`.

        Raises:
            StepOvertaken: it has another version by now.
        """
        changed = self._sql("assignments").save(
            self._connection, campaign=campaign, key=before.key, version_before=before.version, **columns_of(after)
        )
        if changed != 1:
            raise errors.StepOvertaken(key=before.key)

    def populated(self, campaign: int) -> list[Group]:
        """The distinct groups that occur: what the clock looks at instead of every assignment."""
        rows = self._sql("assignments").populated(self._connection, campaign=campaign)
        return [Group(duty, state, listed(presumed), listed(blocked)) for duty, state, presumed, blocked in rows]

    def move(self, campaign: int, source: Group, state: str, presumed: tuple[str, ...]) -> int:
        """Moves every assignment of a group to a state and its presumed phases in one statement; their number."""
        moved: int = self._sql("assignments").move(
            self._connection, campaign=campaign, duty=source.duty, state=source.state,
            presumed=joined(source.presumed), blocked=joined(source.blocked), after=state,
            presumed_after=joined(presumed),
        )  # fmt: skip
        return moved

    def cancel(self, campaign: int, duty: str, state: str) -> int:
        """Cancels every assignment of a duty that is in that state, in one statement; their number."""
        found: int = self._sql("assignments").cancel(self._connection, campaign=campaign, duty=duty, state=state)
        return found

    def migrate(self, campaign: int, duty: str, state: str, to: str) -> int:
        """Puts every assignment of a duty that is in one state into another, in one statement; their number."""
        found: int = self._sql("assignments").migrate(
            self._connection, campaign=campaign, duty=duty, state=state, to=to
        )
        return found

    # --- journal

    def append(self, campaign: int, event: Event, previous: bytes) -> bytes:
        """Writes an event behind the one whose hash is `previous`; gives its own hash."""
        body = event.canonical()
        digest = link(previous, body)
        self._sql("journal").append(self._connection, **event_columns(campaign, event, body, digest))
        return digest

    def events(
        self, campaign: int, *, key: str | None = None, kind: str | None = None, until: int | None = None
    ) -> Iterator[Event]:
        """The journal in order: of one assignment (its duty's clock steps included), of one kind, or all of it;
        narrowed to what was recorded by `until`."""
        sql = self._sql("journal")
        if key is not None:
            rows = sql.events_of(
                self._connection, campaign=campaign, key=key, duty=clock_subject(key), agency=agency_subject(key)
            )
        elif kind is not None:
            rows = sql.events_of_kind(self._connection, campaign=campaign, kind=kind, until=until)
        else:
            rows = sql.events(self._connection, campaign=campaign, until=until)
        return (Event.from_bytes(body.encode()) for (body,) in rows)

    def chain(self, campaign: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Sequence, canonical bytes and hash of every event, in order."""
        for sequence, body, digest in self._sql("journal").chain(self._connection, campaign=campaign):
            yield sequence, body, _unhex(_text(digest))

    def hash_of(self, campaign: int, sequence: int) -> bytes | None:
        """The hash of one event; None where there is none."""
        digest = self._sql("journal").hash_of(self._connection, campaign=campaign, sequence=sequence)
        return None if digest is None else _unhex(digest)

    def index(self, campaign: int) -> Iterator[tuple[int, str, str | None, int]]:
        """Sequence, kind, subject and recording instant of every event, as the store searches by them."""
        for sequence, kind, subject, recorded in self._sql("journal").index(self._connection, campaign=campaign):
            yield sequence, _text(kind), None if subject is None else _text(subject), recorded

    # --- register and files

    def contacts(self, campaign: int) -> list[ContactRow]:
        """The register of contacts."""
        names = ContactRow.__slots__
        rows = self._sql("register").contacts(self._connection, campaign=campaign)
        return [ContactRow(**dict(zip(names, row, strict=True))) for row in rows]

    def put_contacts(self, campaign: int, contacts: Iterable[ContactRow]) -> None:
        """Adds contacts, or replaces those with the same id."""
        rows = [
            {"campaign": campaign, **{name: getattr(contact, name) for name in ContactRow.__slots__}}
            for contact in contacts
        ]
        self._sql("register").put_contacts(self._connection, rows)

    def put_blob(self, campaign: int, blob: Blob) -> None:
        """Keeps a file; the same content is kept once."""
        self._sql("register").put_blob(
            self._connection, campaign=campaign, sha256=blob.sha256, size=blob.size, content=blob.content
        )

    def blobs(self, campaign: int) -> Iterator[Blob]:
        """Every file kept."""
        rows = self._sql("register").blobs(self._connection, campaign=campaign)
        return (Blob(sha256=sha256, size=size, content=content) for sha256, size, content in rows)


def clock_subject(key: str) -> str:
    """The subject under which the clock's steps of an assignment's duty stand in the journal."""
    return key.split("/", 1)[0] + "/*"


def agency_subject(key: str) -> str:
    """The subject under which stands what happened to an assignment's agency."""
    return "*/" + key.split("/")[1] if "/" in key else key


def _flag(value: bool | None) -> int | None:
    return None if value is None else int(value)


def _text(stored: bytes) -> str:
    """A stored text; where somebody spoilt it, one that equals no other."""
    return stored.decode(errors="replace")


def _unhex(text: str) -> bytes:
    """The bytes of a stored hash; of one that somebody spoilt, bytes that no hash equals."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return b""
    return found if found.hex() == text else b""  # a capital letter would mean the same, and nobody here wrote one
