"""Changes of a plan's text, as data: what is to be another value, what goes, what comes.

A patch is a tree along the plan's own: `Within` goes into a mapping or a list, its leaves say what happens there. It
knows nothing of YAML; `loading` puts it into the text and leaves the rest of the text as it is.

    >>> patch = Within({"agencies": Within({"so": Within({"name": Put("Sở Y tế")})}, added=(New("b", {"name": "B"}),))})
    >>> patched({"agencies": {"so": {"name": "Sở"}}}, patch)
    {'agencies': {'so': {'name': 'Sở Y tế'}, 'b': {'name': 'B'}}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Plain: TypeAlias = Any
"""Plain data of a plan: text, a list, or a mapping of text to these."""


@dataclass(frozen=True, slots=True)
class Put:
    """Another value stands here."""

    value: Plain


@dataclass(frozen=True, slots=True)
class Rename:
    """The key here is another one, and so is its value."""

    key: str
    value: Plain


@dataclass(frozen=True, slots=True)
class Take:
    """What stands here goes, its key with it."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list holds these items: a number means the item that stands there now, all else is new."""

    items: tuple[int | Plain, ...]


@dataclass(frozen=True, slots=True)
class New:
    """Something that comes into a mapping under a key, or into a list (its key is None).

    `after` is the key, or the index, behind which it is put; None: at the end.
    """

    key: str | None
    value: Plain
    after: str | int | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """What changes inside a mapping or a list: by key or index, and what is added. Untouched when both are empty."""

    changes: Mapping[Any, Change] = field(default_factory=dict, hash=False)
    added: Sequence[New] = ()

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not self.changes and not self.added


Change: TypeAlias = Put | Rename | Take | Items | Within

NOTHING: Final = Within()


class PatchBuilder:
    """Gathers changes by their paths and makes one patch of them."""

    def __init__(self) -> None:
        self._tree: dict[Any, Any] = {}
        self._added: dict[tuple[str | int, ...], list[New]] = {}

    def change(self, path: Sequence[str | int], change: Change) -> None:
        """Notes what happens at a path; what was noted there before gives way."""
        node = self._tree
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node[path[-1]] = change

    def add(self, path: Sequence[str | int], new: New) -> None:
        """Notes what comes into the mapping or list at a path."""
        self._added.setdefault(tuple(path), []).append(new)

    def patch(self) -> Within:
        """The patch of everything that was noted."""
        for path in self._added:
            node = self._tree
            for step in path:
                node = node.setdefault(step, {})
        return self._within(self._tree, ())

    def _within(self, node: Mapping[Any, Any], path: tuple[str | int, ...]) -> Within:
        changes = {
            step: self._within(below, (*path, step)) if isinstance(below, dict) else below
            for step, below in node.items()
        }
        return Within(changes, tuple(self._added.get(path, ())))


def patched(data: Plain, change: Change) -> Plain:
    """What plain data is after a change: a copy where it changes, the same objects elsewhere.

    A mapping or list that is not there is made for what is added to it.

    Raises:
        KeyError, IndexError: the change speaks of something that is not there.
    """
    if isinstance(change, Put | Rename):
        return change.value
    if isinstance(change, Items):
        return [data[item] if isinstance(item, int) else item for item in change.items]
    if isinstance(change, Take):
        raise KeyError("what goes has no value")
    if isinstance(data, list) or (data in (None, "") and change.added and change.added[0].key is None):
        return _patched_list(data or [], change)
    return _patched_mapping(data or {}, change)


def _patched_mapping(data: Mapping[str, Plain], change: Within) -> dict[str, Plain]:
    made: dict[str, Plain] = {}
    behind = _behind(change.added)
    for key, value in data.items():
        what = change.changes.get(key)
        if what is None:
            made[key] = value
        elif not isinstance(what, Take):
            made[what.key if isinstance(what, Rename) else key] = patched(value, what)
        made.update((str(new.key), new.value) for new in behind.get(key, ()))
    made.update(missing_in(data, change))
    made.update((str(new.key), new.value) for new in change.added if new.after not in data)
    return made


def _patched_list(data: Sequence[Plain], change: Within) -> list[Plain]:
    made: list[Plain] = []
    behind = _behind(change.added)
    for index, value in enumerate(data):
        what = change.changes.get(index)
        if not isinstance(what, Take):
            made.append(value if what is None else patched(value, what))
        made += [new.value for new in behind.get(index, ())]
    return made + [new.value for new in change.added if not isinstance(new.after, int)]


def _behind(added: Sequence[New]) -> dict[Any, list[New]]:
    """What comes, by that behind which it is put."""
    found: dict[Any, list[New]] = {}
    for new in added:
        found.setdefault(new.after, []).append(new)
    return found


def missing_in(data: Mapping[str, Plain], change: Within) -> Iterator[tuple[str, Plain]]:
    """The keys that a change gives to a mapping which lacks them, with their values."""
    for key, what in change.changes.items():
        if key in data or isinstance(what, Take):
            continue
        if isinstance(what, Within):
            value = patched(None, what)
            if value:
                yield key, value
        else:
            yield (what.key if isinstance(what, Rename) else key), patched(None, what)
