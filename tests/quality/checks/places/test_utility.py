from __future__ import annotations

import numpy as np
import pytest

from quality.checks.places.utility import (
    common_part_of_commuters,
    count_error_by_band,
    displacement,
    earth_movers_distance,
    flows,
    radii_of_gyration,
    top_overlap,
    trip_lengths,
)

DEGREE = 111_195.08
"""Meters of a degree of latitude, on the mean sphere."""


def test_displacement_is_of_published_fixes_only():
    mean, far = displacement(np.zeros(4), np.zeros(4), np.array([0, 1, 2, np.nan]), np.array([0, 0, 0, np.nan]))

    assert mean == pytest.approx(DEGREE, rel=1e-6)
    assert far == pytest.approx(1.9 * DEGREE, rel=1e-6)
    assert np.isnan(displacement(np.zeros(1), np.zeros(1), np.array([np.nan]), np.array([np.nan]))).all()


def test_errors_of_counts_are_told_by_band():
    found = count_error_by_band(np.array([0.0, 5, 50, 50]), np.array([9.0, 4, 50, 0]))

    assert found == {"1 to 10": pytest.approx(0.2), "10 to 100": pytest.approx(0.5)}


@pytest.mark.parametrize(
    ("true", "told", "common"),
    [
        pytest.param([3, 1], [3, 1], 1.0, id="equal"),
        pytest.param([3, 0], [0, 3], 0.0, id="apart"),
        pytest.param([4, 0], [2, 0], 2 / 3, id="half"),
        pytest.param([0], [0], 1.0, id="none"),
    ],
)
def test_the_common_part_of_commuters(true, told, common):
    assert common_part_of_commuters(np.array(true, float), np.array(told, float)) == pytest.approx(common)


def test_flows_count_trips_by_origin_and_destination():
    pairs, counts = flows(np.array([1, 1, 2]), np.array([2, 2, 1]))
    known, none = flows(np.array([1]), np.array([2]), pairs)

    assert (pairs.tolist(), counts.tolist()) == ([[1, 2], [2, 1]], [2, 1])
    assert (known.tolist(), none.tolist()) == ([[1, 2], [2, 1]], [1, 0])


def test_a_trip_is_as_long_as_its_steps():
    lengths = trip_lengths(np.array([7, 7, 7, 8]), np.array([0.0, 1, 0, 5]), np.zeros(4))

    assert lengths.tolist() == pytest.approx([2 * DEGREE, 0], rel=1e-6)


def test_the_radius_of_gyration_is_about_the_center_of_mass():
    assert radii_of_gyration(np.array([1, 1, 3]), np.array([0.0, 2, 9]), np.zeros(3)).tolist() == pytest.approx(
        [DEGREE, 0], rel=1e-6, abs=1e-6
    )


def test_the_earth_movers_distance_is_that_of_scipy():
    from scipy.stats import wasserstein_distance

    random = np.random.default_rng(8)
    for sizes in ((5, 5), (30, 7), (1, 1)):
        one, other = (random.normal(size=size) for size in sizes)
        assert earth_movers_distance(one, other) == pytest.approx(wasserstein_distance(one, other))
    assert np.isnan(earth_movers_distance(np.zeros(0), np.zeros(1)))


def test_top_cells_overlap():
    assert top_overlap(np.array([9.0, 8, 7, 1]), np.array([9.0, 1, 7, 8]), top=2) == 0.5
    assert top_overlap(np.zeros(0), np.zeros(0), top=2) == 1.0
