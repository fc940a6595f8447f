"""What two published values have in common is the same, whichever way a pair of them is looked at."""

from __future__ import annotations

import pytest

from quality.checks.anonymity.overlap_kernels import NOTHING, SOME, UNKNOWN
from quality.checks.anonymity.overlapping_values import ValuePairs


@pytest.mark.parametrize(
    ("one", "other", "plain", "shared"),
    [
        pytest.param("[1, 3]", "[3, 5]", False, SOME, id="a-closed-end-is-shared"),
        pytest.param("[1, 3[", "[3, 5]", False, NOTHING, id="an-open-end-is-not"),
        pytest.param("{a, b}", "{b, c}", False, SOME, id="sets-with-a-member-in-common"),
        pytest.param("{a, b}", "{c, d}", False, UNKNOWN, id="sets-of-what-may-be-nodes"),
        pytest.param("{a, b}", "{c, d}", True, NOTHING, id="sets-of-plain-texts"),
        pytest.param("{1, 2}", "[2, 5]", False, SOME, id="a-set-of-numbers-and-an-interval"),
        pytest.param("10**", "1012", False, SOME, id="redacted"),
        pytest.param("10**", "1112", False, NOTHING, id="redacted-apart"),
        pytest.param("2026-05", "2026-Q2", False, SOME, id="parts-of-the-calendar"),
        pytest.param(None, "{a, null}", False, SOME, id="a-null-in-a-set"),
        pytest.param(None, "a", False, NOTHING, id="a-null-is-no-value"),
    ],
)
def test_a_pair_is_told_from_both_sides(one, other, plain, shared):
    there, back = (ValuePairs([mine], [theirs], {}, plain=plain) for mine, theirs in ((one, other), (other, one)))

    assert there.of(slice(0, 1)).tolist() == back.of(slice(0, 1)).tolist() == [[shared]]


def test_equal_rows_share_what_their_value_does():
    pairs = ValuePairs(["a", "b", "a"], ["b", "a", "b"], {}, plain=True)

    assert pairs.of(slice(0, 3)).tolist() == [[0, 2, 0], [2, 0, 2], [0, 2, 0]]
