"""A table made of other rows is a new version, and new minus old is who came or went: nobody may be told so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from quality.checks.anonymity.compare_versions import Differences, compare_versions
from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.published_table import Roles, columns_of, quoted
from quality.checks.verdict import Measured, Verdict
from quality.checks.version_out import none_named

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KEEP = "Keep the version that is out until the next epoch: freshness; or declare `late_rows: allow`: their privacy."
_FITTED = "Classes that were fitted to other rows cannot be compared: what two that overlap leave may be one person. "
_FEW = "Who has both versions learns of the few that came or went. "
_CLAIM = "No version that is out differs from this one by a few people."


def same_rows(db: DuckDBPyConnection, old: str, new: str) -> bool:
    """Return whether two tables of the same columns publish the same rows, in whatever order."""
    names = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in columns_of(db, new))
    each = [f"SELECT {names}, count(*) FROM {quoted(table)} GROUP BY ALL" for table in (old, new)]
    differ = f"({each[0]} EXCEPT {each[1]}) UNION ALL ({each[1]} EXCEPT {each[0]})"
    return db.execute(f"SELECT count(*) FROM ({differ})").fetchall() == [(0,)]


def compare_cells(
    db: DuckDBPyConnection, old: str, new: str, roles: Roles, *, k: int, hierarchies: Mapping[str, Paths]
) -> Differences:
    """Return what two tables over nodes of ``hierarchies`` tell of a few rows, each of which is of one person."""
    kept = [name for name in columns_of(db, new) if name not in roles.columns]
    return compare_versions(db, old, new, roles, k, fixed_cells=True, kept=kept, hierarchies=hierarchies)


def check_late_rows(others: Sequence[Differences | None], *, versions: int, late_rows: str) -> Verdict:
    """Return whether each of the ``versions`` that are out may stand beside the new one.

    ``others`` are of those that publish other rows: what the difference tells, or None where it cannot be told, for
    classes that were fitted or people with several rows. ``late_rows`` is what the release declares; ``allow`` only
    warns. With no version out nothing is compared, and the verdict warns of that.
    """
    if not versions:
        return none_named("late_rows")
    told = [one for one in others if one is not None]
    measured: Measured = {
        "versions": versions, "of_other_rows": len(others), "not_compared": len(others) - len(told),
        "by_fewer_than_k": sum(one.small + one.secrets + one.kept + one.alike for one in told),
        "overlapping": sum(one.overlaps.pairs + one.overlaps.unknown for one in told),
    }  # fmt: skip
    holds = len(told) == len(others) and all(one.holds for one in told)
    proven = len(told) == len(others) and all(one.proven for one in told)
    mend = (_FEW if proven else _FITTED) + _KEEP
    if late_rows == "allow":
        mend = "Everybody who has both may learn of those who came or went, as `late_rows: allow` says."
    return Verdict("late_rows", holds, _CLAIM, mend, measured, "error" if late_rows == "refuse" else "warn")
