"""Partitions are (region, date): a region is a storage root, a date a UTC day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import dagster as dg

from jobs.home import Home


def partitions_of(home: Home) -> dg.MultiPartitionsDefinition:
    """Return the installation's regions by every day from its first date through today."""
    days = dg.DailyPartitionsDefinition(start_date=home.first_date, end_offset=1)
    return dg.MultiPartitionsDefinition({"region": dg.StaticPartitionsDefinition(sorted(home.regions)), "date": days})


def partition_key(region: str, day: date) -> dg.MultiPartitionKey:
    """Return the key of one partition."""
    return dg.MultiPartitionKey({"region": region, "date": day.isoformat()})


def range_tags(region: str, first: date, last: date) -> dict[str, str]:
    """Return the run tags that select one region's dates from ``first`` through ``last`` as one run."""
    return {
        "dagster/asset_partition_range_start": partition_key(region, first),
        "dagster/asset_partition_range_end": partition_key(region, last),
    }


def dates_by_region(keys: Iterable[str | dg.MultiPartitionKey]) -> dict[str, Sequence[date]]:
    """Return the dates of each region among partition keys, sorted."""
    found: dict[str, list[date]] = {}
    for key in keys:
        assert isinstance(key, dg.MultiPartitionKey)
        dimensions = key.keys_by_dimension
        found.setdefault(dimensions["region"], []).append(date.fromisoformat(dimensions["date"]))
    return {region: sorted(days) for region, days in found.items()}
