"""What a person looked at and left in quarantine."""

from __future__ import annotations

from jobs.listings.listing import Listing, OfRegions


class DismissedPart(Listing):
    """A date (``part``) of a table (``subject``), or a file by its id (``part``) of a source: then without ``rows``."""

    region: str
    subject: str
    part: str
    name: str
    rows: int | None


class DismissListing(OfRegions):
    """`geoward quarantine dismiss --json`."""

    subject: str
    reason: str
    dry_run: bool
    parts: list[DismissedPart]
