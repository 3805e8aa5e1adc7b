"""What a person must look at in next year's plan that only the plan as a whole tells: weekdays, agencies, contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from campaignflow.domain.agencies import Agency
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.services.renewal import PlanInTheWay, Remark, Renewal
from campaignflow.services.replacing import replace_files

_ONE_DAY: Final = dt.timedelta(days=1)
_KEYS: Final[Mapping[str, Literal["before", "by", "on", "from", "to"]]] = {
    "before": "before", "by": "by", "on": "on", "during": "on", "from": "from", "to": "to",
}  # fmt: skip


class Contacted(Protocol):
    """A row of a register of contacts; `loading.renewing.Row` is one."""

    @property
    def line(self) -> int:
        """The line it begins in, from 1."""

    @property
    def id(self) -> str:
        """The contact's id."""

    @property
    def until(self) -> str:
        """The last day on which it answers, as ISO text; empty without one."""

    @property
    def text(self) -> str:
        """Its text with the end of its line."""


def weekdays(renewal: Renewal, calendar: WorkCalendar) -> Iterator[Remark]:
    """Every day that was moved, with what it is now: deadlines, windows, the period, the days of reminders."""
    for shifted in renewal.shifted:
        day = shifted.day
        key = next((step for step in reversed(shifted.path) if isinstance(step, str)), "")
        if day is None or key not in _KEYS:
            continue
        last = day - _ONE_DAY if key == "before" else day
        data = {
            "of": shifted.of, "day": day, "last": last, "works": calendar.is_working(last),
            "working": calendar.last_working(last),
        }  # fmt: skip
        yield Remark(what="reminder" if shifted.path[0] == "reminders" else _KEYS[key], line=shifted.line, data=data)


def ended(renewal: Renewal, agencies: Mapping[str, Agency], rosters: Mapping[str, tuple[str, int]]) -> Iterator[Remark]:
    """The agencies that no longer exist when the new plan's groups are counted, and who takes over from them.

    Args:
        renewal: the new plan.
        agencies: the plan's agencies by id.
        rosters: of those that stand in a roster, its name and the line.
    """
    for key, agency in agencies.items():
        if agency.until is None or agency.until >= renewal.roster_day:
            continue
        line = renewal.lines.get(("agencies", key))
        file, line = rosters.get(key, ("plan.yaml", 1)) if line is None else ("plan.yaml", line)
        data: dict[str, Any] = {"name": agency.name, "until": agency.until, "successor": agency.succeeded_by or ""}
        yield Remark(what="agency", line=line, data=data, file=file)


def answering(head: str, rows: Iterable[Contacted], day: dt.date) -> tuple[str, tuple[Contacted, ...]]:
    """A register without the contacts that have ended before a day, and those contacts.

    Args:
        head: its text before the first row.
        rows: its rows.
        day: the day.
    """
    gone = tuple(row for row in rows if row.until and row.until < day.isoformat())
    kept = (row.text for row in rows if row not in gone)
    return "".join([head, *kept]), gone


def write_files(folder: Path, files: dict[str, bytes], *, dry_run: bool = False) -> None:
    """Writes the files of a plan into a folder, which is made where there is none: all of them, or none.

    Args:
        folder: the folder.
        files: their content by name, `plan.yaml` first: without it the others are no plan yet.
        dry_run: only find out whether they may be written.

    Raises:
        PlanInTheWay: the folder has one of them already; nothing is written.
        FileUnusable: the folder or a file cannot be written.
    """
    for name in files:
        if (folder / name).exists() or (folder / name).is_symlink():
            raise PlanInTheWay(folder=str(folder), name=name)
    if dry_run:
        return
    replace_files(folder, dict(reversed(files.items())), {})
