"""Find the optimum of a lattice of full-domain generalizations, with a lower bound of the loss of each node."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from transforms.anonymity.check_node import Levels, NodeChecker
from transforms.anonymity.check_node_kernels import count_below
from transforms.anonymity.full_domain_loss import Floats

PATHS = 3
GAIN = 1e-12
"""What a node must at least gain on the best one: sums of floats in another order differ by less."""


class BoundedLattice:
    """The least sum of losses that each node not yet checked may have; infinite where it cannot be a solution.

    A check bounds the node's predecessors: a node that suppresses too many rows rules out all that are more specific,
    as predictive tagging does in OLA (El Emam et al., JAMIA 2009) and Flash (Kohlmayer et al., PASSAT 2012); and what
    it suppresses within the limit is suppressed there too, at the cost of whole rows.
    """

    def __init__(self, checker: NodeChecker, *, limit: int) -> None:
        """``limit`` is the number of rows that may be suppressed."""
        self._checker, self._limit = checker, limit
        self.bounds = _summed(checker.floors)
        self.best: tuple[float, Levels] | None = None
        self.checked = 0

    @property
    def to_beat(self) -> float:
        """Return what a better node must stay below."""
        return np.inf if self.best is None else self.best[0] - GAIN

    @property
    def proven(self) -> bool:
        """Return whether no node that was not checked can be better."""
        return not bool((self.bounds < self.to_beat).any())

    def least(self) -> Levels:
        """Return the node of the least bound."""
        return self.node(int(np.argmin(self.bounds)))

    def node(self, at: int) -> Levels:
        """Return the levels of the node at a flat index."""
        return tuple(int(level) for level in np.unravel_index(at, self.bounds.shape))

    def check(self, levels: Levels) -> bool:
        """Check a node, bound it and its predecessors; return whether it is a solution."""
        verdict = self._checker.check(levels)
        self.checked += 1
        below = self.bounds[tuple(slice(0, level + 1) for level in levels)]
        if verdict.lasting > self._limit:
            below[...] = np.inf
        else:
            floors = [floor[: level + 1] for floor, level in zip(verdict.floors, levels, strict=True)]
            np.maximum(below, _summed(floors), out=below)
        self.bounds[levels] = np.inf
        solved = verdict.suppressed <= self._limit
        if solved and verdict.total < self.to_beat:
            self.best = verdict.total, levels
        return solved


def search_exactly(checker: NodeChecker, *, limit: int, checks: int) -> BoundedLattice:
    """Return the lattice with its optimum, unless that takes more than ``checks``: then ``proven`` is false.

    First paths from the node of the least bound up to the root are bisected, as Flash does, for a good solution. Then
    the node with the most open ones at or below it is checked, whose failure or loss rules out the most, until no
    open node can be better than the best.
    """
    lattice = BoundedLattice(checker, limit=limit)
    lattice.check(tuple(size - 1 for size in lattice.bounds.shape))
    for _ in range(PATHS):
        start = lattice.least()
        if lattice.checked < checks and lattice.bounds[start] < lattice.to_beat:
            _bisect(lattice, _path(lattice, start))
    while not lattice.proven and lattice.checked < checks:
        lattice.check(_widest(lattice))
    return lattice


def _widest(lattice: BoundedLattice) -> Levels:
    """Return the open node with the most open ones at or below it."""
    is_open = lattice.bounds.ravel() < lattice.to_beat
    below = count_below(is_open, np.array(lattice.bounds.shape))
    return lattice.node(int(np.argmax(np.where(is_open, below, 0))))


def _bisect(lattice: BoundedLattice, path: Sequence[Levels]) -> None:
    low, high = 0, len(path)
    while low < high:
        middle = (low + high) // 2
        hopeless = lattice.bounds[path[middle]] >= lattice.to_beat
        low, high = (low, middle) if hopeless or lattice.check(path[middle]) else (middle + 1, high)


def _path(lattice: BoundedLattice, start: Levels) -> list[Levels]:
    """Return nodes from ``start`` upward, always to the successor of the least bound, while they may be better."""
    path = [start]
    while True:
        ups = [up for up in _successors(path[-1], lattice.bounds.shape) if lattice.bounds[up] < lattice.to_beat]
        if not ups:
            return path
        path.append(min(ups, key=lambda up: (float(lattice.bounds[up]), up)))


def _successors(levels: Levels, shape: tuple[int, ...]) -> list[Levels]:
    return [(*levels[:at], level + 1, *levels[at + 1 :]) for at, level in enumerate(levels) if level + 1 < shape[at]]


def _summed(floors: Sequence[Floats]) -> Floats:
    return np.asarray(reduce(np.add.outer, floors))
