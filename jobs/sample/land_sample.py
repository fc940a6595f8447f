"""Land every file that `write_sample` wrote, as its regions' logs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from jobs.home import Home, Region
from jobs.land_files import Landed, land_files
from jobs.reference import import_reference
from jobs.run_lock import run_lock
from quality.sources.load_mapping import load_mapping, mapping_text

SOURCES = {
    "pings.csv.gz": "sample_pings",
    "actions.jsonl.gz": "sample_actions",
    "actors.csv": "sample_actors",
    "consents.jsonl": "sample_consents",
    "labels.csv": "sample_labels",
}
"""The mapping of each file."""


def land_sample(home: Home, sample: Path) -> dict[str, list[Landed]]:
    """Land a sample with its places and population; return what became of the files by region."""
    for kind in ("places", "population"):
        import_reference(home, kind, sample / "reference" / f"{kind}.csv")
    regions = [region for name, region in home.regions.items() if (sample / name).is_dir()]
    return {region.name: [_land(home, region, sample, file) for file in SOURCES] for region in regions}


def _land(home: Home, region: Region, sample: Path, file: str) -> Landed:
    source, path = SOURCES[file], sample / region.name / file
    (landed,) = land_files(
        home, region, load_mapping(source), mapping_text(source), [path], alone=partial(run_lock, home)
    )  # fmt: skip
    return landed
