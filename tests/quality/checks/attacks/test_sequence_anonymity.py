import numpy as np
import pytest

from quality.checks.attacks.points import points_of
from quality.checks.attacks.sequence_anonymity import attack_sequences, fewest_matches


def crowd(k, groups=4, length=5):
    """Groups of k subjects who were at the same points."""
    subjects = np.repeat(np.arange(k * groups), length)
    return subjects, (subjects // k) * length + np.tile(np.arange(length), k * groups)


ALONE = points_of(np.repeat(np.arange(40), 6), np.arange(240))
SAFE = points_of(*crowd(10))


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_groups_of_k_with_equal_trajectories_pass_for_every_m(m):
    finding = attack_sequences(SAFE, ALONE, k=10, m=m, seed=1)

    assert (finding.outcome, finding.reached.high) == ("passed", 0.0)


def test_one_subject_with_a_rare_pair_of_common_points_fails():
    subjects, places = crowd(10)
    planted = points_of(np.append(subjects, [99, 99]), np.append(places, [0, 5]))  # points of two groups

    assert attack_sequences(planted, ALONE, k=10, m=1, seed=1).outcome == "passed"
    finding = attack_sequences(planted, ALONE, k=10, m=2, seed=1)
    assert (finding.outcome, finding.reached.successes) == ("failed", 1)
    assert fewest_matches(planted, k=10, m=2, seed=1).fewest == 1


@pytest.mark.parametrize("budget", [100, 10**8])
def test_ten_pseudonyms_of_one_commuter_are_a_crowd_of_one(budget):
    ids, places = crowd(10, groups=1)
    commuter = points_of(ids, places, owners=ids * 0)
    trips = points_of(ids, np.where(places == 4, 4 + ids, places), owners=ids // 2)  # five subjects with two trips each

    assert attack_sequences(commuter, ALONE, k=10, m=2, budget=budget, seed=1).outcome == "failed"
    assert fewest_matches(trips, k=10, m=1, budget=budget, draws=500, seed=1).fewest == 1
    assert attack_sequences(trips, ALONE, k=5, m=1, budget=budget, seed=1).outcome == "failed"


def test_a_rare_set_of_three_points_is_no_violation_of_two():
    # Each pair of the points 0, 1, 2 is shared by 5; all three are subject 0's alone.
    rows = [(0, 0), (0, 1), (0, 2)]
    rows += [(10 * (i + 1) + j, p) for i, pair in enumerate([(0, 1), (0, 2), (1, 2)]) for j in range(4) for p in pair]
    points = points_of(*np.array(rows).T)

    assert attack_sequences(points, ALONE, k=5, m=2, seed=1).outcome == "passed"
    assert attack_sequences(points, ALONE, k=5, m=3, seed=1).outcome == "failed"


def test_the_attack_is_blind_where_raw_rows_have_no_rare_set():
    assert attack_sequences(SAFE, SAFE, k=10, m=2, seed=1).outcome == "blind"


def test_an_empty_release_is_no_private_one():
    nothing = points_of(np.array([], dtype=np.int64), np.array([], dtype=np.int64))

    assert attack_sequences(nothing, ALONE, k=10, m=2, seed=1).outcome == "too_small"


def test_beyond_its_budget_the_search_draws_sets_and_still_finds_a_rare_one():
    subjects, places = crowd(10, groups=20)
    planted = points_of(np.append(subjects, [999, 999]), np.append(places, [0, 5]))

    found = fewest_matches(planted, k=10, m=2, draws=2_000, budget=100, seed=1)

    assert not found.exact
    assert found.fewest == 1 and 0 < found.rare < found.sets


@pytest.mark.parametrize("budget", [100, 10**8])
def test_one_rare_set_fails_however_many_others_there_are(budget):
    subjects, places = crowd(10, groups=20)
    planted = points_of(np.append(subjects, [999, 999]), np.append(places, [0, 5]))

    finding = attack_sequences(planted, ALONE, k=10, m=2, tolerated=0.5, budget=budget, draws=2_000, seed=1)

    assert finding.outcome == "failed" and finding.reached.value < 0.1


def test_a_rare_pair_among_thousands_of_one_subject_is_found_greedily():
    subjects, places = crowd(10, groups=10, length=100)
    own = np.append(np.arange(99), 150)  # the first group's points, and one of the second's
    planted = points_of(np.append(subjects, np.full(100, 999)), np.append(places, own))

    found = fewest_matches(planted, k=10, m=2, draws=2_000, budget=100, seed=1)

    assert (found.exact, found.fewest) == (False, 1)
    assert 1 <= found.rare < 40  # that one subject's, each time it was drawn


def test_few_draws_without_a_rare_set_do_not_decide():
    who = np.arange(200)
    three = np.stack([who % 5, 5 + who // 5 % 5, 10 + who // 25 % 5], axis=1)  # all pairs are shared, not all triples
    points = points_of(np.repeat(who, 3), three.ravel())

    assert attack_sequences(points, ALONE, k=2, m=2, draws=100, budget=100, seed=1).outcome == "too_small"
    assert attack_sequences(points, ALONE, k=2, m=2, draws=5_000, budget=100, seed=1).outcome == "passed"
    assert attack_sequences(points, ALONE, k=2, m=2, draws=100, seed=1).outcome == "passed"  # all sets are looked at
