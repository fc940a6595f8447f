"""`geoward places import` and `geoward population import`: the user's own reference files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from jobs.cli.app import Json, app, show
from jobs.home import open_home
from jobs.listings import ReferenceListing

places = typer.Typer(no_args_is_help=True, help="Places: the names that tiles get.")
population = typer.Typer(no_args_is_help=True, help="Population: who lives where, from which tiles get their size.")
app.add_typer(places, name="places")
app.add_typer(population, name="population")

File = Annotated[Path, typer.Argument(help="CSV in UTF-8 with a header.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check the file; keep nothing.")]


@places.command("import")
def import_places(file: File, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Keep a file of named places; it replaces the one before, and tables that name places become stale.

    Header: `name,kind,latitude,longitude,population`. Latitude and longitude are WGS 84 degrees; population is a
    count, 0 when unknown. A tile is named after the most populous place in it.

    Example: `geoward places import data/sample/reference/places.csv`
    """
    _import("places", file, dry_run, as_json)


@population.command("import")
def import_population(file: File, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Keep a file of residents; it replaces the one before, and tables that use tiles become stale.

    Header: `latitude,longitude,residents,radius_m`. Residents are spread evenly over a disk of that radius in meters;
    0 puts them at the point. A tile is the finest allowed cell with enough residents.

    Example: `geoward population import data/sample/reference/population.csv`
    """
    _import("population", file, dry_run, as_json)


def _import(kind: Literal["places", "population"], file: Path, dry_run: bool, as_json: bool) -> None:
    from jobs.reference import import_reference

    rows = import_reference(open_home(), kind, file, dry_run=dry_run)
    done = "would be kept (dry run)" if dry_run else "are kept"
    show(
        ReferenceListing(kind=kind, file=file.name, rows=rows, dry_run=dry_run), as_json,
        [f"{rows:,} rows of {kind} {done}."],
    )  # fmt: skip
