from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from transforms.privacy.release_crowds import release_crowds, with_level
from transforms.privacy.unite_shared_devices import unite_shared_devices

pytestmark = pytest.mark.spark

DAY = date(2024, 5, 1)  # a Wednesday
TILE = "struct<cell:string,area_m2:double,place:string>"
SCHEMA = f"person string, tile {TILE}, coarse {TILE}, event_time timestamp, event_date date, _rows int"


def visit(person, hour=9, tile="t1", coarse="c1", day=DAY):
    moment = datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
    return (person, (tile, 2.0, f"place {tile}"), (coarse, 10.0, None), moment, day, 1)


def crowd(names, *args, **kwargs):
    return [visit(name, *args, **kwargs) for name in names]


def release(df, *, k, slot_hours=(1, 6, 24), time="hour"):
    leveled = with_level(df, k=k, slot_hours=slot_hours, time=time)
    return release_crowds(leveled, k=k, slot_hours=slot_hours, time=time).collect()


def released(spark, rows, *, k=3, slot_hours=(1, 6, 24), time="hour"):
    df = spark.createDataFrame(rows, SCHEMA)
    out = release(df, k=k, slot_hours=slot_hours, time=time)
    assert sum(row._rows for row in out) == len(rows), "each row must count exactly once"
    assert all((row.persons or 0) >= k for row in out if row.status == "published"), "the floor"
    return {(row.cell, row.slot_hours, row.status): row for row in out}


def test_a_slot_with_k_persons_is_published_at_the_finest_level(spark):
    found = released(spark, crowd("abc"))

    row = found.pop(("t1", 1, "published"))
    assert not found
    assert (row.persons, row.k, row.place, row.cell_area_m2, row.coverage) == (3, 3, "place t1", 2.0, 1.0)
    assert (row.event_date, row.slot_start, row.hour_of_week) == (DAY, datetime(2024, 5, 1, 9), None)


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        pytest.param([visit("a", 6), visit("b", 7), visit("c", 8)], ("t1", 6, "published"), id="a-longer-slot"),
        pytest.param([visit("a", 1), visit("b", 9), visit("c", 20)], ("t1", 24, "published"), id="the-whole-day"),
        pytest.param(
            [visit("a"), visit("b", tile="t2"), visit("c", tile="t3")], ("c1", 24, "published"), id="the-coarsest-cell",
        ),
        pytest.param(crowd("ab"), ("c1", 24, "suppressed"), id="nowhere"),
        pytest.param(crowd("aaaaabbbbb"), ("c1", 24, "suppressed"), id="many-rows-of-few-persons"),
    ],
)  # fmt: skip
def test_slot_and_tile_are_coarsened_before_anything_is_suppressed(spark, rows, level):
    found = released(spark, rows)

    assert list(found) == [level]
    assert found[level].persons == (3 if level[2] == "published" else None)


def test_what_is_published_finer_is_left_out_of_the_coarser_count(spark):
    rows = crowd("abc", 9) + crowd("de", 3) + crowd("d", 4)

    found = released(spark, rows)

    assert set(found) == {("t1", 1, "published"), ("c1", 24, "suppressed")}
    assert found["c1", 24, "suppressed"].coverage == pytest.approx(0.5)


def test_another_day_or_tile_does_not_help_to_reach_k(spark):
    rows = crowd("ab") + crowd("c", day=date(2024, 5, 2)) + crowd("d", tile="t9", coarse="c9")

    assert {status for _, _, status in released(spark, rows)} == {"suppressed"}


def test_a_line_that_stands_for_many_rows_is_one_person(spark):
    df = spark.createDataFrame([(*visit(who)[:5], 50) for who in "ab"], SCHEMA)

    [row] = release(df, k=3, slot_hours=(1, 24))

    assert (row.status, row.persons, row._rows) == ("suppressed", None, 100)


def test_an_hour_of_week_release_adds_weeks_up_and_tells_no_date_of_a_slot(spark):
    rows = [visit(who, 9, day=day) for who, day in (("a", date(2024, 5, 1)), ("b", date(2024, 5, 8)))]
    rows = [(*row[:4], date(2024, 5, 1), 1) for row in [*rows, visit("c", 9, day=date(2024, 5, 15))]]

    found = released(spark, rows, time="hour_of_week", slot_hours=(1, 168))

    row = found["t1", 1, "published"]
    assert (row.persons, row.hour_of_week, row.slot_start) == (3, 2 * 24 + 9, None)


def linked(spark, accounts, devices):
    rows = [(*visit(account)[1:], account) for account in accounts]
    df = spark.createDataFrame(rows, f"{SCHEMA.partition(', ')[2]}, actor_key string")
    links = spark.createDataFrame(list(zip(accounts, devices, strict=True)), "actor_key string, device_key string")
    united = unite_shared_devices(df, links).drop("actor_key")
    return release(united, k=10)


@pytest.mark.parametrize(
    ("devices", "opened"),
    [
        pytest.param(["victim", *["farm"] * 9], False, id="nine-fakes-on-one-phone"),
        pytest.param(["victim", *[f"farm{n // 3}" for n in range(9)]], False, id="nine-fakes-on-three-phones"),
        pytest.param([f"own{n}" for n in range(10)], True, id="ten-persons"),
    ],
)
def test_a_victim_and_nine_fake_accounts_that_share_devices_do_not_open_a_cell(spark, devices, opened):
    accounts = ["victim", *[f"fake{n}" for n in range(9)]]

    statuses = {row.status for row in linked(spark, accounts, devices)}

    assert statuses == {"published" if opened else "suppressed"}
