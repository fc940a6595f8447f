"""Pseudonyms of one domain become those of another by way of the subjects' tokens: no other way leads there."""

from __future__ import annotations

from collections.abc import Callable, Container

import pyarrow as pa

Make = Callable[[pa.Array], pa.Array]
"""Tokens to the pseudonyms of one kind, domain and key."""


def link_pseudonyms(tokens: pa.Array, asked: Container[str], *, old: Make, new: Make) -> dict[str, str]:
    """Return the new pseudonym of each asked one whose subject is among those of ``tokens``."""
    before = old(tokens)
    found = pa.array([pseudonym in asked for pseudonym in before.to_pylist()], pa.bool_())
    after = new(tokens.filter(found))
    return dict(zip(before.filter(found).to_pylist(), after.to_pylist(), strict=True))
