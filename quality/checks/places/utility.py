"""What a release of places is still good for, beside what it protects: functions over arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EARTH_M = 6_371_008.8


@untold
def displacement(
    latitudes: Floats, longitudes: Floats, told_latitudes: Floats, told_longitudes: Floats
) -> tuple[float, float]:
    """Return the mean and 95th percentile in meters between positions and what is told of them, where anything is.

    What is told is the published cell's center; all (n,) in degrees, not a number where a fix is not published.
    """
    far = _meters(latitudes, longitudes, told_latitudes, told_longitudes)
    far = far[np.isfinite(far)]
    return (float(far.mean()), float(np.percentile(far, 95))) if len(far) else (float("nan"), float("nan"))


@untold
def count_error_by_band(
    true: Floats, told: Floats, bands: Sequence[float] = (10, 100, 1_000, 10_000)
) -> dict[str, float]:
    """Return the mean of |told - true| / true over cells (n,), by the band of their true count, without empty bands."""
    edges = [1.0, *bands, np.inf]
    found = {}
    for low, high in zip(edges, edges[1:], strict=False):
        here = (true >= low) & (true < high)
        if here.any():
            found[f"{low:g} to {high:g}"] = float((np.abs(told - true)[here] / true[here]).mean())
    return found


@untold
def common_part_of_commuters(true: Floats, told: Floats) -> float:
    """Return 2 sum min(T, T') / (sum T + sum T') over origin-destination pairs (n,), 1 for equal flows.

    Lenormand et al., PLoS ONE 2012.
    """
    total = float(true.sum() + told.sum())
    return float(2 * np.minimum(true, told).sum() / total) if total else 1.0


@untold
def flows(origins: Ints, destinations: Ints, pairs: Ints | None = None) -> tuple[Ints, Floats]:
    """Return the distinct (origin, destination) pairs (m, 2) in order and how many trips each has.

    ``pairs`` (p, 2) are among them though no trip is.
    """
    trips = np.stack([origins, destinations], axis=1)
    known = trips if pairs is None else np.concatenate([trips, pairs])
    distinct, at = np.unique(known, axis=0, return_inverse=True)
    return distinct, np.bincount(at.ravel()[: len(trips)], minlength=len(distinct)).astype(np.float64)


@untold
def trip_lengths(trips: Ints, latitudes: Floats, longitudes: Floats) -> Floats:
    """Return the length in meters of each trip, in their order; fixes (n,) come by trip and time."""
    steps = _meters(latitudes[:-1], longitudes[:-1], latitudes[1:], longitudes[1:])
    _, numbers = np.unique(trips, return_inverse=True)
    inside = numbers[1:] == numbers[:-1]
    return np.bincount(numbers[1:][inside], steps[inside], int(numbers.max(initial=-1)) + 1).astype(np.float64)


@untold
def radii_of_gyration(subjects: Ints, latitudes: Floats, longitudes: Floats) -> Floats:
    """Return each subject's root mean square distance in meters to its center of mass (Gonzalez et al., 2008)."""
    _, numbers, counts = np.unique(subjects, return_inverse=True, return_counts=True)
    size = len(counts)
    middle = [(np.bincount(numbers, each, size) / counts)[numbers] for each in (latitudes, longitudes)]
    return np.asarray(np.sqrt(np.bincount(numbers, _meters(latitudes, longitudes, *middle) ** 2, size) / counts))


@untold
def earth_movers_distance(one: Floats, other: Floats) -> float:
    """Return the Wasserstein-1 distance of two samples, in their unit: the area between their distributions."""
    if not len(one) or not len(other):
        return float("nan")
    every = np.sort(np.concatenate([one, other]))
    shares = [np.searchsorted(np.sort(each), every[:-1], side="right") / len(each) for each in (one, other)]
    return float(np.sum(np.abs(shares[0] - shares[1]) * np.diff(every)))


@untold
def top_overlap(true: Floats, told: Floats, *, top: int) -> float:
    """Return the share of the ``top`` cells by true count (n,) that are among as many by told count; ties by place."""
    best = [set(np.argsort(-counts, kind="stable")[:top].tolist()) for counts in (true, told)]
    return len(best[0] & best[1]) / len(best[0]) if best[0] else 1.0


def _meters(latitudes: Floats, longitudes: Floats, others: Floats, aside: Floats) -> Floats:
    """Return distances on a sphere by the spherical law of cosines' stable form (Vincenty's for a sphere)."""
    phi, psi, turn = np.radians(latitudes), np.radians(others), np.radians(aside - longitudes)
    across = np.cos(psi) * np.sin(turn)
    along = np.cos(phi) * np.sin(psi) - np.sin(phi) * np.cos(psi) * np.cos(turn)
    over = np.sin(phi) * np.sin(psi) + np.cos(phi) * np.cos(psi) * np.cos(turn)
    return np.asarray(EARTH_M * np.arctan2(np.hypot(across, along), over), np.float64)
