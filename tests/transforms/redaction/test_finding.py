from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.redaction.finding import Finding, apart

FINDINGS = st.builds(
    lambda start, length, kind, score: Finding(start, start + length, kind, score),
    st.integers(0, 20), st.integers(1, 8), st.sampled_from("AB"), st.sampled_from([0.5, 0.9]),
)  # fmt: skip


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        pytest.param([(0, 5, "B", 0.5), (1, 3, "A", 0.9)], [(0, 5, "B", 0.5)], id="the-longest-stays"),
        pytest.param([(0, 5, "A", 0.5), (0, 5, "B", 0.9)], [(0, 5, "B", 0.9)], id="of-equals-the-better-score"),
        pytest.param([(0, 5, "B", 0.5), (0, 5, "A", 0.5)], [(0, 5, "A", 0.5)], id="of-equal-scores-the-first-kind"),
        pytest.param([(0, 5, "A", 0.5), (5, 7, "A", 0.5)], [(0, 5, "A", 0.5), (5, 7, "A", 0.5)], id="neighbors-are-apart"),
        pytest.param([(0, 5, "A", 0.5), (3, 7, "B", 0.9)], [(0, 7, "A", 0.5)], id="what-the-loser-covers-stays-covered"),
    ],
)  # fmt: skip
def test_of_findings_that_overlap_one_is_kept(found, kept):
    assert apart([Finding(*one) for one in found]) == [Finding(*one) for one in kept]


@given(st.lists(FINDINGS, max_size=8), st.randoms())
def test_what_is_kept_covers_the_same_never_overlaps_and_knows_no_order(found, random):
    kept = apart(found)
    again = list(found)
    random.shuffle(again)

    assert {at for one in kept for at in range(one.start, one.end)} == {
        at for one in found for at in range(one.start, one.end)
    }
    assert all(a.end <= b.start for a, b in zip(kept, kept[1:], strict=False))
    assert apart(again) == kept
