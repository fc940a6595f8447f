"""How many distinct subjects each group has: persons are counted, never rows."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.contracts.untold import untold

Ints = NDArray[np.int64]


Numbers = TypeVar("Numbers", bound=np.generic)


@untold
def numbered(values: NDArray[Numbers]) -> tuple[NDArray[Numbers], Ints]:
    """Return the distinct values in order of appearance and each value's number (n,): by hash, so without a sort."""
    encoded = pa.array(values).dictionary_encode()
    distinct: NDArray[Numbers] = encoded.dictionary.to_numpy(zero_copy_only=False)
    return distinct, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


@untold
def first_of_each(numbers: Ints, size: int) -> Ints:
    """Return where each number (size,) is seen first in ``numbers``, which has all of 0, 1, ..., ``size`` - 1."""
    first = np.zeros(size, np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return first


@untold
def distinct_subjects(groups: Ints, subjects: NDArray[np.int32], size: int) -> Ints:
    """Return the distinct subjects (size,) of each group; ``groups`` (n,) and ``subjects`` (n,) number from 0."""
    width = int(subjects.max(initial=0)) + 1
    pairs = np.unique(groups * width + subjects)
    return np.bincount(pairs // width, minlength=size).astype(np.int64)
