"""Where everything stands in a plan's text, for a text that is changed by splicing and not written anew.

`renew_plan` in `services.renewal` decides what changes; here is what it needs to know of YAML: where a value begins and
ends, whether its mapping is written with braces, and which stretches of the text are values at all (the rest is
comments, white space and brackets).

    >>> outline = read_outline("plan: {date: 2020-09-21}  # issued")
    >>> [(piece.path, piece.value, piece.start, piece.end) for piece in outline.pieces if not piece.collection]
    [(('plan', 'date'), '2020-09-21', 13, 23)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unicodedata import normalize

from campaignflow.domain.agencies import Contact
from campaignflow.domain.findings import Finding
from campaignflow.domain.findings import Path as DataPath
from campaignflow.loading.csvtext import Table, read_csv
from campaignflow.loading.plans import Reading, read_plan
from campaignflow.loading.typing_errors import keys_of
from campaignflow.loading.yaml_nodes import ALIAS, LIST, MAPPING, SCALAR, Node, nodes_of

_BOM: Final = "\ufeff"
#: What may stand before a scalar and is none of it: an anchor, a tag.
_PROPERTIES: Final = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)+")
_ANCHOR: Final = re.compile(r"&([^\s,\[\]{}]+)")
#: The first line of a text in block style, in which a comment may stand.
_BLOCK_HEAD: Final = re.compile(r"[^\r\n]*")
#: As `csvtext` counts lines.
_LINE: Final = re.compile("[^\r\n]*(?:\r\n?|\n|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A value of a plan with its place in the text.

    Attributes:
        path: its keys and indexes from the top.
        value: its text as the reader gives it (of an alias, what it repeats); empty for a list or a mapping.
        start: the offset at which it begins, after its anchor.
        end: the offset after its last character; what follows (a comma, a comment) is no part of it.
        key: the offset at which its key begins; None for an item of a list.
        flow: whether the mapping or list that holds it is written with brackets.
        collection: whether it is a list or a mapping.
        alias: whether the text repeats another value here by its name.
    """

    path: DataPath
    value: str
    start: int
    end: int
    key: int | None
    flow: bool
    collection: bool = False
    alias: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A plan's text, piece by piece.

    Attributes:
        text: the text that the offsets count in: without a byte order mark, in Unicode's NFC.
        pieces: its values in the order of the text.
        scalars: where the letters of keys and single values begin and end, in the order of the text.
    """

    text: str
    pieces: tuple[Piece, ...]
    scalars: tuple[tuple[int, int], ...]


def read_outline(content: bytes | str) -> Outline:
    """The places of everything in a plan's text, which `read_plan` has found to be sound YAML.

    Values behind an alias are given once, where they are written.
    """
    text = content if isinstance(content, str) else content.decode("utf-8")
    text = normalize("NFC", text.removeprefix(_BOM))
    walk = _Walk(text)
    walk.value(nodes_of(text), (), None, flow=False)
    return Outline(text=text, pieces=tuple(walk.pieces), scalars=tuple(walk.scalars))


class _Walk:
    """Makes pieces of nodes. The caps of `parse_yaml` keep them from nesting deeper than Python recurses."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces: list[Piece] = []
        self.scalars: list[tuple[int, int]] = []
        #: The scalars that an anchor marks, by its name.
        self.anchors: dict[str, str] = {}

    def value(self, node: Node, path: DataPath, key: int | None, *, flow: bool) -> None:
        """A value and what it holds."""
        start, value = self._bare(node)
        many = node.kind in (MAPPING, LIST)
        self.pieces.append(
            Piece(
                path=path, value=value, start=start, end=node.end, key=key, flow=flow, collection=many,
                alias=node.kind == ALIAS,
            )
        )  # fmt: skip
        for number, item in enumerate(node.items):
            if node.kind == MAPPING:
                name = node.keys[number]
                self.value(item, (*path, self._bare(name)[1]), name.start, flow=node.flow)
            else:
                self.value(item, (*path, number), None, flow=node.flow)

    def _bare(self, node: Node) -> tuple[int, str]:
        """Where a node begins behind its anchor, and the text that it is or repeats."""
        found = _PROPERTIES.match(self.text, node.start, node.end)
        start, value = found.end() if found else node.start, normalize("NFC", node.value)
        if node.kind == ALIAS:
            return start, self.anchors.get(self.text[node.start + 1 : node.end], "")
        if node.kind == SCALAR:
            head = _BLOCK_HEAD.match(self.text, start, node.end) if node.style in ("|", ">") else None
            self.scalars.append((head.end() if head else start, node.end))
            if found and (anchor := _ANCHOR.search(found[0])):
                self.anchors[anchor[1]] = value
        return start, value


# --- the files beside a plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a register of contacts.

    Attributes:
        line: the line it begins in, from 1.
        id: the contact's id.
        until: the last day on which it answers, as ISO text; empty without one.
        text: its text with the end of its line.
    """

    line: int
    id: str
    until: str
    text: str


def register_rows(content: bytes, file: str) -> tuple[str, tuple[Row, ...]]:
    """A register that `read_plan` found to be sound: the text before its first row, and its rows."""
    optional = [key for key in keys_of(Contact) if key not in ("id", "agency", "role")]
    text = content.decode("utf-8")
    table = read_csv(text.removeprefix(_BOM), file=file, required=("id", "agency", "role"), optional=optional)
    lines = _LINE.findall(text)
    starts = [table.at(index, "id").line for index in range(len(table.rows))]
    ends = [*starts[1:], len(lines) + 1][: len(starts)]
    rows = (
        Row(line=start, id=row["id"], until=row["until"], text="".join(lines[start - 1 : end - 1]))
        for start, end, row in zip(starts, ends, table.rows, strict=True)
    )
    return "".join(lines[: starts[0] - 1 if starts else len(lines)]), tuple(rows)


def roster_lines(content: bytes, file: str) -> dict[str, int]:
    """The line, from 1, in which each agency of a roster begins."""
    header = content.decode("utf-8-sig").splitlines()[:1]
    names = [name.strip(' "') for line in header for name in re.split("[,;\t]", line)]
    table: Table = read_csv(content, file=file, required=("id",), optional=[name for name in names if name != "id"])
    return {row["id"]: table.at(index, "id").line for index, row in enumerate(table.rows)}


def read_files(files: Mapping[str, bytes], folder: Path) -> Reading:
    """Reads and checks a plan that is not written yet.

    Args:
        files: the content of `plan.yaml` and of the files beside it, by their names.
        folder: where they will stand; findings name them there.
    """
    with TemporaryDirectory(prefix="campaignflow-") as room:
        for name, content in files.items():
            (Path(room) / name).write_bytes(content)
        reading = read_plan(Path(room) / "plan.yaml")
    return replace(reading, findings=tuple(_moved(reading, folder)), files=tuple(str(folder / name) for name in files))


def _moved(reading: Reading, folder: Path) -> Iterator[Finding]:
    for finding in reading.findings:
        yield finding.located(str(folder / Path(finding.file).name), finding.line, finding.column)
