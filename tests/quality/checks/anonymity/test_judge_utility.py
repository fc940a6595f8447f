from __future__ import annotations

import pytest

from quality.checks.anonymity.judge_utility import judge_utility
from quality.checks.anonymity.utility import Utility
from quality.releases.declaration import Gates


def lost(ncp, suppressed):
    return Utility(rows=10, published=10, suppressed=suppressed, discernibility=1, c_avg=1.0, ncp=ncp)


@pytest.mark.parametrize(
    ("ncp", "suppressed", "failed"),
    [
        pytest.param(0.3, 0.1, [], id="at-both-limits"),
        pytest.param(0.31, 0.1, ["information_loss"], id="too-coarse"),
        pytest.param(0.3, 0.11, ["suppressed_rows"], id="too-few-rows"),
    ],
)
def test_a_release_that_lost_more_than_was_declared_is_of_no_use(ncp, suppressed, failed):
    verdicts = judge_utility(lost(ncp, suppressed), Gates(max_information_loss=0.3, max_suppressed=0.1))

    assert [verdict.check for verdict in verdicts if verdict.stops] == failed
    assert all(verdict.mend for verdict in verdicts)
