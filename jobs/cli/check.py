"""`geoward check`: judge what is published now."""

from __future__ import annotations

from typing import Annotated

import typer

from jobs.cli.app import Json, app, err, grid, show


@app.command()
def check(
    tables: Annotated[list[str] | None, typer.Argument(help="Only these tables; default: all.")] = None,
    region: Annotated[list[str] | None, typer.Option("--region", "-r", help="Only these regions.")] = None,
    as_json: Json = False,
) -> None:
    """Run every check again on the tables as they are published now; exit 1 if one fails.

    A check can fail now that passed at publication: consent was withdrawn since, retention has passed, a file was
    changed. Each failed check names its mend.

    Example: `geoward check curated.mobility --region eu`
    """
    from jobs.check_published import check_published
    from jobs.home import open_home
    from jobs.listings import CheckListing, CheckResult, TableChecks
    from jobs.nightly import Scope, Sessions, open_places

    home = open_home()
    scope = Scope(tuple(tables or ()), tuple(region or ()))
    places = open_places(home, scope, Sessions(home))
    found = []
    with err.status("checking") as status:
        for judged in check_published(places, scope.tables, status.update):
            results = [CheckResult.model_validate(verdict, from_attributes=True) for verdict in judged.verdicts]
            found.append(TableChecks(table=judged.table, region=judged.region, version=judged.version, checks=results))
    listing = CheckListing(ok=all(c.passed for t in found for c in t.checks), tables=found)
    table = grid("region", "table", "version#", "check", "passed", "mend")
    for each in found:
        for one in each.checks:
            passed = "[green]yes[/green]" if one.passed else "[red]no[/red]"
            table.add_row(each.region, each.table, str(each.version), one.check, passed, "" if one.passed else one.mend)
    show(listing, as_json, table if found else ["Nothing is published yet. Run `geoward run`."])
    if not listing.ok:
        raise typer.Exit(1)
