"""What `geoward fsck` finds."""

from __future__ import annotations

from jobs.listings.listing import Listing


class FoundDamage(Listing):
    """One thing that is not as it was published; ``path`` is below the region's root."""

    kind: str
    region: str
    table: str
    path: str
    what: str
    mend: str


class FsckListing(Listing):
    """`geoward fsck --json`. The counts say how much was looked at."""

    ok: bool
    tables: int
    versions: int
    files: int
    bytes: int
    damage: list[FoundDamage]
