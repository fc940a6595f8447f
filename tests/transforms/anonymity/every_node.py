"""The least loss of a table's full-domain generalizations, by definition: every node, class by class, no array."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from math import inf, log, prod

from quality.releases.privacy_models import KAnonymity, LDiversity
from tests.transforms.anonymity.tables import once


def least_loss(table, models, *, suppression, mean="geometric"):
    """Return the least loss of all nodes, infinite if none holds, and the number of nodes."""
    heights = [range(len(column.hierarchy.nodes)) for column in table.quasi_ids]
    losses = [loss_of(table, models, levels, suppression, mean) for levels in product(*heights)]
    return min(losses), len(losses)


def loss_of(table, models, levels, suppression, mean):
    classes = defaultdict(list)
    for row in range(table.rows):
        pairs = zip(table.quasi_ids, levels, strict=True)
        classes[tuple(int(one.hierarchy.nodes[level][one.codes[row]]) for one, level in pairs)].append(row)
    published = holding(table, models, list(classes.values()))
    kept = {row for rows in published for row in rows}
    if table.rows - len(kept) > suppression * table.rows + 1e-9:
        return inf
    weights = [column.weight for column in table.quasi_ids]
    columns = []
    for column, level in zip(table.quasi_ids, levels, strict=True):
        nodes, leaves = column.hierarchy.nodes[level], column.hierarchy.leaves
        domain = sum(leaves[-1])
        costs = [(leaves[level][nodes[column.codes[row]]] - 1) / max(domain - 1, 1) for row in kept]
        columns.append((sum(costs) + table.rows - len(kept)) / table.rows if domain > 1 else 0.0)
    shares = [weight / sum(weights) for weight in weights]
    if mean == "arithmetic":
        return sum(share * one for share, one in zip(shares, columns, strict=True))
    return prod((1 + one) ** share for share, one in zip(shares, columns, strict=True)) - 1


def holding(table, models, classes):
    """Return the classes that hold all models; those of t-closeness against what is published in the end."""
    apart = [model for model in models if not hasattr(model, "t")]
    left = [rows for rows in classes if all(holds(table, model, rows) for model in apart)]
    while True:
        everyone = [row for rows in left for row in rows]
        close = [
            rows
            for rows in left
            if all(distance(table, model, rows, everyone) <= model.t + 1e-9 for model in models if hasattr(model, "t"))
        ]
        if len(close) == len(left):
            return close
        left = close


def holds(table, model, rows):
    if isinstance(model, KAnonymity):
        return len({subject(table, row) for row in rows}) >= model.k
    assert isinstance(model, LDiversity)
    falling = once(counts(table, model.column, rows).values(), len({subject(table, row) for row in rows}))
    if model.variant == "distinct":
        return len(falling) >= model.l
    if model.variant == "entropy":
        return -sum(n / sum(falling) * log(n / sum(falling)) for n in falling) >= log(model.l) - 1e-9
    return falling[0] < model.c * sum(falling[int(model.l) - 1 :])


def distance(table, model, rows, everyone):
    column = next(one for one in table.sensitive if one.name == model.column)
    own, others = ({subject(table, row) for row in some} for some in (rows, everyone))
    held, by = counts(table, model.column, rows), counts(table, model.column, everyone)
    steps = {"equal": 1, "ordered": max(len(by) - 1, 1)}
    step = steps.get(model.distance) or len(column.hierarchy.nodes) - 1
    gain = max(n / len(own) - by[value] / len(others) for value, n in held.items())
    return max(gain / step, apart(table, model, rows, everyone))


def apart(table, model, rows, everyone):
    column = next(one for one in table.sensitive if one.name == model.column)
    more = [0.0] * column.size
    for sign, some in ((1, rows), (-1, everyone)):
        held = counts(table, model.column, some)
        for value, n in held.items():
            more[value] += sign * n / sum(held.values())
    if model.distance == "equal":
        return sum(map(abs, more)) / 2
    if model.distance == "ordered":
        there = sorted(counts(table, model.column, everyone))
        return sum(abs(sum(more[: at + 1])) for at in there[:-1]) / max(len(there) - 1, 1)
    return hierarchical(more, column.hierarchy.nodes)


def hierarchical(more, levels):
    """Move what is left of each value at the lowest node where it meets a lack, as the paper's recursion does."""
    height, left, cost = len(levels) - 1, dict(enumerate(more)), 0.0
    for level in range(1, height + 1):
        by_node = defaultdict(list)
        for value in left:
            by_node[levels[level][value]].append(value)
        for values in by_node.values():
            over = sum(left[value] for value in values if left[value] > 0)
            under = -sum(left[value] for value in values if left[value] < 0)
            moved = min(over, under)
            cost += moved * level / height
            for value in values:
                of = over if left[value] > 0 else under
                left[value] *= 1 - moved / of if of else 0
    return cost


def counts(table, name, rows):
    column = next(one for one in table.sensitive if one.name == name)
    held = defaultdict(set)
    for row in rows:
        held[int(column.codes[row])].add(subject(table, row))
    return {value: len(subjects) for value, subjects in held.items()}


def subject(table, row):
    return row if table.subjects is None else int(table.subjects[row])
