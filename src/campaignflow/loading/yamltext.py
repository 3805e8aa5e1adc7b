"""YAML text made into plain data in which every scalar is text and everything knows its position.

YAML 1.1, which the usual loaders speak, reads the key `on` as true, `18:00` as 1080 and `0205` as 133. Here nothing is
typed: the schema knows what a value should be, the syntax does not. What could do harm or mean two things is refused:
tags, merge keys, duplicate keys, several documents, aliases that multiply.

The data is built from the parser's *events* and by a loop of our own, since libyaml's composer recurses on the C stack
and ends the process on text that nests deep enough.

    >>> parsed = parse_yaml("deadline: {on: 0205}", file="plan.yaml")
    >>> parsed.data
    {'deadline': {'on': '0205'}}
    >>> parsed.data["deadline"].value_at("on")
    Position(line=1, column=16)
    >>> print(parse_yaml("a: 1\\na: 2", file="plan.yaml").findings[0])
    plan.yaml:2:1: error: The key 'a' is already in this mapping, in line 1. (Remove one of them.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from sys import intern
from typing import Any, Final
from unicodedata import normalize

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from campaignflow.domain.collecting import collector_paused
from campaignflow.domain.findings import Finding, Rule, register
from campaignflow.loading.positions import Mapping, Position, Sequence, locate, pack, unpack
from campaignflow.loading.reading import (
    DEFAULT,
    Limits,
    Refused,
    Report,
    decode,
    forbidden_in,
    position_of,
)

__all__ = ["DEFAULT", "Limits", "Mapping", "Parsed", "Position", "Sequence", "locate", "parse_yaml"]

YAML_RULES: Final = register(
    Rule(
        "yaml-syntax",
        "This is not valid YAML: {problem}.",
        "Look at the indentation (spaces, never tabs), at brackets and quotes left open, and put text that holds "
        "': ' or ' #' or begins with one of * & ! % @ ` [ {{ in quotes.",
        why="What cannot be read cannot be checked; nothing after this place was looked at.",
    ),
    Rule(
        "empty-document",
        "The file says nothing.",
        "Begin with `campaignflow init`, or copy an example.",
        why="An empty file is a lost file.",
    ),
    Rule(
        "several-documents",
        "A second document begins here.",
        "Keep one document in a file: remove the line '---' or '...' before this place.",
        why="It would be unclear which of them is the plan.",
    ),
    Rule(
        "not-a-mapping",
        "The file must be a mapping of keys to values at its top.",
        "Write `key: value` lines at the left margin.",
        why="Everything in these files is found by its key.",
    ),
    Rule(
        "duplicate-key",
        "The key '{key}' is already in this mapping, in line {first}.",
        "Remove one of them.",
        why="YAML loaders keep the last in silence, and half of the text would mean nothing.",
    ),
    Rule(
        "key-not-text",
        "A key must be text, not a list or a mapping.",
        "Put text that begins with [ or {{ in quotes.",
        why="Nothing in these files has such a key; it is nearly always a forgotten quote.",
    ),
    Rule(
        "merge-key",
        "Merge keys (`<<`) are not read.",
        "Write the keys out, or put the key in quotes if it is meant as text.",
        why="A reviewer would have to compute what the text says.",
    ),
    Rule(
        "tag-refused",
        "The tag {tag} is not read: every value is text until the schema types it.",
        "Remove the tag; put text that begins with ! in quotes.",
        why="Tags make loaders construct things; here the schema alone says what a value is.",
    ),
    Rule(
        "tag-directive",
        "The directive %TAG is not read.",
        "Remove the line.",
        why="It abbreviates tags, which are not read either.",
    ),
    Rule(
        "alias-unknown",
        "Nothing before this place is marked &{name}.",
        "Mark what is meant with &{name}, or put text that begins with * in quotes.",
        why="An alias repeats what an anchor marked; without the anchor it repeats nothing.",
    ),
    Rule(
        "alias-recursive",
        "*{name} stands inside what &{name} marks.",
        "Write out what is meant.",
        why="Written out, the text would never end.",
    ),
    Rule(
        "alias-bomb",
        "The aliases up to this place would add more than {limit} values if they were written out.",
        "Write the values out, or name a group instead.",
        why="A few lines of nested aliases can stand for billions of values.",
    ),
    Rule(
        "too-deep",
        "Lists and mappings nest deeper than {limit} levels here.",
        "Look for brackets that are never closed, or for runs of '- - -' or '? ? ?'.",
        why="No plan needs it, and programs that walk the data would fail.",
    ),
    Rule(
        "too-many-values",
        "The file holds more than {limit} values.",
        "Put units in a roster file and contacts in a contacts file.",
        why="Reading must end.",
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """What was read.

    Attributes:
        data: the mapping at the top; None when the text cannot be read to its end. It may hold less than the text
            when there are findings (a duplicate key's second value, say, is left out).
        findings: what is wrong, in the order of the text; all are errors.
    """

    data: Mapping | None
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the text was read without a finding."""
        return self.data is not None and not self.findings


def parse_yaml(text: str | bytes, *, file: str, limits: Limits = DEFAULT) -> Parsed:
    """Reads YAML text whose top is a mapping. Never raises because of the text.

    Scalars become `str`, in Unicode's NFC, never typed; a value left empty is the empty text. Anchors and aliases are
    followed within the caps (an alias gives the same object again, so treat the data as read-only). Python's cyclic
    garbage collector is paused meanwhile.

    Args:
        text: the content of the file; bytes must be UTF-8.
        file: the file's name, for the findings.
        limits: the caps.
    """
    report = Report(file, limits)
    data = None
    with report.collecting(), collector_paused():
        builder = _Builder(report)
        _drive(_without_directives(decode(text, report), report), builder)
        data = builder.top_mapping()
    return Parsed(data=data, findings=tuple(report.findings))


def _parser(text: str) -> Any:
    """libyaml's parser, or PyYAML's own (slower, the same events) where PyYAML was built without libyaml."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)


def _drive(text: str, builder: _Builder) -> None:
    """Feeds a text's events to a builder; turns what the parser raises into a refusal with a position."""
    try:
        builder.build(_parser(text).get_event)
    except yaml.MarkedYAMLError as error:
        raise builder.report.refusal("yaml-syntax", _error_at(error, text), problem=_problem(error)) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # Such as an escape in a tag that is no UTF-8. The parser does not say where; the last event is near it.
        problem = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise builder.report.refusal("yaml-syntax", builder.last_position(), problem=problem) from None


def _without_directives(text: str, report: Report) -> str:
    """The text, refused when it declares tags: libyaml compares each such line with all others."""
    if "%TAG" in text and (found := _TAG_DIRECTIVE.search(text)):
        raise report.refusal("tag-directive", position_of(text, found.end() - len("%TAG")))
    return text


def _error_at(error: yaml.MarkedYAMLError, text: str) -> Position:
    """Where a syntax error is: what is never closed is shown where it was opened, not at the end of the file."""
    mark = error.problem_mark or error.context_mark
    if mark and error.context_mark and mark.index >= len(text):
        mark = error.context_mark
    return Position(mark.line + 1, mark.column + 1) if mark else position_of(text, len(text))


def _problem(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "it cannot be read"
    if not error.context:
        return problem
    start = f", which begins in line {error.context_mark.line + 1}" if error.context_mark else ""
    return f"{problem} ({error.context}{start})"


#: At the beginning of a line, as libyaml counts lines.
_TAG_DIRECTIVE = re.compile("(?:^|[\n\r\x85\u2028\u2029])%TAG")

# What the builder expects next, when it is not the value of a key (then it is the key).
_ITEM: Final = object()  # an item of a list
_KEY: Final = object()  # a key of a mapping
_DROP: Final = object()  # a value that belongs to a refused key

_MERGE = "<<"
_TEXT_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})
_LIST_TAGS = frozenset({"!", "tag:yaml.org,2002:seq"})
_MAPPING_TAGS = frozenset({"!", "tag:yaml.org,2002:map"})


class _Builder:
    """Makes data of events. The hot path is `_scalar`, then `_put`; all else is rare in comparison."""

    __slots__ = ("anchors", "documents", "event", "expanded", "marks", "measured", "next", "report", "stack", "top")

    def __init__(self, report: Report) -> None:
        self.report = report
        self.event: Any = None
        self.documents = 0
        #: What is being filled, where its positions go, and what is expected next.
        self.top: Any = Sequence()
        self.marks = self.top.marks
        self.next: Any = _ITEM
        #: The same three of each level above.
        self.stack: list[tuple[Any, Any, Any]] = []
        self.anchors: dict[str, Any] = {}
        self.expanded = 0
        #: By identity; the value is kept, so that its identity is not given to another.
        self.measured: dict[int, tuple[Any, int, int]] = {}

    def build(self, get_event: Callable[[], Event | None]) -> None:
        """Takes events until there are no more.

        Raises:
            Refused: the text breaks a rule that reading cannot pass over.
        """
        limit = self.report.limits.nodes
        handlers = self._handlers()
        for count, event in enumerate(iter(get_event, None)):
            self.event = event
            handlers[event.__class__](event)
            if count > limit:
                raise self._refusal("too-many-values", limit=limit)

    def top_mapping(self) -> Mapping | None:
        """The mapping at the top of the document, once all events were taken."""
        if not self.top:
            raise self.report.refusal("empty-document", Position(1, 1))
        if not isinstance(self.top[0], Mapping):
            empty = self.top[0] == ""
            raise self.report.refusal("empty-document" if empty else "not-a-mapping", self.top.at(0))
        return self.top[0]

    def last_position(self) -> Position:
        """Where the last event began."""
        return unpack(self._here()) if self.event else Position(1, 1)

    def _handlers(self) -> dict[type, Callable[[Any], None]]:
        return {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._open_mapping,
            MappingEndEvent: self._close,
            SequenceStartEvent: self._open_list,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
            DocumentEndEvent: self._pass,
            StreamStartEvent: self._pass,
            StreamEndEvent: self._pass,
        }

    def _pass(self, event: Any) -> None:
        """Takes an event that says nothing."""

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self._refusal("several-documents")

    def _scalar(self, event: Any) -> None:
        value = event.value
        if not value.isascii():
            value = normalize("NFC", value)
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            self._found("tag-refused", tag=event.tag)
        # Only escapes, which only double quotes know, can bring in what `decode` did not let through.
        if event.style == '"' and (bad := forbidden_in(value)):
            self._found("control-character", character=bad)
            value = ""
        if event.anchor is not None:
            self.anchors[event.anchor] = value
        mark = event.start_mark
        self._put(value, pack(mark.line, mark.column))

    def _put(self, value: Any, at: int) -> None:
        """Puts a value, or a key, where it is expected."""
        following = self.next
        if following is _ITEM:
            self.top.append(value)
            self.marks.append(at)
        elif following is _KEY:
            self.next = self._key(value, at)
        elif following is _DROP:
            self.next = _KEY
        else:
            self.top[following] = value
            self.marks.append(at)
            self.next = _KEY

    def _key(self, value: Any, at: int) -> Any:
        """What to expect after a key: its value, to be kept under it or, when the key is refused, dropped."""
        if value.__class__ is not str:
            self._found("key-not-text")
        elif value == _MERGE and getattr(self.event, "style", None) == "":
            self._found("merge-key")
        elif value in self.top:
            self._found("duplicate-key", key=value, first=self.top.key_at(value).line)
        else:
            self.marks.append(at)
            return intern(value)  # `name`, `under` … ten thousand times
        return _DROP

    def _open_mapping(self, event: Any) -> None:
        self._open(event, Mapping(self._here()), _MAPPING_TAGS, _KEY)

    def _open_list(self, event: Any) -> None:
        self._open(event, Sequence(self._here()), _LIST_TAGS, _ITEM)

    def _open(self, event: Any, value: Mapping | Sequence, tags: frozenset[str], following: object) -> None:
        self._guard_depth(1)
        if event.tag is not None and event.tag not in tags:
            self._found("tag-refused", tag=event.tag)
        if event.anchor is not None:
            self.anchors[event.anchor] = value
        self._put(value, value.packed)
        self.stack.append((self.top, self.marks, self.next))
        self.top, self.marks, self.next = value, value.marks, following

    def _close(self, event: Any) -> None:
        self.top, self.marks, self.next = self.stack.pop()

    def _alias(self, event: Any) -> None:
        name = event.anchor
        if name not in self.anchors:
            self._found("alias-unknown", name=name)
        value = self.anchors.get(name, "")
        if value is self.top or any(value is opened for opened, _, _ in self.stack):
            raise self._refusal("alias-recursive", name=name)
        nodes, height = self._measure(value)
        self.expanded += nodes
        if self.expanded > self.report.limits.expansion:
            raise self._refusal("alias-bomb", limit=self.report.limits.expansion)
        self._guard_depth(height)
        self._put(value, self._here())

    def _measure(self, value: Any) -> tuple[int, int]:
        """How many values and how many levels a value has with its aliases written out; each is counted once.

        Recursion is safe: no finished value is higher than the cap on depth.
        """
        if isinstance(value, str):
            return 1, 0
        if id(value) not in self.measured:
            items = value.values() if isinstance(value, Mapping) else value
            sizes = [self._measure(item) for item in items]
            nodes = 1 + sum(nodes for nodes, _ in sizes)
            self.measured[id(value)] = value, nodes, 1 + max((height for _, height in sizes), default=0)
        return self.measured[id(value)][1:]

    def _guard_depth(self, levels: int) -> None:
        limit = self.report.limits.depth
        if len(self.stack) + levels > limit:
            raise self._refusal("too-deep", limit=limit)

    def _here(self) -> int:
        mark = self.event.start_mark
        return pack(mark.line, mark.column)

    def _found(self, code: str, **data: Any) -> None:
        self.report.add(code, self.last_position(), **data)

    def _refusal(self, code: str, **data: Any) -> Refused:
        return self.report.refusal(code, self.last_position(), **data)
