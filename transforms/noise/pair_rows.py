"""Pairs of a privacy unit and a partition, from rows: how many rows each has, and its values added up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from quality.contracts.untold import untold
from quality.releases.noisy import Mean, NoisyRelease, Quantile, Sum
from quality.releases.noisy_keys import PublicKeys
from transforms.noise.derive_keys import key_columns, partition_numbers

if TYPE_CHECKING:
    import polars as pl

OF_VALUES = (Sum, Mean, Quantile)
"""The measures of a column's values."""


@untold
def pair_rows(
    rows: pa.Table, users: pl.Series, release: NoisyRelease, public: pa.Table | None
) -> tuple[pl.DataFrame, range, pa.Table]:
    """Return pairs, the days or weeks since the epoch that units are of, and the partitions, those of rows if private.

    ``_unit`` is its user's number in ``users`` times how many periods there are, plus its period's place in them;
    ``_partition`` is a row of the partitions, and ``_rows`` counts rows. Of a measure ``_n_`` counts values, ``_s_``
    is their sum in steps, ``_c_`` counts those beyond the limits, and ``_e_`` lists a quantile's. Rows of no unit or
    partition are in no pair.
    """
    import polars as pl

    users = users.to_physical()
    needed = sorted(columns_needed(release) - {release.unit.user})
    frame = pl.DataFrame(pl.from_arrow(rows.select(needed))).with_columns(users.alias("_user")).lazy()
    periods = _periods(frame, release)
    unit = pl.col("_user").cast(pl.Int64) * len(periods) + (_period(release) - periods.start)
    units = (int(users.max() or 0) + 1) * len(periods)  # type: ignore[arg-type]
    numbered = None
    if public is not None and isinstance(release.partitions, PublicKeys):
        numbered = partition_numbers(release.partitions, release.keys)
    if public is None or numbered is None or units * numbered[1] >= 2**63:
        pairs, partitions = _by_keys(frame, unit, release, public)
        return pairs, periods, partitions
    number, count = numbered
    pair = pl.col("_pair")  # one number, by which rows are grouped in half the time that several take
    grouped = _grouped(frame, [(unit * count + number).alias("_pair")], release)
    return grouped.with_columns((pair // count).alias("_unit"), (pair % count).alias("_partition")), periods, public


@untold
def columns_needed(release: NoisyRelease) -> set[str]:
    """Return the columns that a release reads."""
    told = [*release.keys.values(), *release.measures.values()]
    names = {getattr(one, field, None) for one in told for field in ("column", "latitude", "longitude")}
    return {name for name in {*names, release.unit.user, release.unit.time} if name}


def _by_keys(
    frame: pl.LazyFrame, unit: pl.Expr, release: NoisyRelease, public: pa.Table | None
) -> tuple[pl.DataFrame, pa.Table]:
    import polars as pl

    names = list(release.keys)
    pairs = _grouped(frame, [unit.alias("_unit"), *key_columns(release.keys)], release)
    of_keys = [name for name in names if pairs[name].dtype == pl.Categorical]
    pairs = pairs.with_columns(pl.col(of_keys).cast(pl.String))  # whose codes hang on who else is there
    if public is None:
        partitions = pairs.select(names).unique().sort(names)
    else:
        partitions = pl.DataFrame(pl.from_arrow(public)).select(pl.col(name).cast(pairs[name].dtype) for name in names)
    numbered = partitions.with_row_index("_partition").with_columns(pl.col("_partition").cast(pl.Int64))
    return pairs.join(numbered, on=names, how="inner"), partitions.to_arrow()


def _grouped(frame: pl.LazyFrame, own: Sequence[pl.Expr], release: NoisyRelease) -> pl.DataFrame:
    """Return what there is of each ``own``, but of one that is null."""
    import polars as pl

    values = [(name, one) for name, one in release.measures.items() if isinstance(one, OF_VALUES)]
    steps = [_steps(one).alias(f"_v_{name}") for name, one in values]
    beyond = [(~pl.col(one.column).is_between(one.minimum, one.maximum)).alias(f"_b_{name}") for name, one in values]
    names = [one.meta.output_name() for one in own]
    sums = [each for name, one in values for each in _sums(name, one)]
    grouped = frame.select(*own, *steps, *beyond).group_by(names).agg(pl.len().cast(pl.Int64).alias("_rows"), *sums)
    return grouped.filter(pl.all_horizontal(pl.col(names).is_not_null())).collect()


def _periods(frame: pl.LazyFrame, release: NoisyRelease) -> range:
    """Return the periods of the rows, from the first to the last."""
    import polars as pl

    if release.unit.per == "user" or release.unit.time is None:
        return range(1)
    at = pl.col(release.unit.time)
    ends = pl.concat([frame.select(at.min()), frame.select(at.max())])
    first, last = ends.select(_period(release)).collect().to_series()
    return range(1) if first is None else range(first, last + 1)


def _period(release: NoisyRelease) -> pl.Expr:
    import polars as pl

    if release.unit.per == "user" or release.unit.time is None:
        return pl.lit(0, pl.Int64)
    days = pl.col(release.unit.time).dt.epoch("s") // 86_400
    return days if release.unit.per == "user_day" else (days + 3) // 7  # weeks begin on Monday


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
