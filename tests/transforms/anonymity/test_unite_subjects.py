from __future__ import annotations

import pyarrow as pa
import pytest

from transforms.anonymity.unite_subjects import unite_subjects, united_accounts

ROWS = pa.table(
    {
        "account": ["a", "b", "c", "d", None, None],
        "device": ["x", "x", None, None, None, "y"],
        "ring": [None, "r", "r", None, None, None],
    }
)


def together(numbers):
    """The rows of each subject."""
    return sorted([row for row, other in enumerate(numbers) if other == number] for number in set(numbers.tolist()))


@pytest.mark.parametrize(
    ("links", "subjects"),
    [
        pytest.param([], [[0], [1], [2], [3], [4, 5]], id="accounts-alone"),
        pytest.param(["device"], [[0, 1], [2], [3], [4, 5]], id="a-device-makes-two-accounts-one"),
        pytest.param(["device", "ring"], [[0, 1, 2], [3], [4, 5]], id="links-reach-on"),
    ],
)
def test_accounts_that_links_connect_are_one_subject_and_no_value_connects_nobody(links, subjects):
    assert together(unite_subjects(ROWS, "account", links)) == subjects


def test_subjects_are_the_same_in_any_order_of_rows():
    order = [5, 3, 1, 0, 2, 4]

    turned = unite_subjects(ROWS.take(pa.array(order)), "account", ["device", "ring"])

    assert sorted(sorted(order[row] for row in one) for one in together(turned)) == [[0, 1, 2], [3], [4, 5]]


def test_accounts_that_are_one_with_others_are_told_by_the_least_of_them_and_others_are_not():
    known = ROWS.slice(0, 4)

    assert united_accounts(known, "account", ["device", "ring"]).to_pylist() == [
        {"account": "a", "person": "a"}, {"account": "b", "person": "a"}, {"account": "c", "person": "a"},
    ]  # fmt: skip
    assert united_accounts(known, "account", []).num_rows == 0


def test_numbered_accounts_stay_numbers():
    rows = pa.table({"account": [7, 5, 9], "device": ["x", "x", None]})

    assert united_accounts(rows, "account", ["device"]).to_pydict() == {"account": [5, 7], "person": [5, 5]}
