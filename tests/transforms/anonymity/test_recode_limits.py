"""What lies beyond a limit is told as the limit."""

from __future__ import annotations

import numpy as np
import pytest

from transforms.anonymity.recode_limits import recode_limits


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        pytest.param({"bottom": 18, "top": 80}, [18, 40, 80], id="both"),
        pytest.param({"top": 80}, [3, 40, 80], id="top"),
        pytest.param({"bottom": 18}, [18, 40, 99], id="bottom"),
        pytest.param({}, [3, 40, 99], id="neither"),
    ],
)
def test_beyond_a_limit_is_the_limit(limits, expected):
    assert recode_limits(np.array([3.0, 40.0, 99.0]), **limits).tolist() == expected


def test_no_value_stays_none():
    assert np.isnan(recode_limits(np.array([np.nan]), bottom=1, top=2)).all()
