"""`geoward demo`: the nightly job on the shipped sample, from landing to a query."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.app import app, err, out
from jobs.counted import counted

SAMPLE = Path("data/sample")
NEXT = """
[bold]What to try next[/bold]
  geoward query --purpose analytics "SELECT event_date, place, persons FROM curated.place_counts LIMIT 9"
  geoward tables list          every table, its rows and versions
  geoward quarantine list      what could not be used, and why
  geoward run --dry-run        what would run now: nothing, until a file or a rule changes
  geoward ui                   lineage, partitions and checks in Dagster"""


@app.command()
def demo(
    sample: Annotated[Path, typer.Option(help="Folder that `geoward sample` wrote.")] = SAMPLE,
) -> None:
    """Land the shipped sample and run the nightly job on it. A second time, nothing is stale and nothing runs."""
    from dagster_project.execute_run import execute
    from jobs.home import open_home
    from jobs.nightly import Scope
    from jobs.sample.land_sample import land_sample

    home = open_home()
    landed = land_sample(home, sample)
    for name, files in landed.items():
        err.print(
            f"{name}: {counted(len(files), 'file')}, {sum(f.outcome == 'landed' for f in files)} of them new",
            markup=False,
        )
    if code := execute(home, Scope(regions=tuple(landed))):
        raise typer.Exit(code)
    out.print(NEXT)
