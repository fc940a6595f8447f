"""A class's population is all whom its published values may stand for."""

from __future__ import annotations

import pytest

from quality.checks.anonymity.hierarchy_file import read_paths
from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.published_table import Roles
from quality.contracts.errors import UsageError
from tests.quality.checks.anonymity.tables import put

PATHS = read_paths("Ulm;South;*\nBonn;West;*\nKoln;West;*\n")
PEOPLE = [("20", "Ulm", "a"), ("25", "Bonn", "b"), ("29", "Koln", "c"), ("29", "Koln", "d"), ("50", "Ulm", "e")]


def k_map(db, rows, people=PEOPLE, **options):
    put(db, people, "age town person", name="people")
    roles = Roles(("age", "town"), nulls=options.pop("nulls", "category"))
    return measure_anonymity(
        db, put(db, rows, "age town"), roles, population="people", hierarchies={"town": PATHS}, **options
    )


@pytest.mark.parametrize(
    ("row", "k"),
    [
        pytest.param(("[20, 29]", "West"), 3, id="interval-and-node"),
        pytest.param(("[20, 29]", "{Ulm, Bonn}"), 2, id="interval-and-set"),
        pytest.param(("*", "Ulm"), 2, id="suppressed"),
        pytest.param(("29", "Ulm"), 0, id="nobody"),
    ],
)
def test_raw_values_of_a_population_are_matched_by_what_is_published(db, row, k):
    assert k_map(db, [row]).find("k_map").value == k


def test_a_person_of_the_population_counts_once(db):
    people = [*PEOPLE, ("29", "Koln", "d")]

    rows, persons = (
        k_map(db, [("29", "West")], people, population_subject=subject).find("k_map").value
        for subject in (None, "person")
    )

    assert (rows, persons) == (3, 2)


@pytest.mark.parametrize(("nulls", "k"), [("category", 0), ("wildcard", 2)])
def test_a_null_of_the_release_matches_as_nulls_do(db, nulls, k):
    assert k_map(db, [(None, "Ulm")], nulls=nulls).find("k_map").value == k


def test_who_matches_no_class_is_certainly_absent(db):
    west = k_map(db, [("*", "West")] * 2)
    all_of_them = k_map(db, [("*", "*")] * 2)

    assert [m.find("presence_max").value for m in (west, all_of_them)] == [2 / 3, 2 / 5]
    assert [m.find("presence_min").value for m in (west, all_of_them)] == [0, 2 / 5]


def test_classes_are_counted_alike_in_blocks(db, monkeypatch):
    rows = [(age, town) for age, town, _ in PEOPLE] + [(f"[{n}, {n + 9}]", "West") for n in range(15, 35)]
    whole = k_map(db, rows)
    monkeypatch.setattr("quality.checks.anonymity.population.BLOCK", 3)

    assert k_map(db, rows) == whole
    assert whole.find("presence_min").value > 0  # each of the population is in some class


def test_too_large_a_comparison_is_refused(db, monkeypatch):
    monkeypatch.setattr("quality.checks.anonymity.population.MOST_WORK", 7)

    with pytest.raises(UsageError, match="2 classes and 4 groups of the population are too many"):
        k_map(db, [("20", "Ulm"), ("25", "Bonn")])


def test_a_population_without_the_columns_is_refused(db):
    put(db, [("20",)], "age", name="people")

    with pytest.raises(UsageError, match="people has no column town"):
        measure_anonymity(db, put(db, [("20", "Ulm")], "age town"), Roles(("age", "town")), population="people")


def test_who_has_several_rows_is_one_person_of_a_class(db):
    people = [*PEOPLE, ("25", "Koln", "b"), ("50", "Bonn", "c"), (None, None, None)]

    found = k_map(db, [("[20, 29]", "West"), ("*", "Ulm")], people, population_subject="person")

    assert found.find("k_map").value == 2  # a and e of Ulm
    assert dict((group.quasi_ids["town"], group.value) for group in found.find("k_map").worst) == {"Ulm": 2, "West": 3}


@pytest.mark.parametrize(
    ("rows", "several"),
    [
        pytest.param([("[20, 29]", "West"), ("[29, 50]", "*")], 2, id="classes-overlap"),
        pytest.param([("[20, 28]", "*"), ("[29, 50]", "*")], 0, id="classes-do-not"),
    ],
)
def test_who_matches_several_classes_is_counted(db, rows, several):
    assert k_map(db, rows).find("presence_repeated").value == several


def test_who_has_rows_in_several_classes_matches_several(db):
    people = [*PEOPLE, ("50", "Bonn", "c")]

    found = k_map(db, [("[20, 29]", "*"), ("50", "*")], people, population_subject="person")

    assert found.find("presence_repeated").value == 1
