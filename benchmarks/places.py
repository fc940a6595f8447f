"""Shipped releases of places on the real sets: fixes kept by level, displacement, seconds, crowds, and attacks.

Run: `.venv/bin/python -m benchmarks.places [cabspotting_hours geolife_weeks checkins_week sequences]`, with the shared
data beside the checkout or at `$GEOWARD_SHARED`. Tiles are of rows from before the epoch, or of every other person
where a set has no dates.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.machine import machine
from benchmarks.real_sets import SHARED
from jobs.release.places_attacks import attack_places
from quality.checks.places.count_subjects import check_crowds, check_pairs, check_sequences, persons_of
from quality.checks.places.utility import displacement
from quality.checks.verdict import Verdict
from quality.policies.read_yaml import read_yaml
from quality.releases.load_release import FOLDER
from quality.releases.places import PlacesRelease
from transforms.location.adaptive_tiling import NO_CELLS, tile_by_subjects
from transforms.location.fixes import Fixes
from transforms.location.h3_cells import Cells, centers, resolutions
from transforms.location.prepare_fixes import prepare_fixes, regions_of
from transforms.location.publish_places import PublishedPlaces, publish_places

HISTORIC = {"cabspotting_hours": ("2008-05-17", "2008-05-23"), "geolife_weeks": ("2007-01-01", "2008-10-31")}
FILES = {
    "cabspotting_hours": "cabspotting/cabspotting_dev.parquet",
    "geolife_weeks": "geolife/geolife_1min_dev.parquet",
    "checkins_week": "checkins_marc/foursquare_nyc_dev.parquet",
}
LINKED = {"pseudonym": "trip", "trips": {"gap_minutes": 20}, "slots": {"hours": [1, 6, 24]}}


def main(names: list[str]) -> None:
    """Measure each."""
    print(machine())
    for name in names:
        if name == "sequences":
            for m in (2, 3, 4):
                measure("cabspotting_hours", LINKED | {"sequences": {"m": m, "points": 6}})
        else:
            measure(name, {})


def measure(name: str, changes: dict[str, object]) -> None:
    """Publish one release and print what it keeps."""
    stated = {**read_yaml(FOLDER / f"{name}.yaml", what="release"), **changes}
    release = PlacesRelease.model_validate(stated)
    hour = [release.hour] if release.hour else []
    table = pq.read_table(SHARED / FILES[name], columns=[release.subject, "lat", "lon", release.time, *hour])
    regions = NO_CELLS
    if release.sensitive_places:
        places = pq.read_table(SHARED / "osm_pois/POI_NYC-2013.parquet")
        regions = regions_of(places, release.sensitive_places, release.tiles)
    table, before = historic(name, stated, table)
    tiling = tile_by_subjects(before.cells, before.subjects, release.tiles, made_from="earlier rows", regions=regions)
    started = time.monotonic()
    whole = prepare_fixes(table, release)
    fixes = whole.fixes
    prepared = time.monotonic()
    made = publish_places(fixes, release, tiling, regions=regions)
    ended = time.monotonic()
    who = f"{len(fixes.rows):,} fixes of {len(np.unique(fixes.subjects))} subjects"
    print(f"\n{name} {changes or ''}: {who}, {len(tiling.cells)} tiles")
    print(f"  kept {1 - made.suppressed / len(fixes.rows):.1%}: {by_level(made.cells)}")
    mean, far = displacement(fixes.latitudes, fixes.longitudes, *centers(made.cells))
    print(f"  displacement: mean {mean:,.0f} m, 95th percentile {far:,.0f} m")
    print(f"  {prepared - started:.1f} s for each subject's stage, {ended - prepared:.1f} s for the crowd's")
    recount(table, release, made)
    ended = time.monotonic()
    attack(attack_places(release, whole, made, tiling, lambda _: None))
    print(f"  {time.monotonic() - ended:.1f} s for the attacks")


def attack(verdicts: list[Verdict]) -> None:
    """Print what each attack reached, and on the raw rows."""
    for verdict in verdicts:
        told = verdict.measured
        line = f"  {verdict.check}: {str(told['outcome']).replace('_', ' ')}"
        if "estimate" in told:
            line += f", {told['estimate']:.2%} [{told['low']:.2%}, {told['high']:.2%}] of {told['attempts']:,}; limit "
            line += f"{told['limit']:.2%}, chance {told['baseline']:.2%}; raw {told['raw_estimate']:.1%}"
        print(line)


def historic(name: str, stated: dict[str, object], table: pa.Table) -> tuple[pa.Table, Fixes]:
    """Return the rows to release and the prepared ones that the tiling is made of."""
    if name in HISTORIC:
        start, end = HISTORIC[name]
        earlier = PlacesRelease.model_validate({**stated, "epoch": {"start": start, "end": end}})
        return table, prepare_fixes(table, earlier).fixes
    release = PlacesRelease.model_validate(stated)
    even = np.asarray(table[release.subject]) % 2 == 0
    return table.filter(pa.array(even)), prepare_fixes(table.filter(pa.array(~even)), release).fixes


def by_level(cells: Cells) -> str:
    """Return the shares of fixes by the resolution that they are told at."""
    at, counts = np.unique(resolutions(cells[cells != 0]), return_counts=True)
    return ", ".join(f"resolution {level} {count / len(cells):.1%}" for level, count in zip(at, counts, strict=True))


def recount(table: pa.Table, release: PlacesRelease, made: PublishedPlaces) -> None:
    """Count the crowds anew."""
    persons = persons_of(table[release.subject], {}, made.rows.tolist())
    verdicts = [check_crowds(made.table, persons, k=release.k)]
    if release.sequences:
        verdicts.append(check_pairs(made.table, persons, k=release.k))
        m = release.sequences.m
        verdicts.append(check_sequences(made.table, persons, k=release.k, m=m, draws=2_000, seed=1))
    for verdict in verdicts:
        held = "holds" if verdict.passed else "FAILS"
        print(f"  {verdict.check}: {held}, least {verdict.measured['least']} of k {release.k}")


if __name__ == "__main__":
    main(sys.argv[1:] or [*FILES, "sequences"])
