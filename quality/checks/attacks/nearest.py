"""The published rows nearest to what is known of a person: classes first, so that equal rows cost nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from quality.checks.attacks.released_columns import (
    Classes,
    Codes,
    People,
    Released,
    class_distances,
    classes_of,
    size_of,
    some,
)

_CELLS = 4_000_000
"""Distances held at a time: 32 MB."""


def nearest_rows(
    released: Released, people: People, names: tuple[str, ...], count: int, rng: np.random.Generator
) -> list[Codes]:
    """Return, for each person, ``count`` published rows that are nearest by the columns ``names``.

    Rows at the same distance are chosen by chance, as are rows of one class: nobody can tell them apart.
    """
    classes = classes_of(released, names)
    order = np.argsort(classes.of, kind="stable")
    starts = np.searchsorted(classes.of[order], np.arange(len(classes.values) + 1))
    found = []
    for near in _nearest_classes(released, classes, people, count, rng):
        rows: list[int] = []
        for one in near:
            members = order[starts[one] : starts[one + 1]]
            rows.extend(_some_of(members, count - len(rows), rng))
            if len(rows) == count:
                break
        found.append(np.array(rows, dtype=np.int64))
    return found


def _some_of(members: Codes, count: int, rng: np.random.Generator) -> Codes:
    """Return ``count`` of the members, or all; one alone is picked, which takes no time however many they are."""
    return members[[rng.integers(len(members))]] if count == 1 else rng.permutation(members)[:count]


def nearest_class(
    released: Released, people: People, names: tuple[str, ...], rng: np.random.Generator
) -> tuple[Classes, Codes]:
    """Return the classes by ``names`` and each person's nearest one."""
    classes = classes_of(released, names)
    return classes, np.array([near[0] for near in _nearest_classes(released, classes, people, 1, rng)], dtype=np.int64)


def _nearest_classes(
    released: Released, classes: Classes, people: People, count: int, rng: np.random.Generator
) -> Iterator[Codes]:
    block = max(1, _CELLS // max(len(classes.values), 1))
    for first in range(0, size_of(people), block):
        rows = np.arange(first, min(first + block, size_of(people)))
        distances = class_distances(released, classes, some(people, rows))
        distances += rng.random(distances.shape, dtype=np.float32) * 1e-9  # equal distances in an order of chance
        if count == 1:
            yield from distances.argmin(axis=1)[:, None]
            continue
        for line in distances:
            near = np.argpartition(line, count - 1)[:count] if count < len(line) else np.arange(len(line))
            yield near[np.argsort(line[near])]
