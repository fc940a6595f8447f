"""A corrected or late day is a new version, and new minus old is the late person: no group may change by a few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from quality.checks.places.overlapping_groups import count_overlapping
from quality.checks.verdict import Verdict
from quality.checks.version_out import none_named
from quality.contracts.untold import untold

if TYPE_CHECKING:
    import polars as pl

GROUP = ("cell", "slot", "slot_hours")


@untold
def check_versions(new: pa.Table, out: Sequence[pa.Table], *, k: int, late_days: str, linked: bool = False) -> Verdict:
    """Return whether each version that is ``out`` differs from the ``new`` one by k persons or more, or not at all.

    Groups are those of cell and slot, and cells alone: whoever has both versions subtracts them. No group that changed
    may lie in another that did: one late person makes the crowd that moves all k to a finer cell or slot. A group of
    one version only, on a day of both, may have had up to k - 1 persons in the other, who were suppressed: it needs
    2k - 1. Rows are of one tiling and of persons, once in a cell and slot; ``linked`` ones are of trips, of which one
    person may have several and whose points belong together, so that no day of both may differ at all. ``late_days`` is
    what the release declares; ``allow`` only warns. With no version ``out`` nothing is compared, and the verdict warns
    of that. A day that one version has no row of is no day of it, though all its rows may have been suppressed.
    """
    if not out:
        return none_named("late_days")
    changed = below = overlapping = 0
    for old in out:
        groups, cells = (_moved(old, new, keys, k) for keys in (GROUP, GROUP[:1]))
        changed += len(groups) + len(cells)
        few = [groups["shared"]] if linked else [groups["few"], cells["few"]]
        below += sum(int(each.sum()) for each in few)
        overlapping += count_overlapping(groups)
    return Verdict(
        "late_days", not (below or overlapping), "No version that is out differs by a few people on days of both.",
        "Everybody who has both learns of the late person, as `late_days: allow` says."
        if late_days == "allow"
        else "Keep the version that is out until the next epoch; or declare `late_days: allow`, and everybody who has "
        "both learns of the late person.", {"versions": len(out), "groups_changed": changed, "by_fewer_than_k": below,
                                            "overlapping": overlapping},
        "error" if late_days == "refuse" else "warn",
    )  # fmt: skip


def _moved(old: pa.Table, new: pa.Table, keys: Sequence[str], k: int) -> pl.DataFrame:
    """Return each group that differs, and whether as ``few`` as one person may have come to it or left it."""
    import polars as pl

    versions = [_read(one) for one in (old, new)]
    before, after = (one.group_by(keys).agg(pl.len().cast(pl.Int64), pl.col("day").first()) for one in versions)
    both = before.join(after, on=keys, how="full", suffix="_new", coalesce=True, nulls_equal=True)
    moved = (pl.col("len_new").fill_null(0) - pl.col("len").fill_null(0)).abs()
    found = both.filter(moved > 0)
    if "slot" not in keys:
        return found.with_columns(few=moved < k)
    shared = set(versions[0]["day"]) & set(versions[1]["day"])
    once = pl.any_horizontal(pl.col("len", "len_new").is_null())
    day = pl.coalesce("day", "day_new").is_in(list(shared))
    return found.with_columns(shared=day, few=(moved < k) | (day & once & (moved < 2 * k - 1)))


def _read(published: pa.Table) -> pl.DataFrame:
    """Return the groups as texts, with each slot's day: a file of texts is as the table it was written from."""
    import polars as pl

    texts = cast(pl.DataFrame, pl.from_arrow(published.select(GROUP))).cast(pl.String)
    clock = pl.col("slot").str.replace("T", " ").str.replace(r"\.0+$", "").str.replace(r"(Z|\+00:00)$", "")
    return texts.with_columns(clock, day=pl.col("slot").str.extract(r"^(\d{4}-\d\d-\d\d)").fill_null("any week"))
