"""Made-up people and their releases: in blocks of 40 neighbors by age, or published as they are."""

from __future__ import annotations

import numpy as np

from quality.checks.attacks.released_columns import Intervals, People, Released, Sets

CATEGORIES = {"job": 6, "secret": 4}
BLOCK = 40


def people(seed: int, count: int = 1_200) -> People:
    rng = np.random.default_rng(seed)
    age = np.sort(rng.integers(0, 100, size=count)).astype(float)
    zone = rng.integers(0, 1_000, size=count).astype(float)
    return {"age": age, "zone": zone, "job": rng.integers(6, size=count), "secret": rng.integers(4, size=count)}


def in_blocks(members: People, block: int = BLOCK) -> Released:
    """Age as a block's interval, zone as ``*``, job as any, the secret as it is."""
    count = len(members["age"])
    codes = np.arange(count) // block
    ages = [members["age"][codes == code] for code in range(codes.max() + 1)]
    anywhere = Intervals(np.zeros(count, dtype=np.int64), np.array([-np.inf]), np.array([np.inf]))
    return {
        "age": Intervals(codes, np.array([a.min() for a in ages]), np.array([a.max() for a in ages])),
        "zone": anywhere,
        "job": Sets(np.zeros(count, dtype=np.int64), np.ones((1, 6), dtype=bool)),
        "secret": Sets(members["secret"].astype(np.int64), np.eye(4, dtype=bool)),
    }


def alike(count: int = 1_200) -> People:
    return {name: np.zeros(count, dtype=int if name in CATEGORIES else float) for name in people(1, 1)}
