"""Rows that say where and when people were are told from other rows, and who they are about from their trips."""

from __future__ import annotations

from datetime import date

import h3
import pytest

from quality.checks.anonymity.suggest_places import suggest_places
from quality.checks.anonymity.suggest_roles import suggest_roles
from tests.quality.checks.anonymity.tables import put

CELLS = [h3.latlng_to_cell(52 + n / 100, 5, 9) for n in range(9)]
SECONDS = 1_780_000_000  # 2026-05-28
DAYS = ("Monday", "Tuesday", "Sunday")
ROWS = [
    {
        "user_id": f"u{n % 12}", "tid": n // 2 % 36, "label": n % 12 // 2, "lat": 52 + n / 1000, "lon": 5 + n / 1000,
        "unix_ts": SECONDS + n * 7_200, "iso": f"2026-05-{1 + n // 24:02}T{n % 24:02}:00:00Z", "cell": CELLS[n % 9],
        "days": 46_000.01 + n / 24, "day": DAYS[n % 3], "hour": n % 24, "local": f"2026-05-{1 + n // 24:02} 10:00:00",
        "one": f"p{n}", "amount": n % 7, "city": "abc"[n % 3], "imei": f"86{n % 12:013}",
    }
    for n in range(72)
]  # fmt: skip


@pytest.fixture
def look(db):
    """Look at some columns of ``ROWS``."""

    def look(names, rows=ROWS):
        table = put(db, [tuple(row[name] for name in names.split()) for row in rows], names)
        return suggest_places(db, table, suggest_roles(db, table).columns)

    return look


@pytest.mark.parametrize(
    ("names", "who", "where", "when"),
    [
        pytest.param("user_id lat lon unix_ts", "user_id", "lat", ("unix_ts", None), id="seconds"),
        pytest.param("user_id lat lon iso amount", "user_id", "lat", ("iso", None), id="texts-with-a-zone"),
        pytest.param("user_id lat lon days local", "user_id", "lat", ("days", None), id="days-of-a-spreadsheet"),
        pytest.param("user_id lat lon day hour", "user_id", "lat", ("day", "hour"), id="weekdays-and-hours"),
        pytest.param("user_id cell iso", "user_id", "cell", ("iso", None), id="cells"),
        pytest.param("user_id imei cell iso", "user_id", "cell", ("iso", None), id="digits-are-no-cell"),
        pytest.param("user_id lat lon local", "user_id", "lat", (None, None), id="times-without-a-zone"),
    ],
)
def test_who_where_and_when_are_told(look, names, who, where, when):
    found = look(names)

    assert (found.subject, found.latitude or found.cell, (found.time, found.hour)) == (who, where, when)


def test_days_after_the_half_of_the_rows_are_the_epoch(look):
    found = look("user_id lat lon iso")

    assert (found.first, found.last) == (date(2026, 5, 2), date(2026, 5, 3))  # of rows from the first to the third


def test_rows_of_one_day_are_their_own_epoch(look):
    found = look("user_id lat lon iso", ROWS[:24])

    assert (found.first, found.last) == (date(2026, 5, 1), date(2026, 5, 1))


def test_a_trip_is_nobody_and_what_each_trip_has_one_of_is_who_it_is_of(look):
    rows = [{**row, "label": row["tid"] // 3} for row in ROWS]  # twelve persons with three trips each

    assert (look("tid label lat lon iso amount", rows).subject) == "label"
    assert look("tid amount lat lon iso", rows) is None  # amounts differ within a trip


@pytest.mark.parametrize(
    "names",
    [
        pytest.param("user_id amount city iso", id="no-place"),
        pytest.param("one lat lon iso", id="a-row-each"),
        pytest.param("lat lon iso city", id="nobody"),
        pytest.param("imei amount city", id="a-table"),
    ],
)
def test_other_rows_are_no_places(look, names):
    assert look(names) is None


def test_degrees_off_the_globe_are_no_place_but_for_a_few(look):
    off = [{**row, "lat": 95.0} for row in ROWS]

    assert look("user_id lat lon iso", off) is None
    assert look("user_id lat lon iso", [*ROWS * 2, off[0]]).latitude == "lat"
    assert look("user_id lat lon iso", [*ROWS * 2, *off]) is None


def test_pairs_of_degrees_belong_together_by_the_rest_of_their_names(db):
    rows = [(row["user_id"], row["lat"], row["lat"], row["lon"], row["iso"]) for row in ROWS]
    table = put(db, rows, "user_id home_lat pickup_lat pickup_lon at")

    assert suggest_places(db, table, suggest_roles(db, table).columns).latitude == "pickup_lat"
