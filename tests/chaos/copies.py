"""The backups and copies that writers made in a round, and whether each is the part of the journal that it was said to
be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.engines import SqliteFile
from tests.chaos.ledger import Line

ENDS = ("", "-wal", "-shm", "-journal")
"""The files of a SQLite database, by the end of their names."""


@dataclass(slots=True)
class Copies:
    """The files in a folder, each made by one deed and never written again."""

    folder: Path
    #: Of each that was acknowledged: how many events each campaign has, and the hash of the last.
    told: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)

    def acknowledge(self, said: Mapping[str, Any]) -> None:
        """Takes down that a copy was made."""
        self.told[said["copy"]] = {campaign: (events, head) for campaign, events, head in said["kept"]}

    def names(self, *, all_of_them: bool) -> list[str]:
        """Those that were acknowledged; on request also what the killed have left under the name of a copy."""
        there = {path.name for path in self.folder.glob("*.db")} if all_of_them else set()
        return sorted(there | self.told.keys())

    def wrong(self, name: str, journals: Mapping[str, list[Line]]) -> list[str]:
        """What is not as it was said with one of them, in words."""
        file, told = SqliteFile(self.folder / name), self.told.get(name, {})
        if told and not (self.folder / name).exists():
            return [f"the copy {name} was acknowledged and is lost"]
        found = [f"the copy {name}: the engine says: {text}" for text in file.damage()]
        for campaign, journal in journals.items():
            lines = file.journal(campaign)
            if lines != journal[: len(lines)]:
                found.append(f"the copy {name} has another journal of {campaign}")
            if campaign in told and (len(lines), lines[-1][1] if lines else "") != told[campaign]:
                found.append(f"the copy {name} ends elsewhere in {campaign} than was said")
        return found

    def remove(self, name: str) -> None:
        """Takes one of them away."""
        self.told.pop(name, None)
        for end in ENDS:
            (self.folder / f"{name}{end}").unlink(missing_ok=True)
