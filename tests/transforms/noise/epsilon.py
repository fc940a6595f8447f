"""What two samples prove of epsilon: exact binomial intervals, written from the definition."""

from __future__ import annotations

from math import exp, lgamma, log

import numpy as np


def at_least(hits: int, trials: int, sure: float) -> float:
    """Return a lower bound of a chance that gave ``hits`` of ``trials`` (Clopper & Pearson, 1934)."""
    return _solve(lambda chance: _tail(hits, trials, chance), sure) if hits else 0.0


def at_most(hits: int, trials: int, sure: float) -> float:
    """Return an upper bound."""
    return 1 - at_least(trials - hits, trials, sure)


def proven_epsilon(with_canary: int, without: int, trials: int, delta: float = 0.0, sure: float = 1e-7) -> float:
    """Return what epsilon is at least, but for a chance of twice ``sure``: P(with) <= e^epsilon P(without) + delta."""
    more, less = at_least(with_canary, trials, sure) - delta, at_most(without, trials, sure)
    return log(more / less) if more > less else 0.0


def _tail(hits: int, trials: int, chance: float) -> float:
    """Return the chance of at least ``hits``."""
    numbers = np.arange(hits, trials + 1)
    ways = [lgamma(trials + 1) - lgamma(one + 1) - lgamma(trials - one + 1) for one in numbers.tolist()]
    return float(np.exp(np.array(ways) + numbers * log(chance) + (trials - numbers) * log(1 - chance)).sum())


def _solve(rising, goal: float) -> float:
    low, high = exp(-40), 1 - 1e-12
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < goal else (low, middle)
    return low
