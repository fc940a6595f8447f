"""Files of a table that are to be judged, counted from their footers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from jobs import manifest
from jobs.commit import StagedFile
from quality.contracts import DATE, Contract


@dataclass(frozen=True)
class Staged:
    """Files of a table that are to be judged: written but not published, or published now. Paths are below ``root``."""

    contract: Contract
    root: Path
    files: tuple[StagedFile, ...]

    @cached_property
    def rows(self) -> Counter[date]:
        """Rows by date."""
        return rows_by_date(self.files)


def rows_by_date(files: Iterable[StagedFile]) -> Counter[date]:
    """Return how many rows files have of each date."""
    counts: Counter[date] = Counter()
    for file in files:
        counts[file.date] += file.rows
    return counts


def staged_files(contract: Contract, folder: Path) -> Staged:
    """Return what lies in the folder of a stage, counted from the files' footers."""
    import pyarrow.parquet as pq

    files = []
    for path in sorted(folder.glob(f"{DATE}=*/*.parquet")):
        stat = path.stat()
        day = date.fromisoformat(path.parent.name.partition("=")[2])
        rows, modified = pq.read_metadata(path).num_rows, int(stat.st_mtime * 1000)
        name = path.relative_to(folder.parent).as_posix()
        files.append(StagedFile(name, stat.st_size, rows, day, modified, manifest.sha256_of(path)))
    return Staged(contract, folder.parent, tuple(files))
