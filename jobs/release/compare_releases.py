"""Two versions of a table side by side: parameters, what was lost, and what their difference tells of a few people."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jobs.release.verify_file import existing
from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.measurement import Measurement
from quality.checks.anonymity.published_table import Roles, open_engine, open_file, quoted
from quality.checks.anonymity.utility import Utility, measure_utility
from quality.checks.attacks.differencing import Counts, differences

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Differencing:
    """``small`` of ``in_both`` groups changed by 1 to k - 1 subjects; groups of one version only are counted."""

    k: int
    in_both: int
    only_old: int
    only_new: int
    small: int


@dataclass(frozen=True, slots=True)
class Compared:
    """``utility`` of the new table if the old one is its source, else ``differencing`` of two published ones."""

    old: Measurement
    new: Measurement
    utility: Utility | None
    differencing: Differencing | None


def compare_releases(old: Path, new: Path, roles: Roles, *, of_source: bool, k: int = 0) -> Compared:
    """Compare two CSV or Parquet files; ``of_source`` says that ``new`` was made of ``old``, which is not published.

    ``k`` is the fewest people that a difference may be of; 0 for the greater k of both files, at least 2. Raises
    ``UsageError`` for files that are no tables, lack columns or have no rows.
    """
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        before, after = (
            open_file(db, existing(path), name=name, columns=roles.columns)
            for path, name in ((old, "the old version"), (new, "the new version"))
        )
        measured = [measure_anonymity(db, table, roles, worst=0) for table in (before, after)]
        if of_source:
            return Compared(measured[0], measured[1], _utility(db, before, after, roles, _k(measured[1])), None)
        limit = k or max(2, *(_k(one) for one in measured))
        return Compared(measured[0], measured[1], None, count_differences(db, before, after, roles, limit))


def _k(measured: Measurement) -> int:
    found = measured.find("k")
    return int(found.value) if found else 1


def _utility(db: DuckDBPyConnection, old: str, new: str, roles: Roles, k: int) -> Utility:
    names = ", ".join(quoted(name) for name in roles.quasi_ids)
    tables = [db.sql(f"SELECT {names} FROM {quoted(table)}").to_arrow_table() for table in (old, new)]
    return measure_utility(tables[0], tables[1], roles.quasi_ids, k=k)


def count_differences(db: DuckDBPyConnection, old: str, new: str, roles: Roles, k: int) -> Differencing:
    """Return how many groups of equal quasi-identifiers changed by fewer than ``k`` subjects, and by at least one.

    Subjects are distinct values of the subject's column, rows without one. New minus old is the late person (Ganta,
    Kasiviswanathan & Smith, KDD 2008): one who is in one version only stands in a difference of that size.
    """
    keys = [f"CAST({quoted(name)} AS VARCHAR) AS q{at}" for at, name in enumerate(roles.quasi_ids)]
    who = quoted(roles.subject or "")
    counted = f"count(DISTINCT {who}) + CAST(count(*) > count({who}) AS INTEGER)" if roles.subject else "count(*)"
    grouped = f"SELECT {', '.join(keys)}, {counted} AS n FROM {{}} GROUP BY ALL"
    on = " AND ".join(f"a.q{at} IS NOT DISTINCT FROM b.q{at}" for at in range(len(keys)))
    found = db.execute(
        f"SELECT coalesce(a.n, 0) AS old, coalesce(b.n, 0) AS new FROM ({grouped.format(quoted(old))}) a "
        f"FULL JOIN ({grouped.format(quoted(new))}) b ON {on}"
    ).fetchnumpy()
    before, after = (np.asarray(found[name], np.int64) for name in ("old", "new"))
    told = differences(_counts(before), _counts(after), k=k)
    return Differencing(k, told.attempts, int((after == 0).sum()), int((before == 0).sum()), told.successes)


def _counts(people: NDArray[np.int64]) -> Counts:
    """Return the published groups of one version; a group's place in the union of both is its key."""
    published = np.flatnonzero(people)
    return Counts(published[:, None], people[published])
