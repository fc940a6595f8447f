from __future__ import annotations

from datetime import date, datetime
from functools import reduce

import pytest
from pyspark.sql import DataFrame

from transforms.cleaning.mark_duplicates import mark_duplicates

pytestmark = pytest.mark.spark

DAY, NEXT = date(2024, 5, 1), date(2024, 5, 2)
EARLY, LATE = datetime(2024, 5, 2, 1), datetime(2024, 5, 2, 2)
SCHEMA = "event_date date, source string, event_id string, value int, other string, landed_at timestamp, file_id string"


@pytest.fixture(params=[False, True], ids=["together", "apart"])
def marks(request, spark):
    def marks(*rows):
        df = spark.createDataFrame(rows, SCHEMA)
        marked = mark_duplicates(df, content=["value", "other"], apart=request.param)
        return [(row.value, row._duplicate) for row in marked.collect()]

    return marks


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            [(DAY, "s", "e", 1, None, EARLY, "f"), (DAY, "s", "e", 1, None, LATE, "g")],
            {(1, None): 1, (1, "duplicate_exact"): 1}, id="same-content-even-with-nulls",
        ),
        pytest.param(
            [(DAY, "s", "e", 2, "x", LATE, "f"), (DAY, "s", "e", 1, "x", EARLY, "g")],
            {(1, None): 1, (2, "duplicate_event_id"): 1}, id="other-content-keeps-the-earliest-landed",
        ),
        pytest.param(
            [(DAY, "s", "e", 1, "x", EARLY, "f"), (DAY, "t", "e", 1, "x", EARLY, "f")],
            {(1, None): 2}, id="another-source-is-another-event",
        ),
        pytest.param(
            [(DAY, "s", "e", 1, "x", EARLY, "f"), (NEXT, "s", "e", 1, "x", EARLY, "f")],
            {(1, None): 2}, id="another-date-is-another-partition",
        ),
        pytest.param(
            [(DAY, "s", "e", 1, "x", EARLY, "f")] * 3, {(1, None): 1, (1, "duplicate_exact"): 2}, id="three-times",
        ),
    ],
)  # fmt: skip
def test_one_row_of_each_event_is_kept(marks, rows, expected):
    found = marks(*rows)

    assert {mark: found.count(mark) for mark in set(found)} == expected


def test_the_order_of_equal_rows_does_not_change_which_is_kept(marks):
    one, other = (DAY, "s", "e", 1, "x", EARLY, "f"), (DAY, "s", "e", 2, "x", EARLY, "f")

    assert set(marks(one, other)) == set(marks(other, one))


def test_an_event_whose_bucket_holds_a_repeated_one_is_kept(marks, monkeypatch):
    monkeypatch.setattr("transforms.cleaning.mark_duplicates.BUCKETS", 1)
    rows = [(DAY, "s", event, number, "x", EARLY, "f") for event, number in (("e", 1), ("e", 1), ("other", 2))]

    assert sorted(marks(*rows), key=str) == [(1, "duplicate_exact"), (1, None), (2, None)]


def test_rows_of_one_event_are_found_wherever_they_lie(spark):
    rows = [(DAY, "s", f"e{number // 2}", 1, "x", EARLY, "f") for number in range(20)]
    scattered = reduce(DataFrame.union, [spark.createDataFrame([row], SCHEMA) for row in rows])
    spark.conf.set("spark.sql.shuffle.partitions", 3)
    try:
        marked = mark_duplicates(scattered, content=["value", "other"], apart=True).collect()
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", 1)

    assert [row._duplicate for row in marked].count("duplicate_exact") == 10


@pytest.mark.parametrize("apart", [False, True], ids=["together", "apart"])
def test_nothing_is_left_behind_but_the_mark(spark, apart):
    out = mark_duplicates(spark.createDataFrame([], SCHEMA), content=["value"], apart=apart)

    assert set(out.columns) - {name.split()[0] for name in SCHEMA.split(", ")} == {"_duplicate"}
