"""`geoward fsck`: whether what lies on disk is what was published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.app import Json, RegionOption, app, err, grid, show
from jobs.home import Home, open_home
from jobs.listings import FsckListing
from quality.contracts.errors import UsageError


@app.command()
def fsck(
    tables: Annotated[
        list[str] | None, typer.Argument(help="Only these tables; default: all, and landed files.")
    ] = None,
    region: RegionOption = "",
    remove: Annotated[
        bool, typer.Option("--remove-orphans", help="Remove what no version names, of tables with no other damage.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which orphans would be removed.")] = False,
    as_json: Json = False,
) -> None:
    """Compare all that is stored with what was published; exit 1 if anything differs. Changes nothing by itself.

    Every file, commit and manifest is held to its SHA-256, manifests to the audit log, landed files to the catalog: a
    missing, added or changed file, an edited log, a table taken back in time and what a killed run left are found.
    Every row of the vaults of subjects is opened.

    Example: `geoward fsck curated.mobility --region eu`
    """
    from jobs.damage import made_by

    if dry_run and not remove:
        raise UsageError("--dry-run goes with --remove-orphans.", mend="fsck by itself changes nothing.")
    if unknown := [name for name in tables or () if not made_by(name)]:
        raise UsageError(f"There is no table {unknown[0]!r}.", mend="See `geoward tables list`.")
    listing = _look(open_home(), region, tables or [], remove=remove, dry_run=dry_run)
    show(listing, as_json, _parts(listing))
    if not listing.ok:
        raise typer.Exit(1)


def _look(home: Home, region: str, tables: list[str], *, remove: bool, dry_run: bool) -> FsckListing:
    """Look, and remove orphans if asked; what a look at all tables found is remembered, but of a dry run."""
    from jobs.damage import Checked
    from jobs.fsck import fsck as find
    from jobs.landed_regions import covered
    from jobs.remove_orphans import remove_orphans
    from jobs.storage_problems import remember

    checked = Checked()
    with err.status("checking") as status:
        if remove:
            gone, found = remove_orphans(home, region, tables, checked=checked, dry_run=dry_run, progress=status.update)
        else:
            gone, found = [], list(find(home, region, tables, checked=checked, progress=status.update))
    gone, found = [one.told() for one in gone], [one.told() for one in found]
    if not tables and not dry_run:
        remember(home, found, [place.name for place in covered(home, region)] + ([] if region else [""]))
    ok = not found and not (gone and dry_run)
    return FsckListing(ok=ok, damage=found, removed=gone, dry_run=dry_run, **asdict(checked))


def _parts(listing: FsckListing) -> Iterable[Table | str]:
    verb = "would remove" if listing.dry_run else "removed"
    for orphan in listing.removed:
        yield f"{verb} {orphan.region} {escape(orphan.path)}: {orphan.files:,} files, {orphan.bytes:,} bytes"
    much = f"{listing.files:,} files, {listing.bytes:,} bytes"
    vaults = f", {listing.vault_rows:,} rows of vaults" if listing.vault_rows else ""
    looked = f"{listing.tables} tables, {listing.versions} versions, {much}{vaults} checked"
    if listing.ok:
        yield f"{looked}: all is as it was published."
        return
    table = grid("kind", "region", "path", "what")
    for one in listing.damage:
        table.add_row(f"[red]{one.kind}[/red]", one.region, escape(one.path), escape(one.what))
    if listing.damage:
        yield table
    count = len(listing.damage)
    differs = "1 thing is not as it was" if count == 1 else f"{count:,} things are not as they were"
    yield f"\n{looked}; {differs} published."
    for mend in dict.fromkeys(one.mend for one in listing.damage):
        yield f"  Next: {escape(mend)} (docs/runbook.md#storage)"
