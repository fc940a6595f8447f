"""`geoward quarantine dismiss`: a person has looked, and it stays as it is."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer
from rich.markup import escape

from jobs.cli.app import Json, RegionOption, grid, of_regions, show
from jobs.cli.days import day
from jobs.cli.quarantine import quarantine
from jobs.cli.remarks import WHY, impersonal
from jobs.home import open_home
from jobs.listings import DismissedPart, DismissListing
from quality.contracts.errors import UsageError


@quarantine.command("dismiss")
def dismiss_(
    subject: Annotated[str, typer.Argument(help="A table, or a file's id (its first 8 digits will do).")],
    reason: Annotated[str, typer.Option("--reason", help=WHY, callback=impersonal)],
    region: RegionOption = "",
    on: Annotated[date | None, typer.Option("--date", parser=day, metavar="DAY", help="Only this date.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be dismissed.")] = False,
    as_json: Json = False,
) -> None:
    """Say that what is in quarantine was looked at and stays there: `geoward status` and alerts leave it out then.

    It stays kept, counted and listed. A date that has other rows in quarantine when it is made again, and a file that
    is judged again under another mapping, are looked at anew.

    Example: `geoward quarantine dismiss raw.pings --date 2026-06-02 --reason "a broken receiver, replaced"`
    """
    from jobs.dismiss_quarantine import dismiss

    if not reason.strip():
        raise UsageError("A dismissal needs a reason.", mend='Say why with --reason "...": auditors read it.')
    home = open_home()
    with of_regions() as faults:
        found = dismiss(home, subject, region, reason.strip(), on, dry_run=dry_run, fence=faults.fence)
        parts = [DismissedPart(**asdict(one)) for one in found]
        listing = DismissListing(subject=subject, reason=reason.strip(), dry_run=dry_run, parts=parts)
        table = grid("region", "table or source", "date or file", "rows#")
        for one in listing.parts:
            rows = "" if one.rows is None else f"{one.rows:,}"
            table.add_row(one.region, one.subject, escape(one.name or one.part), rows)
        end = "Nothing was changed." if dry_run else "Dismissed: no longer a problem."
        show(faults.into(listing), as_json, [table, end])
