"""Small tables in the engine, and a plain recount of every parameter, written from the definitions."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import pandas as pd


def put(db, rows, columns, name="published"):
    """Make table ``name`` of tuples; a None is a null."""
    frame = pd.DataFrame(rows, columns=columns.split(), dtype="object")
    db.register("given", frame)
    db.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
    db.unregister("given")
    return name


def equal(a, b, wild):
    return all(x == y or (wild and None in (x, y)) for x, y in zip(a, b, strict=True))


def recount(rows, *, wild=False, levels=()):
    """Return parameters of rows of (quasi-identifiers, value, subject); ``levels`` map a value to its node."""
    keys = list(dict.fromkeys(q for q, _, _ in rows))
    groups = {key: [(v, s) for q, v, s in rows if equal(q, key, wild)] for key in keys}
    overall = shares(set((v, s) for _, v, s in rows))
    order = sorted(overall)
    everybody = {s for _, _, s in rows}
    people = {v: len({s for _, u, s in rows if u == v}) / len(everybody) for v in overall}
    found = defaultdict(list)
    for group in groups.values():
        pairs = set(group)
        p = shares(pairs)
        who = {s for _, s in group}
        held = {v: len({s for u, s in pairs if u == v}) for v in p}
        counts = once(held.values(), len(who))
        excess = max(n / len(who) - people[v] for v, n in held.items())
        found["k"].append(len(who))
        found["l_distinct"].append(len(counts))
        found["l_entropy"].append(math.exp(-sum(n / len(who) * math.log(n / len(who)) for n in counts)))
        found["recursive_c"].append(counts[0] / sum(counts[1:]) if len(counts) > 1 else math.inf)
        found["alpha"].append(max(held.values()) / len(who))
        found["t_equal"].append(max(excess, equal_distance(p, overall)))
        found["t_ordered"].append(max(excess / max(1, len(order) - 1), ordered_distance(p, overall, order)))
        found["t_hierarchical"].append(max(excess / len(levels), tree_distance(p, overall, levels)) if levels else 0.0)
        found["beta_basic"].append(max(p[v] / overall[v] - 1 for v in p))
        found["delta_disclosure"].append(max(abs(math.log(p[v] / overall[v])) for v in p))
    large = ("k", "l_distinct", "l_entropy")
    return {name: min(values) if name in large else max(values) for name, values in found.items()}


def once(counts, people):
    """Count each person for one value, the commonest ones first, until all are counted."""
    taken = []
    for count in sorted(counts, reverse=True):
        taken.append(min(count, people - sum(taken)))
    return [count for count in taken if count]


def shares(pairs):
    counts = Counter(v for v, _ in pairs)
    return {v: n / sum(counts.values()) for v, n in counts.items()}


def equal_distance(p, q):
    return sum(abs(p.get(v, 0) - q[v]) for v in q) / 2


def ordered_distance(p, q, order):
    """Li et al., ICDE 2007: the mean of the absolute cumulated differences."""
    if len(order) < 2:
        return 0.0
    cumulated, total = 0.0, 0.0
    for v in order[:-1]:
        cumulated += p.get(v, 0) - q[v]
        total += abs(cumulated)
    return total / (len(order) - 1)


def tree_distance(p, q, levels):
    """Li et al., ICDE 2007: what a node's children have too much of is moved, as far as it goes, at its height."""
    height, extra, cost = len(levels), {v: p.get(v, 0) - q[v] for v in q}, 0.0
    for level in range(height):
        parent = levels[level + 1] if level + 1 < height else dict.fromkeys(q, "root")
        nodes = defaultdict(float)
        for v in q:
            nodes[levels[level][v], parent[v]] += extra[v]
        for top in set(parent.values()):
            inside = [x for (_, above), x in nodes.items() if above == top]
            more, less = sum(x for x in inside if x > 0), -sum(x for x in inside if x < 0)
            cost += (level + 1) / height * min(more, less)
    return cost
