"""Settlements and residents: what everybody may know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from jobs.sample.geography import Region, Settlement

PLACES_HEADER = "name,kind,latitude,longitude,population"
POPULATION_HEADER = "latitude,longitude,residents,radius_m"


def place_lines(regions: Iterable[Region]) -> list[str]:
    """Return CSV lines of the named settlements; countryside is no place of its own."""
    return [f"{s.name},{s.kind},{where},{s.residents}" for s, where in _located(regions) if s.kind != "countryside"]


def population_lines(regions: Iterable[Region]) -> list[str]:
    """Return CSV lines of residents, to be spread evenly over a disk of ``radius_m`` meters."""
    return [f"{where},{s.residents},{s.radius_m:.0f}" for s, where in _located(regions)]


def _located(regions: Iterable[Region]) -> Iterator[tuple[Settlement, str]]:
    for region in regions:
        for settlement in region.settlements:
            place = np.array([settlement.place])
            yield settlement, f"{region.latitudes(place)[0]:.6f},{region.longitudes(place)[0]:.6f}"
