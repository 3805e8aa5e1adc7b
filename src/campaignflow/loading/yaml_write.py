"""Plain data written as YAML the way people write plans: a unit a line, longer things as blocks.

Only what `parse_yaml` reads back as the very same text is written: a value goes without quotes only where nobody could
read it otherwise.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

WIDTH: Final = 120
"""Lines are not made longer than this where they can be broken."""

_STEP: Final = "  "
_MOST_KEYS_ON_A_LINE: Final = 4
#: What begins something else than plain text, or may be taken for it.
_BEGINS: Final = re.compile(r"[\s\-?:,\[\]{}#&*!|>'\"%@`]")
_MEANS_ELSE: Final = re.compile(r": |:$| #|[\t\n\r\x85\u2028\u2029]|\s$")
_FLOW_MARKS: Final = re.compile(r"[,\[\]{}:]")
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL", "=", "<<", "---", "..."})
_NEGATIVE: Final = re.compile(r"-\d+")


def scalar(value: str, *, flow: bool, like: str = "") -> str:
    """A text as a scalar on one line.

    Args:
        value: the text.
        flow: whether it stands inside brackets or braces.
        like: the quote that stood there before, to be kept if it can be.
    """
    if like == "'" and "'" not in value and value.isprintable() and value:
        return f"'{value}'"
    if like == '"' or not _is_plain(value, flow):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return value


def _is_plain(value: str, flow: bool) -> bool:
    if value in _NOTHING or _MEANS_ELSE.search(value) or (flow and _FLOW_MARKS.search(value)):
        return False
    return bool(_NEGATIVE.fullmatch(value)) or not _BEGINS.match(value)


def flow(value: Any) -> str:
    """Any plain data on one line, inside brackets or braces."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key, flow=True)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(str(value), flow=True)


def folded(value: str, indent: str) -> str | None:
    """A long text as a folded block, its lines indented; None where folding would not give the same text back."""
    lines = textwrap.wrap(
        value, width=max(WIDTH - len(indent), 40), break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    if value != " ".join(lines) or not value or not value.replace("\n", " ").isprintable():
        return None
    return ">-\n" + "\n".join(indent + line for line in lines)


def literal(value: str, indent: str) -> str | None:
    """A text of several lines as a literal block; None where that would not give the same text back."""
    lines = value.split("\n")
    if any(line != line.rstrip() or not line.replace("\t", " ").isprintable() for line in lines) or value[:1].isspace():
        return None
    if not lines[-1]:
        return None
    return "|-\n" + "\n".join(indent + line if line else "" for line in lines)


def block_scalar(value: str, indent: str) -> str | None:
    """A text as a block, literal when it has several lines, else folded; None where neither gives it back."""
    return literal(value, indent) if "\n" in value else folded(value, indent)


def entry(key: str, value: Any, indent: str, *, short: bool = True, step: str = _STEP) -> str:
    """A key and its value as lines of a block mapping, without the last line's end.

    Args:
        key: the key.
        value: its value.
        indent: what begins each line.
        short: whether a mapping with few keys may stand on the line of its key.
        step: how much deeper each level is.
    """
    head = f"{indent}{scalar(key, flow=False)}:"
    if isinstance(value, str):
        return _text_entry(head, value, indent + step)
    one_line = f"{head} {flow(value)}"
    few = not isinstance(value, Mapping) or (short and len(value) <= _MOST_KEYS_ON_A_LINE) or not value
    if len(one_line) <= WIDTH and few and not _is_list_of_mappings(value):
        return one_line
    if isinstance(value, Mapping):
        return "\n".join((head, *(entry(name, one, indent + step, step=step) for name, one in value.items())))
    if _is_list_of_mappings(value):
        return "\n".join((head, *(item(one, indent + step, step=step) for one in value)))
    return _wrapped_list(head, value, indent)


def _text_entry(head: str, value: str, indent: str) -> str:
    one_line = f"{head} {scalar(value, flow=False)}"
    if len(one_line) <= WIDTH and "\n" not in value:
        return one_line
    block = block_scalar(value, indent)
    return f"{head} {block}" if block else one_line


def item(value: Any, indent: str, *, step: str = _STEP) -> str:
    """An item as lines of a block list, without the last line's end."""
    one_line = f"{indent}- {flow(value) if not isinstance(value, str) else scalar(value, flow=False)}"
    if len(one_line) <= WIDTH or not isinstance(value, Mapping):
        return one_line
    inner = indent + "  "
    lines = "\n".join(entry(name, one, inner, step=step) for name, one in value.items())
    return f"{indent}- {lines[len(inner) :]}"


def _is_list_of_mappings(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value)


def _wrapped_list(head: str, value: Sequence[Any], indent: str) -> str:
    lines = [f"{head} ["]
    inner = indent + _STEP * 2
    for number, one in enumerate(value):
        piece = flow(one) + ("]" if number == len(value) - 1 else ",")
        gap = "" if lines[-1].endswith("[") or lines[-1] == inner else " "
        if len(lines[-1]) + len(gap) + len(piece) > WIDTH and lines[-1].strip():
            lines.append(inner)
            gap = ""
        lines[-1] += gap + piece
    return "\n".join(lines)


def document(sections: Iterator[tuple[str, str, Any]]) -> str:
    """A whole plan: sections of a comment, a key and its value, with an empty line between them.

    The entries of a section are mappings on lines of their own; a comment may be empty.
    """
    parts = []
    for comment, key, value in sections:
        told = "".join(f"# {line}\n" for line in comment.splitlines())
        parts.append(f"{told}{entry(key, value, '', short=False)}\n")
    return "\n".join(parts)
