"""What `geoward fsck` finds and removes."""

from __future__ import annotations

from jobs.damage import DamageKind
from jobs.listings.listing import Listing


class FoundDamage(Listing):
    """One thing that is not as it was published; ``path`` is below the region's root."""

    kind: DamageKind
    region: str
    table: str
    path: str
    what: str
    mend: str


class RemovedOrphan(Listing):
    """One orphan, a file or a whole stage, that was removed, or would be; ``path`` is below the region's root."""

    region: str
    table: str
    path: str
    files: int
    bytes: int


class FsckListing(Listing):
    """`geoward fsck --json`. The counts say how much was looked at; ``removed`` needs `--remove-orphans`."""

    ok: bool
    tables: int
    versions: int
    files: int
    bytes: int
    damage: list[FoundDamage]
    removed: list[RemovedOrphan]
    dry_run: bool
