"""The clauses of two texts of a plan compared: which are new, gone, in other words, or moved."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaignflow.domain.differences import FieldChange, Kind, field_changes, word_changes

if TYPE_CHECKING:
    from campaignflow.domain.plan import Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseChange:
    """A clause that is new, gone, in other words, or `moved`: the same words under another id or in another place."""

    id: str
    kind: Kind
    #: Its id in the old plan; of a new clause, None.
    was: str | None = None
    old: str | None = None
    new: str | None = None
    #: The clause before it in the new plan, where it was moved.
    after: str | None = None
    #: What else is different of it: its kind, its label.
    fields: tuple[FieldChange, ...] = ()

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """The change word by word; worked out at each call."""
        return word_changes(self.old or "", self.new or "")


def clause_changes(old: Sequence[Clause], new: Sequence[Clause]) -> Iterator[ClauseChange]:
    """The clauses that differ, in the order of the new plan, then those that are gone."""
    before, after = {one.id: one for one in old}, {one.id: one for one in new}
    same = {key for key, one in after.items() if key in before and _content(before[key]) == _content(one)}
    moved = _renumbered([one for one in old if one.id not in same], [one for one in new if one.id not in same])
    displaced = _displaced([one.id for one in old if one.id in same], [one.id for one in new if one.id in same])
    taken = {one.id for one in moved.values()}
    previous: str | None = None
    for key, one in after.items():
        was = moved.get(key) or (None if key in taken else before.get(key))
        if key in moved or key in displaced:
            yield _clause_change("moved", was, one, after=previous)
        elif was != one:
            yield _clause_change("changed" if was else "added", was, one)
        previous = key
    gone = (one for key, one in before.items() if key not in taken and (key not in after or key in moved))
    yield from (_clause_change("removed", one, None) for one in gone)


def _content(clause: Clause) -> tuple[str, str]:
    return clause.kind, clause.whole


def _clause_change(kind: Kind, was: Clause | None, now: Clause | None, after: str | None = None) -> ClauseChange:
    shown = now or was
    assert shown is not None, "a change has at least one side"
    both = was is not None and now is not None
    told = field_changes(was, now) if both else ()
    return ClauseChange(
        id=shown.id, kind=kind, was=was.id if was else None, old=was.whole if was else None,
        new=now.whole if now else None, after=after,
        fields=tuple(one for one in told if one.name in ("kind", "label")),
    )  # fmt: skip


def _renumbered(old: Sequence[Clause], new: Sequence[Clause]) -> dict[str, Clause]:
    """By the id of a new clause: the old one with the same words under another id."""
    waiting: dict[tuple[str, str], deque[Clause]] = {}
    for one in old:
        waiting.setdefault(_content(one), deque()).append(one)
    return {one.id: found.popleft() for one in new if (found := waiting.get(_content(one)))}


def _displaced(old: list[str], new: list[str]) -> set[str]:
    """The fewest ids without which both orders are the same; the same ones whichever order is the old."""
    if new < old:
        old, new = new, old
    place = {key: number for number, key in enumerate(new)}
    ends: list[int] = []  # by length: the least place at which a rising sequence so long ends
    lengths = []
    for key in old:
        lengths.append(bisect_left(ends, place[key]))
        ends[lengths[-1] : lengths[-1] + 1] = [place[key]]
    displaced, wanted = set(old), len(ends) - 1
    for key, length in zip(reversed(old), reversed(lengths), strict=True):
        if length == wanted:  # of those with this length the last has the least place: it fits before the one taken
            displaced.discard(key)
            wanted -= 1
    return displaced
