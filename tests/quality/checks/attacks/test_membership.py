import numpy as np
import pytest

from quality.checks.attacks.membership import advantage, attack_membership, auc, closeness, overlap
from quality.checks.attacks.released_columns import published_exactly
from quality.checks.attacks.traces import Traces
from tests.quality.checks.attacks.people import CATEGORIES, in_blocks, people

MEMBERS, OTHERS = people(1, 4_000), people(2, 4_000)
EXACT = tuple(closeness(published_exactly(MEMBERS, CATEGORIES), group) for group in (MEMBERS, OTHERS))
BLOCKS = tuple(closeness(in_blocks(MEMBERS), group) for group in (MEMBERS, OTHERS))


def test_true_rows_tell_who_is_in():
    finding = attack_membership(EXACT, EXACT, limit=0.05, seed=1)

    assert finding.outcome == "failed"
    assert finding.reached.value > 0.9


def test_large_classes_do_not_tell_who_is_in():
    finding = attack_membership(BLOCKS, EXACT, limit=0.05, seed=1)

    assert finding.outcome == "passed"


def test_a_class_that_only_its_people_fit_tells_who_is_in():
    old = {**MEMBERS, "age": MEMBERS["age"] + 200}

    scores = tuple(closeness(in_blocks(old), group) for group in (old, OTHERS))

    assert attack_membership(scores, EXACT, limit=0.05, seed=1).outcome == "failed"


def test_the_attack_is_blind_where_raw_scores_tell_nothing():
    assert attack_membership(BLOCKS, BLOCKS, limit=0.05, seed=1).outcome == "blind"


@pytest.mark.parametrize("count", [0, 1, 20])
def test_few_people_do_not_decide(count):
    few = tuple(scores[:count] for scores in BLOCKS)

    assert attack_membership(few, EXACT, limit=0.05, seed=1).outcome == "too_small"


def test_scores_of_noise_have_no_advantage_beyond_their_interval():
    rng = np.random.default_rng(3)
    found = [advantage(rng.normal(size=400), rng.normal(size=400), seed=seed) for seed in range(200)]

    assert np.mean([estimate.value for estimate in found]) == pytest.approx(0, abs=0.01)
    assert np.mean([estimate.low <= 0 <= estimate.high for estimate in found]) >= 0.93


def test_the_auc_is_the_chance_that_a_member_scores_higher():
    members, others = np.array([3.0, 2, 2]), np.array([2.0, 1])

    assert auc(members, others).value == pytest.approx((1 + 1 + 0.5 + 1 + 0.5 + 1) / 6)


def test_the_interval_of_the_auc_holds_the_truth_in_about_95_of_100_experiments():
    rng = np.random.default_rng(4)
    truth = 0.7602  # of two normal distributions one deviation apart: Phi(1 / sqrt 2)
    found = [auc(rng.normal(1, size=150), rng.normal(size=150)) for _ in range(200)]

    assert 0.9 <= np.mean([estimate.low <= truth <= estimate.high for estimate in found]) <= 0.99


def test_overlap_is_the_largest_share_of_a_persons_points_in_one_trace():
    released = Traces(np.array([1, 1, 2]), np.array([1, 1, 2]), (np.array([10, 11, 12]),))
    asked = Traces(np.array([5, 5, 5, 6, 7]), np.array([5, 5, 5, 6, 7]), (np.array([10, 11, 12, 12, 99]),))

    assert overlap(released, asked).tolist() == pytest.approx([2 / 3, 1, 0])
