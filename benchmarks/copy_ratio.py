"""The nightly run as a ratio to a plain Spark copy of the same rows to Delta, and where its time goes.

Run: `.venv/bin/python -m benchmarks.copy_ratio [cabspotting geolife]`, with the shared data as for `real_sets`.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.machine import ROOT, Peak, machine, run
from benchmarks.real_sets import SETS, SHARED, equation, land

DATES = {"cabspotting": "to_date(timestamp_seconds(unix_ts))", "geolife": "to_date(date_utc)"}
GOALS = {"cabspotting": 6, "geolife": 10}


PROCESSES = 3


class Copied(NamedTuple):
    """Rows, and the seconds of a copy: ``first`` by a Java just started, as a nightly run is, and ``later``.

    ``cpu`` is the first's seconds of CPU.
    """

    rows: int
    first: float
    later: float
    cpu: float


def main(names: Sequence[str]) -> None:
    """Compare each set in a home of its own."""
    print(machine())
    for name in names or list(DATES):
        with tempfile.TemporaryDirectory() as folder:
            print(f"\n{name}")
            land(name, Path(folder))
            compare(name, plain_copy(name), Path(folder))


def plain_copy(name: str) -> Copied:
    """Copy the set's files with Spark a few times in each of a few processes."""
    files = [str(path) for _, _, pattern in SETS[name] for path in sorted(SHARED.glob(pattern))]
    command = [sys.executable, "-m", "benchmarks.plain_copy", DATES[name], *files]
    found = []
    for _ in range(PROCESSES):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found.append(json.loads(done.stdout))
    first, later = [one["copies"][0] for one in found], [each for one in found for each in one["copies"][1:]]
    print(f"  plain copy of {found[0]['rows']:,} rows, first of a process: {_each(first)}; later ones: {_each(later)}")
    cpu = statistics.median(one["cpu"][0] for one in found)
    return Copied(found[0]["rows"], statistics.median(first), statistics.median(later), cpu)


def compare(name: str, copied: Copied, home: Path) -> None:
    """Run, and print the ratio, the seconds of each table, what stands apart, and the peak of memory."""
    peak, watch = Peak(), home / "watch.json"
    command = (sys.executable, "-m", "benchmarks.watched_run", str(watch))
    seconds, listing = run(["run", "--json"], home, peak, command)
    if sum(table["rows_in"] for table in listing["tables"] if table["layer"] == "raw") != copied.rows:
        sys.exit(f"{name}: the copy has {copied.rows} rows, the run another number")
    for table in listing["tables"]:
        print(f"  {equation(table)}; {table['seconds']:.1f} s")
    apart = json.loads(watch.read_text(encoding="utf-8"))
    own = seconds - sum(apart.values())
    print("  apart: " + ", ".join(f"{key.replace('_', ' ')} {value:.1f} s" for key, value in sorted(apart.items())))
    print(f"  run: {seconds:.1f} s whole, {own:.1f} s without these; peak {peak.gib:.1f} GiB of all processes (goal 8)")
    print(
        f"  ratio to a process's first plain copy: {own / copied.first:.1f} (goal {GOALS[name]}), "
        f"to later ones {own / copied.later:.1f}; of the whole run {seconds / copied.first:.1f}"
    )
    print(f"  CPU: {peak.cpu:.0f} s of the whole run, {peak.cpu / copied.cpu:.1f} times a process's first plain copy's")


def _each(copies: Sequence[float]) -> str:
    each = ", ".join(f"{seconds:.1f}" for seconds in copies)
    return f"median {statistics.median(copies):.1f} s of {each}"


if __name__ == "__main__":
    main(sys.argv[1:])
