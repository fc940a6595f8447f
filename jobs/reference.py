"""Places and population: the user's own reference files, from which tiles get their size and their names.

Both are CSV with a header. Places: ``name,kind,latitude,longitude,population``. Population:
``latitude,longitude,residents,radius_m``, the residents spread evenly over a disk (radius 0: at the point).
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.home import Home
from quality.contracts.errors import UsageError
from quality.policies.jurisdiction import Release

if TYPE_CHECKING:
    from transforms.location.tile_cells import Tiling

FIELDS = {
    "places": ("name", "kind", "latitude", "longitude", "population"),
    "population": ("latitude", "longitude", "residents", "radius_m"),
}


def import_reference(home: Home, kind: str, path: Path, *, dry_run: bool = False) -> int:
    """Check a places or population file, keep it, and return its rows; it replaces the one before.

    Raises ``UsageError`` naming the line and the field at fault; nothing is kept then.
    """
    rows = read_reference(path, kind)
    if not dry_run:
        (home.folder("reference") / f"{kind}.csv").write_bytes(path.read_bytes())
    return len(rows)


def read_reference(path: Path, kind: str) -> list[dict[str, Any]]:
    """Read a places or population file; raise ``UsageError`` naming the line and the field at fault."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in FIELDS[kind] if name not in (reader.fieldnames or ())]:
                raise UsageError(
                    f"{path.name} lacks columns: {', '.join(missing)}.", mend=f"Header: {','.join(FIELDS[kind])}"
                )
            return [_typed(path, number, row, kind) for number, row in enumerate(reader, 2)]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UsageError(
            f"{path.name} cannot be read as CSV in UTF-8.", mend="Check the path and the encoding."
        ) from None


def reference_digest(home: Home) -> str:
    """Return a digest of both reference files as they are now; tables that use tiles are stale when it changes."""
    digest = hashlib.sha256()
    for kind in sorted(FIELDS):
        path = home.path / "reference" / f"{kind}.csv"
        digest.update(kind.encode() + (path.read_bytes() if path.exists() else b""))
    return digest.hexdigest()[:16]


def tiling_for(home: Home, release: Release) -> Callable[[], Tiling]:
    """Return a maker of the release's tiling; it is built at first use and then kept; a process builds it once."""
    made: list[Tiling] = []

    def tiling() -> Tiling:
        if not made:
            made.append(_build(home.path / "reference", reference_digest(home), release))
        return made[0]

    return tiling


def spread(rows: Iterable[dict[str, Any]], resolution: int) -> dict[str, float]:
    """Return residents by H3 cell of ``resolution``: each row's residents spread over the cells within its radius."""
    import h3.api.basic_int as h3  # H3's numbers, three times as fast as its texts

    residents: defaultdict[int, float] = defaultdict(float)
    edge = h3.average_hexagon_edge_length(resolution, "m")
    for row in rows:
        point = (row["latitude"], row["longitude"])
        center = h3.latlng_to_cell(*point, resolution)
        steps = math.ceil(row["radius_m"] / (edge * math.sqrt(3)))
        near = [
            cell
            for cell in h3.grid_disk(center, steps)
            if cell == center or h3.great_circle_distance(point, h3.cell_to_latlng(cell), "m") <= row["radius_m"]
        ]
        for cell in near:
            residents[cell] += row["residents"] / len(near)
    return {h3.int_to_str(cell): count for cell, count in residents.items()}


def populated_cells(home: Home, resolution: int) -> list[str]:
    """Return the H3 cells of a resolution in which people live, by the population file, sorted; none without it."""
    return list(_populated(home.path / "reference" / "population.csv", reference_digest(home), resolution))


@lru_cache(maxsize=4)
def _populated(path: Path, digest: str, resolution: int) -> tuple[str, ...]:
    """Return the cells, or those of the same reference files (``digest``): each day of a release asks for them."""
    return tuple(sorted(spread(read_reference(path, "population"), resolution))) if path.exists() else ()


@lru_cache(maxsize=4)
def _build(folder: Path, digest: str, release: Release) -> Tiling:
    """Build the tiling, or return that of the same reference files (``digest``) and release."""
    import h3

    from transforms.location.tile_cells import tile_by_residents

    read = {
        kind: read_reference(folder / f"{kind}.csv", kind) if (folder / f"{kind}.csv").exists() else []
        for kind in FIELDS
    }
    finest = release.finest_resolution
    places = [
        (h3.latlng_to_cell(p["latitude"], p["longitude"], finest), p["name"], p["population"]) for p in read["places"]
    ]
    return tile_by_residents(
        spread(read["population"], finest), places, finest=finest, coarsest=release.coarsest_resolution,
        tile_residents=release.tile_residents,
    )  # fmt: skip


def _typed(path: Path, number: int, row: dict[str, str], kind: str) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for name in FIELDS[kind]:
        if name in ("name", "kind"):
            typed[name] = row[name] or ""
            continue
        limit = {"latitude": 90.0, "longitude": 180.0}.get(name)
        try:
            value = float(row[name] or 0)
        except ValueError:
            value = math.nan
        good = math.isfinite(value) and (abs(value) <= limit if limit else value >= 0)
        if not good:
            raise UsageError(
                f"{path.name} line {number}: {name} is not a valid number.", mend="See `geoward places import --help`."
            )
        typed[name] = int(value) if name in ("population",) else value
    return typed
