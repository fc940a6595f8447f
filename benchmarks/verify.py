"""Independent verification of a published table, beside a plain count by its quasi-identifiers, in one run.

Run: `.venv/bin/python -m benchmarks.verify [ROWS]`; 5,000,000 rows if nothing is said. Rounds are interleaved. Classes
hold ten rows each; intervals, sets and numbers are as a release writes them.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.machine import machine
from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.published_table import Roles, open_engine, open_file

ROUNDS = 3
QUASI_IDS = ("q0", "q1", "q2", "q3", "q4")
MADE = """
SELECT '[' || c % 797 || ', ' || (c % 797 + 5) || ']' AS q0, '[' || c // 797 || '.5, ' || (c // 797 + 3) || '.25]'
    AS q1, '[' || c % 24 || ', ' || (c % 24 + c % 5) || ']' AS q2, '{{a' || c % 7 || ', b' || c % 11 || '}}' AS q3,
    CAST(c % 90 AS INTEGER) AS q4, CAST(hash(i) % 16 AS VARCHAR) || ' value' AS s, i AS subject, i // 2 AS pair,
    hash(i + 1) % 1000 / 7 AS x, hash(i + 2) % 1000 / 7 AS y
FROM (SELECT i, (i * 7919) % greatest({rows} // 10, 1) AS c FROM range({rows}) t(i))
"""


def main(rows: int) -> None:
    """Print the median seconds of each way and its ratio to a plain count."""
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parquet, csv = folder / "rows.parquet", folder / "rows.csv"
        with duckdb.connect() as db:
            db.execute(f"COPY ({MADE.format(rows=rows)}) TO '{parquet}' (FORMAT parquet)")
            db.execute(f"COPY ({MADE.format(rows=min(rows, 1_000_000))}) TO '{csv}' (HEADER)")
        ways = {
            "count by quasi-identifiers": lambda: count(folder, parquet),
            "verify k": lambda: verify(folder, parquet, Roles(QUASI_IDS)),
            "verify all of one column": lambda: verify(folder, parquet, Roles(QUASI_IDS, ("s",))),
            "verify, a row a subject": lambda: verify(folder, parquet, Roles(QUASI_IDS, ("s",), "subject")),
            "verify, two rows a subject": lambda: verify(folder, parquet, Roles(QUASI_IDS, ("s",), "pair")),
            f"verify CSV of {min(rows, 1_000_000):,} rows": lambda: verify(folder, csv, Roles(QUASI_IDS, ("s",))),
        }
        took: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way, do in ways.items():
                took[way].append(timed(do))
    plain = took["count by quasi-identifiers"]
    for way, seconds in took.items():
        ratio = statistics.median(a / b for a, b in zip(seconds, plain, strict=True))
        print(f"{way:32} {statistics.median(seconds):6.2f} s  {ratio:5.1f} of a count")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


def count(folder: Path, file: Path) -> None:
    """Count rows by the quasi-identifiers, and no more."""
    with open_engine(folder) as db:
        db.execute(
            f"SELECT min(n) FROM (SELECT count(*) AS n FROM '{file}' GROUP BY {', '.join(QUASI_IDS)})"
        ).fetchall()


def verify(folder: Path, file: Path, roles: Roles) -> None:
    """Measure a file as the command does."""
    with open_engine(folder) as db:
        measure_anonymity(db, open_file(db, file, columns=roles.columns), roles)


def timed(do: Callable[[], None]) -> float:
    """Return the seconds that ``do`` took."""
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000)
