"""Run planned batches as Dagster runs, so that each is in the auditors' UI."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dagster as dg

from dagster_project.assets import PLANNED, OnTable, assets_of, key_of
from dagster_project.instance import open_instance
from dagster_project.partitions import range_tags
from jobs.home import Home
from jobs.nightly import Sessions
from jobs.plan import Batch


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a batch went as a Dagster run: ``errors`` holds one sentence for each table that failed or was left out."""

    batch: Batch
    run_id: str
    errors: dict[str, str]


def materialize_batches(
    home: Home, sessions: Sessions, planned: Sequence[Batch], on_table: OnTable
) -> Iterator[Outcome]:
    """Run the batches one after another; a failed one does not stop the others."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)  # our progress tells it; Dagster's log is in the UI
    assets = assets_of(home, sessions, on_table)
    with open_instance(home) as instance:
        for batch in planned:
            result = dg.materialize(
                assets,
                instance=instance,
                selection=[key_of(table) for table in batch.tables],
                tags={**range_tags(batch.region, batch.dates[0], batch.dates[-1]), **_named(batch), PLANNED: "true"},
                raise_on_error=False,
            )
            yield Outcome(batch, result.run_id, _errors(batch, result))


def _named(batch: Batch) -> dict[str, str]:
    """Tell a run from the others in the list of runs."""
    return {"geoward/region": batch.region, "geoward/dates": f"{batch.dates[0]} to {batch.dates[-1]}"}


def _errors(batch: Batch, result: dg.ExecuteInProcessResult) -> dict[str, str]:
    failed = {event.step_key: _sentence(event) for event in result.all_events if event.is_step_failure}
    done = {event.step_key for event in result.all_events if event.is_step_success}
    left_out = "left out: what it is made from failed"
    steps = {table: table.replace(".", "__") for table in batch.tables}
    return {table: failed.get(step, left_out) for table, step in steps.items() if step not in done}


def _sentence(event: dg.DagsterEvent) -> str:
    failure = event.step_failure_data.user_failure_data
    return (failure.description if failure else None) or "failed; see the run in `geoward ui`"
