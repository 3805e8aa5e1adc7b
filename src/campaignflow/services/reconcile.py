"""Bringing what is stored in line with a plan that was expanded anew: by an amendment, or by an event that happened.

What was done is kept. Duties that the plan no longer has are cancelled and not deleted, and go on from where they were
when a later text has them again; what is over stays over; periods that have ended stay as they were owed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from campaignflow.domain.assignments import Facts, evolve
from campaignflow.domain.clock import to_micros
from campaignflow.domain.duties import Duty
from campaignflow.domain.expansion import Expansion
from campaignflow.domain.lifecycle import CANCELLED, Table
from campaignflow.domain.revising import Cause, DutyRevised, over, revised
from campaignflow.ports import Store
from campaignflow.services.errors import KeyTaken, OccupiedStates
from campaignflow.services.recording import Entry, Recorder
from campaignflow.services.running import Running

Migrations = Mapping[str, Mapping[str, str]]
"""By lifecycle: what becomes of assignments in states that it no longer has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChange:
    """What happens to one duty and to those who owe it."""

    key: str
    revised: DutyRevised | None = None
    cancelled: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    #: The number of those who come to owe it.
    added: int = 0
    #: From states that its lifecycle no longer has to those that take their place.
    migrated: Mapping[str, str] = field(default_factory=dict)

    def data(self, revision: int, dropped_states: tuple[str, ...]) -> dict[str, Any]:
        """What the journal says of it."""
        found: dict[str, Any] = {"duty": self.key, "revision": revision, "added": self.added}
        if self.revised:
            found |= {
                "change": self.revised.kind, "due": self.revised.due, "acknowledge": self.revised.acknowledge,
            }  # fmt: skip
        if dropped_states:
            found["cancelled"] = {"states": list(dropped_states)}
        elif self.cancelled:
            found["cancelled"] = list(self.cancelled)
        return found | ({"restored": list(self.restored)} if self.restored else {}) | (
            {"migrated": dict(self.migrated)} if self.migrated else {}
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a new expansion changes of what is stored."""

    revisions: tuple[DutyRevised, ...]
    changes: tuple[DutyChange, ...]
    #: Those who come to owe something, in the order of the plan.
    added: tuple[Facts, ...]
    #: Keys of those who no longer do.
    removed: tuple[str, ...]
    restored: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not self.changes and not self.added


def course(
    store: Store, running: Running, made: Expansion, cause: Cause, *, tables: Mapping[str, Table] | None = None,
    migrations: Migrations | None = None,
) -> Course:  # fmt: skip
    """What a new expansion changes.

    Raises:
        OccupiedStates: assignments are in states that their lifecycle no longer has.
        KeyTaken: an agency is to owe another duty under a key that it has.
    """
    after = {duty.key: duty for duty in made.duties}
    revisions = tuple(revised(running.duties, after, cause))
    dropped = {one.duty.key for one in revisions if one.kind == "dropped"}
    rows = _Rows(running, made, after, dropped, cause)
    for facts in store.assignments(running.id):
        rows.look_at(facts)
    if rows.taken:
        raise KeyTaken(keys=", ".join(rows.taken))
    by_key = {one.duty.key: one for one in revisions}
    duties = {**running.duties, **{key: one.duty for key, one in by_key.items()}}
    migrated = _migrated(store, rows, duties, tables or running.tables, migrations or {})
    keys = dict.fromkeys((*by_key, *rows.cancelled, *rows.restored, *rows.new_by_duty(), *migrated))
    new = rows.new_by_duty()
    changes = tuple(
        DutyChange(
            key=key, revised=by_key.get(key), cancelled=tuple(rows.cancelled.get(key, ())),
            restored=tuple(rows.restored.get(key, ())), added=new.get(key, 0), migrated=migrated.get(key, {}),
        )
        for key in keys
    )  # fmt: skip
    return Course(
        revisions=revisions, changes=changes, added=tuple(rows.new.values()),
        removed=tuple(key for keys in rows.cancelled.values() for key in keys),
        restored=tuple(key for keys in rows.restored.values() for key in keys),
    )  # fmt: skip


class _Rows:
    """Compares who owes something with who is to owe it."""

    def __init__(
        self, running: Running, made: Expansion, after: Mapping[str, Duty], dropped: set[str], cause: Cause
    ) -> None:
        self.running, self.after, self.dropped, self.cause = running, after, dropped, cause
        self.agencies = made.agencies
        self.owed = {facts.key: facts for facts in made.assignments}
        self.over = over(running.duties, after, cause.at)
        self.new = {key: facts for key, facts in self.owed.items() if facts.duty not in self.over}
        self.cancelled: dict[str, list[str]] = {}
        self.restored: dict[str, list[str]] = {}
        #: Duties and the states in which assignments of them go on.
        self.resumed: dict[tuple[str, str], int] = {}
        #: Keys under which an agency owes another duty than the one it is to owe.
        self.taken: list[str] = []

    def look_at(self, facts: Facts) -> None:
        """Sorts one assignment that is there: it stays, is cancelled, or is owed again."""
        new = self.new.pop(facts.key, None)
        if new is not None and new.duty != facts.duty:
            self.taken.append(facts.key)
        if facts.duty in self.over:
            return
        if self._is_owed(facts):
            if facts.state == CANCELLED and facts.resume is not None:
                self.restored.setdefault(facts.duty, []).append(facts.key)
                place = (facts.duty, facts.resume)
                self.resumed[place] = self.resumed.get(place, 0) + 1
            return
        table = self.running.table(self.running.duties[facts.duty])
        if not table.states[facts.state].final:
            self.cancelled.setdefault(facts.duty, []).append(facts.key)

    def _is_owed(self, facts: Facts) -> bool:
        wanted = self.owed.get(facts.key)
        if wanted is not None:
            return wanted.duty == facts.duty
        duty = self.after.get(facts.duty)
        # What was opened by somebody no text takes back, unless it takes away who owes it.
        return duty is not None and duty.on_demand is not None and facts.agency in self.agencies

    def new_by_duty(self) -> dict[str, int]:
        """How many come to owe each duty."""
        found: dict[str, int] = {}
        for facts in self.new.values():
            found[facts.duty] = found.get(facts.duty, 0) + 1
        return found


def _migrated(
    store: Store, rows: _Rows, duties: Mapping[str, Duty], tables: Mapping[str, Table], migrations: Migrations
) -> dict[str, dict[str, str]]:
    """By duty: the states that its lifecycle no longer has, and what takes their place.

    Those count in which assignments are, however their duty came to its end, and those in which they go on.
    """
    found: dict[str, dict[str, str]] = {}
    homeless: list[str] = []
    for (duty_key, state), count in _occupied(store, rows).items():
        lifecycle = duties[duty_key].lifecycle
        if state in tables[lifecycle].states:
            continue
        to = migrations.get(lifecycle, {}).get(state)
        if to is None:
            homeless.append(f"{lifecycle}.{state} ({duty_key}: {count})")
        else:
            found.setdefault(duty_key, {})[state] = to
    if homeless:
        raise OccupiedStates(states=", ".join(homeless))
    return found


def _occupied(store: Store, rows: _Rows) -> dict[tuple[str, str], int]:
    """How many assignments of each duty will be in which state, were no state taken away."""
    found = dict(rows.resumed)
    for key in dict.fromkeys(group.duty for group in store.populated(rows.running.id)):
        table = rows.running.table(rows.running.duties[key])
        for state, count in store.tally(rows.running.id, key).items():
            if key not in rows.dropped or table.states[state].final:  # the others are cancelled
                found[key, state] = found.get((key, state), 0) + count
    return found


def write_changes(recorder: Recorder, running: Running, made: Course, revision: int, cause: int) -> None:
    """Writes, for each duty that changes, the event that says so, and what it does to those who owe it.

    The duties themselves and those who come to owe something are written by the caller.
    """
    for change in made.changes:
        states = _dropped_states(recorder.store, running, change)
        data = {**change.data(revision, states), "cause": cause}
        event = recorder.record("amended", Entry(actor="system"), key=_subject(running, change), data=data)
        for state in states:
            recorder.store.cancel(running.id, change.key, state)
        for key in (*(() if states else change.cancelled), *change.restored):
            facts = recorder.store.assignment(running.id, key)
            assert facts is not None
            recorder.store.save(running.id, facts, evolve(facts, event))
        for state, to in change.migrated.items():
            recorder.store.migrate(running.id, change.key, state, to)


def _subject(running: Running, change: DutyChange) -> str:
    duty = change.revised.duty if change.revised else running.duties[change.key]
    return f"{duty.responsibility}/*"


def _dropped_states(store: Store, running: Running, change: DutyChange) -> tuple[str, ...]:
    """The states from which all who owe a dropped duty are cancelled; none where only some are."""
    if change.revised is None or change.revised.kind != "dropped" or not change.cancelled:
        return ()
    table = running.table(running.duties[change.key])
    return tuple(state for state in store.tally(running.id, change.key) if not table.states[state].final)


def changed_duties(made: Course) -> Iterator[Duty]:
    """The duties that are there and read otherwise now, the dropped ones included."""
    return (one.duty for one in made.revisions if one.kind != "added")


def added_duties(made: Course) -> Iterator[Duty]:
    """The duties that come to be."""
    return (one.duty for one in made.revisions if one.kind == "added")


def born(made: Course, sequence: int) -> list[Facts]:
    """Those who come to owe something, with the event by which they do."""
    return [replace(facts, born=sequence) for facts in made.added]


def horizon_of(running: Running, recorder: Recorder) -> int:
    """Up to when the periods of recurring duties are there: never less than before, whatever the clock says."""
    return max(running.horizon, to_micros(recorder.now))
