"""Whether an engine failed because published files are gone or changed: which tables, and of which dates.

A look at each file's bytes costs, so it is taken only when something failed that nothing else explains.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jobs import manifest
from jobs.explain_failure import explain_failure
from jobs.home import Region
from jobs.region_faults import look_at
from quality.contracts import contract
from quality.contracts.errors import EnvironmentFault, GeowardError

if TYPE_CHECKING:
    from jobs.commit import StagedFile
    from jobs.lake import Lake

NAMED = 3
"""Dates that a message names at most; fsck names all."""


@contextmanager
def harm_explained(regions: Iterable[Region], tables: Collection[str]) -> Iterator[None]:
    """Let an error that nothing explains leave as ``EnvironmentFault`` if files of these tables are harmed."""
    try:
        yield
    except GeowardError:
        raise
    except Exception as error:
        if not explain_failure(error) and (fault := harm(regions, tables)):
            raise fault from None
        raise


def harm(regions: Iterable[Region], tables: Collection[str]) -> EnvironmentFault | None:
    """Return what to say of the first of the tables that is not what was published; None if all are."""
    for region in regions:
        for table in tables:
            if what := _harm(region, table):
                message = f"{table} in region {region.name} cannot be read: {what}."
                return EnvironmentFault(message, mend=look_at(region.name))
    return None


def _harm(region: Region, table: str) -> str:
    from jobs.lake import Lake, no_spark  # which costs a query memory and time

    lake = Lake(region, no_spark)
    try:
        files = lake.published(contract(table)).files
    except (ImportError, MemoryError):  # no memory for Delta's library is nothing of the log's
        raise
    except Exception:  # whatever Delta says of a log: it may hold anything
        return "its log is damaged"
    sums = _sums(lake, table)
    days = sorted({str(file.date) for file in files if not _is_whole(lake, table, file, sums)})
    if not days:
        return ""
    more = f" and {len(days) - NAMED} more dates" if len(days) > NAMED else ""
    return f"files of {', '.join(days[:NAMED])}{more} are gone or changed since they were published"


def _sums(lake: Lake, table: str) -> dict[str, str]:
    """Return the SHA-256 of the published files, as far as manifests can be read."""
    try:
        active = manifest.active(manifest.history(lake.path(table)))
    except (OSError, ValueError):
        return {}
    return {file.path: file.sha256 for files in active.values() for _, file in files}


def _is_whole(lake: Lake, table: str, file: StagedFile, sums: dict[str, str]) -> bool:
    path = lake.path(table) / file.path
    try:
        return path.stat().st_size == file.bytes and sums.get(file.path) in (None, manifest.sha256_of(path))
    except OSError:
        return False
