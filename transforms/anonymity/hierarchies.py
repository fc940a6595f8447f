"""Generalization hierarchies of a column, from lines that name a value and its generalizations up to the root."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from quality.contracts.errors import ConfigError
from transforms.anonymity.coded_table import Codes, Hierarchy

ROOT = "*"
NULL = "null"
"""The label of the leaf that stands for no value."""

Line = tuple[str, ...]


def hierarchy_of(lines: Sequence[Line], values: Sequence[str], *, column: str, null: bool = False) -> Hierarchy:
    """Return the hierarchy of the distinct ``values`` of a column, numbered as they come.

    ``lines`` are the domain: each a value, its generalizations and the root, all of one length, no value twice. With
    ``null`` one more code follows: a leaf of its own that no level joins with others but the root. Raises
    ``ConfigError`` with the count of values that have no line.
    """
    line_of = {line[0]: line for line in lines}
    missing = sum(value not in line_of for value in values)
    if missing:
        raise ConfigError(
            f"The hierarchy of {column} lacks {missing} of the column's {len(values)} values.",
            mend="Add a line for each, written exactly as the column has it.",
        )
    levels = [_level(lines, [line_of[value] for value in values], at) for at in range(len(lines[0]) if lines else 2)]
    if null:
        levels = [_with_null(*level) for level in levels[:-1]] + [_null_in_root(*levels[-1])]
    nodes, labels, leaves = zip(*levels, strict=True)
    return Hierarchy(nodes=nodes, labels=labels, leaves=leaves)


def contradiction(lines: Sequence[Line]) -> tuple[int, int] | None:
    """Return where, as (line, level) from 0, a node has another parent than in a line before; None if nowhere."""
    parents: dict[tuple[int, str], str] = {}
    for number, line in enumerate(lines):
        for level, (node, parent) in enumerate(_steps(line)):
            if parents.setdefault((level, node), parent) != parent:
                return number, level + 1
    return None


def leaves_below(hierarchy: Hierarchy) -> tuple[NDArray[np.float64], ...]:
    """Return how many values of the domain each node of each level covers."""
    if hierarchy.leaves is not None:
        return hierarchy.leaves
    return tuple(np.bincount(nodes).astype(np.float64) for nodes in hierarchy.nodes)


Level = tuple[Codes, tuple[str, ...], NDArray[np.float64]]


def _level(lines: Sequence[Line], chosen: Sequence[Line], at: int) -> Level:
    numbers: dict[str, int] = {}
    nodes = np.array([numbers.setdefault(line[at], len(numbers)) for line in chosen], np.int32)
    leaves = np.zeros(len(numbers))
    for line in lines:
        if line[at] in numbers:
            leaves[numbers[line[at]]] += 1
    return nodes, tuple(numbers), leaves


def _with_null(nodes: Codes, labels: tuple[str, ...], leaves: NDArray[np.float64]) -> Level:
    return np.append(nodes, np.int32(len(labels))), (*labels, NULL), np.append(leaves, 1.0)


def _null_in_root(nodes: Codes, labels: tuple[str, ...], leaves: NDArray[np.float64]) -> Level:
    return np.append(nodes, np.int32(0)), labels or (ROOT,), leaves + 1 if len(leaves) else np.ones(1)


def _steps(line: Line) -> Iterator[tuple[str, str]]:
    return zip(line, line[1:], strict=False)
