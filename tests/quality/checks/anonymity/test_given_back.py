"""What gives nothing back beyond its class is not said to, however few the people."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from quality.checks.anonymity.given_back import given_back


@pytest.mark.parametrize("numeric", [True, False])
def test_a_column_that_is_the_class_itself_gives_nothing_back_of_any_few_people(numeric):
    classes = np.repeat([0, 1], 4)
    kept = pl.Series(["x"] * 4 + ["y"] * 4)

    for seed in range(50):
        ages = pl.Series(np.random.default_rng(seed).integers(30, 34, 8).astype(str))
        assert given_back(kept, ages, classes, numeric=numeric) == -0.25  # 0 - 2 / 8


def test_more_standard_errors_leave_less():
    ages = np.arange(400) % 20
    known, kept = pl.Series(ages.astype(str)), pl.Series((ages % 2).astype(str))

    two, three = (given_back(kept, known, ages // 5, numeric=True, errors=errors) for errors in (2.0, 3.0))

    assert 0.05 < three < two
