"""Which campaign a plan's text is, without reading the text: for commands that need nothing else of it."""

from __future__ import annotations

import re
from pathlib import Path

_MUCH = 65_536
"""So many bytes are looked at: `plan` stands at the top of a plan."""

_BLOCK = re.compile(r"^plan:[ \t]*(?:#.*)?\r?\n((?:[ \t]+.*\r?\n|[ \t]*(?:#.*)?\r?\n)*)", re.MULTILINE)
_FLOW = re.compile(r"^plan:[ \t]*\{((?:[^{}'\"#\r\n]|\r?\n)*)", re.MULTILINE)
_WORD = r"[ \t]*(['\"]?)([\w.-]+)\1[ \t]*(?=[,}#\r\n]|$)"


def plan_id(path: Path) -> str | None:
    """The id of the plan in a file, as `plan.id` says it; None where that cannot be told at a glance."""
    try:
        with path.open("rb") as file:
            text = file.read(_MUCH).decode("utf-8-sig", errors="ignore")
    except OSError:
        return None
    if block := _BLOCK.search(text):
        indent = re.search(r"^([ \t]+)[^\s#]", block.group(1), re.MULTILINE)
        found = indent and re.search(rf"^{indent.group(1)}id:{_WORD}", block.group(1), re.MULTILINE)
    elif flow := _FLOW.search(text):
        found = re.search(rf"(?:^|,)\s*id:{_WORD}", flow.group(1))
    else:
        return None
    return found.group(2) if found else None
