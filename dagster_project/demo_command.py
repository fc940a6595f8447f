"""`geoward demo`: the nightly job on the shipped sample, from landing to a query."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.cli.app import app, err, out

if TYPE_CHECKING:
    from jobs.home import Home

SAMPLE = Path("data/sample")
SOURCES = {
    "pings.csv.gz": "sample_pings",
    "actions.jsonl.gz": "sample_actions",
    "actors.csv": "sample_actors",
    "consents.jsonl": "sample_consents",
    "labels.csv": "sample_labels",
}
NEXT = """
[bold]What to try next[/bold]
  geoward query --purpose analytics "SELECT place, sum(persons) AS persons FROM curated.mobility GROUP BY place"
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

    home = open_home()
    regions = land_sample(home, sample)
    good = execute(home, Scope(regions=regions))
    if not good:
        raise typer.Exit(1)
    out.print(NEXT)


def land_sample(home: Home, sample: Path) -> tuple[str, ...]:
    """Land every file of a sample, with its places and population, and return its regions."""
    from jobs.land_files import land_files
    from jobs.reference import import_reference
    from quality.sources.load_mapping import load_mapping, mapping_text

    for kind in ("places", "population"):
        import_reference(home, kind, sample / "reference" / f"{kind}.csv")
    regions = tuple(name for name in home.regions if (sample / name).is_dir())
    for name in regions:
        landed = [
            entry
            for file, source in SOURCES.items()
            for entry in land_files(
                home.region(name), load_mapping(source), mapping_text(source), [sample / name / file]
            )
        ]
        new = sum(entry.outcome == "landed" for entry in landed)
        err.print(f"{name}: {len(landed)} files, {new} of them new", markup=False)
    return regions
