"""A table's columns are sorted by role, and the sets that tell rows apart are found."""

from __future__ import annotations

import pytest

from quality.checks.anonymity.published_table import open_engine
from quality.checks.anonymity.suggest_roles import suggest_roles
from quality.contracts.errors import UsageError
from tests.quality.checks.anonymity.tables import put

ROWS = [(f"n{n}", str(n % 10), str(n // 10 % 10), "x", str(n % 2), None if n % 4 else "flu") for n in range(100)]
COLUMNS = "email a b country half diagnosis"


def test_each_column_has_a_role_and_says_why(db):
    found = {c.name: c for c in suggest_roles(db, put(db, ROWS, COLUMNS)).columns}

    assert {name: column.role for name, column in found.items()} == {
        "email": "direct_identifier", "a": "quasi_identifier", "b": "quasi_identifier", "country": "constant",
        "half": "quasi_identifier", "diagnosis": "sensitive",
    }  # fmt: skip
    assert found["email"].why == "named email"
    assert (found["a"].distinction, found["a"].separation) == (0.1, pytest.approx(1 - 9 / 99))
    assert (found["diagnosis"].nulls, found["diagnosis"].distinct) == (75, 2)


def test_words_of_a_name_are_told_apart_however_they_are_joined(db):
    table = put(db, [("1", "2", "3", "4"), ("2", "3", "4", "5")], "homeAddress user_id Monthly-Salary widget")

    roles = [c.role for c in suggest_roles(db, table).columns]

    assert roles == ["direct_identifier", "direct_identifier", "sensitive", "quasi_identifier"]


def test_a_place_or_a_moment_is_no_number_of_a_person_though_few_share_it(db):
    seconds = [f"2024-01-01 00:{n // 60:02}:{n % 60:02}" for n in range(2000)]
    rows = [(str(n), f"{n / 7000:.6f}", at, f"9{n}-x") for n, at in enumerate(seconds)]
    table = put(db, rows, "number latitude seen plate")

    roles = [c.role for c in suggest_roles(db, table).columns]

    assert roles == ["direct_identifier", "quasi_identifier", "quasi_identifier", "direct_identifier"]


def test_a_minimal_set_tells_rows_apart_and_none_of_its_parts_does(db):
    found = suggest_roles(db, put(db, ROWS, COLUMNS), alpha=0.9)

    assert [key.columns for key in found.keys] == [("a", "b")]
    assert (found.keys[0].distinction, found.keys[0].separation) == (1.0, 1.0)


def test_separation_asks_for_pairs_of_rows_and_not_for_values(db):
    found = suggest_roles(db, put(db, ROWS, COLUMNS), alpha=0.9, by="separation")

    assert [key.columns for key in found.keys] == [("a",), ("b",)]


def test_a_large_table_is_sampled_and_gives_the_same_answer_each_time(tmp_path):
    with open_engine(tmp_path, threads=2) as db:
        db.execute("CREATE TABLE big AS SELECT hash(i) % 9 AS a, hash(i) // 9 % 9 AS b FROM range(300000) t(i)")
        first, second = (suggest_roles(db, "big", alpha=0.01, sample=50) for _ in range(2))

    assert (first.rows, first.sampled, first) == (300_000, 50, second)


def test_a_table_without_rows_is_refused(db):
    with pytest.raises(UsageError, match="has no rows"):
        suggest_roles(db, put(db, [], "a"))


def test_codes_that_are_all_different_are_of_one_person_each_also_in_a_small_table(db):
    rows = [
        (f"eu-a{n:06}", f"2026-05-{1 + n % 28:02}T0{n % 9}:00:{n % 60:02}Z", str(7000 + n), "ab"[n % 2])
        for n in range(420)
    ]
    found = {c.name: c for c in suggest_roles(db, put(db, rows, "code made number kind")).columns}

    assert {name: one.role for name, one in found.items()} == {
        "code": "direct_identifier", "made": "quasi_identifier", "number": "direct_identifier",
        "kind": "quasi_identifier",
    }  # fmt: skip
    assert found["code"].why == "nearly a value for each row"
    assert (found["made"].scale, found["made"].why) == ("time", "a moment: whoever knows when, knows who")


def test_a_few_different_texts_are_no_code(db):
    assert [c.role for c in suggest_roles(db, put(db, [("a",), ("b",), ("c",)], "city")).columns] == [
        "quasi_identifier"
    ]


def test_a_device_that_several_rows_share_links_them_and_one_of_each_row_tells_who(db):
    rows = [(f"d{n // 2}", f"10.0.0.{n}", str(n % 2)) for n in range(60)]
    found = suggest_roles(db, put(db, rows, "device_id ip_address class")).columns

    assert [c.role for c in found] == ["link", "direct_identifier", "sensitive"]


def test_a_kind_of_device_that_many_share_is_no_link_and_may_be_known(db):
    rows = [(f"u{n}", "phone" if n % 10 else f"d{n}", f"r{n // 2}") for n in range(60)]
    found = suggest_roles(db, put(db, rows, "user device ring")).columns

    assert [c.role for c in found] == ["direct_identifier", "quasi_identifier", "link"]
    assert found[1].why == "one of its values is of 54 of 60 subjects, whom it would make one person: no link"


def test_a_device_with_many_rows_of_one_person_is_a_link(db):
    rows = [(f"u{n // 100}", f"d{n // 50}") for n in range(300)]

    assert [c.role for c in suggest_roles(db, put(db, rows, "user device")).columns] == ["direct_identifier", "link"]
