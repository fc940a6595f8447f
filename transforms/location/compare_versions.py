"""Two versions of a release: new minus old is the late person, so a correction is a release of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from quality.contracts.errors import PolicyBreach
from quality.contracts.untold import untold
from quality.releases.places import PlacesRelease

GROUP = ("cell", "slot", "slot_hours")


@dataclass(frozen=True, slots=True)
class Difference:
    """``groups`` whose number of rows differs between two versions; ``below`` of them by less than k."""

    groups: int
    below: int
    k: int


@untold
def input_digest(table: pa.Table, columns: Sequence[str]) -> str:
    """Return a digest of the rows' ``columns``, whatever their order: another one means another release.

    A rerun on equal input has the digest of the version that is out, which is republished as it is.
    """
    rows = table.select(list(columns)).combine_chunks()
    rows = rows.sort_by([(name, "ascending") for name in rows.column_names])
    plain = [pc.cast(rows[name], pa.string()) for name in rows.column_names]
    made = hashlib.sha256()
    for name, column in zip(rows.column_names, plain, strict=True):
        lengths = pc.fill_null(pc.binary_length(column), -1).cast(pa.int32())
        for part in (pa.chunked_array([lengths]) if isinstance(lengths, pa.Array) else lengths).chunks:
            made.update(part.to_numpy(zero_copy_only=False).tobytes())
        made.update(name.encode() + b"\0")
        made.update("".join(pc.fill_null(column, "").to_pylist()).encode())
    return made.hexdigest()


@untold
def compare_versions(old: pa.Table, new: pa.Table, *, k: int) -> Difference:
    """Compare two published tables of one tiling by cell and slot, and by cell alone.

    Anybody who has both subtracts the one from the other: a group that grew or shrank by fewer than ``k`` rows tells
    of fewer than ``k`` subjects.
    """
    groups = below = 0
    for keys in (GROUP, ("cell",)):
        one, other = (each.group_by(list(keys)).aggregate([([], "count_all")]) for each in (old, new))
        both = one.join(other, list(keys), join_type="full outer", right_suffix="_new")
        counts = [pc.fill_null(both[name], 0) for name in ("count_all", "count_all_new")]
        moved = pc.abs(pc.subtract(counts[1], counts[0]))
        groups += pc.sum(pc.greater(moved, 0)).as_py() or 0
        below += pc.sum(pc.and_(pc.greater(moved, 0), pc.less(moved, k))).as_py() or 0
    return Difference(groups, below, k)


@untold
def refuse_difference(difference: Difference, release: PlacesRelease) -> None:
    """Raise ``PolicyBreach`` where two versions tell of fewer than k subjects, unless the release allows late days."""
    if difference.below and release.late_days == "refuse":
        raise PolicyBreach(
            f"Release {release.name}: of {difference.groups} groups that differ from the version that is out, "
            f"{difference.below} differ by fewer than {difference.k} subjects: new minus old is the late person.",
            mend="Keep the version that is out until the next epoch, or declare `late_days: allow`.",
        )
