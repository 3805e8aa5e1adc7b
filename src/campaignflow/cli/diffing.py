"""What an amendment changes, in words: clause by clause, then agency by agency, then what else is different.

Everything is capped, because it is read on a terminal before somebody says yes; `services.diff_shapes` has all of it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaignflow.cli import words
from campaignflow.cli.output import Style, wrap
from campaignflow.domain.deadlines import CONTINUOUS
from campaignflow.domain.differences import word_changes
from campaignflow.i18n import N_, label, say

if TYPE_CHECKING:
    from campaignflow.domain.amendments import AgencyChange, AgencyLine, DutyChange, Extended, PlanDiff, SectionChange
    from campaignflow.domain.amendments import DeadlineChange as LineChange
    from campaignflow.domain.clause_changes import ClauseChange
    from campaignflow.domain.deadlines import Deadline
    from campaignflow.domain.differences import FieldChange, Plain

AGENCIES_SHOWN: Final = 12
"""So many agencies are named in one line, and so many entries tell what the amendment is to them."""
CLAUSES_SHOWN: Final = 60
ENTRIES_SHOWN: Final = 40
FIELDS_SHOWN: Final = 12
AROUND: Final = 6
"""So many words that stay are shown on each side of one that changes."""
_LONG: Final = 8
"""Texts of more words than this are shown one below the other, shortened to what changes."""

_ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")

#: What people call the fields of a duty, a deadline, an agency.
_FIELDS: Final[Mapping[str, str]] = {
    "title": N_("Title"),
    "words": N_("Words"),
    "clause": N_("Clause"),
    "also": N_("Further clauses"),
    "role": N_("Role"),
    "force": N_("Force"),
    "lifecycle": N_("Lifecycle"),
    "optional_phases": N_("Phases that may be passed over"),
    "own_plan": N_("Own plan"),
    "report": N_("Report"),
    "report.title": N_("Report"),
    "report.to": N_("Receivers of the report"),
    "report.required": N_("Report required"),
    "report.revise_days": N_("Days to answer a returned report"),
    "report.counted_by": N_("Report counted by"),
    "report.nil_allowed": N_("Nil report allowed"),
    "reported_in": N_("Reported in"),
    "consolidates": N_("Puts together"),
    "consolidated_by": N_("Put together by"),
    "ends_with_lead": N_("Ends with the lead's"),
    "with": N_("Working with"),
    "parts": N_("Point"),
    "activities": N_("Activity"),
    "legal_basis": N_("Legal basis"),
    "under": N_("Legal basis"),
    "inspectors": N_("Inspected by"),
    "unconfirmed": N_("Groups to be confirmed"),
    "assumed": N_("A reading of ours"),
    "period": N_("Period"),
    "rhythm": N_("Rhythm"),
    "every": N_("Rhythm"),
    "continuous": N_("Without an end"),
    "on_demand": N_("On demand, opened by"),
    "joint": N_("Shared with"),
    "leads": N_("Shared or each by itself"),
    "after": N_("Comes after"),
    "follows": N_("Carries on"),
    "gives": N_("Gives"),
    "establishes": N_("Establishes"),
    "through": N_("Through"),
    "office": N_("Office that acts"),
    "carried_out_by": N_("Carried out by"),
    "assigned_to": N_("Assigned to"),
    "for": N_("For"),
    "directs": N_("Directs"),
    "guides": N_("Guides"),
    "chases": N_("Chases"),
    "inspects": N_("Inspects"),
    "takes": N_("Time it takes"),
    "kind": N_("Kind"),
    "label": N_("Number"),
    "name": N_("Name"),
    "from": N_("First day"),
    "until": N_("Last day"),
    "succeeded_by": N_("Succeeded by"),
    "order": N_("Order"),
}

#: What people call the sections of a plan's text.
_SECTIONS: Final[Mapping[str, str]] = {
    "plan": N_("The plan's head"),
    "settings": N_("Settings"),
    "legal_basis": N_("Legal basis"),
    "anomalies": N_("Oddities"),
    "calendar": N_("Working days"),
    "rosters": N_("Rosters"),
    "contacts": N_("Contacts"),
    "groups": N_("Group"),
    "bodies": N_("Committee"),
    "events": N_("Event"),
    "activities": N_("Activity"),
    "lifecycles": N_("Lifecycle"),
    "reports": N_("Report"),
    "forms": N_("Form"),
    "reminders": N_("Reminder"),
    "quiet": N_("Quiet hours"),
    "past_reminders": N_("Past reminders"),
    "distribution": N_("Distribution list"),
}
_CHANGES: Final[Mapping[str, str]] = {
    "added": N_("new"),
    "removed": N_("taken out"),
    "changed": N_("changed"),
    "moved": N_("in another order"),
    "ended": N_("ends"),
}
_TONES: Final[Mapping[str, str]] = {"added": "good", "removed": "bad", "ended": "bad", "gains": "good", "loses": "bad"}
_LABELLED: Final[Mapping[str, str]] = {"role": "role", "force": "force"}
"""Fields whose values have labels, and the kind of label."""
_DERIVED: Final = frozenset({"last_moment", "opens", "last_working_day", "roll", "phase", "recurs"})
"""Last steps of a field's name that only follow from another field."""


def diff_lines(style: Style, width: int, diff: PlanDiff) -> list[str]:
    """What an amendment changes, as lines of at most `width` columns in the language now spoken."""
    page = _Page(style, width)
    if not diff.changed:
        return list(page.text(say(N_("Nothing of the plan changes."))))
    parts = (_by_clause(page, diff), _by_agency(page, diff), _elsewhere(page, diff), _affected(page, diff))
    lines: list[str] = []
    for part in map(list, parts):
        lines += ["", *part] if lines and part else part
    return lines


@dataclass(frozen=True, slots=True)
class _Page:
    """Where lines are laid out."""

    style: Style
    width: int

    def text(self, text: str, depth: int = 0, tone: str | None = None) -> Iterator[str]:
        """A text in lines, indented by its depth."""
        margin = "  " * depth
        for line in wrap(text, self.width - len(margin), indent="  "):
            yield margin + self.style.paint(line, tone)

    def more(self, count: int, depth: int) -> Iterator[str]:
        """How many are left out, if any."""
        if count > 0:
            yield from self.text(words.counted("…and {count} more", "…and {count} more", count), depth, "dim")


# --- by clause


def _by_clause(page: _Page, diff: PlanDiff) -> Iterator[str]:
    clauses: dict[str, list[ClauseChange]] = {}
    for clause in diff.clauses:
        clauses.setdefault(clause.id, []).append(clause)
    duties: dict[str, list[list[DutyChange]]] = {}
    for periods in _grouped(diff.duties):
        duties.setdefault(periods[0].clause, []).append(periods)
    touched = list(dict.fromkeys([*clauses, *duties]))
    if touched:
        yield from page.text(say(N_("By clause")), tone="title")
    for key in touched[:CLAUSES_SHOWN]:
        told = clauses.get(key, [])
        kinds = [_changed(one.kind) for one in told if one.kind in ("added", "removed")]
        heading = say(N_("Clause {id}"), id=key) + (f" ({', '.join(kinds)})" if kinds else "")
        yield from page.text(heading, 1, "strong")
        for one in told:
            yield from _clause(page, one)
        for periods in duties.get(key, ()):
            yield from _duty(page, periods, diff.names)
    yield from page.more(len(touched) - CLAUSES_SHOWN, 1)


def _clause(page: _Page, change: ClauseChange) -> Iterator[str]:
    if change.kind == "moved":
        where = change.after or say(N_("the beginning"))
        moved = say(N_("was {was}"), was=change.was) if change.was != change.id else say(N_("moved"))
        yield from page.text(say(N_("{moved}; the same words, now after {where}"), moved=moved, where=where), 2, "soon")
    elif change.old != change.new:
        yield from _was_and_now(page, change.words, 2)
    for one in change.fields:
        yield from _field(page, one, 2)


def _was_and_now(page: _Page, told: Sequence[tuple[str, str]], depth: int) -> Iterator[str]:
    """A text before and after, shortened to what changes, which stands in brackets."""
    ops = {op for op, _ in told}
    if ops & {"=", "-"}:
        yield from page.text(say(N_("was: {text}"), text=_excerpt(told, "-", bare="+" not in ops)), depth, "bad")
    if ops & {"=", "+"}:
        yield from page.text(say(N_("now: {text}"), text=_excerpt(told, "+", bare="-" not in ops)), depth, "good")


def _excerpt(told: Sequence[tuple[str, str]], side: str, *, bare: bool) -> str:
    """One side of the change; `bare` without brackets, where nothing but this side is there."""
    bare = bare and all(op != "=" for op, _ in told)
    pieces = []
    for number, (op, text) in enumerate(told):
        if op == "=":
            pieces.append(_shortened(text, first=number == 0, last=number == len(told) - 1))
        elif op == side:
            most = 10 * AROUND
            kept = text.split(" ")
            short = text if len(kept) <= most else " ".join(kept[:most]) + " …"
            pieces.append(short if bare else f"[{short}]")
    return " ".join(pieces)


def _shortened(text: str, *, first: bool, last: bool) -> str:
    """Words that stay: those next to a change, and an ellipsis for the others."""
    kept = text.split(" ")
    before = [] if last else kept[-AROUND:]
    after = [] if first else kept[:AROUND]
    if len(before) + len(after) >= len(kept):
        return text
    return " ".join([*after, "…", *before])


# --- duties


def _grouped(duties: Iterable[DutyChange]) -> list[list[DutyChange]]:
    """The changes that are shown, the periods of one responsibility together."""
    found: dict[tuple[str, bool, str], list[DutyChange]] = {}
    for one in duties:
        if _is_shown(one):
            found.setdefault((one.responsibility, one.partner, one.kind), []).append(one)
    return list(found.values())


def _is_shown(change: DutyChange) -> bool:
    """Whether more is to be told than that the campaign has another period, which the plan's head tells."""
    told = (change.deadlines, change.agencies_added, change.agencies_removed, change.extended)
    return change.kind != "changed" or any(told) or any(one.name != "period" for one in change.fields)


def _duty(page: _Page, periods: Sequence[DutyChange], names: Mapping[str, str]) -> Iterator[str]:
    change = periods[0]
    heading = {
        "added": N_("New duty: {title} ({key})"),
        "removed": N_("Duty taken out: {title} ({key})"),
    }.get(change.kind, "{title} ({key})")
    share = say(N_(", the partners' share")) if change.partner else ""
    told = say(heading, title=change.title, key=change.responsibility)
    yield from page.text(told + share, 2, _TONES.get(change.kind, "soon"))
    if change.period:
        listed = _list([one.period or "" for one in periods])
        yield from page.text(say(N_("Periods: {periods}"), periods=listed), 3)
    for one in _capped(_fields_of(periods)):
        yield from _field(page, one, 3)
    lines = [(one.period, line) for one in periods for line in one.deadlines]
    for period, line in lines[:ENTRIES_SHOWN]:
        yield from _deadline(page, line, period)
    yield from page.more(len(lines) - ENTRIES_SHOWN, 3)
    yield from _holders(page, periods, names)
    extensions = [extended for one in periods for extended in one.extended]
    for extended in extensions[:AGENCIES_SHOWN]:
        yield from page.text(_extension(extended), 3, "soon")
    yield from page.more(len(extensions) - AGENCIES_SHOWN, 3)


def _fields_of(periods: Iterable[DutyChange]) -> list[FieldChange]:
    return list(dict.fromkeys(one for change in periods for one in change.fields))


def _holders(page: _Page, periods: Sequence[DutyChange], names: Mapping[str, str]) -> Iterator[str]:
    """Who comes to owe it, who no longer does, and how many go on."""
    gained = dict.fromkeys(one for change in periods for one in change.agencies_added)
    lost = dict.fromkeys(one for change in periods for one in change.agencies_removed)
    if gained:
        yield from page.text(say(N_("now owed by: {agencies}"), agencies=_list(_called(gained, names))), 3, "good")
    if lost:
        yield from page.text(say(N_("no longer owed by: {agencies}"), agencies=_list(_called(lost, names))), 3, "bad")
    kept = max(change.agencies_kept for change in periods)
    if kept and periods[0].kind == "changed":
        yield from page.text(words.counted("{count} agency goes on", "{count} agencies go on", kept), 3, "dim")


def _called(agencies: Collection[str], names: Mapping[str, str]) -> list[str]:
    return [names.get(one, one) for one in agencies]


def _list(texts: Sequence[str]) -> str:
    """Texts one after the other, the first of many."""
    shown = "; ".join(texts[:AGENCIES_SHOWN])
    left = len(texts) - AGENCIES_SHOWN
    return shown if left <= 0 else f"{shown} {words.counted('…and {count} more', '…and {count} more', left)}"


def _deadline(page: _Page, change: LineChange, period: str | None) -> Iterator[str]:
    yield from page.text(_moved(change, period), 3, "good" if change.later else "bad" if change.earlier else "soon")
    old, new = change.old, change.new
    before, after = (line.stated if line else None for line in (old, new))
    if before != after and old and new:
        yield from page.text(f"{_quoted(before)} → {_quoted(after)}", 4)
    if new and new.set_by and (old is None or old.set_by != new.set_by):
        yield from page.text(say(N_("set by {agency}"), agency=new.set_by), 4, "dim")


def _moved(change: LineChange, period: str | None = None) -> str:
    """A deadline before and after, in one line."""
    phase = label("phase", change.phase)
    name = say(N_("{phase}, expected by the coordinator"), phase=phase) if change.expected else phase
    whose = f"{period}, {name}" if period else name
    if change.old is None or change.new is None:
        far = say(N_("new")) if change.old is None else say(N_("taken out"))
        return f"{whose}: {_when(change.new or change.old)} ({far})"
    before, after = _when(change.old), _when(change.new)
    if before == after:
        return f"{whose}: {after}"
    far = say(N_("later")) if change.later else say(N_("earlier")) if change.earlier else ""
    return f"{whose}: {before} → {after}" + (f" ({far})" if far else "")


def _when(line: Deadline | None) -> str:
    """The last day on time, or what it waits for."""
    if line is None or line.kind == "none":
        return say(N_("no date"))
    if line.kind == CONTINUOUS:
        return say(N_("without an end"))
    if line.last_day is not None:
        return words.day(line.last_day, weekday=True)
    if line.kind == "within" and line.days is not None:
        after = N_("{days} working days after {event}") if line.working else N_("{days} days after {event}")
        return say(after, days=line.days, event=line.event)
    return say(N_("after {event}"), event=line.event) if line.event else say(N_("no date"))


def _quoted(text: str | None) -> str:
    return f"“{text}”" if text else words.NOTHING


def _extension(one: Extended) -> str:
    if one.stands is None:
        message = N_("{key} was extended to {extended}; the plan gives no date any more")
        return say(message, key=one.key, extended=words.day(one.extended))
    message = N_("{key} was extended to {extended}, the plan now says {planned}: {stands} stands")
    days: dict[str, dt.date | None] = {"extended": one.extended, "planned": one.planned, "stands": one.stands}
    return say(message, key=one.key, **{name: words.day(value) for name, value in days.items()})


# --- values


def _field(page: _Page, change: FieldChange, depth: int) -> Iterator[str]:
    name, kind = _name(change.name), _LABELLED.get(change.name)
    old, new = ((label(kind, str(one)) if kind and one else one) for one in (change.old, change.new))
    if isinstance(old, str) and isinstance(new, str) and max(len(old.split()), len(new.split())) > _LONG:
        yield from page.text(f"{name}:", depth)
        yield from _was_and_now(page, word_changes(old, new), depth + 1)
    elif isinstance(old, tuple) and isinstance(new, tuple) and max(len(old), len(new)) > 2 and {*old} != {*new}:
        came, went = [one for one in new if one not in {*old}], [one for one in old if one not in {*new}]
        told = [f"{sign} {_list(texts)}" for sign, texts in (("+", came), ("–", went)) if texts]
        yield from page.text(f"{name}: {'; '.join(told)}", depth)
    else:
        yield from page.text(f"{name}: {_shown(old)} → {_shown(new)}", depth)


def _name(dotted: str) -> str:
    """What people call a field: a word for it, or for its first step and the rest as the plan writes it."""
    if dotted in _FIELDS:
        return say(_FIELDS[dotted])
    head, _, rest = dotted.partition(".")
    rest = rest.removesuffix(".words").removesuffix(".title")
    return f"{say(_FIELDS[head])} {rest}" if head in _FIELDS else dotted


def _shown(value: Plain) -> str:
    if value is None or value == ():
        return words.NOTHING
    if isinstance(value, bool):
        return say(N_("yes")) if value else say(N_("no"))
    if isinstance(value, tuple):
        return _list([_shown(one) for one in value])
    text = str(value)
    return words.iso_day(text) if _ISO_DAY.fullmatch(text) else text


def _capped(changes: Iterable[FieldChange]) -> list[FieldChange]:
    return [one for one in changes if one.name.rpartition(".")[2] not in _DERIVED][:FIELDS_SHOWN]


# --- by agency


def _by_agency(page: _Page, diff: PlanDiff) -> Iterator[str]:
    """What it is to each agency; those for whom it is the same are named together."""
    alike: dict[tuple[int, ...], tuple[list[str], tuple[AgencyLine, ...]]] = {}
    for agency, lines in diff.by_agency(diff.affected).items():
        alike.setdefault(tuple(map(id, lines)), ([], lines))[0].append(agency)
    if alike:
        yield from page.text(say(N_("By agency")), tone="title")
    groups = list(alike.values())
    for agencies, lines in groups[:AGENCIES_SHOWN]:
        called = _called(agencies, diff.names)
        yield from page.text(f"{called[0]} ({agencies[0]})" if len(called) == 1 else _list(called), 1, "strong")
        yield from _to_agencies(page, lines)
    yield from page.more(sum(len(agencies) for agencies, _ in groups[AGENCIES_SHOWN:]), 1)


def _to_agencies(page: _Page, lines: Iterable[AgencyLine]) -> Iterator[str]:
    for kind in ("gains", "changes", "loses"):
        for periods in _together(one.change for one in lines if one.kind == kind):
            yield from page.text(_to_agency(kind, periods), 2, _TONES.get(kind, "soon"))


def _together(changes: Iterable[DutyChange]) -> list[list[DutyChange]]:
    found: dict[tuple[str, bool], list[DutyChange]] = {}
    for one in changes:
        found.setdefault((one.responsibility, one.partner), []).append(one)
    return list(found.values())


def _to_agency(kind: str, periods: Sequence[DutyChange]) -> str:
    """What one duty's change is to an agency, in one sentence."""
    first = periods[0]
    duty = first.title
    if first.period and (kind != "changes" or not first.deadlines):
        duty = f"{duty} ({_list([one.period or '' for one in periods])})"
    if kind == "gains":
        return say(N_("now owes: {duty}"), duty=duty)
    if kind == "loses":
        return say(N_("no longer owes: {duty}"), duty=duty)
    told = [_moved(line, one.period) for one in periods for line in one.deadlines if line.binding]
    told += dict.fromkeys(_name(one.name) for one in _fields_of(periods) if one.binding)
    return f"{duty}: {'; '.join(told[:FIELDS_SHOWN])}"


# --- what else


def _elsewhere(page: _Page, diff: PlanDiff) -> Iterator[str]:
    if diff.agencies or diff.sections:
        yield from page.text(say(N_("What else changes")), tone="title")
    for agency in diff.agencies[:AGENCIES_SHOWN]:
        yield from _agency(page, agency)
    yield from page.more(len(diff.agencies) - AGENCIES_SHOWN, 1)
    dated = any(line.phase == "reporting" for change in diff.duties for line in change.deadlines)
    for section in diff.sections[:ENTRIES_SHOWN]:
        yield from _section(page, section, without="due." if dated and section.section == "reports" else None)
    yield from page.more(len(diff.sections) - ENTRIES_SHOWN, 1)


def _agency(page: _Page, change: AgencyChange) -> Iterator[str]:
    heading = say(N_("Agency {name} ({id}): {change}"), name=change.name, id=change.id, change=_changed(change.kind))
    yield from page.text(heading, 1, _TONES.get(change.kind))
    for one in _capped(change.fields):
        yield from _field(page, one, 2)


def _section(page: _Page, change: SectionChange, *, without: str | None) -> Iterator[str]:
    """An entry of a section; a report's date was told with the duties that owe it."""
    name = say(_SECTIONS[change.section]) if change.section in _SECTIONS else change.section
    which = f" {change.id}" if change.id and change.id != change.label else ""
    called = f" “{change.label}”" if change.label and change.id else ""
    yield from page.text(f"{name}{which}{called}: {_changed(change.kind)}", 1, _TONES.get(change.kind))
    for one in _capped(one for one in change.fields if without is None or not one.name.startswith(without)):
        yield from _field(page, one, 2)


def _changed(kind: str) -> str:
    return say(_CHANGES[kind])


def _affected(page: _Page, diff: PlanDiff) -> Iterator[str]:
    count = len(diff.affected)
    if not count:
        yield from page.text(say(N_("Nobody owes anything else than before.")))
        return
    told = words.counted(
        "{count} agency gains or loses a duty, or owes something else: it is asked to acknowledge that.",
        "{count} agencies gain or lose a duty, or owe something else: they are asked to acknowledge that.",
        count,
    )
    yield from page.text(told, tone="strong")
