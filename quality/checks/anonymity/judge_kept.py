"""Whether columns that are published as they are tell who a row is of, or what its quasi-identifiers were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from quality.checks.verdict import Verdict
from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    import pyarrow as pa
    from numpy.typing import NDArray

_WHO = "\0who"


def judge_kept(release: TableRelease, rows: pa.Table, who: NDArray[np.integer], *, part: float = 1.0) -> list[Verdict]:
    """Return the verdict on the columns that are published as they are; none if the release has no such column.

    ``rows`` (n,) are a ``part`` of the source's, ``who`` (n,) numbers the person of each. A kept column identifies if
    its values are one-to-one with those of the subject, of a link or of a quasi-identifier, if a larger share of the
    persons than ``gates.kept_alone`` hold a value of it that fewer than k do, or if all kept columns together are one
    person's alone for a larger share. A sensitive column identifies if it holds the subject or a link itself.
    """
    import polars as pl

    frame = cast(pl.DataFrame, pl.from_arrow(rows.select(list(dict.fromkeys(release.columns))))).cast(pl.String)
    frame = frame.with_columns(pl.Series(_WHO, who))
    accounts = [*([release.subject] if release.subject else []), *release.links]
    known = [*accounts, *release.quasi_ids]
    least = max(2.0, release.k * part)
    most = 1.0 if release.gates.kept_alone is None else release.gates.kept_alone
    found = {name for name in release.keep if any(_one_to_one(frame, name, other) for other in known)}
    found |= {name for name in release.sensitive if any(_same(frame, name, other) for other in accounts)}
    never = bool(found)
    found |= {name for name in release.keep if _few(frame, [name], least) > most}
    if not found and len(release.keep) > 1 and _few(frame, release.keep, 2) > most:
        found = set(release.keep)
    if not release.keep and not found:
        return []
    told = ", ".join(name for name in (*release.keep, *release.sensitive) if name in found)
    return [
        Verdict(
            "kept_columns", not found, "No column that is published as it is tells who a row is of.",
            _mend(told, never=never) if found else "",
            {"columns": told, "identifying": len(found), "limit": most},
        )
    ]  # fmt: skip


def _mend(told: str, *, never: bool) -> str:
    """Return what to do about the columns ``told``; one that names a person ``never`` stays, whatever a gate says."""
    mend = f"Declare as quasi-identifiers, or do not publish: {told}."
    if never:
        return mend
    return (
        f"{mend} Values that nobody else can know of a person may stay: then state `gates: {{kept_alone: 1}}`, which"
        " the report tells."
    )


def _few(frame: pl.DataFrame, names: Sequence[str], least: float) -> float:
    """Return the share of persons, of those with a value, who hold one that fewer than ``least`` persons hold."""
    import polars as pl

    valued = frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in names))
    pairs = valued.select(*names, _WHO).unique()
    rare = pairs.join(pairs.group_by(names).len().filter(pl.col("len") < least), on=names, nulls_equal=True)
    return rare[_WHO].n_unique() / max(1, pairs[_WHO].n_unique())


def _one_to_one(frame: pl.DataFrame, name: str, other: str) -> bool:
    pairs = frame.select(name, other).drop_nulls().unique()
    return pairs.height > 1 and pairs.height == pairs[name].n_unique() == pairs[other].n_unique()


def _same(frame: pl.DataFrame, name: str, other: str) -> bool:
    both = frame.select(name, other).drop_nulls()
    return both.height > 0 and 2 * int((both[name] == both[other]).sum()) > both.height
