"""Small coded tables for tests, and naive counts of what their classes hold."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from math import log

import numpy as np

from transforms.anonymity.coded_table import CodedTable, Hierarchy, QuasiId, Sensitive

ADULT = "k_anon_adult_arx/adult.csv.gz"


def quasi_id(name, values, kind="numeric", hierarchy=None, domain=None, weight=1.0):
    """Code ``values``, of which None is a null."""
    known = sorted({value for value in (domain or values) if value is not None})
    null = len(known) if None in values else -1
    codes = [null if value is None else known.index(value) for value in values]
    positions = known if kind == "numeric" else range(len(known))
    return QuasiId(name, kind, np.array(codes, np.int32), np.array(positions, np.float64), null, weight, hierarchy)


def sensitive(values, hierarchy=None, size=None):
    return Sensitive("illness", np.array(values, np.int32), size or max(values) + 1, (), hierarchy)


def tree(*levels):
    """Build a hierarchy from each level's node of every value; a level's labels are its nodes' numbers."""
    nodes = tuple(np.array(level, np.int32) for level in levels)
    return Hierarchy(
        nodes, tuple(tuple(f"{at}.{node}" for node in range(max(level) + 1)) for at, level in enumerate(levels))
    )


def adult(shared_data):
    with gzip.open(shared_data / ADULT, "rt") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    coded = []
    for name, values in columns.items():
        numeric = name == "age"
        known, codes = np.unique(values.astype(float) if numeric else values, return_inverse=True)
        positions = known if numeric else np.arange(known.size, dtype=float)
        coded.append(QuasiId(name, "numeric" if numeric else "categorical", codes.astype(np.int32), positions))
    return CodedTable(len(rows), tuple(coded))


def members(classes):
    """Return the rows of each class."""
    found = defaultdict(list)
    for row, one in enumerate(classes):
        found[one].append(row)
    return found.values()


def subjects_of(table):
    return range(table.rows) if table.subjects is None else table.subjects.tolist()


def held(table, rows):
    """Count the distinct subjects of each sensitive value."""
    who, what = subjects_of(table), table.sensitive[0].codes
    return Counter(int(value) for _, value in {(who[row], what[row]) for row in rows})


def shares(table, rows):
    counts = held(table, rows)
    return [counts[value] / sum(counts.values()) for value in range(table.sensitive[0].size)]


def owned(table, rows):
    """Return the share of subjects that hold each value."""
    who = subjects_of(table)
    return [held(table, rows)[value] / len({who[row] for row in rows}) for value in range(table.sensitive[0].size)]


def once(counts, subjects):
    """Count each subject for one value, the commonest ones first, until all are counted."""
    taken = []
    for count in sorted(counts, reverse=True):
        taken.append(min(count, subjects - sum(taken)))
    return [count for count in taken if count]


def model_holds(model, table, rows):
    """Tell by the papers' definitions, counted in the plainest way, whether the class ``rows`` holds a model."""
    who = subjects_of(table)
    if model.model == "k_anonymity":
        return len({who[row] for row in rows}) >= model.k
    share = shares(table, rows)
    if model.model == "t_closeness":
        there = [at for at, one in enumerate(shares(table, range(table.rows))) if one]
        steps = {
            "equal": 1,
            "ordered": max(len(there) - 1, 1),
            "hierarchical": len(table.sensitive[0].hierarchy.nodes) - 1,
        }
        own, everybody = (owned(table, some) for some in (rows, range(table.rows)))
        gain = max(one - other for one, other in zip(own, everybody, strict=True)) / steps[model.distance]
        apart = distance(model.distance, table, share, shares(table, range(table.rows)))
        return max(gain, apart) <= model.t + 1e-9
    ranked = once(held(table, rows).values(), len({who[row] for row in rows}))
    if model.variant == "distinct":
        return len(ranked) >= model.l
    if model.variant == "entropy":
        return -sum(one / sum(ranked) * log(one / sum(ranked)) for one in ranked) >= log(model.l) - 1e-9
    return ranked[0] < model.c * sum(ranked[int(model.l) - 1 :])


def distance(kind, table, share, overall):
    extra = [one - other for one, other in zip(share, overall, strict=True)]
    if kind == "equal":
        return sum(map(abs, extra)) / 2
    if kind == "ordered":
        there = [at for at, one in enumerate(overall) if one]
        return sum(abs(sum(extra[: at + 1])) for at in there) / max(len(there) - 1, 1)
    levels = table.sensitive[0].hierarchy.nodes
    moved = 0.0
    for height in range(1, len(levels)):
        for node in set(levels[height].tolist()):
            leaves = [leaf for leaf in range(len(extra)) if levels[height][leaf] == node]
            children = {levels[height - 1][leaf]: 0.0 for leaf in leaves}
            for leaf in leaves:
                children[levels[height - 1][leaf]] += extra[leaf]
            much = sum(one for one in children.values() if one > 0)
            moved += min(much, much - sum(children.values())) * height / (len(levels) - 1)
    return moved
