"""Freshness of each table as an asset check over all regions, told by a sensor, so that it shows even if no run came.

Dagster's own check of partitions knows dates only, and takes a backfill of an old date for a fresh one. This one tells
what `geoward status` tells. It starts no Spark and no run, so nothing holds it up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import dagster as dg

from dagster_project.assets import key_of
from jobs.catalog import now
from jobs.freshness import Freshness, freshness
from jobs.home import Home
from jobs.registry import JOBS

CHECK = "fresh"
_GRAVE = ("stuck", "failed")
_COLUMNS = {"region": "string", "newest": "string", "days_late": "string", "state": "string", "missing": "string",
            "to_make": "int", "next_step": "string"}  # fmt: skip


def freshness_checks(home: Home) -> list[dg.AssetChecksDefinition]:
    """Return the check of each table, for who asks for it in the UI."""
    return [_check(home, table) for table in JOBS]


def _check(home: Home, table: str) -> dg.AssetChecksDefinition:
    about = "Every region has recent dates, and none waits for a run, a file or a person."

    @dg.asset_check(asset=key_of(table), name=CHECK, description=about)
    def look() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(**results(home, now())[table])

    return look


def freshness_sensor(home: Home) -> dg.SensorDefinition:
    """Return the sensor that tells the check's result when it is another, and each day."""

    @dg.sensor(
        name="freshness", minimum_interval_seconds=600, default_status=dg.DefaultSensorStatus.RUNNING,
        description="Whether each table is fresh in each region, as `geoward status` says; nothing is run.",
    )  # fmt: skip
    def tell(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        at = now()
        found = results(home, at)
        seen = sha256(f"{at:%Y-%m-%d} {found}".encode()).hexdigest()
        if seen == context.cursor:
            return dg.SensorResult(cursor=seen)
        return dg.SensorResult(asset_events=[dg.AssetCheckEvaluation(**facts) for facts in found.values()], cursor=seen)

    return tell


def results(home: Home, at: datetime) -> dict[str, dict[str, Any]]:
    """Return the result of each table's check: whether all regions are well, and a line for each.

    A region that cannot be read is not well, whatever its tables are.
    """
    found = freshness(home, at)
    return {table: _result(table, [one for one in found if one.table in (table, "")]) for table in JOBS}


def _result(table: str, regions: Sequence[Freshness]) -> dict[str, Any]:
    bad = [one for one in regions if not one.well]
    grave = any(one.state in _GRAVE for one in bad)
    said = "; ".join(f"{one.region}: {one.state}" for one in bad)
    lines = [dg.TableRecord(_line(one)) for one in regions]
    schema = dg.TableSchema([dg.TableColumn(name, kind) for name, kind in _COLUMNS.items()])
    return {
        "asset_key": key_of(table), "check_name": CHECK, "passed": not bad,
        "severity": dg.AssetCheckSeverity.ERROR if grave else dg.AssetCheckSeverity.WARN,
        "description": said or ("Every region is fresh." if regions else "Nothing has landed for it."),
        "metadata": {"regions": dg.MetadataValue.table(lines, schema)} if lines else {},
    }  # fmt: skip


def _line(one: Freshness) -> dict[str, str | int]:
    return {
        "region": one.region, "newest": str(one.newest or ""), "state": one.state, "to_make": one.to_make,
        "days_late": "" if one.days_late is None else str(one.days_late), "next_step": one.next_step,
        "missing": ", ".join(str(day) for day in one.missing),
    }  # fmt: skip
