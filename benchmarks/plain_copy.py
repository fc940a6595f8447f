"""A plain Spark read of landed files and write to Delta, partitioned by date: what a run is compared with.

Run by `copy_ratio` as a process of its own, so that neither warms or crowds the other.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import cpu_seconds

REPEATS = 3
"""The first is by a Java that has compiled nothing yet, as a nightly run is; the later ones are not."""


def main(date: str, files: list[str]) -> None:
    """Print the seconds of the session's start and of each copy as JSON; ``date`` is the date as a Spark expression.

    ``cpu`` is each copy's seconds of CPU.
    """
    from jobs.session import start_session

    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        spark = start_session(scratch=Path(folder) / "scratch")
        session = time.monotonic() - began
        copies, cpu, rows = [], [], 0
        for turn in range(REPEATS):
            target = Path(folder) / f"copy{turn}"
            began, spent = time.monotonic(), cpu_seconds(os.getpid())
            df = spark.read.parquet(*files).selectExpr("*", f"{date} AS event_date")
            df.write.format("delta").partitionBy("event_date").save(str(target))
            copies.append(time.monotonic() - began)
            cpu.append(cpu_seconds(os.getpid()) - spent)
            rows = spark.read.format("delta").load(str(target)).count()
            shutil.rmtree(target)
        print(json.dumps({"session": session, "copies": copies, "cpu": cpu, "rows": rows}))
        spark.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
