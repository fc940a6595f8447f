"""Real sets as the attacks see them: codes of who, in which .01 degree cell, at which second."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

FILES = {
    "cabspotting": ("cabspotting/cabspotting_dev.parquet", "cab_id"),
    "geolife": ("geolife/geolife_1min_dev.parquet", "user_id"),
    "gowalla": ("checkins_marc/gowalla_dev.parquet", "label"),
    "brightkite": ("checkins_marc/brightkite_dev.parquet", "label"),
    "nyc": ("checkins_marc/foursquare_nyc_dev.parquet", "label"),
}


class RealPoints(NamedTuple):
    subjects: np.ndarray
    cells: np.ndarray
    seconds: np.ndarray | None
    table: pa.Table


def real_points(shared_data: Path, name: str, *, degrees: float = 0.01) -> RealPoints:
    file, subject = FILES[name]
    table = pq.read_table(shared_data / file)
    return RealPoints(codes(table[subject]), cells(table, degrees), seconds_of(table), table)


def codes(column: pa.ChunkedArray) -> np.ndarray:
    return column.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)


def cells(table: pa.Table, degrees: float) -> np.ndarray:
    across, up = (np.floor(table[name].to_numpy() / degrees).astype(np.int64) for name in ("lon", "lat"))
    return (up << 32) + across


def seconds_of(table: pa.Table) -> np.ndarray | None:
    if "unix_ts" in table.column_names:
        return table["unix_ts"].to_numpy().astype(np.int64)
    if "date_utc" not in table.column_names:
        return None
    stamps = pc.binary_join_element_wise(*(pc.cast(table[name], pa.string()) for name in ("date_utc", "time_utc")), " ")
    return pc.strptime(stamps, "%Y-%m-%d %H:%M:%S", "s").cast(pa.int64()).to_numpy()
