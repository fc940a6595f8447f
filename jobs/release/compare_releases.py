"""Two versions of a table side by side: parameters, what was lost, and what their difference tells of a few people."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.release.verify_file import existing, read_hierarchy
from quality.checks.anonymity.compare_versions import Differences, compare_versions
from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.measurement import Measurement
from quality.checks.anonymity.published_table import Roles, columns_of, open_engine, open_file, quoted, require
from quality.checks.anonymity.utility import Utility, measure_utility

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Compared:
    """``utility`` of the new table if the old one is its source, else ``differencing`` of two published ones.

    ``kept`` columns were compared beside those with a role; ``left_out`` are in one file only, or have no value common
    to both.
    """

    old: Measurement
    new: Measurement
    utility: Utility | None
    differencing: Differences | None
    kept: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


ENOUGH = 10
"""People of a difference that are many enough where nobody says: classes of thousands would fail any change."""


def compare_releases(
    old: Path, new: Path, roles: Roles, *, of_source: bool, k: int = 0, hierarchies: Mapping[str, Path] | None = None,
    plain: Collection[str] = (), fixed_cells: bool = False, delimiter: str = "",
) -> Compared:  # fmt: skip
    """Compare two CSV or Parquet files; ``of_source`` says that ``new`` was made of ``old``, which is not published.

    ``fixed_cells`` says that both are over the cells of one partition (``compare_versions``), ``delimiter`` is that of
    CSV files. ``k`` is the fewest people that a difference may be of; 0 for the greater k of both files, but 2 to 10.
    What nodes of ``hierarchies`` (files as ARX writes them, by column) cover counts as lost, and no more; classes of
    nodes that cover a value in common overlap, and values of ``plain`` columns are no nodes. All columns of both files
    are compared. Raises ``UsageError`` for files that are no tables, lack columns or have no rows.
    """
    paths = {column: read_hierarchy(file) for column, file in (hierarchies or {}).items()}
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        before, after = (
            open_file(db, existing(path), name=name, columns=roles.columns if of_source else (), delimiter=delimiter)
            for path, name in ((old, "the old version"), (new, "the new version"))
        )
        for table in (before, after):
            require(db, table, (*roles.columns, *plain))
        if not of_source:
            _with_hours(db, (before, after), roles)
        measured = [measure_anonymity(db, table, roles, worst=0) for table in (before, after)]
        if of_source:
            return Compared(measured[0], measured[1], _utility(db, before, after, roles, _k(measured[1]), paths), None)
        limit = k or min(ENOUGH, max(2, *(_k(one) for one in measured)))
        kept, left_out = _kept(db, before, after, roles)
        told = compare_versions(
            db, before, after, roles, limit, fixed_cells=fixed_cells, kept=kept, hierarchies=paths, plain=plain
        )
        return Compared(measured[0], measured[1], None, told, kept, left_out)


def _with_hours(db: DuckDBPyConnection, tables: tuple[str, str], roles: Roles) -> None:
    """Make intervals of slots of places that have ``slot_hours`` beside them: six hours hold each of the six."""
    if "slot" not in roles.quasi_ids or not all("slot_hours" in columns_of(db, table) for table in tables):
        return
    rest = "*" if "slot_hours" in roles.columns else "* EXCLUDE (slot_hours)"
    for table in tables:
        at, hours = "CAST(slot AS VARCHAR)", "TRY_CAST(slot_hours AS INTEGER)"
        last = (
            f"coalesce(CAST(TRY_CAST({at} AS BIGINT) + {hours} AS VARCHAR), "
            f"CAST(TRY_CAST(replace(rtrim({at}, 'Z'), '+00:00', '') AS TIMESTAMP) + to_hours({hours}) AS VARCHAR))"
        )
        shown = f"coalesce('[' || {at} || ', ' || {last} || '[', {at})"
        told = f"SELECT {rest} REPLACE ({shown} AS slot) FROM {quoted(table)}"
        db.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(table)} AS {told}")


def _kept(db: DuckDBPyConnection, old: str, new: str, roles: Roles) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns without a role that can be compared, and those that cannot.

    One without a value in both, such as a number of rows made anew, changed in every row: it would hide what else did.
    """
    names = [columns_of(db, table) for table in (old, new)]
    others = [name for name in dict.fromkeys([*names[0], *names[1]]) if name not in roles.columns]
    kept = [name for name in others if name in names[0] and name in names[1] and _in_common(db, old, new, name)]
    return tuple(kept), tuple(name for name in others if name not in kept)


def _in_common(db: DuckDBPyConnection, old: str, new: str, name: str) -> bool:
    both = (f"SELECT CAST({quoted(name)} AS VARCHAR) AS v FROM {quoted(table)}" for table in (old, new))
    return bool(db.execute(f"SELECT count(v) FROM ({' INTERSECT '.join(both)})").fetchall()[0][0])


def _k(measured: Measurement) -> int:
    found = measured.find("k")
    return int(found.value) if found else 1


def _utility(db: DuckDBPyConnection, old: str, new: str, roles: Roles, k: int, paths: dict[str, Paths]) -> Utility:
    names = ", ".join(quoted(name) for name in roles.quasi_ids)
    tables = [db.sql(f"SELECT {names} FROM {quoted(table)}").to_arrow_table() for table in (old, new)]
    return measure_utility(tables[0], tables[1], roles.quasi_ids, k=k, hierarchies=paths)
