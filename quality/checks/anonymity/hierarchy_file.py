"""Hierarchies as ARX writes them, read anew for checks: a value's way to the root in one line."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from quality.contracts.errors import UsageError

Paths = Mapping[str, tuple[str, ...]]
"""A value to its generalizations: itself first, the root last; all of one length."""


def read_paths(text: str, *, name: str = "The hierarchy") -> Paths:
    """Return the paths of an ARX hierarchy in CSV (no header; ``;`` or ``,``); UsageError if lines differ in length."""
    delimiter = ";" if _is_split_by(";", text) else ","
    lines = [tuple(line) for line in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter) if line]
    if len({len(line) for line in lines}) != 1 or len(lines[0]) < 2 or len({line[-1] for line in lines}) != 1:
        raise UsageError(
            f"{name} is no hierarchy: every line needs as many levels, at least 2, and the same root.",
            mend="Write one line for each value, from itself to the root.",
        )
    return {line[0]: line for line in lines}


def _is_split_by(sign: str, text: str) -> bool:
    """Tell whether the first line that is not empty holds ``sign`` outside of quotes."""
    quoted = False
    for letter in text.lstrip("\ufeff\r\n"):
        if letter == '"':
            quoted = not quoted
        elif letter == sign and not quoted:
            return True
        elif letter == "\n" and not quoted:
            return False
    return False


def nodes_by_level(paths: Paths, labels: Sequence[str | None], column: str) -> tuple[NDArray[np.int64], ...]:
    """Return for each level below the root the number of the node of each label (m,).

    A node is what lies above it too, so equal names under different parents stay apart. A null is a value of its own
    under the root. Raises UsageError with the number of labels that have no path.
    """
    height = len(next(iter(paths.values()))) - 1
    if missing := sum(label is not None and label not in paths for label in labels):
        raise UsageError(f"{missing} values of {column} are not in its hierarchy.", mend="Add a line for each.")
    found = []
    for level in range(height):
        above = [("\0null",) if label is None else paths[label][level:] for label in labels]
        number = {node: at for at, node in enumerate(dict.fromkeys(above))}
        found.append(np.array([number[node] for node in above], np.int64))
    return tuple(found)
