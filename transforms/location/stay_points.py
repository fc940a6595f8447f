"""Stay points: where a subject stayed, without the way there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from quality.contracts.untold import untold
from transforms.location.fixes import Fixes, Floats, Ints


@untold
def stay_points(fixes: Fixes, *, radius_m: float, minutes: float) -> NDArray[np.int64]:
    """Return each fix's stay (n,), numbered from 0, or -1 where it is on its way.

    A stay is consecutive fixes of one subject within ``radius_m`` of the first, that span at least ``minutes`` (Li et
    al., ACM GIS 2008, Definition 2). Gaps do not end one: a phone is silent where it lies still.
    """
    made: NDArray[np.int64] = _stays(
        fixes.subjects, fixes.seconds, np.radians(fixes.latitudes), np.radians(fixes.longitudes),
        radius_m / 6_371_008.8, minutes * 60,
    )  # fmt: skip
    return made


@compiled
def _stays(
    subjects: NDArray[np.int32], seconds: Ints, phi: Floats, theta: Floats, radius: float, least: float
) -> NDArray[np.int64]:
    """``radius`` in radians of the earth, ``least`` in seconds."""
    found = np.full(len(subjects), -1, np.int64)
    near = np.sin(radius / 2) ** 2
    first, stays = 0, 0
    while first < len(subjects):
        end = first + 1
        while end < len(subjects) and subjects[end] == subjects[first]:
            turned = np.sin((theta[end] - theta[first]) / 2) ** 2
            risen = np.sin((phi[end] - phi[first]) / 2) ** 2
            if risen + np.cos(phi[end]) * np.cos(phi[first]) * turned > near:
                break
            end += 1
        if seconds[end - 1] - seconds[first] >= least:
            found[first:end] = stays
            stays += 1
            first = end
        else:
            first += 1
    return found
