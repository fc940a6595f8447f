"""What a full-domain generalization loses: the loss of nodes and of suppressed rows, averaged over columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from transforms.anonymity.coded_table import QuasiId
from transforms.anonymity.hierarchies import leaves_below

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Loss:
    """The information loss of a release, from 0 (as it was) to 1 (nothing left).

    ``loss`` is Iyengar's (KDD 2002) as ARX defines it (`Metric.createLossMetric`): a value that is released as a node
    with m of the column's M leaves below costs (m - 1) / (M - 1), a suppressed row 1 in each column; a column's loss
    is the mean of its rows. ``ncp`` is the normalized certainty penalty (Xu et al., KDD 2006): the same but for
    numbers, where it is the extent of the node's values over the column's. ``suppression`` is ARX's gs-factor: beyond
    .5 generalization counts for g = 2 - 2 gs of it, below .5 suppression for 2 gs of what generalization leaves.

    Columns are averaged by weight: x -> sum w x, or, ``geometric``, prod (1 + x)^w - 1, the w summing up to 1. With
    equal weights both are ARX's.
    """

    measure: Literal["loss", "ncp"] = "loss"
    mean: Literal["geometric", "arithmetic"] = "geometric"
    suppression: float = 0.5

    def spread(self, losses: Floats, weight: float) -> Floats:
        """Return what each of a column's ``losses`` adds to a sum over columns; more loss is more."""
        return weight * (np.log1p(losses) if self.mean == "geometric" else losses)

    def joined(self, total: float) -> float:
        """Return the loss that the sum over columns of ``spread`` means."""
        return float(np.expm1(total) if self.mean == "geometric" else total)


@dataclass(frozen=True, slots=True, eq=False)
class ColumnCosts:
    """``released`` (levels, codes) is the cost of a value at a level; ``extra`` what its suppression costs on top."""

    released: Floats
    extra: Floats


def costs_of(column: QuasiId, loss: Loss) -> ColumnCosts:
    """Return the costs of a column's values at each level of its hierarchy, each in [0, 1]."""
    assert column.hierarchy is not None
    kept, gone = 1 - 2 * max(loss.suppression - 0.5, 0), 2 * min(loss.suppression, 0.5)
    share, least = _shares(column) if loss.measure == "loss" else (_penalties(column), 0.0)
    if least == 1:
        return ColumnCosts(np.zeros_like(share), np.zeros_like(share))
    suppressed = share + gone * (1 - share)
    released, suppressed = ((one - kept * least) / (1 - kept * least) for one in (kept * share, suppressed))
    return ColumnCosts(released, suppressed - released)


def _shares(column: QuasiId) -> tuple[Floats, float]:
    assert column.hierarchy is not None
    leaves = leaves_below(column.hierarchy)
    domain = float(leaves[-1].sum())
    pairs = zip(leaves, column.hierarchy.nodes, strict=True)
    return np.array([below[nodes] for below, nodes in pairs]) / max(domain, 1.0), 1 / max(domain, 1.0)


def _penalties(column: QuasiId) -> Floats:
    assert column.hierarchy is not None
    if column.kind != "numeric":
        shares, least = _shares(column)
        return (shares - least) / (1 - least) if least < 1 else np.zeros_like(shares)
    known = np.arange(len(column.hierarchy.nodes[0])) != column.null
    positions = column.positions[: known.sum()]
    extent = float(np.ptp(positions)) if known.any() else 0.0
    found = np.zeros((len(column.hierarchy.nodes), known.size))
    for level, nodes in enumerate(column.hierarchy.nodes):
        size = int(nodes.max()) + 1
        low, high, null = np.full(size, np.inf), np.full(size, -np.inf), np.zeros(size, bool)
        np.minimum.at(low, nodes[known], positions)
        np.maximum.at(high, nodes[known], positions)
        null[nodes[~known]] = True
        wide = np.where(np.isfinite(low), (high - low) / (extent or 1.0), 0.0)
        found[level] = np.where(null & np.isfinite(low), 1.0, wide)[nodes]
    return found
