"""Changes put into a plan's text where they belong; every other line stays byte for byte what it was.

Nothing is written anew that does not change: comments, order, quotes and line ends are the author's. What comes out is
read again and compared with what the change should give; a text that cannot be spliced so is refused, never bent.

    >>> from campaignflow.domain.plan_patch import Put, Within
    >>> change = Within({"agencies": Within({"so": Within({"name": Put("Sở Y tế")})})})
    >>> splice("agencies:\\n  so: {name: Sở}   # lead\\n", change, file="plan.yaml")
    'agencies:\\n  so: {name: Sở Y tế}   # lead\\n'
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from campaignflow.domain.findings import shown
from campaignflow.domain.plan_patch import Change, Items, New, Put, Rename, Take, Within, missing_in, patched
from campaignflow.errors import CampaignflowError
from campaignflow.loading import yaml_write
from campaignflow.loading.reading import position_of
from campaignflow.loading.yaml_nodes import ALIAS, LIST, MAPPING, SCALAR, Node, nodes_of
from campaignflow.loading.yamltext import parse_yaml


class NotSpliced(CampaignflowError):
    """A place of the text is written in a way that it cannot be changed in without changing more."""

    code = "plan-not-spliced"
    message = "{place} cannot be changed without rewriting more of the plan."
    cure = "Change it there by hand (an anchor, an alias or an unusual layout stands in the way), then import again."


_LINE_END = re.compile(r"\r\n|\r|\n")
_STEP = 2


def splice(text: str, change: Within, *, file: str) -> str:
    """The text with a change put in; the same text when nothing changes.

    Args:
        text: a plan's text without its byte order mark, which `parse_yaml` reads without a finding.
        change: what to change, from the top.
        file: the file's name, for what is refused.

    Raises:
        NotSpliced: a place cannot be changed without changing more.
    """
    before = parse_yaml(text, file=file).data
    if before is None or change.empty:
        return text
    change = _closed(before, change)
    expected = patched(before, change)
    splicer = _Splicer(text, file)
    splicer.within(nodes_of(text), change)
    made = splicer.result()
    after = parse_yaml(made, file=file)
    if not after.ok or after.data != expected:
        raise NotSpliced(place=splicer.place(splicer.first_touched))
    return made


def _closed(data: Any, change: Within) -> Within:
    """The change in which a mapping or list that loses all it has goes itself."""
    changes: dict[Any, Change] = {}
    for step, below in change.changes.items():
        value = data.get(step) if isinstance(data, Mapping) else data[step]
        inner = _closed(value, below) if isinstance(below, Within) and value else below
        gone = isinstance(inner, Within | Items) and bool(value) and not patched(value, inner)
        changes[step] = Take() if gone else inner
    return Within(changes, change.added)


class _Splicer:
    """Gathers what is cut out of the text and what is put in, then does it all at once."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        found = _LINE_END.search(text)
        self.line_end = found[0] if found else "\n"
        #: Cuts: where they begin and end, and what is put in their place.
        self.cuts: list[tuple[int, int, str]] = []

    @property
    def first_touched(self) -> int:
        """The offset of the first cut."""
        return min((start for start, _, _ in self.cuts), default=0)

    def place(self, offset: int) -> str:
        """A place of the text, as findings name it."""
        at = position_of(self.text, offset)
        return f"{shown(self.file)}:{at.line}:{at.column}"

    def result(self) -> str:
        """The text with every cut made."""
        pieces, here = [], 0
        for start, end, put in sorted(self.cuts, key=lambda cut: (cut[0], cut[1] > cut[0])):
            if start < here:
                raise NotSpliced(place=self.place(start))
            pieces += [self.text[here:start], put]
            here = end
        return "".join([*pieces, self.text[here:]])

    def cut(self, start: int, end: int, put: str = "") -> None:
        """Notes a cut; line ends in what is put in become the file's."""
        self.cuts.append((start, end, put.replace("\n", self.line_end)))

    # --- into the tree

    def within(self, node: Node, change: Within, *, flow: bool = False) -> None:
        """Changes the inside of a mapping or a list."""
        if node.kind == SCALAR and not node.value:
            self.put(node, patched(None, change), flow=flow)
        elif node.kind == MAPPING:
            self._mapping(node, change, flow=flow or node.flow)
        elif node.kind == LIST:
            self._list(node, change, flow=flow or node.flow)
        else:
            raise NotSpliced(place=self.place(node.start))

    def _mapping(self, node: Node, change: Within, *, flow: bool) -> None:
        taken, numbers = set(), node.numbers()
        for step, what in change.changes.items():
            number = numbers.get(step)
            if number is None:
                continue
            if isinstance(what, Take):
                taken.add(number)
            else:
                self._change(node.keys[number], node.items[number], what, flow=flow)
        added = [New(key, value) for key, value in missing_in(numbers, change)] + list(change.added)
        self._children(node, taken, [(numbers.get(str(new.after)), new) for new in added], flow=flow)

    def _list(self, node: Node, change: Within, *, flow: bool) -> None:
        taken = {number for number, what in change.changes.items() if isinstance(what, Take)}
        for number, what in change.changes.items():
            if number not in taken:
                self._change(None, node.items[number], what, flow=flow)
        behind = ((new.after if isinstance(new.after, int) else None, new) for new in change.added)
        self._children(node, taken, list(behind), flow=flow)

    def _change(self, key: Node | None, value: Node, what: Change, *, flow: bool) -> None:
        if isinstance(what, Within):
            self.within(value, what, flow=flow)
        elif isinstance(what, Items):
            self._items(value, what, flow=flow)
        elif isinstance(what, Rename):
            assert key is not None, "an item of a list has no key"
            self.cut(key.start, key.end, yaml_write.scalar(what.key, flow=flow))
            self.put(value, what.value, flow=flow)
        elif isinstance(what, Put):
            self.put(value, what.value, flow=flow)

    # --- one value for another

    def put(self, node: Node, value: Any, *, flow: bool) -> None:
        """Puts another value in the place of one."""
        if not isinstance(value, str):
            written = yaml_write.flow(value)
        elif node.style in ("|", ">") and not flow:
            written = self._as_block(node, value)
        else:
            written = yaml_write.scalar(value, flow=flow, like=node.style)
        gap = " " if node.start == node.end and self.text[node.start - 1 : node.start] not in ("", " ", "\t") else ""
        self.cut(node.start, node.end, gap + written)

    def _as_block(self, node: Node, value: str) -> str:
        """A text as a block again, its lines indented as they were."""
        lines = self.text[node.start : node.end].splitlines()[1:]
        first = next((line for line in lines if line.strip()), "")
        indent = first[: len(first) - len(first.lstrip(" "))]
        block = yaml_write.block_scalar(value, indent) if indent else None
        return block or yaml_write.scalar(value, flow=False)

    def _items(self, node: Node, what: Items, *, flow: bool) -> None:
        """A list with other items: those that stay keep their text, and their places if they keep their order."""
        kept = [item for item in what.items if isinstance(item, int)]
        if node.kind != LIST or kept != sorted(set(kept)):
            self._rewritten(node, what)
            return
        added, after = [], -1
        for item in what.items:
            if isinstance(item, int):
                after = item
            else:
                added.append((after, New(None, item)))
        taken = set(range(len(node.items))) - set(kept)
        self._children(node, taken, added, flow=flow or node.flow)

    def _rewritten(self, node: Node, what: Items) -> None:
        pieces = [
            self.text[node.items[item].start : node.items[item].end] if isinstance(item, int) and node.kind == LIST
            else self.text[node.start : node.end] if isinstance(item, int)
            else yaml_write.flow(item)
            for item in what.items
        ]  # fmt: skip
        if node.kind == ALIAS or any("\n" in piece for piece in pieces):
            raise NotSpliced(place=self.place(node.start))
        self.cut(node.start, node.end, f"[{', '.join(pieces)}]")

    # --- children that go and come

    def _children(self, node: Node, taken: set[int], added: Sequence[tuple[int | None, New]], *, flow: bool) -> None:
        if not taken and not added:
            return
        last = len(node.items) - 1
        if len(taken) == last + 1:  # what loses all and gains something is written anew
            inner = ", ".join(self._flow_text(new) for _, new in added)
            mapping = node.kind == MAPPING
            self.cut(node.start, node.end, f"{{{inner}}}" if mapping else f"[{inner}]")
            return
        placed = [(self._kept_before(last if after is None else after, taken), new) for after, new in added]
        if node.flow:
            self._flow_children(node, taken, placed)
        elif flow:
            raise NotSpliced(place=self.place(node.start))
        else:
            self._block_children(node, taken, placed)

    def _kept_before(self, number: int, taken: set[int]) -> int:
        """The child behind which something is put, once those that go are gone; -1: before all."""
        while number in taken:
            number -= 1
        return number

    def _spans(self, node: Node) -> list[tuple[int, int]]:
        starts = node.keys if node.kind == MAPPING else node.items
        return [(first.start, max(first.end, value.end)) for first, value in zip(starts, node.items, strict=True)]

    def _flow_text(self, new: New) -> str:
        value = yaml_write.flow(new.value)
        return value if new.key is None else f"{yaml_write.scalar(new.key, flow=True)}: {value}"

    def _flow_children(self, node: Node, taken: set[int], added: Sequence[tuple[int, New]]) -> None:
        spans = self._spans(node)
        kept = [number for number in range(len(spans)) if number not in taken]
        for number in sorted(taken):
            if any(other > number for other in kept):
                self.cut(spans[number][0], spans[number + 1][0])
            else:
                self.cut(max(spans[kept[-1]][1], spans[number - 1][1]), spans[number][1])
        for after, new in added:
            if after < 0:
                self.cut(spans[kept[0]][0], spans[kept[0]][0], self._flow_text(new) + ", ")
            else:
                self.cut(spans[after][1], spans[after][1], ", " + self._flow_text(new))

    def _block_children(self, node: Node, taken: set[int], added: Sequence[tuple[int, New]]) -> None:
        spans = self._spans(node)
        for number in sorted(taken):
            self._take_lines(spans, number)
        manner = self._manner(node) if added else (True, _STEP)
        for after, new in added:
            at = self._line_after(spans[after][1]) if after >= 0 else self._line_start(spans[0][0])
            self._put_lines(at, self._block_text(node, new, *manner))

    def _take_lines(self, spans: Sequence[tuple[int, int]], number: int) -> None:
        start, end = spans[number]
        line = self._line_start(start)
        before = self.text[line:start].strip()
        if before in ("", "-"):
            self.cut(line if not before or number or len(spans) > 1 else start, self._line_after(end))
        else:
            raise NotSpliced(place=self.place(start))

    def _manner(self, node: Node) -> tuple[bool, int]:
        """How the children of a block are written: whether mostly on one line each, and how deep their own stand."""
        blocks = [item for item in node.items if item.kind == MAPPING and not item.flow]
        first = (node.keys or node.items)[0]
        step = self._column(blocks[0].start) - self._column(first.start) if blocks else _STEP
        return not blocks or len(blocks) < len(node.items) / 2, max(step, 1)

    def _block_text(self, node: Node, new: New, short: bool, step: int) -> str:
        """What comes, as lines in the manner of its siblings."""
        first = (node.keys or node.items)[0]
        indent = self.text[self._line_start(first.start) : first.start]
        if new.key is None:
            dash = indent.rfind("-")
            if dash < 0 or indent[:dash].strip():
                raise NotSpliced(place=self.place(first.start))
            return yaml_write.item(new.value, indent[:dash])
        if indent.strip(" -"):
            raise NotSpliced(place=self.place(first.start))
        return yaml_write.entry(new.key, new.value, " " * len(indent), short=short, step=" " * step)

    # --- lines

    def _column(self, offset: int) -> int:
        return offset - self._line_start(offset)

    def _line_start(self, offset: int) -> int:
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def _line_after(self, offset: int) -> int:
        found = _LINE_END.search(self.text, offset)
        return found.end() if found else len(self.text)

    def _put_lines(self, at: int, lines: str) -> None:
        ended = at == 0 or self.text[at - 1] in "\r\n"
        self.cut(at, at, f"{lines}\n" if ended else f"\n{lines}")
