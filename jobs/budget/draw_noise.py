"""Draw noise by OpenDP, whose randomness is the operating system's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class OpenDpNoise:
    """Draws chunk by chunk, side by side: each value's noise is its own, so that chunks change nothing."""

    threads: int = 2

    @contextmanager
    def drawing(self) -> Iterator[Callable[[Any, int], Callable[[], NDArray[np.int64]]]]:
        """Yield what begins to draw noise for so many zeros, and returns what waits for it."""
        pool = ThreadPoolExecutor(self.threads)

        def draw(measurement: Any, size: int) -> Callable[[], NDArray[np.int64]]:
            lengths = [min(CHUNK, size - start) for start in range(0, size, CHUNK)]
            chunks = [pool.submit(_drawn, measurement, length) for length in lengths]
            return lambda: np.concatenate([np.zeros(0, dtype=np.int64), *(chunk.result() for chunk in chunks)])

        try:
            yield draw
        finally:
            pool.shutdown(cancel_futures=True)

    def one(self, measurement: Any, values: Any) -> Any:
        """Return what a measurement makes of all values together."""
        return measurement(values)


def _drawn(measurement: Any, length: int) -> NDArray[np.int64]:
    return np.array(measurement(np.zeros(length, dtype=np.int64)), dtype=np.int64)
