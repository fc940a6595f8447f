"""Small pictures in SVG that stand alone: no script, no font and no link; read aloud by title and description."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

FONT = "font-family='system-ui, sans-serif' font-size='12' fill='#111'"


def picture(title: str, description: str, width: int, height: int, parts: Iterable[str], *, name: str) -> str:
    """Return an SVG document; ``name`` makes its ids differ from those of other pictures on the page."""
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}' "
        f"role='img' aria-labelledby='{name}-title {name}-desc' {FONT}>"
        f"<title id='{name}-title'>{escape(title)}</title><desc id='{name}-desc'>{escape(description)}</desc>"
        f"<rect width='{width}' height='{height}' fill='#fff'/>{''.join(parts)}</svg>"
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> str:
    """Return a line of text whose ``anchor`` (start, middle, end) is at (x, y), in pixels."""
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-weight='{weight}'>{escape(words)}</text>"


def line(x1: float, y1: float, x2: float, y2: float, *, dash: str = "") -> str:
    """Return a black line; ``dash`` as SVG states it."""
    dashed = f" stroke-dasharray='{dash}'" if dash else ""
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='#111'{dashed}/>"


def steps(least: float, most: float) -> Iterator[float]:
    """Yield 1, 2 and 5 times powers of ten, from the last one up to ``least`` to the first one from ``most``."""
    power = math.floor(math.log10(least))
    while True:
        for digit in (1, 2, 5):
            step = digit * 10.0**power
            yield step
            if step >= most:
                return
        power += 1


@dataclass(frozen=True, slots=True)
class Axis:
    """Values above 0 from ``low`` to ``high`` on pixels from ``start`` to ``end``: equal ratios are equally far."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value is, in pixels; what lies outside is at the nearer end."""
        share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return self.start + min(share, 1.0) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """The round values on it."""
        return [
            step for step in steps(self.low, self.high) if self.low <= step * 1.000001 and step <= self.high * 1.000001
        ]


def axis_around(values: Iterable[float], start: float, end: float) -> Axis:
    """Return an axis from the round value below all of ``values``, one at least, to the one above."""
    told = [max(value, 1e-9) for value in values]
    low = max(step for step in steps(min(told), min(told)) if step <= min(told) * 1.000001)
    high = next(step for step in steps(low, max(told) * 1.1) if step >= max(told) and step > low)
    return Axis(low, high, start, end)
