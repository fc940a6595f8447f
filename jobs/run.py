"""One run of one table: which partitions it makes and what it knew before it began."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from jobs.commit import Claims


@dataclass(frozen=True)
class Run:
    """Which partitions to make, and what the plan said of each: why it runs and what it is made from."""

    run_id: str
    dates: tuple[date, ...]
    reasons: Mapping[date, str] = field(default_factory=dict)
    digests: Mapping[date, tuple[str, dict[str, str]]] = field(default_factory=dict)
    claims: Claims = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
