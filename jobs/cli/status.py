"""`geoward status`: what is fresh, late, stuck or failed, and the next step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.app import Json, RegionOption, app, err, grid, show
from jobs.counted import counted
from jobs.home import open_home
from jobs.listings import StatusListing

_LOOKS = {"fresh": "green", "running": "cyan", "waiting": "cyan", "stale": "yellow", "withdrawn": "yellow"}

Alert = Annotated[bool, typer.Option("--alert", help="Also tell the channels of geoward.yaml what is new.")]


@app.command()
def status(region: RegionOption = "", alert: Alert = False, as_json: Json = False) -> None:
    """Show the state of every table and, of what is not well, the next step; exit 1 if something is not well.

    fresh: up to date. waiting: the next run makes it. running: being made. late: no recent date. stale: a nightly run
    should have made it. stuck, failed: as it says. withdrawn: taken back, and waits for a change.

    Example: `geoward status --region eu`
    """
    from jobs.list_status import list_status
    from jobs.status import problems, status

    home = open_home()
    tables = status(home)
    found = problems(home, tables)
    listing = list_status(home, tables, found, region)
    show(listing, as_json, _parts(listing))
    if alert:
        from jobs.alerts.notify import notify

        for sent in notify(home, found):
            err.print(f"{sent.channel}: {sent.said}", markup=False)
    if not listing.ok:
        raise typer.Exit(1)


def _parts(listing: StatusListing) -> Iterable[Table | str]:
    if not (listing.tables or listing.problems or listing.waiting_files):
        yield "Nothing has landed yet. `geoward ingest` lands files; `geoward demo` shows it all on a sample."
        return
    table = grid("region", "table", "state", "newest", "published#", "to make#")
    for one in listing.tables:
        look = _LOOKS.get(one.state, "red")
        table.add_row(
            one.region, one.table or "all tables", f"[{look}]{one.state}[/{look}]", str(one.newest or "·"),
            f"{one.partitions:,}", f"{one.stale:,}" if one.stale else "·",
        )  # fmt: skip
    if listing.tables:
        yield table
    if listing.waiting_files:
        yield f"\nTo be read by the next run: {counted(listing.waiting_files, 'landed file')}."
    for problem in listing.problems:
        where = " ".join(part for part in (problem.region, problem.table) if part) or "this installation"
        yield f"\n[red]{problem.kind}[/red] [bold]{where}[/bold]: {escape(problem.what)}"
        yield f"  Next: {escape(problem.mend)} ({problem.runbook})"
    if listing.ok:
        yield "\nAll is well." + (" A run is under way." if listing.run_is_alive else "")
