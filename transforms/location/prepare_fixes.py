"""The stage that needs one subject's rows at a time: what of them may go on to be published, if a crowd shares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from quality.contracts.untold import untold
from quality.releases.places import PlacesRelease, SensitivePlaces, Tiles
from transforms.location.cut_trips import cut_trips, trim_ends
from transforms.location.fixes import Fixes, Mask, count_fixes
from transforms.location.h3_cells import Cells, ancestors
from transforms.location.home_and_work import away_from_anchors
from transforms.location.planar_laplace import NoiseSource, Spent, noisy_cells
from transforms.location.sensitive_regions import sensitive_regions
from transforms.location.stay_points import stay_points


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """``fixes`` may go on, ``withheld`` counts the others by reason: in = out + withheld. ``spent`` is for noise.

    ``epoch`` are all fixes of the epoch as they truly were, for audits; they leave with nobody.
    """

    fixes: Fixes
    withheld: Mapping[str, int]
    spent: Spent | None
    epoch: Fixes


@untold
def regions_of(places: pa.Table, rules: SensitivePlaces, tiles: Tiles) -> Cells:
    """Return the regions around those of ``places`` (latitude or lat, longitude or lon, class) that are sensitive."""
    named = np.isin(np.array(places[rules.class_column].to_pylist(), object), list(rules.classes))
    wanted = [next(name for name in names if name in places.column_names) for names in _POSITION]
    latitudes, longitudes = (places[name].cast(pa.float64()).to_numpy()[named] for name in wanted)
    return sensitive_regions(latitudes, longitudes, rules, tiles)


_POSITION = (("latitude", "lat"), ("longitude", "lon", "lng"))


@untold
def prepare_fixes(
    table: pa.Table, release: PlacesRelease, *, regions: Cells | None = None, noise: NoiseSource | None = None
) -> Prepared:
    """Return what of ``table`` may be published: each step needs the rows of one subject only.

    In this order: the epoch's days; away from home and work; noise, after which all is post-processing (that a cell
    near home is left out is not covered by it); suppressed regions; trips, trimmed; stays only. Trips are cut after
    regions, so that a long visit and a long detour both end one.
    """
    fixes, withheld = count_fixes(table, release)

    def keep(reason: str, kept: Mask) -> Fixes:
        withheld[reason] = int((~kept).sum())
        return fixes.where(kept)

    fixes = keep("outside the epoch", _in_epoch(fixes, release))
    epoch = fixes
    if release.home_and_work:
        fixes = keep("near home or work", away_from_anchors(fixes, release.home_and_work))
    spent = None
    if release.noise:
        if noise is None:
            raise ValueError("the release declares noise, so a source must be given")
        told, spent = noisy_cells(fixes, table[release.subject], release, noise)
        fixes = fixes.at(told)
    if release.sensitive_places and release.sensitive_places.action == "suppress":
        if regions is None:
            raise ValueError("the release suppresses sensitive places, so their regions must be given")
        fixes = keep("in a sensitive region", ~in_regions(fixes.cells, regions, release.tiles))
    if release.trips:
        fixes = replace(fixes, trips=cut_trips(fixes, gap_minutes=release.trips.gap_minutes))
        fixes = keep("at the end of a trip", trim_ends(fixes, release.trips))
    if release.stay_points:
        stays = stay_points(fixes, radius_m=release.stay_points.radius_m, minutes=release.stay_points.minutes)
        fixes = keep("on its way", stays >= 0)
    return Prepared(fixes, withheld, spent, epoch)


@untold
def in_regions(cells: Cells, regions: Cells, tiles: Tiles) -> Mask:
    """Return which cells (n,) are inside one of ``regions``, or one of them."""
    found = np.zeros(len(cells), bool)
    for resolution in range(tiles.coarsest, tiles.finest + 1):
        found |= np.isin(ancestors(cells, resolution), regions)
    return found


def _in_epoch(fixes: Fixes, release: PlacesRelease) -> Mask:
    start, end = release.epoch.start, release.epoch.end + timedelta(days=1)
    first, after = ((day - date(1970, 1, 1)).days * 86_400 for day in (start, end))
    local = fixes.seconds + release.slots.utc_offset * 3_600
    return np.asarray((local >= first) & (local < after))
