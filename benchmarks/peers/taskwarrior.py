"""Taskwarrior with many tasks: its data written as it writes them itself, and `task summary` over them."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

_REGIONS = 63


def summary(folder: Path, tasks: int) -> Sequence[str | Path] | None:
    """The command that sums up so many tasks in 63 projects; None where Taskwarrior is not installed."""
    program = shutil.which("task")
    if program is None:
        return None
    data = folder / "taskwarrior"
    data.mkdir(parents=True, exist_ok=True)
    with (data / "pending.data").open("w", encoding="utf-8") as file:
        for number in range(tasks):
            name = uuid.UUID(int=number + 1, version=4)
            project = f"tinh-{number % _REGIONS:02}"
            file.write(
                f'[description:"duty/{number}" due:"1726851600" entry:"1724115600" modified:"1724115600" '
                f'project:"{project}" status:"pending" uuid:"{name}"]\n'
            )
    rc = folder / "taskrc"
    rc.write_text(f"data.location={data}\nverbose=nothing\nhooks=off\ngc=off\n", encoding="utf-8")
    return [program, f"rc:{rc}", "rc.confirmation=off", "summary"]
