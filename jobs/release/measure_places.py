"""What a release of places is good for, and what it shows of each cell: for its report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from quality.releases.places import PlacesRelease
    from transforms.location.fixes import Fixes

MOST_TOP = 100


@dataclass(frozen=True, slots=True)
class PlacesUtility:
    """What a reader may rely on, who spreads a coarse cell's rows evenly over the finest cells in it.

    ``count_error`` is the mean relative error of those cells' counts by band of their true count of visits (somebody,
    or a trip, in a cell and an hour); ``top_overlap`` the share of the ``top`` most visited ones that are still so.
    ``resolution`` is that of the cells.
    """

    count_error: dict[str, float]
    top: int
    top_overlap: float
    resolution: int


def measure_places(fixes: Fixes, published: pa.Table, release: PlacesRelease) -> PlacesUtility:
    """Measure what is published of the ``fixes`` that might have been."""
    from quality.checks.places.cell_counts import told_counts
    from quality.checks.places.utility import count_error_by_band, top_overlap

    cells, true = _visits(fixes, release)
    told = told_counts(cells, published["cell"].to_pylist())
    top = min(MOST_TOP, -(-len(true) // 10))
    error = count_error_by_band(true, told)
    return PlacesUtility(error, top, top_overlap(true, told, top=top), release.tiles.finest)


def _visits(fixes: Fixes, release: PlacesRelease) -> tuple[list[int], NDArray[np.float64]]:
    """Return the distinct cells (m,) and how many visits each has: of somebody, or a trip that has a pseudonym."""
    import numpy as np
    import pyarrow as pa

    from transforms.location.count_distinct import numbered

    cells, places = numbered(fixes.cells)
    hours = fixes.seconds // 3_600
    first = int(hours.min(initial=0))
    span = int(hours.max(initial=0)) - first + 1
    who = (fixes.trips if release.pseudonym == "trip" else fixes.subjects).astype(np.int64)
    visits = pa.array((who * len(cells) + places) * span + hours - first).unique().to_numpy()
    return cells.tolist(), np.bincount(visits // span % max(len(cells), 1), minlength=len(cells)).astype(np.float64)


def rows_by_cell(published: pa.Table) -> dict[str, int]:
    """Return how many published rows each published cell has: what a map of the release may show."""
    return dict(sorted(Counter(published["cell"].to_pylist()).items()))
