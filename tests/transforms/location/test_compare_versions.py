from __future__ import annotations

import pyarrow as pa
import pytest

from quality.contracts.errors import PolicyBreach
from tests.transforms.location.declared import declared, rows
from transforms.location.compare_versions import compare_versions, input_digest, refuse_difference


def published(*groups):
    cells = [(cell, slot) for cell, slot, count in groups for _ in range(count)]
    columns = {"cell": [cell for cell, _ in cells], "slot": [slot for _, slot in cells]}
    return pa.table(
        columns | {"slot_hours": [1] * len(cells)}, pa.schema({"cell": "str", "slot": "i8", "slot_hours": "i2"})
    )


@pytest.mark.parametrize(
    ("new", "groups", "below"),
    [
        pytest.param([("x", 1, 4)], 0, 0, id="nothing-new"),
        pytest.param([("x", 1, 5)], 2, 2, id="one-came-late"),
        pytest.param([("x", 1, 3)], 2, 2, id="one-was-taken-out"),
        pytest.param([("x", 1, 6)], 2, 0, id="a-crowd-came-late"),
        pytest.param([("x", 1, 4), ("y", 1, 2)], 2, 0, id="a-group-that-was-not-published"),
        pytest.param([("x", 1, 2), ("x", 2, 3)], 3, 1, id="one-came-late-and-others-were-told-by-another-slot"),
    ],
)
def test_new_minus_old_may_not_be_a_few_persons(new, groups, below):
    found = compare_versions(published(("x", 1, 4)), published(*new), k=2)

    assert (found.groups, found.below) == (groups, below)


def test_a_difference_of_a_few_is_refused_unless_the_release_declares_it():
    found = compare_versions(published(("x", 1, 4)), published(("x", 1, 5)), k=2)

    with pytest.raises(PolicyBreach, match="late person"):
        refuse_difference(found, declared())
    refuse_difference(found, declared(late_days="allow"))
    refuse_difference(compare_versions(published(("x", 1, 4)), published(("x", 1, 4)), k=2), declared())


def test_the_digest_of_equal_rows_is_equal_whatever_their_order_and_no_other():
    one, other = ("a", 40.7, -74.0, 0), ("b", 40.7, -74.0, 5)
    columns = ["who", "lat", "lon", "at"]

    assert input_digest(rows(one, other), columns) == input_digest(rows(other, one), columns)
    assert input_digest(rows(one, other), columns) != input_digest(rows(one), columns)
    assert input_digest(rows(one), columns) != input_digest(rows((None, *one[1:])), columns)
    assert input_digest(rows(("", *one[1:])), columns) != input_digest(rows((None, *one[1:])), columns)
    assert input_digest(rows(one, one), columns) != input_digest(rows(one), columns)
