"""Microaggregation: small classes of rows that lie close together, published as their mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from quality.contracts.errors import UsageError
from quality.releases.privacy_models import KAnonymity
from transforms.anonymity.coded_table import SUPPRESSED, CodedTable, Codes
from transforms.anonymity.partition_bounds import Bounds, Tally, bounds_of, subjects_in, tally_of

Floats = NDArray[np.float64]


def microaggregate(table: CodedTable, *, k: int) -> Codes:
    """Return the class of each row, (n,) from 0, by MDAV (Domingo-Ferrer and Mateo-Sanz, TKDE 2002).

    Classes hold ``k`` to 2k - 1 distinct subjects, close by Euclidean distance over standardized columns. The work is
    quadratic in the rows. Raises UsageError if a column is not numeric or has nulls, Unreachable if there are fewer
    than ``k`` subjects.
    """
    unfit = [one.name for one in table.quasi_ids if one.kind != "numeric" or one.null >= 0]
    if unfit:
        raise UsageError(f"Microaggregation needs numbers without nulls: {', '.join(unfit)}.")
    bounds = bounds_of(table, [KAnonymity(model="k_anonymity", k=k)])
    if not table.rows:
        return np.empty(0, np.int32)
    values = np.column_stack([one.positions[one.codes] for one in table.quasi_ids])
    spread = values.std(axis=0)
    points = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    weights = np.array([one.weight for one in table.quasi_ids])
    return _mdav(points * np.sqrt(weights / weights.sum()), bounds, tally_of(bounds))


def class_means(table: CodedTable, classes: Codes) -> Floats:
    """Return (rows, quasi-identifiers): each row's class mean of numeric columns; NaN for a suppressed row."""
    kept = classes != SUPPRESSED
    sizes = np.bincount(classes[kept])
    means = np.full((classes.size, len(table.quasi_ids)), np.nan)
    for at, one in enumerate(table.quasi_ids):
        sums = np.bincount(classes[kept], weights=one.positions[one.codes[kept]])
        means[kept, at] = (sums / np.maximum(sizes, 1))[classes[kept]]
    return means


@compiled
def _mdav(points: Floats, bounds: Bounds, tally: Tally) -> Codes:
    classes = np.full(points.shape[0], -1, np.int32)
    left = np.arange(points.shape[0]).astype(np.int32)
    found = 0
    subjects = subjects_in(bounds, tally, left, 0, left.size)
    while subjects >= 2 * bounds.k:
        center = np.zeros(points.shape[1])
        for row in left:
            center += points[row]
        far = left[np.argmax(_distances(points, left, center / left.size))]
        other = left[np.argmax(_distances(points, left, points[far]))]
        left = _gather(points, bounds, tally, classes, left, far, found)
        found += 1
        if subjects >= 3 * bounds.k:
            if classes[other] >= 0:
                other = left[np.argmax(_distances(points, left, points[far]))]
            left = _gather(points, bounds, tally, classes, left, other, found)
            found += 1
        subjects = subjects_in(bounds, tally, left, 0, left.size)
    classes[left] = found
    return classes


@compiled
def _distances(points: Floats, rows: Codes, center: Floats) -> Floats:
    found = np.zeros(rows.size)
    for i in range(rows.size):
        for column in range(center.size):
            found[i] += (points[rows[i], column] - center[column]) ** 2
    return found


@compiled
def _gather(
    points: Floats, bounds: Bounds, tally: Tally, classes: Codes, left: Codes, center: int, number: int
) -> Codes:
    # the nearest rows until they are k subjects; then further rows of the same subjects stay for other classes
    distances = _distances(points, left, points[center])
    size = bounds.k
    while True:
        size = min(size, left.size)
        near = np.argpartition(distances, size - 1)[:size]
        near = near[np.argsort(distances[near])]
        rows = left[near]
        if size == left.size or subjects_in(bounds, tally, rows, 0, size) >= bounds.k:
            break
        size *= 2
    size = bounds.k
    while subjects_in(bounds, tally, rows, 0, size) < bounds.k:
        size += 1
    classes[rows[:size]] = number
    return left[classes[left] < 0]
