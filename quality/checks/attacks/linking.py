"""Links of published ids to persons: whom an id stands for, which id scores best, and how often that is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.intervals import Estimate, wilson
from quality.checks.attacks.points import Ints, numbered

Scores = Any
"""A scipy.sparse CSR matrix (targets, candidates): more is likelier, what is not stored is the least."""


BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Whom the ids 0, 1, ... stand for: id i for ``owners[starts[i]:starts[i + 1]]``.

    A pseudonym has one owner, the id of a class has all its people, and a person may have many ids.
    """

    starts: Ints
    owners: Ints

    @property
    def ids(self) -> int:
        """The number of ids."""
        return len(self.starts) - 1

    def pick(self, ids: Ints, rng: np.random.Generator) -> Ints:
        """Return one owner of each id at random: the attacker cannot tell the people of a class apart."""
        sizes = self.starts[ids + 1] - self.starts[ids]
        picked: Ints = self.owners[self.starts[ids] + (rng.random(len(ids)) * sizes).astype(np.int64)]
        return picked

    def chance(self, targets: Ints) -> float:
        """Return how often a random id, and a random owner of it, is the target, on average over ``targets``."""
        sizes = np.diff(self.starts)
        hit = np.bincount(self.owners, weights=np.repeat(1 / sizes, sizes) / self.ids, minlength=targets.max() + 1)
        return float(hit[targets].mean())


def names_of(ids: NDArray[np.integer], owners: NDArray[np.integer]) -> tuple[Ints, Names]:
    """Return the ids of the rows (n,) numbered from 0, and whom they stand for."""
    codes = numbered(ids)
    pairs = np.unique(np.stack([codes, owners.astype(np.int64)], axis=1), axis=0)
    count = int(codes.max()) + 1 if len(codes) else 0
    return codes, Names(np.searchsorted(pairs[:, 0], np.arange(count + 1)), pairs[:, 1])


def best_candidates(scores: Scores, rng: np.random.Generator) -> Ints:
    """Return each target's best candidate. Ties are broken by chance, and so is a target with no score above 0."""
    candidates: Ints = rng.integers(scores.shape[1], size=scores.shape[0])
    for target in range(scores.shape[0]):
        row = slice(scores.indptr[target], scores.indptr[target + 1])
        values = scores.data[row]
        if len(values) and values.max() > 0:
            candidates[target] = rng.choice(scores.indices[row][values >= values.max() * (1 - 1e-12)])
    return candidates


def hits(score: Callable[[Ints], Scores], names: Names, targets: Ints, rng: np.random.Generator) -> Estimate:
    """Return how often the owner of the best id is the target: the top-1 rate.

    ``score`` returns the scores of some targets, given by their positions: a block of them at a time, so that memory
    is a block's times the ids.
    """
    right = 0
    for first in range(0, len(targets), BLOCK):
        block = np.arange(first, min(first + BLOCK, len(targets)))
        guesses = names.pick(best_candidates(score(block), rng), rng)
        right += int((guesses == targets[block]).sum())
    return wilson(right, len(targets))


def sample(rows: Ints, most: int, rng: np.random.Generator) -> Ints:
    """Return at most ``most`` of ``rows``, by chance and in order."""
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))
