"""What the readers of YAML and CSV share: their caps, their rules, and the step from bytes to text.

A text comes from a stranger: it may be of any size, any encoding, and written to do harm. Everything here is refused
with a position and a cure, and costs no more than the caps allow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from campaignflow.domain.findings import Finding, Rule, register
from campaignflow.loading.positions import Position


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much of a text is read before it is refused. The defaults are far above any plan that people can review.

    Attributes:
        size: bytes of a file (characters, of text that is already decoded).
        depth: how deep mappings and lists may nest, aliases counted as if written out.
        nodes: scalars, and beginnings and ends of mappings and lists.
        expansion: nodes that all aliases together would add if they were written out.
        rows: rows of a table.
        findings: how many findings are gathered before the reader gives up.
    """

    size: int = 32 * 1024 * 1024
    depth: int = 64
    nodes: int = 2_000_000
    expansion: int = 100_000
    rows: int = 250_000
    findings: int = 200


DEFAULT: Final = Limits()


class Refused(Exception):
    """Reading cannot go on, for the reason of a finding. A signal between the parts of a reader, never seen outside."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(str(finding))


TEXT_RULES: Final = register(
    Rule(
        "too-large",
        "The file has {size} bytes; at most {limit} are read.",
        "Split it: units into a roster file, contacts into a contacts file.",
        why="A plan that fills the memory of the machine that checks it is an attack or a mistake.",
    ),
    Rule(
        "not-utf8",
        "The file is not UTF-8 text: byte {byte} cannot stand here.",
        "Save it as UTF-8 (in Excel: 'CSV UTF-8'; in a text editor: encoding UTF-8).",
        why="Vietnamese text in another encoding would be read as other letters, in silence.",
    ),
    Rule(
        "control-character",
        "The character {character} cannot stand in a plan.",
        "Delete it; it is invisible in most editors and often comes with text pasted from elsewhere.",
        why="Control characters break mail headers and terminals; those that turn the direction of writing make a "
        "text read otherwise than it is.",
    ),
    Rule(
        "too-many-findings",
        "There are more than {limit} findings; reading stopped here.",
        "Cure those above and check again.",
        why="A damaged file should not print for an hour.",
    ),
)

# Not allowed by YAML, or invisible and reordering (the bidirectional controls of Unicode's UAX 9).
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_LINE_BREAK = re.compile("\r\n?|\n")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Report:
    """Gathers the findings of one file up to the cap."""

    file: str
    limits: Limits
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, at: Position, **data: Any) -> None:
        """Notes a finding that does not end the reading.

        Raises:
            Refused: there are as many findings as the caps allow.
        """
        if len(self.findings) >= self.limits.findings:
            raise self.refusal("too-many-findings", at, limit=self.limits.findings)
        self.findings.append(self.refusal(code, at, **data).finding)

    def refusal(self, code: str, at: Position, **data: Any) -> Refused:
        """The exception, to be raised, of a finding that ends the reading."""
        return Refused(Finding.of(code, **data).located(self.file, at.line, at.column))

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """A stretch in which a refusal ends the reading and becomes the last finding."""
        try:
            yield
        except Refused as refused:
            self.findings.append(refused.finding)


def decode(raw: bytes | str, report: Report) -> str:
    """The text of a file without its byte order mark, sure to hold only characters that may stand in it.

    Raises:
        Refused: it is too large, not UTF-8, or holds a forbidden character.
    """
    if len(raw) > report.limits.size:
        raise report.refusal("too-large", Position(1, 1), size=len(raw), limit=report.limits.size)
    text = (raw if isinstance(raw, str) else _utf8(raw, report)).removeprefix(_BOM)
    if bad := _FORBIDDEN.search(text):
        raise report.refusal("control-character", position_of(text, bad.start()), character=code_point(bad.group()))
    return text


def _utf8(raw: bytes, report: Report) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8").removeprefix(_BOM)
        at = position_of(before, len(before))
        raise report.refusal("not-utf8", at, byte=f"0x{raw[error.start]:02X}") from None


def forbidden_in(value: str) -> str | None:
    """The first character of a value that may not stand in a plan, as `U+0000`, or None."""
    bad = _FORBIDDEN.search(value)
    return code_point(bad.group()) if bad else None


def code_point(char: str) -> str:
    """A character's number as Unicode writes it.

    >>> code_point("đ")
    'U+0111'
    """
    return f"U+{ord(char):04X}"


def position_of(text: str, offset: int) -> Position:
    """The position of an offset in a text, whatever its line ends are.

    >>> position_of("a\\r\\nbc", 4)
    Position(line=2, column=2)
    """
    breaks = list(_LINE_BREAK.finditer(text, 0, offset))
    return Position(len(breaks) + 1, offset - (breaks[-1].end() if breaks else 0) + 1)
