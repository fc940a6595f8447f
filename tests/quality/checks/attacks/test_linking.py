import numpy as np
import pytest
from scipy.sparse import csr_matrix

from quality.checks.attacks.linking import best_candidates, hits, names_of, sample


def rng():
    return np.random.default_rng(4)


def test_an_id_stands_for_each_of_its_owners_once():
    codes, names = names_of(np.array([50, 50, 50, 7]), np.array([3, 4, 3, 9]))

    assert codes.tolist() == [1, 1, 1, 0]
    assert (names.starts.tolist(), names.owners.tolist()) == ([0, 1, 3], [9, 3, 4])


@pytest.mark.parametrize(
    ("ids", "owners", "chance"),
    [
        pytest.param([0, 1, 2, 3], [0, 1, 2, 3], 1 / 4, id="a-pseudonym-each"),
        pytest.param([0, 0, 1, 1], [0, 1, 2, 3], 1 / 4, id="classes-of-two"),
        pytest.param([0, 1, 2, 3], [0, 0, 1, 1], 1 / 2, id="two-pseudonyms-each"),
    ],
)
def test_chance_is_what_random_picks_reach(ids, owners, chance):
    _, names = names_of(np.array(ids), np.array(owners))
    targets = np.repeat(np.unique(owners), 4_000)

    picked = names.pick(rng().integers(names.ids, size=len(targets)), rng())

    assert names.chance(targets) == pytest.approx(chance)
    assert (picked == targets).mean() == pytest.approx(chance, abs=0.02)


def test_people_of_a_class_are_picked_alike():
    _, names = names_of(np.array([0, 0, 1]), np.array([5, 6, 7]))

    picked = names.pick(np.zeros(1_000, dtype=np.int64), rng())

    assert 0.4 < (picked == 5).mean() < 0.6 and set(picked) == {5, 6}


def test_the_best_candidate_is_chosen_and_ties_are_broken_by_chance():
    scores = csr_matrix(np.array([[0.1, 0.9, 0.2]] * 300 + [[0.5, 0.0, 0.5]] * 300 + [[0.0, 0.0, 0.0]] * 300))

    chosen = best_candidates(scores, rng())

    assert set(chosen[:300]) == {1}
    assert 0.4 < (chosen[300:600] == 0).mean() < 0.6 and 1 not in chosen[300:600]
    assert set(chosen[600:]) == {0, 1, 2}


def test_targets_are_scored_block_by_block_as_all_at_once(monkeypatch):
    monkeypatch.setattr("quality.checks.attacks.linking.BLOCK", 3)
    _, names = names_of(np.arange(10), np.arange(10))
    perfect = csr_matrix(np.eye(10))

    found = hits(lambda block: perfect[block], names, np.arange(10), rng())

    assert (found.successes, found.attempts) == (10, 10)


def test_a_sample_takes_no_more_than_there_are():
    assert sample(np.arange(3), 5, rng()).tolist() == [0, 1, 2]
    assert len(set(sample(np.arange(100), 5, rng()).tolist())) == 5
