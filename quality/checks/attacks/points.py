"""Who was at which point, both ways: each subject's points and each point's subjects (its posting list)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Distinct (subject, point) pairs; subjects and points are numbered from 0.

    Subject s was at ``points[starts[s]:starts[s + 1]]``; at point p were ``posting[at[p]:at[p + 1]]``. Both ascend.
    """

    starts: Ints
    points: Codes
    at: Ints
    posting: Codes

    @property
    def subjects(self) -> int:
        """The number of subjects; each has a point."""
        return len(self.starts) - 1

    @property
    def places(self) -> int:
        """The number of distinct points; each has a subject."""
        return len(self.at) - 1


def points_of(subjects: NDArray[np.integer], *parts: NDArray[np.integer]) -> Points:
    """Return the points of rows (n,): a point is a distinct combination of the ``parts``, such as cell and hour."""
    if not parts or any(part.shape != subjects.shape for part in parts):
        raise ValueError("subjects and at least one part, all of one length")
    who, what = numbered(subjects), numbered(*parts)
    size = int(what.max()) + 1 if len(what) else 0
    pairs = np.unique(who * size + what)  # both are below 2^31, so the product fits
    owners, points = (pairs // max(size, 1)).astype(np.int32), (pairs % max(size, 1)).astype(np.int32)
    by_point = np.argsort(points, kind="stable")
    return Points(_starts(owners), points, _starts(points[by_point]), owners[by_point])


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
