"""OpenDP's noise has the distribution that its loss asks for, and a canary proves no more epsilon than is claimed.

OpenDP takes no seed. Each assertion fails by chance less than once in a million runs: the Dvoretzky-Kiefer-Wolfowitz
bound holds at any size of a sample, moments have six standard errors, and binomial intervals are exact.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, exp, log, sqrt

import numpy as np
import pyarrow as pa
import pytest

from jobs.budget.draw_noise import OpenDpNoise
from quality.releases.privacy_loss import ZeroConcentrated
from tests.transforms.noise.epsilon import at_least, at_most, proven_epsilon
from tests.transforms.noise.releases import KEY, bounds, column, noisily, release
from transforms.noise import bound_contributions, mechanisms
from transforms.noise import release_noisily as module
from transforms.noise.claim import as_approximate
from transforms.noise.mechanisms import Worst

DRAWS, TRIALS = 20_000, 6_000


@dataclass(frozen=True)
class Halved:
    """Draws with half the noise: as if the scale were wrong."""

    def drawing(self):
        def draw(measurement, size):
            return lambda: np.round(drawn(measurement, size) / 2).astype(np.int64)

        return nullcontext(draw)


def drawn(measurement, size):
    with OpenDpNoise().drawing() as draw:
        return draw(measurement, size)()


def laplace(x, scale):
    """The chance of at most x, with p = e^(-1/scale): 1 - p^(x+1) / (1+p) from 0 on, p^-x / (1+p) below."""
    p = exp(-1 / scale)
    return np.where(x >= 0, 1 - p ** (np.maximum(x, 0) + 1) / (1 + p), p ** np.maximum(-x, 0) / (1 + p))


def gaussian(x, scale):
    numbers = np.arange(-60 * ceil(scale), 60 * ceil(scale) + 1)
    mass = np.exp(-(numbers**2) / (2 * scale**2))
    return np.cumsum(mass / mass.sum())[np.searchsorted(numbers, x)]


def fits(noise, chance, scale):
    """Whether the sample's distribution is as near to its own as it is but once in ten million samples."""
    values, counts = np.unique(noise, return_counts=True)
    below = np.cumsum(counts) / len(noise)
    expected = chance(values, scale)
    before = chance(values - 1, scale)
    apart = max(np.abs(below - expected).max(), np.abs(below - counts / len(noise) - before).max())
    return apart <= sqrt(log(2 / 1e-7) / (2 * len(noise)))


@pytest.mark.parametrize(
    ("kind", "chance", "kurtosis"),
    [pytest.param("laplace", laplace, 6, id="laplace"), pytest.param("gaussian", gaussian, 3, id="gaussian")],
)
def test_noise_has_its_distribution_and_other_noise_does_not(kind, chance, kurtosis):
    mechanism, measurement = mechanisms.additive("x", kind, Worst(4, 2, 0), 1, Fraction(1, 2))
    noise = drawn(measurement, DRAWS)

    assert fits(noise, chance, mechanism.scale)
    assert not fits(np.round(noise / 2), chance, mechanism.scale)
    assert not fits(noise + 1, chance, mechanism.scale)
    variance = mechanism.scale**2 * (2 if kind == "laplace" else 1)
    assert abs(noise.mean()) < 6 * sqrt(variance / DRAWS)
    assert abs(noise.var() / variance - 1) < 6 * sqrt((kurtosis - 1) / DRAWS) + 0.01  # of a whole number's own
    neighbors = (noise[1:] * noise[:-1]).mean() / variance
    assert abs(neighbors) < 6 / sqrt(DRAWS)


def test_no_two_draws_are_the_same():
    measurement = mechanisms.vector_measurement("gaussian", 100.0)
    first, second = (drawn(measurement, 200) for _ in range(2))

    assert (first != second).any()


def seen(loss, noise, *, canary, l0=2, linf=2, places=3):
    """Return how often each of ``TRIALS`` groups of places looks how much as if its canary was there.

    Each group has, if any, a person of its own with five rows in each place and nowhere else: a trial for itself.
    """
    of = release(
        bounds=bounds(l0, linf),
        loss=loss,
        partitions={"product": {"place": {"first": 0, "last": TRIALS * places - 1}}},
    )
    place = np.repeat(np.arange(TRIALS * places), 5)
    rows = pa.table({"who": pa.array(place // places), "place": pa.array(place)})
    made = noisily(rows if canary else rows.slice(0, 0), of, key=KEY, noise=noise)
    alike = np.array(column(made.table, "visits")).reshape(TRIALS, places)
    return np.clip(alike, 0, 3 * linf).sum(axis=1)


def proven(loss, noise, delta=0.0, **of):
    """Return what epsilon is at least, by the best of a dozen thresholds: all together err once in a million runs."""
    present, absent = (seen(loss, noise, canary=canary, **of) for canary in (True, False))
    hits = [(int((present >= least).sum()), int((absent >= least).sum())) for least in range(1, 13)]
    return max(proven_epsilon(*both, TRIALS, delta, 1e-8) for both in hits)


LAPLACE = {"accounting": "approximate", "epsilon": 3}
GAUSSIAN, DELTA = {"accounting": "zcdp", "rho": 0.5}, 0.05
CLAIMED = float(as_approximate(ZeroConcentrated(rho=Decimal("0.5")), Decimal(str(DELTA))).epsilon)


def test_a_canary_proves_no_more_epsilon_than_is_claimed_and_more_if_noise_is_halved():
    of = {"l0": 1, "linf": 1, "places": 1}

    assert 2 < proven(LAPLACE, OpenDpNoise(), **of) <= 3
    assert proven(LAPLACE, Halved(), **of) > 3


def test_a_canary_in_more_places_than_its_bounds_proves_no_more_either():
    assert 0.5 < proven(LAPLACE, OpenDpNoise()) <= 3


@pytest.mark.parametrize("of", ["l0", "linf"])
def test_a_canary_proves_more_than_is_claimed_if_a_bound_is_not_held(monkeypatch, of):
    held = bound_contributions.bound_contributions

    def not_held(contributions, within):
        return held(contributions, within.model_copy(update={of: 5}))

    monkeypatch.setattr(module, "bound_contributions", not_held)

    assert proven(LAPLACE, OpenDpNoise(), l0=1, linf=1) > 3


def test_a_canary_proves_no_more_epsilon_at_delta_than_is_claimed_and_more_if_gaussian_noise_is_halved():
    of = {"l0": 1, "linf": 4, "places": 1}

    assert 0.5 < proven(GAUSSIAN, OpenDpNoise(), DELTA, **of) <= CLAIMED
    assert proven(GAUSSIAN, Halved(), DELTA, **of) > CLAIMED


def test_intervals_are_those_of_the_tables():
    assert at_least(5, 10, 0.025) == pytest.approx(0.1871, abs=1e-4)
    assert at_most(5, 10, 0.025) == pytest.approx(0.8129, abs=1e-4)
    assert at_most(0, 10, 0.025) == pytest.approx(0.3085, abs=1e-4)
