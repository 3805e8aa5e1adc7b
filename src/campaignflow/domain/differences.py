"""In what any two values differ: models, dataclasses, mappings and lists by the names in them; texts by words.

Values are compared by their keys, so that it takes time in proportion to them. Only words are matched with one another,
and at most `MOST_WORDS` of them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

Kind = Literal["added", "removed", "changed", "moved", "ended"]
Plain = str | int | float | bool | tuple[str, ...] | None
"""A value as it is shown: dates and instants are ISO text, lists are tuples of text."""

MOST_WORDS: Final = 400
"""Between the first and the last change of a clause, at most so many words are matched; more are told as replaced."""


_ID_KEYS: Final = ("id", "agency", "responsibility", "event", "words", "file")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One value that is another; None: it is not said on that side. `report.to` is the key `to` of the `report`."""

    name: str
    old: Plain
    new: Plain
    #: Of a duty's field: whether an agency owes something else by it.
    binding: bool = False


class _Order(tuple[str, ...]):
    """The keys of the entries of a list: told only where the same entries stand in another order."""


def field_changes(old: Any, new: Any) -> Iterator[FieldChange]:
    """In what two models, dataclasses or mappings differ, by the dotted names of their values."""
    before, after = dict(_flat(old)), dict(_flat(new))
    for name in either(after, before):
        was, now = before.get(name), after.get(name)
        if was == now or (was in (None, ()) and now in (None, ())):
            continue
        if not isinstance(was or now, _Order) or _reordered(was, now):
            yield FieldChange(name=name, old=was, new=now)


def _reordered(was: Plain, now: Plain) -> bool:
    return isinstance(was, tuple) and isinstance(now, tuple) and sorted(was) == sorted(now)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Plain]]:
    value = _opened(value)
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _flat(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(_opened(one), Mapping) for one in value):
        entries = keyed(value)
        yield path, _Order(entries)
        for key, one in entries.items():
            yield from _flat({name: part for name, part in _opened(one).items() if name != "id"}, f"{path}.{key}")
    elif isinstance(value, list | tuple | set | frozenset):
        yield path, tuple(str(_plain(one)) for one in value)
    else:
        yield path, _plain(value)


def _opened(value: Any) -> Any:
    """A model or a dataclass as the mapping of what it holds."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    return value


def _plain(value: Any) -> Plain:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return " ".join(str(_plain(one)) for one in value)
    return value if isinstance(value, str | int | float | None) else str(value)


def keyed(values: Sequence[Any]) -> dict[str, Any]:
    """The entries of a list by what tells them apart; those told apart by nothing are numbered."""
    found: dict[str, Any] = {}
    seen: Counter[str] = Counter()
    for one in values:
        held = _opened(one)
        named = isinstance(held, Mapping)
        key = next((str(held[name]) for name in _ID_KEYS if named and held.get(name) is not None), "")
        seen[key] += 1
        found[key if key and seen[key] == 1 else f"{key}#{seen[key]}"] = one
    return found


def either(*mappings: Iterable[str]) -> dict[str, None]:
    """The keys of all of them, in order."""
    return dict.fromkeys(key for mapping in mappings for key in mapping)


# --- words


def word_changes(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Two texts word by word: pairs of `=` (in both), `-` (only in the old) or `+` (only in the new) and the words.

    >>> word_changes("before 25 October 2020", "before 28 October 2020")
    (('=', 'before'), ('-', '25'), ('+', '28'), ('=', 'October 2020'))
    """
    before, after = old.split(), new.split()
    least = min(len(before), len(after))
    head = next((n for n in range(least) if before[n] != after[n]), least)
    tail = next((n for n in range(least - head) if before[-1 - n] != after[-1 - n]), least - head)
    left, right = before[head : len(before) - tail], after[head : len(after) - tail]
    told = [("=", before[:head]), *_matched(left, right), ("=", before[len(before) - tail :])]
    return tuple((op, " ".join(words)) for op, words in told if words)


def _matched(left: list[str], right: list[str]) -> Iterator[tuple[str, list[str]]]:
    if max(len(left), len(right)) > MOST_WORDS:
        yield from (("-", left), ("+", right))
        return
    for op, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        yield from (("=", left[a:b]),) if op == "equal" else (("-", left[a:b]), ("+", right[c:d]))
