"""What each privacy unit contributes to each partition, before any bound."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.contracts.errors import UsageError
from quality.contracts.untold import untold
from quality.releases.noisy import NoisyRelease
from transforms.noise.pair_rows import OF_VALUES, columns_needed, pair_rows

if TYPE_CHECKING:
    import polars as pl

Whole = NDArray[np.int64]
Hashes = NDArray[np.uint64]
PERIODS = 2**32
"""More days or weeks than any table has, from the epoch on and before it."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Of one measure, for each pair: ``rows`` (n,) that have a value, and the ``total`` (n,) of values in steps.

    A mean's steps count from the middle of its limits. ``each`` (rows.sum(),) are the values themselves, pair by pair
    and in order, of a quantile only. ``clamped`` counts values beyond the limits.
    """

    rows: Whole
    total: Whole
    clamped: int
    each: Whole | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """Pairs of a unit and a partition: for each of the n pairs one row.

    ``unit`` (n,) and ``actor`` (n,) number units and users from 0, ``partition`` (n,) is a row of ``partitions``.
    ``order`` (n,) is the rank of a pair in its unit's own random order: no two of a unit are equal, and no other unit
    has a say in it. ``rows_in`` counts all rows, ``rows_outside`` those of no partition, user or time.
    """

    unit: Whole
    actor: Whole
    partition: Whole
    rows: Whole
    order: Hashes
    values: dict[str, Values]
    partitions: pa.Table
    rows_in: int
    rows_outside: int


@untold
def gather_contributions(
    rows: pa.Table, release: NoisyRelease, key: bytes, public: pa.Table | None = None
) -> Contributions:
    """Return what each unit contributes to each of the ``public`` partitions, or to any where they are private.

    ``key`` (32 bytes) decides what is left out of units that contribute too much: it is secret, and not that of the
    noise. Raises ``UsageError`` if columns are absent.
    """
    import polars as pl

    if len(key) != 32:
        raise UsageError("A key has 32 bytes.")
    if absent := sorted(columns_needed(release) - set(rows.column_names)):
        raise UsageError(f"Release {release.name} needs columns that its table does not have: {', '.join(absent)}.")
    users = _coded(pl.Series(pl.from_arrow(rows[release.unit.user])))
    pairs, periods, partitions = pair_rows(rows, users, release, public)
    unit, partition = pairs["_unit"].to_numpy(), pairs["_partition"].to_numpy()
    actor = unit // len(periods)
    # A public partition has a number of its own; that of a private one hangs on who else is there, so its key counts.
    mark = (
        partition if public is not None else pairs.select(pl.struct(list(release.keys)).hash(0)).to_series().to_numpy()
    )
    of_period = _mixed(np.arange(periods.start, periods.stop).astype(np.uint64) + np.uint64(PERIODS // 2))
    order = _hashes(users, key)[actor] ^ of_period[unit - actor * len(periods)]
    return Contributions(
        unit=unit,
        actor=actor,
        partition=partition,
        rows=pairs["_rows"].to_numpy(),
        order=_mixed(_mixed(order) ^ mark.view(np.uint64)),
        values={name: _values(pairs, name) for name, one in release.measures.items() if isinstance(one, OF_VALUES)},
        partitions=partitions,
        rows_in=rows.num_rows,
        rows_outside=rows.num_rows - int(pairs["_rows"].sum()),
    )


def _values(pairs: pl.DataFrame, name: str) -> Values:
    listed = f"_e_{name}"
    each = pairs[listed].explode().drop_nulls().to_numpy() if listed in pairs.columns else None
    return Values(
        pairs[f"_n_{name}"].to_numpy(), pairs[f"_s_{name}"].to_numpy(), int(pairs[f"_c_{name}"].sum() or 0), each
    )


def _coded(users: pl.Series) -> pl.Series:
    """Return users as texts that are numbered."""
    import polars as pl

    return users if users.dtype == pl.Categorical else users.cast(pl.String).cast(pl.Categorical)


def _hashes(users: pl.Series, key: bytes) -> Hashes:
    """Return 64 bits for each user, by its number: they are of the user alone, so no other changes what it loses."""
    import polars as pl

    each = users.unique().drop_nulls()
    hashes = np.zeros(int(each.to_physical().max() or 0) + 1, dtype=np.uint64)  # type: ignore[arg-type]
    hashes[each.to_physical().to_numpy()] = [_hash(user.encode(), key) for user in each.cast(pl.String).to_list()]
    return hashes


def _hash(user: bytes, key: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(user, key=key, digest_size=8).digest(), "little")


def _mixed(numbers: Hashes) -> Hashes:
    """Return other numbers, each of one only: the finalizer of SplitMix64 (Steele et al., OOPSLA 2014)."""
    mixed = numbers + _GOLDEN
    high = np.empty_like(mixed)  # one for all steps: most of the time goes to new memory
    for bits, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed ^= np.right_shift(mixed, np.uint64(bits), out=high)
        mixed *= np.uint64(factor)
    return mixed
