"""Prove a release on the rows that are to be published, after the last transformation, with code of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quality.checks.anonymity.hierarchy_file import read_paths
from quality.checks.anonymity.judge_models import judge_models, recursive_levels
from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.measurement import Measurement
from quality.checks.anonymity.published_table import Roles, open_engine, open_file
from quality.checks.anonymity.warn_texts import warn_texts
from quality.checks.verdict import Verdict
from quality.releases.attributes import Order
from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection


def judge_published(
    release: TableRelease, published: pa.Table, who: pa.Table, *, hierarchies: dict[str, str], beside: Path
) -> tuple[Measurement, list[Verdict]]:
    """Measure ``published`` (its columns only) with ``who`` (subject and links of the same rows) and judge the models.

    ``hierarchies`` are texts by column; populations lie in the folder ``beside``. Raises what the checks raise.
    """
    renamed = {name: f"{name}, of the source" for name in who.column_names}  # a column of that very name is refused
    for name, column in zip(renamed.values(), who.columns, strict=True):
        published = published.append_column(name, column)
    roles = Roles(
        tuple(release.quasi_ids), release.sensitive, renamed.get(release.subject or ""),
        tuple(renamed[link] for link in release.links),
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        db.register("published", published)
        return _judged(db, release, roles, hierarchies, beside)


def judge_files(
    release: TableRelease, files: Sequence[Path], subject: str | None, *, hierarchies: dict[str, str], beside: Path
) -> tuple[Measurement, list[Verdict]]:
    """Measure the rows of Parquet ``files``, of which ``subject`` tells people apart, and judge the models."""
    roles = Roles(tuple(release.quasi_ids), release.sensitive, subject)
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        db.read_parquet([str(file) for file in files]).create_view("published")
        return _judged(db, release, roles, hierarchies, beside)


def _judged(
    db: DuckDBPyConnection, release: TableRelease, roles: Roles, hierarchies: dict[str, str], beside: Path
) -> tuple[Measurement, list[Verdict]]:
    population = open_file(db, beside / release.population, name="population") if release.population else None
    stated = {name: one.hierarchy for name, one in release.quasi_ids.items()}
    measured = measure_anonymity(
        db, "published", roles, population=population, population_subject=release.subject,
        hierarchies={name: read_paths(text, name=name) for name, text in hierarchies.items()},
        orders={name: one.values for name, one in stated.items() if isinstance(one, Order) and one.values},
        recursive=recursive_levels(release.models),
    )  # fmt: skip
    shown = (*release.quasi_ids, *release.sensitive, *release.keep)
    return measured, judge_models(measured, release.models) + warn_texts(db, "published", shown, roles.subject)
