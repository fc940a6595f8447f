"""What noise of a known scale does to a figure of a known size: stated beforehand, and no row is looked at."""

from __future__ import annotations

from math import erfc, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold
from transforms.noise.mechanisms import Kind

Floats = NDArray[np.float64]

NORMAL_MEDIAN, NORMAL_95 = 0.674490, 1.959964
"""Quantiles at .75 and .975 of the standard normal distribution."""


@untold
def deviation(kind: Kind, scale: float) -> float:
    """Return the standard deviation of noise: Laplace noise of scale b has sqrt(2) b."""
    return scale * (1.0 if kind == "gaussian" else sqrt(2))


@untold
def half_width(kind: Kind, scale: float) -> float:
    """Return what noise stays within, on either side, with a probability of 95 %."""
    return scale * (NORMAL_95 if kind == "gaussian" else log(20))


@untold
def median_error(kind: Kind, scale: float) -> float:
    """Return what half of all noise stays within, on either side."""
    return scale * (NORMAL_MEDIAN if kind == "gaussian" else log(2))


@untold
def chances_to_reach(kind: Kind, scale: float, threshold: float, sizes: Floats) -> Floats:
    """Return the probability (n,) that a figure of each size (n,) reaches a ``threshold`` with its noise.

    Noise is whole: the discrete Laplace distribution's tail is exact, the discrete Gaussian's that of the normal one
    half a step earlier (Canonne, Kamath & Steinke, NeurIPS 2020, section 3.1, for their closeness).
    """
    lacking, places = np.unique(np.ceil(threshold - sizes), return_inverse=True)
    reached = _normal_tail if kind == "gaussian" else _laplace_tail
    return np.array([reached(one, scale) for one in lacking.tolist()], np.float64)[places]


@untold
def advantage(epsilon: float, delta: float) -> float:
    """Return what any guess of whether a unit is in the data gains over a coin, at most: rate of hits less false hits.

    It is the corner of the region that hypothesis tests can reach (Kairouz, Oh & Viswanath, ICML 2015, theorem 2.4).
    """
    return min(1.0, 1 - (2 - 2 * delta) / (exp(min(epsilon, 700.0)) + 1))


def _normal_tail(lacking: float, scale: float) -> float:
    return erfc((lacking - 0.5) / scale / sqrt(2)) / 2


def _laplace_tail(lacking: float, scale: float) -> float:
    base = exp(-1 / scale)
    return exp(-max(lacking, 0) / scale) / (1 + base) if lacking > 0 else 1 - exp((lacking - 1) / scale) / (1 + base)
