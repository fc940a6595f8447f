"""What an attack reached, with its confidence interval: shares, and differences of two shares."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value between ``low`` and ``high``, from ``successes`` of ``attempts``. Nothing tried: anything may be."""

    value: float
    low: float
    high: float
    attempts: int
    successes: int


def wilson(successes: int, attempts: int, confidence: float = CONFIDENCE) -> Estimate:
    """Return the score interval of a share (Wilson, JASA 1927), which holds near 0 and 1 and for few attempts."""
    _refuse_nonsense(successes, attempts)
    if not attempts:
        return Estimate(0.0, 0.0, 1.0, 0, 0)
    share, z = successes / attempts, NormalDist().inv_cdf((1 + confidence) / 2)
    center = (share + z * z / (2 * attempts)) / (1 + z * z / attempts)
    half = z / (1 + z * z / attempts) * sqrt(share * (1 - share) / attempts + z * z / (4 * attempts**2))
    low = 0.0 if not successes else max(0.0, center - half)
    high = 1.0 if successes == attempts else min(1.0, center + half)
    return Estimate(share, low, high, attempts, successes)


def clopper_pearson(successes: int, attempts: int, confidence: float = CONFIDENCE) -> Estimate:
    """Return the exact interval of a share (Clopper and Pearson, Biometrika 1934): never too short, often too long."""
    from scipy.special import betaincinv

    _refuse_nonsense(successes, attempts)
    if not attempts:
        return Estimate(0.0, 0.0, 1.0, 0, 0)
    tail, failures = (1 - confidence) / 2, attempts - successes
    low = float(betaincinv(successes, failures + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, failures, 1 - tail)) if failures else 1.0
    return Estimate(successes / attempts, low, high, attempts, successes)


def difference(first: Estimate, second: Estimate) -> Estimate:
    """Return first - second of two independent shares with their Wilson intervals.

    Method 10 of Newcombe (Statistics in Medicine 17, 1998): the square-and-add of the intervals' arms. ``attempts``
    and ``successes`` are those of ``first``.
    """
    value = first.value - second.value
    below = sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    above = sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Estimate(value, max(-1.0, value - below), min(1.0, value + above), first.attempts, first.successes)


def counted(successes: int, attempts: int) -> Estimate:
    """Return a share that was counted over all there is, so that it is exact; over nothing, anything may be."""
    _refuse_nonsense(successes, attempts)
    share = successes / attempts if attempts else 0.0
    return Estimate(share, share, share if attempts else 1.0, attempts, successes)


def _refuse_nonsense(successes: int, attempts: int) -> None:
    if not 0 <= successes <= attempts:
        raise ValueError(f"{successes} successes of {attempts} attempts")
