"""What became of quarantined files under a mended mapping."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

from jobs.listings.listing import Listing, OfRegions

ReplayOutcome = Literal[
    "landed", "unchanged", "quarantined", "refused", "kept_bytes_gone", "kept_bytes_changed", "shredded"
]
REPLAY_OUTCOMES: tuple[ReplayOutcome, ...] = get_args(ReplayOutcome)


class ReplayedFile(Listing):
    """One file: ``was`` says why it was replayed; ``dates`` are those known that the next run will make.

    ``unchanged``: it was entered under this very mapping before. ``refused``: it is in use, and stays so under the
    mapping it came with, since this one cannot read it; it needs a hand only if it was asked for by its id. The dates
    of a file that never had any are learned by the run.
    """

    region: str
    name: str
    file_id: str
    was: str
    outcome: ReplayOutcome
    reason: str
    mend: str
    dates: list[date]


class ReplayListing(OfRegions):
    """`geoward quarantine replay --json`. In a dry run ``outcome`` is what it would be; ``ok``: none needs a hand."""

    source: str
    dry_run: bool
    ok: bool
    files: list[ReplayedFile]
