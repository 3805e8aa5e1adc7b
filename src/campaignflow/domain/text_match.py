"""Comparing a plan's words with its text, and its text with the document as issued.

What does not belong to the text does not count: line ends and runs of white space, the marks of Markdown (`**`, `#`,
backslashes), the dashes before the items of a list. Letters are compared in Unicode's NFC; case counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from campaignflow.domain.findings import Path
from campaignflow.domain.plan import Clause, Plan, Recipient, Signed

#: What stands before the distribution list of an official document (Decree 30/2020, appendix I).
DISTRIBUTION_HEAD: Final = "Nơi nhận:"

_MARKUP: Final = re.compile(r"\*\*|\\|\u00ad|\u200b")
_LEAD: Final = re.compile(r"^\s*(?:#{1,6}\s+|>\s+)?(?:[-–—+*•]\s+|[-–—+*•]$)?", re.MULTILINE)
#: After a difference, so many words in a row must be the same for the two texts to be together again.
_RUN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a text."""

    text: str
    #: Where it stands: in the plan, as a path; in the source, as a line counted from 1.
    path: Path = ()
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A stretch in which the plan's text and the source are not the same."""

    #: Where in the plan it begins.
    path: Path
    #: Its words, with some of those before where one side has none.
    ours: str
    theirs: str
    #: The line of the source at which it begins, counted from 1.
    line: int


def collapsed(text: str) -> str:
    """A text in NFC with its white space collapsed.

    >>> collapsed("trước  ngày\\n25")
    'trước ngày 25'
    """
    return " ".join(normalize("NFC", text).split())


def plain_words(text: str) -> list[str]:
    """The words of a text without its markup and the dashes before items.

    >>> plain_words("- **KT.** Sở Lao động - Thương binh")
    ['KT.', 'Sở', 'Lao', 'động', '-', 'Thương', 'binh']
    """
    return _LEAD.sub("", _MARKUP.sub("", normalize("NFC", text))).split()


def source_words(text: str) -> list[Word]:
    """The words of a source with their lines."""
    return [Word(text=word, line=n) for n, line in enumerate(text.splitlines(), 1) for word in plain_words(line)]


def plan_words(plan: Plan, *, signed_first: bool = False) -> list[Word]:
    """The words of a plan's own text: its clauses in order, the distribution list, the signature."""
    ends = [_distribution(plan.distribution), _signature(plan.plan.signed)]
    pieces = [*_clauses(plan.clauses), *(piece for end in (ends[::-1] if signed_first else ends) for piece in end)]
    return [Word(text=word, path=path) for path, text in pieces for word in plain_words(text)]


def differences(plan: Plan, source: str) -> list[Difference]:
    """Where the plan's text and the source are not the same, at most one difference for each piece of the plan.

    The signature may stand before or after the distribution list, since in print the two stand side by side.
    """
    theirs = source_words(source)
    both = (_compare(plan_words(plan, signed_first=first), theirs) for first in (False, True))
    return min(both, key=len)


def _clauses(clauses: Iterable[Clause]) -> Iterator[tuple[Path, str]]:
    for index, clause in enumerate(clauses):
        for name in ("label", "title", "text"):
            text = getattr(clause, name)
            if text and not (name == "label" and not plain_words(text)):
                yield ("clauses", index, name), text


def _distribution(lines: Sequence[Recipient]) -> list[tuple[Path, str]]:
    head = [(("distribution",), DISTRIBUTION_HEAD)] if lines else []
    return [*head, *((("distribution", index, "words"), line.words) for index, line in enumerate(lines))]


def _signature(signed: Signed | None) -> list[tuple[Path, str]]:
    """The block as it is printed: `KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH`, the name."""
    if signed is None:
        return []
    held = (text and text.upper() for text in (signed.for_, signed.as_, signed.position))
    words = (signed.form, *held, signed.name)
    names = ("form", "for", "as", "position", "name")
    return [(("plan", "signed", name), text) for name, text in zip(names, words, strict=True) if text]


def _compare(ours: Sequence[Word], theirs: Sequence[Word]) -> list[Difference]:
    found: dict[Path, Difference] = {}
    for i, j, k, m in _blocks([word.text for word in ours], [word.text for word in theirs]):
        difference = _difference(ours, theirs, i, j, k, m)
        found.setdefault(difference.path[:2], difference)
    return list(found.values())


def _blocks(ours: list[str], theirs: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that differ: first and end in ours, first and end in theirs. Takes time in proportion to both."""
    places = _places(theirs)
    i = k = 0
    while True:
        while i < len(ours) and k < len(theirs) and ours[i] == theirs[k]:
            i, k = i + 1, k + 1
        if i == len(ours) and k == len(theirs):
            return
        j, m = _together_again(ours, places, i, k) or (len(ours), len(theirs))
        yield i, j, k, m
        i, k = j, m


def _run(words: list[str], at: int) -> tuple[str, ...]:
    return tuple(words[at : at + _RUN])


def _places(words: list[str]) -> dict[tuple[str, ...], list[int]]:
    """Where each run of words begins."""
    found: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(words)):
        found.setdefault(_run(words, at), []).append(at)
    return found


def _together_again(
    ours: list[str], places: dict[tuple[str, ...], list[int]], i: int, k: int
) -> tuple[int, int] | None:
    """The nearest place at or after `i` in ours and `k` in theirs from which a run of words is the same."""
    best: tuple[int, int] | None = None
    cost = len(ours) - i
    for j in range(i, len(ours)):
        if best and j - i >= cost:
            break
        found = places.get(_run(ours, j), ())
        nearest = bisect_left(found, k)
        if nearest < len(found) and (not best or j - i + found[nearest] - k < cost):
            best, cost = (j, found[nearest]), j - i + found[nearest] - k
    return best


def _difference(ours: Sequence[Word], theirs: Sequence[Word], i: int, j: int, k: int, m: int) -> Difference:
    """The stretch `ours[i:j]` against `theirs[k:m]`."""
    at = ours[_nearest(i, j, ours)].path if ours else ("clauses",)
    line = theirs[_nearest(k, m, theirs)].line if theirs else 1
    if i == j or k == m:  # one side has nothing here: show two words before, and one after, of both
        i, j, k, m = max(i - 2, 0), j + 1, max(k - 2, 0), m + 1
    return Difference(path=at, ours=_excerpt(ours[i:j]), theirs=_excerpt(theirs[k:m]), line=line)


def _nearest(first: int, end: int, words: Sequence[Word]) -> int:
    """The first word of a stretch; of an empty one, the word before it."""
    return min(first if first < end else max(first - 1, 0), len(words) - 1)


def _excerpt(words: Sequence[Word]) -> str:
    shown = " ".join(word.text for word in words[:12])
    return f"{shown} …" if len(words) > 12 else shown
