"""What a command cannot tell of since its storage is gone: said beside the result, or instead of it if asked for."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.cli.app import err
from jobs.home import Home
from quality.contracts.errors import GeowardError


def tell_lost(home: Home, region: str = "", tables: Iterable[str] = ()) -> None:
    """Say on stderr which regions, or ``tables`` of them, are gone; raise that for a ``region`` asked for by name."""
    from jobs.landed_regions import covered
    from jobs.storage_problems import why_lost

    for place in covered(home, region):
        lost = why_lost(home, place)
        found = [lost] if lost else [why for table in tables if (why := why_lost(home, place, table))]
        if found and region:
            raise found[0]
        for why in {str(why): why for why in found}.values():
            tell_left_out(why)


def tell_left_out(error: GeowardError) -> None:
    """Say on stderr what is not in the result, and why."""
    err.print(f"Left out: {error}", markup=False)
