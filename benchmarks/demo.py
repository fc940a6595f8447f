"""How long the demo's run takes after set-up, the second time, and a query from a cold process.

Run: `.venv/bin/python -m benchmarks.demo`
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.machine import machine, run

QUERY = ["query", "--purpose", "analytics", "SELECT place, sum(persons) FROM curated.mobility GROUP BY place"]
QUERIES = 20


def main() -> None:
    """Print the three figures."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        first, _ = run(["demo"], home)
        second, _ = run(["demo"], home)
        queries = sorted(run(QUERY, home)[0] for _ in range(QUERIES))
    p95 = queries[int(0.95 * len(queries)) - 1]
    print(f"demo after set-up: {first:.1f} s (goal 75); second time, nothing stale: {second:.1f} s (goal 15)")
    print(f"query, cold process: median {statistics.median(queries):.2f} s, p95 {p95:.2f} s of {QUERIES} (goal 2)")


if __name__ == "__main__":
    main()
