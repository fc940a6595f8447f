"""A release of many rows on Spark beside a plain Spark copy of the same rows: seconds, memory, loss, verification.

Run: `.venv/bin/python -m benchmarks.release_spark [ROWS…]`; by default 5,000,000 rows with five quasi-identifiers and
five other columns, k = 10. In each round the copy and the release are timed one after the other, in one warm process;
each number of rows has a process of its own, whose memory (Java's and all workers') is watched.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.machine import Peak, cpu_seconds, machine

ROUNDS = 3
QUASI_IDS = ("lat", "lon", "hour", "age", "device")
PART = 1_000_000


def main(sizes: list[int]) -> None:
    """Measure each number of rows in a process of its own, and print the growth from the least to the greatest."""
    print(machine())
    seconds = {}
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_rows(Path(folder) / "rows.parquet", rows)
            peak = Peak()
            command = [sys.executable, "-m", "benchmarks.release_spark", "--in", folder]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
                peak.watch(process)
                told = json.loads(process.stdout.read()) if process.stdout else {}
        print(f"\n{rows:,} rows, peak memory of all processes {peak.gib:.2f} GiB")
        for one in told["rounds"]:
            by = one["release"] / one["copy"]
            cpu = one["release_cpu"] / one["copy_cpu"]
            print(f"  copy {one['copy']:.1f} s, release {one['release']:.1f} s: {by:.2f} times; of CPU {cpu:.2f} times")
        print(f"  k {told['k']}, information loss {told['loss']:.5f}, verified in {told['verified']:.1f} s")
        seconds[rows] = min(one["release"] for one in told["rounds"])
    if len(seconds) > 1:
        few, many = min(seconds), max(seconds)
        print(
            f"\nSeconds grow as rows to the power {math.log(seconds[many] / seconds[few]) / math.log(many / few):.2f}."
        )


def write_rows(path: Path, rows: int) -> None:
    """Write synthetic positions of people, each row a subject of its own, a million rows at a time."""
    writer = None
    for part in range(0, rows, PART):
        n, rng = min(PART, rows - part), np.random.default_rng(part)
        table = pa.table(
            {
                "lat": rng.normal(40, 0.3, n).round(4), "lon": rng.normal(-74, 0.3, n).round(4),
                "hour": rng.integers(0, 168, n).astype("int32"),
                "age": np.clip(rng.normal(38, 14, n), 16, 95).astype("int32"),
                "device": rng.integers(0, 200, n).astype("int32"),
                "trip": pa.array([f"{one:016x}" for one in rng.integers(0, 2**62, n)]),
                "amount": rng.gamma(2, 30, n).round(2),
                "kind": pa.array(np.array(["view", "like", "post", "buy"])[rng.integers(0, 4, n)]),
                "score": rng.random(n),
                "at": pa.array(rng.integers(1_700_000_000, 1_710_000_000, n) * 1_000_000, pa.timestamp("us")),
            }
        )  # fmt: skip
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=250_000)
    if writer:
        writer.close()


def measure(folder: Path) -> None:
    """Print the rounds of one number of rows as JSON."""
    from jobs.release.build_large import stage_large
    from jobs.release.judge_table import judge_files
    from jobs.session import start_session
    from quality.releases.declaration import TableRelease

    release = TableRelease.model_validate(
        {
            "name": "big", "description": "b", "purpose": "b", "reads": "rows.parquet",
            "quasi_ids": {name: {"kind": "numeric"} for name in QUASI_IDS},
            "keep": ["trip", "amount", "kind", "score", "at"], "models": [{"model": "k_anonymity", "k": 10}],
        }
    )  # fmt: skip
    spark, rounds, me = start_session(scratch=folder / "scratch"), [], os.getpid()
    source, staged = folder / "rows.parquet", folder / "staged"
    for turn in range(ROUNDS + 1):
        times = [time.monotonic()], [cpu_seconds(me)]
        spark.read.parquet(str(source)).write.mode("overwrite").parquet(str(folder / "copy"))
        times[0].append(time.monotonic()), times[1].append(cpu_seconds(me))
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        made = stage_large(spark, release, [source], staged, texts={}, tell=lambda _: None)
        times[0].append(time.monotonic()), times[1].append(cpu_seconds(me))
        if turn:  # the first warms both
            (copy, out), (copy_cpu, out_cpu) = (np.diff(each).tolist() for each in times)
            rounds.append({"copy": copy, "release": out, "copy_cpu": copy_cpu, "release_cpu": out_cpu})
    began = time.monotonic()
    measured, _ = judge_files(release, [staged / name for name in made.parts], None, hierarchies={}, beside=folder)
    k = measured.find("k")
    print(
        json.dumps(
            {"rounds": rounds, "verified": time.monotonic() - began, "k": k.value if k else None, "loss": made.loss}
        )
    )
    spark.stop()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--in"]:
        measure(Path(sys.argv[2]))
    else:
        main([int(size) for size in sys.argv[1:]] or [5_000_000])
