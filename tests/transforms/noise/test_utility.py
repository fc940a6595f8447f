"""Three figures say what noise leaves: dropped, spurious, and off by how much."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from quality.contracts.errors import UsageError
from transforms.noise.utility import utility


def test_each_figure_counts_what_it_says():
    exact = np.array([100, 200, 90, 0, 10])
    published = np.array([True, True, False, True, False])
    found = utility(np.array([110, 180, 95]), exact, published, 90)

    assert found.drop_rate == 1 / 3
    assert found.spurious_rate == 1 / 3
    assert found.median_relative_error == pytest.approx(0.1)


def test_nothing_published_has_no_error():
    found = utility(np.array([]), np.array([5]), np.array([False]), 1)

    assert found.drop_rate == 1
    assert isnan(found.spurious_rate) and isnan(found.median_relative_error)


def test_lengths_must_agree():
    with pytest.raises(UsageError):
        utility(np.array([1]), np.array([5]), np.array([False]), 1)
