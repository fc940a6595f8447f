"""One asset per table, made by one factory from the job registry. Lineage is what the job reads, so it cannot drift."""

from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg

from dagster_project.instance import POOL
from dagster_project.metadata import (
    check_result,
    definition_metadata,
    partition_metadata,
    tags_of,
)
from dagster_project.partitions import dates_by_region, partition_key, partitions_of
from dagster_project.planned_runs import Runs
from dagster_project.take_turn import take_turn
from jobs.explain_failure import as_told
from jobs.home import Home
from jobs.job import Job
from jobs.registry import JOBS
from jobs.report import RunReport
from quality.checks.verdict import Verdict
from quality.contracts import Layer, Sensitivity
from quality.contracts.errors import AuditFailed

EXIT_CODE = "exit_code"
"""What a failed step's metadata say the command shall end with."""

OnTable = Callable[[str, list[RunReport] | None], None]


def key_of(table: str) -> dg.AssetKey:
    """Return a table's asset key: its layer, then its name."""
    return dg.AssetKey(table.split("."))


def checks_of(job: Job) -> dict[str, str]:
    """Return the names and descriptions of the checks that a table's report can hold."""
    contract = job.writes
    names = {
        "region_stays_home": "Every file lies below the region's storage root.",
        "expectations": "Every column keeps its contract: presence, bounds, allowed values, patterns.",
    }
    if "retain_until" in contract.column_names:
        names["retention_date_present"] = "Every row says until when it may be kept, and that is not past."
    if any(column.sensitivity is Sensitivity.PSEUDONYM for column in contract):
        names["pseudonym_well_formed"] = "Every pseudonym is a keyed one."
    if contract.layer in (Layer.PROTECTED, Layer.CURATED):
        names["no_direct_identifier"] = "An independent detector finds no identifier and no coordinate."
    return names | {name: _OWN[name] for name in job.verifies}


_OWN = {
    "consent_present": "Every row that rests on consent had it as of the event.",
    "precision_ceiling": "No cell is finer, by area and radius, than the region's law allows for the purpose.",
    "k_reached": "Every published count is of at least k distinct persons.",
    "crowds_recounted": "An independent recount finds the persons that the release counts.",
    "figures_paid": "Every published figure is one that a privacy budget paid for.",
    "partitions_public": "Which partitions are published does not hang on who is in the data.",
    "figures_of_these_rows": "The figures are of the rows as they are now.",
    "classes_hold": "Every class of equal rows of a day has at least k rows.",
    "rows_proven": "Every published row was proven anonymous, or was out before.",
    "days_released": "Every day with rows is proven anonymous and of use, and published.",
    "rows_as_they_are": "The published rows are of the rows as they are now.",
}


def silent(table: str, reports: list[RunReport] | None) -> None:
    """Tell nobody."""


def assets_of(home: Home, runs: Runs, on_table: OnTable = silent) -> list[dg.AssetsDefinition]:
    """Return the assets of all jobs; their partitions are looked up once."""
    partitions = partitions_of(home)
    return [asset_for(job, home, runs, on_table, partitions) for job in JOBS.values()]


def asset_for(
    job: Job,
    home: Home,
    runs: Runs,
    on_table: OnTable = silent,
    partitions: dg.MultiPartitionsDefinition | None = None,
) -> dg.AssetsDefinition:
    """Return the asset of one job: it calls the job's runner and hands on the report.

    ``on_table`` is told (table, reports) when a table begins, without reports, and when it ends.
    """
    key = key_of(job.name)
    specs = [
        dg.AssetCheckSpec(name, asset=key, description=text, blocking=True) for name, text in checks_of(job).items()
    ]

    @dg.asset(
        key=key,
        deps=[key_of(read.table) for read in job.reads],
        partitions_def=partitions or partitions_of(home),
        backfill_policy=dg.BackfillPolicy.single_run(),
        description=f"{job.writes.description}\n\n{job.description}",
        metadata=definition_metadata(job),
        tags=tags_of(job.writes, home.policy),
        kinds={"pyspark", "delta"},
        owners=[f"team:{job.writes.owner}"],
        group_name=job.writes.layer.value,
        check_specs=specs,
        retry_policy=dg.RetryPolicy(max_retries=0),
        pool=POOL,
    )
    def materialize(context: dg.AssetExecutionContext) -> Iterator[Any]:
        yield from _results_of(context, job, lambda: _run(context, job, home, runs), on_table)

    return materialize


def _results_of(
    context: dg.AssetExecutionContext, job: Job, run: Callable[[], list[RunReport]], on_table: OnTable
) -> Iterator[Any]:
    try:
        on_table(job.name, None)
        reports = run()
        on_table(job.name, reports)
    except AuditFailed as error:
        yield from _results(job, {v.check: v for v in error.verdicts if isinstance(v, Verdict)}, context)
        raise dg.Failure(str(error), allow_retries=False) from None
    for report in reports:
        key = partition_key(report.region, report.date)
        context.add_asset_metadata(partition_metadata(report), partition_key=key)
    yield dg.MaterializeResult(check_results=list(_results(job, _verdicts(reports), context)))


def _run(context: dg.AssetExecutionContext, job: Job, home: Home, runs: Runs) -> list[RunReport]:
    """Run each region of the range; an error leaves as one sentence that holds no row value."""
    reports: list[RunReport] = []
    try:
        take_turn(context, home)
        for region, days in dates_by_region(context.partition_keys).items():
            reports += runs.result(context, job.name, region, days)
    except AuditFailed:
        raise
    except Exception as error:
        told = as_told(error)
        raise dg.Failure(str(told), {EXIT_CODE: told.exit_code}, allow_retries=False) from None
    return reports


def _verdicts(reports: list[RunReport]) -> dict[str, Verdict]:
    """Return each check's verdict over all reports; a failed one wins."""
    found: dict[str, Verdict] = {}
    for report in reports:
        for verdict in report.checks:
            if verdict.check not in found or not verdict.passed:
                found[verdict.check] = verdict
    return found


def _results(
    job: Job, verdicts: dict[str, Verdict], context: dg.AssetExecutionContext
) -> Iterator[dg.AssetCheckResult]:
    """Return what was judged, with the partitions it was judged on; a check that was not reached says nothing."""
    where = {region: f"{days[0]} to {days[-1]}" for region, days in dates_by_region(context.partition_keys).items()}
    for name, text in checks_of(job).items():
        if name in verdicts:
            yield check_result(verdicts[name], key_of(job.name), where)
        elif not any(verdict.stops for verdict in verdicts.values()):
            yield check_result(Verdict(name, True, f"{text} There were no rows.", ""), key_of(job.name), where)
