"""Search a lattice that is too large for its optimum: a beam from the root down, neighbors, then crossings of the best.

Crossings and mutations, as genetic searches use (for ARX: Meurers et al., BMC Bioinformatics 2021), are drawn from a
generator of a fixed seed, so that equal tables give equal releases.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

import numpy as np

from transforms.anonymity.check_node import Levels, NodeChecker
from transforms.anonymity.full_domain_loss import Floats
from transforms.anonymity.search_lattice_exactly import GAIN

WIDTH = 8
"""How many nodes of one height the beam keeps, and from how many of the best nodes a descent to neighbors starts."""

POOL, CHANGED, IDLE = 8, 3, 60
"""Children are crossed from how many of the best local optima, changed in how many columns on average, and after how
many without a better node the search ends."""

Rank = tuple[int, float, Levels]
"""Rows suppressed beyond the limit, the sum of losses, and the levels, so that there are no ties."""


class LocalSearch:
    """Ranks nodes by what a release of them loses; no node is checked twice, and no more than ``checks`` are."""

    def __init__(self, checker: NodeChecker, *, limit: int, checks: int) -> None:
        """``limit`` is the number of rows that may be suppressed."""
        self._checker, self._limit, self._checks = checker, limit, checks
        self._shape = tuple(len(floor) for floor in checker.floors)
        self._ranks: dict[Levels, Rank] = {}
        self._floors: dict[Levels, tuple[Floats, ...]] = {}
        self._optima: set[Rank] = set()
        self.best: tuple[float, Levels] | None = None

    @property
    def checked(self) -> int:
        """Return how many nodes were checked."""
        return len(self._ranks)

    def run(self) -> None:
        """Search until nothing tried is better, or the checks are used up."""
        beam = self._check([tuple(size - 1 for size in self._shape)])
        while beam:
            below = {down for rank in beam[:WIDTH] for down in self._steps(rank[2], -1) if self._may_lead(rank, down)}
            beam = self._check(below)
        for start in sorted(self._ranks.values())[:WIDTH]:
            self._descend(start, swap=True)
        self._evolve()
        self._descend(min(self._ranks.values()), swap=True)

    def _check(self, nodes: Iterable[Levels]) -> list[Rank]:
        """Check the nodes that are new, as far as checks are left; return their ranks, best first."""
        new = sorted(node for node in nodes if node not in self._ranks)[: self._checks - self.checked]
        for node in new:
            verdict = self._checker.check(node)
            excess = max(verdict.suppressed - self._limit, 0)
            self._ranks[node] = (excess, verdict.total, node)
            if verdict.lasting <= self._limit:
                self._floors[node] = verdict.floors
            if not excess and verdict.total < self._to_beat():
                self.best = verdict.total, node
        return sorted(self._ranks[node] for node in new)

    def _may_lead(self, above: Rank, node: Levels) -> bool:
        """Return whether ``node``, below one that was checked, or one below it may be better than the best."""
        floors = self._floors.get(above[2])
        if floors is None:
            return False
        least = sum(float(floor[: level + 1].min()) for floor, level in zip(floors, node, strict=True))
        return least < self._to_beat()

    def _descend(self, best: Rank, *, swap: bool) -> None:
        """Go to the best node a level away or, where none is better, a level down in one column and up in another."""
        while True:
            near = {near for by in (-1, 1) for near in self._steps(best[2], by)}
            found = self._better(best, near)
            if found is best and swap:
                downs = self._steps(best[2], -1)
                found = self._better(best, {up for down in downs for up in self._steps(down, 1)})
            if found is best:
                self._optima.add(best)
                return
            best = found

    def _better(self, best: Rank, nodes: Iterable[Levels]) -> Rank:
        nodes = [node for node in nodes if self._may_beat(best, node)]
        self._check(nodes)
        found = min((self._ranks[node] for node in nodes if node in self._ranks), default=best)
        return found if found[:2] < (best[0], best[1] - GAIN) else best

    def _may_beat(self, best: Rank, node: Levels) -> bool:
        """Return whether the bound of ``node`` lets it rank before ``best``; a bound of ``best`` holds below it."""
        is_below = all(level <= other for level, other in zip(node, best[2], strict=True))
        floors = self._floors.get(best[2], self._checker.floors) if is_below else self._checker.floors
        bound = sum(float(floor[level]) for floor, level in zip(floors, node, strict=True))
        return best[0] > 0 or bound < best[1] - GAIN

    def _evolve(self) -> None:
        """Cross two of the best local optima, change a few columns at random, and descend from the child."""
        random, shape, idle = np.random.default_rng(0), np.array(self._shape), 0
        while idle < IDLE and self.checked < self._checks:
            pool = sorted(self._optima)[:POOL]
            one, other = (np.array(pool[at][2]) for at in random.integers(0, len(pool), 2))
            crossed = np.where(random.random(shape.size) < 0.5, one, other)
            child = np.where(random.random(shape.size) < CHANGED / shape.size, random.integers(0, shape), crossed)
            before = self._to_beat()
            for rank in self._check([tuple(child.tolist())]):
                self._descend(rank, swap=False)
            idle = 0 if self._to_beat() < before else idle + 1

    def _to_beat(self) -> float:
        return inf if self.best is None else self.best[0] - GAIN

    def _steps(self, levels: Levels, by: int) -> Iterable[Levels]:
        for at, size in enumerate(self._shape):
            if 0 <= levels[at] + by < size:
                yield (*levels[:at], levels[at] + by, *levels[at + 1 :])
