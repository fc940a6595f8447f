"""What a reader of a release of places takes for the counts of its finest cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold


@untold
def told_counts(cells: Sequence[int], published: Sequence[str]) -> NDArray[np.float64]:
    """Return what the release tells of the count of each of ``cells`` (m,), distinct H3 numbers, in their order.

    ``published`` (p,) has the text of each row's cell. A row of a coarser cell is spread evenly over the cells in it of
    the asked one's resolution: who reads it knows no better.
    """
    import h3.api.basic_int as h3

    rows = {h3.str_to_int(cell): count for cell, count in Counter(published).items()}
    told = []
    for cell in cells:
        own = h3.get_resolution(cell)
        around = [h3.cell_to_parent(cell, resolution) for resolution in range(own + 1)]
        told.append(sum(rows[one] / h3.cell_to_children_size(one, own) for one in around if one in rows))
    return np.array(told, np.float64)
