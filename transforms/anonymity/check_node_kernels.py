"""Compiled kernels that group rows by generalized codes and count the distinct subjects of a class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from transforms.anonymity.coded_table import Codes

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BLOCK = 4096
"""How many keys are extended column by column before the next ones: as many as stay in the fastest memory. Indices are
cast to unsigned ones, which need no test for a place from the end."""


@compiled
def node_keys(
    codes: Codes, of: Codes, start: Longs, columns: Longs, lookup: Codes, offsets: Longs, sizes: Longs
) -> Longs:
    """Return ``start`` extended by the nodes of ``columns``: one mixed-radix number for each combination.

    ``codes`` (d, m) are the entries', of which ``of`` chooses some; column c's node is ``lookup[offsets[c] + code]``.
    """
    keys = start.copy()
    for begin in range(0, of.size, BLOCK):
        block, chosen = keys[begin : begin + BLOCK], of[begin : begin + BLOCK]
        for c in columns:
            size, nodes, own = sizes[c], lookup[offsets[c] :], codes[c]
            for i in range(block.size):
                block[i] = block[i] * size + nodes[np.uint32(own[np.uint32(chosen[i])])]
    return keys


@compiled
def group_small(keys: Longs, size: int) -> tuple[Codes, Codes]:
    """Number equal keys from 0 as they come; keys are below ``size``. Returns (group of each, first of each group)."""
    table = np.full(size, -1, np.int32)
    groups = np.empty(keys.size, np.int32)
    firsts = np.empty(min(keys.size, size), np.int32)
    found = 0
    for i in range(keys.size):
        key = keys[i]
        if table[key] < 0:
            table[key] = found
            firsts[found] = i
            found += 1
        groups[i] = table[key]
    return groups, firsts[:found].copy()


@compiled
def group_hashed(keys: Longs, slots: int) -> tuple[Codes, Codes]:
    """Number equal keys from 0 as they come, by open addressing in a power of two of ``slots``, at least two a key."""
    table = np.full(slots, -1, np.int32)
    groups = np.empty(keys.size, np.int32)
    firsts = np.empty(keys.size, np.int32)
    found = 0
    mask = np.uint64(slots - 1)
    for i in range(keys.size):
        key = keys[i]
        mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
        slot = (mixed ^ (mixed >> np.uint64(32))) & mask
        while table[slot] >= 0 and keys[firsts[table[slot]]] != key:
            slot = (slot + np.uint64(1)) & mask
        if table[slot] < 0:
            table[slot] = found
            firsts[found] = i
            found += 1
        groups[i] = table[slot]
    return groups, firsts[:found].copy()


@compiled
def add_up(groups: Codes, amounts: Longs, count: int) -> Longs:
    """Return the sum of ``amounts`` of each group."""
    sums = np.zeros(count, np.int64)
    for i in range(groups.size):
        sums[groups[i]] += amounts[i]
    return sums


@compiled
def count_subjects(groups: Codes, subjects: Codes, count: int) -> Longs:
    """Return the distinct subjects of each group; equal ``subjects`` stand together. Group -1 counts nowhere."""
    seen = np.full(count, -1, np.int32)
    counts = np.zeros(count, np.int64)
    for i in range(groups.size):
        group = groups[i]
        if group >= 0 and seen[group] != subjects[i]:
            seen[group] = subjects[i]
            counts[group] += 1
    return counts


@compiled
def take(groups: Codes, of: Codes) -> Codes:
    """Return ``groups[of]``."""
    taken = np.empty(of.size, np.int32)
    for i in range(of.size):
        taken[i] = groups[of[i]]
    return taken


@compiled
def rows_by_code(codes: Codes, rows: Longs, classes: Codes, fails: Flags, starts: Longs, size: int) -> Longs:
    """Return the rows of failing classes by code: those of column c's code x at ``starts[c] + x``."""
    counts = np.zeros(size, np.int64)
    failing = np.empty(classes.size, np.int32)
    found = 0
    for i in range(classes.size):
        failing[found] = i
        found += fails[classes[i]]
    for c in range(starts.size):
        for i in failing[:found]:
            counts[starts[c] + codes[c, i]] += rows[i]
    return counts


@compiled
def by_class(classes: Codes, count: int) -> tuple[Longs, Codes]:
    """Return the positions of each class: those of class c are ``order[starts[c] : starts[c + 1]]``."""
    starts = np.zeros(count + 1, np.int64)
    for i in range(classes.size):
        starts[classes[i] + 1] += 1
    for c in range(count):
        starts[c + 1] += starts[c]
    order = np.empty(classes.size, np.int32)
    at = starts.copy()
    for i in range(classes.size):
        order[at[classes[i]]] = i
        at[classes[i]] += 1
    return starts, order


@compiled
def count_below(marked: Flags, shape: Longs) -> Codes:
    """Return how many ``marked`` nodes are at or below each node of a lattice of ``shape``, both flat."""
    counts = marked.astype(np.int32)
    step = 1
    for axis in range(shape.size - 1, -1, -1):
        block = step * shape[axis]
        for start in range(0, counts.size, block):
            for i in range(start + step, start + block):
                counts[i] += counts[i - step]
        step = block
    return counts
