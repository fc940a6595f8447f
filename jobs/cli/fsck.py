"""`geoward fsck`: whether what lies on disk is what was published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.app import Json, RegionOption, app, err, grid, show
from jobs.home import open_home
from jobs.listings import FoundDamage, FsckListing


@app.command()
def fsck(
    tables: Annotated[
        list[str] | None, typer.Argument(help="Only these tables; default: all, and landed files.")
    ] = None,
    region: RegionOption = "",
    as_json: Json = False,
) -> None:
    """Compare every published file, commit and manifest with its SHA-256; exit 1 if anything differs.

    Finds missing, added and changed files, an edited log or manifest, and what a killed run left. Changes nothing.

    Example: `geoward fsck curated.mobility --region eu`
    """
    from jobs.fsck import Checked, fsck

    home, checked = open_home(), Checked()
    with err.status("checking") as status:
        found = [
            FoundDamage(**asdict(one))
            for one in fsck(home, region, tables or (), checked=checked, progress=status.update)
        ]
    listing = FsckListing(ok=not found, damage=found, **asdict(checked))
    show(listing, as_json, _parts(listing))
    if found:
        raise typer.Exit(1)


def _parts(listing: FsckListing) -> Iterable[Table | str]:
    much = f"{listing.files:,} files, {listing.bytes:,} bytes"
    looked = f"{listing.tables} tables, {listing.versions} versions, {much} checked"
    if listing.ok:
        yield f"{looked}: all is as it was published."
        return
    table = grid("kind", "region", "path", "what")
    for one in listing.damage:
        table.add_row(f"[red]{one.kind}[/red]", one.region, escape(one.path), escape(one.what))
    yield table
    yield f"\n{looked}; {len(listing.damage)} things are not as they were published."
    for mend in dict.fromkeys(one.mend for one in listing.damage):
        yield f"  Next: {escape(mend)} (docs/runbook.md#storage)"
