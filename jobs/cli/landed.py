"""`geoward landed`: what landed by source and date, and kept files entered again after the catalog was lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.app import Json, RegionOption, app, grid, nothing, of_regions, show
from jobs.cli.days import day
from jobs.home import open_home
from jobs.listings import LandedListing, RestoreListing

landed = typer.Typer(no_args_is_help=True, help="Landed files: what came by source and date.")
app.add_typer(landed, name="landed")


@landed.command("list")
def list_(
    region: RegionOption = "",
    source: Annotated[str, typer.Option("--source", "-s", help="Only this source: a mapping's name.")] = "",
    on: Annotated[date | None, typer.Option("--date", parser=day, metavar="DAY", help="Only this date.")] = None,
    as_json: Json = False,
) -> None:
    """List what landed: files and rows by source, table and date, and whether that date of the table is published.

    `waiting`: never published; `stale`: the next run makes it again; `withdrawn`: taken back.

    Example: `geoward landed list --source sample_pings --date yesterday`
    """
    from jobs.list_landed import list_landed

    home = open_home()
    with of_regions() as faults:
        listing = faults.into(list_landed(home, region, source, on, faults.fence))
        show(listing, as_json, _listed(listing))


@landed.command("restore")
def restore_(
    region: RegionOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of the files.")] = False,
    as_json: Json = False,
) -> None:
    """Enter kept files that the catalog does not know, each under the mapping and with the time it landed.

    For when catalog.sqlite was lost or set aside. The next `geoward run` makes their dates. Exit 1 if a file needs a
    hand: its kept bytes or mapping are gone, or it landed before kept files said of which source they are.

    Example: `geoward landed restore --region eu --dry-run`
    """
    from jobs.restore_landed import restore_landed

    with of_regions() as faults:
        listing = faults.into(restore_landed(open_home(), region, dry_run=dry_run, fence=faults.fence))
        show(listing, as_json, _restored(listing))
        if not listing.ok:
            raise typer.Exit(1)


def _listed(listing: LandedListing) -> Iterable[Table | str]:
    if not listing.sources:
        yield from nothing("Nothing landed.", listing)
        return
    sources = grid("region", "source", "files#", "undated#", "quarantined#", "bytes#", "last landed", title="Sources")
    for one in listing.sources:
        sources.add_row(
            one.region, one.source, f"{one.files:,}", f"{one.undated:,}", f"{one.quarantined:,}", f"{one.bytes:,}",
            f"{one.last_landed:%Y-%m-%d %H:%M}",
        )  # fmt: skip
    yield sources
    dates = grid("region", "source", "table", "date", "files#", "rows#", "state", title="Dates")
    for each in listing.dates:
        dates.add_row(
            each.region, each.source, each.table, str(each.date), f"{each.files:,}", f"{each.rows:,}", each.state
        )
    yield dates if listing.dates else "No dates are known yet: `geoward run` learns them."


def _restored(listing: RestoreListing) -> Iterable[Table | str]:
    if not listing.files:
        yield from nothing("The catalog knows every kept file.", listing)
        return
    table = grid("region", "source", "file", "id", "would be" if listing.dry_run else "is now")
    for file in listing.files:
        now = f"{file.outcome}: {file.reason}" if file.reason else file.outcome
        table.add_row(file.region, file.source or "?", escape(file.name), file.file_id[:12], escape(now))
    yield table
    for outcome, mend in dict.fromkeys((file.outcome, file.mend) for file in listing.files):
        yield f"[bold]{outcome}:[/bold] {escape(mend)}"
    if listing.dry_run:
        yield "Nothing was changed: this was a dry run."
