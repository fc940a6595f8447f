"""Rows grouped by the nodes of a level for each quasi-identifier, rolled up from groups that were made before."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from transforms.anonymity.check_node_kernels import (
    Longs,
    add_up,
    by_class,
    count_subjects,
    group_hashed,
    group_small,
    node_keys,
    take,
)
from transforms.anonymity.check_node_models import Held
from transforms.anonymity.coded_table import CodedTable, Codes

LARGEST_KEY = 2**62
SNAPSHOTS, SNAPSHOT_CELLS = 64, 2**26
"""How many snapshots are kept, and how many numbers they hold together at most: 256 MiB."""


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """The distinct combinations of quasi-identifiers, sensitive values and subject, and how many ``rows`` have each.

    ``codes`` is (quasi-identifiers, entries). ``subjects`` is None where no subject has two rows; otherwise entries of
    one subject stand together.
    """

    codes: Codes
    values: tuple[Codes, ...]
    subjects: Codes | None
    rows: Longs
    of_row: Codes

    @staticmethod
    def of(table: CodedTable) -> Entries:
        """Return the entries of a table."""
        subjects = table.subjects
        if subjects is not None and len(np.unique(subjects)) == table.rows:
            subjects = None
        columns = [*(column.codes for column in table.quasi_ids), *(column.codes for column in table.sensitive)]
        if subjects is not None:
            columns.append(subjects)
        of_row, firsts = _distinct(columns, table.rows)
        if subjects is not None:
            order = np.argsort(subjects[firsts], kind="stable").astype(np.int32)
            rank = np.empty_like(order)
            rank[order] = np.arange(order.size, dtype=np.int32)
            of_row, firsts = take(rank, of_row), take(firsts, order)
        return Entries(
            codes=np.stack([column.codes[firsts] for column in table.quasi_ids]).astype(np.int32),
            values=tuple(column.codes[firsts] for column in table.sensitive),
            subjects=None if subjects is None else subjects[firsts],
            rows=np.bincount(of_row, minlength=firsts.size).astype(np.int64),
            of_row=of_row,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """``of`` (entries,) is the group of each entry, ``firsts`` an entry of each group, ``rows`` how many it has."""

    levels: Codes
    firsts: Codes
    of: Codes
    rows: Longs


class NodeGroups:
    """Makes the groups of a node from the smallest snapshot of a more specific one, so that few keys are grouped."""

    def __init__(self, table: CodedTable, entries: Entries) -> None:
        """Lay out the hierarchies for the kernels."""
        self._entries = entries
        hierarchies = [column.hierarchy for column in table.quasi_ids]
        assert all(hierarchies)
        self._nodes = [one.nodes for one in hierarchies if one]
        self._sizes = [[int(nodes.max(initial=0)) + 1 for nodes in one] for one in self._nodes]
        flat = [nodes for one in self._nodes for nodes in one]
        starts = np.cumsum([0, *map(len, flat)])
        self._lookup = np.concatenate(flat).astype(np.int32)
        firsts = np.cumsum([0, *map(len, self._nodes)])
        self._offsets = [starts[low:high] for low, high in pairwise(firsts)]
        every = np.arange(entries.rows.size, dtype=np.int32)
        bottom = Groups(np.full(len(self._nodes), -1, np.int32), every, every, entries.rows)
        self._kept = [bottom]
        self._most_kept = min(SNAPSHOTS, max(4, SNAPSHOT_CELLS // max(entries.rows.size, 1)))
        self.rolled_up = 0

    def coarsest(self) -> Groups:
        """Return all entries as one group."""
        of = np.zeros(self._entries.rows.size, np.int32)
        return Groups(np.zeros(0, np.int32), of[:1], of, self._entries.rows.sum(keepdims=True))

    def at(self, levels: tuple[int, ...]) -> Groups:
        """Return the groups of the node of these ``levels``."""
        wanted = np.array(levels, np.int32)
        base = min((one for one in self._kept if (one.levels <= wanted).all()), key=lambda one: one.firsts.size)
        if np.array_equal(base.levels, wanted):
            return base
        self.rolled_up += base is not self._kept[0]
        of, firsts = self._group(base.firsts, levels)
        groups = Groups(
            wanted,
            firsts=take(base.firsts, firsts),
            of=of if base is self._kept[0] else take(of, base.of),
            rows=add_up(of, base.rows, firsts.size),
        )
        if groups.firsts.size < 0.8 * base.firsts.size:
            self._keep(groups)
        return groups

    def held(self, groups: Groups, values: Codes, size: int) -> Held:
        """Return the distinct subjects that hold each of the sensitive ``values`` (below ``size``) of each group."""
        entries = self._entries
        pairs, firsts = _group(groups.of.astype(np.int64) * size + values, groups.rows.size * size)
        if entries.subjects is None:
            counts = add_up(pairs, entries.rows, firsts.size)
            subjects = None
        else:
            counts = count_subjects(pairs, entries.subjects, firsts.size)
            subjects = count_subjects(groups.of, entries.subjects, groups.rows.size)
        starts, order = by_class(take(groups.of, firsts), groups.rows.size)
        return Held(starts, take(take(values, firsts), order), counts[order], subjects)

    def _group(self, of: Codes, levels: tuple[int, ...]) -> tuple[Codes, Codes]:
        sizes = np.array([sizes[level] for sizes, level in zip(self._sizes, levels, strict=True)], np.int64)
        offsets = np.array([starts[level] for starts, level in zip(self._offsets, levels, strict=True)], np.int64)
        keys, count = np.zeros(of.size, np.int64), 1
        columns: list[int] = []
        for column, size in enumerate(sizes.tolist()):
            if count * size > LARGEST_KEY:
                keys = node_keys(self._entries.codes, of, keys, np.array(columns), self._lookup, offsets, sizes)
                groups, firsts = _group(keys, count)
                keys, count, columns = groups.astype(np.int64), firsts.size, []
            if size > 1:
                columns.append(column)
                count *= size
        keys = node_keys(self._entries.codes, of, keys, np.array(columns, np.int64), self._lookup, offsets, sizes)
        return _group(keys, count)

    def _keep(self, groups: Groups) -> None:
        self._kept.append(groups)
        if len(self._kept) > self._most_kept:
            del self._kept[1]


def _group(keys: Longs, count: int) -> tuple[Codes, Codes]:
    if count <= max(2**16, 2 * keys.size):
        return group_small(keys, max(count, 1))
    return group_hashed(keys, 2 ** int(2 * keys.size + 1).bit_length())


def _distinct(columns: list[Codes], rows: int) -> tuple[Codes, Codes]:
    keys, count = np.zeros(rows, np.int64), 1
    for column in columns:
        size = int(column.max(initial=0)) + 1
        if count * size > LARGEST_KEY:
            groups, firsts = _group(keys, count)
            keys, count = groups.astype(np.int64), firsts.size
        keys, count = keys * size + column, count * size
    return _group(keys, count)
