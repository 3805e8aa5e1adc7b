"""What the services need of the world: the store, the clock, the reader of plans.

Each is a protocol; `store` and `loading` implement them, `campaign` wires them, `testing` has the fixed clock. The fake
of the store is the store itself on SQLite in memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from campaignflow.domain.assignments import Facts, Owed
from campaignflow.domain.duties import Duty
from campaignflow.domain.journal import Event


class Clock(Protocol):
    """Tells what time it is."""

    @property
    def is_set(self) -> bool:
        """Whether somebody set it (`--now`), so that what it says is a rehearsal."""
        ...

    def now(self) -> dt.datetime:
        """The present instant: aware, in any zone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a campaign stands in the store."""

    #: The integer that leads every table.
    id: int
    #: The plan's id.
    key: str
    #: The number of the running revision.
    revision: int
    #: The sequence of the event that last changed the duties or their deadlines.
    changed: int
    #: The sequence and hash of the newest event.
    sequence: int
    hash: bytes
    #: The earliest instant (microseconds, UTC) at which the clock has something to do; None: never.
    next_tick: int | None
    #: Up to when recurring duties have been made (microseconds, UTC): for every period begun by then, and one ahead.
    horizon: int = 0
    #: When the campaign was closed; None: it runs.
    closed: int | None = None
    #: The head of the backup that this copy was restored from; None: it is the campaign itself, or was confirmed.
    restored: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRevision:
    """An applied plan text, as stored."""

    number: int
    applied: int
    digest: str
    #: What readers need of the plan: id, title, zone, coordinator, settings.
    header: Mapping[str, Any]
    #: The canonical plan text; empty where only the header was asked for, or the plan comes as a document.
    plan: str = ""
    #: The same as plain data, of a plan that is to be stored.
    document: Mapping[str, Any] | None = None
    lifecycles: Mapping[str, Any]
    calendar: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRow:
    """What readers need of an agency."""

    key: str
    name: str
    kind: str
    region: str | None
    external: bool = False
    #: The agency it is under.
    superior: str | None = None
    #: The last day on which it exists, as ISO text, and who takes over then.
    until: str | None = None
    succeeded_by: str | None = None
    #: Of a body: the agency that holds its duties until it is established.
    host: str | None = None
    established: bool = False
    #: Whether its open duties have passed to the successor, and the journal says so.
    passed: bool = False


class Agencies(Mapping[str, AgencyRow]):
    """The agencies of a campaign by key, in the order of the roster.

    This one has them all; that of a store reads those that are asked for, since there may be tens of thousands.
    """

    def __init__(self, rows: Mapping[str, AgencyRow]) -> None:
        self._rows = rows

    def __getitem__(self, key: str) -> AgencyRow:
        return self._rows[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def moving(self) -> Mapping[str, AgencyRow]:
        """Those that another may stand for one day: bodies, and agencies with an end."""
        return {key: row for key, row in self.items() if row.host is not None or row.until is not None}

    def in_order(self, keys: Collection[str]) -> list[str]:
        """Those of the keys that are agencies, in the order of the roster."""
        return [key for key in self if key in keys]

    def replaced(self, row: AgencyRow) -> Agencies:
        """The same with another row in the place of one that is there."""
        return Agencies({**self, row.key: row})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """One line of the register of contacts; dates are ISO text, both ends included."""

    id: str
    agency: str
    role: str
    name: str = ""
    email: str = ""
    phone: str = ""
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file that came with a document, named by its content."""

    sha256: str
    size: int
    content: bytes


class Group(NamedTuple):
    """Assignments that the clock treats alike: of one duty, in one state, with the same phases presumed so far and the
    same steps of the clock undone."""

    duty: str
    state: str
    presumed: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()


class Bucket(NamedTuple):
    """How many assignments of a duty are alike: in one region and state, with the same phases presumed and steps of the
    clock undone, and no terms of their own."""

    duty: str
    region: str | None
    state: str
    presumed: tuple[str, ...]
    blocked: tuple[str, ...]
    #: How many they are.
    size: int
    #: Of how many the instant is known that decides between on time and late, the earliest and the latest of these.
    decided: int = 0
    earliest: int | None = None
    latest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCampaign:
    """Everything that the first application of a plan writes beside its event."""

    key: str
    revision: StoredRevision
    agencies: Sequence[AgencyRow]
    duties: Sequence[Duty]
    #: Who owes them, by duty; all born by the first event.
    owed: Sequence[Owed] = ()
    #: Further assignments, one by one.
    assignments: Sequence[Facts] = ()
    next_tick: int | None
    horizon: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """What an amendment writes beside its events: what is new, and what reads otherwise than before."""

    revision: StoredRevision
    #: New agencies and those that changed; an agency that is no longer named stays, for what it did.
    agencies: Sequence[AgencyRow] = ()
    added: Sequence[Duty] = ()
    changed: Sequence[Duty] = ()
    assignments: Sequence[Facts] = ()


class Store(Protocol):
    """Where campaigns live. Reads see committed state; writes happen inside `writing()`, all or nothing."""

    def writing(self) -> AbstractContextManager[None]:
        """A transaction that holds the only right to write; committed at its end, rolled back by an exception.

        Raises:
            StoreBusy: the right to write was not to be had within the waiting time.
            StoreFull: there is no room; nothing was written.
        """
        ...

    def in_bulk(self) -> AbstractContextManager[None]:
        """Inside a writing transaction: events and rows may be written later, together, but before anything is read."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """A transaction in which all reads see one state; inside another transaction, that one.

        Raises:
            StoreDamaged, StoreFailed: what is stored cannot be read.
        """
        ...

    def close(self) -> None:
        """Gives the connection back."""
        ...

    def campaigns(self) -> list[str]:
        """The ids of the campaigns in this database."""
        ...

    def head(self, campaign: str, *, about: str | None = None) -> Head | None:
        """Where the campaign stands; None if it is not here.

        `about` is the key of the assignment that will be asked for next: a store far away may bring it along.
        """
        ...

    def create(self, new: NewCampaign) -> Head:
        """Writes a campaign's first revision."""
        ...

    def revision(self, campaign: int, *, number: int | None = None, whole: bool = False) -> StoredRevision:
        """The running revision, or the one with that number; `whole` reads the plan's text too."""
        ...

    def revise(self, campaign: int, revised: Revised, sequence: int) -> None:
        """Makes a revision the running one; `sequence` is that of the event of applying it."""
        ...

    def extend_series(self, campaign: int, duties: Sequence[Duty], assignments: Sequence[Facts], sequence: int) -> None:
        """Adds the duties of further periods and who owes them, as the event with this sequence says."""
        ...

    def add_assignments(self, campaign: int, assignments: Sequence[Facts]) -> None:
        """Adds assignments of duties and agencies that are there, with the sequence they were `born` by."""
        ...

    def mark_agency(
        self, campaign: int, agency: str, sequence: int, *, established: bool | None = None, passed: bool | None = None
    ) -> None:
        """Notes that a body was established (or no longer is), or that an agency's open duties passed on."""
        ...

    def set_horizon(self, campaign: int, horizon: int) -> None:
        """Notes up to when the periods of recurring duties have been made."""
        ...

    def close_campaign(self, campaign: int, closed: int | None, sequence: int) -> None:
        """Closes a campaign at an instant, or opens it again."""
        ...

    def mark_restored(self, campaign: int, head: str | None, sequence: int | None = None) -> None:
        """Marks a campaign as restored from the backup with that head, or takes the mark away as the event with this
        sequence says."""
        ...

    def agencies(self, campaign: int) -> Agencies:
        """The agencies by key, in the order of the roster; to be used while the store is open."""
        ...

    def duties(self, campaign: int, zone: ZoneInfo) -> dict[str, Duty]:
        """All duties by key, in the order of the plan; their instants shown in `zone`."""
        ...

    def replace_duties(self, campaign: int, duties: Iterable[Duty], sequence: int) -> None:
        """Writes duties whose deadlines the event with this sequence has changed."""
        ...

    def assignment(self, campaign: int, key: str) -> Facts | None:
        """One assignment by its key."""
        ...

    def assignments_by_key(self, campaign: int, keys: Sequence[str]) -> dict[str, Facts]:
        """Those of some assignments that are there, by their keys."""
        ...

    def assignments(
        self, campaign: int, *, agency: str | None = None, duty: str | None = None, delegate: str | None = None,
        after: str | None = None, limit: int | None = None,
    ) -> Iterator[Facts]:  # fmt: skip
        """Assignments in the order of the plan: of an agency, of a duty or of both; of a delegate; or all, from behind
        `after`, at most `limit`."""
        ...

    def size(self, campaign: int) -> int:
        """The number of assignments."""
        ...

    def buckets(self, campaign: int) -> Iterator[Bucket]:
        """Every assignment without terms of its own, counted: by duty in the order of the plan, then by region."""
        ...

    def by_agency(self, campaign: int) -> Iterator[tuple[str, str, str, tuple[str, ...], tuple[str, ...], int | None]]:
        """Of every assignment that a bucket counts: agency, duty, state, presumed, blocked, decided; in any order."""
        ...

    def decided_before(self, campaign: int, bucket: Bucket, moment: int) -> int:
        """How many of a bucket were decided before an instant (microseconds, UTC)."""
        ...

    def singles(self, campaign: int) -> Iterator[Facts]:
        """The assignments that no bucket counts: with terms of their own, or of agencies that may pass them on."""
        ...

    def misfiled(self, campaign: int) -> list[str]:
        """Keys of assignments whose counting columns do not say what the others do."""
        ...

    def tally(self, campaign: int, duty: str) -> dict[str, int]:
        """How many assignments of a duty are in each state."""
        ...

    def keys_like(self, campaign: int, text: str) -> list[str]:
        """Keys that share a part with `text`: what to offer when a key is not found."""
        ...

    def append(self, campaign: int, event: Event, previous: bytes) -> bytes:
        """Writes an event behind the one whose hash is `previous`; gives its own hash."""
        ...

    def save(self, campaign: int, before: Facts, after: Facts) -> None:
        """Compare-and-set: writes `after` where the row still has the version of `before`.

        Raises:
            StepOvertaken: it has another version by now.
        """
        ...

    def populated(self, campaign: int) -> list[Group]:
        """The distinct groups that occur: what the clock looks at instead of every assignment."""
        ...

    def move(self, campaign: int, source: Group, state: str, presumed: tuple[str, ...]) -> int:
        """Moves every assignment of a group to a state and its presumed phases in one statement; their number."""
        ...

    def cancel(self, campaign: int, duty: str, state: str) -> int:
        """Cancels every assignment of a duty that is in that state, in one statement; their number."""
        ...

    def migrate(self, campaign: int, duty: str, state: str, to: str) -> int:
        """Puts every assignment of a duty that is in one state into another, in one statement; their number."""
        ...

    def schedule(self, campaign: int, next_tick: int | None) -> None:
        """Writes when the clock has something to do next."""
        ...

    def events(
        self, campaign: int, *, key: str | None = None, kind: str | None = None, until: int | None = None
    ) -> Iterator[Event]:
        """The journal in order: of one assignment (its duty's clock steps included), of one kind, or all of it;
        narrowed to what was recorded by `until`."""
        ...

    def chain(self, campaign: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Sequence, canonical bytes and hash of every event, in order."""
        ...

    def hash_of(self, campaign: int, sequence: int) -> bytes | None:
        """The hash of one event; None where there is none."""
        ...

    def index(self, campaign: int) -> Iterator[tuple[int, str, str | None, int]]:
        """Sequence, kind, subject and recording instant of every event, as the store searches by them."""
        ...

    def contacts(self, campaign: int) -> list[ContactRow]:
        """The register of contacts."""
        ...

    def put_contacts(self, campaign: int, contacts: Iterable[ContactRow]) -> None:
        """Adds contacts, or replaces those with the same id."""
        ...

    def put_blob(self, campaign: int, blob: Blob) -> None:
        """Keeps a file; the same content is kept once."""
        ...

    def blobs(self, campaign: int) -> Iterator[Blob]:
        """Every file kept."""
        ...
