"""What a release lost of its original: the usual measures of information loss, from its published values alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from quality.checks.anonymity.column_domain import Domain, read_domain
from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.published_values import SUPPRESSED
from quality.contracts.errors import UsageError
from quality.contracts.untold import untold

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class ColumnUtility:
    """Losses of one quasi-identifier, averaged over the original's rows; a row that is not published loses all.

    ``ncp`` in [0, 1] is the normalized certainty penalty (Xu et al., KDD 2006; as ILoss): an interval's width by the
    domain's, (members - 1) / (domain - 1) for sets, ranges of an order and nodes of a hierarchy. ``entropy`` in [0, 1]
    is the non-uniform entropy (De Waal & Willenborg, 1999; Gionis & Tassa, 2009): what the original's distribution
    leaves open among the values that a published one covers, by the column's entropy. ``kl`` is the divergence in
    nats from the original's distribution to the release's, whose rows are spread evenly over what they cover, both
    with half a row more for each value. ``unread`` counts published rows whose value covers none of the original's.
    """

    ncp: float
    entropy: float
    kl: float
    unread: int


@dataclass(frozen=True, slots=True)
class Utility:
    """``suppressed`` is the share of the original's rows that are missing or ``*`` in every quasi-identifier.

    ``discernibility`` (Bayardo & Agrawal, ICDE 2005) sums the squares of class sizes, and the original's rows for each
    suppressed one. ``c_avg`` (LeFevre et al., ICDE 2006; AECS) is rows by classes, by k; it is 0 without classes.
    ``ncp`` averages the columns' by weight.
    """

    rows: int
    published: int
    suppressed: float
    discernibility: int
    c_avg: float
    ncp: float
    columns: dict[str, ColumnUtility] = field(default_factory=dict)


@untold
def measure_utility(
    original: pa.Table,
    release: pa.Table,
    quasi_ids: Sequence[str],
    *,
    k: int = 1,
    hierarchies: Mapping[str, Paths] | None = None,
    orders: Mapping[str, Sequence[str]] | None = None,
    weights: Mapping[str, float] | None = None,
) -> Utility:
    """Return the utility of ``release`` beside ``original``; rows need no common order.

    Raises UsageError for an original without rows, for columns that one of them lacks, and for a release with more
    rows than its original.
    """
    missing = [name for name in quasi_ids if name not in original.column_names or name not in release.column_names]
    if missing or not 0 < original.num_rows >= release.num_rows:
        told = f"lack {', '.join(missing)}" if missing else f"have {original.num_rows} and {release.num_rows} rows"
        raise UsageError(f"The original and the release {told}.", mend="Name a release and the table it was made of.")
    rows, share = original.num_rows, weights or {}
    columns = {
        name: _column(
            read_domain(original[name], (hierarchies or {}).get(name), (orders or {}).get(name)), release[name], rows
        )
        for name in quasi_ids
    }
    sizes, blank = _classes(release, quasi_ids)
    gone = rows - release.num_rows + blank
    kept = int(sizes.sum())
    total = sum(share.get(name, 1.0) for name in quasi_ids)
    ncp = sum(column.ncp * share.get(name, 1.0) for name, column in columns.items()) / total
    c_avg = kept / len(sizes) / k if len(sizes) else 0.0
    return Utility(rows, release.num_rows, gone / rows, int((sizes**2).sum()) + rows * gone, c_avg, ncp, columns)


def _classes(release: pa.Table, quasi_ids: Sequence[str]) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], int]:
    """Return the sizes of classes in rows, and the rows that are suppressed in every column."""
    import pyarrow as pa

    keys = pa.table({f"q{at}": release[name].cast(pa.string()) for at, name in enumerate(quasi_ids)})
    found = keys.group_by(keys.column_names).aggregate([([], "count_all")])
    sizes = np.asarray(found["count_all"], np.int64)
    blank = np.ones(len(sizes), bool)
    for name in keys.column_names:
        blank &= np.array([value == SUPPRESSED for value in found[name].to_pylist()], bool)
    return sizes[~blank], int(sizes[blank].sum())


def _column(domain: Domain, published: pa.ChunkedArray, rows: int) -> ColumnUtility:
    """Return the losses of one column; ``rows`` are the original's."""
    import pyarrow as pa

    counts = published.cast(pa.string()).value_counts()
    gone = rows - len(published)
    ncp, left_open, unread = float(gone), gone * domain.entropy, 0
    spread = np.zeros(len(domain.counts))
    for value, n in zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True):
        covered = domain.cover(value)
        if not covered.size:
            unread += n
        ncp += n * domain.penalty(value, covered)
        left_open += n * (domain.open_within(covered) if covered.size else domain.entropy)
        spread[covered] += n / max(1, covered.size)
    shares, seen = ((mass + 0.5) / (mass.sum() + 0.5 * len(mass)) for mass in (domain.counts, spread))
    kl = max(0.0, float(np.sum(shares * np.log(shares / seen))))
    entropy = min(1.0, left_open / rows / domain.entropy) if domain.entropy else 0.0
    return ColumnUtility(ncp / rows, entropy, kl, unread)
