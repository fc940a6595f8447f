"""How many distinct subjects each group has: persons are counted, never rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold

Ints = NDArray[np.int64]


@untold
def distinct_subjects(groups: Ints, subjects: NDArray[np.int32], size: int) -> Ints:
    """Return the distinct subjects (size,) of each group; ``groups`` (n,) and ``subjects`` (n,) number from 0."""
    width = int(subjects.max(initial=0)) + 1
    pairs = np.unique(groups * width + subjects)
    return np.bincount(pairs // width, minlength=size).astype(np.int64)
