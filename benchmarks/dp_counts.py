"""A noisy release of cell and hour counts beside a group-by that counts distinct actors, in one run.

Run: `.venv/bin/python -m benchmarks.dp_counts [ROUNDS]`. Both read the same Parquet file of Cabspotting (7.9M fixes)
and group by squares and hours in Polars. The release is of distinct actors as the group-by is, and once more of rows
besides (twice the noise), over a full public key set: all squares of an area times all 576 hours, bounded by user and
day. Rounds are interleaved; the first warms up.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.machine import ROOT, machine
from jobs.budget.draw_noise import OpenDpNoise
from quality.releases.noisy import NoisyRelease
from transforms.noise.claim import claim_of
from transforms.noise.derive_keys import key_columns
from transforms.noise.mechanisms import Kind, vector_measurement
from transforms.noise.release_noisily import Noisy, release_noisily
from transforms.noise.utility import utility

T = TypeVar("T")
AREAS = {
    "the city and its airport, squares of .025 degrees (6 km2, as an H3 cell of resolution 7)": (
        0.025,
        {"south": 37.6, "west": -122.52, "north": 37.82, "east": -122.36},
    ),
    "the city, squares of .01 degrees": (
        0.01,
        {"south": 37.705, "west": -122.495, "north": 37.815, "east": -122.385},
    ),
}
LOSSES: dict[str, dict[str, object]] = {
    "Laplace": {"accounting": "approximate", "epsilon": 1},
    "Gaussian": {"accounting": "zcdp", "rho": 0.015},
}
MEASURES = (
    {"taxis": {"measure": "distinct_actors"}},
    {"taxis": {"measure": "distinct_actors"}, "fixes": {"measure": "count"}},
)
FIRST, HOURS = datetime(2008, 5, 17, 9), 576
GOAL, THRESHOLD = 2.0, 40


def main(rounds: int) -> None:
    """Print seconds of each way in each round, the ratio of medians and the figures of the release."""
    print(machine())
    path = Path(os.environ.get("GEOWARD_SHARED", ROOT.parent / "shared")) / "data/cabspotting/cabspotting_dev.parquet"
    draws()
    for area, (step, box) in AREAS.items():
        for (noise, loss), measures in product(LOSSES.items(), MEASURES):
            release = declared(step, box, loss, measures)
            compare(path, release, f"{area}, {noise} noise, {' and '.join(measures)}", rounds)
            print(f"    {claim_of(release).said}")


def draws() -> None:
    """Print how fast OpenDP draws, in one thread and in two."""
    size = 200_000
    kinds: tuple[Kind, ...] = ("laplace", "gaussian")
    for kind in kinds:
        measurement, rates = vector_measurement(kind, 20.0), []
        for threads in (1, 2):
            started = time.monotonic()
            with OpenDpNoise(threads).drawing() as draw:
                draw(measurement, size)()
            rates.append(f"{size / (time.monotonic() - started) / 1e6:.2f}M/s in {threads} thread(s)")
        print(f"  OpenDP's discrete {kind} noise: {', '.join(rates)}")


def declared(
    step: float, box: dict[str, float], loss: dict[str, object], measures: dict[str, dict[str, str]]
) -> NoisyRelease:
    """Return the release; L0 and Linf are round figures that a taxi's day hardly exceeds."""
    return NoisyRelease.model_validate(
        {
            "kind": "noisy",
            "name": "hourly_cells",
            "description": "Fixes and taxis by square and hour.",
            "purpose": "statistics",
            "reads": "cabspotting",
            "unit": {"per": "user_day", "user": "cab_id", "time": "at"},
            "keys": {
                "cell": {"by": "grid", "latitude": "lat", "longitude": "lon", "step": step},
                "hour": {"by": "time", "column": "at", "every": "hour"},
            },
            "partitions": {"product": {"cell": box, "hour": {"since": FIRST, "until": FIRST + timedelta(hours=HOURS)}}},
            "measures": measures,
            "bounds": {"l0": 100, "linf": 10, "chosen_from": "public", "because": "Round figures, for a benchmark."},
            "loss": loss,
            "threshold": {"measure": "taxis", "at_least": THRESHOLD},
            "lifetime": {"units": 25},
        }
    )


def compare(path: Path, release: NoisyRelease, name: str, rounds: int) -> None:
    """Time both ways in every round, reading included."""
    plain, ours = Times(), Times()
    for _ in range(rounds + 1):
        plain.take(lambda: grouped(rows(path), release))
        made = ours.take(lambda: release_noisily(rows(path), release, key=bytes(32), noise=OpenDpNoise()))
    report(name, plain, ours, made)


class Times:
    """Seconds of each round but the first, which warms up: by the clock, and of CPU, whatever else runs."""

    def __init__(self) -> None:
        """Nothing was timed yet."""
        self.clock: list[float] = []
        self.cpu: list[float] = []

    def take(self, do: Callable[[], T]) -> T:
        """Do something once more."""
        started, before = time.monotonic(), time.process_time()
        made = do()
        self.clock.append(time.monotonic() - started)
        self.cpu.append(time.process_time() - before)
        return made


def rows(path: Path) -> pa.Table:
    """Return the fixes, with a time."""
    table = pq.read_table(path, columns=["cab_id", "lat", "lon", "unix_ts"], read_dictionary=["cab_id"])
    return table.set_column(3, "at", table["unix_ts"].cast(pa.timestamp("s")))


def grouped(table: pa.Table, release: NoisyRelease) -> int:
    """Count distinct actors, and rows if the release does, by the same keys; nothing is bounded or noised."""
    import polars as pl

    df = pl.DataFrame(pl.from_arrow(table)).lazy().select("cab_id", *key_columns(release.keys))
    counted = [pl.col("cab_id").n_unique(), *([pl.len()] if "fixes" in release.measures else [])]
    return df.group_by("cell", "hour").agg(counted).collect().height


def report(name: str, plain: Times, ours: Times, made: Noisy) -> None:
    """Print the ratio of medians, and what the release is like."""
    size, figures = made.exact.num_rows, len(made.exact.column_names) - 2
    print(f"  {name}: {size:,} partitions, {figures * size:,} draws")
    for of, base, own in (("clock", plain.clock[1:], ours.clock[1:]), ("CPU", plain.cpu[1:], ours.cpu[1:])):
        ratio = statistics.median(own) / statistics.median(base)
        each = ", ".join(f"{one / other:.2f}" for one, other in zip(own, base, strict=True))
        print(
            f"    by {of}: group-by {statistics.median(base):.2f} s, release {statistics.median(own):.2f} s: ", end=""
        )
        print(f"{ratio:.2f} times ({each}); goal {GOAL} {'met' if ratio <= GOAL else 'NOT met'}")
    lost = ", ".join(f"{step} {share:.1%}" for step, share in made.loss.shares.items())
    print(f"    share of rows lost: {lost}")
    noisy, exact = (table["taxis"].to_numpy() for table in (made.table, made.exact))
    useful = utility(noisy, exact, made.published, THRESHOLD)
    print(f"    taxis: {useful}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
