"""Prove a release on the rows that are to be published, after the last transformation, with code of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quality.checks.anonymity.hierarchy_file import Paths, read_paths
from quality.checks.anonymity.judge_models import judge_models, recursive_levels
from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.measurement import Measurement
from quality.checks.anonymity.published_table import Roles, open_engine, open_file
from quality.checks.anonymity.warn_texts import warn_texts
from quality.checks.verdict import Verdict
from quality.releases.attributes import Order
from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray


def judge_published(
    release: TableRelease, published: pa.Table, who: pa.Table, rows: NDArray[np.int64], *,
    hierarchies: dict[str, str], beside: Path, built: Mapping[str, Paths] | None = None,
) -> tuple[Measurement, list[Verdict]]:  # fmt: skip
    """Measure ``published``, of which each row is of the same of ``rows`` (m,) of ``who``, and judge the models.

    ``who`` holds the subject and the links of all rows that were read: links of rows that are not published count too.
    ``hierarchies`` are texts by column, ``built`` those that are declared by how they are built; populations lie in
    the folder ``beside``. Raises what the checks raise.
    """
    import pyarrow as pa

    renamed = _unused(who.column_names, published.column_names)
    who = who.rename_columns([renamed[name] for name in who.column_names])
    subject = renamed[release.subject] if release.subject else None
    if subject is not None:
        published = published.append_column(subject, who[subject].take(pa.array(rows)))
    roles = Roles(
        tuple(release.quasi_ids), release.sensitive, subject, tuple(renamed[link] for link in release.links)
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        db.register("published", published)
        if who.num_columns:
            db.register("accounts", who)
        paths = {**(built or {}), **_paths(hierarchies)}
        return _judged(db, release, roles, paths, beside, "accounts" if who.num_columns else None)


def _unused(names: Sequence[str], taken: Sequence[str]) -> dict[str, str]:
    """Return a new name for each of ``names`` that no column of ``taken`` has, in whatever case."""
    start = "source"
    while any(name.casefold().startswith(start) for name in taken):
        start += "_"
    return {name: f"{start}_{at}" for at, name in enumerate(names)}


def judge_files(
    release: TableRelease, files: Sequence[Path], subject: str | None, *, hierarchies: dict[str, str], beside: Path
) -> tuple[Measurement, list[Verdict]]:
    """Measure the rows of Parquet ``files``, of which ``subject`` tells people apart, and judge the models."""
    roles = Roles(tuple(release.quasi_ids), release.sensitive, subject)
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        db.read_parquet([str(file) for file in files]).create_view("published")
        return _judged(db, release, roles, _paths(hierarchies), beside)


def _paths(texts: Mapping[str, str]) -> dict[str, Paths]:
    return {name: read_paths(text, name=name) for name, text in texts.items()}


def _judged(
    db: DuckDBPyConnection, release: TableRelease, roles: Roles, hierarchies: Mapping[str, Paths], beside: Path,
    accounts: str | None = None,
) -> tuple[Measurement, list[Verdict]]:  # fmt: skip
    population = open_file(db, beside / release.population, name="population") if release.population else None
    stated = {name: one.hierarchy for name, one in release.coded.items()}
    measured = measure_anonymity(
        db, "published", roles, population=population, population_subject=release.subject,
        hierarchies=hierarchies,
        orders={name: one.values for name, one in stated.items() if isinstance(one, Order) and one.values},
        recursive=recursive_levels(release.models), accounts=accounts,
    )  # fmt: skip
    shown = (*release.quasi_ids, *release.sensitive, *release.keep)
    return measured, judge_models(measured, release.models) + warn_texts(db, "published", shown, roles.subject)
