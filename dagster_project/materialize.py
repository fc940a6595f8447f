"""Run planned batches as Dagster runs, so that each is in the auditors' UI."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from uuid import uuid4

import dagster as dg

from dagster_project.assets import EXIT_CODE, OnTable, key_of
from dagster_project.definitions import NIGHTLY, definitions_for, runs_of
from dagster_project.instance import open_instance
from dagster_project.partitions import range_tags
from dagster_project.planned_runs import step_of
from jobs.batches import Batch
from jobs.home import Home
from jobs.nightly import Sessions
from jobs.run_ahead import LEFT_OUT, dates_by_table


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a batch went as a Dagster run: ``errors`` holds one sentence for each table that failed or was left out.

    ``exit_code`` is the greatest that an error stands for: before anything else, a machine that is not fit is mended.
    """

    batch: Batch
    run_id: str
    errors: dict[str, str]
    exit_code: int


def materialize_batches(
    home: Home, sessions: Sessions, planned: Sequence[Batch], on_table: OnTable
) -> Iterator[Outcome]:
    """Run the batches as the nightly job, each a run; a failed one does not stop the others.

    Their tables are begun at once, while Dagster still makes itself ready, and it then tells of them in order.
    """
    logging.getLogger("dagster").setLevel(logging.CRITICAL)  # our progress tells it; Dagster's log is in the UI
    runs = runs_of(home, sessions)
    with closing(runs):
        begun = {str(uuid4()): batch for batch in planned}
        for run_id, batch in begun.items():
            runs.begin(run_id, batch.region, dates_by_table(batch.stale))
        job = definitions_for(home, sessions, runs, on_table).resolve_job_def(NIGHTLY)
        with open_instance(home) as instance:
            for run_id, batch in begun.items():
                result = job.execute_in_process(
                    instance=instance,
                    run_id=run_id,
                    asset_selection=[key_of(table) for table in batch.tables],
                    tags={**range_tags(batch.region, batch.dates[0], batch.dates[-1]), **_named(batch)},
                    raise_on_error=False,
                )
                if runs.interrupted:
                    raise KeyboardInterrupt
                yield Outcome(batch, result.run_id, _errors(batch, result), _exit_code(result))


def _named(batch: Batch) -> dict[str, str]:
    """Tell a run from the others in the list of runs; whoever started it by hand repeats it by hand."""
    named = {"geoward/region": batch.region, "geoward/dates": f"{batch.dates[0]} to {batch.dates[-1]}"}
    return {**named, "dagster/max_retries": "0"}


def _errors(batch: Batch, result: dg.ExecuteInProcessResult) -> dict[str, str]:
    failed = {event.step_key: _sentence(event) for event in result.all_events if event.is_step_failure}
    done = {event.step_key for event in result.all_events if event.is_step_success}
    steps = {table: step_of(table) for table in batch.tables}
    return {table: failed.get(step, LEFT_OUT) for table, step in steps.items() if step not in done}


def _sentence(event: dg.DagsterEvent) -> str:
    failure = event.step_failure_data.user_failure_data
    return (failure.description if failure else None) or "failed; see the run in `geoward ui`"


def _exit_code(result: dg.ExecuteInProcessResult) -> int:
    failures = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
    stated = [failure.metadata.get(EXIT_CODE) for failure in failures if failure]
    codes = [value.value for value in stated if isinstance(value, dg.IntMetadataValue) and value.value]
    return max(codes, default=0 if result.success else 1)
