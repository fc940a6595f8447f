"""A population file from a table of cities, for benchmarks: each city's people spread over a disk of urban density."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pyarrow.parquet as pq

DENSITY_PER_KM2 = 4_000
"""A usual density of built-up city, from which a city's radius follows."""


def write_population(cities: Path, out: Path) -> int:
    """Write ``latitude,longitude,residents,radius_m`` for every city and return how many there are."""
    rows = pq.read_table(cities, columns=["latitude", "longitude", "population"]).to_pylist()
    with out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["latitude", "longitude", "residents", "radius_m"])
        for row in rows:
            radius = math.sqrt(row["population"] / DENSITY_PER_KM2 / math.pi) * 1_000
            writer.writerow([row["latitude"], row["longitude"], row["population"], round(radius)])
    return len(rows)
