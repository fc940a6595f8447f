"""Reach the models of a release by its method: the classes of the rows, and what is published of each column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.contracts.errors import UsageError
from quality.releases.attributes import QuasiIdentifier
from quality.releases.declaration import TableRelease
from transforms.anonymity.classes import make_classes
from transforms.anonymity.classes_loss import information_loss
from transforms.anonymity.coded_table import SUPPRESSED, Codes, QuasiId
from transforms.anonymity.encode_table import Encoded
from transforms.anonymity.microaggregate import class_means, microaggregate
from transforms.anonymity.recode_classes import recode_classes
from transforms.anonymity.search_lattice import search_lattice
from transforms.anonymity.tell_limits import tell_limits

THOROUGH = 100_000
"""Rows up to which classes are made better after they are made: beyond, time is worth more than the last hundredth."""


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """``classes`` (n,); ``columns``: the published values of each quasi-identifier for the rows that have a class.

    ``loss`` is the normalized certainty penalty of the classes. ``levels`` tell a full-domain release's generalization.
    """

    classes: Codes
    columns: Sequence[pa.Array]
    loss: float
    levels: dict[str, int]


def reach_models(encoded: Encoded, release: TableRelease) -> Reached:
    """Return classes that hold the release's models.

    Raises ``Unreachable`` or ``NoGeneralizationHolds`` where there are none, and what the method raises.
    """
    table = encoded.table
    own = table.own
    if release.method == "full_domain":
        found = search_lattice(table, models=release.models, suppression=release.suppression)
        kept = found.classes != SUPPRESSED
        columns = [
            _at_level(one, level, np.flatnonzero(kept), release.quasi_ids[one.name])
            for one, level in zip(table.quasi_ids, found.levels, strict=True)
        ]
        return _reached(
            encoded, found.classes, columns, dict(zip(release.quasi_ids, map(int, found.levels), strict=True))
        )
    if release.method == "microaggregation":
        kinds = zip(release.quasi_ids, encoded.values, strict=True)
        if dated := [name for name, values in kinds if pa.types.is_temporal(values.type)]:
            raise UsageError(f"Means are of numbers, not of dates: {', '.join(dated)}.", mend="Use mondrian.")
        classes = microaggregate(table, k=release.k)
        return _reached(encoded, classes, [pa.array(column) for column in class_means(table, classes).T], {})
    effort: Literal["fast", "thorough"] = "thorough" if table.rows <= THOROUGH else "fast"
    classes = make_classes(
        table, models=release.models, strict=release.strict, effort=effort, suppression=release.suppression
    )
    kept = int(np.count_nonzero(classes[:own] != SUPPRESSED))
    labels = [
        tell_limits(values.cast(pa.string()).to_pylist(), one.positions, release.quasi_ids[one.name])
        for one, values in zip(table.quasi_ids, encoded.values, strict=True)
    ]
    columns = [column.slice(0, kept) for column in recode_classes(table, classes, labels)]
    return _reached(encoded, classes, columns, {})


def _reached(encoded: Encoded, classes: Codes, columns: Sequence[pa.Array], levels: dict[str, int]) -> Reached:
    """Tell the classes of the release's rows; those of a population's are not published."""
    return Reached(classes[: encoded.table.own], columns, information_loss(encoded.table, classes), levels)


def _at_level(one: QuasiId, level: int, kept: NDArray[np.int64], declared: QuasiIdentifier) -> pa.Array:
    """Return each kept row's node at a level; no value stays none below the root."""
    assert one.hierarchy is not None  # the search refuses a column without one
    labels = one.hierarchy.labels[level]
    texts = [labels[node] for node in one.hierarchy.nodes[level]]
    shown: list[str | None] = [*tell_limits(texts, one.positions, declared, nodes=level > 0)]
    if one.null >= 0 and level < len(one.hierarchy.nodes) - 1:
        shown[one.null] = None
    return pa.array(shown, pa.string()).take(pa.array(one.codes[kept]))
