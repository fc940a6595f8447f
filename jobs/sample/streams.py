"""Independent random streams, so that more of one thing never changes another."""

from __future__ import annotations

from zlib import crc32

import numpy as np

DAY_SECONDS = 86_400


def stream(seed: int, region: str, topic: str, day: int = 0) -> np.random.Generator:
    """Return the stream of one topic on one day; the same arguments give the same numbers."""
    return np.random.default_rng([seed, crc32(f"{region}/{topic}".encode()), day])
