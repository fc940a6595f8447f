"""Compare a table that is to be published with the versions of it that are out."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.release.read_table import is_parquet
from jobs.release.write_table import write_table
from quality.checks.anonymity.check_late_rows import check_late_rows, compare_cells, same_rows
from quality.checks.anonymity.compare_versions import Differences
from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.published_table import Roles, columns_of, open_engine, open_file
from quality.checks.verdict import Verdict
from quality.contracts.errors import UsageError
from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection


def judge_late_rows(
    release: TableRelease, made: pa.Table, out: Sequence[Path], paths: Mapping[str, Paths] | None
) -> Verdict:
    """Compare the rows ``made`` with each file of ``out`` that is there.

    ``paths`` are the hierarchies whose nodes the rows are published by, if each row is of another person; None if other
    rows cannot be compared. Raises ``UsageError`` for a file with other columns: it is no version.
    """
    there = [file for file in dict.fromkeys(out) if file.exists()]
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        found = [_compared(db, release, made, file, Path(scratch), paths) for file in there]
    others = [one for same, one in found if not same]
    return check_late_rows(others, versions=len(there), late_rows=release.late_rows)


def _compared(
    db: DuckDBPyConnection, release: TableRelease, made: pa.Table, file: Path, scratch: Path,
    paths: Mapping[str, Paths] | None,
) -> tuple[bool, Differences | None]:  # fmt: skip
    """Return whether ``file`` publishes the same rows, else what the difference tells, if that can be compared.

    The new rows are written as the old ones were and read again: a number has one spelling in CSV, another in Parquet.
    """
    old = _read(db, made.column_names, file)
    again = scratch / ("new.parquet" if is_parquet(file) else "new.csv")
    write_table(made, again)
    new = open_file(db, again, name="the new version")
    if same_rows(db, old, new):
        return True, None
    if paths is None:
        return False, None
    roles = Roles(tuple(release.quasi_ids), release.sensitive)
    return False, compare_cells(db, old, new, roles, k=least_people(release), hierarchies=paths)


def _read(db: DuckDBPyConnection, names: Sequence[str], file: Path) -> str:
    try:
        old = open_file(db, file, name="the old version")
        known = sorted(columns_of(db, old)) == sorted(names)
    except UsageError:
        known = False
    if not known:
        mend = "Name another output, or move the file away. `geoward release compare` takes versions of other columns."
        raise UsageError(f"{file.name} is there, and is no version of this release.", mend=mend)
    return old


def least_people(release: TableRelease) -> int:
    """Return the fewest people that a difference may be of: the greatest k that is declared, and no less than 2."""
    return max(2, *(getattr(model, "k", 2) for model in release.models))
