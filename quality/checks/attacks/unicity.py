"""Unicity: the share of subjects whom a few points of theirs, known by chance, single out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.finding import Attack, Finding, judge
from quality.checks.attacks.intervals import Estimate, wilson
from quality.checks.attacks.matching import count_matches, draw_points
from quality.checks.attacks.points import Points, points_of

UNICITY = Attack(
    "unicity",
    "Some points of a subject, known by chance, fit more than one subject of the release.",
    "Coarsen cells (`tiles`) or slots (`slots.hours`), or let a pseudonym last for fewer points (`sequences.points`):"
    " that costs place, time, or the length of a trip that can be followed.",
)


def unicity(points: Points, *, most: int = 4, draws: int = 2_000, seed: int) -> tuple[Estimate, ...]:
    """Return the unicity for 1, 2, ..., ``most`` known points (de Montjoye et al., Scientific Reports 3, 2013).

    Each draw takes a random trace and points of it; it is a success if all traces with these points are of one
    subject. The p points of a draw are the first p of ``most``, so that unicity never falls with p.
    """
    drawn = draw_points(points, most, draws, np.random.default_rng(seed))
    alone = (count_matches(points, drawn[:, :p], enough=2) == 1 for p in range(1, most + 1))
    return tuple(wilson(int(found.sum()), len(found)) for found in alone)


def attack_unicity(
    released: Points, raw: Points, *, known: int, limit: float, draws: int = 2_000, seed: int
) -> Finding:
    """Return whether ``known`` points of the release single out at most ``limit`` of its pseudonyms.

    ``released`` are the published points by pseudonym, with their owners; ``raw`` those at full precision.
    """
    reached, control = (unicity(rows, most=known, draws=draws, seed=seed)[-1] for rows in (released, raw))
    return judge(UNICITY, reached, control, limit=limit)


@dataclass(frozen=True, slots=True)
class GridCell:
    """The unicity of ``known`` points at one resolution; ``hours`` 0 is place alone."""

    place: str
    hours: float
    known: int
    reached: Estimate


def unicity_grid(
    subjects: NDArray[np.integer],
    places: Mapping[str, NDArray[np.integer]],
    seconds: NDArray[np.integer],
    *,
    hours: Sequence[float],
    most: int = 6,
    draws: int = 2_000,
    seed: int,
) -> Iterator[GridCell]:
    """Return the unicity for each resolution of place and time, and for 1 to ``most`` points.

    ``places`` names each resolution's cell codes of the rows (n,); ``seconds`` are since the epoch; ``hours`` the
    lengths of a time slot, where 0 leaves time out.
    """
    for name, cells in places.items():
        for length in hours:
            slots = [np.asarray(seconds) // round(3600 * length)] if length else []
            found = unicity(points_of(subjects, cells, *slots), most=most, draws=draws, seed=seed)
            yield from (GridCell(name, length, p, reached) for p, reached in enumerate(found, 1))
