"""Small releases, and a source of noise that adds none, so that figures can be checked by eye."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from quality.releases.noisy import NoisyRelease
from transforms.noise.derive_keys import public_partitions
from transforms.noise.release_noisily import release_noisily

KEY = bytes(range(32))
START = datetime(2026, 5, 4)  # a Monday


@dataclass(frozen=True)
class NoNoise:
    """Returns figures as they are; of a choice, what its ``threshold`` would show; of values, the middle one."""

    threshold: int = 1

    def drawing(self):
        return nullcontext(lambda measurement, size: lambda: np.zeros(size, dtype=np.int64))

    def one(self, measurement, values):
        if isinstance(values, dict):
            return {key: count for key, count in values.items() if count >= self.threshold}
        return sorted(values)[len(values) // 2] if len(values) else 0


def bounds(l0=10, linf=10, l1=None):
    return {"l0": l0, "linf": linf, "l1": l1, "chosen_from": "public", "because": "small"}


def release(**changed) -> NoisyRelease:
    told = {
        "kind": "noisy",
        "name": "visits",
        "description": "Visits by place.",
        "purpose": "statistics",
        "reads": "visits",
        "unit": {"per": "user", "user": "who"},
        "keys": {"place": {"by": "column", "column": "place"}},
        "partitions": {"product": {"place": ["a", "b", "c"]}},
        "measures": {"visits": {"measure": "count"}},
        "bounds": bounds(),
        "loss": {"accounting": "zcdp", "rho": 0.5},
        "lifetime": {"units": 1},
    }
    return NoisyRelease.model_validate(told | changed)


BY_DAY = {"unit": {"per": "user_day", "user": "who", "time": "at"}}
PRIVATE = {"partitions": {"are": "private"}, "loss": {"accounting": "zcdp", "rho": 0.5, "delta": 1e-6}}


def visits(*rows) -> pa.Table:
    """Make a table of (who, place[, size[, days after the start]])."""
    told = [(*row, *(1.0, 0)[len(row) - 2 :]) for row in rows]
    return pa.table(
        {
            "who": pa.array([row[0] for row in told], pa.string()),
            "place": pa.array([row[1] for row in told], pa.string()),
            "size": pa.array([row[2] for row in told], pa.float64()),
            "at": pa.array([START + timedelta(days=row[3]) for row in told], pa.timestamp("us")),
        }
    )


def column(table: pa.Table, name: str) -> list:
    return np.asarray(table[name]).tolist()


def noisily(rows, of, *, noise, key=KEY, listed=None):
    """Make the figures of a release over its own public partitions, or those ``listed``."""
    return release_noisily(rows, of, key=key, noise=noise, public=public_partitions(of.partitions, of.keys, listed))
