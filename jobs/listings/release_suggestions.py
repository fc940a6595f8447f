"""What `geoward release suggest` prints: roles of columns, counts, and a declaration; never a row."""

from __future__ import annotations

from typing import Literal

from jobs.listings.listing import Listing


class SuggestedColumn(Listing):
    """``distinction`` is the share of distinct values in rows, ``separation`` that of pairs of rows told apart."""

    name: str
    role: str
    why: str
    distinct: int
    nulls: int
    distinction: float
    separation: float


class SuggestedKey(Listing):
    """Columns that tell rows apart together, and no part of them as well."""

    columns: list[str]
    distinction: float
    separation: float


class SuggestListing(Listing):
    """`geoward release suggest --json`. ``keys`` are of ``sampled`` rows; ``declaration`` is YAML, of ``kind``.

    ``because`` says what the kind was told by.
    """

    file: str
    rows: int
    sampled: int
    alpha: float
    columns: list[SuggestedColumn]
    keys: list[SuggestedKey]
    kind: Literal["table", "places"]
    because: str
    declaration: str
