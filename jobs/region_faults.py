"""One bad region stops no other: what keeps it from taking part is kept and told, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from jobs.explain_failure import explain_failure
from jobs.home import Region
from jobs.listings.listing import OfRegions, RegionFault
from quality.contracts.errors import EnvironmentFault, GeowardError

Of = TypeVar("Of", bound=OfRegions)

Fence = Callable[[Region], AbstractContextManager[None]]
"""Stands around what is done for one region."""


def unfenced(region: Region) -> AbstractContextManager[None]:
    """Let what a region raises go on, where there is one region only or all must be well."""
    return nullcontext()


class RegionFaults(dict[str, GeowardError]):
    """Why regions do not take part, the first reason of each."""

    @contextmanager
    def fence(self, region: Region) -> Iterator[None]:
        """Keep what is raised for a region, so that the next one has its turn."""
        try:
            yield
        except Exception as error:
            self.setdefault(region.name, region_fault(region, error))

    def listed(self) -> list[RegionFault]:
        """Return the faults as a listing's ``left_out`` names them."""
        return [RegionFault(region=region, error=str(error)) for region, error in self.items()]

    def into(self, listing: Of) -> Of:
        """Return the listing with the faults in it: with any, not all is ``ok``."""
        not_ok = {"ok": False} if self and "ok" in type(listing).model_fields else {}
        return listing.model_copy(update={"left_out": self.listed(), **not_ok})

    def told(self) -> list[GeowardError]:
        """Return the faults, each with the region that it keeps out."""
        return [_of(region, error) for region, error in self.items()]


def _of(region: str, error: GeowardError) -> GeowardError:
    told = GeowardError(f"{region} takes no part: {error.message}", mend=error.mend)
    told.exit_code = error.exit_code
    return told


def region_fault(region: Region, error: Exception) -> GeowardError:
    """Return what may be said of an error that a region's storage raised: the error's own text might hold a value."""
    if isinstance(error, GeowardError):
        return error
    return explain_failure(error) or EnvironmentFault(
        f"What is stored in region {region.name} cannot be read ({type(error).__name__}).", mend=look_at(region.name)
    )


def look_at(region: str) -> str:
    """Return the next step for storage that is not as it should be."""
    where = f" --region {region}" if region else ""
    again = "; once mended, run it again" if region else ""
    return f"Run `geoward fsck{where}`: it names each damage and its mend{again}."
