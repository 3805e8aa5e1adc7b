"""Files that a plan names: plain names of files in the plan's own folder, and nothing else.

A plan may come from a stranger. What it names is opened only if it cannot lead anywhere else: not through `..`, not
from the root, not through a link, not into a device or a pipe.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from campaignflow.domain.findings import Rule, register, shown
from campaignflow.loading.reading import DEFAULT

FILE_RULES: Final = register(
    Rule(
        "file-name",
        "'{name}' is not the plain name of a file.",
        "Write the name of a file in the plan's own folder, such as roster.csv.",
        why="A plan from elsewhere must not make the program read other files of the machine.",
    ),
    Rule(
        "file-missing",
        "There is no file '{name}' in the plan's folder.",
        "Put it beside the plan, or correct the name.",
        why="Half of the plan would be missing.",
    ),
    Rule(
        "file-outside",
        "'{name}' leads out of the plan's folder.",
        "Put the file itself beside the plan, not a link to it.",
        why="A plan from elsewhere must not make the program read other files of the machine.",
    ),
    Rule(
        "file-unreadable",
        "'{name}' cannot be read: {reason}.",
        "Make it an ordinary file that you may read.",
        why="Half of the plan would be missing.",
    ),
)

_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """Why a file is not read: the code of a rule and its fields."""

    code: str
    data: dict[str, str]


def read_beside(folder: Path, name: str) -> bytes:
    """The content of a file that a plan names; of one that is too large only so much that its reader refuses it.

    Raises:
        Refusal: the name is not a plain one, or there is nothing to be read under it.
    """
    if not is_plain(name):
        raise Refusal("file-name", {"name": name})
    path = folder / name
    try:
        if path.is_symlink() and path.resolve(strict=True).parent != folder.resolve():
            raise Refusal("file-outside", {"name": name})
        return read_file(path)
    except FileNotFoundError:
        raise Refusal("file-missing", {"name": name}) from None
    except (OSError, RuntimeError) as error:  # a loop of links is a RuntimeError in older Pythons
        raise Refusal("file-unreadable", {"name": name, "reason": reason(error)}) from None


def is_plain(name: str) -> bool:
    """Whether a name is that of a file and no way to one, on every system.

    >>> [is_plain(name) for name in ("roster.csv", "../x", "/etc/x", "a\\\\b", "c:x", ".env", "a\\nb", "")]
    [True, False, False, False, False, False, False, False]
    """
    return (
        0 < len(name.encode("utf-8", "replace")) <= _LONGEST_NAME
        and name.isprintable()
        and not name.startswith((".", "~", "-"))
        and name == name.strip()
        and not set(name) & set("/\\:")
    )


def read_file(path: Path) -> bytes:
    """The content of an ordinary file; of one that is too large only so much that its reader refuses it.

    Raises:
        OSError: it is not there, not an ordinary file, or not to be read.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(None, "it is not an ordinary file")
    with path.open("rb") as file:
        return file.read(DEFAULT.size + 1)


def reason(error: BaseException) -> str:
    """What the system says of a failure, fit for a message."""
    return shown(getattr(error, "strerror", None) or type(error).__name__)
