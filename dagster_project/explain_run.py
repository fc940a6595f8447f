"""What a run would make, and why, as far as it is known without one: nothing is changed, and nothing waits."""

from __future__ import annotations

from collections.abc import Iterable

from rich.markup import escape
from rich.table import Table

from jobs.cli.app import fail, grid, show
from jobs.counted import counted
from jobs.home import Home
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.landed_regions import catalogs
from jobs.ledger_file import unchanged
from jobs.listings import PlanListing, PlannedPartition, UndatedFiles
from jobs.nightly import Scope, held_one, plan_one
from jobs.plan import Stale
from jobs.region_faults import RegionFaults
from jobs.registry import job_named
from jobs.storage_problems import refuse_lost


def explain(home: Home, scope: Scope, *, as_json: bool = False) -> int:
    """Print what would run and why; return the exit code: 0 when all regions of the scope can be read.

    Raises ``UsageError`` for an unknown region or table.
    """
    faults = RegionFaults()
    listing = foresee(home, scope, faults)
    code = max((fail(error) for error in faults.told()), default=0)
    show(listing, as_json, _parts(listing))
    return code


def foresee(home: Home, scope: Scope, faults: RegionFaults) -> PlanListing:
    """Return the plan of now. Which dates new files hold is not known before a run has read them: they are counted."""
    for table in scope.tables:
        job_named(table)
    listing = PlanListing(partitions=[], withdrawn=[], undated=[], left_out=[])
    for region in [home.region(name) for name in scope.regions or home.regions]:
        with unchanged(), faults.fence(region):
            refuse_lost(home, region)
            for _ in catalogs(home, region.name):
                _add(listing, Workplace.open(home, region, no_spark), scope)
    listing.left_out.extend(faults.listed())
    return listing


def _add(listing: PlanListing, place: Workplace, scope: Scope) -> None:
    name = place.region.name
    listing.partitions.extend(_planned(name, plan_one(place, scope)))
    listing.withdrawn.extend(_planned(name, held_one(place, scope)))
    if files := len(place.catalog.waiting()):
        listing.undated.append(UndatedFiles(region=name, files=files))


def _planned(region: str, entries: Iterable[Stale]) -> Iterable[PlannedPartition]:
    return (PlannedPartition(table=one.table, region=region, date=one.date, reason=one.reason) for one in entries)


def _parts(listing: PlanListing) -> Iterable[Table | str]:
    if listing.partitions:
        yield _grid(listing.partitions, "why")
    for one in listing.undated:
        new = f"{one.region}: {counted(one.files, 'landed file')} that no run has read yet"
        yield f"{new}; a run reads such files first, and makes their dates too."
    if listing.withdrawn:
        yield "\nWithdrawn, and not made again before something changes (docs/runbook.md#withdrawn):"
        yield _grid(listing.withdrawn, "why it was withdrawn")
    if not (listing.partitions or listing.undated or listing.left_out):
        yield "Nothing is missing or stale."


def _grid(partitions: Iterable[PlannedPartition], why: str) -> Table:
    table = grid("region", "table", "date", why)
    for one in partitions:
        table.add_row(one.region, one.table, str(one.date), escape(one.reason))
    return table
