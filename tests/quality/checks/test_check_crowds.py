from datetime import datetime

import h3
import pytest
from pyspark.sql import functions as F

from quality.checks.check_crowds import _index, _parent, check_floor, recount_crowds

pytestmark = pytest.mark.spark

RELEASE = "cell string, slot_start timestamp, hour_of_week int, slot_hours int, persons bigint, status string, k int"
PINGS = "actor_key string, device_key string, event_time timestamp, cell string"
FINE = h3.latlng_to_cell(37.7749, -122.4194, 8)
TILE = h3.cell_to_parent(FINE, 7)
COARSE = h3.cell_to_parent(FINE, 5)
ELSEWHERE = h3.latlng_to_cell(52.5, 13.4, 8)
NOON = datetime(2026, 3, 2, 12)  # a Monday


def pings(spark, *rows):
    return spark.createDataFrame([(a, d, t, c) for a, d, t, c in rows], PINGS)


def crowd(spark, size, *, cell=FINE, time=NOON, device=None):
    return pings(spark, *((f"actor{n}", device, time, cell) for n in range(size)))


def release(spark, *, cell=TILE, start=NOON, week=None, hours=1, persons=3, status="published", k=3):
    return spark.createDataFrame([(cell, start, week, hours, persons, status, k)], RELEASE)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        pytest.param({}, "", id="exactly-k"),
        pytest.param({"status": "suppressed", "persons": None}, "", id="suppressed"),
        pytest.param({"persons": 2}, "below_k", id="one-too-few"),
        pytest.param({"persons": None}, "below_k", id="published-without-a-count"),
        pytest.param({"status": "suppressed", "persons": 2}, "suppressed_with_count", id="suppressed-with-a-count"),
        pytest.param({"k": 2}, "floor_too_low", id="floor-below-the-policy"),
        pytest.param({"k": None}, "floor_too_low", id="no-floor"),
        pytest.param({"status": None}, "other_status", id="no-status"),
    ],
)
def test_counts_reach_the_floor_or_are_not_told(spark, row, fault):
    verdict = check_floor(release(spark, **row), 3)

    assert (verdict.check, verdict.passed) == ("k_reached", not fault)
    assert not fault or verdict.measured[fault] == 1


@pytest.mark.parametrize(
    ("row", "time"),
    [
        pytest.param({}, NOON, id="hour"),
        pytest.param({"cell": COARSE}, NOON, id="coarser-cell"),
        pytest.param({"cell": FINE}, NOON, id="same-cell"),
        pytest.param({"hours": 6}, NOON.replace(hour=17, minute=59), id="six-hours"),
        pytest.param({"hours": 24, "start": NOON.replace(hour=0)}, NOON, id="day"),
        pytest.param({"start": None, "week": 12}, NOON, id="hour-of-the-week"),
        pytest.param({"start": None, "week": 162, "hours": 6}, NOON.replace(day=1, hour=23), id="sunday-night"),
        pytest.param({"start": None, "week": 0, "hours": 168}, NOON, id="whole-week"),
    ],
)
def test_persons_inside_the_cell_and_slot_are_found(spark, row, time):
    verdict = recount_crowds(release(spark, **row), crowd(spark, 3, time=time), k=3)

    assert (verdict.check, verdict.passed, verdict.measured["persons_found"]) == ("crowds_recounted", True, 3)


@pytest.mark.parametrize(
    ("row", "rows"),
    [
        pytest.param({"persons": 4}, {"size": 3}, id="one-more-than-there-were"),
        pytest.param({}, {"size": 2}, id="one-too-few"),
        pytest.param({}, {"size": 3, "cell": ELSEWHERE}, id="they-were-elsewhere"),
        pytest.param({}, {"size": 3, "cell": COARSE}, id="known-only-coarser"),
        pytest.param({}, {"size": 3, "time": NOON.replace(hour=13)}, id="an-hour-later"),
        pytest.param({}, {"size": 3, "time": NOON.replace(day=3)}, id="a-day-later"),
        pytest.param({}, {"size": 3, "device": "phone"}, id="three-accounts-on-one-phone"),
        pytest.param({"start": NOON.replace(minute=30)}, {"size": 3}, id="a-slot-off-the-hour"),
        pytest.param({"start": None}, {"size": 3}, id="no-slot"),
        pytest.param({"cell": "planted"}, {"size": 3}, id="no-cell"),
        pytest.param({"persons": None}, {"size": 3}, id="no-count"),
        pytest.param({"persons": 2}, {"size": 3}, id="below-k"),
        pytest.param({}, {"size": 0}, id="nobody-at-all"),
    ],
)
def test_a_count_without_its_persons_fails(spark, row, rows):
    verdict = recount_crowds(release(spark, **row), crowd(spark, **rows), k=3)

    assert not verdict.passed
    assert not any(word in repr(verdict) for word in ("planted", "actor", TILE))


def test_one_busy_account_counts_once(spark):
    rows = [("ann", None, NOON.replace(minute=m), FINE) for m in range(5)]

    assert not recount_crowds(release(spark), pings(spark, *rows), k=3).passed


def test_more_persons_than_stated_pass_because_finer_rows_hold_them(spark):
    assert recount_crowds(release(spark, cell=COARSE, persons=3), crowd(spark, 9), k=3).passed


def test_links_seen_elsewhere_unite_accounts_too(spark):
    links = spark.createDataFrame([(f"actor{n}", "phone") for n in range(3)], "actor_key string, device_key string")

    assert not recount_crowds(release(spark), crowd(spark, 3), k=3, links=links).passed


def test_suppressed_rows_and_empty_releases_are_not_recounted(spark):
    empty = release(spark, status="suppressed", persons=None)

    assert recount_crowds(empty, crowd(spark, 1), k=3).measured["published"] == 0
    assert recount_crowds(empty.limit(0), crowd(spark, 1), k=3).passed


def test_hourly_and_weekly_levels_are_recounted_together(spark):
    rows = (
        release(spark)
        .union(release(spark, cell=COARSE, start=NOON, hours=6))
        .union(release(spark, start=None, week=12))
    )

    verdict = recount_crowds(rows, crowd(spark, 4), k=3)

    assert (verdict.passed, verdict.measured["published"], verdict.measured["persons_found"]) == (True, 3, 12)


def test_parents_agree_with_h3(spark):
    places = [(lat, lng) for lat in (-89.9, -17.0, 0.0, 37.8, 89.9) for lng in (-180.0, -122.4, 0.1, 116.3)]
    cells = [h3.latlng_to_cell(*place, 9) for place in places] + sorted(h3.get_pentagons(9))
    df = spark.createDataFrame([(cell,) for cell in cells], "cell string")
    levels = (0, 4, 7, 9)

    rows = df.select("cell", *(_parent(_index(F.col("cell")), r).alias(str(r)) for r in levels)).collect()

    assert all(h3.int_to_str(row[str(r)]) == h3.cell_to_parent(row["cell"], r) for row in rows for r in levels)
