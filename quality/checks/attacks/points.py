"""Who was at which point, both ways: the points of each trace and the traces at each point (its posting list)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Distinct (trace, point) pairs; traces, points and owners are numbered from 0.

    A trace is what is published under one pseudonym: t was at ``points[starts[t]:starts[t + 1]]``, and is of subject
    ``owners[t]``. At point p were ``posting[at[p]:at[p + 1]]``. All ascend, owners too, so that the traces of one
    subject are neighbors: a crowd is counted in subjects, however many pseudonyms each has.
    """

    starts: Ints
    points: Codes
    at: Ints
    posting: Codes
    owners: Codes

    @property
    def traces(self) -> int:
        """The number of traces; each has a point."""
        return len(self.owners)

    @property
    def places(self) -> int:
        """The number of distinct points; each has a trace."""
        return len(self.at) - 1


def points_of(
    ids: NDArray[np.integer], *parts: NDArray[np.integer], owners: NDArray[np.integer] | None = None
) -> Points:
    """Return the points of rows (n,): a point is a distinct combination of the ``parts``, such as cell and hour.

    ``owners`` says which subject a row is of; without it each of ``ids`` is a subject. An id that several subjects
    share, as in a release of classes, is a trace of each.
    """
    if not parts or any(part.shape != ids.shape for part in parts):
        raise ValueError("ids and at least one part, all of one length")
    subjects = ids if owners is None else owners
    who, what = numbered(ids) if owners is None else numbered(owners, ids), numbered(*parts)
    size = int(what.max()) + 1 if len(what) else 1
    pairs = np.unique(who * size + what)  # both are below 2^31, so the product fits
    traces, points = (pairs // size).astype(np.int32), (pairs % size).astype(np.int32)
    by_point = np.argsort(points, kind="stable")
    starts = _starts(traces)
    owner_of = np.empty(len(starts) - 1, dtype=np.int32)
    owner_of[who] = numbered(subjects)
    return Points(starts, points, _starts(points[by_point]), traces[by_point], owner_of)


def numbered(*parts: NDArray[np.integer]) -> Ints:
    """Return for each row the number of its combination of values, from 0 in the values' order."""
    codes, size = np.zeros(len(parts[0]), dtype=np.int64), 1
    for part in parts:
        values, inverse = np.unique(part, return_inverse=True)
        if size > 1:
            kept, inverse = np.unique(codes * len(values) + inverse, return_inverse=True)
            values = kept
        codes, size = inverse.astype(np.int64), len(values)
    return codes


def _starts(ascending: Codes) -> Ints:
    """Return where each code's run begins, and the end of the last."""
    count = int(ascending[-1]) + 1 if len(ascending) else 0
    return np.searchsorted(ascending, np.arange(count + 1)).astype(np.int64)
