"""What is wrong with a region's landed files: some are in quarantine, or a run ended while it read their dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from jobs.catalog import Catalog
from jobs.counted import counted
from jobs.dismissals import Dismissals, file_subject
from jobs.home import Region
from jobs.problem import Problem
from jobs.run_ledger import DATING, RunLedger


def undated_files(region: Region, catalog: Catalog, alive: bool) -> Iterator[Problem]:
    """Tell of a run that ended before it made any table: it could not read which dates the new files hold.

    ``alive`` says whether a run is.
    """
    run, waiting = RunLedger(region).newest().get(DATING), catalog.waiting()
    if not run or not waiting or run.state == "published" or (run.state == "running" and alive):
        return
    gone = run.state == "running"
    why = "its process is gone" if gone else run.message
    what = f"a run ended while it read the dates of {counted(len(waiting), 'new file')}: {why}"
    mend = "" if gone else run.mend
    yield Problem("stuck" if gone else "failed", region.name, "", run.last_date, what, mend or "Run `geoward run`.")


def bad_files(region: Region, catalog: Catalog) -> Iterator[Problem]:
    """Tell of files in quarantine as a whole that nobody has dismissed."""
    files, looked_at = catalog.files(), Dismissals(region).known()
    if bad := [file for file in files if file.reason and file_subject(file) not in looked_at]:
        what = f"{len(bad):,} of {counted(len(files), 'landed file')} in quarantine as a whole"
        mend = "See `geoward quarantine list`; land them mended, or mend the mapping and replay them; dismiss the rest."
        yield Problem("quarantine", region.name, "", max(file.landed_at.date() for file in bad), what, mend)


def left_files(region: Region, catalog: Catalog, before: datetime) -> Iterator[Problem]:
    """Tell of files that no run has read: which tables wait for them is not known yet, so none of these says so."""
    if left := [file for file in catalog.waiting() if file.landed_at < before]:
        since = f"{min(file.landed_at for file in left):%Y-%m-%d}"
        what = f"{counted(len(left), 'landed file')} that no run has read, since {since}"
        yield Problem("stale", region.name, "", max(file.landed_at.date() for file in left), what, "Run `geoward run`.")
