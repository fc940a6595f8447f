"""Which names of a file's columns may be shown and kept: a header that is wrong may hold a row's values."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_NAME = re.compile(r"(?!.*\d{5})[^\W\d][^@]{0,63}")
"""No e-mail address, no number, no long text; nor, as is asked apart, a sign that a terminal obeys."""

MANY = 100
"""Above so many unknown names, they are values: an object with a key for each account, for example."""


def is_header(names: Collection[str], known: Collection[str]) -> bool:
    """Return whether these are names and no row's values, for all that is known: one of them is, in whatever case."""
    return bool({name.casefold() for name in names} & {name.casefold() for name in known})


def told_names(names: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Return the names, those that do not look like one replaced by their place; ``known`` ones always stay."""
    strange = len([name for name in names if name not in known]) > MANY
    return tuple(
        name if name in known or (not strange and _NAME.fullmatch(name) and name.isprintable()) else f"(column {place})"
        for place, name in enumerate(names, 1)
    )
