"""Build a release of places for several k and finest cells, in memory and for nobody to read, and propose one."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from jobs.listings.release_tunes import TunedPlacesPoint
from jobs.release.build_file import told_failure
from jobs.release.build_places import BuiltPlaces, build_places, tile_file
from jobs.release.choose_point import Costs, nearest_to_best, undominated
from quality.contracts.errors import UsageError
from quality.releases.places import PlacesRelease

if TYPE_CHECKING:
    from transforms.location.planar_laplace import NoiseSource

COMPROMISE = (
    "of the frontier and within the gates, the nearest to the best of each: risk, fixes not told, and displacement by"
    " its logarithm (Zeleny, 1973)"
)
LARGEST = "the largest k within the gates, and of its cells those that displace least"
FEW = 3
"""Of fewer points within the gates there is no compromise, but the largest k."""

CROWDS = ("places_k_reached", "places_pairs", "places_sequences")


@dataclass(frozen=True, slots=True)
class TunedPlaces:
    """A point for each finest resolution and k, in order, one of them proposed by the ``rule``, if any can be."""

    points: tuple[TunedPlacesPoint, ...]
    rule: str

    @property
    def proposed(self) -> TunedPlacesPoint | None:
        """The point that is proposed."""
        return next((point for point in self.points if point.proposed), None)


def tune_places(
    release: PlacesRelease, declared_in: Path, source: Path, historic: Path, ks: Sequence[int],
    finest: Sequence[int], tell: Callable[[str], None], *, noise: NoiseSource | None = None,
) -> TunedPlaces:  # fmt: skip
    """Build ``release`` of ``source`` with each of ``ks`` and of the ``finest`` resolutions; nothing is written.

    Each resolution has tiles of its own, made of ``historic`` rows from before the epoch. Raises ``UsageError`` for a k
    or a resolution that no release can have, and what ``tile_file`` and ``build_places`` do.
    """
    points = []
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch:
        for at in sorted(set(finest)):
            tried = [_with(release, k, at) for k in sorted(set(ks))]
            tell(f"Resolution {at}:")
            tiling = Path(scratch) / f"{at}.json"
            tiling.write_text(tile_file(tried[0], declared_in, historic, tell).to_json(), encoding="utf-8")
            for one in tried:
                tell(f"Resolution {at}, k = {one.k}:")
                points.append(_point(one, build_places(one, declared_in, source, tiling, None, tell, noise=noise)))
    return propose(points)


def without_attacks(release: PlacesRelease) -> PlacesRelease:
    """Return the release with no attack to be tried: to look for a point faster. A build tries them."""
    named = {"home_work", "linkage", "trajectory_linking", "recovery"} & set(type(release.gates).model_fields)
    untried: dict[str, object] = {**dict.fromkeys(named), "unicity": {}}
    return release.model_copy(update={"gates": release.gates.model_copy(update=untried)})


def _with(release: PlacesRelease, k: int, finest: int) -> PlacesRelease:
    try:
        tiles = type(release.tiles).model_validate({**release.tiles.model_dump(), "finest": finest})
    except ValidationError:
        mend = f"This release's coarsest cells are of {release.tiles.coarsest}; the finest there are, of 11."
        raise UsageError(f"No cell of this release can be of resolution {finest}.", mend=mend) from None
    if k < 2:
        raise UsageError("Every k is 2 or more.", mend="For example: --k 5,10,20")
    return release.model_copy(update={"k": k, "tiles": tiles})


def propose(points: Sequence[TunedPlacesPoint]) -> TunedPlaces:
    """Mark the Pareto frontier of ``points`` (risk, fixes not told, displacement) and propose one that may be built."""
    best = undominated([_costs(point) for point in points])
    marked = [p.model_copy(update={"frontier": front}) for p, front in zip(points, best, strict=True)]
    able = [(costs, point) for point in marked if point.within_gates and (costs := _costs(point)) is not None]
    front = sorted((pair for pair in able if pair[1].frontier), key=lambda pair: -pair[1].k)
    if not able:
        return TunedPlaces(tuple(marked), COMPROMISE)
    rule = COMPROMISE if len(front) >= FEW else LARGEST
    if rule == COMPROMISE:
        chosen = front[nearest_to_best([costs for costs, _ in front])][1]
    else:
        chosen = min(able, key=lambda pair: (-pair[1].k, pair[0][2]))[1]
    return TunedPlaces(tuple(p.model_copy(update={"proposed": p is chosen}) for p in marked), rule)


def _costs(point: TunedPlacesPoint) -> Costs | None:
    if point.risk_highest is None or point.kept is None or point.displacement_m is None:
        return None
    return point.risk_highest, 1 - point.kept, math.log(max(point.displacement_m[0], 1.0))


def _point(release: PlacesRelease, built: BuiltPlaces) -> TunedPlacesPoint:
    why = ", ".join(map(told_failure, built.failed))
    if not built.rows_out:
        return TunedPlacesPoint(finest=release.tiles.finest, k=release.k, why=why or "nothing is told")
    crowds = [int(v.measured["least"]) for v in built.verdicts if v.check.startswith(CROWDS) and v.measured["least"]]
    reached = {v.check: float(v.measured["estimate"]) for v in built.verdicts if "estimate" in v.measured}
    return TunedPlacesPoint(
        finest=release.tiles.finest, k=release.k, why=why, risk_highest=1 / min(crowds), attacks=reached,
        kept=built.kept, displacement_m=built.displacement_m, cells=built.cells, within_gates=not built.failed,
    )  # fmt: skip
