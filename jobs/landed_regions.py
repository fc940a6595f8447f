"""The regions a listing covers, without making anything where nothing has landed yet."""

from __future__ import annotations

from collections.abc import Iterator

from jobs.catalog import Catalog
from jobs.home import Home, Region


def covered(home: Home, region: str = "") -> list[Region]:
    """Return the region of that name, or all; raise ``UsageError`` when it is not configured."""
    return [home.region(region)] if region else list(home.regions.values())


def catalogs(home: Home, region: str = "") -> Iterator[tuple[Region, Catalog]]:
    """Return each covered region's catalog, of those that have one."""
    for place in covered(home, region):
        if (place.root / "catalog.sqlite").exists():
            yield place, Catalog(place)
