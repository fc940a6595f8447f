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
from quality.releases.noisy import Mean, NoisyRelease, Quantile, Sum
from transforms.noise.derive_keys import key_columns

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
    if absent := sorted(_needed(release) - set(rows.column_names)):
        raise UsageError(f"Release {release.name} needs columns that its table does not have: {', '.join(absent)}.")
    users = _coded(pl.Series(pl.from_arrow(rows[release.unit.user])))
    pairs = _pairs(rows, release, users)
    names = list(release.keys)
    if public is None:
        partitions = pairs.select(names).unique().sort(names)
    else:
        partitions = pl.DataFrame(pl.from_arrow(public)).select(pl.col(name).cast(pairs[name].dtype) for name in names)
    pairs = pairs.join(partitions.with_row_index("_partition"), on=names, how="inner")
    # A public partition has a number of its own; that of a private one hangs on who else is there, so its key counts.
    mark = pairs["_partition"] if public is not None else pairs.select(pl.struct(names).hash(0)).to_series()
    unit = pairs["_unit"].to_numpy()
    actor, period = unit // PERIODS, unit % PERIODS
    order = _hashes(users, key)[actor] ^ _mixed(period.astype(np.uint64))
    first = period.min(initial=PERIODS)
    return Contributions(
        unit=actor * (int(period.max(initial=0)) - first + 1) + period - first if len(unit) else unit,
        actor=actor,
        partition=pairs["_partition"].cast(pl.Int64).to_numpy(),
        rows=pairs["_rows"].cast(pl.Int64).to_numpy(),
        order=_mixed(_mixed(order) ^ mark.cast(pl.UInt64).to_numpy()),
        values={name: _values(pairs, name) for name, one in release.measures.items() if isinstance(one, _OF_VALUES)},
        partitions=partitions.to_arrow(),
        rows_in=rows.num_rows,
        rows_outside=rows.num_rows - int(pairs["_rows"].sum()),
    )


_OF_VALUES = (Sum, Mean, Quantile)


def _needed(release: NoisyRelease) -> set[str]:
    told = [*release.keys.values(), *release.measures.values()]
    names = {getattr(one, field, None) for one in told for field in ("column", "latitude", "longitude")}
    return {name for name in {*names, release.unit.user, release.unit.time} if name}


def _pairs(rows: pa.Table, release: NoisyRelease, users: pl.Series) -> pl.DataFrame:
    import polars as pl

    names = list(release.keys)
    own = ["_unit", *names]
    values = [(name, one) for name, one in release.measures.items() if isinstance(one, _OF_VALUES)]
    steps = [_steps(one).alias(f"_v_{name}") for name, one in values]
    beyond = [(~pl.col(one.column).is_between(one.minimum, one.maximum)).alias(f"_b_{name}") for name, one in values]
    needed = sorted(_needed(release) - {release.unit.user})
    chosen = pl.DataFrame(pl.from_arrow(rows.select(needed))).with_columns(users.to_physical().alias("_user")).lazy()
    unit = pl.col("_user").cast(pl.Int64) * PERIODS + _period(release)  # one number is grouped by faster than two
    chosen = chosen.select(unit.alias("_unit"), *key_columns(release.keys), *steps, *beyond)
    sums = [each for name, one in values for each in _sums(name, one)]
    grouped = chosen.group_by(own).agg(pl.len().alias("_rows"), *sums)
    there = grouped.filter(pl.all_horizontal(pl.col(own).is_not_null())).collect()
    of_keys = [name for name in names if there[name].dtype == pl.Categorical]
    return there.with_columns(pl.col(of_keys).cast(pl.String))  # whose codes hang on who else is there


def _period(release: NoisyRelease) -> pl.Expr:
    import polars as pl

    if release.unit.per == "user" or release.unit.time is None:
        return pl.lit(0, pl.Int64)
    days = pl.col(release.unit.time).dt.epoch("s") // 86_400
    return (days if release.unit.per == "user_day" else (days + 3) // 7) + PERIODS // 2  # weeks begin on Monday


def _steps(measure: Sum | Mean | Quantile) -> pl.Expr:
    import polars as pl

    value = pl.col(measure.column).cast(pl.Float64).fill_nan(None).clip(measure.minimum, measure.maximum)
    return (value / measure.step).round().cast(pl.Int64).clip(*measure.limits) - measure.middle


def _sums(name: str, measure: Sum | Mean | Quantile) -> list[pl.Expr]:
    import polars as pl

    value = pl.col(f"_v_{name}")
    each = [value.drop_nulls().sort().implode().alias(f"_e_{name}")] if isinstance(measure, Quantile) else []
    return [
        value.count().cast(pl.Int64).alias(f"_n_{name}"),
        value.sum().alias(f"_s_{name}"),
        pl.col(f"_b_{name}").sum().alias(f"_c_{name}"),
        *each,
    ]


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
    with np.errstate(over="ignore"):
        mixed = numbers + _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))
