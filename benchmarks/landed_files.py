"""How fast sealed landed files are read, beside plain ones read by Spark's own readers: rows a second, in one run.

The real file of the shared data, also written as CSV, with a quote in each line and without, and as lines of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from benchmarks.machine import machine
from benchmarks.real_sets import SHARED
from jobs.home import Home, Region
from jobs.landing.file_keys import KeptKeys
from jobs.landing.file_opening import PlainFile
from jobs.landing.keep_file import copied
from jobs.landing.probe_file import probe_copy
from jobs.landing.read_records import LandedFile, read_records
from jobs.landing.read_text import csv_options, fields_of_lines, fields_of_records
from jobs.session import start_session
from quality.policies.load_policy import DEFAULT_POLICY
from quality.sources.load_mapping import load_mapping
from quality.sources.mapping import Mapping

ROUNDS = 3
LANDED = datetime(2024, 5, 1, tzinfo=UTC)
MAPPING = """
name: m
description: d
format: FORMAT
legal_basis: {risk: Consent}
emits:
  - to: raw.pings
    columns:
      event_id: {from: unix_ts}
      actor_id: {from: cab_id}
      event_time: {from: unix_ts, epoch: seconds}
      latitude: {from: lat}
      longitude: {from: lon}
      altitude_m: {from: occupied}
"""


def main() -> None:
    """Print the machine and, for each format, both rates and how many times the old one the new one is."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=4_000_000)
    options.add_argument("--formats", nargs="+", default=["csv", "quoted", "jsonl", "parquet"])
    asked = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = pq.read_table(SHARED / "cabspotting" / "cabspotting_dev.parquet").slice(0, asked.rows)
        region = Region("eu", folder / "root", "eu")
        keys = KeptKeys(Home(folder, {"eu": region}, DEFAULT_POLICY, date(2000, 1, 1)), region)
        spark = start_session(scratch=folder / "scratch")
        for kind in asked.formats:
            mapping, path = written(folder, kind, table)
            with copied(PlainFile(path), region.folder("landing"), keys) as copy:
                probe = probe_copy(copy.content, mapping)
                sealed = LandedFile(copy.content, copy.file_id, LANDED, probe.columns, LANDED.date())
                new = partial(records, spark, sealed, mapping)
                compare(kind, len(table), partial(plain, spark, path, mapping, probe.columns), new)
        spark.stop()


def written(folder: Path, kind: str, table: pa.Table) -> tuple[Mapping, Path]:
    """Write the table in a format, plain, and return a mapping and the file."""
    format_ = "csv" if kind == "quoted" else kind
    (folder / "m.yaml").write_text(MAPPING.replace("FORMAT", format_))
    path = folder / f"plain_{kind}.{format_}"
    if kind == "parquet":
        pq.write_table(table, path, row_group_size=500_000)
    elif kind == "jsonl":
        with path.open("w") as file:
            for batch in table.to_batches(100_000):
                file.writelines(json.dumps(row) + "\n" for row in batch.to_pylist())
    else:
        style = pyarrow.csv.WriteOptions(quoting_style="needed" if kind == "quoted" else "none")
        pyarrow.csv.write_csv(table, path, style)
    print(f"{kind}: {path.stat().st_size / 2**20:,.0f} MiB")
    return load_mapping(str(folder / "m.yaml")), path


def plain(spark: SparkSession, path: Path, mapping: Mapping, columns: tuple[str, ...]) -> DataFrame:
    """Read the plain file by Spark's own reader, and split it as before files were sealed."""
    of = F.lit(0).alias("_of")
    if mapping.format == "parquet":
        rows = spark.read.parquet(str(path)).select(*mapping.source_columns, F.lit(None).alias("_corrupt"), of)
    elif mapping.format == "jsonl":
        rows = fields_of_lines(spark.read.text(str(path)).select("value", of), mapping)
    else:
        schema = ", ".join(f"_{place} string" for place in [*range(len(columns)), "corrupt"])
        options = csv_options(tabs=False, ends_with_cr=False)
        found = spark.read.schema(schema).options(**options, header="true").csv(str(path))
        rows = fields_of_records(found.select("*", of), mapping, columns)
    landed = spark.createDataFrame([(0, "f", LANDED, LANDED.date())], "_of int, _file_id string, a timestamp, s date")
    return rows.join(F.broadcast(landed), on="_of", how="left")


def records(spark: SparkSession, file: LandedFile, mapping: Mapping) -> DataFrame:
    """Read the sealed file as a run does."""
    [frame] = read_records(spark, [file], mapping)
    return frame


def compare(kind: str, count: int, old: Callable[[], DataFrame], new: Callable[[], DataFrame]) -> None:
    """Read both ways in turn, once to warm up, and print the medians."""
    assert old().count() == new().count() == count
    seconds: dict[str, list[float]] = {"plain": [], "sealed": []}
    for _ in range(ROUNDS):
        for way, frame in (("plain", old), ("sealed", new)):
            began = time.monotonic()
            frame().write.format("noop").mode("overwrite").save()
            seconds[way].append(time.monotonic() - began)
    rates = {way: count / statistics.median(taken) for way, taken in seconds.items()}
    told = ", ".join(f"{way} {rate:,.0f} rows/s" for way, rate in rates.items())
    print(f"{kind}: {told}: {rates['sealed'] / rates['plain']:.2f} times, load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
