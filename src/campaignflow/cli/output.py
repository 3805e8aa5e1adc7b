"""What the command line prints: tables, pairs, wrapped text, colours, JSON.

Written by hand on the standard library, because `status` must start fast and importing a console library costs more
than all of its own work. Widths are counted in columns of a terminal, so that combining marks (Vietnamese in NFD) take
none and East Asian wide letters take two (UAX #11). Text from plans passes `clean` before it reaches a terminal, so
that no escape sequence in it can act there. Colours only repeat what words already say.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TextIO

PIPED_WIDTH = 80
"""The width of output that goes to no terminal, and of a terminal that does not tell."""

NARROWEST = 20
"""No layout is tried below this width."""

_TONES = {
    "strong": "1", "dim": "2", "good": "32", "soon": "33", "bad": "31", "title": "1;4",
}  # fmt: skip

STANDING_TONES: Mapping[str, str] = {
    "done_on_time": "good", "done_late": "soon", "due_soon": "soon", "overdue": "bad", "not_due": "dim",
    "no_deadline": "dim", "exempt": "dim", "cancelled": "dim",
}  # fmt: skip
"""The tone in which each standing is printed; those left out are printed plain."""


class Toned(str):
    """A cell's text with the tone it is painted in: `Toned("overdue", "bad")`. Measured and wrapped like any text."""

    __slots__ = ("tone",)
    tone: str

    def __new__(cls, text: str, tone: str) -> Toned:
        """The text, to be painted in `tone` (a name `Style.paint` knows)."""
        made = super().__new__(cls, text)
        made.tone = tone
        return made


@dataclass(frozen=True, slots=True)
class Style:
    """Whether colours are used."""

    color: bool = False

    def paint(self, text: str, tone: str | None) -> str:
        """`text` in a tone (`strong, dim, good, soon, bad, title`), or as it is without colours or tone."""
        if not (self.color and tone and text.strip()):
            return text
        return f"\x1b[{_TONES[tone]}m{text}\x1b[0m"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    `minimum` is the least width it may be squeezed to, `weight` its share of what is missing, and `shrink` how: `wrap`
    into several lines, `cut` with an ellipsis, or `never`.
    """

    key: str
    title: str
    align: Literal["left", "right"] = "left"
    minimum: int = 8
    weight: int = 1
    shrink: Literal["wrap", "cut", "never"] = "wrap"


def use_color(stream: TextIO | None, environ: Mapping[str, str], *, refused: bool = False) -> bool:
    """Whether to colour `stream`: never if refused or with `NO_COLOR`, else with `FORCE_COLOR`, else on a terminal."""
    if refused or environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return environ.get("TERM") != "dumb" and stream is not None and _is_terminal(stream)


def terminal_width(stream: TextIO | None, environ: Mapping[str, str]) -> int:
    """The columns to fill: `COLUMNS`, else the terminal's, else 80."""
    told = environ.get("COLUMNS", "")
    if told.isdecimal() and int(told) > 0:
        return max(int(told), NARROWEST)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if stream is not None:
            return max(os.get_terminal_size(stream.fileno()).columns or PIPED_WIDTH, NARROWEST)
    return PIPED_WIDTH


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


# --- measuring and wrapping -------------------------------------------------------------------------------------------

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """One line of `text` that is safe on a terminal: control and direction characters become spaces."""
    return _CONTROL.sub(" ", text) if _CONTROL.search(text) else text


def columns_of(text: str) -> int:
    """How many columns of a terminal `text` takes.

    >>> columns_of("Lạng Sơn"), columns_of("La\u0323ng So\u031bn"), columns_of("諒山")
    (8, 8, 4)
    """
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    if char < "\u0300":
        return 0 if char == "\xad" else 1
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, width: int, align: str = "left") -> str:
    """`text` filled with spaces to `width` columns."""
    gap = " " * max(0, width - columns_of(text))
    return gap + text if align == "right" else text + gap


def cut(text: str, width: int) -> str:
    """`text` shortened to `width` columns, its end replaced by an ellipsis."""
    return text if columns_of(text) <= width else _head(text, max(width - 1, 0)) + "…"


def _head(text: str, width: int) -> str:
    """The longest beginning of `text` that fits, never parting a letter from its marks."""
    used = 0
    for index, char in enumerate(text):
        used += _columns(char)
        if used > width:
            return text[:index]
    return text


def wrap(text: str, width: int, *, indent: str = "") -> list[str]:
    """`text` in lines of at most `width` columns; `indent` begins every line but the first.

    Breaks at white space; a word that is too long (a key, a path) breaks after `/`, `-`, `.` or `_`, or anywhere.
    Line breaks of the text are kept. There is always at least one line.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = indent if lines else ""
        begun = False
        for word in clean(paragraph).split():
            gap = " " if begun else ""
            if begun and columns_of(line) + 1 + columns_of(word) > width:
                lines.append(line)
                line, gap = indent, ""
            *full, line = _break(line + gap + word, width, indent)
            lines += full
            begun = True
        lines.append(line)
    return lines


def _break(line: str, width: int, indent: str) -> Iterator[str]:
    """A line whose last word may be too long, in pieces that fit."""
    room = max(width, len(indent) + 1)
    while columns_of(line) > room:
        head = _head(line, room) or line[:1]
        stop = max(head.rfind(mark) for mark in "/-._") + 1
        if stop <= max(len(indent), room // 3):
            stop = max(len(head), len(indent) + 1)
        yield line[:stop]
        line = indent + line[stop:]
    yield line


# --- tables -----------------------------------------------------------------------------------------------------------

_GAP = 2


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, width: int, style: Style | None = None) -> str:
    """A table of at most `width` columns, or, where the columns cannot be squeezed so far, one card for each row.

    Args:
        columns: what each cell of a row is.
        rows: the cells, `str` or `Toned`; read once.
        width: the columns of the terminal.
        style: whether to colour; without it, plain.

    Returns:
        Lines ending in a line break; empty when there are no rows.
    """
    style = style or Style()
    cells = [tuple(row) for row in rows]
    if not cells:
        return ""
    widths = _fit(columns, [_natural(columns, cells, index) for index in range(len(columns))], width)
    lines = _cards(columns, cells, width, style) if widths is None else _grid(columns, cells, widths, style)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _natural(columns: Sequence[Column], cells: Sequence[Sequence[str]], index: int) -> int:
    return max(columns_of(columns[index].title), *(columns_of(row[index]) for row in cells), 1)


def _fit(columns: Sequence[Column], natural: list[int], width: int) -> list[int] | None:
    """The columns' widths; None when even their minimums do not fit."""
    room = width - _GAP * (len(columns) - 1)
    least = [
        size if column.shrink == "never" else min(size, max(column.minimum, 1))
        for column, size in zip(columns, natural, strict=True)
    ]
    if sum(least) > room:
        return None
    widths = list(natural)
    while (missing := sum(widths) - room) > 0:
        slack = [(size - low) * max(column.weight, 1) for column, size, low in zip(columns, widths, least, strict=True)]
        whole = sum(slack)
        for index, share in enumerate(slack):
            taken = -(-missing * share // whole)
            widths[index] = max(least[index], widths[index] - min(taken, sum(widths) - room))
    return widths


def _grid(columns: Sequence[Column], cells: Sequence[Sequence[str]], widths: list[int], style: Style) -> Iterator[str]:
    titles = [Toned(column.title, "strong") for column in columns]
    yield from _row(columns, titles, widths, style)
    yield style.paint("  ".join("─" * size for size in widths), "dim")
    for row in cells:
        yield from _row(columns, row, widths, style)


def _row(columns: Sequence[Column], row: Sequence[str], widths: list[int], style: Style) -> Iterator[str]:
    blocks = [_lines(column, text, size) for column, text, size in zip(columns, row, widths, strict=True)]
    for number in range(max(map(len, blocks))):
        parts = []
        for column, text, size, block in zip(columns, row, widths, blocks, strict=True):
            piece = pad(block[number], size, column.align) if number < len(block) else " " * size
            parts.append(style.paint(piece, getattr(text, "tone", None)))
        yield "  ".join(parts)


def _lines(column: Column, text: str, size: int) -> list[str]:
    if column.shrink == "cut":
        return [cut(clean(text), size)]
    return wrap(text, size)


def _cards(columns: Sequence[Column], cells: Sequence[Sequence[str]], width: int, style: Style) -> Iterator[str]:
    others = columns[1:]
    for number, (head, *rest) in enumerate(cells):
        if number:
            yield ""
        for line in wrap(head, width):
            yield style.paint(line, getattr(head, "tone", None) or "strong")
        for column, text in zip(others, rest, strict=True):
            if text:
                yield from _pair(column.title, text, width, style)


def _pair(title: str, text: str, width: int, style: Style) -> Iterator[str]:
    for line in wrap(f"{title}: {text}" if title else text, width - 2, indent="  "):
        yield "  " + style.paint(line, getattr(text, "tone", None))


def key_values(pairs: Iterable[tuple[str, str]], *, width: int, style: Style | None = None) -> str:
    """Names and what they are, one below the other, the second column aligned where there is room for it."""
    style, known = style or Style(), list(pairs)
    if not known:
        return ""
    left = max(columns_of(name) for name, _ in known) + _GAP
    if left > width // 2:
        return "".join(f"{line}\n" for name, text in known for line in _stacked(name, text, width, style))
    lines = []
    for name, text in known:
        first, *rest = wrap(text, width - left)
        tone = getattr(text, "tone", None)
        lines.append(style.paint(pad(name, left), "dim") + style.paint(first, tone))
        lines += [" " * left + style.paint(line, tone) for line in rest]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _stacked(name: str, text: str, width: int, style: Style) -> Iterator[str]:
    yield style.paint(name, "dim")
    for line in wrap(text, width - 2):
        yield "  " + style.paint(line, getattr(text, "tone", None))


# --- streams ----------------------------------------------------------------------------------------------------------

_PLAIN = {
    "─": "-", "–": "-", "—": "-", "·": "-", "…": "...", "→": "->", "đ": "d", "Đ": "D",
    "‘": "'", "’": "'", "“": '"', "”": '"',
}  # fmt: skip
_PLAIN_ERRORS = "campaignflow.plain"


def plain(text: str) -> str:
    """`text` in ASCII, still to be read: Vietnamese without its marks, the rest as `?`.

    >>> plain("Đình Lập → quá hạn")
    'Dinh Lap -> qua han'
    """
    bare = "".join(_PLAIN.get(char, char) for char in text)
    kept = (char for char in unicodedata.normalize("NFD", bare) if not unicodedata.combining(char))
    return "".join(char if char.isascii() else "?" for char in kept)


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


def prepare(stream: TextIO | None, environ: Mapping[str, str]) -> None:
    """Makes `stream` take any text: UTF-8 into pipes and files, and letters it cannot encode in their plain form.

    An encoding that the user asked for (`PYTHONIOENCODING`) is kept, and so is a terminal's own.
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if stream is None or reconfigure is None:
        return
    codecs.register_error(_PLAIN_ERRORS, _replace)
    keep = _is_terminal(stream) or environ.get("PYTHONIOENCODING") or _is_utf(stream)
    with contextlib.suppress(ValueError, OSError, LookupError):
        reconfigure(encoding=None if keep else "utf-8", errors=_PLAIN_ERRORS)


def _is_utf(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf")


def print_text(text: str, stream: TextIO | None) -> None:
    """Prints text on a stream as `prepare` left it, ending its last line; nothing where the stream is closed."""
    if stream is not None:
        stream.write(text if text.endswith("\n") else f"{text}\n")


def print_json(document: Any, stream: TextIO | None = None) -> None:
    """Prints one JSON document and a line break: the keys in the order given, indented for a terminal.

    Letters are printed as they are, or escaped where the stream's encoding does not have all of them: nothing is lost.
    A value of the document that is an iterator is printed as a list while it is made, and never held whole.

    Raises:
        TypeError: the document holds something that is no JSON.
    """
    stream = stream or sys.stdout
    dump = partial(
        json.dumps, ensure_ascii=not _is_utf(stream), indent=2 if _is_terminal(stream) else None, allow_nan=False
    )
    if isinstance(document, Mapping) and any(isinstance(value, Iterator) for value in document.values()):
        for place, (key, value) in enumerate(document.items()):
            stream.write(("{" if place == 0 else ", ") + f"{dump(key)}: ")
            if isinstance(value, Iterator):
                _stream_list(value, dump, stream)
            else:
                stream.write(dump(value))
        stream.write("}\n")
        return
    stream.write(f"{dump(document)}\n")


def _stream_list(values: Iterator[Any], dump: Callable[[Any], str], stream: TextIO) -> None:
    stream.write("[")
    for place, value in enumerate(values):
        stream.write((",\n" if place else "\n") + dump(value))
    stream.write("]")
