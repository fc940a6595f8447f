"""Measure how anonymous a file is, whoever made it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.counted import counted
from quality.checks.anonymity.has_order import has_order
from quality.checks.anonymity.hierarchy_file import Paths, read_paths
from quality.checks.anonymity.judge_models import judge_models, recursive_levels
from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.measurement import Measurement
from quality.checks.anonymity.published_table import Roles, open_engine, open_file, quoted
from quality.checks.anonymity.warn_texts import warn_texts
from quality.checks.verdict import Verdict
from quality.contracts.errors import UsageError
from quality.releases.privacy_models import PrivacyModel

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Beside:
    """What a measurement needs beside the file: a population, hierarchies by column, orders of values by column.

    ``delimiter`` is that of all CSV files, or empty: then each one's header tells it.
    """

    population: Path | None = None
    population_subject: str | None = None
    hierarchies: Mapping[str, Path] = field(default_factory=dict)
    orders: Mapping[str, Sequence[str]] = field(default_factory=dict)
    delimiter: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was measured, and whether each model that was asked for holds.

    ``unordered`` are the sensitive columns whose values have no order: of them ``t_ordered`` says nothing.
    """

    measured: Measurement
    verdicts: tuple[Verdict, ...]
    unordered: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every model that was asked for holds; a warning is none."""
        return not any(verdict.stops for verdict in self.verdicts)

    @property
    def judged(self) -> bool:
        """Whether any model was asked for."""
        return any(verdict.severity == "error" for verdict in self.verdicts)


def verify_file(
    path: Path, roles: Roles, models: Sequence[PrivacyModel] = (), *, beside: Beside | None = None, worst: int = 5
) -> Verified:
    """Measure a CSV file (all columns are text), a Parquet file or a folder of those; judge it by ``models``.

    Raises ``UsageError`` for a file that is not there or no table, for columns it lacks, and for a table without rows.
    """
    given = beside or Beside()
    hierarchies = {column: read_hierarchy(file) for column, file in given.hierarchies.items()}
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        table = open_file(db, existing(path), name=path.name, delimiter=given.delimiter)
        crowd = None
        if given.population is not None:
            theirs = (*roles.quasi_ids, *([given.population_subject] if given.population_subject else []))
            crowd = open_file(
                db, existing(given.population), name="the population", columns=theirs, delimiter=given.delimiter
            )
        _refuse_orders(db, table, given.orders)
        measured = measure_anonymity(
            db, table, roles, population=crowd, population_subject=given.population_subject, hierarchies=hierarchies,
            orders=given.orders, recursive=recursive_levels(models), worst=worst,
        )  # fmt: skip
        columns = [name for name, *_ in db.execute(f"DESCRIBE {quoted(table)}").fetchall()]
        warned = warn_texts(db, table, columns, roles.subject)
        unordered = tuple(n for n in roles.sensitive if n not in given.orders and not has_order(db, table, n))
    return Verified(measured, (*judge_models(measured, models), *warned), unordered)


def _refuse_orders(db: DuckDBPyConnection, table: str, orders: Mapping[str, Sequence[str]]) -> None:
    """Raise ``UsageError`` for an order that lacks a value: it would stand last, which nobody said."""
    for name, order in orders.items():
        column = f"CAST({quoted(name)} AS VARCHAR)"
        query = f"SELECT count(DISTINCT {column}) FROM {quoted(table)} WHERE NOT list_contains($1, {column})"
        if lacking := db.execute(query, [list(order)]).fetchall()[0][0]:
            raise not_in_order(name, lacking)


def not_in_order(name: str, lacking: int) -> UsageError:
    """Return the error of an ``--order`` that lacks values of the column."""
    return UsageError(
        f"{counted(lacking, 'value')} of {name} {'is' if lacking == 1 else 'are'} not in its --order.",
        mend="State the order of all of them.",
    )


def existing(path: Path) -> Path:
    """Return the path; raise ``UsageError`` if nothing is there."""
    if not path.exists():
        raise UsageError(f"There is no file {path.name!r} there.", mend="Name a file that you can read.")
    return path


def read_hierarchy(path: Path) -> Paths:
    """Return the paths of a hierarchy's file; raise ``UsageError`` for one that is none."""
    try:
        return read_paths(existing(path).read_text(encoding="utf-8"), name=path.name)
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} is not UTF-8.", mend="Write it as UTF-8 text.") from None
