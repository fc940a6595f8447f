"""A plain Spark read of landed files and write to Delta, partitioned by date: what a run is compared with.

Run by `copy_ratio` as a process of its own, so that neither warms or crowds the other.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 3
"""The first is by a Java that has compiled nothing yet, as a nightly run is; the later ones are not."""


def main(date: str, files: list[str]) -> None:
    """Print the seconds of the session's start and of each copy as JSON; ``date`` is the date as a Spark expression."""
    from jobs.session import start_session

    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        spark = start_session(scratch=Path(folder) / "scratch")
        session = time.monotonic() - began
        copies, rows = [], 0
        for turn in range(REPEATS):
            target = Path(folder) / f"copy{turn}"
            began = time.monotonic()
            df = spark.read.parquet(*files).selectExpr("*", f"{date} AS event_date")
            df.write.format("delta").partitionBy("event_date").save(str(target))
            copies.append(time.monotonic() - began)
            rows = spark.read.format("delta").load(str(target)).count()
            shutil.rmtree(target)
        print(json.dumps({"session": session, "copies": copies, "rows": rows}))
        spark.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
