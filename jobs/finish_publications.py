"""End publications: what was committed is told to auditors and entered in the catalog, however often it is killed.

A publication is entered as begun before its first commit, with all that is to be told of it. Whoever comes next tells
what is missing, each line once: the catalog comes last, and the audit log is asked what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

from jobs.audit_log import Entry, audit_many, audit_once
from jobs.catalog import Catalog
from jobs.home import Home, Region
from jobs.lake import Lake, no_spark
from jobs.landed_regions import catalogs
from jobs.manifest import manifest_file, sha256_of
from jobs.publications import Publishing
from jobs.quarantine import quarantine_contract
from jobs.report import RunReport
from jobs.unfinished import committed, finish
from jobs.withdraw_quarantine import withdraw_quarantine
from jobs.withdrawals import Begun
from quality.contracts.errors import EnvironmentFault


class Versions(NamedTuple):
    """What a publication made: a version of its table and one of the table's quarantine, None of what it did not."""

    table: int | None
    quarantine: int | None


def finish_publications(home: Home, region: Region) -> list[Publishing]:
    """End or forget each publication that was begun in the region, and return those that were committed.

    Whoever calls this holds the region's lock, so that none of them is alive. Each step can be killed and done again.
    One whose table or the audit log is damaged stays begun; `geoward fsck` tells of the damage, and nobody changes the
    table before it is mended (``refuse_unended``).
    """
    done = []
    for place, catalog in catalogs(home, region.name):
        for begun in catalog.begun_publications():
            try:
                versions = _committed(place, begun)
                end_publication(home, place, catalog, begun, versions, again=True)
            except (ValueError, FileNotFoundError):
                continue
            if versions.table is not None:
                done.append(begun)
    return done


def refuse_unended(region: Region, catalog: Catalog, table: str) -> None:
    """Raise ``EnvironmentFault`` while a publication of the table cannot be ended: ended later, it undoes what came."""
    if any(begun.dataset == table for begun in catalog.begun_publications()):
        raise EnvironmentFault(
            f"A publication of {table} in region {region.name} was begun and cannot be ended: the table or the audit "
            "log is damaged. Nothing was changed.",
            mend="Run `geoward fsck`: it names the damage and its mend. Then run again.",
        )


def end_publication(
    home: Home, region: Region, catalog: Catalog, begun: Publishing, versions: Versions, *, again: bool = False
) -> list[RunReport]:
    """Enter what was committed and return the reports with their version; ``again`` if some may be entered already.

    A quarantine that was committed without its table is taken back: readers see what belongs to the rows they see.
    """
    made = begun.made if versions.table is not None else ()
    reports = [replace(RunReport.from_dict(report), version=versions.table) for *_, report in made]
    entries = list(_entries(region, begun, versions, reports))
    if versions.table is None and versions.quarantine is not None:
        entries += _taken_back(Lake(region, no_spark), begun, versions.quarantine)
    (audit_once if again else audit_many)(home, entries)
    if versions.table is None:
        catalog.forget_publication(begun)
        return []
    entered = [(*known[:3], report.as_dict()) for known, report in zip(made, reports, strict=True)]
    catalog.record_all(begun.dataset, versions.table, entered, begun.run_id, late=again)
    return reports


def _taken_back(lake: Lake, publishing: Publishing, version: int) -> Iterator[Entry]:
    """Take the quarantine back and return the line for auditors; none if it shows the right rows, or cannot be mended.

    Can be killed and done again. Where what readers would see again is gone, the dates stay in doubt and are made anew.
    """
    name, days = quarantine_contract(publishing.dataset).name, tuple(day for day, *_ in publishing.made)
    why = f"{publishing.dataset} was not published with it"
    begun = Begun(f"{publishing.run_id}-back", publishing.dataset, version, days, why)
    with suppress(EnvironmentFault):
        if (new := withdraw_quarantine(lake, begun)) is not None:
            detail = {
                "dates": [str(day) for day in days], "why": why, "run_id": begun.run_id, "with": publishing.dataset,
                "new_version": new, "manifest": sha256_of(manifest_file(lake.path(name), new)),
            }  # fmt: skip
            yield ("run", name, "withdrawn", lake.region.name, detail)


def _committed(region: Region, begun: Publishing) -> Versions:
    found = []
    for name in (begun.dataset, quarantine_contract(begun.dataset).name):
        path = Lake(region, no_spark).path(name)
        finish(path)
        found.append(committed(path, begun.run_id))
    return Versions(*found)


def _entries(region: Region, begun: Publishing, versions: Versions, reports: list[RunReport]) -> Iterator[Entry]:
    """Return the lines for auditors. Each names the SHA-256 of its manifest: it shows if manifests are made anew."""
    lake = Lake(region, no_spark)
    if versions.table is not None:
        digest = sha256_of(manifest_file(lake.path(begun.dataset), versions.table))
        for report in reports:
            yield ("run", report.table, "published", report.region, _detail(report, digest))
    if versions.quarantine is not None:
        bad = quarantine_contract(begun.dataset).name
        digest = sha256_of(manifest_file(lake.path(bad), versions.quarantine))
        detail = {"run_id": begun.run_id, "version": versions.quarantine, "manifest": digest}
        yield ("run", bad, "published", region.name, detail)


def _detail(report: RunReport, manifest: str) -> dict[str, Any]:
    return {
        "date": report.date.isoformat(), "run_id": report.run_id, "version": report.version, "rows_in": report.rows_in,
        "rows_out": report.rows_out, "quarantined": report.quarantined, "rejected": report.rejected,
        "suppressed": report.suppressed, "checks": {check.check: check.passed for check in report.checks},
        "why": report.reason, "manifest": manifest,
    }  # fmt: skip
