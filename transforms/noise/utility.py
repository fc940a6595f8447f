"""What noise leaves of a release's figures, by the three measures of the Wikimedia Foundation's releases.

All need the exact figures, so they are no private figures themselves: they are for data that is public or historic,
or for the eyes of those who may see the data, and never published.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from quality.contracts.errors import UsageError
from quality.contracts.untold import untold
from transforms.noise.figures import Figures


@dataclass(frozen=True, slots=True)
class Utility:
    """Shares of partitions, and the median relative error; NaN where there are none to count.

    ``drop_rate``: of partitions whose exact figure reaches the threshold, those that are not published.
    ``spurious_rate``: of published partitions, those whose exact figure is 0. ``median_relative_error``: |noisy -
    exact| / exact over partitions that are published and whose exact figure reaches the threshold.
    """

    drop_rate: float
    spurious_rate: float
    median_relative_error: float


@untold
def utility(noisy: Figures, exact: Figures, published: NDArray[np.bool_], threshold: float) -> Utility:
    """Return how ``noisy`` figures (m,) of the ``published`` (p,) partitions fare against ``exact`` ones (p,) of all.

    Raises ``UsageError`` if lengths do not agree.
    """
    if len(exact) != len(published) or len(noisy) != published.sum():
        raise UsageError("Noisy figures are of the published partitions, and exact ones of all.")
    large = exact >= threshold
    shown = exact[published]
    of_large = shown[shown >= threshold]
    errors = np.abs(noisy[shown >= threshold] - of_large) / of_large
    return Utility(
        drop_rate=_share(large & ~published, large),
        spurious_rate=_share(shown == 0, np.ones(len(shown), dtype=bool)),
        median_relative_error=float(np.median(errors)) if len(errors) else nan,
    )


def _share(some: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    return float(some.sum() / of.sum()) if of.any() else nan
