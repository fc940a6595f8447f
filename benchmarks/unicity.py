"""Unicity of all Cabspotting fixes: 2,000 draws of 1 to 6 points on a grid of .01 degree and one hour."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.machine import ROOT, machine
from quality.checks.attacks.points import points_of
from quality.checks.attacks.unicity import unicity

SHARED = Path(os.environ.get("GEOWARD_SHARED", ROOT.parent / "shared"))
FIXES = SHARED / "data" / "cabspotting" / "cabspotting_dev.parquet"


def main() -> None:
    """Print the seconds of the scan, of the posting lists and of the draws, then unicity with its intervals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    print(machine())
    start = time.perf_counter()
    table = pq.read_table(FIXES, columns=["cab_id", "lat", "lon", "unix_ts"])
    cabs = table["cab_id"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    up, across = (np.floor(table[name].to_numpy() / 0.01).astype(np.int64) for name in ("lat", "lon"))
    cells, hours = (up << 32) + across, table["unix_ts"].to_numpy().astype(np.int64) // 3600
    scanned = time.perf_counter()
    points = points_of(cabs, cells, hours)
    listed = time.perf_counter()
    found = unicity(points, most=6, draws=asked.draws, seed=asked.seed)
    drawn = time.perf_counter()
    print(f"{len(cabs):,} fixes, {points.traces} cabs, {points.places:,} points, {len(points.posting):,} pairs")
    print(f"scan {scanned - start:.1f} s; posting lists {listed - scanned:.1f} s; draws {drawn - listed:.1f} s")
    print(f"work after scan: {drawn - scanned:.1f} s for {asked.draws:,} draws x p = 1..6")
    for known, reached in enumerate(found, 1):
        print(f"p = {known}: {reached.value:.3f} [{reached.low:.3f}, {reached.high:.3f}]")


if __name__ == "__main__":
    main()
