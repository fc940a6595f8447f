"""A region's memory: which files landed, which dates they hold, and what was published from what.

One SQLite file in the region's root, so that file names and counts stay in the region. It can be rebuilt: losing a
line means a rerun that gives the same rows.
"""

from __future__ import annotations

from datetime import UTC, datetime

from jobs.home import Region
from jobs.landing_ledger import FILES, LandingLedger
from jobs.publications import PUBLICATIONS, Publications
from jobs.withdrawals import WITHDRAWALS, Withdrawals


class Catalog(LandingLedger, Publications, Withdrawals):
    """Reads and writes one region's catalog."""

    def __init__(self, region: Region) -> None:
        """Open the catalog, making it at first use."""
        super().__init__(region.folder() / "catalog.sqlite", FILES + PUBLICATIONS + WITHDRAWALS)


def now() -> datetime:
    """Return the present moment in UTC; the one clock of the jobs."""
    return datetime.now(UTC)
