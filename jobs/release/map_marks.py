"""What makes a map readable: a frame to scale, degrees at its edges, and a bar of kilometers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.release.draw_svg import line, steps, text
from jobs.release.map_cells import KM_OF_A_DEGREE, Place

MOST_TICKS = 5
LONGEST_BAR = 150.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of pixels whose upper left ``corner`` is a place in kilometers, of ``scale`` pixels each."""

    left: float
    top: float
    width: float
    height: float
    corner: Place
    scale: float

    @property
    def bottom(self) -> float:
        """The lower edge, in pixels."""
        return self.top + self.height

    def at(self, place: Place) -> Place:
        """Return where a place in kilometers is, in pixels."""
        return self.left + (place[0] - self.corner[0]) * self.scale, self.top + (place[1] - self.corner[1]) * self.scale


def scale_bar(frame: Frame, left: float, y: float) -> list[str]:
    """Return a bar of a round length, at most ``LONGEST_BAR`` pixels."""
    most = LONGEST_BAR / frame.scale
    length = max(step for step in steps(most / 10, most) if step <= most)
    right = left + length * frame.scale
    told = f"{length:g} km" if length >= 1 else f"{length * 1000:g} m"
    ends = [line(x, y - 9, x, y - 1) for x in (left, right)]
    return [line(left, y - 5, right, y - 5), *ends, text(left, y + 12, told)]


def graticule(frame: Frame, middle: Place) -> list[str]:
    """Return marks of degrees at the lower and the left edge."""
    narrow = KM_OF_A_DEGREE * math.cos(math.radians(middle[0]))
    west, north = middle[1] + frame.corner[0] / narrow, middle[0] - frame.corner[1] / KM_OF_A_DEGREE
    parts = []
    for degrees, told in _ticks(west, frame.width / frame.scale / narrow, "E", "W"):
        x = frame.left + (degrees - west) * narrow * frame.scale
        parts += [line(x, frame.bottom, x, frame.bottom + 5), text(x, frame.bottom + 18, told, anchor="middle")]
    high = frame.height / frame.scale / KM_OF_A_DEGREE
    for degrees, told in _ticks(north - high, high, "N", "S"):
        y = frame.top + (north - degrees) * KM_OF_A_DEGREE * frame.scale
        parts += [line(frame.left - 5, y, frame.left, y), text(frame.left - 8, y + 4, told, anchor="end")]
    return parts


def _ticks(start: float, span: float, positive: str, negative: str) -> Iterator[tuple[float, str]]:
    """Yield round degrees from ``start`` on, and how they are told, such as 5.1° E; beyond 180° E it is W again."""
    step = next(one for one in steps(span / 100, span) if span / one <= MOST_TICKS)
    digits = max(0, -math.floor(math.log10(step)))
    for number in range(math.ceil(start / step), math.floor((start + span) / step) + 1):
        degrees = (number * step + 180) % 360 - 180
        side = positive if round(degrees, digits) >= 0 else negative
        yield number * step, f"{abs(degrees):.{digits}f}° {side}"
