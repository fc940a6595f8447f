"""Which classes fail the privacy models of a column with sensitive values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np

from quality.contracts.errors import UsageError
from quality.releases.privacy_models import LDiversity, PrivacyModel, TCloseness
from transforms.anonymity.check_node_kernels import Flags, Floats, Longs
from transforms.anonymity.check_node_sensitive import (
    entropies,
    equal_distances,
    hierarchical_distances,
    ordered_distances,
    recursions,
)
from transforms.anonymity.coded_table import CodedTable, Codes, Hierarchy, Sensitive

TOLERANCE = 1e-12
"""What rounding may add to a measure that equals its limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The values that each class holds: those of class c are ``values[starts[c] : starts[c + 1]]``, each once.

    ``counts`` are the distinct subjects of the class that hold the value. Shares are of their sum: who holds two
    values counts for each.
    """

    starts: Longs
    values: Codes
    counts: Longs


def refuse_unfit_models(models: Sequence[PrivacyModel], table: CodedTable) -> None:
    """Raise ``UsageError`` for a model of a column that the table lacks, or that lacks the hierarchy it needs."""
    names = {column.name: column for column in table.sensitive}
    for model in models:
        if not isinstance(model, LDiversity | TCloseness):
            continue
        if model.column not in names:
            raise UsageError(f"The table lacks the sensitive column {model.column}.")
        if isinstance(model, TCloseness) and model.distance == "hierarchical" and not names[model.column].hierarchy:
            raise UsageError(f"The hierarchical distance of {model.column} needs its hierarchy.")


def fewest_values(models: Sequence[PrivacyModel], column: str) -> int:
    """Return how many distinct values a class needs at least, whatever the variant of l-diversity."""
    own = [model for model in models if isinstance(model, LDiversity) and model.column == column]
    return max((ceil(model.l - TOLERANCE) for model in own), default=1)


def fails_diversity(model: LDiversity, held: Held) -> Flags:
    """Return for each class whether it fails ``model`` (Machanavajjhala et al., TKDD 2007)."""
    if model.variant == "distinct":
        return np.asarray(np.diff(held.starts) < model.l)
    if model.variant == "entropy":
        return np.asarray(entropies(held.starts, held.counts) < log(model.l) - TOLERANCE)
    assert model.c is not None
    return np.asarray(recursions(held.starts, held.counts, int(model.l)) >= model.c)


def fails_closeness(model: TCloseness, held: Held, shares: Floats, hierarchy: Hierarchy | None) -> Flags:
    """Return for each class whether its values are further from ``shares`` than t (Li et al., ICDE 2007)."""
    if model.distance == "equal":
        distances = equal_distances(held.starts, held.values, held.counts, shares)
    elif model.distance == "ordered":
        distances = ordered_distances(held.starts, held.values, held.counts, shares)
    else:
        assert hierarchy is not None
        distances = hierarchical_distances(held.starts, held.values, held.counts, shares, *_parents(hierarchy))
    return np.asarray(distances > model.t + TOLERANCE)


def closeness_of(models: Sequence[PrivacyModel], column: Sensitive) -> list[TCloseness]:
    """Return the models of a column that look at the whole release."""
    return [model for model in models if isinstance(model, TCloseness) and model.column == column.name]


def _parents(hierarchy: Hierarchy) -> tuple[Codes, Longs]:
    below = (np.arange(len(hierarchy.nodes[0]), dtype=np.int32), *hierarchy.nodes[1:])
    sizes = np.array([int(nodes.max(initial=-1)) + 1 for nodes in below], np.int64)
    parents = []
    for nodes, size, above in zip(below, sizes, below[1:], strict=False):
        parent = np.zeros(size, np.int32)
        parent[nodes] = above
        parents.append(parent)
    return np.concatenate(parents), sizes
