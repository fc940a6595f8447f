"""How many that are alone in a sample are alone in its population, by super-population models."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from quality.contracts.errors import UsageError

Floats = NDArray[np.float64]

_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class Uniqueness:
    """The estimated share of the population that is unique, by model; None where a model has no answer.

    ``chosen`` follows Dankar et al., BMC Medical Informatics and Decision Making 12:66, 2012: Pitman's model for
    samples of at most a tenth, else the lower of Zayatz's and the shifted negative binomial (``snb``); Zayatz's where
    the other has no answer.
    """

    fraction: float
    pitman: float | None
    zayatz: float
    snb: float | None
    chosen: float


def estimate_uniqueness(histogram: Mapping[int, int], fraction: float) -> Uniqueness:
    """Return estimates from classes by size, of a sample that is ``fraction`` (0, 1] of its population."""
    if not 0 < fraction <= 1 or not histogram:
        raise UsageError("The sampling fraction lies above 0 and is at most 1, of classes that exist.")
    sampled = sum(size * n for size, n in histogram.items())
    population = max(sampled, round(sampled / fraction))
    zayatz, pitman = _zayatz(histogram, sampled, population), _pitman(histogram, sampled, population)
    snb = _shifted_negative_binomial(histogram, sampled / population, population)
    small, large = pitman if pitman is not None else zayatz, min(zayatz, snb) if snb is not None else zayatz
    return Uniqueness(fraction, pitman, zayatz, snb, small if fraction <= 0.1 else large)


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

    @cache
    def within(alpha: float) -> float:
        return sum(n * (math.lgamma(i - alpha) - math.lgamma(1 - alpha)) for i, n in histogram.items())

    def likelihood(alpha: float, theta: float) -> float:
        start = theta / alpha
        rising = (classes - 1) * math.log(alpha) + math.lgamma(start + classes) - math.lgamma(start + 1)
        return rising - (math.lgamma(theta + sampled) - math.lgamma(theta + 1)) + within(alpha)

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


def _shifted_negative_binomial(histogram: Mapping[int, int], fraction: float, population: int) -> float | None:
    """Chen & Keller-McNulty, Estimation of identification disclosure risk in microdata, J. Official Stat., 1998.

    A class of the population is one more than a negative binomial variable of (alpha, beta), which is 0 by beta to the
    alpha. Sampled by chance it is the sum of one trial at ``fraction`` and of a negative binomial variable of (alpha,
    b), b = beta / (beta + fraction (1 - beta)). Both are fitted here by greatest likelihood to the sizes that are seen,
    which are not 0, and not from the first frequencies as in the paper.
    """
    if not histogram.get(1) or len(histogram) < 2:
        return None
    classes = sum(histogram.values())
    sizes, many = (np.array(part, np.float64) for part in ((0, *histogram), (0, *histogram.values())))

    @cache
    def start(alpha: float) -> list[Floats]:
        """The logarithms of the binomial coefficients of x = size and of x = size - 1."""
        whole = math.lgamma(alpha)
        return [
            np.array([math.lgamma(x + alpha) - whole - math.lgamma(x + 1) if x >= 0 else -np.inf for x in sizes - less])
            for less in (0, 1)
        ]

    def chances(alpha: float, logit: float) -> Floats:
        """The chances of each size, of 0 first."""
        kept = -math.log1p(math.exp(-logit))  # the logarithm of b; that of 1 - b is less by the logit
        same, less = (
            c + alpha * kept + x * (kept - logit) for c, x in zip(start(alpha), (sizes, sizes - 1), strict=True)
        )
        found: Floats = fraction * np.exp(less) + (1 - fraction) * np.exp(same)
        return np.maximum(found, 1e-300)

    def likelihood(alpha: float, logit: float) -> float:
        chance = chances(alpha, logit)
        return float(many @ np.log(chance)) - classes * math.log(max(1 - chance[0], 1e-300))

    def logit_of(power: float) -> float:
        return _maximum(lambda logit: likelihood(math.exp(power), logit), -25, 25)

    power = _maximum(lambda power: likelihood(math.exp(power), logit_of(power)), -12, 6)
    alpha, logit = math.exp(power), logit_of(power)
    beta = fraction / (fraction + math.exp(-logit))
    uniques = float(classes / (1 - chances(alpha, logit)[0]) * beta**alpha)
    return min(1.0, uniques / population)


def _maximum(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where ``function``, which has one peak, is greatest: golden-section search (Kiefer, 1953)."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(34):
        if at_left < at_right:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = function(right)
        else:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = function(left)
    return (low + high) / 2
