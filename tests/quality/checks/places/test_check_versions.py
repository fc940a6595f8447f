"""New minus old is the late person."""

from __future__ import annotations

from datetime import datetime

import h3
import pyarrow as pa
import pytest

from quality.checks.places.check_versions import check_versions

OUT = [("x", 1, 4)]


def published(*groups):
    rows = [(cell, slot, *(hours or [1])) for cell, slot, count, *hours in groups for _ in range(count)]
    told = {name: [row[at] for row in rows] for at, name in enumerate(("cell", "slot", "slot_hours"))}
    return pa.table(told, pa.schema({"cell": pa.string(), "slot": pa.int8(), "slot_hours": pa.int16()}))


def judged(new, *out, late_days="refuse", **how):
    return check_versions(published(*new), [published(*one) for one in out or [OUT]], k=2, late_days=late_days, **how)


@pytest.mark.parametrize(
    ("new", "changed", "below"),
    [
        pytest.param([("x", 1, 4)], 0, 0, id="nothing-new"),
        pytest.param([("x", 1, 5)], 2, 2, id="one-came-late"),
        pytest.param([("x", 1, 3)], 2, 2, id="one-was-taken-out"),
        pytest.param([("x", 1, 6)], 2, 0, id="a-crowd-came-late"),
        pytest.param([("x", 1, 4), ("y", 1, 3)], 2, 0, id="a-group-that-was-not-published"),
        pytest.param([("x", 1, 4), ("y", 1, 2)], 2, 1, id="a-group-of-which-one-may-have-been-there-before"),
        pytest.param([("x", 1, 2), ("x", 2, 3)], 3, 1, id="one-came-late-and-others-were-told-by-another-slot"),
    ],
)
def test_new_minus_old_may_not_be_a_few_persons(new, changed, below):
    found = judged(new)

    assert (found.measured["groups_changed"], found.measured["by_fewer_than_k"]) == (changed, below)
    assert (found.passed, found.stops) == (not below, bool(below))


DATED = pa.schema({"cell": pa.string(), "slot": pa.timestamp("s"), "slot_hours": pa.int16()})


def of_days(*days):
    return pa.Table.from_pylist(
        [{"cell": "x", "slot": datetime(2026, 5, day), "slot_hours": 1} for day in days for _ in range(2)], DATED
    )


@pytest.mark.parametrize("linked", [pytest.param(False, id="rows"), pytest.param(True, id="trips")])
def test_a_day_that_the_other_version_does_not_have_is_no_late_day(linked):
    assert check_versions(of_days(1, 2), [of_days(1)], k=2, late_days="refuse", linked=linked).passed


def test_of_trips_no_day_that_both_versions_have_may_differ():
    crowd = [("x", 1, 8)]

    assert judged(crowd).passed
    assert judged(crowd, linked=True).stops
    assert judged(OUT, linked=True).passed


def test_every_version_that_is_out_is_compared():
    assert judged([("x", 1, 6)], [("x", 1, 4)], [("x", 1, 5)]).measured["by_fewer_than_k"] == 2


def test_a_release_that_allows_late_days_is_warned():
    found = judged([("x", 1, 5)], late_days="allow")

    assert (found.passed, found.stops) == (False, False)


def test_a_file_of_texts_is_read_as_the_table_it_was_written_from():
    at = datetime(2026, 5, 1, 8)
    table = pa.table({"cell": ["x"] * 2, "slot": pa.array([at] * 2, pa.timestamp("s")), "slot_hours": [1] * 2})
    texts = pa.table({"cell": ["x"] * 2, "slot": ["2026-05-01 08:00:00"] * 2, "slot_hours": ["1"] * 2})
    iso = pa.table({"cell": ["x"] * 2, "slot": ["2026-05-01T08:00:00Z"] * 2, "slot_hours": ["1"] * 2})

    assert check_versions(table, [texts, iso], k=3, late_days="refuse").measured["groups_changed"] == 0


FINE = h3.latlng_to_cell(40.7, -74.0, 7)
COARSE, ELSEWHERE = h3.cell_to_parent(FINE, 5), h3.latlng_to_cell(48.85, 2.35, 7)
NEIGHBOR = next(cell for cell in h3.grid_ring(FINE, 1) if h3.cell_to_parent(cell, 5) == COARSE)


@pytest.mark.parametrize(
    ("old", "new", "overlapping"),
    [
        pytest.param([(COARSE, 1, 3)], [(FINE, 1, 3)], 2, id="a-crowd-moved-to-a-finer-cell"),
        pytest.param([(FINE, 1, 3)], [(COARSE, 1, 3)], 2, id="a-crowd-moved-to-a-coarser-cell"),
        pytest.param([(FINE, 0, 3, 6)], [(FINE, 2, 3, 1)], 2, id="a-crowd-moved-to-a-shorter-slot"),
        pytest.param([(COARSE, 0, 3, 6)], [(FINE, 2, 3, 1)], 2, id="both"),
        pytest.param([(COARSE, 1, 3)], [(ELSEWHERE, 1, 3)], 0, id="another-region"),
        pytest.param([(FINE, 1, 3)], [(NEIGHBOR, 1, 3)], 0, id="a-neighbor"),
        pytest.param([(COARSE, 1, 3)], [(FINE, 2, 3)], 0, id="another-hour"),
        pytest.param([(COARSE, 1, 3)], [(COARSE, 1, 3), (FINE, 1, 3)], 0, id="a-crowd-came-and-nobody-moved"),
    ],
)
def test_one_late_person_may_not_move_a_crowd_to_another_level(old, new, overlapping):
    found = judged(new, old)

    assert (found.measured["overlapping"], found.measured["by_fewer_than_k"]) == (overlapping, 0)
    assert found.stops == bool(overlapping)


def test_slots_that_are_times_overlap_too_in_whatever_form():
    new = pa.table({"cell": [FINE] * 3, "slot": ["2026-05-01T09:00:00Z"] * 3, "slot_hours": ["1"] * 3})
    at = pa.array([datetime(2026, 5, 1, 6)] * 3, pa.timestamp("s"))
    old = pa.table({"cell": [COARSE] * 3, "slot": at, "slot_hours": [6] * 3})

    assert check_versions(new, [old], k=2, late_days="refuse").measured["overlapping"] == 2


def test_without_another_version_nothing_is_compared_and_that_is_told():
    found = check_versions(published(*OUT), [], k=2, late_days="refuse")

    assert (found.check, found.passed, found.stops) == ("late_days", False, False)
    assert found.measured == {"outcome": "not_tried", "versions": 0}
