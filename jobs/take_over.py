"""Take the installation for a run, and clear up what a killed run left: half-written files, unfinished entries."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from jobs import manifest
from jobs.audit_log import audit
from jobs.finish_publications import finish_publications
from jobs.finish_withdrawals import finish_withdrawals
from jobs.home import Home, Region
from jobs.lake import Lake, no_spark
from jobs.landed_regions import catalogs
from jobs.landing.file_name import told
from jobs.region_faults import region_fault
from jobs.run_ledger import RunLedger
from jobs.run_lock import holds_run_lock, take_over_writing, take_run_lock
from jobs.unfinished import finish, remove

Progress = Callable[[str], None]


def take_over(home: Home, progress: Progress = lambda text: None, *, wait: bool = True) -> None:
    """Hold the installation's lock until this process ends and clear up after killed runs; nothing if it is held.

    Raises ``Busy`` when another process holds it and this one is not to wait.
    """
    if holds_run_lock(home):
        return
    take_run_lock(home, progress, wait=wait)
    _clear_up_all(home, progress)


def join(home: Home, progress: Progress = lambda text: None) -> None:
    """Publish for the run that submitted this process, and first clear up after a killed one."""
    take_over_writing(home, progress)
    _clear_up_all(home, progress)


def _clear_up_all(home: Home, progress: Progress) -> None:
    for region in home.regions.values():
        try:
            if region.root.is_dir():
                clear_up(home, region, progress)
        except Exception as error:  # what cannot be cleared up cannot be written: the status tells of that region
            progress(f"{region.name}: not cleared up: {region_fault(region, error).message}")


def clear_up(home: Home, region: Region, progress: Progress = lambda text: None) -> None:
    """Remove files that were staged and never published, and mark killed runs. No run may be alive.

    Rows that were staged were not audited: they must not stay on disk.
    """
    with Lake(region, no_spark).locked():
        manifest.drop_leftovers(region.root)
        for path in sorted({path for path, _ in manifest.pending(region.root)}):
            progress(f"{region.name}: {told(path.parent.name)}.{told(path.name)}: {_cleared(path)}")
        with suppress(sqlite3.DatabaseError):  # of a damaged catalog `geoward fsck` tells, which comes by here too
            for published in finish_publications(home, region):
                progress(f"{region.name}: ended the publication of {published.dataset} by run {published.run_id}")
            for begun in (
                begun for _, catalog in catalogs(home, region.name) for begun in catalog.begun_publications()
            ):
                which = f"the publication of {begun.dataset} by run {begun.run_id}"
                progress(f"{region.name}: {which} cannot be ended; see `geoward fsck`")
            for done in finish_withdrawals(home, region):
                progress(f"{region.name}: ended the withdrawal of version {done.version} of {done.dataset}")
    ledger = RunLedger(region)
    for dead in ledger.unended():  # told to auditors first: if this is killed too, it is told again, never not at all
        audit(home, "run", dead.dataset, "killed", region=region.name, run_id=dead.run_id)
    ledger.bury()


def _cleared(path: Path) -> str:
    """Finish or remove what a killed run left at a table, and say so; one that is damaged does not stop the others."""
    try:
        finish(path)
        for run_id in manifest.begun(path):
            remove(path, run_id)
    except ValueError:  # its runs say so too, and change nothing
        return "its log or a manifest is damaged; see `geoward fsck`"
    return "cleared up after a killed run"
