"""What an amendment changes: one text of a plan compared with the next, by clause, by duty, by agency and section.

`diff` is a pure function of both sides. It takes time in proportion to the plans: everything is compared by its key,
and only the words of a single clause are matched with one another, up to a number, and only when they are asked for.

A change is *binding* when it alters what an agency owes: a deadline, the words, a point, the report. Whoever owes it is
*affected* and asked to acknowledge it again, as are those who gain or lose a duty. That a clause has another number, a
form another question or a reminder another day is told, and asks nobody for anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from math import inf
from typing import TYPE_CHECKING, Any, Final, Literal

from campaignflow.domain.clause_changes import ClauseChange, clause_changes
from campaignflow.domain.clock import to_micros
from campaignflow.domain.differences import FieldChange, Kind, Plain, either, field_changes, keyed
from campaignflow.domain.duties import Duty

if TYPE_CHECKING:
    from campaignflow.domain.deadlines import Deadline
    from campaignflow.domain.duty_text import Responsibility
    from campaignflow.domain.expansion import Expansion
    from campaignflow.domain.plan import Plan

_ONE_DAY: Final = dt.timedelta(days=1)

_OWES_NOTHING_NEW: Final = frozenset({
    "clause", "also", "legal_basis", "under", "note", "assumed", "set_by", "inspectors", "unconfirmed", "takes",
    "consolidated_by", "stage", "serves", "assigned_to", "confirm_before_mail", "due", "expected", "id", "after",
    "follows", "recurs", "every", "takes_working", "milestone",
})  # fmt: skip
"""First or last steps of a field's name whose change leaves what is owed as it was."""

_TOLD_BY_DUTY: Final = frozenset(name.rstrip("_") for name in Duty.__slots__) | {"due", "under"}
"""Keys of a responsibility's text whose changes are seen in its duty."""

_NO_TERMS: Final = frozenset({"deadlines", "expected", "due_version", "amended", "dropped"})
"""Fields of a duty that are compared by themselves, or say what became of it rather than what the plan says."""

_TOLD_ELSEWHERE: Final = frozenset({"clauses", "agencies", "responsibilities"})
_TERMS: Final = ("missed", "opens", "last_moment", "event", "days", "working", "stated")
_TIMES: Final = (*_TERMS[:-1], "last_day", "last_working_day", "roll")
_LABELS: Final = ("title", "short_title", "name", "words", "subject")


# --- what is compared, and what comes of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One text of the plan with what it comes to."""

    plan: Plan
    #: By their keys; one that was dropped is none of the plan's any more.
    duties: Mapping[str, Duty]
    #: By the assignment's key: the key of its duty, and the agency that owes it.
    owed: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, plan: Plan, made: Expansion) -> Side:
        """The plan with what `expand` made of it."""
        owed = {one.key: (one.duty, one.agency) for one in made.assignments}
        return cls(plan=plan, duties={one.key: one for one in made.duties}, owed=owed)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineChange:
    """A deadline that is another; `old` or `new` is None where that side has none."""

    phase: str
    old: Deadline | None
    new: Deadline | None
    #: Whether it is the coordinator's own date, by which nothing is late.
    expected: bool = False

    @property
    def later(self) -> bool:
        """Whether there is more time than before; a deadline taken away leaves all the time there is."""
        old, new = _end(self.old), _end(self.new)
        return old is not None and new is not None and new > old

    @property
    def earlier(self) -> bool:
        """Whether there is less time than before."""
        old, new = _end(self.old), _end(self.new)
        return old is not None and new is not None and new < old

    @property
    def moves(self) -> bool:
        """Whether reminders and the standing are counted from another day."""
        return not self.expected and self._differs(_TIMES)

    @property
    def binding(self) -> bool:
        """Whether it alters what is owed: another date, other words, other consequences."""
        return not self.expected and self._differs(_TERMS)

    def _differs(self, names: Iterable[str]) -> bool:
        if self.old is None or self.new is None:
            return True
        return any(getattr(self.old, name) != getattr(self.new, name) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """An extension granted before the plan gave the deadline another day. The later of the two stands."""

    #: The assignment's key.
    key: str
    phase: str
    #: The last day on time by the extension.
    extended: dt.date
    #: The last day on time by the amended plan; None where it gives none, or not yet.
    planned: dt.date | None
    #: The last day on time from now on; None: there is none any more.
    stands: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChange:
    """A duty that is new, gone, or other than it was, in its terms or in who owes it."""

    responsibility: str
    #: The duty's key: `hold`, of the partners' share `hold+`, of one period `hold@2014-Q3`.
    key: str
    period: str | None = None
    #: Whether it is the partners' share.
    partner: bool = False
    title: str
    clause: str
    kind: Kind
    fields: tuple[FieldChange, ...] = ()
    deadlines: tuple[DeadlineChange, ...] = ()
    agencies_added: tuple[str, ...] = ()
    agencies_removed: tuple[str, ...] = ()
    #: The agencies that owe it before and after.
    kept: frozenset[str] = frozenset()
    extended: tuple[Extended, ...] = ()

    @property
    def agencies_kept(self) -> int:
        """How many agencies owe it before and after."""
        return len(self.kept)

    @property
    def deadline_changed(self) -> bool:
        """Whether those who keep it are given another deadline, so that its due version counts on."""
        return self.kind == "changed" and any(line.moves for line in self.deadlines)

    @property
    def binding(self) -> bool:
        """Whether those who keep it owe something else than before, and must acknowledge it again."""
        parts: tuple[FieldChange | DeadlineChange, ...] = (*self.fields, *self.deadlines)
        return self.kind == "changed" and any(part.binding for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyChange:
    """An agency that is new, gone, other than it was, or `ended`: the plan now says its last day."""

    id: str
    name: str
    kind: Kind
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionChange:
    """A change in another section of the plan; `moved`: the entries of a list stand in another order."""

    section: str
    #: The entry's id or what stands for it; empty: the section as a whole.
    id: str
    kind: Kind
    #: What people call the entry.
    label: str | None = None
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLine:
    """What one change of a duty is to an agency: it gains the duty, loses it, or keeps it and owes something else."""

    kind: Literal["gains", "loses", "changes"]
    change: DutyChange


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDiff:
    """Everything in which two texts of a plan differ. Empty for equal ones: `not diff(p, p).changed`."""

    clauses: tuple[ClauseChange, ...] = ()
    duties: tuple[DutyChange, ...] = ()
    agencies: tuple[AgencyChange, ...] = ()
    sections: tuple[SectionChange, ...] = ()
    #: The agencies that gain a duty, lose one, or owe something else than before, in the order of the roster.
    affected: tuple[str, ...] = ()
    #: The names of the affected agencies, by id.
    names: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    #: What is owed by the new text: `Side.owed`.
    owed: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False, compare=False)
    _by_key: Mapping[str, DutyChange] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the duties."""
        object.__setattr__(self, "_by_key", {change.key: change for change in self.duties})

    @property
    def changed(self) -> bool:
        """Whether there is any difference at all."""
        return bool(self.clauses or self.duties or self.agencies or self.sections)

    def duty(self, key: str) -> DutyChange | None:
        """The change of the duty with this key; None where it stays as it is."""
        return self._by_key.get(key)

    def deadline_changed(self, key: str) -> bool:
        """Whether those who keep the duty with this key are given another deadline."""
        change = self._by_key.get(key)
        return change is not None and change.deadline_changed

    def must_acknowledge(self, key: str) -> bool:
        """Whether those who keep the duty with this key must acknowledge it again."""
        change = self._by_key.get(key)
        return change is not None and change.binding

    def by_agency(self, agencies: Iterable[str]) -> dict[str, tuple[AgencyLine, ...]]:
        """What the amendment is to each of these agencies; those for whom it is the same share the same lines."""
        found: dict[str, list[AgencyLine]] = {one: [] for one in agencies}
        for change in self.duties:
            kept = change.kept if change.binding else ()
            told: tuple[tuple[AgencyLine, Collection[str]], ...] = (
                (AgencyLine(kind="gains", change=change), change.agencies_added),
                (AgencyLine(kind="loses", change=change), change.agencies_removed),
                (AgencyLine(kind="changes", change=change), kept),
            )
            for line, concerned in told:
                for one in concerned:
                    if one in found:
                        found[one].append(line)
        return {one: tuple(lines) for one, lines in found.items()}


# --- comparing


def diff(old: Side, new: Side) -> PlanDiff:
    """In what the new text of a plan differs from the old one; `diff(a, b)` mirrors `diff(b, a)`."""
    duties = tuple(_duties(old, new))
    units = {**old.plan.units, **new.plan.units}
    found = _affected(duties)
    affected = tuple(dict.fromkeys([*(one for one in units if one in found), *sorted(found - units.keys())]))
    return PlanDiff(
        clauses=tuple(clause_changes(old.plan.clauses, new.plan.clauses)), duties=duties,
        agencies=tuple(_agencies(old.plan, new.plan)), sections=tuple(_sections(old.plan, new.plan)),
        affected=affected, names={one: units[one].name for one in affected if one in units}, owed=new.owed,
    )  # fmt: skip


def against_extensions(diff: PlanDiff, extended: Mapping[str, Mapping[str, dt.date]]) -> PlanDiff:
    """The diff, saying what becomes of extensions granted so far: the later date stands.

    Args:
        diff: what the amendment changes.
        extended: by the assignment's key, then by phase: the last day on time that was granted.
    """
    found: dict[str, list[Extended]] = {}
    for key, days in extended.items():
        change = diff.duty(diff.owed[key][0]) if key in diff.owed else None
        if change is not None and change.kind == "changed":
            lines = (line for line in change.deadlines if not line.expected and line.phase in days)
            found.setdefault(change.key, []).extend(_against(key, days[line.phase], line) for line in lines)
    told = (replace(one, extended=tuple(found[one.key])) if one.key in found else one for one in diff.duties)
    return replace(diff, duties=tuple(told))


def _against(key: str, day: dt.date, line: DeadlineChange) -> Extended:
    planned = line.new.last_day if line.new else None
    ever = planned is not None or (line.new is not None and line.new.waiting)
    stands = max(day, planned or day) if ever else None
    return Extended(key=key, phase=line.phase, extended=day, planned=planned, stands=stands)


def _affected(duties: Iterable[DutyChange]) -> set[str]:
    found: set[str] = set()
    for change in duties:
        found.update(change.agencies_added, change.agencies_removed, change.kept if change.binding else ())
    return found


# --- duties


def _duties(old: Side, new: Side) -> Iterator[DutyChange]:
    """The duties that differ, in the order of the new plan, then those that are gone."""
    before, after = _holders(old), _holders(new)
    keys = [key for key in either(new.duties, old.duties) if _standing(old, key) or _standing(new, key)]
    found = {key: _duty_change(key, old, new, before.get(key, {}), after.get(key, {})) for key in keys}
    told = {change.responsibility for change in found.values() if _says_something(change)}
    own: dict[str, list[str]] = {}
    for change in found.values():
        if change.kind == "changed" and not change.partner:
            own.setdefault(change.responsibility, []).append(change.key)
    for key, text in new.plan.responsibilities.items():
        more = _text_fields(old.plan.responsibilities.get(key), text, told=key in told)
        for one in own.get(key, [key]) if more else ():
            change = found.get(one) or _bare(key, text)
            found[one] = replace(change, fields=change.fields + more)
    yield from (change for change in found.values() if _says_something(change))


def _holders(side: Side) -> dict[str, dict[str, None]]:
    """Who owes each duty, in the order of the assignments, and then who shares it."""
    found: dict[str, dict[str, None]] = {}
    for duty, agency in side.owed.values():
        found.setdefault(duty, {})[agency] = None
    for key, holders in found.items():
        holders.update(dict.fromkeys(side.duties[key].joint if key in side.duties else ()))
    return found


def _standing(side: Side, key: str) -> Duty | None:
    duty = side.duties.get(key)
    return duty if duty is not None and duty.dropped is None else None


def _says_something(change: DutyChange) -> bool:
    parts = (change.fields, change.deadlines, change.agencies_added, change.agencies_removed)
    return change.kind != "changed" or any(parts)


def _duty_change(key: str, old: Side, new: Side, before: Iterable[str], after: Iterable[str]) -> DutyChange:
    was, now = _standing(old, key), _standing(new, key)
    shown = now or was
    assert shown is not None, "the key is of one of the sides"
    told = was is not None and now is not None
    had, has = set(before), set(after)
    return DutyChange(
        responsibility=shown.responsibility, key=key, period=shown.period, partner=shown.partner, title=shown.title,
        clause=shown.clause,
        kind="changed" if told else "added" if was is None else "removed",
        fields=tuple(_duty_fields(was, now, old, new)) if was and now else (),
        deadlines=tuple(_deadlines(was, now)),
        agencies_added=tuple(one for one in after if one not in had),
        agencies_removed=tuple(one for one in before if one not in has), kept=frozenset(had & has),
    )  # fmt: skip


def _bare(key: str, text: Responsibility) -> DutyChange:
    """A responsibility of which no duty stands on both sides: a recurring one between two periods."""
    return DutyChange(responsibility=key, key=key, title=text.title, clause=text.clause, kind="changed")


def _duty_fields(was: Duty, now: Duty, old: Side, new: Side) -> Iterator[FieldChange]:
    """What differs in the terms of a duty, its deadlines apart."""
    for one in fields(Duty):
        before, after = getattr(was, one.name), getattr(now, one.name)
        if before == after or one.name in _NO_TERMS:
            continue
        if one.name == "span":
            binding = now.lifecycle not in ("task", "consolidate")  # these do not hold the campaign's days
            yield FieldChange(name="period", old=_days(before), new=_days(after), binding=binding)
        elif one.name in ("with_", "through", "carried_out_by"):
            binding = _named(old.plan, was, one.name) != _named(new.plan, now, one.name)  # else it is a name's spelling
            yield FieldChange(name=one.name.rstrip("_"), old=before, new=after, binding=binding)
        else:
            yield from _judged(field_changes({one.name: before}, {one.name: after}))


def _judged(changes: Iterable[FieldChange]) -> Iterator[FieldChange]:
    """The changes of a duty's terms, each knowing whether something else is owed by it."""
    for one in changes:
        ends = {one.name.partition(".")[0], one.name.rpartition(".")[2]}
        yield replace(one, binding=not ends & _OWES_NOTHING_NEW)


def _days(span: Any) -> Plain:
    """The first and the last day of a period."""
    if span is None:
        return None
    return tuple((moment.date() - less).isoformat() for moment, less in (
        (span.begins, dt.timedelta()), (span.ends, _ONE_DAY)) if moment is not None)  # fmt: skip


def _named(plan: Plan, duty: Duty, name: str) -> Any:
    """The ids whose names a field of the duty holds."""
    text = plan.responsibilities.get(duty.responsibility)
    if text is None or name != "with_":
        return getattr(text, name, None)
    return text.assigned_to if duty.partner else tuple(one.agency for one in text.with_)


def _text_fields(old: Responsibility | None, new: Responsibility, *, told: bool) -> tuple[FieldChange, ...]:
    """What differs in a responsibility's text and is not seen in its duty; all of it where nothing else is told."""
    if old is None or old == new:
        return ()
    every = tuple(_judged(field_changes(old, new)))
    unseen = tuple(one for one in every if one.name.partition(".")[0] not in _TOLD_BY_DUTY)
    return unseen or (() if told else every)


def _deadlines(was: Duty | None, now: Duty | None) -> Iterator[DeadlineChange]:
    for name in ("deadlines", "expected"):
        before: Mapping[str, Deadline] = getattr(was, name) if was else {}
        after: Mapping[str, Deadline] = getattr(now, name) if now else {}
        for phase in either(after, before):
            old, new = before.get(phase), after.get(phase)
            if old != new:
                yield DeadlineChange(phase=phase, old=old, new=new, expected=name == "expected")


def _end(line: Deadline | None) -> float | None:
    """When a deadline is over, to be compared; None where it is not known yet."""
    if line is None or line.last_moment is None:
        return None if line is not None and line.waiting else inf
    return to_micros(line.last_moment)


# --- agencies and sections


def _agencies(old: Plan, new: Plan) -> Iterator[AgencyChange]:
    for key, now in new.agencies.items():
        was = old.agencies.get(key)
        if was is None:
            yield AgencyChange(id=key, name=now.name, kind="added")
        elif was != now:
            ended = was.until is None and now.until is not None
            told = tuple(field_changes(was, now))
            yield AgencyChange(id=key, name=now.name, kind="ended" if ended else "changed", fields=told)
    gone = (key for key in old.agencies if key not in new.agencies)
    yield from (AgencyChange(id=key, name=old.agencies[key].name, kind="removed") for key in gone)


def _sections(old: Plan, new: Plan) -> Iterator[SectionChange]:
    """What differs in the sections that have no part of their own in the diff."""
    for section in type(new).model_fields:
        before, after = getattr(old, section), getattr(new, section)
        if section in _TOLD_ELSEWHERE or before == after:
            continue
        if isinstance(after, Mapping):
            yield from _entries(section, before, after)
        elif isinstance(after, tuple):
            yield from _listed(section, keyed(before), keyed(after))
        else:
            yield _section_change(section, "", before, after)


def _listed(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[SectionChange]:
    yield from _entries(section, before, after)
    was, now = tuple(key for key in before if key in after), tuple(key for key in after if key in before)
    if was != now:
        order = FieldChange(name="order", old=was, new=now)
        yield SectionChange(section=section, id="", kind="moved", fields=(order,))


def _entries(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[SectionChange]:
    for key in either(after, before):
        if before.get(key) != after.get(key):
            yield _section_change(section, key, before.get(key), after.get(key))


def _section_change(section: str, key: str, before: Any, after: Any) -> SectionChange:
    kind: Kind = "added" if before is None else "removed" if after is None else "changed"
    told = field_changes(before, after) if kind == "changed" else ()
    shown = before if after is None else after
    label = next((text for name in _LABELS if (text := getattr(shown, name, None))), None)
    return SectionChange(section=section, id=key, kind=kind, label=label, fields=tuple(told))
