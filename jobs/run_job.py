"""Run one job for one region and some dates: build, stage, audit, publish, report. Written once, for every caller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from jobs.audit_log import read_audit
from jobs.job import Built, Inputs, Job
from jobs.job_inputs import Workplace
from jobs.publications import FIRST
from jobs.publish_table import publish_table
from jobs.quarantine import quarantine_contract, quarantined_rows
from jobs.report import REJECTIONS, RunReport
from jobs.run import AGAIN, Run
from jobs.staged import Staged
from jobs.witnesses import Witness, audited
from quality.contracts import DATE
from quality.contracts.at_rest import ERASED, readable
from quality.contracts.errors import AuditFailed, RowsLost

LEVEL = "level:"
"""Marks what published groups are counted under, beside the reasons of those kept back."""

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def run_job(job: Job, place: Workplace, run: Run) -> list[RunReport]:
    """Replace the partitions ``run.dates`` of the job's table and return a report of each.

    Raises ``RowsLost`` if the row equation does not hold and ``AuditFailed`` if a check fails; the published table
    is then what it was before.
    """
    place.lake.spark()  # columns are made in Java, and a build begins with columns
    run = replace(run, claims=place.lake.claims(job.name, run.dates))  # before anything is read
    inputs = place.inputs(job, run.dates)
    run_kind = _run_aggregate if job.kind == "aggregate" else _run_rows
    try:
        return run_kind(job, place, run, inputs, job.build(inputs))
    except Exception:
        for name in (job.name, quarantine_contract(job.name).name):  # what failed its checks must not stay on disk
            with suppress(Exception):  # the first error is the one to show; the next run clears up
                place.lake.discard(name, run.run_id)
        raise
    finally:
        inputs.forget()


def _run_rows(job: Job, place: Workplace, run: Run, inputs: Inputs, built: Built) -> list[RunReport]:
    from pyspark.sql import functions as F

    lake, rows_in, frame = place.lake, place.rows_in(job, run.dates), built.frame
    if ERASED in frame.columns:
        frame = frame.withColumn("_reason", F.when(F.col(ERASED), "erased").otherwise(F.col("_reason"))).drop(ERASED)
    rows = lake.seal(frame.where(F.col("_reason").isNull()), job.writes)
    staged = lake.stage(readable(rows), job.writes, run.run_id, dates=len(run.dates))
    refuse_other_dates(staged, place.region.name, run.dates)
    left_out: dict[date, Counter[str]] = {day: Counter() for day in run.dates}
    dirty = [day for day in run.dates if rows_in[day] != staged.rows[day]]
    quarantine = _emptied_quarantine(job, place, run)
    if dirty:  # a second look at the input, only when some rows were not kept
        bad = inputs.keep("bad", lambda: quarantined_rows(frame, job, inputs, lake.seal))
        for row in bad.groupBy(DATE, "reason").count().collect():
            left_out[row[DATE]][row["reason"]] += row["count"]
        if any(rows_in[day] > staged.rows[day] + left_out[day].total() for day in dirty) and ERASED in rows.columns:
            for row in rows.where(F.col(ERASED)).groupBy(DATE).count().collect():
                left_out[row[DATE]]["erased"] += row["count"]
        quarantine = _stage_quarantine(bad, job, place, run)
    reports = [_row_report(job, place, run, day, rows_in[day], staged, left_out[day]) for day in run.dates]
    return _audit_and_publish(job, place, run, inputs, staged, reports, quarantine)


def refuse_other_dates(staged: Staged, region: str, dates: Sequence[date]) -> None:
    """Raise ``RowsLost`` for rows of dates that are not asked for: published, they would add to what is there."""
    if others := sorted(set(staged.rows) - set(dates)):
        count = sum(staged.rows[day] for day in others)
        raise RowsLost(staged.contract.name, region, str(others[0]), rows_in=0, accounted=count)


def _run_aggregate(job: Job, place: Workplace, run: Run, inputs: Inputs, built: Built) -> list[RunReport]:
    from pyspark.sql import functions as F

    lake, rows_in = place.lake, place.rows_in(job, run.dates)
    frame = inputs.keep("built", lambda: built.frame)
    staged = lake.stage(frame, job.writes, run.run_id, dates=len(run.dates))
    below = F.lit(False) if "status" not in frame.columns else F.col("status") == "suppressed"
    level = F.concat(F.lit(LEVEL), "_level") if "_level" in frame.columns else F.lit(LEVEL)
    groups_of = frame.groupBy(DATE, F.when(below, "below_k").otherwise(level).alias("reason"))
    counted = groups_of.agg(F.sum("_rows").alias("rows"))
    if built.withheld is not None:
        counted = counted.unionByName(built.withheld)
    groups: dict[date, Counter[str]] = {day: Counter() for day in run.dates}
    for row in counted.collect():
        groups[row[DATE]][row["reason"]] += row["rows"]
    reports = [_aggregate_report(job, place, run, day, rows_in[day], staged, groups[day]) for day in run.dates]
    return _audit_and_publish(job, place, run, inputs, staged, reports, None)


def _audit_and_publish(
    job: Job, place: Workplace, run: Run, inputs: Inputs, staged: Staged, reports: list[RunReport], bad: Staged | None
) -> list[RunReport]:
    from jobs.audit_staged import audit_staged

    reports = [report.balanced() for report in reports]
    verdicts = tuple(audit_staged(job, place, inputs, staged))
    if failed := [verdict for verdict in verdicts if verdict.stops]:
        names = tuple(verdict.check for verdict in failed)
        raise AuditFailed(job.name, place.region.name, names, failed[0].mend, verdicts=verdicts)
    return publish_table(place, run, staged, [replace(report, checks=verdicts) for report in reports], bad)


def _row_report(
    job: Job, place: Workplace, run: Run, day: date, rows_in: int, staged: Staged, left_out: Counter[str]
) -> RunReport:
    rejected = {reason: n for reason, n in sorted(left_out.items()) if reason in REJECTIONS}
    quarantined = {reason: n for reason, n in sorted(left_out.items()) if reason not in REJECTIONS}
    return RunReport(
        **_common(job, place, run, day), rows_in=rows_in, rows_out=staged.rows[day],
        quarantined=sum(quarantined.values()), quarantined_by=quarantined, rejected=rejected,
    )  # fmt: skip


def _aggregate_report(
    job: Job, place: Workplace, run: Run, day: date, rows_in: int, staged: Staged, groups: Counter[str]
) -> RunReport:
    suppressed = {reason: n for reason, n in sorted(groups.items()) if not reason.startswith(LEVEL)}
    levels = {reason.removeprefix(LEVEL): n for reason, n in sorted(groups.items()) if reason.startswith(LEVEL)}
    return RunReport(
        **_common(job, place, run, day), rows_in=rows_in, rows_out=staged.rows[day],
        contributing=sum(levels.values()), contributing_by={name: n for name, n in levels.items() if name},
        suppressed=sum(suppressed.values()), suppressed_by=suppressed,
    )  # fmt: skip


def _common(job: Job, place: Workplace, run: Run, day: date) -> dict[str, Any]:
    return {
        "table": job.name,
        "region": place.region.name,
        "date": day,
        "reason": run.reasons.get(day, "asked for"),
        "run_id": run.run_id,
        "contract": job.writes.fingerprint[:16],
        "policy": place.home.policy.version[:16],
        "code": run.digests.get(day, ("", {}))[1].get("code", ""),
    }


def _stage_quarantine(bad: DataFrame, job: Job, place: Workplace, run: Run) -> Staged:
    contract = quarantine_contract(job.name)
    rows = bad.where(~bad["reason"].isin(*REJECTIONS))
    return place.lake.stage(rows, contract, run.run_id, dates=len(run.dates))


def _emptied_quarantine(job: Job, place: Workplace, run: Run) -> Staged | None:
    """Return an empty replacement for dates whose rows were quarantined before and no longer are, or of a lost one."""
    contract = quarantine_contract(job.name)
    if place.lake.table(contract.name) is None:
        lost = _was_published(contract.name, job, place, run)
        return Staged(contract, place.lake.begin(contract, run.run_id).parent, ()) if lost else None
    held = place.lake.rows(contract.name)
    return Staged(contract, place.lake.path(contract.name), ()) if any(held[day] for day in run.dates) else None


def _was_published(quarantine: str, job: Job, place: Workplace, run: Run) -> bool:
    """Return whether a quarantine that is not there was: by the catalog, or the audit log, which is long to read.

    It is asked where somebody mends what is gone: they force the run.
    """
    if place.catalog.had_quarantine(job.name):
        return True
    forced = AGAIN in run.reasons.values()
    return forced and audited(read_audit(place.home)).get((place.region.name, quarantine), Witness()).newest >= FIRST
