"""A noisy release of cell and hour counts beside a group-by that counts distinct actors, in one run.

Run: `.venv/bin/python -m benchmarks.dp_counts [ROUNDS]`. Both read the same Parquet file of Cabspotting (7.9M fixes)
and group by squares and hours in Polars. The release is of rows and distinct actors, over a full public key set: all
squares of an area times all 576 hours, bounded by user and day. Rounds are interleaved; the first warms up.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.machine import ROOT, machine
from jobs.budget.draw_noise import OpenDpNoise
from quality.releases.noisy import NoisyRelease
from transforms.noise.claim import claim_of
from transforms.noise.derive_keys import key_columns
from transforms.noise.release_noisily import Noisy, release_noisily
from transforms.noise.utility import utility

AREAS = {
    "downtown (12 squares)": {"south": 37.775, "west": -122.425, "north": 37.795, "east": -122.395},
    "the city (12 x 12 squares)": {"south": 37.705, "west": -122.495, "north": 37.815, "east": -122.385},
}
FIRST, HOURS = datetime(2008, 5, 17, 9), 576
GOAL, THRESHOLD = 2.0, 40


def main(rounds: int) -> None:
    """Print seconds of each way in each round, the ratio of medians and the figures of the release."""
    print(machine())
    path = Path(os.environ.get("GEOWARD_SHARED", ROOT.parent / "shared")) / "data/cabspotting/cabspotting_dev.parquet"
    for area, box in AREAS.items():
        for loss in ({"accounting": "approximate", "epsilon": 1}, {"accounting": "zcdp", "rho": 0.015}):
            compare(path, declared(box, loss), f"{area}, {loss['accounting']}", rounds)


def declared(box: dict[str, float], loss: dict[str, object]) -> NoisyRelease:
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
                "cell": {"by": "grid", "latitude": "lat", "longitude": "lon", "step": 0.01},
                "hour": {"by": "time", "column": "at", "every": "hour"},
            },
            "partitions": {"product": {"cell": box, "hour": {"since": FIRST, "until": FIRST + timedelta(hours=HOURS)}}},
            "measures": {"fixes": {"measure": "count"}, "taxis": {"measure": "distinct_actors"}},
            "bounds": {"l0": 100, "linf": 10, "chosen_from": "public", "because": "Round figures, for a benchmark."},
            "loss": loss,
            "threshold": {"measure": "taxis", "at_least": THRESHOLD},
            "lifetime": {"units": 25},
        }
    )


def compare(path: Path, release: NoisyRelease, name: str, rounds: int) -> None:
    """Time both ways in every round, reading included."""
    plain, ours = [], []
    for _ in range(rounds + 1):
        started = time.monotonic()
        grouped(rows(path), release)
        plain.append(time.monotonic() - started)
        started = time.monotonic()
        made = release_noisily(rows(path), release, key=bytes(32), noise=OpenDpNoise())
        ours.append(time.monotonic() - started)
    report(name, plain[1:], ours[1:], made, release)


def rows(path: Path) -> pa.Table:
    """Return the fixes, with a time."""
    table = pq.read_table(path, columns=["cab_id", "lat", "lon", "unix_ts"], read_dictionary=["cab_id"])
    return table.set_column(3, "at", table["unix_ts"].cast(pa.timestamp("s")))


def grouped(table: pa.Table, release: NoisyRelease) -> int:
    """Count rows and distinct actors by the same keys; nothing is bounded or noised."""
    import polars as pl

    df = pl.DataFrame(pl.from_arrow(table)).lazy().select("cab_id", *key_columns(release.keys))
    return df.group_by("cell", "hour").agg(pl.len(), pl.col("cab_id").n_unique()).collect().height


def report(name: str, plain: list[float], ours: list[float], made: Noisy, release: NoisyRelease) -> None:
    """Print the ratio of medians, and what the release is like."""
    ratio = statistics.median(ours) / statistics.median(plain)
    each = ", ".join(f"{one / other:.2f}" for one, other in zip(ours, plain, strict=True))
    print(f"  {name}: {made.exact.num_rows:,} partitions, {2 * made.exact.num_rows:,} draws")
    print(f"    group-by {statistics.median(plain):.2f} s, release {statistics.median(ours):.2f} s: ", end="")
    print(f"{ratio:.2f} times ({each}); goal {GOAL} {'met' if ratio <= GOAL else 'NOT met'}")
    lost = ", ".join(f"{step} {share:.1%}" for step, share in made.loss.shares.items())
    print(f"    share of rows lost: {lost}")
    noisy, exact = (table["taxis"].to_numpy() for table in (made.table, made.exact))
    useful = utility(noisy, exact, made.published, THRESHOLD)
    print(f"    taxis: {useful}; {claim_of(release).said}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
