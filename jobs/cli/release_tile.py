"""`geoward release tile`: the cells of a release of places, made once for its epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.app import Json, show
from jobs.cli.release import release, tell_step
from jobs.listings.releases import TileListing
from quality.contracts.errors import UsageError


@release.command()
def tile(
    name: Annotated[str, typer.Argument(help="A declaration of places: a shipped one's name, or a YAML file.")],
    historic: Annotated[Path, typer.Option("--historic", help="Rows from before the epoch: CSV or Parquet.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The tiling to write, *.json.")],
    as_json: Json = False,
) -> None:
    """Make the tiles of an epoch: cells, coarsened until enough distinct subjects of earlier rows are in each.

    They are made once, and every release of the epoch is built in them: tiles that were fitted to a day would tell of
    the people of that day. Rows of the epoch in the file are not looked at.

    Example: `geoward release tile cabspotting_hours --historic may.parquet --output tiles.json`
    """
    from jobs.release.build_places import tile_file
    from quality.releases.load_release import load_release, locate_release
    from quality.releases.places import PlacesRelease

    declared = load_release(name)
    if not isinstance(declared, PlacesRelease):
        raise UsageError(
            f"Release {declared.name} is of a table, which has no tiles.", mend="See `geoward release build`."
        )
    if output.exists():
        mend = "An epoch's tiles stay as they are: name another file, or declare another epoch."
        raise UsageError("There is a tiling of that name.", mend=mend)
    made = tile_file(declared, locate_release(name), historic, tell_step)
    output.write_text(made.to_json(), encoding="utf-8")
    told = TileListing(
        release=declared.name, output=output.name, version=made.version, tiles=len(made.cells),
        regions=len(made.regions), made_from=made.made_from,
    )  # fmt: skip
    show(
        told,
        as_json,
        [f"{told.tiles:,} tiles of {told.made_from}, version {told.version}, in {output.name}"],
        markup=False,
    )
