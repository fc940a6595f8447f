"""Partitions are (region, date): a region is a storage root, a date a UTC day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from jobs.catalog import now
from jobs.home import Home
from jobs.job import partition_of
from jobs.landed_regions import catalogs
from jobs.region_faults import RegionFaults
from jobs.registry import JOBS

RECENT = timedelta(days=31)
"""How long a date is made anew by itself when its files come late."""

if TYPE_CHECKING:
    from dagster._core.instance import DynamicPartitionsStore


class RememberedRanges(dg.MultiPartitionsDefinition):
    """Partitions that list a range once: Dagster asks again for each partition's metadata, quadratic in a history."""

    def get_partition_keys_in_range(  # type: ignore[override]  # as Dagster overrides its own
        self,
        partition_key_range: dg.PartitionKeyRange,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        """Return the keys of the range, remembered: which dates lie between two does not change."""
        ranges: dict[dg.PartitionKeyRange, Sequence[str]] = self.__dict__.setdefault("_ranges", {})
        if partition_key_range not in ranges:
            found = super().get_partition_keys_in_range(partition_key_range, dynamic_partitions_store)
            ranges[partition_key_range] = found
        return ranges[partition_key_range]


def partitions_of(home: Home) -> dg.MultiPartitionsDefinition:
    """Return the installation's regions by every day from its first date through today."""
    days = dg.DailyPartitionsDefinition(start_date=_first_day(home).isoformat(), end_offset=1)
    return RememberedRanges({"region": dg.StaticPartitionsDefinition(sorted(home.regions)), "date": days})


def _first_day(home: Home) -> date:
    """Return the first day that any region holds or published, so that auditors see no empty years before it.

    The last month is always there: nights ask for its days, and only then is it known which days new files hold. A
    region that cannot be read adds none, and keeps no other from being shown.
    """
    found, faults = {now().date() - timedelta(days=1) - RECENT}, RegionFaults()
    for region in home.regions.values():
        with faults.fence(region):
            release = home.policy.jurisdiction(region.jurisdiction).release
            for first in filter(None, (catalog.first_date() for _, catalog in catalogs(home, region.name))):
                found |= {partition_of(job, release, first) for job in JOBS.values()}  # windows keep the days' order
    return max(home.first_date, min(found))


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
