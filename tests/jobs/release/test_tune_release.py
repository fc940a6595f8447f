from __future__ import annotations

import pytest

from jobs.listings.release_reports import TunedPoint
from jobs.release.tune_release import KNEE, LARGEST, propose, with_k
from quality.releases.declaration import TableRelease


def point(k, risk, loss, *, able=True):
    return TunedPoint(
        k=k, why="" if able else "information_loss", risk_highest=risk, risk_average=risk, information_loss=loss,
        c_avg=1.0, discernibility=1, suppressed=0.0, within_gates=able,
    )  # fmt: skip


BENT = [point(2, 0.5, 0.01), point(5, 0.2, 0.05), point(10, 0.1, 0.07), point(20, 0.05, 0.3), point(50, 0.02, 0.6)]


def test_a_point_is_on_the_frontier_if_no_other_is_as_good_in_both_and_better_in_one():
    tuned = propose([point(2, 0.5, 0.1), point(5, 0.2, 0.3), point(10, 0.2, 0.4), point(20, 0.1, 0.5)], limited=False)

    assert [one.k for one in tuned.points if one.frontier] == [2, 5, 20]


def test_two_points_of_the_same_cost_are_both_on_the_frontier():
    assert all(one.frontier for one in propose([point(2, 0.5, 0.1), point(3, 0.5, 0.1)], limited=False).points)


def test_the_knee_is_proposed_where_the_declaration_does_not_limit_the_loss():
    tuned = propose(BENT, limited=False)

    assert (tuned.proposed, tuned.rule) == (10, KNEE)
    assert [one.k for one in tuned.points if one.proposed] == [10]


def test_the_largest_k_within_the_gates_is_proposed_where_it_does():
    tuned = propose([*BENT[:3], point(20, 0.05, 0.3, able=False)], limited=True)

    assert (tuned.proposed, tuned.rule) == (10, LARGEST)


def test_of_two_points_there_is_no_knee():
    assert propose(BENT[:2], limited=False).proposed == 5


@pytest.mark.parametrize("limited", [True, False], ids=["limited", "not-limited"])
def test_nothing_is_proposed_that_could_not_be_built(limited):
    unreachable = TunedPoint(k=50, why="too few")

    tuned = propose([point(2, 0.5, 0.9, able=False), unreachable], limited=limited)

    assert tuned.proposed is None
    assert not tuned.points[1].frontier


def test_k_takes_the_place_of_the_declared_one_and_other_models_stay():
    release = TableRelease.model_validate(
        {
            "name": "r", "description": "d", "purpose": "p", "reads": "t.csv",
            "quasi_ids": {"age": {"kind": "numeric"}},
            "models": [{"model": "l_diversity", "column": "ill", "l": 2}, {"model": "k_anonymity", "k": 3}],
        }
    )  # fmt: skip

    made = with_k(release, 7)

    assert made.k == 7
    assert [model.model for model in made.models] == ["k_anonymity", "l_diversity"]
