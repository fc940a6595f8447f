"""Hierarchies of ARX are read as paths; what is none is refused."""

from __future__ import annotations

import pytest

from quality.checks.anonymity.hierarchy_file import nodes_by_level, read_paths
from quality.contracts.errors import UsageError


@pytest.mark.parametrize("text", ["a;x;*\nb;x;*\n", "\ufeffa,x,*\r\nb,x,*\r\n", 'a;"x";*\n\nb;x;*'])
def test_a_hierarchy_is_read_however_it_is_written(text):
    assert read_paths(text) == {"a": ("a", "x", "*"), "b": ("b", "x", "*")}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("a;x;*\nb;*\n", id="lines-of-two-lengths"),
        pytest.param("a\nb\n", id="one-level"),
        pytest.param("a;x\nb;y\n", id="two-roots"),
    ],
)
def test_what_is_no_hierarchy_is_refused(text):
    with pytest.raises(UsageError, match="is no hierarchy"):
        read_paths(text)


def test_equal_names_under_different_parents_are_different_nodes():
    paths = read_paths("a;other;x;*\nb;other;y;*\nc;other;y;*\n")

    assert [list(nodes) for nodes in nodes_by_level(paths, ["a", "b", "c"], "town")] == [
        [0, 1, 2],
        [0, 1, 1],
        [0, 1, 1],
    ]


def test_a_null_is_a_value_of_its_own():
    nodes = nodes_by_level(read_paths("a;x;*\nb;x;*\n"), ["a", "b", None], "town")

    assert [list(level) for level in nodes] == [[0, 1, 2], [0, 0, 1]]
