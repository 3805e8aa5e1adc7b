"""The plan that `init` starts with: small, commented, and right as it is.

Its dates are counted from the day it is made, so that it can be applied and rehearsed at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from string import Template

from campaignflow.services.errors import FileUnusable, NothingToExportTo
from campaignflow.services.replacing import replace_files

FILES = ("plan.yaml", "contacts.csv")
"""What a starter consists of."""

_WEEK = dt.timedelta(days=7)
_MONDAY = 0
_SATURDAY = dt.timedelta(days=5)


def write_starter(folder: Path, today: dt.date) -> tuple[str, ...]:
    """Writes the starter into a folder that is empty or new; gives the names of the files.

    Raises:
        NothingToExportTo: the folder has something in it.
        FileUnusable: it cannot be written.
    """
    dates = starter_dates(today)
    try:
        if folder.exists() and any(folder.iterdir()):
            raise NothingToExportTo(folder=str(folder))
    except OSError as error:
        raise FileUnusable(file=str(folder), detail=error.strerror or str(error)) from None
    replace_files(folder, {name: starter_text(name, dates).encode() for name in FILES}, {})
    return FILES


def starter_text(name: str, dates: Mapping[str, str]) -> str:
    """The text of one of `FILES`, its dates filled in."""
    text = resources.files("campaignflow").joinpath("starter", name).read_text(encoding="utf-8")
    return Template(text).substitute(dates)


def starter_dates(today: dt.date) -> dict[str, str]:
    """The dates of a campaign of one week that begins on the fourth Monday from `today`.

    The reports are due before a Saturday two weeks after its end, the consolidated one two more weeks later: also a
    week of holidays leaves the time that a consolidation takes.
    """
    begins = today + dt.timedelta(days=(_MONDAY - today.weekday()) % 7) + 3 * _WEEK
    days = {
        "issued": today,
        "begins": begins,
        "ends": begins + dt.timedelta(days=6),
        "reported": begins + 3 * _WEEK + _SATURDAY,
        "consolidated": begins + 5 * _WEEK + _SATURDAY,
    }
    return (
        {name: day.isoformat() for name, day in days.items()}
        | {f"{name}_vi": f"{day:%d/%m/%Y}" for name, day in days.items()}
        | {"year": str(begins.year)}
    )
