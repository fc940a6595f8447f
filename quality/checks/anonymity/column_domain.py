"""The values that a column had before its release, and what a published value covers of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.published_values import SUPPRESSED, covers, interval_of, number_of

if TYPE_CHECKING:
    import pyarrow as pa

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """``values`` (m,) with ``counts`` (m,): numbers first, in order; ``numbers`` are those, NaN for other values."""

    values: tuple[str | None, ...]
    counts: Floats
    numbers: Floats
    paths: Paths | None = None
    order: Sequence[str] | None = None

    @property
    def entropy(self) -> float:
        """The entropy of the column, in nats."""
        return self.open_within(np.arange(len(self.counts)))

    def open_within(self, covered: Ints) -> float:
        """Return the entropy in nats among the values at ``covered``."""
        shares = self.counts[covered] / self.counts[covered].sum()
        return float(-np.sum(shares * np.log(shares)))

    def cover(self, published: str | None) -> Ints:
        """Return the places of the values that a published one covers."""
        if published is not None and self.order is None and (interval := interval_of(published)) is not None:
            low, high, closed = interval
            known = self.numbers[: np.count_nonzero(~np.isnan(self.numbers))]
            first = np.searchsorted(known, low, "left")
            return np.arange(first, max(first, np.searchsorted(known, high, "right" if closed else "left")))
        return np.flatnonzero(covers(published, self.values, paths=self.paths, order=self.order))

    def penalty(self, published: str | None, covered: Ints) -> float:
        """Return the normalized certainty penalty of one published value, in [0, 1]."""
        if published == SUPPRESSED or not covered.size:
            return 1.0
        width = np.nanmax(self.numbers) - np.nanmin(self.numbers) if not np.isnan(self.numbers).all() else 0.0
        interval = interval_of(published) if published is not None and self.order is None else None
        if interval is not None and width > 0:
            low, high = max(interval[0], np.nanmin(self.numbers)), min(interval[1], np.nanmax(self.numbers))
            return float(max(0.0, high - low) / width)
        if published is not None and self.order is None and number_of(published) is not None:
            return 0.0  # one number, however often it is spelled
        known = tuple(self.paths or self.order or self.values)
        count = int(np.count_nonzero(covers(published, known, paths=self.paths, order=self.order)))
        return max(0, count - 1) / (len(known) - 1) if len(known) > 1 else 0.0


def read_domain(column: pa.ChunkedArray, paths: Paths | None = None, order: Sequence[str] | None = None) -> Domain:
    """Return the domain of an original's ``column``."""
    import pyarrow as pa

    counts = column.cast(pa.string()).value_counts()
    found = dict(zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True))
    spelled = {value: np.nan if (n := number_of(value)) is None else n for value in found}
    values = tuple(sorted(found, key=lambda value: (np.isnan(spelled[value]), spelled[value])))
    numbers = np.array([spelled[value] for value in values], np.float64)
    return Domain(values, np.array([found[value] for value in values], np.float64), numbers, paths, order)
