"""Noise of a home: the same for the same bytes, as long as the home keeps its key, and known to nobody else."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jobs.budget.open_ledger import choice_key, open_ledger
from jobs.home import Home
from quality.contracts.errors import UsageError

PURPOSE = b"geoward planar laplace noise 1"
"""Parts this use of the home's key from every other one."""


class KeyedNoise:
    """A pseudorandom function of bytes: HMAC-SHA256 (RFC 2104) under a key of its own, as planar Laplace noise asks."""

    __slots__ = ("_key",)

    def __init__(self, secret: bytes) -> None:
        """Derive the key from a home's ``secret``, which is not kept."""
        self._key = hmac.digest(secret, PURPOSE, "sha256")

    def uniforms(self, keys: Sequence[bytes]) -> NDArray[np.float64]:
        """Return two numbers (n, 2) in [0, 1) for each of ``keys``: the first 53 of each 64 bits of its MAC."""
        drawn = b"".join(hmac.digest(self._key, key, "sha256")[:16] for key in keys)
        words = np.frombuffer(drawn, dtype=">u8").astype(np.uint64).reshape(-1, 2)
        return np.asarray((words >> np.uint64(11)) * 2.0**-53)


def keyed_noise(home: Home) -> KeyedNoise:
    """Return the home's noise; raise ``UsageError`` if it has no key yet, ``KeyUnusable`` if it cannot be read."""
    if not open_ledger(home).path.exists():
        mend = "Make it with the ledger of privacy budgets: `geoward budget make`."
        raise UsageError("Noise is drawn by a key of this installation, which has none.", mend=mend)
    return KeyedNoise(choice_key(home))
