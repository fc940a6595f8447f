"""The quasi-identifiers as they are published: one text for each class and column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.contracts.errors import UsageError
from transforms.anonymity.coded_table import SUPPRESSED, CodedTable, Codes, QuasiId
from transforms.anonymity.partition_space import tree_order

ANY = "*"
"""What is published of a class that holds nulls and values of a column that has no text for both."""
NULL = "null"
"""A null within a set of values."""

Indices = NDArray[np.int64]


def recode_classes(
    table: CodedTable, classes: Codes, labels: Sequence[pa.Array | Sequence[str]]
) -> tuple[pa.Array, ...]:
    """Return the published texts of each quasi-identifier for the rows of ``table`` but suppressed ones, in order.

    ``labels`` hold for each quasi-identifier the values of its codes, without the null. A numeric or ordered column
    tells a class's ends, as ``[17, 29]``, a categorical one its values, as ``{a, b}`` (quoted as in CSV if need be), a
    hierarchical one the lowest node that covers them; one value stands for itself. A class of nulls alone has null; of
    nulls and values ``*``, or the set with ``null`` in it.
    """
    kept = np.flatnonzero(classes != SUPPRESSED)
    _, numbers = np.unique(classes[kept], return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    columns = []
    for one, values in zip(table.quasi_ids, labels, strict=True):
        texts = pa.array(values).cast(pa.string()).to_pylist()
        if len(texts) != (one.null if one.null >= 0 else len(one.positions)):
            raise UsageError(f"The labels of {one.name} are not one for each of its values.")
        codes = one.codes[kept][order]
        recode = _sets if one.kind == "categorical" else _nodes if one.kind == "hierarchical" else _ranges
        published, of_class = recode(one, codes, starts, texts) if kept.size else ([], numbers)
        columns.append(pa.array(published, pa.string()).take(pa.array(of_class[numbers])))
    return tuple(columns)


def _ranges(one: QuasiId, codes: Codes, starts: Indices, texts: Sequence[str]) -> tuple[list[str | None], Indices]:
    lows, highs, of_class = _ends(codes, starts)
    return [_range(one.null, texts, low, high) for low, high in zip(lows, highs, strict=True)], of_class


def _range(null: int, texts: Sequence[str], low: int, high: int) -> str | None:
    if high == null:
        return None if low == null else ANY
    return texts[low] if low == high else f"[{texts[low]}, {texts[high]}]"


def _nodes(one: QuasiId, codes: Codes, starts: Indices, texts: Sequence[str]) -> tuple[list[str | None], Indices]:
    assert one.hierarchy is not None
    order, nodes = tree_order(one)
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    lows, highs, of_class = _ends(rank[codes], starts)
    found = [_node(one, nodes, texts, order[low], order[high]) for low, high in zip(lows, highs, strict=True)]
    return found, of_class


def _node(one: QuasiId, nodes: Codes, texts: Sequence[str], low: int, high: int) -> str | None:
    assert one.hierarchy is not None
    if high == one.null:
        return None if low == high else ANY
    if low == high:
        return texts[low]
    level = int(np.argmax(nodes[:, low] == nodes[:, high]))
    labels = one.hierarchy.labels[level]
    return str(labels[nodes[level, low]])


def _ends(codes: NDArray[np.integer], starts: Indices) -> tuple[Indices, Indices, Indices]:
    low = np.minimum.reduceat(codes, starts).astype(np.int64)
    high = np.maximum.reduceat(codes, starts).astype(np.int64)
    size = int(high.max()) + 1
    distinct, of_class = np.unique(low * size + high, return_inverse=True)
    return distinct // size, distinct % size, of_class


def _sets(one: QuasiId, codes: Codes, starts: Indices, texts: Sequence[str]) -> tuple[list[str | None], Indices]:
    size = int(codes.max()) + 1
    numbers = np.repeat(np.arange(starts.size), np.diff(starts, append=codes.size))
    members = np.unique(numbers * size + codes)
    firsts = np.searchsorted(members, np.arange(starts.size) * size)
    found = [_set(one.null, texts, each) for each in np.split(members % size, firsts[1:])]
    return found, np.arange(starts.size)


def _set(null: int, texts: Sequence[str], members: Indices) -> str | None:
    values = sorted(texts[code] for code in members if code != null)
    if len(members) == 1:
        return values[0] if values else None
    return "{" + ", ".join([*map(_member, values), *([NULL] if members[-1] == null else [])]) + "}"


def _member(text: str) -> str:
    """Return a member as CSV quotes a cell, where it would else be read as another one, as two, or as a null."""
    plain = text not in ("", NULL) and text == text.strip() and not set(text) & set(',{}"')
    return text if plain else '"' + text.replace('"', '""') + '"'
