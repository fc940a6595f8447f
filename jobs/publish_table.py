"""Publish what a run staged and audited: its quarantine, the table, the audit log, the catalog, in this order.

The catalog comes last because it is what makes a partition fresh: a run that ends anywhere before it, killed or on a
full disk, is made again and does every step again. So an audit line may be there twice, but is never missing.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from jobs.audit_log import Entry, audit_many
from jobs.job_inputs import Workplace
from jobs.lake import Staged
from jobs.manifest import manifest_file, sha256_of
from jobs.report import RunReport
from jobs.run import Run
from quality.checks.verdict import Verdict


def publish_table(
    place: Workplace, run: Run, staged: Staged, reports: Sequence[RunReport], quarantine: Staged | None = None
) -> list[RunReport]:
    """Replace the run's dates by what was staged, enter it everywhere, and return the reports with version and time.

    Raises ``PublishedMeanwhile`` if another run published one of the dates since this one read its inputs; nothing is
    changed then, not even the quarantine.
    """
    version, of_quarantine = _commit(place, run, staged, reports, quarantine)
    seconds = round(time.monotonic() - run.started, 1)
    done = [replace(report, version=version, seconds=seconds) for report in reports]
    digest = sha256_of(manifest_file(staged.root, version))
    entries = [_entry(report, digest) for report in done]
    if quarantine is not None:
        entries.append(_quarantine_entry(place, run, quarantine, of_quarantine))
    audit_many(place.home, entries)
    place.catalog.record_all(
        staged.contract.name, version,
        [(report.date, *run.digests.get(report.date, ("", {})), report.as_dict()) for report in done],
    )  # fmt: skip
    return done


def _commit(
    place: Workplace, run: Run, staged: Staged, reports: Sequence[RunReport], quarantine: Staged | None
) -> tuple[int, int]:
    """Commit the quarantine and the table while no other run can commit; return the new versions, the table's first."""
    verdicts = reports[0].checks if reports else ()
    facts = {"run_id": run.run_id, "audit": _digest(verdicts), "contract": staged.contract.fingerprint[:16]}
    with place.lake.claimed(staged.contract.name, run.dates, run.claims):
        place.catalog.doubt(staged.contract.name, run.dates)
        bad = place.lake.commit(quarantine, run.dates, facts) if quarantine is not None else 0
        return place.lake.commit(staged, run.dates, facts), bad


def _quarantine_entry(place: Workplace, run: Run, quarantine: Staged, version: int) -> Entry:
    """Return the line of the rows kept back with a publication: it is the witness of their manifest."""
    digest = sha256_of(manifest_file(quarantine.root, version))
    detail = {"run_id": run.run_id, "version": version, "manifest": digest}
    return ("run", quarantine.contract.name, "published", place.region.name, detail)


def _entry(report: RunReport, manifest: str) -> Entry:
    """Return a publication's line for auditors; ``manifest`` is its SHA-256: it shows if manifests are made anew."""
    detail: dict[str, Any] = {
        "date": report.date.isoformat(), "run_id": report.run_id, "version": report.version, "rows_in": report.rows_in,
        "rows_out": report.rows_out, "quarantined": report.quarantined, "rejected": report.rejected,
        "suppressed": report.suppressed, "checks": {check.check: check.passed for check in report.checks},
        "why": report.reason, "manifest": manifest,
    }  # fmt: skip
    return ("run", report.table, "published", report.region, detail)


def _digest(verdicts: tuple[Verdict, ...]) -> str:
    return hashlib.sha256(json.dumps([asdict(verdict) for verdict in verdicts]).encode()).hexdigest()[:16]
