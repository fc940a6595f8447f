"""Choose among points that each cost something in several ways."""

from __future__ import annotations

import math
from collections.abc import Sequence

Costs = tuple[float, ...]


def undominated(points: Sequence[Costs | None]) -> list[bool]:
    """Return of each point (None has no costs) whether no other is as good in all costs and better in one."""
    known = [point for point in points if point is not None]

    def best(own: Costs | None) -> bool:
        return own is not None and not any(
            other != own and all(a <= b for a, b in zip(other, own, strict=True)) for other in known
        )

    return [best(point) for point in points]


def nearest_to_best(points: Sequence[Costs]) -> int:
    """Return which of the points, one at least, is nearest to the best of every cost, each scaled to [0, 1].

    Compromise programming by the Euclidean distance (Zeleny, 1973). Of equals the first.
    """
    least, most = ([pick(axis) for axis in zip(*points, strict=True)] for pick in (min, max))

    def distance(point: Costs) -> float:
        scaled = ((x - low) / ((high - low) or 1) for x, low, high in zip(point, least, most, strict=True))
        return round(math.hypot(*scaled), 9)

    return min(range(len(points)), key=lambda at: distance(points[at]))
