from __future__ import annotations

import datetime

import h3
import numpy as np
import pyarrow as pa
import pytest

from quality.contracts.errors import UsageError
from tests.transforms.location.declared import DAY, declared, rows
from transforms.location.fixes import count_fixes, read_fixes


def test_fixes_come_by_subject_and_time_and_know_their_rows():
    fixes = read_fixes(rows(("b", 40.7, -74, 9), ("a", 40.7, -74, 5), ("b", 40.7, -74, 1)), declared())

    assert fixes.rows.tolist() in ([1, 2, 0], [2, 0, 1])
    assert fixes.seconds.tolist() == [DAY + [9, 5, 1][row] for row in fixes.rows]


def test_a_row_without_subject_time_or_place_is_left_out():
    table = rows(
        (None, 40.7, -74, None), ("a", None, -74, 0), ("a", 40.7, -74, None), ("a", 91, 0, 0), ("a", 40.7, -74, 0)
    )

    fixes, lacking = count_fixes(table, declared())

    assert fixes.rows.tolist() == [4]
    assert lacking == {"no subject": 1, "no time": 1, "no place on earth": 2}  # each row once


def test_a_time_without_a_zone_is_left_out_for_that_and_counted_apart():
    times = ["2009-03-01 02:53:04", "2009-03-01T02:53", "2009-03-01T02:53:04.5", "2009-03-01T02:53:04Z", "noon"]
    table = rows(*[("a", 40.7, -74, 0)] * 5).drop_columns("at").append_column("at", pa.array(times))

    fixes, lacking = count_fixes(table, declared())

    assert fixes.rows.tolist() == [3]
    assert lacking == {"no subject": 0, "no zone of its time": 3, "no time": 1, "no place on earth": 0}


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        pytest.param("lat", ["north"], "lat holds values that are no degrees", id="a-word-for-degrees"),
        pytest.param("at", [datetime.date(2008, 4, 28)], "at holds values that are no times", id="days-without-hours"),
    ],
)
def test_a_column_that_cannot_be_read_is_named_and_its_values_are_not(name, values, told):
    table = rows(("a", 40.7, -74, 0)).drop_columns(name).append_column(name, pa.array(values))

    with pytest.raises(UsageError, match=told) as refused:
        read_fixes(table, declared())
    assert "north" not in str(refused.value)


def test_a_text_that_is_no_cell_is_no_place_on_earth():
    table = pa.table({"who": ["a", "a"], "cell": ["zz", "Utrecht"], "at": [DAY, DAY]})

    assert count_fixes(table, declared(latitude=None, longitude=None, cell="cell"))[1]["no place on earth"] == 2


def test_accounts_that_share_a_device_are_one_subject():
    table = rows(("a", 40.7, -74, 0), ("b", 40.7, -74, 0), ("c", 40.7, -74, 0))
    table = table.append_column("device", pa.array(["x", "x", None]))

    assert len(set(read_fixes(table, declared(links=["device"])).subjects.tolist())) == 2


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(pa.array([DAY]), id="seconds"),
        pytest.param(pa.array([39_566.0]), id="days-as-spreadsheets-count"),
        pytest.param(pa.array([datetime.datetime(2008, 4, 28, 0, 0, 0, 900_000)]), id="timestamp"),
        pytest.param(pa.array([DAY * 1000], pa.timestamp("ms", "UTC")), id="timestamp-with-zone"),
        pytest.param(pa.array([str(DAY)]), id="seconds-as-text"),
        pytest.param(pa.array(["2008-04-28T00:00:00Z"]), id="text"),
        pytest.param(pa.array(["2008-04-28T02:00:00+02:00"]), id="text-of-another-zone"),
    ],
)
def test_a_time_is_read_as_its_column_tells_it(at):
    table = rows(("a", 40.7, -74, 0)).drop_columns("at").append_column("at", at)

    assert read_fixes(table, declared()).seconds.tolist() == [DAY]


@pytest.mark.parametrize("at", ["yesterday", "", "2008-04-28T00:00:00", "2008-13-28T00:00:00Z"])
def test_a_text_that_is_no_time_or_names_no_zone_leaves_its_row_out(at):
    table = rows(("a", 40.7, -74, 0)).drop_columns("at").append_column("at", pa.array([at]))

    assert read_fixes(table, declared()).rows.tolist() == []


def test_a_weekday_and_an_hour_are_a_time_of_the_week():
    table = pa.table(
        {"who": ["a", "b"], "lat": [40.7, 40.7], "lon": [-74.0, -74.0], "at": ["Tuesday", "?"], "h": [5, 5]}
    )

    fixes = read_fixes(table, declared(hour="h", slots={"time": "hour_of_week"}))

    assert ((fixes.seconds // 3600 + 72) % 168).tolist() == [29]
    assert fixes.rows.tolist() == [0]


def test_cells_are_read_in_place_of_positions():
    cell = h3.latlng_to_cell(40.7, -74, 8)
    table = pa.table({"who": ["a", "a"], "cell": [cell, None], "at": [DAY, DAY]})

    fixes = read_fixes(table, declared(latitude=None, longitude=None, cell="cell"))

    assert fixes.cells.tolist() == [h3.str_to_int(cell)]
    assert np.allclose([fixes.latitudes[0], fixes.longitudes[0]], h3.cell_to_latlng(cell))
