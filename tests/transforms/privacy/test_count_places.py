from __future__ import annotations

from datetime import date

import pytest

from transforms.privacy.count_places import ELSEWHERE, count_places

pytestmark = pytest.mark.spark

DAY, NEXT = date(2024, 5, 1), date(2024, 5, 2)
PARIS, SUBURB, FIELD = ("a", 2.0, "Paris"), ("b", 3.0, "Paris"), ("c", 5.0, None)


def test_persons_are_counted_once_by_place_and_day_and_few_are_suppressed(spark):
    rows = [("p", PARIS, DAY), ("p", SUBURB, DAY), ("q", PARIS, DAY), ("q", PARIS, DAY), ("p", FIELD, DAY),
            ("p", FIELD, DAY), ("p", PARIS, NEXT)]  # fmt: skip
    df = spark.createDataFrame(
        [(*row, 1) for row in rows],
        "person string, tile struct<cell:string,area_m2:double,place:string>, event_date date, _rows int",
    )

    found = {(row.place, row.event_date): row for row in count_places(df, k=2).collect()}

    shown = {key: (row.persons, row.status, row.area_m2, row._rows, row.k) for key, row in found.items()}
    assert shown == {
        ("Paris", DAY): (2, "published", 5.0, 4, 2),
        (ELSEWHERE, DAY): (None, "suppressed", 5.0, 2, 2),
        ("Paris", NEXT): (None, "suppressed", 2.0, 1, 2),
    }
