"""The regions a listing covers, without making anything where nothing has landed yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from jobs.catalog import Catalog
from jobs.home import Home, Region
from jobs.region_faults import Fence
from jobs.storage_problems import refuse_lost

Found = TypeVar("Found")


def covered(home: Home, region: str = "") -> list[Region]:
    """Return the region of that name, or all; raise ``UsageError`` when it is not configured."""
    return [home.region(region)] if region else list(home.regions.values())


def catalogs(home: Home, region: str = "") -> Iterator[tuple[Region, Catalog]]:
    """Return each covered region's catalog, of those that have one."""
    for place in covered(home, region):
        if (place.root / "catalog.sqlite").exists():
            yield place, Catalog(place)


def of_each(home: Home, region: str, fence: Fence, look: Callable[[str], Iterable[Found]]) -> list[Found]:
    """Return what ``look`` finds in each covered region, by its name; what a bad one raises goes to its ``fence``.

    Nothing that was found in that one is returned, and a region that is gone is never taken for an empty one.
    """
    found: list[Found] = []
    for place in covered(home, region):
        with fence(place):
            refuse_lost(home, place)
            found += [*look(place.name)]
    return found
