"""`geoward ingest`: land files under a source mapping."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.app import Json, NoWait, app, err, grid, show
from jobs.describe_source import basis_warning
from jobs.home import open_home
from jobs.listings import IngestedFile, IngestListing

_WELL = {"landed": "green", "readable": "green", "restored": "green", "known": "dim"}
"""Outcomes that ask for nothing, and how they look; all others are red."""


@app.command()
def ingest(
    files: Annotated[
        list[Path], typer.Argument(help="Files to land (./* and not *: a name may begin with -); they are copied.")
    ],
    source: Annotated[str, typer.Option("--source", "-s", help="A shipped mapping's name, or a mapping's YAML file.")],
    region: Annotated[str, typer.Option("--region", "-r", help="The region whose rules hold for these rows.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look at the files; land nothing.")] = False,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Land files: keep their bytes, and say of each whether it can be used.

    A file that cannot be read is quarantined with a reason while the others land; the command then ends with exit
    code 1. The same bytes again are `known` and add nothing (`restored`: their kept copy was damaged and is whole
    again); under another mapping they are entered anew, which waits for the end of a run, and are `refused` if that
    mapping cannot read a file in use. Of a path that is `not_found`, `not_a_file` or `unreadable`, or whose bytes were
    `shredded`, nothing is kept: exit 1 too. Columns that the mapping does not read are dropped. What landed becomes
    tables with `geoward run`.

    Example: `geoward ingest --source sample_pings --region eu data/sample/eu/pings.csv.gz`
    """
    from jobs.ingest import ingest as land
    from jobs.landing.file_name import told

    with err.status("") as status:
        listing = land(
            open_home(), source, region, files, dry_run=dry_run,
            progress=lambda path: status.update(f"reading {escape(told(path.name))}"),
            waiting=lambda text: err.print(text, markup=False), wait=not no_wait,
        )  # fmt: skip
    show(listing, as_json, _tables(listing))
    if warning := basis_warning(listing.legal_basis, listing.rejects_all, open_home().policy.purposes):
        mend = "Declare legal_basis and evidence in the mapping before you run."
        err.print(f"[bold yellow]Warning:[/bold yellow] mapping {listing.source}: {escape(warning)} {mend}")
    if any(file.outcome not in _WELL for file in listing.files):
        raise typer.Exit(1)


def _unknown(files: Iterable[IngestedFile]) -> str:
    return escape(", ".join(sorted({name for file in files for name in file.unknown})))


def _tables(listing: IngestListing) -> Iterable[Table | str]:
    table = grid("file", "outcome", "bytes#", "reason", "dropped columns")
    for file in listing.files:
        dropped = [f"[bold yellow]{escape(n)}[/bold yellow]" if n in file.unknown else escape(n) for n in file.dropped]
        color = _WELL.get(file.outcome, "red")
        table.add_row(
            escape(file.name), f"[{color}]{file.outcome}[/{color}]", f"{file.bytes:,}", escape(file.reason),
            ", ".join(dropped),
        )  # fmt: skip
    yield table
    if names := _unknown(file for file in listing.files if not file.reason):
        yield f"[yellow]Not mapped and dropped:[/yellow] {names}. Map them, or list them as ignored."
    if names := _unknown(file for file in listing.files if file.reason):
        yield f"[yellow]Unknown to the mapping:[/yellow] {names}. One may be a column that was renamed."
    for reason, mend in dict.fromkeys((file.reason, file.mend) for file in listing.files if file.reason):
        yield f"[bold]{escape(reason)}:[/bold] {escape(mend)}"
    if listing.dry_run:
        yield "Nothing was landed: this was a dry run."
