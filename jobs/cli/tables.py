"""`geoward tables`: what is published and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Annotated

import typer
from rich.table import Table as Grid

from jobs.cli.app import Json, RegionOption, app, grid, of_regions, show
from jobs.home import open_home
from jobs.listings import ShownVersion, Table, TableDetail, TableListing
from quality.contracts import CONTRACTS

tables = typer.Typer(no_args_is_help=True, help="Tables: what is published, and what each column means.")
app.add_typer(tables, name="tables")


@tables.command("list")
def list_(region: RegionOption = "", as_json: Json = False) -> None:
    """List every table: rows, dates and version in each region, and whether analysts may query it.

    Example: `geoward tables list --region eu`
    """
    from jobs.list_tables import list_tables
    from jobs.storage_problems import lost_tables

    home = open_home()
    with of_regions() as faults:
        faults.update(lost_tables(home, region, CONTRACTS))
        listing = faults.into(TableListing(tables=list_tables(home, region, fence=faults.fence)))
        show(listing, as_json, _grid(listing.tables))


@tables.command("show")
def show_(
    name: Annotated[str, typer.Argument(help="For example curated.mobility.")],
    as_json: Json = False,
) -> None:
    """Show what a table is: grain, columns, caveats, the purposes that may query it, and the version of each date.

    The versions are those that `geoward withdraw` takes back: what readers see now, when and by which run it was made.

    Example: `geoward tables show curated.mobility`
    """
    from jobs.list_tables import describe_table
    from jobs.storage_problems import lost_tables

    home = open_home()
    with of_regions() as faults:
        faults.update(lost_tables(home, "", (name,)))
        detail = faults.into(describe_table(home, name, faults.fence))
        show(detail, as_json, _parts(detail))


def _grid(rows: list[Table]) -> Grid:
    table = grid("table", "released", "region", "rows#", "dates", "version#", "last run")
    table.columns[0].no_wrap, table.padding = True, (0, 1, 0, 0)
    for row in rows:
        table.add_row(
            row.name, "yes" if row.released else "no", row.region, f"{row.rows:,}", _days(row),
            "–" if row.version is None else str(row.version), row.last_run[:8],
        )  # fmt: skip
    return table


def _days(row: Table) -> str:
    if row.first_date is None or row.first_date == row.last_date:
        return str(row.first_date or "")
    return f"{row.first_date} … {row.last_date}"


def _parts(detail: TableDetail) -> Iterable[Grid | str]:
    yield f"[bold]{detail.name}[/bold]: {detail.description}"
    yield f"One row: {detail.grain}. Owner: {detail.owner}."
    columns = grid("column", "type", "unit", "sensitivity", "category", "description")
    for column in detail.columns:
        columns.add_row(column.name, column.type, column.unit, column.sensitivity, column.category, column.description)
    yield columns
    for caveat in detail.caveats:
        yield f"Note: {caveat}"
    yield _queried(detail)
    yield _grid(detail.published)
    if detail.versions:
        yield _versions(detail.versions)
    if detail.example:
        yield f'Example: geoward query --purpose {_purpose(detail)} "{detail.example}"'


def _versions(shown: list[ShownVersion]) -> Grid:
    """Return a line for each stretch of dates that show one version."""
    table = grid("region", "dates", "shows version#", "rows#", "made (UTC)", "by run")
    for (region, version), group in groupby(shown, key=lambda one: (one.region, one.version)):
        days = list(group)
        first, last, made = days[0].date, days[-1].date, days[0].made_at
        table.add_row(
            region, f"{first} … {last}" if len(days) > 1 else str(first), str(version),
            f"{sum(day.rows for day in days):,}", f"{made:%Y-%m-%d %H:%M}" if made else "–", days[0].run_id[:8],
        )  # fmt: skip
    return table


def _queried(detail: TableDetail) -> str:
    if not detail.purposes:
        return "No purpose may query it: it is open to jobs only."
    return "May be queried for " + "; ".join(f"{', '.join(p)} in {r}" for r, p in detail.purposes.items()) + "."


def _purpose(detail: TableDetail) -> str:
    return next((purposes[0] for purposes in detail.purposes.values() if purposes), "PURPOSE")
