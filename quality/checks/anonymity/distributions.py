"""How a class's sensitive values spread, beside the table's: diversity, closeness, likeness and disclosure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.classes import Classes, Ints
from quality.checks.anonymity.hierarchy_file import Paths, nodes_by_level

Floats = NDArray[np.float64]

LARGE = ("l_distinct", "l_entropy")
"""The parameters of these that a release wants large."""

_CHUNK = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Some whole classes: ``counts`` (P,) subjects of class ``starts``-wise sorted pairs hold the value of ``ranks``.

    ``starts`` (C,) are where a class's pairs begin, ``of`` (P,) the place of a pair's class among them, ``totals``
    (C,) the counts by class, ``shares`` (P,) counts over totals and ``subjects`` (C,) the distinct subjects.
    """

    ranks: Ints
    counts: Ints
    starts: Ints
    of: Ints
    totals: Ints
    shares: Floats
    subjects: Ints


def measure_column(
    classes: Classes, place: int, *, paths: Paths | None = None, least: tuple[int, ...] = (2,)
) -> Mapping[str, Floats]:
    """Return each parameter of the sensitive column ``place`` by class (C,), as ``recursive_c@l`` for l in ``least``.

    Where a subject holds several values, ``l_*`` and ``recursive_c`` take each for one, the commonest it may be (see
    ``LDiversity``), ``alpha`` is the largest share of subjects that hold a value, ``t_*`` also bound how far that
    exceeds the table's (see ``TCloseness``); other shares are of distinct (subject, value) pairs. ``paths`` is the
    column's hierarchy, for ``t_hierarchical``.
    Sources: l-diversity, Machanavajjhala et al., TKDD 2007 (``l_entropy`` is exp(H), the effective l); t-closeness,
    Li et al., ICDE 2007; alpha, Wong et al., KDD 2006; beta-likeness, Cao & Karras, VLDB 2012; delta-disclosure,
    Brickell & Shmatikov, KDD 2008, over the values that a class has.
    """
    overall, people = _overall(classes, place)
    levels = None if paths is None else nodes_by_level(paths, classes.labels[place], classes.roles.sensitive[place])
    parts: dict[str, list[Floats]] = {}
    for pairs in _chunks(classes, place):
        found = _diversity(pairs, least) | _closeness(pairs, overall, people) | _likeness(pairs, overall)
        if levels is not None:
            distance = _hierarchical(pairs, overall, levels)
            found["t_hierarchical"] = np.maximum(distance, _excess(pairs, people) / len(levels))
        for name, values in found.items():
            parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def _overall(classes: Classes, place: int) -> tuple[Floats, Floats]:
    """Return the share (m,) of each value in the whole table, and the share of subjects that hold it."""
    rows = f"(SELECT DISTINCT person, v{place} FROM coded)" if classes.repeats else "coded"
    query = f"SELECT count(*) AS n FROM {rows} GROUP BY v{place} ORDER BY v{place}"
    counts: Floats = np.asarray(classes.db.execute(query).fetchnumpy()["n"], np.float64)
    return counts / counts.sum(), counts / classes.subjects


def _chunks(classes: Classes, place: int) -> Iterator[Pairs]:
    """Yield the pairs of whole classes, in their order, of some millions of rows at a time."""
    block = (np.cumsum(classes.lines) - classes.lines) // _CHUNK
    first = np.flatnonzero(np.concatenate([[True], block[1:] != block[:-1]]))
    once = "DISTINCT person, " if classes.repeats else ""
    for low, high in zip(first, np.append(first[1:], len(block)), strict=True):
        query = f"SELECT {once}class, v{place} AS rank FROM {classes.source} WHERE class >= {low} AND class < {high}"
        found = classes.db.execute(query).fetchnumpy()
        numbers, ranks = np.asarray(found["class"]), np.asarray(found["rank"])
        yield _pairs(numbers, ranks, len(classes.labels[place]), classes.sizes[low:high])


def _pairs(number: Ints, ranks: Ints, values: int, subjects: Ints) -> Pairs:
    """Return the pairs of rows (n,) of a class and the rank of one of ``values``, in order."""
    keys = np.sort(number.astype(np.int64) * values + ranks)
    at = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    counts = np.diff(np.append(at, len(keys)))
    number, ranks = np.divmod(keys[at], values)
    new = np.concatenate([[True], number[1:] != number[:-1]])
    starts, of = np.flatnonzero(new), np.cumsum(new) - 1
    totals = np.add.reduceat(counts, starts)
    return Pairs(ranks, counts, starts, of, totals, counts / totals[of], subjects)


def _diversity(pairs: Pairs, least: tuple[int, ...]) -> dict[str, Floats]:
    most = int(pairs.counts.max())
    falling = most - np.sort(pairs.of * (most + 1) + (most - pairs.counts)) % (most + 1)
    before = np.cumsum(falling) - falling
    before -= before[pairs.starts][pairs.of]
    falling = np.clip(pairs.subjects[pairs.of] - before, 0, falling)  # who holds a commoner value is not counted again
    first, share = falling[pairs.starts], np.maximum(falling, 1) / pairs.subjects[pairs.of]
    entropy = -np.add.reduceat(np.where(falling > 0, share * np.log(share), 0.0), pairs.starts)
    found = {
        "l_distinct": np.add.reduceat((falling > 0).astype(np.float64), pairs.starts),
        "l_entropy": np.exp(entropy),
        "alpha": np.maximum.reduceat(pairs.counts, pairs.starts) / pairs.subjects,
    }
    nth = np.arange(len(falling)) - pairs.starts[pairs.of]
    for l in least:  # noqa: E741
        tail = np.add.reduceat(np.where(nth >= l - 1, falling, 0), pairs.starts)
        found[f"recursive_c@{l}"] = np.divide(first, tail, out=np.full(len(tail), np.inf), where=tail > 0)
    return found


def _likeness(pairs: Pairs, overall: Floats) -> dict[str, Floats]:
    ratio = pairs.shares / overall[pairs.ranks]
    gain = np.maximum.reduceat(ratio, pairs.starts) - 1
    return {
        "beta_basic": gain,
        "beta_enhanced": np.minimum(gain, -np.log(overall.min())),
        "delta_disclosure": np.maximum.reduceat(np.abs(np.log(ratio)), pairs.starts),
    }


def _closeness(pairs: Pairs, overall: Floats, people: Floats) -> dict[str, Floats]:
    more, excess = np.maximum(pairs.shares - overall[pairs.ranks], 0), _excess(pairs, people)
    return {
        "t_equal": np.maximum(np.add.reduceat(more, pairs.starts), excess),
        "t_ordered": np.maximum(_ordered(pairs, overall), excess / max(len(overall) - 1, 1)),
    }


def _excess(pairs: Pairs, people: Floats) -> Floats:
    """Return by how much the share of a class's subjects that hold some value exceeds the table's, at most."""
    own = pairs.counts / pairs.subjects[pairs.of]
    excess: Floats = np.maximum.reduceat(own - people[pairs.ranks], pairs.starts)
    return excess


def _ordered(pairs: Pairs, overall: Floats) -> Floats:
    """Return the mean over the first m - 1 values, in order, of the absolute difference of the cumulated shares.

    A class's cumulated share is constant between two values that it has, and the table's only rises: there the sum of
    differences follows from running sums of the table's, split where the two cross.
    """
    last = len(overall)
    if last < 2:
        return np.zeros(len(pairs.starts))
    cumulated = np.cumsum(overall)
    running = np.concatenate([[0.0], np.cumsum(cumulated)])
    counted = np.cumsum(pairs.counts)
    own = (counted - (counted - pairs.counts)[pairs.starts][pairs.of]) / pairs.totals[pairs.of]
    begin, end = pairs.ranks, np.append(pairs.ranks[1:], last)
    end[np.append(pairs.starts[1:], len(end)) - 1] = last
    cross = np.clip(np.searchsorted(cumulated, own), begin, end)
    below = own * (cross - begin) - (running[cross] - running[begin])
    above = (running[end] - running[cross]) - own * (end - cross)
    total = np.add.reduceat(below + above, pairs.starts) + running[pairs.ranks[pairs.starts]]
    mean: Floats = total / (last - 1)
    return mean


def _hierarchical(pairs: Pairs, overall: Floats, levels: tuple[Ints, ...]) -> Floats:
    """Return the mean over the levels below the root of the equal distance between nodes.

    Leaves that meet at height h of H are h / H apart: the way up and down has 2h edges of 1 / (2H) each, and on a
    tree the earth mover's distance is the sum over edges of the mass that differs below them.
    """
    total = np.zeros(len(pairs.starts))
    for nodes in levels:
        base = np.bincount(nodes, overall)
        keys, of = np.unique(pairs.of * len(base) + nodes[pairs.ranks], return_inverse=True)
        more = np.maximum(np.bincount(of, pairs.shares) - base[keys % len(base)], 0)
        total += np.bincount(keys // len(base), more, len(total))
    return total / len(levels)
