"""Whether the sensitive values of one class are diverse enough, or close enough to the table's, from their counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from transforms.anonymity.coded_table import Codes

DISTINCT, ENTROPY, RECURSIVE, EQUAL, ORDERED, HIERARCHICAL = range(6)
RULES = {
    "distinct": DISTINCT,
    "entropy": ENTROPY,
    "recursive": RECURSIVE,
    "equal": EQUAL,
    "ordered": ORDERED,
    "hierarchical": HIERARCHICAL,
}
SLACK = 1e-9
"""What a sum of shares may be off by rounding."""

Counts = NDArray[np.float64]


@compiled
def rule_holds(
    rule: int, limit: float, c: float, counts: Counts, subjects: int, shares: Counts, held: Counts, nodes: Codes
) -> bool:
    """Tell whether ``counts`` of the ``subjects`` of a class that hold each sensitive value keep a rule's ``limit``.

    ``shares`` are the whole table's values', ``held`` of its subjects that hold each; ``nodes`` (levels, values) the
    tree of a hierarchical distance. The rules are those of Machanavajjhala et al. (TKDD 2007) and Li et al. (ICDE
    2007), for subjects of several values as the models say.
    """
    total = counts.sum()
    if total > subjects:
        if rule in (DISTINCT, ENTROPY, RECURSIVE):
            counts, total = _once(counts, subjects), float(subjects)
        elif _gain(rule, (counts / subjects - held)[held > 0], nodes) > limit + SLACK:
            return False
    if rule == DISTINCT:
        return bool(np.count_nonzero(counts) >= limit)
    if rule == ENTROPY:
        return bool(_entropy(counts, total) >= np.log(limit) - SLACK)
    if rule == RECURSIVE:
        ranked = np.sort(counts)[::-1]
        return bool(ranked[0] < c * ranked[int(limit) - 1 :].sum())
    if rule == EQUAL:
        return bool(np.abs(counts / total - shares).sum() / 2 <= limit + SLACK)
    if rule == ORDERED:
        there = shares > 0
        moved = np.abs(np.cumsum((counts / total - shares)[there])).sum() / max(np.count_nonzero(there) - 1, 1)
        return bool(moved <= limit + SLACK)
    return _tree_distance(counts / total - shares, nodes) <= limit + SLACK


@compiled
def _once(counts: Counts, subjects: int) -> Counts:
    """Return the counts, falling, of subjects that count for the commonest of their values alone."""
    ranked = np.sort(counts)[::-1].copy()
    left = float(subjects)
    for at in range(ranked.size):
        ranked[at] = min(ranked[at], left)
        left -= ranked[at]
    return ranked


@compiled
def _gain(rule: int, more: Counts, nodes: Codes) -> float:
    """Return by how much more subjects hold a value than in the table, in units of the step to another value."""
    steps = 1
    if rule == ORDERED:
        steps = max(more.size - 1, 1)
    elif rule == HIERARCHICAL:
        steps = max(nodes.shape[0] - 1, 1)
    return float(more.max()) / steps


@compiled
def _entropy(counts: Counts, total: float) -> float:
    found = 0.0
    for count in counts:
        if count > 0:
            found -= count / total * np.log(count / total)
    return found


@compiled
def _tree_distance(extra: Counts, nodes: Codes) -> float:
    # at each node the lesser of what its children have too much and too little moves through it, at its height
    found = 0.0
    top = nodes.shape[0] - 1
    below = extra
    for level in range(1, top + 1):
        size = nodes[level].max() + 1
        much, little = np.zeros(size), np.zeros(size)
        parent = np.empty(below.size, np.int32)
        for leaf in range(nodes.shape[1]):
            parent[leaf if level == 1 else nodes[level - 1, leaf]] = nodes[level, leaf]
        for child in range(below.size):
            much[parent[child]] += max(below[child], 0.0)
            little[parent[child]] += max(-below[child], 0.0)
        found += np.minimum(much, little).sum() * level / top
        below = much - little
    return found
