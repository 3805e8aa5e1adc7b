"""Next year's plan from this one: its text with the dates moved, and what a person must look at in it.

Nothing is dumped anew: comments, order and layout are the old text's, and each change is a few characters at a known
place. Dates that are facts of the past stay: of the documents cited, of agencies, of the decision that issued the plan.
A quotation moves as the clause does that it quotes, so that `check` still finds it there.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from campaignflow.domain.text_match import collapsed
from campaignflow.errors import CampaignflowError
from campaignflow.services.renewal_dates import DAY, day_in, is_date, is_past, key_of, roster_day_of, year_of
from campaignflow.services.renewal_quotes import Clauses
from campaignflow.services.renewal_splice import Edit, Layout, Outlined, Path, Placed, Spliced, begin
from campaignflow.services.renewal_years import YEAR, Year, Years

UNSTATED: Final = "unstated"
"""What a plan says of a number or a date that its document does not have."""

What = Literal[
    "number", "date", "roster", "decision", "signature", "theme", "basis", "anomalies", "source", "days-off", "group",
    "leap-day", "leap-day-said", "years", "years-comment", "years-unread", "agency", "contact",
    "before", "by", "on", "from", "to", "reminder",
]  # fmt: skip
"""What there is to look at; `cli.renewing` has the words."""


class YearUnknown(CampaignflowError):
    """Nothing in a plan says of which year it is."""

    code = "plan-without-year"
    message = "The plan {file} names no day by which its year could be told."
    cure = "Give it a `period`, a `date` or a `roster_on` under `plan`."


class SameYear(CampaignflowError):
    """A plan is to be made of the year that it is of already."""

    code = "same-year"
    message = "The plan {file} is of {year} already."
    cure = "Name another year with --year, such as {following}."


class PlanInTheWay(CampaignflowError):
    """A folder has a file that the new plan would bring."""

    code = "plan-in-the-way"
    message = "{folder} has a file {name} already."
    cure = "Name another folder, or move the file away."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """A date, or a year within a text, that was moved.

    Attributes:
        path: the value's keys and indexes from the top.
        of: what it belongs to: `reports.ket-qua`, `plan.period`.
        line: where it stands in the new text, from 1.
        column: the same, in characters from 1.
        old: what stood there.
        new: what stands there now.
        is_date: whether it is a date, a span or a period, and no year within a text.
    """

    path: Path
    of: str
    line: int
    column: int
    old: str
    new: str
    is_date: bool

    @property
    def day(self) -> dt.date | None:
        """The new date; None where what was moved is no single day."""
        return dt.date.fromisoformat(self.new) if DAY.fullmatch(self.new) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that a person must look at.

    Attributes:
        what: what it is.
        line: where, from 1.
        data: the particulars: text, numbers and dates.
        file: the name of the file; the new plan's, unless it is said.
    """

    what: What
    line: int
    data: Mapping[str, Any] = field(default_factory=dict)
    file: str = "plan.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A plan made of another.

    Attributes:
        text: the new text.
        from_year: the year of the old plan.
        year: the year of the new one.
        roster_day: the day on which the new plan's groups are counted.
        shifted: what was moved, in the order of the text.
        remarks: what a person must look at, in the order of the text.
        lines: for each path of the plan, the line in the new text at which its value begins.
    """

    text: str
    from_year: int
    year: int
    roster_day: dt.date
    shifted: tuple[Shifted, ...]
    remarks: tuple[Remark, ...]
    lines: Mapping[Path, int]


def renew(outline: Outlined, *, year: int, note: str, deserted: Collection[str] = ()) -> Renewal:
    """The text of a plan for another year.

    Args:
        outline: the plan's text; `check` has no error in it, and `year_of` knows its year.
        year: the year of the new plan.
        note: the comment that stands where `source` was taken out; one line, without `#`.
        deserted: groups to which nobody belongs any more: they become `unnamed`, since `check` refuses empty ones.
    """
    return _Renewing(outline, year).renewed(note, deserted)


_QUOTES: Final = frozenset({"words", "stated"})
_TITLES: Final = frozenset({"title", "short_title"})
_ESCAPE: Final = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)", re.DOTALL)
_BLOCK_HEAD: Final = re.compile(r"[|>][^\r\n]*")
_LONGEST_ID: Final = 64


class _Renewing:
    """One renewal: what it gathers of the old text."""

    def __init__(self, outline: Outlined, year: int) -> None:
        self.outline, self.text, self.pieces = outline, outline.text, outline.pieces
        self.values = {piece.path: piece for piece in self.pieces}
        old, counted = year_of(outline), roster_day_of(outline)
        assert old is not None and counted is not None, "the caller has asked for the year"
        self.old, self.year, self.by = old, year, year - old
        self.dates = [piece for piece in self.pieces if is_date(piece)]
        known = frozenset({self.old, *(int(piece.value[:4]) for piece in self.dates)})
        self.years = Years(known=known, spans=frozenset(self._spans()))
        self.clauses = Clauses(self.values, self.years)
        self.roster_day = day_in(counted, self.by)
        self.layout = Layout(self.text)
        self.edits: list[Edit] = []
        #: What there is to look at, with the offset in the old text.
        self.remarks: list[tuple[int, What, dict[str, Any]]] = []

    def renewed(self, note: str, deserted: Collection[str]) -> Renewal:
        """The whole of it."""
        for piece in self.pieces:
            if is_date(piece):
                self._shift_date(piece)
            elif not piece.collection and not is_past(piece.path):
                self._shift_text(piece)
            elif piece.path[:1] == ("anomalies",) and piece.path[-1] == "note":
                self._look_at_years(piece, self.years.staying(collapsed(piece.value)))
        self._rename()
        self._header(note)
        self._days_off()
        for group in deserted:
            self._desert(group)
        self._look_at_header()
        self._look_at_past()
        self._look_at_comments()
        return self._made()

    def _spans(self) -> Iterator[tuple[int, int]]:
        """The first and the last year of each span that the plan itself has."""
        ends = {piece.path: int(piece.value[:4]) for piece in self.dates}
        for path, first in ends.items():
            if path[-1] == "from" and (last := ends.get((*path[:-1], "to"))):
                yield first, last

    # --- moving

    def _shift_date(self, piece: Placed) -> None:
        new = f"{int(piece.value[:4]) + self.by:04}{piece.value[4:]}"
        if DAY.fullmatch(piece.value):
            old = dt.date.fromisoformat(piece.value)
            day = day_in(old, self.by)
            if day.isoformat() != new:
                new = day.isoformat()
                self._remark(piece.start, "leap-day", day=old, new=day)
        self.edits.append(self.layout.value(piece, new, shifts=piece.path))

    def _shift_text(self, piece: Placed) -> None:
        """Moves the years of a text that are the campaign's."""
        text = collapsed(piece.value)
        if not YEAR.search(text):
            return
        years = self._years_of(piece, text)
        places = [found.start() for found in YEAR.finditer(self._letters(piece))]
        if piece.alias or len(places) != len(years):
            self._remark(piece.start, "years-unread", years=_listed(str(year.value) for year in years))
            return
        for at, year in zip(places, years, strict=True):
            if year.moves:
                start, new = piece.start + at, f"{year.value + self.by:04}"
                self.edits.append(Edit(start=start, end=start + len(new), new=new, shifts=piece.path))
        self._look_at_years(piece, years)

    def _years_of(self, piece: Placed, text: str) -> tuple[Year, ...]:
        """The years of a text; those of a quotation as they are in the clause that it quotes."""
        key = key_of(piece.path)
        quoted = self.clauses.quoted(piece.path, text) if key in _QUOTES else None
        return self.years.of(text, title=key in _TITLES) if quoted is None else quoted

    def _letters(self, piece: Placed) -> str:
        """The source of a text with what is no letter of it blotted out: escapes, the head of a block."""
        raw = self.text[piece.start : piece.end]
        if raw.startswith('"'):
            return _ESCAPE.sub(_blot, raw)
        return _BLOCK_HEAD.sub(_blot, raw, count=1) if raw[:1] in ("|", ">") else raw

    def _look_at_years(self, piece: Placed, years: Iterable[Year]) -> None:
        """Years that stayed in a text, and a 29 February that does not exist."""
        years = tuple(years)
        stayed = [str(one.value) for one in years if not one.moves and not one.number and self.years.near(one.value)]
        if stayed:
            self._remark(piece.start, "years", years=_listed(stayed))
        for one in years:
            if one.moves and one.leap_day and not _is_leap(one.value + self.by):
                self._remark(piece.start, "leap-day-said", year=str(one.value + self.by))

    def _rename(self) -> None:
        """Puts the year into the plan's id: in place of the old one, else at its end."""
        piece = self.values[("plan", "id")]
        new = re.sub(rf"(?<![0-9]){self.old}(?![0-9])", str(self.year), piece.value)
        if new == piece.value:
            ending = f"-{self.year}"
            new = piece.value[: _LONGEST_ID - len(ending)].rstrip("-._") + ending
        self.edits.append(self.layout.value(piece, new, shifts=piece.path))

    # --- what the new document does not have yet

    def _header(self, note: str) -> None:
        """Takes out number, date and text of the old document."""
        date = self.values.get(("plan", "date"))
        if date and DAY.fullmatch(date.value) and ("plan", "roster_on") not in self.values:
            self.edits.append(self.layout.entry_before(date, "roster_on", self.roster_day.isoformat()))
        for key in ("number", "date"):
            piece = self.values.get(("plan", key))
            if piece and piece.value != UNSTATED:
                self.edits.append(self.layout.value(piece, UNSTATED))
        if source := self.values.get(("plan", "source")):
            self._remark(begin(source), "source", year=str(self.year))
            section = self.values[source.path[:1]]
            self.edits += self.layout.without(source, f"# {note}", section)

    def _days_off(self) -> None:
        """Takes out the days off and the working days that were set for one year."""
        for key in ("add", "remove", "working"):
            found = [piece for path, piece in self.values.items() if path[:2] == ("calendar", key)]
            days = [piece.value for piece in found if piece.value]
            if days:
                start = begin(found[0])
                colon = self.text.index(":", start) + 1
                self.edits.append(Edit(start=colon, end=found[0].end, new=" []"))
                self._remark(start, "days-off", key=key, days=_listed(days))

    def _desert(self, group: str) -> None:
        """Makes a group one that is only named; how it was counted stays as a comment where that has a line."""
        paths = [("groups", group, key) for key in ("select", "members")]
        entries = sorted((self.values[path] for path in paths if path in self.values), key=begin)
        for number, entry in enumerate(entries):
            self.edits.append(self.layout.instead(entry, "" if number else "unnamed: true"))
        if entries:
            was = "; ".join(" ".join(self.text[begin(entry) : entry.end].split()) for entry in entries)
            self._remark(begin(entries[0]), "group", group=group, day=self.roster_day, was=was)

    # --- what a person must look at

    def _remark(self, offset: int, what: What, **data: Any) -> None:
        self.remarks.append((offset, what, data))

    def _look_at_header(self) -> None:
        """What only a person can say of the new document."""
        at = {key: self.values.get(("plan", key)) for key in ("number", "date", "roster_on")}
        anywhere = self.values[("plan",)]
        self._remark((at["number"] or anywhere).start, "number")
        self._remark((at["date"] or at["number"] or anywhere).start, "date")
        self._remark((at["roster_on"] or at["date"] or anywhere).start, "roster", day=self.roster_day)
        told: tuple[tuple[What, str, tuple[str, ...]], ...] = (
            ("decision", "promulgated_by", ("kind", "number")),
            ("signature", "signed", ("position", "name")),
            ("theme", "theme", ("words",)),
        )
        for what, key, names in told:
            if piece := self.values.get(("plan", key)):
                self._remark(piece.start, what, said=self._said(piece.path, names), year=str(self.old))

    def _look_at_past(self) -> None:
        """What was cited and what was odd."""
        for path, piece in self.values.items():
            if path[:1] == ("legal_basis",) and path[-1:] == ("id",):
                said = self._said(path[:-1], ("kind", "number"))
                self._remark(piece.start, "basis", said=said, year=str(self.old))
        if anomalies := self.values.get(("anomalies",)):
            count = sum(path[:1] == ("anomalies",) and path[-1:] == ("id",) for path in self.values)
            self._remark(anomalies.start, "anomalies", count=count, year=str(self.old))

    def _said(self, path: Path, names: Iterable[str]) -> str:
        found = (self.values.get((*path, name)) for name in names)
        return " ".join(piece.value for piece in found if piece and piece.value != UNSTATED)

    def _look_at_comments(self) -> None:
        """Comments are kept as they are; those that speak of the campaign's years are told."""
        starts = [start for start, _ in self.outline.scalars]
        for found in YEAR.finditer(self.text):
            place = bisect_right(starts, found.start()) - 1
            within = place >= 0 and found.start() < self.outline.scalars[place][1]
            before = self.text[self.layout.line_start(found.start()) : found.start()]
            if not within and "#" in before and int(found[0]) in self.years.known:
                self._remark(found.start(), "years-comment", years=found[0])

    # --- the new text

    def _made(self) -> Renewal:
        spliced = Spliced(self.text, self.edits)
        remarks = (
            Remark(what=what, line=spliced.position(offset)[0], data=data) for offset, what, data in self.remarks
        )
        return Renewal(
            text=spliced.text,
            from_year=self.old,
            year=self.year,
            roster_day=self.roster_day,
            shifted=tuple(self._shifted(spliced)),
            remarks=tuple(sorted(remarks, key=lambda remark: remark.line)),
            lines={path: spliced.position(piece.start)[0] for path, piece in self.values.items()},
        )

    def _shifted(self, spliced: Spliced) -> Iterator[Shifted]:
        dates = {piece.path for piece in self.dates}
        for number, edit in enumerate(spliced.edits):
            if edit.shifts is not None:
                line, column = spliced.begun(number)
                yield Shifted(
                    path=edit.shifts,
                    of=self._entry(edit.shifts),
                    line=line,
                    column=column,
                    old=self.text[edit.start : edit.end],
                    new=edit.new,
                    is_date=edit.shifts in dates,
                )

    def _entry(self, path: Path) -> str:
        """The entry of the plan that a value belongs to; an item of a list by its id."""
        named = self.values.get((*path[:2], "id"))
        return ".".join(map(str, (path[0], named.value) if named else path[:2]))


def _blot(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _is_leap(year: int) -> bool:
    return day_in(dt.date(2020, 2, 29), year - 2020).day == 29


def _listed(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(values))
