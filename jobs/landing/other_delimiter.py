"""Whether a header is of another delimiter than the mapping's format has: semicolons in a csv file, for example."""

from __future__ import annotations

import csv
from collections.abc import Collection

_SIGNS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def other_delimiter(first: str, known: Collection[str]) -> tuple[str, tuple[str, ...]] | None:
    """Return the delimiter, in words, by which the first line names one of the ``known`` columns, and all its names.

    To be asked of a line that names none of them by the delimiter that its file should have.
    """
    for sign, word in _SIGNS.items():
        try:
            names = tuple(next(csv.reader([first.rstrip("\r\n")], delimiter=sign), ()))
        except csv.Error:
            continue
        if len(names) > 1 and set(names) & set(known):
            return word, names
    return None
