"""Quotations of a plan's clauses: which of their years move with the campaign.

A quotation may begin in the middle of a citation, where its own words no longer show that its year is a document's.
So it is looked up in the clause, as `check` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from campaignflow.domain.text_match import collapsed
from campaignflow.services.renewal_splice import Path, Placed
from campaignflow.services.renewal_years import Year, Years


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    """A clause as quotations are found in it, with its years."""

    text: str
    years: tuple[Year, ...]

    def holding(self, words: str) -> Iterator[tuple[Year, ...]]:
        """The years within each place at which the words stand."""
        at = self.text.find(words)
        while at >= 0:
            yield tuple(year for year in self.years if at <= year.start < at + len(words))
            at = self.text.find(words, at + 1)


class Clauses:
    """The clauses of a plan, to look quotations up in."""

    def __init__(self, values: Mapping[Path, Placed], years: Years) -> None:
        self._values = values
        self._clauses = {
            piece.value: _clause(values, path[:2], years)
            for path, piece in values.items()
            if path[:1] == ("clauses",) and path[2:] == ("id",)
        }

    def quoted(self, path: Path, words: str) -> tuple[Year, ...] | None:
        """The years of a quotation as they are in the clauses named with it, else in any; None where it quotes none.

        Args:
            path: where the quotation stands.
            words: the quotation, its white space collapsed.
        """
        named = [self._clauses[clause] for clause in self._named_with(path) if clause in self._clauses]
        for clauses in (named, self._clauses.values()):
            found = [years for clause in clauses for years in clause.holding(words)]
            if found:
                return max(found, key=_moving)
        return None

    def _named_with(self, path: Path) -> Iterator[str]:
        """The clauses that are named beside a value, or beside what holds it."""
        for length in range(len(path) - 1, 0, -1):
            for key in ("clause", "also"):
                entry = (*path[:length], key)
                one, number = self._values.get(entry), 0
                while one is not None:
                    yield one.value
                    one, number = self._values.get((*entry, number)), number + 1


def _moving(years: Iterable[Year]) -> int:
    return sum(year.moves for year in years)


def _clause(values: Mapping[Path, Placed], path: Path, years: Years) -> _Clause:
    """A clause's title and text as one, which is where `check` looks for the phrases that cite it."""
    text, found = "", []
    for key in ("title", "text"):
        if (piece := values.get((*path, key))) is not None:
            part = collapsed(piece.value)
            offset = len(text) + 1 if text else 0
            found += [replace(year, start=year.start + offset) for year in years.of(part, title=key == "title")]
            text = f"{text} {part}" if text else part
    return _Clause(text=text, years=tuple(found))
