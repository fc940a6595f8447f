"""What one new day costs after 10, 100 and 300 published days: seconds of the nightly run, and what it reads.

The first ten days are published by a run of Geoward, the older ones are copies of the first (`history_of_nights`).

Run: `.venv/bin/python -m benchmarks.new_day --homes FOLDER [--minutes 5]`. Homes and figures stay in the folder: a run
that was out of time goes on where it stopped, and prints the figures when it has them all.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.days_of_logs import REFERENCE, write_accounts, write_day
from benchmarks.files_read import files_read
from benchmarks.history_of_nights import add_older_nights, as_nights
from benchmarks.machine import machine, run
from jobs.home import open_home
from jobs.reference import import_reference

PUBLISHED = (10, 100, 300)
NIGHTS = 7
CONFIG = "regions:\n  us: {root: warehouse/us, jurisdiction: us}\n"


def main() -> None:
    """Go on with the nights until all are measured or the time is over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--homes", type=Path, required=True, help="where the three homes are kept")
    parser.add_argument("--minutes", type=float, default=600, help="begin nothing later than that")
    given = parser.parse_args()
    print(machine())
    end = time.monotonic() + 60 * given.minutes
    for night in range(-1, NIGHTS + 1):
        for days in PUBLISHED:
            if time.monotonic() > end:
                print("out of time: run it again")
                return
            _go_on(given.homes / f"{days}-days", days, night)
    report(given.homes)


def _go_on(home: Path, days: int, night: int) -> None:
    """Make the home, or measure a night that was not yet; night 0 is not timed but watched."""
    done = _measured(home)
    if night < 0:
        if not (home / "nights.jsonl").exists():
            make(home, days)
    elif night >= len(done):
        figures = measure(home, _last_day(home) + timedelta(days=1), watched=night == 0)
        with (home / "nights.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(figures) + "\n")
        print(f"{home.name}, night {night}: {figures['seconds']:.1f} s, load {figures['load']:.1f}", flush=True)


def make(folder: Path, days: int) -> None:
    """Make the home of the fewest days, or of it one of more; the last night of the benchmark is today's."""
    made, least = folder.with_name(folder.name + ".part"), PUBLISHED[0]
    shutil.rmtree(made, ignore_errors=True)
    if days == least:
        publish(made)
    else:
        shutil.copytree(folder.with_name(f"{least}-days"), made)
        home = open_home(made)
        add_older_nights(home, home.region("us"), days - least)
    (made / "nights.jsonl").touch()
    made.rename(folder)
    print(f"{folder.name}: made", flush=True)


def publish(folder: Path) -> None:
    """Land the first days and publish them in one run, rewritten as a night for each."""
    folder.mkdir(parents=True)
    (folder / "geoward.yaml").write_text(CONFIG, encoding="utf-8")
    home = open_home(folder)
    for kind in ("places", "population"):
        import_reference(home, kind, REFERENCE / f"{kind}.csv")
    logs, first = home.folder("logs"), datetime.now(UTC).date() - timedelta(days=PUBLISHED[0] + NIGHTS)
    days = [write_day(logs, first + timedelta(days=n)) for n in range(PUBLISHED[0])]
    _ingest(folder, [write_accounts(logs, first), *days])
    run(["run"], folder)
    as_nights(home, home.region("us"))


def measure(home: Path, day: date, *, watched: bool) -> dict[str, Any]:
    """Land a new day and run; return seconds and the load before, and what was read if it is watched."""
    _ingest(home, [write_day(home / "logs", day)])
    load = os.getloadavg()[0]
    if not watched:
        seconds, listing = run(["run", "--json"], home)
        return {"seconds": seconds, "load": load, **_by_table(listing)}
    with files_read(home) as seen:
        seconds, listing = run(["run", "--json"], home)
    assert not seen.lost, "the kernel lost events"
    return {"seconds": seconds, "load": load, **_by_table(listing), "read": seen.counts()}


def report(homes: Path) -> None:
    """Print what was read and the seconds, for each home."""
    found = {days: _measured(homes / f"{days}-days") for days in PUBLISHED}
    print(f"{'published days':>32} " + " ".join(f"{days:>12}" for days in PUBLISHED))
    for name in found[PUBLISHED[0]][0]["read"]:
        print(f"{name:>32} " + " ".join(f"{nights[0]['read'][name]:>12,}" for nights in found.values()))
    medians = [statistics.median(night["seconds"] for night in nights[1:]) for nights in found.values()]
    print(f"{f'median seconds of {NIGHTS} nights':>32} " + " ".join(f"{median:>12.1f}" for median in medians))
    each = " | ".join(", ".join(f"{night['seconds']:.1f}" for night in nights[1:]) for nights in found.values())
    print(f"each: {each}\nthe slowest is {max(medians) / min(medians) - 1:.0%} slower than the fastest (goal 30%)")


def _ingest(home: Path, days: list[dict[str, Path]]) -> None:
    for source in dict.fromkeys(source for day in days for source in day):
        files = [str(day[source]) for day in days if source in day]
        run(["ingest", "--source", source, "--region", "us", *files, "--json"], home)


def _by_table(listing: dict[str, Any]) -> dict[str, Any]:
    assert listing["ok"] and all(table["partitions"] == 1 for table in listing["tables"] if table["ran"])
    return {"tables": {table["table"]: table["seconds"] for table in listing["tables"] if table["ran"]}}


def _last_day(home: Path) -> date:
    return max(date.fromisoformat(path.stem.removeprefix("pings-")) for path in (home / "logs").glob("pings-*.csv"))


def _measured(home: Path) -> list[dict[str, Any]]:
    path = home / "nights.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


if __name__ == "__main__":
    main()
