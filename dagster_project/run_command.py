"""`geoward run`: what is missing or stale is made, in dependency order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from jobs.cli.app import Json, app
from quality.contracts.errors import UsageError

Day = datetime | None


@app.command()
def run(
    jobs: Annotated[list[str] | None, typer.Argument(help="Tables to make, with what they are made from.")] = None,
    region: Annotated[list[str] | None, typer.Option("--region", "-r", help="Only these regions.")] = None,
    day: Annotated[Day, typer.Option("--date", formats=["%Y-%m-%d"], help="Only this date.")] = None,
    first: Annotated[Day, typer.Option("--from", formats=["%Y-%m-%d"], help="From this date.")] = None,
    last: Annotated[Day, typer.Option("--to", formats=["%Y-%m-%d"], help="Through this date.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Also repeat what is fresh.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would run, and why.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait for another run; end with code 5.")] = False,
    as_json: Json = False,
) -> None:
    """Run what is missing or stale, in dependency order, and say why each thing runs.

    Example: `geoward run curated.mobility --region eu --date 2026-06-01`
    """
    from dagster_project.execute_run import execute, explain
    from jobs.home import open_home
    from jobs.nightly import Scope

    if first and last and first > last:
        raise UsageError(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}.", mend="Swap them.")
    scope = Scope(tuple(jobs or ()), tuple(region or ()), _date(day or first), _date(day or last), force)
    home = open_home()
    if dry_run:
        explain(home, scope, as_json)
        return
    if code := execute(home, scope, as_json=as_json, wait=not no_wait):
        raise typer.Exit(code)


def _date(moment: Day) -> date | None:
    return moment.date() if moment else None
