"""`geoward run`: what is missing or stale is made, in dependency order."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from jobs.cli.app import Json, app
from jobs.cli.days import day
from quality.contracts.errors import UsageError

Day = date | None


@app.command()
def run(
    jobs: Annotated[list[str] | None, typer.Argument(help="Tables to make, with what they are made from.")] = None,
    region: Annotated[list[str] | None, typer.Option("--region", "-r", help="Only these regions.")] = None,
    on: Annotated[Day, typer.Option("--date", parser=day, metavar="DAY", help="Only this date.")] = None,
    first: Annotated[
        Day, typer.Option("--from", parser=day, metavar="DAY", help="From this date, or yesterday, or '2 years ago'.")
    ] = None,
    last: Annotated[Day, typer.Option("--to", parser=day, metavar="DAY", help="Through this date.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Also repeat what is fresh.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would run, and why; change nothing.")
    ] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait for another run; end with code 5.")] = False,
    as_json: Json = False,
) -> None:
    """Run what is missing or stale, in dependency order, and say why each thing runs.

    Example: `geoward run curated.mobility --region eu --date 2026-06-01`
    """
    from dagster_project.execute_run import execute
    from dagster_project.explain_run import explain
    from jobs.home import open_home
    from jobs.nightly import Scope

    if first and last and first > last:
        raise UsageError(f"--from {first} is after --to {last}.", mend="Swap them.")
    scope = Scope(tuple(jobs or ()), tuple(region or ()), on or first, on or last, force)
    home = open_home()
    code = explain(home, scope, as_json=as_json) if dry_run else execute(home, scope, as_json=as_json, wait=not no_wait)
    if code:
        raise typer.Exit(code)
