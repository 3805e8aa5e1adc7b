"""Measuring ours, its peers and the floor side by side: what counts is the ratio of one run, not a machine's seconds.

Each round calls every callable once, one after the other, so that a slow moment of the machine hits all of them; the
medians of the rounds are compared. Half the distance between the quartiles is shown beside each median: where it is
large, the machine was busy and the run says little.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ROUNDS = 15
"""How many rounds are counted where nobody says another number."""


class Timing(float):
    """The median seconds of some rounds, with the quartiles around it. A plain number has no quartiles."""

    low: float
    high: float

    @classmethod
    def of(cls, seconds: list[float]) -> Timing:
        """The median of what was measured."""
        low, middle, high = statistics.quantiles(seconds, n=4) if len(seconds) > 1 else seconds * 3
        return cls._with(middle, low, high)

    @classmethod
    def _with(cls, middle: float, low: float, high: float) -> Timing:
        timing = cls(middle)
        timing.low, timing.high = low, high
        return timing

    def per(self, count: int) -> Timing:
        """The same for one of `count` equal pieces of work."""
        return self._with(self / count, self.low / count, self.high / count)

    def plus(self, other: Timing) -> Timing:
        """What both take one after the other."""
        return self._with(self + other, self.low + other.low, self.high + other.high)

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles, as a part of the median."""
        return (self.high - self.low) / 2 / self


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comparison.

    Attributes:
        case: what was measured, in a few words.
        ours: seconds of the product.
        peer: seconds of what it is measured against: `ratio` is ours in terms of it.
        against: what that is, in a few words.
        floor: seconds of the least that any solution must spend, where that is something else than `peer`.
        target: the most that `ratio` may be; None for a comparison that is only shown.
        others: seconds of whatever is shown beside, by name.
        megabytes: whether all of these are megabytes of memory instead of seconds.
    """

    case: str
    ours: float
    peer: float
    against: str = "the peer"
    floor: float | None = None
    target: float | None = None
    others: Mapping[str, float] = field(default_factory=dict)
    megabytes: bool = False

    @property
    def ratio(self) -> float:
        """Ours in terms of the peer."""
        return self.ours / self.peer

    @property
    def met(self) -> bool:
        """Whether the target, if there is one, is met."""
        return self.target is None or self.ratio <= self.target

    def to_json(self) -> dict[str, Any]:
        """The row as plain data, seconds as they are."""
        return {
            "case": self.case, "ours": self.ours, "against": self.against, "peer": self.peer, "floor": self.floor,
            "unit": "MB" if self.megabytes else "s", "others": dict(self.others), "ratio": self.ratio,
            "target": self.target, "met": self.met,
            "spread": {name: seconds.spread for name, seconds in self._timings()},
        }  # fmt: skip

    def _timings(self) -> Iterator[tuple[str, Timing]]:
        for name, seconds in {"ours": self.ours, "peer": self.peer, "floor": self.floor, **self.others}.items():
            if isinstance(seconds, Timing):
                yield name, seconds


def interleave(
    callables: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS, warm: int = 1
) -> dict[str, Timing]:
    """The median seconds of each callable over interleaved rounds.

    The first `warm` rounds are not counted. Garbage of one call is collected before the next and is not on its clock;
    within a call the collector works as it does in use.
    """
    seconds: dict[str, list[float]] = {name: [] for name in callables}
    for number in range(warm + rounds):
        for name, call in callables.items():
            taken = _once(call)
            if number >= warm:
                seconds[name].append(taken)
    return {name: Timing.of(values) for name, values in seconds.items()}


def _once(call: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    result = call()
    taken = time.perf_counter() - started
    del result
    return taken


Line = tuple[str, str, str, str, str, str]


def table(rows: Iterable[Row]) -> str:
    """The rows as plain text, one line for each thing measured: ours first, then what it is measured against."""
    lines: list[Line] = [("what", "time", "+-", "ratio", "target", "met")]
    for row in rows:
        lines += _lines(row)
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(_text(line, widths) for line in lines)


def _lines(row: Row) -> list[Line]:
    target, met = ("-", "") if row.target is None else (f"{row.target:.2f}", "yes" if row.met else "NO")
    beside = {f"{row.against} (= 1)": row.peer}
    if row.floor is not None:
        beside["the floor"] = row.floor
    beside |= row.others
    shown = _memory if row.megabytes else _time
    return [
        (row.case, shown(row.ours), _spread(row.ours), f"{row.ratio:.2f}", target, met),
        *(("  " + name, shown(one), _spread(one), f"{one / row.peer:.2f}", "", "") for name, one in beside.items()),
    ]


def _text(cells: Line, widths: list[int]) -> str:
    first, *others = cells
    filled = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
    return "  ".join(filled).rstrip()


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} us"


def _memory(megabytes: float) -> str:
    return f"{megabytes:.0f} MB"


def _spread(seconds: float) -> str:
    return f"{seconds.spread:.0%}" if isinstance(seconds, Timing) else ""
