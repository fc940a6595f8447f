"""`geoward withdraw`: take a published version back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from jobs.cli.app import Json, app, grid, show
from jobs.cli.remarks import WHY, impersonal
from jobs.home import Home, Region, open_home
from jobs.listings import WithdrawListing, WithdrawnPartition
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from jobs.withdraw import Withdrawal


@app.command()
def withdraw(
    table: Annotated[str, typer.Argument(help="The table, such as curated.mobility.")],
    version: Annotated[
        int, typer.Option("--version", help="The version to take back; `geoward tables show TABLE` lists them.")
    ],
    region: Annotated[str, typer.Option("--region", "-r", help="Of which region.")],
    reason: Annotated[str, typer.Option("--reason", help=WHY, callback=impersonal)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what readers would see instead.")] = False,
    as_json: Json = False,
) -> None:
    """Take back what a version published: readers see the last good version of each of its dates at once.

    Tables made from it become stale and are made again by the next `geoward run`. The dates themselves wait until
    their input, mapping, policy or code changes, since the same would be made again. If the command was
    killed, repeat it: it tells what was done and what is shown now, or does it.

    Example: `geoward withdraw curated.mobility --version 7 --region eu --reason "wrong tiling" --dry-run`
    """
    from jobs.registry import job_named
    from jobs.storage_problems import refuse_lost
    from jobs.withdraw import would_withdraw

    home = open_home()
    job_named(table)
    if not reason.strip():
        raise UsageError("A withdrawal needs a reason.", mend='Say why with --reason "...": auditors read it.')
    place = home.region(region)
    refuse_lost(home, place, table)
    done = would_withdraw(home, place, table, version) if dry_run else _withdraw(home, place, table, version, reason)
    listing = WithdrawListing(
        table=table, region=region, version=version, new_version=done.new_version, dry_run=dry_run,
        partitions=[WithdrawnPartition(date=one.date, falls_back_to=one.version) for one in done.fallbacks],
        downstream=done.downstream, done_before=done.since is not None,
        shows_now={one.date: one.version for one in done.fallbacks} if done.since is None else dict(done.since),
    )  # fmt: skip
    show(listing, as_json, _parts(listing))


def _withdraw(home: Home, region: Region, table: str, version: int, reason: str) -> Withdrawal:
    from jobs.job_inputs import Workplace
    from jobs.lake import no_spark
    from jobs.take_over import take_over
    from jobs.withdraw import withdraw

    take_over(home, wait=False)
    return withdraw(Workplace.open(home, region, no_spark), table, version, reason.strip())


def _parts(listing: WithdrawListing) -> Iterable[Table | str]:
    table = grid("date", "would show" if listing.new_version is None else "shows now")
    for day, version in listing.shows_now.items():
        table.add_row(str(day), "nothing" if version is None else f"version {version}")
    yield table
    where = f"{listing.table} in {listing.region}"
    if listing.done_before:
        yield f"Nothing is left to take back: no date shows version {listing.version}."
        yield f"Version {listing.new_version} of {where} took it back."
    elif listing.dry_run:
        yield "Nothing was changed."
        return
    else:
        yield f"Version {listing.new_version} of {where} took it back."
    for name, count in listing.downstream.items():
        yield f"  {name}: {count} partitions are to be made again"
    if listing.downstream:
        yield "Run `geoward run`."
