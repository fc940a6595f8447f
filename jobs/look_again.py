"""Whether what fsck found may still be true, without reading data: what is surely mended since is told no more.

Only kinds whose mend shows in names, manifests or the catalog are looked at; others wait for fsck itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from jobs import manifest
from jobs.catalog import Catalog
from jobs.damage import TablePlace, made_by
from jobs.home import Region

_MENDED_WHEN_GONE = {"file_added", "manifest_added", "orphan", "set_aside"}
_OF_DATA = {"file_missing", "file_changed", "history_changed"}


def look_again(region: Region, table: str, found: Iterable[tuple[str, str]]) -> Counter[str]:
    """Return, by kind, how many findings (kind, path below the root) of a table, or of none, may still be true.

    A changed file that no reader is shown any more counts as one of an earlier version, as fsck would tell it. Where
    the region is not there, nothing is: each finding stays.
    """
    if not region.root.joinpath("catalog.sqlite").exists():
        return Counter(kind for kind, _ in found)
    place = _Again(region, table)
    return Counter(now for kind, path in found if (now := place.told_as(kind, path)))


@dataclass(frozen=True)
class _Again:
    region: Region
    table: str

    def told_as(self, kind: str, path: str) -> str:
        """Return the kind that a finding is of now; empty if it is mended, the same if that cannot be seen."""
        try:
            if kind in _MENDED_WHEN_GONE:
                return kind if self._is_there(path) else ""
            if kind in _OF_DATA:
                return self._of_data(kind, path)
            if kind == "unfinished":
                return kind if self._is_unfinished(path) else ""
            if kind == "table_missing":
                return kind if self._is_missing() else ""
        except Exception:  # whatever keeps it from being looked at, it may be as it was
            return kind
        return kind

    def _is_there(self, path: str) -> bool:
        """Return whether anything has that name, a broken link too; a folder that cannot be read raises."""
        try:
            self.region.root.joinpath(path).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def _of_data(self, kind: str, path: str) -> str:
        if not self._shown or _data_of(path) in self._shown:
            return kind
        return "history_changed" if self._is_there(path) else ""

    def _is_unfinished(self, path: str) -> bool:
        """Return whether a run's intention is still there, or its publication still to be told to auditors."""
        if path.endswith(manifest.PENDING):
            return self._is_there(path)
        return any(one.dataset == made_by(self.table) for one in Catalog(self.region).begun_publications())

    def _is_missing(self) -> bool:
        """Return whether a table, or the root, is not back with all that the catalog says was published."""
        if not self.table:
            return False  # of the root, which is there
        newest = manifest.newest(TablePlace(self.region, self.table).path)
        said = (one.version for one in Catalog(self.region).publications() if one.dataset == self.table)
        return newest is None or newest.version < max(said, default=0)

    @cached_property
    def _shown(self) -> frozenset[str]:
        """The paths of all that readers are shown, below the root; empty if no manifest says."""
        folder = TablePlace(self.region, self.table).path
        files = manifest.active(manifest.history(folder)).values()
        below = folder.relative_to(self.region.root)
        return frozenset((below / file.path).as_posix() for each in files for _, file in each)


def _data_of(path: str) -> str:
    """Return the data file of which a path is the file of checksums, else the path."""
    at = PurePosixPath(path)
    return (at.parent / at.name[1:-4]).as_posix() if at.name.startswith(".") and at.suffix == ".crc" else path
