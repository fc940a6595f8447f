from __future__ import annotations

import sqlite3

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage

from dagster_project.event_store import BatchedEvents
from dagster_project.instance import open_instance

DAYS = dg.DailyPartitionsDefinition("2024-05-01", end_date="2024-05-06")


@dg.asset(
    partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run(),
    check_specs=[dg.AssetCheckSpec("fine", asset="days")],
)  # fmt: skip
def days(context):
    """Tell something of each date."""
    for key in context.partition_keys:
        context.add_asset_metadata({"day": key}, partition_key=key)
    yield dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])


@pytest.fixture
def materialized(home):
    """Materialize five dates as one run and return the instance."""
    with open_instance(home) as instance:
        tags = {"dagster/asset_partition_range_start": "2024-05-01", "dagster/asset_partition_range_end": "2024-05-05"}
        assert dg.materialize([days], instance=instance, tags=tags).success
        yield instance


def stored(folder):
    """Return what the cross-run database holds, without moments and serialized events."""
    with sqlite3.connect(folder / "index.db") as db:
        events = "SELECT dagster_event_type, asset_key, partition, step_key FROM event_logs WHERE asset_key IS NOT NULL"
        keys = "SELECT asset_key, last_run_id IS NOT NULL, last_materialization IS NOT NULL FROM asset_keys"
        tags = "SELECT t.key, e.partition FROM asset_event_tags t JOIN event_logs e ON t.event_id = e.id"
        return [sorted(db.execute(query)) for query in (events, keys, tags)]


def test_the_installation_keeps_its_events_together(materialized, home):
    assert isinstance(materialized.event_log_storage, BatchedEvents)
    assert (home.path / "dagster" / "history" / "runs" / "index.db").exists()


def test_auditors_see_each_partition_with_what_was_told_of_it(materialized):
    key = dg.AssetKey("days")

    assert materialized.get_materialized_partitions(key) == set(DAYS.get_partition_keys())
    records = materialized.fetch_materializations(key, limit=10).records
    told = {record.partition_key: record.asset_materialization.metadata["day"].value for record in records}
    assert told == {day: day for day in DAYS.get_partition_keys()}
    assert materialized.get_latest_materialization_event(key).dagster_event.partition == "2024-05-05"


def test_the_rows_are_those_of_dagsters_own_store(materialized, home, monkeypatch, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "theirs"))
    with dg.DagsterInstance.get() as theirs:
        assert not isinstance(theirs.event_log_storage, BatchedEvents)
        tags = {"dagster/asset_partition_range_start": "2024-05-01", "dagster/asset_partition_range_end": "2024-05-05"}
        assert dg.materialize([days], instance=theirs, tags=tags).success

    ours = stored(home.path / "dagster" / "history" / "runs")
    assert ours == stored(tmp_path / "theirs" / "history" / "runs")
    assert len([row for row in ours[0] if row[0] == "ASSET_MATERIALIZATION"]) == 5


def test_many_events_cost_few_transactions(home, monkeypatch):
    opened = []
    connect = SqliteEventLogStorage._connect
    monkeypatch.setattr(
        SqliteEventLogStorage, "_connect", lambda self, shard: (opened.append(shard), connect(self, shard))[1]
    )
    with open_instance(home) as instance:
        for last in ("2024-05-01", "2024-05-05"):
            opened.append("|")
            tags = {"dagster/asset_partition_range_start": "2024-05-01", "dagster/asset_partition_range_end": last}
            assert dg.materialize([days], instance=instance, tags=tags).success

    one, five = "".join("x" if shard != "|" else "|" for shard in opened).split("|")[1:]
    assert abs(len(five) - len(one)) <= 4, "one partition and five take as many transactions"
