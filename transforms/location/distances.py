"""Great-circle distances between positions in degrees."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quality.contracts.untold import untold

EARTH_M = 6_371_008.8
"""The mean radius of the earth in meters (IUGG)."""


@untold
def meters_between(
    latitudes: ArrayLike, longitudes: ArrayLike, other_latitudes: ArrayLike, other_longitudes: ArrayLike
) -> NDArray[np.float64]:
    """Return the distances in meters on a sphere, by the haversine formula; arrays broadcast."""
    phi, other = np.radians(latitudes), np.radians(other_latitudes)
    turned = np.sin(np.radians(np.subtract(other_longitudes, longitudes)) / 2) ** 2
    risen = np.sin((other - phi) / 2) ** 2
    made = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(risen + np.cos(phi) * np.cos(other) * turned, 0, 1)))
    return np.asarray(made, np.float64)
