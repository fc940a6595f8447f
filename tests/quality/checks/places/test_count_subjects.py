from __future__ import annotations

import pyarrow as pa
import pytest

from quality.checks.places.count_subjects import check_crowds, check_pairs, check_sequences, persons_of


def published(*rows):
    """Make a table of (cell, slot, trip)."""
    cell, slot, trip = zip(*rows, strict=True)
    return pa.table({"cell": cell, "slot": slot, "slot_hours": [1] * len(rows), "trip": trip})


@pytest.mark.parametrize(
    ("persons", "passed", "least"),
    [
        pytest.param(["a", "b", "c"], True, 3, id="three"),
        pytest.param(["a", "b", "b"], False, 2, id="two-of-which-one-twice"),
        pytest.param(["a", None, None], False, 2, id="nobody-is-one"),
    ],
)
def test_distinct_persons_are_counted_by_cell_and_slot(persons, passed, least):
    verdict = check_crowds(published(("x", 1, 0), ("x", 1, 1), ("x", 1, 2)), persons, k=3)

    assert (verdict.passed, verdict.measured["least"]) == (passed, least)


def test_another_length_of_a_slot_is_another_group():
    table = published(("x", 1, 0), ("x", 1, 1)).drop_columns("slot_hours").append_column("slot_hours", pa.array([1, 6]))

    assert not check_crowds(table, ["a", "b"], k=2).passed


LINKED = [("x", 1, 0), ("y", 2, 0), ("x", 1, 1), ("z", 3, 1), ("y", 2, 2), ("z", 3, 2)]


def test_two_points_that_one_trip_has_are_found_though_each_is_shared():
    persons = ["a", "a", "b", "b", "c", "c"]

    assert check_crowds(published(*LINKED), persons, k=2).passed
    assert not check_pairs(published(*LINKED), persons, k=2).passed
    assert not check_sequences(published(*LINKED), persons, k=2, m=2, draws=9, seed=1).passed
    assert check_sequences(published(*LINKED), persons, k=2, m=1, draws=9, seed=1).passed


def test_two_trips_of_one_person_match_one_person():
    twice = published(("x", 1, 0), ("y", 2, 0), ("x", 1, 1), ("y", 2, 1))

    assert check_pairs(twice, ["a", "a", "b", "b"], k=2).passed
    assert not check_pairs(twice, ["a"] * 4, k=2).passed
    assert not check_sequences(twice, ["a"] * 4, k=2, m=2, draws=3, seed=1).passed


def test_an_empty_release_has_nobody_below():
    empty = published(("x", 1, 0)).slice(0, 0)

    assert check_crowds(empty, [], k=2).passed
    assert check_sequences(empty, [], k=2, m=3, draws=3, seed=1).measured["counted"] == 0


def test_accounts_that_a_link_connects_are_one_person():
    accounts = pa.chunked_array([["a", "b", "c", "d"]])
    links = {"device": pa.chunked_array([["x", "x", None, None]]), "ring": pa.chunked_array([[None, 1, 1, None]])}

    assert persons_of(accounts, links, [0, 1, 2, 3, 1]) == ["a", "a", "a", "d", "a"]
    assert persons_of(accounts, {}, [3, 0]) == ["d", "a"]
