"""Redaction in Spark: rows a second with one core and with two, and what a worker's start costs."""

from __future__ import annotations

import os
import string
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame

from benchmarks.machine import cpu_seconds
from jobs.session import start_session
from transforms.redaction.operators import placeholder
from transforms.redaction.redact_column import redact_column

COPIES, PARTS, ROUNDS = 12, 8, 5


def scaling(texts: Sequence[str]) -> Iterator[str]:
    """Yield a table. Each text comes ``COPIES`` times with another last word, so that none equals another."""
    rows = [f"{text} {last}" for last in string.ascii_lowercase[:COPIES] for text in texts]
    yield "| cores | rows | rows/s | rows per second of CPU | cores busy | a worker's start, s of CPU |\n|---|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(pa.table({"text": rows}), f"{folder}/texts.parquet")
        for cores in (1, 2):
            spark = start_session(scratch=Path(folder), master=f"local[{cores}]")
            try:
                frame = spark.read.parquet(f"{folder}/texts.parquet").repartition(PARTS).cache()
                frame.count()
                few = spark.createDataFrame([("Ada of Rome: DE89 3704 0044 0532 0130 00",)] * cores, "text string")
                start = (_timed(few.repartition(cores))[1] - _timed(few.repartition(cores))[1]) / cores
                took, cpu = min(_timed(frame) for _ in range(ROUNDS))  # the least disturbed
            finally:
                spark.stop()
            rates = f"{len(rows) / took:,.0f} | {len(rows) / cpu:,.0f} | {cpu / took:.1f} | {start:.1f}"
            yield f"| {cores} | {len(rows):,} | {rates} |"


def _timed(frame: DataFrame) -> tuple[float, float]:
    """Return the seconds it took, and those of CPU of this process, Java and Python's workers."""
    started, cpu = time.monotonic(), cpu_seconds(os.getpid())
    redact_column(frame, "text", operator=placeholder).write.format("noop").mode("overwrite").save()
    return time.monotonic() - started, cpu_seconds(os.getpid()) - cpu
