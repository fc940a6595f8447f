from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from jobs.budget.keyed_noise import KeyedNoise, keyed_noise
from jobs.budget.open_ledger import make_ledger
from quality.contracts.errors import KeyUnusable, UsageError

KEYS = [f"cell {number}".encode() for number in range(5_000)]


def test_a_key_draws_the_same_for_the_same_bytes_and_another_key_does_not():
    one, again, other = (KeyedNoise(secret).uniforms(KEYS) for secret in (b"a" * 32, b"a" * 32, b"b" * 32))

    assert (one == again).all()
    assert not (one == other).any()


def test_draws_are_uniform_and_the_two_of_a_pair_tell_nothing_of_each_other():
    drawn = KeyedNoise(b"a" * 32).uniforms(KEYS)

    assert drawn.shape == (5_000, 2) and drawn.min() >= 0 and drawn.max() < 1
    assert all(kstest(column, "uniform").pvalue > 0.001 for column in drawn.T)
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.05


def test_nothing_is_drawn_for_nothing():
    assert KeyedNoise(b"a" * 32).uniforms([]).shape == (0, 2)


def test_the_secret_itself_draws_nothing():
    secret = b"a" * 32

    assert KeyedNoise(secret)._key != secret


def test_a_home_without_a_key_says_how_to_make_one(home):
    with pytest.raises(UsageError) as refused:
        keyed_noise(home)

    assert "geoward budget make" in refused.value.mend


def test_a_lost_key_is_not_replaced(home):
    make_ledger(home)
    before = keyed_noise(home).uniforms([b"x"])
    assert (keyed_noise(home).uniforms([b"x"]) == before).all()

    (home.folder("budget") / "choice.key").unlink()

    with pytest.raises(KeyUnusable):
        keyed_noise(home)
