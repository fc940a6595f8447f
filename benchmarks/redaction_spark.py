"""Redaction in Spark: rows a second with one core and with two, and what a worker's start costs."""

from __future__ import annotations

import string
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame

from jobs.session import start_session
from transforms.redaction.operators import placeholder
from transforms.redaction.redact_column import redact_column

COPIES, PARTS, ROUNDS = 12, 8, 3


def scaling(texts: Sequence[str]) -> Iterator[str]:
    """Yield a table. Each text comes ``COPIES`` times with another last word, so that none equals another."""
    rows = [f"{text} {last}" for last in string.ascii_lowercase[:COPIES] for text in texts]
    yield "| cores | rows | first row of each worker, s | rows/s | all rows, s |\n|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(pa.table({"text": rows}), f"{folder}/texts.parquet")
        for cores in (1, 2):
            spark = start_session(scratch=Path(folder), master=f"local[{cores}]")
            try:
                frame = spark.read.parquet(f"{folder}/texts.parquet").repartition(PARTS).cache()
                frame.count()
                few = spark.createDataFrame([("Ada of Rome: DE89 3704 0044 0532 0130 00",)] * cores, "text string")
                start = _seconds(few.repartition(cores))
                took = median(_seconds(frame) for _ in range(ROUNDS))
            finally:
                spark.stop()
            yield f"| {cores} | {len(rows):,} | {start:.1f} | {len(rows) / took:,.0f} | {took:.1f} |"


def _seconds(frame: DataFrame) -> float:
    started = time.monotonic()
    redact_column(frame, "text", operator=placeholder).write.format("noop").mode("overwrite").save()
    return time.monotonic() - started
