from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from dagster_project.partitions import dates_by_region, partition_key, partitions_of, range_tags

DAY = date(2026, 6, 1)


def test_partitions_are_each_region_by_each_day_from_the_first_through_today(home):
    partitions = partitions_of(home)
    by_name = {dimension.name: dimension.partitions_def for dimension in partitions.partitions_defs}
    today = datetime.now(UTC).date()

    days = set(by_name["date"].get_partition_keys())
    assert by_name["region"].get_partition_keys() == ["cn", "eu", "us"]
    assert {"2000-01-01", str(today - timedelta(days=1)), str(today)} <= days
    assert str(today + timedelta(days=2)) not in days


def test_a_key_names_its_dimensions():
    assert partition_key("eu", DAY).keys_by_dimension == {"region": "eu", "date": "2026-06-01"}


def test_a_range_is_of_one_region(home):
    tags = range_tags("us", DAY, date(2026, 6, 3))

    assert [tags[f"dagster/asset_partition_range_{end}"] for end in ("start", "end")] == [
        "2026-06-01|us", "2026-06-03|us",
    ]  # fmt: skip
    for key in tags.values():
        assert partitions_of(home).has_partition_key(key)


def test_keys_are_parted_by_region_with_their_dates_in_order():
    keys = [partition_key("us", date(2026, 6, 2)), partition_key("eu", DAY), partition_key("us", DAY)]

    assert dates_by_region(keys) == {"us": [DAY, date(2026, 6, 2)], "eu": [DAY]}
