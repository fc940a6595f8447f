"""Whether texts are hex numbers, without a regular expression: that takes several times as long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import Column

_HEX_PATTERN = re.compile(r"\^\[0-9a-f\]\{(\d+)\}\$")


def is_hex(value: Column, digits: int) -> Column:
    """Return whether the value is that many lower-case hex digits and nothing else; null for null."""
    from pyspark.sql import functions as F

    # bytes are as many as characters where all are hex digits, and need not be counted
    right = (F.octet_length(value) == digits) & F.unhex(value).isNotNull() & (value == F.lower(value))
    return F.when(value.isNotNull(), right)


def digits_of(pattern: str) -> int | None:
    """Return how many hex digits the pattern asks for, or None if it asks for something else."""
    found = _HEX_PATTERN.fullmatch(pattern)
    return int(found[1]) if found else None
