"""What must be left of the data in a release of places, and what its noise may cost: the gates that are no attacks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quality.checks.places.utility import Ints, common_part_of_commuters, displacement, flows
from quality.checks.verdict import Verdict
from quality.releases.places import PlacesRelease
from transforms.location.cut_trips import cut_trips
from transforms.location.h3_cells import ancestors, centers
from transforms.location.planar_laplace import Spent
from transforms.location.prepare_fixes import Prepared
from transforms.location.publish_places import PublishedPlaces


@dataclass(frozen=True, slots=True)
class NoiseSpent:
    """What planar Laplace noise cost: each distinct cell of a subject ``epsilon_per_km``, and an epoch their sum.

    ``median`` and ``worst`` are over the subjects of whom anything was told noisily.
    """

    epsilon_per_km: float
    median: float
    worst: float


def spent_on(noise: Spent) -> NoiseSpent:
    """Return what a subject's cells add up to over the epoch."""
    cells = noise.cells[noise.cells > 0]
    middle = float(np.median(cells)) if len(cells) else 0.0
    return NoiseSpent(noise.epsilon_per_km, middle * noise.epsilon_per_km, noise.most)


def useful(prepared: Prepared, made: PublishedPlaces) -> tuple[float, tuple[float, float]]:
    """Return the share of the epoch's fixes that are told, and how far in meters from where they truly were."""
    epoch, fixes = prepared.epoch, prepared.fixes
    order = np.argsort(epoch.rows)
    true = order[np.searchsorted(epoch.rows, fixes.rows, sorter=order)]
    far = displacement(epoch.latitudes[true], epoch.longitudes[true], *centers(made.cells))
    return (len(fixes.rows) - made.suppressed) / max(len(epoch.rows), 1), far


def judge_floors(release: PlacesRelease, prepared: Prepared, made: PublishedPlaces, kept: float) -> list[Verdict]:
    """Return whether enough is kept of the fixes and of flows, and whether the noise kept to its budget."""
    found = [_kept(release, kept)]
    if release.pseudonym == "trip":
        found.append(_commuters(release, prepared, made))
    if prepared.spent is not None:
        found.append(_budget(release, spent_on(prepared.spent)))
    return found


def _kept(release: PlacesRelease, kept: float) -> Verdict:
    floor = release.gates.visits_kept
    return Verdict(
        "visits_kept", kept > 0 and kept >= floor,
        f"At least {floor:.0%} of the fixes are told of, so that the release is of use.",
        "Allow longer slots (`slots.hours`) or coarser cells (`tiles.coarsest`), which costs precision; a smaller k "
        "costs privacy.", {"share": kept, "limit": floor},
    )  # fmt: skip


def _commuters(release: PlacesRelease, prepared: Prepared, made: PublishedPlaces) -> Verdict:
    """Compare the trips' first and last cells, at the coarsest resolution, which all can be told at."""
    floor, at = release.gates.common_commuters, release.tiles.coarsest
    epoch = prepared.epoch
    gap = release.trips.gap_minutes if release.trips else 0.0
    trips = cut_trips(epoch, gap_minutes=gap).astype(np.int64)
    true = _ends(trips, epoch.seconds, ancestors(epoch.cells, at))
    cells = np.array([int(text, 16) for text in made.table["cell"].to_pylist()], np.uint64)
    slots = made.table["slot"].cast("int64").to_numpy()
    told = _ends(made.table["trip"].to_numpy(), slots, ancestors(cells, at))
    of, counts = flows(*true, pairs=np.stack(told, axis=1))
    shown = flows(*told, pairs=of)[1]
    share = common_part_of_commuters(counts, shown)
    return Verdict(
        "common_commuters", share >= floor,
        f"The common part of commuters, of trips from cell to cell of resolution {at}, is at least {floor:.0%} "
        "(Lenormand et al., 2012).",
        "Let a pseudonym last longer (`sequences.points`) or trim less (`trips`), which costs privacy; longer slots "
        "or a smaller k keep more ends of trips.", {"share": share, "limit": floor, "pairs": len(of)},
    )  # fmt: skip


def _ends(trips: Ints, times: Ints, cells: object) -> tuple[Ints, Ints]:
    """Return the cell in which each trip begins, and that in which it ends."""
    places = np.asarray(cells).astype(np.int64)
    order = np.lexsort((times, trips))
    starts = np.flatnonzero(np.diff(trips[order], prepend=-1))
    lasts = np.append(starts[1:], len(order))[: len(starts)] - 1
    return places[order[starts]], places[order[lasts]]


def _budget(release: PlacesRelease, spent: NoiseSpent) -> Verdict:
    limit = release.noise.max_epsilon_per_km if release.noise else None
    measured: dict[str, int | float | str] = {
        "epsilon_per_km_of_a_cell": spent.epsilon_per_km, "median": spent.median, "worst": spent.worst,
    }  # fmt: skip
    text = f"Noise of {spent.epsilon_per_km:g} per km and cell adds up to "
    text += f"{spent.worst:g} per km at most for a subject of the epoch, {spent.median:g} at the median; "
    if limit is None:
        unlimited = text + "no limit is stated."
        return Verdict("noise_budget", False, unlimited, "", {"outcome": "not_tried", **measured}, "warn")
    mend = "A smaller `noise.epsilon_per_km` or coarser cells (`tiles.finest`) cost precision; a larger "
    mend += "`max_epsilon_per_km` costs the promise. A shorter epoch mends nothing: losses of epochs add up for who "
    mend += "stays in a place."
    text += f"{limit:g} is allowed."
    return Verdict("noise_budget", spent.worst <= limit, text, mend, {**measured, "limit": limit})
