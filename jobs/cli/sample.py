"""`geoward sample`: invented logs with planted abuse and dirt whose truth is known."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.app import Json, app, err, grid, show
from jobs.listings import SampleFile, SampleListing


@app.command()
def sample(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to; made when absent.")],
    actors: Annotated[int, typer.Option(help="Accounts in each region, 80 or more.")] = 420,
    days: Annotated[int, typer.Option(help="Days, from 2026-06-01.")] = 5,
    seed: Annotated[int, typer.Option(help="The same seed and sizes give the same bytes.")] = 20260601,
    hardness: Annotated[float, typer.Option(help="From 0 to 1: how well the planted abuse hides.")] = 0.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and keep nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Write a synthetic sample: positions, actions, accounts, consents, labels, places and the truth.

    Nobody in it exists. Files of the same names in the folder are replaced.

    Example: `geoward sample --actors 1000 --days 7 --seed 1 --out my-sample`
    """
    from jobs.sample.write_sample import write_sample

    with tempfile.TemporaryDirectory() as scratch, err.status("") as status:
        folder = Path(scratch) if dry_run else out
        made = write_sample(
            folder, actors=actors, days=days, seed=seed, hardness=hardness, progress=lambda text: status.update(text)
        )
    files = [SampleFile(path=path, rows=made.rows[path]) for path in made.files]
    table = grid("file", "rows#")
    for file in files:
        table.add_row(file.path, f"{file.rows:,}")
    done = f"Would write {made.bytes:,} bytes to" if dry_run else f"{made.bytes:,} bytes in"
    show(
        SampleListing(out=str(out), dry_run=dry_run, files=files, bytes=made.bytes), as_json,
        [table, f"{done} {out}. Next: `geoward demo --sample {out}`"],
    )  # fmt: skip
