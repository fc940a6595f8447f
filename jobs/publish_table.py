"""Publish what a run staged and audited: its quarantine, the table, the audit log, the catalog, in this order.

All of it is done while nobody else publishes in the region, and entered as begun before it: a run that ends anywhere
in between, killed or on a full disk, is ended by whoever comes next (``finish_publications``), so that no version is
without its audit line. The catalog comes last because it is what makes a partition fresh.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace

from jobs.commit import refuse_incomplete
from jobs.counted import counted
from jobs.finish_publications import Versions, end_publication, finish_publications, refuse_unended
from jobs.job_inputs import Workplace
from jobs.publications import Publishing
from jobs.report import RunReport
from jobs.run import Run
from jobs.staged import Staged
from quality.checks.verdict import Verdict
from quality.contracts.errors import EnvironmentFault


def publish_table(
    place: Workplace, run: Run, staged: Staged, reports: Sequence[RunReport], quarantine: Staged | None = None
) -> list[RunReport]:
    """Replace the run's dates by what was staged, enter it everywhere, and return the reports with version and time.

    Raises ``PublishedMeanwhile`` if another run published one of the dates since this one read its inputs, and
    ``EnvironmentFault`` if a staged file is gone or cut, an earlier publication of the table cannot be ended, or the
    table or its quarantine is gone with other dates; nothing is changed then, not even the quarantine.
    """
    table = staged.contract.name
    with place.lake.claimed(table, run.dates, run.claims):
        for one in (staged, *([quarantine] if quarantine else [])):  # before the first of two commits
            refuse_incomplete(one.root, one.contract, one.files)
        finish_publications(place.home, place.region)
        refuse_unended(place.region, place.catalog, table)
        _refuse_to_begin_anew(place, table, run)
        if quarantine:
            _refuse_to_lose_kept_back(place, table, quarantine.contract.name, run)
        begun = _begun(table, run, reports)
        place.catalog.begin_publication(begun)
        versions = _commit(place, run, staged, reports, quarantine)
        return end_publication(place.home, place.region, place.catalog, begun, versions)


def _refuse_to_begin_anew(place: Workplace, table: str, run: Run) -> None:
    """Raise ``EnvironmentFault`` for a table that is gone with other dates: readers would take this run's for all."""
    if not place.lake.is_gone(table):
        return
    if others := {day for _, day in place.catalog.origins([table])} - set(run.dates):
        region, held = place.region.name, counted(len(others), "other date")
        raise EnvironmentFault(
            f"{table} of region {region} is gone, which held {held}; nothing was published.",
            mend="Look whether its disk is mounted. Restore the table from a backup, or make all of it again: "
            f"`geoward run {table} --force --region {region}`.",
        )


def _refuse_to_lose_kept_back(place: Workplace, table: str, quarantine: str, run: Run) -> None:
    """Raise ``EnvironmentFault`` for a quarantine that is gone with other dates: its rows would be kept nowhere."""
    others = place.catalog.kept_back(table) - set(run.dates) if place.lake.is_gone(quarantine) else set()
    if others:
        region, held = place.region.name, counted(len(others), "other date")
        raise EnvironmentFault(
            f"{quarantine} of region {region} is gone, which held rows of {held}; nothing was published.",
            mend="Look whether its disk is mounted. Restore it from a backup, or make those dates again: "
            f"`geoward run {table} --from {min(others)} --to {max(others)} --force --region {region}`.",
        )


def _begun(table: str, run: Run, reports: Sequence[RunReport]) -> Publishing:
    seconds = round(time.monotonic() - run.started, 1)
    done = [replace(report, seconds=seconds) for report in reports]
    made = ((report.date, *run.digests.get(report.date, ("", {})), report.as_dict()) for report in done)
    return Publishing(run.run_id, table, tuple(made))


def _commit(
    place: Workplace, run: Run, staged: Staged, reports: Sequence[RunReport], quarantine: Staged | None
) -> Versions:
    """Commit the quarantine, then the table."""
    verdicts = reports[0].checks if reports else ()
    facts = {"run_id": run.run_id, "audit": _digest(verdicts), "contract": staged.contract.fingerprint[:16]}
    bad = place.lake.commit(quarantine, run.dates, facts) if quarantine is not None else None
    return Versions(place.lake.commit(staged, run.dates, facts), bad)


def _digest(verdicts: tuple[Verdict, ...]) -> str:
    return hashlib.sha256(json.dumps([asdict(verdict) for verdict in verdicts]).encode()).hexdigest()[:16]
