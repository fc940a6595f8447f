"""Compiled measures of the sensitive values of each class, of which a class's models state the limit.

The values of class c are ``values[starts[c] : starts[c + 1]]``, each once, held by ``counts`` subjects.
"""

from __future__ import annotations

import numpy as np

from quality.contracts.compiled import compiled
from transforms.anonymity.check_node_kernels import Floats, Longs
from transforms.anonymity.coded_table import Codes


@compiled
def count_once(starts: Longs, counts: Longs, subjects: Longs) -> Longs:
    """Return the counts of each class, falling, if each of its ``subjects`` counts for its commonest value alone."""
    found = np.zeros(counts.size, np.int64)
    for c in range(starts.size - 1):
        left = subjects[c]
        falling = np.sort(counts[starts[c] : starts[c + 1]])[::-1]
        for i in range(falling.size):
            found[starts[c] + i] = min(falling[i], left)
            left -= found[starts[c] + i]
    return found


@compiled
def entropies(starts: Longs, counts: Longs) -> Floats:
    """Return -sum p ln p of each class, in nats."""
    found = np.zeros(starts.size - 1)
    for c in range(found.size):
        total = counts[starts[c] : starts[c + 1]].sum()
        for i in range(starts[c], starts[c + 1]):
            if counts[i] > 0:
                share = counts[i] / total
                found[c] -= share * np.log(share)
    return found


@compiled
def recursions(starts: Longs, counts: Longs, most: int) -> Floats:
    """Return r1 / (r_l + ... + r_m) of each class, with l = ``most``; infinite where there are fewer values."""
    found = np.full(starts.size - 1, np.inf)
    for c in range(found.size):
        falling = np.sort(counts[starts[c] : starts[c + 1]])[::-1]
        tail = falling[most - 1 :].sum()
        if tail > 0:
            found[c] = falling[0] / tail
    return found


@compiled
def equal_distances(starts: Longs, values: Codes, counts: Longs, shares: Floats) -> Floats:
    """Return half the sum of |p - q| of each class, with q = ``shares``: what p has more, as both sum up to 1."""
    found = np.zeros(starts.size - 1)
    for c in range(found.size):
        total = counts[starts[c] : starts[c + 1]].sum()
        for i in range(starts[c], starts[c + 1]):
            found[c] += max(counts[i] / total - shares[values[i]], 0.0)
    return found


@compiled
def ordered_distances(starts: Longs, values: Codes, counts: Longs, shares: Floats) -> Floats:
    """Return the mean of the absolute cumulated p - q of each class, over the steps between values that are there."""
    found = np.zeros(starts.size - 1)
    steps = max(np.count_nonzero(shares) - 1, 1)
    held = np.zeros(shares.size)
    for c in range(found.size):
        total = counts[starts[c] : starts[c + 1]].sum()
        for i in range(starts[c], starts[c + 1]):
            held[values[i]] = counts[i] / total
        more = 0.0
        for v in range(shares.size - 1):
            more += held[v] - shares[v]
            if shares[v] > 0:
                found[c] += abs(more) / steps
        for i in range(starts[c], starts[c + 1]):
            held[values[i]] = 0.0
    return found


@compiled
def hierarchical_distances(
    starts: Longs, values: Codes, counts: Longs, shares: Floats, parents: Codes, sizes: Longs
) -> Floats:
    """Return the earth mover's distance of each class's values to ``shares`` along a hierarchy (Li et al., 2007).

    ``parents`` are, level by level above the values, the parent of each node below; ``sizes`` the levels' nodes. A
    node at height h of H moves the lesser of what its children have in excess and lack, at h / H.
    """
    found = np.zeros(starts.size - 1)
    height = sizes.size - 1
    for c in range(found.size):
        total = counts[starts[c] : starts[c + 1]].sum()
        extra = -shares
        for i in range(starts[c], starts[c + 1]):
            extra[values[i]] += counts[i] / total
        first = 0
        for level in range(1, height + 1):
            more, less = np.zeros(sizes[level]), np.zeros(sizes[level])
            for node in range(sizes[level - 1]):
                parent = parents[first + node]
                if extra[node] > 0:
                    more[parent] += extra[node]
                else:
                    less[parent] -= extra[node]
            first += sizes[level - 1]
            found[c] += np.minimum(more, less).sum() * level / height
            extra = more - less
    return found
