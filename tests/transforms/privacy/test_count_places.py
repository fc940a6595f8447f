from __future__ import annotations

from datetime import date, datetime

import pytest

from transforms.privacy.count_places import ELSEWHERE, TOO_FEW, count_places
from transforms.privacy.release_crowds import with_level

pytestmark = pytest.mark.spark

DAY, NEXT = date(2024, 5, 1), date(2024, 5, 2)
PARIS, SUBURB, FIELD = ("a", 2.0, "Paris"), ("b", 3.0, "Paris"), ("c", 5.0, None)
COARSE = ("z", 9.0, None)
SCHEMA = """person string, tile struct<cell:string,area_m2:double,place:string>,
            coarse struct<cell:string,area_m2:double,place:string>, event_date date, event_time timestamp, _rows int"""


def counted(spark, *visits):
    rows = [
        (who, tile, COARSE, day, datetime(day.year, day.month, day.day, hour), 1) for who, tile, day, hour in visits
    ]
    leveled = with_level(spark.createDataFrame(rows, SCHEMA), k=2, slot_hours=(1, 24), time="hour")
    found = count_places(leveled, k=2, slot_hours=(1, 24)).collect()
    return {(row.place, row.event_date): (row.persons, row.status, row._rows) for row in found}


def test_persons_are_counted_once_by_place_and_day_and_few_are_suppressed(spark):
    together = [("p", PARIS, DAY, 9), ("q", PARIS, DAY, 9), ("q", PARIS, DAY, 9), ("p", SUBURB, DAY, 10)]
    others = [("q", SUBURB, DAY, 11), ("p", FIELD, DAY, 12), ("q", FIELD, DAY, 13), ("p", PARIS, NEXT, 9)]

    assert counted(spark, *together, *others) == {
        ("Paris", DAY): (2, "published", 5),
        (ELSEWHERE, DAY): (2, "published", 2),
        (TOO_FEW, NEXT): (None, "suppressed", 1),
    }


def test_a_lone_visitor_that_mobility_suppresses_is_not_in_the_places_count_either(spark):
    crowd = [("p", PARIS, DAY, 9), ("q", PARIS, DAY, 9)]

    found = counted(spark, *crowd, ("alone", PARIS, DAY, 15))

    assert found == {("Paris", DAY): (2, "published", 2), (TOO_FEW, DAY): (None, "suppressed", 1)}
