from __future__ import annotations

import pytest

from quality.checks.release_gates import judge_usefulness
from quality.releases.declaration import Gates


@pytest.mark.parametrize(
    ("loss", "suppressed", "failed"),
    [
        pytest.param(0.3, 0.1, [], id="useful"),
        pytest.param(0.31, 0.1, ["useful_information"], id="nothing-left-of-the-values"),
        pytest.param(0.3, 0.11, ["useful_rows"], id="nothing-left-of-the-rows"),
        pytest.param(1.0, 1.0, ["useful_information", "useful_rows"], id="an-empty-release"),
    ],
)
def test_a_release_beyond_its_utility_floor_is_useless(loss, suppressed, failed):
    gates = Gates(max_information_loss=0.3, max_suppressed=0.1)

    verdicts = judge_usefulness(gates, information_loss=loss, suppressed=suppressed)

    assert [one.check for one in verdicts if one.stops] == failed
    assert all(one.mend for one in verdicts)
