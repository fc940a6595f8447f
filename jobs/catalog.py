"""A region's memory: which files landed, which dates they hold, and what was published from what.

One SQLite file in the region's root, so that file names and counts stay in the region. It can be rebuilt: losing a
line means a rerun that gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from jobs.durable import PART, sync_all
from jobs.home import Region
from jobs.landing_ledger import FILES, LandingLedger
from jobs.publications import PUBLICATIONS, Publications
from jobs.withdrawals import WITHDRAWALS, Withdrawals
from quality.contracts.errors import EnvironmentFault

NAME = "catalog.sqlite"
_TOLD = {"*/*/_delta_log": "tables", "landing/*": "landed files"}


class Catalog(LandingLedger, Publications, Withdrawals):
    """Reads and writes one region's catalog."""

    def __init__(self, region: Region, *, name: str = NAME) -> None:
        """Open the catalog, making it at first use. Raises what ``refuse_gone`` raises."""
        if name == NAME:
            refuse_gone(region)
        super().__init__(region.folder() / name, FILES + PUBLICATIONS + WITHDRAWALS)


def needed_by(region: Region) -> list[str]:
    """Return what lies in a region of which its catalog tells."""
    return [what for where, what in _TOLD.items() if any(region.root.glob(where))]


def is_gone(region: Region) -> bool:
    """Return whether the region holds what its catalog tells of, and not its catalog."""
    return not (region.root / NAME).exists() and bool(needed_by(region))


def refuse_gone(region: Region) -> None:
    """Raise ``EnvironmentFault`` if the catalog is gone of a region that holds tables or landed files.

    An empty one in its place would know of no file, and the next run would publish that there are no rows.
    """
    if is_gone(region):
        held = " and ".join(needed_by(region))
        raise EnvironmentFault(
            f"Region {region.name}: its catalog is gone, but {held} are there. Nothing was changed.",
            mend="Restore catalog.sqlite from a backup, or enter the kept files again: `geoward landed restore "
            f'--region {region.name}`. What is to be done then: docs/runbook.md, "A catalog set aside".',
        )


@contextmanager
def made_anew(region: Region) -> Iterator[Catalog]:
    """Yield a catalog to take the place of one that is gone, once all is entered: half of it would not be seen as such.

    One that was not brought to its end is gone on with.
    """
    name = f"{NAME}{PART}"
    catalog = Catalog(region, name=name)
    yield catalog
    sync_all([catalog.path], region.root)
    catalog.path.replace(region.root / NAME)
    sync_all([], region.root)


def now() -> datetime:
    """Return the present moment in UTC; the one clock of the jobs."""
    return datetime.now(UTC)
