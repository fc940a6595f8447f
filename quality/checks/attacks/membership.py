"""Membership: can anybody tell that a person's row went into the release?"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.finding import Attack, Finding, judge
from quality.checks.attacks.intervals import CONFIDENCE, Estimate, difference, wilson
from quality.checks.attacks.released_columns import (
    Numbers,
    People,
    Released,
    class_distances,
    classes_of,
    size_of,
    some,
)
from quality.checks.attacks.traces import Traces, counts_of

MEMBERSHIP = Attack(
    "membership",
    "Nobody can tell better than by chance whether a person's rows went into the release.",
    "Raise `k`, suppress outliers (`suppression`), or publish a noisy count (`epsilon`) instead of rows: larger classes"
    " cost precision, suppression rows, noise the small cells.",
)

Scores = tuple[NDArray[np.float64], NDArray[np.float64]]
"""How much the release looks like a person, for people who are in it and for people who are not."""


def attack_membership(released: Scores, raw: Scores, *, limit: float, seed: int) -> Finding:
    """Return the advantage of guessing who is in, within ``limit``; ``raw`` are the same people's scores on raw rows.

    See ``closeness`` for scores on a table and ``overlap`` for scores on traces.
    """
    return judge(MEMBERSHIP, advantage(*released, seed=seed), advantage(*raw, seed=seed), limit=limit)


def advantage(members: NDArray[np.float64], others: NDArray[np.float64], *, seed: int) -> Estimate:
    """Return true minus false positives of "is in if the score is at least t" (Yeom et al., CSF 2018).

    The best t of a random half of the people is tried on the other half: the best of all on all would find an
    advantage where there is none.
    """
    rng = np.random.default_rng(seed)
    (learn_in, try_in), (learn_out, try_out) = (_halves(scores, rng) for scores in (members, others))
    if not min(len(learn_in), len(learn_out), len(try_in), len(try_out)):
        return Estimate(0.0, -1.0, 1.0, 0, 0)
    limits = np.unique(np.concatenate([learn_in, learn_out]))
    gains = _share_at_least(learn_in, limits) - _share_at_least(learn_out, limits)
    best = limits[int(gains.argmax())]
    right, wrong = (wilson(int((scores >= best).sum()), len(scores)) for scores in (try_in, try_out))
    return difference(right, wrong)


def auc(members: NDArray[np.float64], others: NDArray[np.float64], confidence: float = CONFIDENCE) -> Estimate:
    """Return the chance that a member scores higher than another, ties half: the area under the ROC curve.

    The interval is that of Hanley and McNeil (Radiology 143, 1982), for both groups of a few dozen or more.
    """
    many, few = len(members), len(others)
    if not many or not few:
        return Estimate(0.5, 0.0, 1.0, 0, 0)
    ordered = np.sort(others)
    below = np.searchsorted(ordered, members, "left") + np.searchsorted(ordered, members, "right")
    area = float(below.sum() / (2 * many * few))
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (many - 1) * (one - area**2) + (few - 1) * (two - area**2)
    half = NormalDist().inv_cdf((1 + confidence) / 2) * sqrt(max(variance, 0.0) / (many * few))
    return Estimate(area, max(0.0, area - half), min(1.0, area + half), many + few, many)


def closeness(released: Released, people: People) -> Numbers:
    """Return, for each person, minus the distance to the closest published row: 0 if a row fits entirely."""
    classes = classes_of(released, tuple(released))
    block = max(1, 4_000_000 // max(len(classes.values), 1))
    rows = np.arange(size_of(people))
    parts = [rows[first : first + block] for first in range(0, len(rows), block)]
    return np.concatenate([-class_distances(released, classes, some(people, part)).min(axis=1) for part in parts])


def overlap(released: Traces, people: Traces) -> Numbers:
    """Return, for each person (an id of ``people``), the largest share of their distinct features that one id has.

    Features are coded as the release codes them, so that a share of 1 means that the id's trace holds the person's.
    """
    from scipy.sparse import csr_matrix

    theirs, published, names, _ = counts_of(people, released)
    best = np.zeros(names.ids)
    for one, other in zip(theirs, published, strict=True):
        shared = csr_matrix((one > 0).astype(float) @ (other > 0).astype(float).T)
        best += shared.max(axis=1).toarray().ravel()
    sizes = sum(_distinct(people.ids, feature) for feature in people.features)
    return best / np.maximum(sizes, 1)


def _distinct(ids: NDArray[np.integer], feature: NDArray[np.integer]) -> NDArray[np.int64]:
    pairs = np.unique(np.stack([ids.astype(np.int64), feature.astype(np.int64)]), axis=1)
    return np.unique(pairs[0], return_counts=True)[1]


def _halves(scores: NDArray[np.float64], rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mixed = rng.permutation(scores)
    return mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]


def _share_at_least(scores: NDArray[np.float64], limits: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 - np.searchsorted(np.sort(scores), limits, "left") / len(scores)
