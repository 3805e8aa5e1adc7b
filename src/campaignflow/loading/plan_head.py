"""Which campaign a plan's text is, without reading the text: for commands that need nothing else of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_MUCH = 65_536
"""So many bytes are looked at: `plan` stands at the top of a plan."""


def plan_id(path: Path) -> str | None:
    """The id of the plan in a file, as `plan.id` says it; None where that cannot be told at a glance."""
    try:
        with path.open("rb") as file:
            text = file.read(_MUCH).decode("utf-8-sig", errors="ignore")
    except OSError:
        return None
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("plan:"):
            rest = line.removeprefix("plan:").strip()
            return _in_braces(rest, lines) if rest.startswith("{") else None if _said(rest) else _in_block(lines)
    return None


def _in_block(lines: Iterable[str]) -> str | None:
    """The id among the lines below `plan:`, as deep as the first of them."""
    depth = 0
    for line in lines:
        said = line.strip()
        if not _said(said):
            continue
        indent = len(line) - len(line.lstrip())
        depth = depth or indent
        if indent == 0:
            return None
        if indent == depth and said.startswith("id:"):
            return _word(said.removeprefix("id:"))
    return None


def _in_braces(rest: str, lines: Iterable[str]) -> str | None:
    """The id between the braces of `plan: {…}`, unless there is more in them than plain words."""
    inside, closed, _ = " ".join([rest.removeprefix("{"), *lines]).partition("}")
    if not closed or any(sign in inside for sign in "{\"'#"):
        return None
    found = [part.strip().removeprefix("id:") for part in inside.split(",") if part.strip().startswith("id:")]
    return _word(found[0]) if len(found) == 1 else None


def _word(text: str) -> str | None:
    """A plain word, quoted or not, with nothing but a comment behind it."""
    word = text.partition(" #")[0].strip()
    if len(word) > 2 and word[0] == word[-1] and word[0] in "'\"":
        word = word[1:-1]
    return word if word and all(sign.isalnum() or sign in "._-" for sign in word) else None


def _said(text: str) -> bool:
    """Whether a line says anything: is not empty and no comment."""
    return bool(text) and not text.startswith("#")
