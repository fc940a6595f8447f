"""One run of one table: which partitions it makes and what it knew before it began."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from jobs.catalog import now
from jobs.commit import Claims

AGAIN = "asked for again"
"""Why a partition that is fresh is made: by ``--force``, as `geoward fsck` says to."""


@dataclass(frozen=True)
class Run:
    """Which partitions to make, and what the plan said of each: why it runs and what it is made from."""

    run_id: str
    dates: tuple[date, ...]
    reasons: Mapping[date, str] = field(default_factory=dict)
    digests: Mapping[date, tuple[str, dict[str, str]]] = field(default_factory=dict)
    claims: Claims = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)


def new_run_id() -> str:
    """Return a run's name: UTC moment and a few random digits."""
    return f"{now():%Y%m%dT%H%M%S}-{os.urandom(3).hex()}"
