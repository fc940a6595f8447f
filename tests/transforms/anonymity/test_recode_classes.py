"""What is published of a class tells what it covers and nothing more."""

from __future__ import annotations

import numpy as np
import pytest

from quality.checks.anonymity.published_values import covers
from quality.contracts.errors import UsageError
from tests.transforms.anonymity.tables import quasi_id, tree
from transforms.anonymity.coded_table import CodedTable
from transforms.anonymity.recode_classes import recode_classes

CITIES = tree([0, 1, 2, 3], [0, 0, 1, 1], [0] * 4)


def published(column, labels, classes):
    table = CodedTable(len(classes), (column,))
    return recode_classes(table, np.array(classes, np.int32), [labels])[0].to_pylist()


@pytest.mark.parametrize(
    ("values", "classes", "expected"),
    [
        pytest.param([29, 17, 40], [1, 1, 0], ["[17, 29]", "[17, 29]", "40"], id="ends-or-the-value"),
        pytest.param([17, 29, 40], [0, -1, 0], ["[17, 40]", "[17, 40]"], id="a-suppressed-row-is-left-out"),
        pytest.param([17, None, 40, None], [0, 0, 1, 2], ["*", "*", "40", None], id="nulls"),
        pytest.param([17, 29], [-1, -1], [], id="nothing-left"),
    ],
)
def test_a_number_is_told_as_an_interval(values, classes, expected):
    labels = [str(value) for value in sorted(value for value in values if value is not None)]

    assert published(quasi_id("age", values), labels, classes) == expected


@pytest.mark.parametrize(
    ("values", "classes", "expected"),
    [
        pytest.param([0, 1, 2], [0, 0, 1], ["{cook, nurse}", "{cook, nurse}", "actor"], id="sorted-or-the-value"),
        pytest.param([1, None, 2, 0], [0, 0, 1, 1], ["{cook, null}"] * 2 + ["{actor, nurse}"] * 2, id="a-null-in-it"),
        pytest.param([0, 1, 2, None], [0, 0, 0, 1], ["{actor, cook, nurse}"] * 3 + [None], id="nulls-alone"),
    ],
)
def test_a_category_is_told_as_a_set(values, classes, expected):
    assert published(quasi_id("job", values, "categorical"), ["nurse", "cook", "actor"], classes) == expected


@pytest.mark.parametrize(
    ("label", "told"),
    [
        pytest.param("b, c", '{"b, c", ~}', id="a-comma"),
        pytest.param("{b}", '{"{b}", ~}', id="braces"),
        pytest.param('b "c"', '{"b ""c""", ~}', id="quotation-marks"),
        pytest.param("null", '{"null", ~}', id="a-value-called-null"),
        pytest.param("", '{"", ~}', id="an-empty-text"),
        pytest.param("b c", "{b c, ~}", id="a-plain-one"),
    ],
)
def test_a_member_is_quoted_where_it_would_be_read_as_another(label, told):
    shown = published(quasi_id("job", [0, 1], "categorical"), [label, "~"], [0, 0])

    assert shown == [told, told]
    assert covers(shown[0], [label, "~", "b", "c", None]).tolist() == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("values", "classes", "expected"),
    [
        pytest.param([0, 1, 2], [0, 0, 1], ["1.0", "1.0", "c"], id="the-lowest-node-or-the-value"),
        pytest.param([3, 1, 2, 3], [0, 0, 1, 1], ["2.0", "2.0", "1.1", "1.1"], id="the-root"),
        pytest.param([0, None, 3, None], [0, 0, 1, 2], ["*", "*", "d", None], id="nulls"),
    ],
)
def test_a_leaf_is_told_as_a_node(values, classes, expected):
    column = quasi_id("city", values, "hierarchical", CITIES, domain=range(4))

    assert published(column, list("abcd"), classes) == expected


def test_an_ordered_value_is_told_as_a_range():
    assert published(quasi_id("size", [0, 2, 1], "ordered"), ["S", "M", "L"], [0, 0, 1]) == ["[S, L]", "[S, L]", "M"]


def test_labels_that_are_not_the_values_are_refused():
    with pytest.raises(UsageError, match="labels of age"):
        published(quasi_id("age", [1, 2]), ["1"], [0, 0])
