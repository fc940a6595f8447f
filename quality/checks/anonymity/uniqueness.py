"""How many that are alone in a sample are alone in its population, by super-population models."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from quality.contracts.errors import UsageError

_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class Uniqueness:
    """The estimated share of the population that is unique, by model; None where a model has no answer.

    ``chosen`` follows Dankar et al., BMC Medical Informatics and Decision Making 12:66, 2012: Pitman's model for
    samples of at most a tenth, else Zayatz's, and Zayatz's where Pitman's has no answer. (Their third, the shifted
    negative binomial, is not implemented.)
    """

    fraction: float
    pitman: float | None
    zayatz: float
    chosen: float


def estimate_uniqueness(histogram: Mapping[int, int], fraction: float) -> Uniqueness:
    """Return estimates from classes by size, of a sample that is ``fraction`` (0, 1] of its population."""
    if not 0 < fraction <= 1 or not histogram:
        raise UsageError("The sampling fraction lies above 0 and is at most 1, of classes that exist.")
    sampled = sum(size * n for size, n in histogram.items())
    population = max(sampled, round(sampled / fraction))
    zayatz, pitman = _zayatz(histogram, sampled, population), _pitman(histogram, sampled, population)
    chosen = pitman if fraction <= 0.1 and pitman is not None else zayatz
    return Uniqueness(fraction, pitman, zayatz, chosen)


def _zayatz(histogram: Mapping[int, int], sampled: int, population: int) -> float:
    """Zayatz, Estimation of the percent of unique population elements, US Census SRD 91/08, 1991.

    The population's classes are taken to be sized as the sample's. A class of i is seen as one by the hypergeometric
    chance h(i); a sample unique is a population unique by h(1) f(1) / sum of h(i) f(i).
    """
    if not histogram.get(1):
        return 0.0
    seen = {i: n * _alone(i, sampled, population) for i, n in histogram.items()}
    return (seen[1] / sum(seen.values())) * histogram[1] / sampled


def _alone(size: int, sampled: int, population: int) -> float:
    """Return the chance that one of a population's class of ``size`` is in the sample: C(s,1) C(N-s,n-1) / C(N,n)."""
    if sampled - 1 > population - size:
        return 0.0
    return math.exp(
        math.log(size) + _choose(population - size, sampled - 1) - _choose(population, sampled)
    )  # fmt: skip


def _choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _pitman(histogram: Mapping[int, int], sampled: int, population: int) -> float | None:
    """Hoshino, Applying Pitman's sampling formula to microdata disclosure risk assessment, J. Official Stat., 2001.

    Alpha in (0, 1) and theta > -alpha are those of greatest likelihood; the population's expected uniques are
    N times the rising factorials (theta + alpha) over (theta + 1) of N - 1 factors. No answer without classes of one,
    or of nothing else.
    """
    if not histogram.get(1) or len(histogram) < 2:
        return None
    classes = sum(histogram.values())

    def likelihood(alpha: float, theta: float) -> float:
        start = theta / alpha
        rising = (classes - 1) * math.log(alpha) + math.lgamma(start + classes) - math.lgamma(start + 1)
        within = sum(n * (math.lgamma(i - alpha) - math.lgamma(1 - alpha)) for i, n in histogram.items())
        return rising - (math.lgamma(theta + sampled) - math.lgamma(theta + 1)) + within

    def theta_of(alpha: float) -> float:
        # theta + alpha is searched on a scale of powers, from nearly nothing to far more than the sample.
        shift = _maximum(lambda power: likelihood(alpha, math.exp(power) - alpha), -12, math.log(sampled) + 12)
        return math.exp(shift) - alpha

    alpha = _maximum(lambda alpha: likelihood(alpha, theta_of(alpha)), 1e-6, 1 - 1e-6)
    theta = theta_of(alpha)
    logarithm = (
        math.lgamma(theta + alpha + population - 1) - math.lgamma(theta + alpha)
        - math.lgamma(theta + population) + math.lgamma(theta + 1)
    )  # fmt: skip
    return min(1.0, math.exp(logarithm))


def _maximum(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where ``function``, which has one peak, is greatest: golden-section search (Kiefer, 1953)."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(48):
        if at_left < at_right:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = function(right)
        else:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = function(left)
    return (low + high) / 2
