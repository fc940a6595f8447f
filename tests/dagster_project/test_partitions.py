from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from dagster_project.definitions import definitions_for
from dagster_project.partitions import RECENT, dates_by_region, partition_key, partitions_of, range_tags
from jobs.nightly import Sessions

DAY, NEXT = date(2026, 6, 1), date(2026, 6, 2)


def test_partitions_are_each_region_by_each_day_from_the_first_held_one_through_today(home, hold):
    hold("us", NEXT)
    hold("eu", DAY, date(2026, 6, 5))
    today = datetime.now(UTC).date()

    regions, days = keys_of(home)

    assert regions == ["cn", "eu", "us"]
    assert days[:2] == ["2026-06-01", "2026-06-02"], "no day before any region's files, and no gap after it"
    assert {str(today - timedelta(days=1)), str(today)} <= set(days)
    assert str(today + timedelta(days=2)) not in days


@pytest.mark.parametrize("known", [pytest.param(False, id="no-day-known"), pytest.param(True, id="only-today-known")])
def test_the_first_night_asks_for_a_partition_that_there_is(home, hold, known):
    today = datetime.now(UTC)
    if known:
        hold("eu", today.date())
    (schedule,) = definitions_for(home, Sessions(home)).schedules
    requests = schedule(dg.build_schedule_context(scheduled_execution_time=today))

    assert [partitions_of(home).has_partition_key(one.partition_key) for one in requests] == [True] * 3
    assert keys_of(home)[1][0] == str(today.date() - timedelta(days=1) - RECENT)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        pytest.param(date(2026, 6, 2), "2026-06-02", id="after-the-first-held-day"),
        pytest.param(date(2026, 5, 1), "2026-06-01", id="before-the-first-held-day"),
    ],
)
def test_the_installations_first_date_limits_what_the_files_hold(home, hold, first, expected):
    hold("eu", DAY)

    assert keys_of(replace(home, first_date=first))[1][0] == expected


@pytest.mark.parametrize(
    ("region", "expected"),
    [pytest.param("eu", "2000-01-01", id="landed-there"), pytest.param("us", "2026-06-01", id="landed-elsewhere")],
)
def test_a_release_over_all_time_has_its_one_partition_where_something_landed(home, hold, region, expected):
    release = home.policy.jurisdictions["eu"].release.model_copy(update={"window": "epoch"})
    rules = home.policy.jurisdictions["eu"].model_copy(update={"release": release})
    home.policy.jurisdictions["eu"] = rules
    hold(region, DAY)

    assert keys_of(home)[1][0] == expected


def test_a_key_names_its_dimensions():
    assert partition_key("eu", DAY).keys_by_dimension == {"region": "eu", "date": "2026-06-01"}


def test_a_range_is_of_one_region(home, hold):
    hold("us", DAY)
    tags = range_tags("us", DAY, date(2026, 6, 3))

    assert [tags[f"dagster/asset_partition_range_{end}"] for end in ("start", "end")] == [
        "2026-06-01|us", "2026-06-03|us",
    ]  # fmt: skip
    for key in tags.values():
        assert partitions_of(home).has_partition_key(key)


def test_keys_are_parted_by_region_with_their_dates_in_order():
    keys = [partition_key("us", date(2026, 6, 2)), partition_key("eu", DAY), partition_key("us", DAY)]

    assert dates_by_region(keys) == {"us": [DAY, date(2026, 6, 2)], "eu": [DAY]}


def keys_of(home):
    """Return the regions and the days of the partitions, each in order."""
    by_name = {each.name: each.partitions_def.get_partition_keys() for each in partitions_of(home).partitions_defs}
    return by_name["region"], by_name["date"]


def test_a_range_is_listed_as_dagster_lists_it_and_only_once(home, hold, monkeypatch):
    hold("eu", DAY)
    partitions = partitions_of(home)
    plain = dg.MultiPartitionsDefinition({one.name: one.partitions_def for one in partitions.partitions_defs})
    range_ = dg.PartitionKeyRange(partition_key("eu", DAY), partition_key("eu", NEXT))

    listed = partitions.get_partition_keys_in_range(range_)
    monkeypatch.setattr(dg.MultiPartitionsDefinition, "get_partition_keys_in_range", None)

    assert [str(key) for key in listed] == ["2026-06-01|eu", "2026-06-02|eu"]
    assert partitions.get_partition_keys_in_range(range_) is listed
    monkeypatch.undo()
    assert plain.get_partition_keys_in_range(range_) == listed
