"""Top and bottom coding: what lies beyond a limit is told as the limit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def recode_limits(
    values: NDArray[np.float64], *, bottom: float | None = None, top: float | None = None
) -> NDArray[np.float64]:
    """Return ``values`` (n,) with those below ``bottom`` as ``bottom`` and those above ``top`` as ``top``; NaN stays.

    A few extreme values, such as great ages, would else widen every class that holds one.
    """
    lowest, highest = -np.inf if bottom is None else bottom, np.inf if top is None else top
    return np.clip(values, lowest, highest)
