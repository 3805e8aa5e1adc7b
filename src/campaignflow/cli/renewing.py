"""`campaignflow init DIR --from PLAN`: next year's plan from this one, and what to look at in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from campaignflow.cli import words
from campaignflow.cli.context import PLAN_FILE, Context, PlanNotFound, plan_file
from campaignflow.cli.output import clean, wrap
from campaignflow.i18n import N_, current, say, translator
from campaignflow.services.shapes import Document

if TYPE_CHECKING:
    from campaignflow.domain.findings import Finding
    from campaignflow.loading.plans import LoadedPlan, Reading
    from campaignflow.loading.renewing import Outline
    from campaignflow.services.renewal import Remark, Renewal

_NOTE: Final = N_("source: taken out; the document of {year} is not issued yet")

_WORDS: Final[Mapping[str, str]] = {
    "number": N_("The new document has no number yet."),
    "date": N_("The new document has no date yet; put it here once it is issued."),
    "roster": N_("The groups are counted on {day}."),
    "decision": N_("{said} issued the plan of {year}; name the decision that issues this one, or take it out."),
    "signature": N_("Who signs? The plan of {year} was signed by: {said}."),
    "theme": N_("The theme of {year} was: {said}."),
    "basis": N_("The plan of {year} cited {said}; cite what this one rests on."),
    "anomalies": N_("Oddities of the text of {year}, {count} in all: take out those that the new text does not have."),
    "source": N_("The document of {year} is not issued yet: `source` was taken out."),
    "days-off": N_("Days are swapped anew every year; taken out of `{key}`: {days}."),
    "group": N_(
        "On {day} nobody belongs to `{group}` any more: it is only named now (was: {was}). Say who takes over."
    ),
    "leap-day": N_("{day} became {new}."),
    "leap-day-said": N_("The text speaks of 29 February, which {year} does not have."),
    "years": N_("Stayed as it was: {years}. Part of what the text cites, or for you to change."),
    "years-comment": N_("The comment speaks of {years}."),
    "years-unread": N_("The years here were left as they were: {years}."),
    "agency": N_("{name} exists only until {until}."),
    "contact": N_("The contact {id} answered only until {until}; left out."),
    "on": N_("{of}: on {day}, a working day."),
    "from": N_("{of}: from {day}, a working day."),
    "to": N_("{of}: to {day}, a working day."),
    "by": N_("{of}: due by {day}, a working day."),
    "before": N_("{of}: due before {day}; the last day is {last}, a working day."),
    "reminder": N_("{of}: reminds on {day}, a working day."),
}
"""What a remark says, by what it is."""

_RESTING: Final[Mapping[str, str]] = {
    "on": N_("{of}: on {day}, no working day."),
    "from": N_("{of}: from {day}, no working day."),
    "to": N_("{of}: to {day}, no working day."),
    "by": N_("{of}: due by {day}, no working day; the last working day is {working}."),
    "before": N_("{of}: due before {day}; the last day is {last}, no working day; the last working day is {working}."),
    "reminder": N_("{of}: reminds on {day}, no working day."),
}
"""What a remark about a day says that is no working day."""

_SUCCEEDED: Final = N_("{name} exists only until {until}; {successor} takes over from it.")
_REFUSED: Final = N_("Check refuses this: {message} ({cure})")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A line of the checklist."""

    file: Path
    line: int
    what: str


def start_from(context: Context, folder: Path, plan: Path, year: int | None, *, dry_run: bool) -> None:
    """Makes next year's plan in a folder, and tells what to look at in it.

    Raises:
        PlanNotFound, PlanUnreadable, PlanRefused: there is no plan, or none without errors.
        YearUnknown, SameYear: it cannot be told by how many years to move.
        PlanInTheWay, FileUnusable: the files cannot be written.
    """
    from campaignflow.services.renewal_checklist import write_files

    made = _Renewed.of(context, folder, plan, year)
    write_files(folder, made.files, dry_run=dry_run)
    looks = sorted(
        dict.fromkeys(made.looks()), key=lambda look: (look.file != folder / PLAN_FILE, str(look.file), look.line)
    )
    context.answer(made.document(looks), lambda: "\n".join(_told(context, made, looks, dry_run=dry_run)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Renewed:
    """A new plan that is not written yet."""

    folder: Path
    renewal: Renewal
    files: dict[str, bytes]
    reading: Reading
    #: What was left out and who has ended.
    remarks: tuple[Remark, ...]
    #: Where the files of the old plan are.
    old: Path

    @classmethod
    def of(cls, context: Context, folder: Path, named: Path, year: int | None) -> _Renewed:
        """Reads the old plan, and makes the new one of it."""
        from campaignflow.loading.files import read_file
        from campaignflow.loading.renewing import read_outline
        from campaignflow.services.renewal_checklist import ended

        plan = plan_file(named) or named
        if not plan.exists():
            raise PlanNotFound(path=plan)
        loaded = _load(context, plan)
        outline = read_outline(read_file(plan))
        chosen = _year(plan, outline, year)
        note = translator(loaded.plan.plan.language).fill(_NOTE, {"year": chosen})
        beside, rosters = _beside(loaded, plan.parent)
        renewal, files, reading, gone = _made(outline, chosen, note, beside, loaded, folder)
        remarks = (*ended(renewal, loaded.plan.agencies, rosters), *gone)
        return cls(folder=folder, renewal=renewal, files=files, reading=reading, remarks=remarks, old=plan.parent)

    def looks(self) -> Iterator[_Look]:
        """The checklist."""
        from campaignflow.services.renewal_checklist import weekdays

        days = weekdays(self.renewal, self.reading.calendar) if self.reading.calendar else ()
        for remark in (*self.renewal.remarks, *days, *self.remarks):
            folder = self.old if remark.what == "contact" else self.folder
            yield _Look(file=folder / remark.file, line=remark.line, what=_words(remark))
        for finding in self.reading.errors:
            yield _Look(file=Path(finding.file), line=finding.line or 1, what=_refused(finding))

    def document(self, looks: Iterable[_Look]) -> Document:
        """What was made, as JSON."""
        return {
            "folder": str(self.folder),
            "files": list(self.files),
            "year": self.renewal.year,
            "shifted": [
                {"line": one.line, "column": one.column, "from": one.old, "to": one.new} for one in self.renewal.shifted
            ],
            "look_at": [{"file": str(look.file), "line": look.line, "what": look.what} for look in looks],
        }


def _load(context: Context, plan: Path) -> LoadedPlan:
    """The old plan; what is wrong with it is told line by line before it is refused."""
    from campaignflow.cli.plans import finding_lines
    from campaignflow.loading.errors import PlanRefused
    from campaignflow.loading.plans import load_plan

    try:
        return load_plan(plan)
    except PlanRefused as refused:
        if not context.json:
            errors = [finding for finding in refused.findings if finding.severity == "error"]
            context.note("\n".join(finding_lines(context, errors)))
        raise


def _year(plan: Path, outline: Outline, year: int | None) -> int:
    """The year of the new plan."""
    from campaignflow.services.renewal import SameYear, YearUnknown
    from campaignflow.services.renewal_dates import year_of

    old = year_of(outline)
    if old is None:
        raise YearUnknown(file=str(plan))
    if year == old:
        raise SameYear(file=str(plan), year=old, following=old + 1)
    return old + 1 if year is None else year


def _beside(loaded: LoadedPlan, folder: Path) -> tuple[dict[str, bytes], dict[str, tuple[str, int]]]:
    """The files beside the old plan that go with it, and in which line of a roster an agency stands."""
    from campaignflow.loading.files import read_beside
    from campaignflow.loading.renewing import roster_lines

    names = [roster.file for roster in loaded.plan.rosters]
    files = {name: read_beside(folder, name) for name in names}
    lines = {key: (name, line) for name in names for key, line in roster_lines(files[name], name).items()}
    if loaded.plan.contacts is not None:
        files[loaded.plan.contacts.file] = read_beside(folder, loaded.plan.contacts.file)
    return files, lines


def _made(
    outline: Outline, year: int, note: str, beside: Mapping[str, bytes], loaded: LoadedPlan, folder: Path
) -> tuple[Renewal, dict[str, bytes], Reading, tuple[Remark, ...]]:
    """The new plan with its files, read as `check` would. Groups that are empty by then become ones only named."""
    from campaignflow.loading.renewing import read_files
    from campaignflow.services.renewal import renew

    renewal = renew(outline, year=year, note=note)
    files, gone = _with_contacts(renewal, beside, loaded)
    reading = read_files(files, folder)
    deserted = [str(one.path[1]) for one in reading.errors if one.code == "group-empty"]
    if deserted:
        renewal = renew(outline, year=year, note=note, deserted=deserted)
        files[PLAN_FILE] = renewal.text.encode()
        reading = read_files(files, folder)
    return renewal, files, reading, gone


def _with_contacts(
    renewal: Renewal, beside: Mapping[str, bytes], loaded: LoadedPlan
) -> tuple[dict[str, bytes], tuple[Remark, ...]]:
    """The files of the new plan, without the contacts that have ended by then."""
    from campaignflow.loading.renewing import register_rows
    from campaignflow.services.renewal import Remark
    from campaignflow.services.renewal_checklist import answering

    files = {PLAN_FILE: renewal.text.encode(), **beside}
    if loaded.plan.contacts is None:
        return files, ()
    name = loaded.plan.contacts.file
    kept, gone = answering(*register_rows(beside[name], name), renewal.roster_day)
    files[name] = kept.encode()
    return files, tuple(
        Remark(what="contact", line=row.line, data={"id": row.id, "until": dt.date.fromisoformat(row.until)}, file=name)
        for row in gone
    )


# --- in words


def _words(remark: Remark) -> str:
    """A remark in the language now spoken."""
    told = {name: _shown(value) for name, value in remark.data.items()}
    if remark.what == "agency" and remark.data["successor"]:
        return say(_SUCCEEDED, **told)
    rests = remark.what in _RESTING and not remark.data["works"]
    return say((_RESTING if rests else _WORDS)[remark.what], **told)


def _shown(value: Any) -> Any:
    return words.day(value, weekday=True) if isinstance(value, dt.date) else value


def _refused(finding: Finding) -> str:
    translate = current().gettext
    return say(_REFUSED, message=finding.message_in(translate), cure=finding.cure_in(translate))


def _told(context: Context, made: _Renewed, looks: list[_Look], *, dry_run: bool) -> Iterator[str]:
    renewal, files = made.renewal, ", ".join(made.files)
    head = N_("Would be written to {folder}: {files}.") if dry_run else N_("Written to {folder}: {files}.")
    dates = [one for one in renewal.shifted if one.is_date]
    told = (
        say(head, folder=made.folder, files=files),
        say(N_("The plan of {old} became one of {year}."), old=renewal.from_year, year=renewal.year),
        say(
            N_("Moved: {dates}, {years}."),
            dates=words.counted("{count} date", "{count} dates", len(dates)),
            years=words.counted(
                "{count} year within texts", "{count} years within texts", len(renewal.shifted) - len(dates)
            ),
        ),
    )
    yield from (line for text in told for line in wrap(text, context.width))
    yield ""
    yield context.style.paint(say(N_("To be looked at, by a person ({count})"), count=len(looks)), "strong")
    for look in looks:
        yield from wrap(f"{clean(str(look.file))}:{look.line}: {look.what}", context.width, indent="  ")
    if made.reading.errors:
        refused = words.counted("{count} error", "{count} errors", len(made.reading.errors))
        yield context.style.paint(say(N_("The plan is refused: {found}."), found=refused), "bad")
