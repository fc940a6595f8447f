"""What a release would do of a file: roles, models in words, hierarchies and rows, before a build reads it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.listings.release_reports import PlannedColumn, ReleasePlanListing, Role
from jobs.release.explain_release import means
from jobs.release.plan_values import TableSeen, see_table
from jobs.release.read_table import is_parquet
from quality.checks.anonymity.csv_file import csv_file
from quality.checks.anonymity.parquet_folder import is_hive, parts_of
from quality.checks.anonymity.published_table import explained, open_engine
from quality.contracts.errors import UsageError
from quality.releases.declaration import TableRelease

MOST_ROWS = 3_000_000
"""The rows up to which values are looked at as well."""

_TEXTS = {".csv", ".tsv", ".txt"}


@dataclass(frozen=True, slots=True)
class FileShape:
    """The columns of a file, and how many rows it has."""

    columns: tuple[str, ...]
    rows: int


def plan_release(release: TableRelease, declared_in: Path, source: Path) -> ReleasePlanListing:
    """Return the plan; hierarchies and populations lie beside ``declared_in``. What is missing is a problem, no error.

    Values are looked at in files of up to 3,000,000 rows, if nothing else is missing.
    """
    shape = shape_of(source) if source.exists() else None
    columns = _columns(release, declared_in.parent, shape)
    problems = _problems(release, declared_in.parent, source, shape, columns)
    seen = TableSeen([])
    if shape and not problems and shape.rows <= MOST_ROWS:
        seen = see_table(release, declared_in, source)
    return ReleasePlanListing(
        release=release.name, version=release.version, description=release.description, purpose=release.purpose,
        source=source.name, rows=shape.rows if shape else None, method=release.method, strict=release.strict,
        suppression=release.suppression, nulls=release.nulls, columns=columns,
        models=[means(model) for model in release.models], gates=release.gates.model_dump(),
        subjects=seen.people.subjects if seen.people else None, people=seen.people.people if seen.people else None,
        problems=[*problems, *seen.problems],
    )  # fmt: skip


def shape_of(path: Path) -> FileShape:
    """Return the columns and rows of a CSV or Parquet file, or a folder of those; UsageError for what is neither."""
    if not (is_parquet(path) or {suffix.lower() for suffix in path.suffixes} & _TEXTS):
        raise UsageError(f"{path.name} is neither CSV nor Parquet.", mend="Name it *.csv or *.parquet.")
    if not is_parquet(path):
        with explained(path.name):
            file = csv_file(path)
            return FileShape(file.names, file.count())
    with (
        tempfile.TemporaryDirectory(prefix="geoward-") as scratch,
        open_engine(Path(scratch)) as db,
        explained(path.name),
    ):
        if path.is_dir():
            found = db.read_parquet([str(part) for part in parts_of(path)], hive_partitioning=is_hive(path))
        else:
            found = db.read_parquet(str(path))
        rows = found.aggregate("count(*)").fetchall()[0][0]
        return FileShape(tuple(found.columns), int(rows))


def _columns(release: TableRelease, beside: Path, shape: FileShape | None) -> list[PlannedColumn]:
    roles: list[tuple[Role, Sequence[str]]] = [
        ("quasi_identifier", tuple(release.quasi_ids)), ("sensitive", release.sensitive), ("kept", release.keep),
        ("subject", (release.subject,) if release.subject else ()), ("link", release.links),
    ]  # fmt: skip
    planned = [_column(release, beside, shape, role, name) for role, names in roles for name in names]
    named = {one.name for one in planned}
    rest = [name for name in shape.columns if name not in named] if shape else []
    return [*planned, *(PlannedColumn(name=n, role="not_published", published=False, in_file=True) for n in rest)]


def _column(release: TableRelease, beside: Path, shape: FileShape | None, role: Role, name: str) -> PlannedColumn:
    one = release.quasi_ids.get(name)
    stated = one.hierarchy if one else release.hierarchies.get(name)
    of_file = isinstance(stated, str)
    return PlannedColumn(
        name=name, role=role, published=role not in ("subject", "link"), kind=one.kind if one else None,
        weight=one.weight if one else None,
        hierarchy=stated if isinstance(stated, str) else f"built: {stated.build}" if stated else None,
        hierarchy_found=(beside / str(stated)).is_file() if of_file else None,
        in_file=name in shape.columns if shape else None,
    )  # fmt: skip


def _problems(
    release: TableRelease, beside: Path, source: Path, shape: FileShape | None, columns: Sequence[PlannedColumn]
) -> list[str]:
    found = [] if shape else [f"There is no file {source.name} there: name the table with --input."]
    found += [f"{source.name} has no column {one.name}." for one in columns if one.in_file is False]
    found += [
        f"Hierarchy {one.hierarchy} of {one.name} is not beside the declaration."
        for one in columns
        if one.hierarchy_found is False
    ]
    found += _of_population(release, beside)
    if shape and shape.rows < release.k:
        found.append(f"{source.name} has {shape.rows:,} rows: no class of {release.k} can be made.")
    return found


def _of_population(release: TableRelease, beside: Path) -> list[str]:
    if release.population is None:
        return []
    if not (beside / release.population).exists():
        return [f"Population {release.population} is not beside the declaration."]
    known = shape_of(beside / release.population).columns
    wanted = (*release.quasi_ids, *([release.subject] if release.subject else []))
    return [f"Population {release.population} has no column {name}." for name in wanted if name not in known]
