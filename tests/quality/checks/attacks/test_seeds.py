"""An attack is a function of its arguments: the same seed finds the same, so that a finding can be looked at again."""

import numpy as np
import pytest

from quality.checks.attacks.epoch_linkage import link_epochs
from quality.checks.attacks.home_work import Visits, reidentify
from quality.checks.attacks.inference import infer
from quality.checks.attacks.linkability import link
from quality.checks.attacks.membership import advantage
from quality.checks.attacks.points import points_of
from quality.checks.attacks.released_columns import published_exactly
from quality.checks.attacks.sequence_anonymity import fewest_matches
from quality.checks.attacks.singling_out import single_out
from quality.checks.attacks.traces import Traces
from quality.checks.attacks.trajectory_linking import link_trajectories
from quality.checks.attacks.unicity import unicity
from tests.quality.checks.attacks.people import CATEGORIES, in_blocks, people

RNG = np.random.default_rng(1)
WHO, WHERE, WHEN = RNG.integers(60, size=900), RNG.integers(40, size=900), RNG.integers(10**6, size=900)
POINTS, TRACES = points_of(WHO, WHERE), Traces(WHO, WHO, (WHERE,))
VISITS = Visits(WHO, WHO, WHERE, WHEN)
MEMBERS, OTHERS = people(1), people(2)
TABLE = in_blocks(MEMBERS)
ATTACKS = {
    "unicity": lambda seed: unicity(POINTS, draws=200, seed=seed),
    "sequences": lambda seed: fewest_matches(POINTS, k=5, m=2, draws=200, budget=10, seed=seed),
    "home_work": lambda seed: reidentify(VISITS, VISITS, utc_offset=0, targets=30, seed=seed),
    "epochs": lambda seed: link_epochs(TRACES, TRACES, targets=30, seed=seed),
    "trajectories": lambda seed: link_trajectories(TRACES, TRACES, targets=30, seed=seed),
    "membership": lambda seed: advantage(WHERE[:99] + 0.0, WHERE[100:200] + 0.5, seed=seed),
    "singling_out": lambda seed: single_out(
        published_exactly(MEMBERS, CATEGORIES), MEMBERS, OTHERS, guesses=90, seed=seed
    ),
    "linkability": lambda seed: link(
        TABLE, MEMBERS, OTHERS, parts=(("age",), ("secret",)), neighbors=2, targets=80, seed=seed
    ),
    "inference": lambda seed: infer(TABLE, MEMBERS, OTHERS, secret="secret", targets=200, seed=seed),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_same_seed_finds_the_same_and_some_other_seed_does_not(name):
    first = ATTACKS[name](3)

    assert ATTACKS[name](3) == first
    if name not in {"home_work", "epochs", "trajectories", "singling_out"}:  # their score may leave nothing to chance
        assert any(ATTACKS[name](seed) != first for seed in range(4, 12))
