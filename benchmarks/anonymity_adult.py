"""Local recoding in memory: loss and seconds on Adult beside ARX's, and kernel times on synthetic rows.

Adult: tight NCP of its nine columns, table to table, compiled. Synthetic rows: latitude, longitude, hour, age, device.
ARX's figures were measured on a like machine with its Java's start and its own loading, about a second, in its times.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.machine import ROOT, machine
from quality.releases.privacy_models import KAnonymity
from transforms.anonymity.classes import make_classes
from transforms.anonymity.classes_loss import information_loss
from transforms.anonymity.coded_table import CodedTable, QuasiId
from transforms.anonymity.recode_classes import recode_classes

T = TypeVar("T")
ADULT = "data/k_anon_adult_arx/adult.csv.gz"
ARX = {5: (5.1, 0.0308), 10: (6.9, 0.0531), 50: (19.1, 0.1291)}
WAYS: dict[str, dict[str, Any]] = {
    "plain Mondrian": {"effort": "fast"},
    "least loss, strict": {"strict": True},
    "least loss, rows moved": {},
}


def coded(frame: pd.DataFrame) -> tuple[CodedTable, list[NDArray[Any]]]:
    """Return the coded table of ``frame`` and the values behind its codes."""
    columns, labels = [], []
    for name, column in frame.items():
        values, codes = np.unique(column.to_numpy(), return_inverse=True)
        numeric = values.dtype.kind in "if"
        positions = values.astype(float) if numeric else np.arange(values.size, dtype=float)
        kind = "numeric" if numeric else "categorical"
        columns.append(QuasiId(str(name), kind, codes.astype(np.int32), positions))  # type: ignore[arg-type]
        labels.append(values)
    return CodedTable(len(frame), tuple(columns)), labels


def people(rows: int) -> pd.DataFrame:
    """Return synthetic rows round twenty towns."""
    rng = np.random.default_rng(1)
    towns, town = rng.uniform(-0.5, 0.5, (20, 2)), rng.integers(0, 20, rows)
    return pd.DataFrame(
        {
            "latitude": (37.8 + towns[town, 0] + rng.normal(0, 0.05, rows)).round(5),
            "longitude": (-122.4 + towns[town, 1] + rng.normal(0, 0.05, rows)).round(5),
            "hour": rng.integers(0, 24, rows),
            "age": np.clip(rng.normal(38, 14, rows), 13, 95).astype(int),
            "device": np.minimum(rng.geometric(0.15, rows), 40),
        }
    )


def timed(work: Callable[[], T]) -> tuple[str, T]:
    """Return the seconds that ``work`` took, of the clock and of one core, and what it made."""
    clock, core = time.perf_counter(), time.process_time()
    made = work()
    return f"{time.perf_counter() - clock:6.3f} s ({time.process_time() - core:.3f} of CPU)", made


def measure(table: CodedTable, k: int, how: dict[str, Any]) -> str:
    """Return seconds, loss and the least class, told."""
    seconds, classes = timed(lambda: make_classes(table, models=[KAnonymity(model="k_anonymity", k=k)], **how))
    sizes = np.bincount(classes)
    return f"{seconds}, NCP {information_loss(table, classes):.5f}, least class {sizes[sizes > 0].min()}"


def main() -> None:
    """Print one line for each k and way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 5_000_000])
    rows = parser.parse_args().rows
    print(machine())
    shared = Path(os.environ.get("GEOWARD_SHARED", ROOT.parent / "shared"))
    seconds, (table, labels) = timed(lambda: coded(pd.read_csv(shared / ADULT, sep=";")))
    print(f"Adult read and coded in {seconds}")
    for name, how in WAYS.items():
        print(f"first call, {name}: {measure(table, 500, how)}")
    for k, (arx_seconds, arx_loss) in ARX.items():
        print(f"Adult k={k}: ARX local {arx_seconds} s, NCP {arx_loss}")
        for name, how in WAYS.items():
            print(f"  {name:24} {measure(table, k, how)}")
    classes = make_classes(table, models=[KAnonymity(model="k_anonymity", k=10)])
    print(f"Adult published in {timed(lambda: recode_classes(table, classes, labels))[0]}")
    for size in rows:
        synthetic(size)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


def synthetic(rows: int) -> None:
    """Print the kernel's time on ``rows`` synthetic rows, and the time to publish them."""
    table, labels = coded(people(rows))
    for name, how in list(WAYS.items())[:2]:
        print(f"{rows:,} rows, k=10, {name:20} {measure(table, 10, how)}")
    classes = make_classes(table, models=[KAnonymity(model="k_anonymity", k=10)], effort="fast")
    print(f"{rows:,} rows published in {timed(lambda: recode_classes(table, classes, labels))[0]}")


if __name__ == "__main__":
    main()
