"""`geoward check`: judge what is published now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.table import Table

from jobs.cli.app import Json, app, err, grid, nothing, of_regions, show
from jobs.listings import CheckListing, CheckResult, TableChecks


@app.command()
def check(
    tables: Annotated[list[str] | None, typer.Argument(help="Only these tables; default: all.")] = None,
    region: Annotated[list[str] | None, typer.Option("--region", "-r", help="Only these regions.")] = None,
    as_json: Json = False,
) -> None:
    """Run every check again on the tables as they are published now; exit 1 if one fails. It starts Spark.

    A check can fail now that passed at publication: consent was withdrawn since, retention has passed, a file was
    changed. Each failed check names its mend.

    Example: `geoward check curated.mobility --region eu`
    """
    from jobs.check_published import check_published
    from jobs.home import open_home
    from jobs.nightly import Scope, Sessions, open_places

    home = open_home()
    scope = Scope(tuple(tables or ()), tuple(region or ()))
    with of_regions() as faults:
        places, found = open_places(home, scope, Sessions(home), faults.fence), []
        with err.status("checking") as status:
            for judged in check_published(places, scope.tables, status.update, faults.fence):
                results = [CheckResult.model_validate(verdict, from_attributes=True) for verdict in judged.verdicts]
                found.append(
                    TableChecks(table=judged.table, region=judged.region, version=judged.version, checks=results)
                )
        passed = all(one.passed for each in found for one in each.checks)
        listing = faults.into(CheckListing(ok=passed, tables=found))
        show(listing, as_json, _parts(listing))
        if not listing.ok:
            raise typer.Exit(1)


def _parts(listing: CheckListing) -> Iterable[Table | str]:
    if not listing.tables:
        yield from nothing("Nothing is published yet. Run `geoward run`.", listing)
        return
    table = grid("region", "table", "version#", "check", "passed", "mend")
    for each in listing.tables:
        for one in each.checks:
            passed = "[green]yes[/green]" if one.passed else "[red]no[/red]"
            table.add_row(each.region, each.table, str(each.version), one.check, passed, "" if one.passed else one.mend)
    yield table
