"""A corrected or late day is a new version, and new minus old is the late person: no group may change by a few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from quality.checks.verdict import Verdict
from quality.contracts.untold import untold

if TYPE_CHECKING:
    import polars as pl

GROUP = ("cell", "slot", "slot_hours")


@untold
def check_versions(new: pa.Table, out: Sequence[pa.Table], *, k: int, late_days: str) -> Verdict:
    """Return whether each version that is ``out`` differs from the ``new`` one by k rows or more, group by group.

    Groups are those of cell and slot, and cells alone: whoever has both versions subtracts them. Rows are of one tiling
    and of persons or trips, once in a cell and slot. ``late_days`` is what the release declares; ``allow`` only warns.
    """
    changed = below = 0
    for old in out:
        for keys in (GROUP, GROUP[:1]):
            moved = _moved(old, new, keys)
            changed += len(moved)
            below += int((moved < k).sum())
    return Verdict(
        "late_days", not below, "No version that is out differs from this one by a few people.",
        "Everybody who has both learns of the late person, as `late_days: allow` says."
        if late_days == "allow"
        else "Keep the version that is out until the next epoch; or declare `late_days: allow`, and everybody who has "
        "both learns of the late person.", {"versions": len(out), "groups_changed": changed, "by_fewer_than_k": below},
        "error" if late_days == "refuse" else "warn",
    )  # fmt: skip


def _moved(old: pa.Table, new: pa.Table, keys: Sequence[str]) -> pl.Series:
    """Return by how many rows each group that differs has grown or shrunk."""
    import polars as pl

    before, after = (_read(one).group_by(keys).len() for one in (old, new))
    both = before.join(after, on=keys, how="full", suffix="_new")
    counts = (pl.col(name).fill_null(0).cast(pl.Int64) for name in ("len_new", "len"))
    moved = both.select((next(counts) - next(counts)).abs().alias("moved"))["moved"]
    return moved.filter(moved > 0)


def _read(published: pa.Table) -> pl.DataFrame:
    """Return the groups' columns as texts: a file of texts and the table it was written from are alike."""
    import polars as pl

    texts = cast(pl.DataFrame, pl.from_arrow(published.select(GROUP))).cast(pl.String)
    clock = pl.col("slot").str.replace("T", " ").str.replace(r"\.0+$", "").str.replace(r"(Z|\+00:00)$", "")
    return texts.with_columns(clock)
