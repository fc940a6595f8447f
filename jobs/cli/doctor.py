"""`geoward doctor`: is this machine fit, and if not, what to do."""

from __future__ import annotations

import typer
from rich.markup import escape

from jobs.cli.app import Json, app, grid, show

_COLORS = {"ok": "green", "warn": "yellow", "fail": "red"}


@app.command()
def doctor(as_json: Json = False) -> None:
    """Look at what Geoward needs: Java, Python, packages, JARs, disk, keys, regions, policy and the UI's port.

    It ends with exit code 4 when something is not fit; each finding says how to mend it.

    Example: `geoward doctor`
    """
    from jobs.examine import examine

    listing = examine()
    table = grid("", "what", "found", "mend")
    for finding in listing.findings:
        color = _COLORS[finding.status]
        table.add_row(
            f"[{color}]{finding.status}[/{color}]", finding.subject, escape(finding.found), escape(finding.mend)
        )
    show(listing, as_json, table)
    if not listing.healthy:
        raise typer.Exit(4)
