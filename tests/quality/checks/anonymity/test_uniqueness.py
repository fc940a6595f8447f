"""Population uniqueness is estimated near what a population that is known has."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from quality.checks.anonymity.uniqueness import estimate_uniqueness
from quality.contracts.errors import UsageError


def pitman_population(size, alpha, theta, seed):
    """Draw classes by the two-parameter process (Pitman, 1995)."""
    draw, classes, members = random.Random(seed), [], []
    for n in range(size):
        if draw.random() * (theta + n) < theta + alpha * len(classes):
            classes.append(0)
            at = len(classes) - 1
        else:
            at = members[draw.randrange(n)]
            while draw.random() * classes[at] > classes[at] - alpha:
                at = members[draw.randrange(n)]
        classes[at] += 1
        members.append(at)
    return members


def sizes_of(members):
    return Counter(Counter(members).values())


@pytest.mark.parametrize(("alpha", "theta"), [(0.3, 200.0), (0.6, 50.0)])
def test_pitmans_model_finds_the_uniques_of_a_population_like_its_own(alpha, theta):
    population = pitman_population(30_000, alpha, theta, seed=7)
    sample = random.Random(8).sample(population, 3_000)
    truth = sizes_of(population)[1] / len(population)

    estimate = estimate_uniqueness(sizes_of(sample), 0.1)

    assert estimate.pitman == pytest.approx(truth, rel=0.25)
    assert estimate.chosen == estimate.pitman


@pytest.mark.parametrize(("alpha", "beta", "fraction"), [(0.5, 0.1, 0.2), (2.0, 0.4, 0.3)])
def test_the_shifted_negative_binomial_finds_the_uniques_of_a_population_like_its_own(alpha, beta, fraction):
    draw = np.random.default_rng(3)
    sizes = 1 + draw.negative_binomial(alpha, beta, 20_000)
    sampled = Counter(int(size) for size in draw.binomial(sizes, fraction) if size)
    truth = (sizes == 1).sum() / sizes.sum()

    estimate = estimate_uniqueness(sampled, sum(n * size for size, n in sampled.items()) / sizes.sum())

    assert estimate.snb == pytest.approx(truth, rel=0.15)
    assert estimate.chosen == min(estimate.snb, estimate.zayatz)


def test_zayatz_counts_by_hand():
    # Two alone and one pair of 4 sampled of 8: a class of 1 is seen as one by 1/2, a class of 2 by 2 C(6,3) / C(8,4).
    by_one, by_two = 1 / 2, 2 * 20 / 70

    estimate = estimate_uniqueness({1: 2, 2: 1}, 0.5)

    assert estimate.zayatz == pytest.approx(2 * by_one / (2 * by_one + by_two) * 2 / 4)
    assert estimate.chosen == min(estimate.zayatz, estimate.snb)


def test_a_sample_that_is_its_population_has_its_own_uniques():
    estimate = estimate_uniqueness({1: 3, 5: 1}, 1.0)

    assert (estimate.zayatz, estimate.pitman) == (pytest.approx(3 / 8), pytest.approx(3 / 8, rel=0.5))


def test_a_sample_without_uniques_has_none():
    estimate = estimate_uniqueness({4: 10}, 0.05)

    assert (estimate.pitman, estimate.snb, estimate.zayatz, estimate.chosen) == (None, None, 0.0, 0.0)


@pytest.mark.parametrize(("histogram", "fraction"), [({1: 1}, 0.0), ({1: 1}, 1.5), ({}, 0.1)])
def test_what_is_no_sample_is_refused(histogram, fraction):
    with pytest.raises(UsageError, match="sampling fraction"):
        estimate_uniqueness(histogram, fraction)
