"""`geoward release suggest`: which columns of a table tell people apart, and a declaration to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from jobs.cli.app import Json, grid, show
from jobs.cli.release import release
from jobs.listings.release_suggestions import SuggestedColumn, SuggestedKey, SuggestListing

if TYPE_CHECKING:
    from rich.table import Table

    from quality.checks.anonymity.suggest_places import PlaceRoles


@release.command()
def suggest(
    file: Annotated[Path, typer.Argument(help="A CSV or Parquet file, or a folder of Parquet files.")],
    alpha: Annotated[float, typer.Option("--alpha", min=0, max=1, help="The share that a set must tell apart.")] = 0.8,
    by: Annotated[
        Literal["distinction", "separation"], typer.Option("--by", help="Of distinct rows, or of pairs of rows.")
    ] = "distinction",
    as_json: Json = False,
) -> None:
    """Find the quasi-identifiers of a table: the smallest sets of columns that tell its rows apart.

    Distinction is the share of distinct values in rows; separation that of pairs of rows that differ (Motwani & Xu,
    2007). What it prints last is a declaration to begin with: a person must still say what an attacker may know. It is
    of places (`kind: places`) where rows say where and when somebody was, with several rows each.

    Example: `geoward release suggest table.csv`
    """
    from jobs.release.suggest_release import suggest_release

    found = suggest_release(file, alpha=alpha, by=by)
    told = found.suggestion
    listing = SuggestListing(
        file=file.name, rows=told.rows, sampled=told.sampled, alpha=told.alpha, declaration=found.declaration,
        kind="places" if found.places else "table", because=_because(found.places),
        columns=[
            SuggestedColumn(
                name=one.name, role=one.role, why=one.why, distinct=one.distinct, nulls=one.nulls,
                distinction=one.distinction, separation=one.separation,
            )
            for one in told.columns
        ],
        keys=[
            SuggestedKey(columns=list(one.columns), distinction=one.distinction, separation=one.separation)
            for one in told.keys
        ],
    )  # fmt: skip
    show(listing, as_json, _tables(listing), markup=False)


def _because(places: PlaceRoles | None) -> str:
    if places is None:
        return "Rows of a table: `kind: table`."
    where = places.cell or f"{places.latitude}, {places.longitude}"
    when = f"{places.time}, {places.hour}" if places.hour else places.time
    return f"Rows of people's whereabouts, `kind: places`: who is {places.subject}, where {where}, when {when}."


def _tables(told: SuggestListing) -> list[Table | str]:
    columns = grid("column", "likely role", "because", "distinct#", "nulls#", "separation#")
    for one in told.columns:
        columns.add_row(one.name, one.role, one.why, f"{one.distinct:,}", f"{one.nulls:,}", f"{one.separation:.3f}")
    keys = grid("columns that tell rows apart together", "distinction#", "separation#")
    for key in told.keys:
        keys.add_row(", ".join(key.columns), f"{key.distinction:.3f}", f"{key.separation:.3f}")
    sets: Table | str = keys if told.keys else f"No set of up to 4 columns reaches {told.alpha:g}: try a lower --alpha."
    sample = "" if told.sampled >= told.rows else f" (sets: of {told.sampled:,} sampled rows)"
    return [
        f"{told.rows:,} rows{sample}",
        columns,
        sets,
        f"\n{told.because}",
        "A declaration to begin with (read it: what may an attacker know?):\n",
        told.declaration,
    ]
