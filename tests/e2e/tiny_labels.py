"""A log of one label for each of two days in each file, so that a reader can tell how many files were published."""

from __future__ import annotations

import threading
import time

import pyarrow.parquet as pq

from jobs.land_files import land_files
from quality.contracts import contract
from quality.sources.load_mapping import load_mapping, mapping_text

TABLE = contract("raw.labels")
DAYS = ("2026-06-01", "2026-06-02")


def land(place, number):
    """Land the file of that number."""
    lines = [f"actor,a{number},fraud,me,{day}T10:00:00Z," for day in DAYS]
    file = place.home.path.parent / f"labels-{number}.csv"
    file.write_text("entity_type,entity,label,label_source,time,observed\n" + "\n".join(lines) + "\n")
    (landed,) = land_files(
        place.home, place.region, load_mapping("sample_labels"), mapping_text("sample_labels"), [file]
    )
    assert landed.outcome == "landed"


def shown(place):
    """Return how many rows of each day a reader finds, each file opened and counted."""
    found = {}
    for file in place.lake.published(TABLE).files:
        rows = pq.ParquetFile(place.lake.path(TABLE.name) / file.path).read(["source"]).num_rows
        found[str(file.date)] = found.get(str(file.date), 0) + rows
    return found


class Reader:
    """Reads again and again in a thread and keeps what it saw, each change once."""

    def __init__(self, place):
        self.saw, self.reads, self._place, self._ended = [{}], 0, place, threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _read(self):
        while not self._ended.is_set():
            try:
                now = shown(self._place)
            except Exception as error:  # what a reader meets is what the test judges
                now = {"failed": str(error)}
            self.reads += 1
            if now != self.saw[-1]:
                self.saw.append(now)
            time.sleep(0.02)
