"""Whether columns that are published as they are tell who a row is of, or what its quasi-identifiers were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.telling_columns import CLASS, WHO, telling_columns
from quality.checks.verdict import Verdict
from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

NEARLY = 0.95
"""Share of people for whom two columns say the same, in other words, from which they are one-to-one."""


def judge_kept(
    release: TableRelease, rows: pa.Table, who: NDArray[np.integer], classes: NDArray[np.integer], *, part: float = 1.0,
    paths: Mapping[str, Paths] | None = None,
) -> list[Verdict]:  # fmt: skip
    """Return the verdict on the columns that are published as they are; none if the release has no such column.

    ``rows`` (n,) are a ``part`` of the source's, ``who`` (n,) numbers the person of each, and ``classes`` (n,) the
    class each is published in, below 0 for none. With ``most`` for ``gates.kept_alone``, passing promises:
    - no kept or sensitive column holds a row's own subject or link more often than chance brings values together;
    - no kept column is one-to-one with the subject, a link or a quasi-identifier, for all but 5 % of people, nor where
      it has not its commonest value;
    - at most ``most`` of people hold a value of a kept column that fewer than k do, or kept values all their own;
    - inside a published class no kept column, nor all together, tells a quasi-identifier, nor all together, to more
      than ``most`` of people beyond chance (``given_back``): neither a finer value nor a function of it, of a node
      above it (``paths`` are those of hierarchies, by column) or of its place in the order of numbers or texts. A
      person is one row by chance: of all their rows, then of those with ever rarer kept values.
    It does not promise that kept values are unknown to others, nor does it find what several quasi-identifiers tell
    only together where no two people share them all, nor a function without order or hierarchy of values that no two
    people share.
    """
    import polars as pl

    frame = cast(pl.DataFrame, pl.from_arrow(rows.select(list(dict.fromkeys(release.columns))))).cast(pl.String)
    frame = frame.with_columns(pl.Series(WHO, who), pl.Series(CLASS, classes))
    accounts = [*([release.subject] if release.subject else []), *release.links]
    known = [*accounts, *release.quasi_ids]
    most = 1.0 if release.gates.kept_alone is None else release.gates.kept_alone
    found = {name for name in release.keep if any(_one_to_one(frame, name, other) for other in known)}
    found |= {
        name for name in (*release.keep, *release.sensitive) if any(_same(frame, name, other) for other in accounts)
    }
    never = bool(found)
    found |= {name for name in release.keep if _few(frame, [name], max(2.0, release.k * part)) > most}
    if most < 1:
        rest = [name for name in release.keep if name not in found]
        found |= telling_columns(frame, release, rest, most, paths or {})
    if not found and len(release.keep) > 1 and _few(frame, release.keep, 2) > most:
        found = set(release.keep)
    return [_verdict(release, found, most, never=never)] if release.keep or found else []


def classes_of(published: pa.Table, names: Sequence[str], rows: NDArray[np.integer], size: int) -> NDArray[np.int64]:
    """Return the class (``size``,) of each row of a source, -1 for none; ``rows`` (m,) are those that are published."""
    import polars as pl

    classes = np.full(size, -1, np.int64)
    shown = cast(pl.DataFrame, pl.from_arrow(published.select(list(names))))
    classes[rows] = shown.select(pl.struct(list(names)).rank("dense")).to_series().to_numpy()
    return classes


def _verdict(release: TableRelease, found: set[str], most: float, *, never: bool) -> Verdict:
    told = ", ".join(name for name in (*release.keep, *release.sensitive) if name in found)
    return Verdict(
        "kept_columns", not found, "No column that is published as it is tells who a row is of.",
        _mend(told, never=never) if found else "",
        {"columns": told, "identifying": len(found), "limit": most},
    )  # fmt: skip


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
    pairs = valued.select(*names, WHO).unique()
    rare = pairs.join(pairs.group_by(names).len().filter(pl.col("len") < least), on=names, nulls_equal=True)
    return rare[WHO].n_unique() / max(1, pairs[WHO].n_unique())


def _one_to_one(frame: pl.DataFrame, name: str, other: str) -> bool:
    """Return whether ``name`` and ``other`` are one-to-one, or are where ``name`` has not its commonest value.

    A value that all have in some row ("none") says nothing, and would hide what the others say; these count if more
    than a few people have them.
    """
    import polars as pl

    valued = frame.select(name, other, WHO).drop_nulls()
    common = valued.group_by(name).agg(pl.col(WHO).n_unique()).sort(WHO, name, descending=[True, False])[name].head(1)
    rest = valued.filter(~pl.col(name).is_in(common.implode()))
    enough = rest[WHO].n_unique() > (1 - NEARLY) * valued[WHO].n_unique()
    return _paired(valued, name, other) or (enough and _paired(rest, name, other))


def _paired(valued: pl.DataFrame, name: str, other: str) -> bool:
    """Return whether nearly all people have the most frequent value of one for that of the other, both ways."""
    import polars as pl

    pairs = valued.group_by(name, other).agg(pl.col(WHO).n_unique())
    if pairs.height < 2 or min(pairs[name].n_unique(), pairs[other].n_unique()) < 2:
        return False
    total = int(pairs[WHO].sum())
    return all(int(pairs.group_by(by).agg(pl.col(WHO).max())[WHO].sum()) >= NEARLY * total for by in (name, other))


def _same(frame: pl.DataFrame, name: str, other: str) -> bool:
    """Return whether more people's value is their own account than chance brings together: a Poisson count's limit."""
    import polars as pl

    both = frame.select(name, other, WHO).drop_nulls()
    own = both.filter(pl.col(name) == pl.col(other))[WHO].n_unique()
    pairs = both.group_by(name).len().join(both.group_by(other).len(), left_on=name, right_on=other)
    chance = float((pairs["len"].cast(pl.Float64) * pairs["len_right"]).sum()) / max(1, both.height)
    return bool(own > chance + 3 * chance**0.5)
