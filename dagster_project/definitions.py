"""Everything Dagster loads: the assets of all jobs, the nightly job and its schedule."""

from __future__ import annotations

from datetime import date, timedelta

import dagster as dg

from dagster_project.alert_sensor import alert_sensor
from dagster_project.assets import OnTable, assets_of, silent
from dagster_project.freshness import freshness_checks, freshness_sensor
from dagster_project.partitions import RECENT, partition_key
from dagster_project.planned_runs import PLANNED, PlannedRuns, Runs
from dagster_project.submitted_runs import SubmittedRuns
from jobs.catalog import now
from jobs.home import Home, Region, open_home
from jobs.lake import no_spark
from jobs.landed_regions import catalogs
from jobs.nightly import Sessions, open_place
from jobs.plan import plan
from jobs.region_faults import RegionFaults

NIGHTLY = "nightly"


def runs_of(home: Home, sessions: Sessions) -> Runs:
    """Return what makes the tables: this process, or the cluster that the installation names."""
    return SubmittedRuns(home) if home.on_cluster else PlannedRuns(home, sessions)


def definitions_for(
    home: Home, sessions: Sessions, runs: Runs | None = None, on_table: OnTable = silent
) -> dg.Definitions:
    """Return the definitions of one installation; ``runs`` may hold some that were begun already."""
    assets = assets_of(home, runs or runs_of(home, sessions), on_table)
    fresh = [] if runs else freshness_checks(home)  # a run in a shell makes tables, and answers nothing
    nightly = dg.define_asset_job(
        NIGHTLY, selection=dg.AssetSelection.all() - dg.AssetSelection.checks(*fresh),
        description="All tables of one region and date, in order.",
        executor_def=dg.in_process_executor, tags={PLANNED: "true", "dagster/retry_strategy": "FROM_FAILURE"},
    )  # fmt: skip
    alerts = [alert_sensor(home)] if home.alerts else []
    return dg.Definitions(
        assets=assets, asset_checks=fresh, jobs=[nightly], schedules=[_schedule(nightly, home)],
        sensors=[freshness_sensor(home), *alerts], executor=dg.in_process_executor,
    )  # fmt: skip


def _schedule(nightly: dg.UnresolvedAssetJobDefinition, home: Home) -> dg.ScheduleDefinition:
    @dg.schedule(
        job=nightly, cron_schedule="30 2 * * *", execution_timezone="UTC", name="nightly_at_half_past_two",
        description="Yesterday's rows of every region, at 02:30 UTC, and older dates that are stale.",
    )  # fmt: skip
    def at_night(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        yesterday = ((context.scheduled_execution_time or now()) - timedelta(days=1)).date()
        return [
            dg.RunRequest(run_key=f"{region.name}-{day}-{yesterday}", partition_key=partition_key(region.name, day))
            for region in home.regions.values()
            for day in sorted({yesterday, *_stale_dates(home, region, yesterday)})
        ]

    return at_night


def _stale_dates(home: Home, region: Region, yesterday: date) -> set[date]:
    """Return the dates of the last month whose files came late, as far as they are dated; older ones ask for a person.

    A file that landed since the last run is dated by tonight's, and its late dates are made the night after. Of a
    region that cannot be read there are none to tell: its run of yesterday says why, and so does the status.
    """
    first, found = max(home.first_date, yesterday - RECENT), set[date]()
    with RegionFaults().fence(region):
        for place, _ in catalogs(home, region.name):
            found |= {entry.date for entry in plan(open_place(home, place, no_spark))}
    return {day for day in found if first <= day < yesterday}


@dg.definitions
def defs() -> dg.Definitions:
    """Load the installation that ``$GEOWARD_HOME`` names."""
    home = open_home()
    return definitions_for(home, Sessions(home))
