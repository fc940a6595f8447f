"""What is stated of the noise beforehand is what is drawn."""

from __future__ import annotations

import pytest

from tests.transforms.noise.releases import KEY, PRIVATE, NoNoise, bounds, noisily, release, visits
from transforms.noise.noise_scales import noise_scales

SIZE = {"column": "size", "minimum": 0, "maximum": 10, "step": 0.5}
EVERY = {
    "visits": {"measure": "count", "share": 2},
    "people": {"measure": "distinct_actors"},
    "sum": {"measure": "sum", **SIZE},
    "mean": {"measure": "mean", **SIZE},
    "half": {"measure": "quantile", "at": 0.5, **SIZE},
}
LAPLACE = {"accounting": "approximate", "epsilon": 1}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="gaussian"),
        pytest.param({"loss": LAPLACE}, id="laplace"),
        pytest.param({"bounds": bounds(l0=3, linf=4, l1=9)}, id="bounded-in-all"),
        pytest.param(PRIVATE, id="private"),
        pytest.param({"partitions": {"are": "private"}, "loss": LAPLACE | {"delta": 1e-6}}, id="private-laplace"),
    ],
)
def test_mechanisms_are_those_of_the_release_without_any_row(changed):
    stated = release(measures=EVERY, **changed)

    drawn = noisily(visits(("u", "a")), stated, key=KEY, noise=NoNoise())

    assert tuple(one.mechanism for one in noise_scales(stated)) == drawn.mechanisms


def test_a_scale_is_in_the_unit_of_its_figure_and_a_quantile_has_none():
    scales = {one.mechanism.figure: one for one in noise_scales(release(measures=EVERY))}

    assert scales["visits"].scale == scales["visits"].mechanism.scale
    assert scales["sum"].scale == 0.5 * scales["sum"].mechanism.scale
    assert scales["half"].scale is None


def test_private_partitions_state_how_many_units_show_one():
    first = noise_scales(release(**PRIVATE))[0]

    assert first.measure is None
    assert first.threshold > 1
