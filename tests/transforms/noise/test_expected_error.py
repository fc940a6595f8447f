"""Expected errors are those of the noise that OpenDP draws."""

from __future__ import annotations

import numpy as np
import pytest

from transforms.noise.expected_error import advantage, chances_to_reach, half_width, median_error
from transforms.noise.mechanisms import vector_measurement

DRAWS = 40_000


@pytest.fixture(scope="module", params=["gaussian", "laplace"])
def drawn(request):
    """Noise of scale 9, as OpenDP draws it."""
    return request.param, np.array(vector_measurement(request.param, 9.0)([0] * DRAWS))


def test_half_of_all_noise_and_95_of_100_are_within_what_is_stated(drawn):
    kind, noise = drawn

    assert (np.abs(noise) <= median_error(kind, 9.0)).mean() == pytest.approx(0.5, abs=0.04)  # whole numbers: a step
    assert (np.abs(noise) <= half_width(kind, 9.0)).mean() == pytest.approx(0.95, abs=0.01)


def test_a_figure_passes_a_threshold_as_often_as_stated(drawn):
    kind, noise = drawn
    sizes = np.array([0.0, 12.0, 20.0, 30.0, 900.0])

    stated = chances_to_reach(kind, 9.0, 20.0, sizes)

    found = [(size + noise >= 20).mean() for size in sizes]
    assert stated.tolist() == pytest.approx(found, abs=0.01)


@pytest.mark.parametrize("kind", ["gaussian", "laplace"])
def test_without_a_threshold_every_figure_passes(kind):
    assert chances_to_reach(kind, 9.0, -np.inf, np.zeros(2)).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("epsilon", "delta", "most"),
    [
        pytest.param(0.0, 0.0, 0.0, id="nothing-is-lost"),
        pytest.param(0.0, 0.3, 0.3, id="delta-alone"),
        pytest.param(np.log(3), 0.0, 0.5, id="three-to-one"),
        pytest.param(5_000.0, 0.0, 1.0, id="all-is-lost"),
    ],
)
def test_an_attack_gains_no_more_over_a_coin_than_the_loss_allows(epsilon, delta, most):
    assert advantage(epsilon, delta) == pytest.approx(most)
