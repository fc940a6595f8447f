"""Special uniques are scored as SUDA2 scores them, and attributed to columns."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.checks.anonymity.published_table import Roles, open_engine
from quality.checks.anonymity.special_uniques import find_special_uniques
from quality.contracts.errors import UsageError
from tests.quality.checks.anonymity.tables import put


def test_the_columns_contributions_are_those_of_sdcmicros_own_example(db):
    table = put(db, [("2", "0", "0"), ("1", "3", "6"), ("1", "0", "0")], "a b c")

    found = find_special_uniques(db, table, Roles(("a", "b", "c")))

    assert found.contributions == {"a": 0.5, "b": 0.375, "c": 0.375}
    assert found.minimal == {1: 3, 2: 2, 3: 0}
    assert found.share == 1.0


def test_the_smaller_a_unique_set_the_higher_its_class_scores(db):
    rows = [("1", "1", "9"), ("1", "2", "0"), ("2", "1", "0"), ("2", "2", "0"), ("2", "2", "0")]

    found = find_special_uniques(db, put(db, rows, "a b c"), Roles(("a", "b", "c")), worst=2)

    # c = 9 is alone by one column: (3 - 1)(3 - 2); (1, 1) is alone by a and b too: 3 - 2.
    assert found.worst[0].quasi_ids == {"a": "1", "b": "1", "c": "9"}
    assert found.worst[0].value == 2 + 1
    assert found.share == 3 / 5


def test_one_person_in_many_rows_is_alone_and_two_are_not(db):
    rows = [("1", "x"), ("1", "x"), ("2", "y"), ("2", "z")]

    found = find_special_uniques(db, put(db, rows, "a person"), Roles(("a",), (), "person"))

    assert (found.minimal, found.share) == ({1: 1}, 1 / 3)


def test_too_many_sets_are_refused(db, monkeypatch):
    monkeypatch.setattr("quality.checks.anonymity.special_uniques.MOST_WORK", 10)
    table = put(db, [("1", "1", "9"), ("1", "2", "0")], "a b c")

    with pytest.raises(UsageError, match="7 sets of columns over 2 classes are too many"):
        find_special_uniques(db, table, Roles(("a", "b", "c")))


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from("012")] * 4), min_size=1, max_size=14))
def test_minimal_sets_are_those_that_a_plain_search_finds(tmp_path_factory, rows):
    expected = dict.fromkeys(range(1, 4), 0)
    for row in rows:
        alone = [
            set(chosen)
            for size in range(1, 4)
            for chosen in combinations(range(4), size)
            if sum(all(other[at] == row[at] for at in chosen) for other in rows) == 1
        ]
        for chosen in alone:
            expected[len(chosen)] += not any(part < chosen for part in alone)

    with open_engine(tmp_path_factory.getbasetemp(), threads=1) as db:
        found = find_special_uniques(db, put(db, rows, "a b c d"), Roles(("a", "b", "c", "d")))

    assert found.minimal == expected
