"""What became of quarantined files under a mended mapping."""

from __future__ import annotations

from typing import Literal

from jobs.listings.listing import Listing


class ReplayedFile(Listing):
    """One file: ``was`` says why it was replayed. ``unchanged``: it was entered under this very mapping before."""

    region: str
    name: str
    file_id: str
    was: str
    outcome: Literal["landed", "known", "quarantined", "readable", "unchanged"]
    reason: str


class ReplayListing(Listing):
    """`geoward quarantine replay --json`."""

    source: str
    dry_run: bool
    ok: bool
    files: list[ReplayedFile]
