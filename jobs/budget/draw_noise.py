"""Draw noise by OpenDP, whose randomness is the operating system's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class OpenDpNoise:
    """Draws for vectors chunk by chunk, side by side: each value's noise is its own, so that chunks change nothing."""

    threads: int = 2

    def vector(self, measurement: Any, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return noisy values (n,) of exact ones (n,)."""
        chunks = [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
        with ThreadPoolExecutor(self.threads) as pool:
            drawn = [np.array(each, dtype=np.int64) for each in pool.map(measurement, chunks)]
        return np.concatenate(drawn) if drawn else np.zeros(0, dtype=np.int64)

    def one(self, measurement: Any, values: Any) -> Any:
        """Return what a measurement makes of all values together."""
        return measurement(values)
