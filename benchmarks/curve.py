"""Costs of one unit as a picture: an SVG of a few lines over sizes, both axes logarithmic, drawn without a library."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness import Timing

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 210, 30, 50
_COLORS = ("#0b6e4f", "#1f4e9c", "#b3541e", "#7a1f5c", "#5c6b0b", "#444444")
_FONT = 'font-family="sans-serif" font-size="13"'
_STROKES = ("", "7 4", "2 3", "10 3 2 3", "4 2", "1 4")
"""Lines are told apart by their dashes, too."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a piece of work took over a campaign of so many units."""

    size: int
    seconds: Timing

    @property
    def unit(self) -> Timing:
        """Seconds for one unit."""
        return self.seconds.per(self.size)


def drawn(lines: Mapping[str, Sequence[Point]]) -> str:
    """The picture: sizes to the right, microseconds of one unit upward, a line and its name for each kind of work."""
    plot = _Plot(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" {_FONT}>',
        "<title>Microseconds for one unit, by the number of units</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        *plot.axes(),
        *plot.curves(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Plot:
    def __init__(self, lines: Mapping[str, Sequence[Point]]) -> None:
        self.lines = lines
        points = [point for line in lines.values() for point in line]
        self.sizes = sorted({point.size for point in points})
        costs = [point.unit * 1e6 for point in points]
        self.low = math.floor(math.log10(min(costs)))
        self.high = math.ceil(math.log10(max(costs)))

    def x(self, size: int) -> float:
        first, last = math.log10(self.sizes[0]), math.log10(self.sizes[-1])
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (math.log10(size) - first) / (last - first)

    def y(self, micro: float) -> float:
        part = (math.log10(micro) - self.low) / (self.high - self.low)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * part

    def axes(self) -> Iterator[str]:
        right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
        for power in range(self.low, self.high + 1):
            at = self.y(10**power)
            label = f"{10**power:g} µs"
            yield f'<line x1="{_LEFT}" y1="{at:.1f}" x2="{right}" y2="{at:.1f}" stroke="#dddddd"/>'
            yield f'<text x="{_LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{label}</text>'
        for size in self.sizes:
            at = self.x(size)
            yield f'<line x1="{at:.1f}" y1="{_TOP}" x2="{at:.1f}" y2="{bottom}" stroke="#eeeeee"/>'
            yield f'<text x="{at:.1f}" y="{bottom + 20}" text-anchor="middle">{size:,}</text>'
        yield f'<text x="{(_LEFT + right) / 2:.1f}" y="{_HEIGHT - 10}" text-anchor="middle">units</text>'

    def curves(self) -> Iterator[str]:
        ends = self._ends()
        for number, (name, points) in enumerate(self.lines.items()):
            color, dashes = _COLORS[number % len(_COLORS)], _STROKES[number % len(_STROKES)]
            path = " ".join(f"{self.x(point.size):.1f},{self.y(point.unit * 1e6):.1f}" for point in points)
            stroke = f'stroke="{color}" stroke-width="2" stroke-dasharray="{dashes}"'
            yield f'<polyline points="{path}" fill="none" {stroke}/>'
            for point in points:
                at = f'cx="{self.x(point.size):.1f}" cy="{self.y(point.unit * 1e6):.1f}"'
                yield f'<circle {at} r="3" fill="{color}"/>'
            yield f'<text x="{_WIDTH - _RIGHT + 10}" y="{ends[name] + 4:.1f}" fill="{color}">{name}</text>'

    def _ends(self) -> dict[str, float]:
        """Where the names stand: at the ends of their lines, moved down as far as they would cover one another."""
        found: dict[str, float] = {}
        free = float(_TOP)
        for name, points in sorted(self.lines.items(), key=lambda one: self.y(one[1][-1].unit * 1e6)):
            found[name] = free = max(free, self.y(points[-1].unit * 1e6))
            free += 17
        return found
