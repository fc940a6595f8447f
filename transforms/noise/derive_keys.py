"""The partitions of a row, and the set of all that are public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from math import ceil, prod
from typing import TYPE_CHECKING

import pyarrow as pa

from quality.contracts.errors import UsageError
from quality.contracts.untold import untold
from quality.releases.noisy_keys import (
    MOST,
    Box,
    CellKey,
    ColumnKey,
    GridKey,
    Key,
    Numbers,
    PrivateKeys,
    PublicKeys,
    TimeKey,
    Times,
    Which,
)

if TYPE_CHECKING:
    import polars as pl

ROW = 10_000_000
"""What a grid's square counts for each row: more than its columns."""
NEAR = 1e-12
"""Degrees below a square's border that are on it: floats miss by less, and no coordinate is known so finely."""
HOURS_TO_MONDAY = 72
"""The epoch began on a Thursday."""


@untold
def key_columns(keys: Mapping[str, Key]) -> list[pl.Expr]:
    """Return an expression for each key; what has none, such as a place off the globe, is null."""
    return [_expression(key).alias(name) for name, key in keys.items()]


@untold
def public_partitions(
    partitions: PublicKeys | PrivateKeys, keys: Mapping[str, Key], listed: pa.Table | None = None
) -> pa.Table | None:
    """Return all partitions, each once, in the order of their keys; None where they are private.

    ``listed`` holds a column for each key where the declaration names a table. Raises ``UsageError`` where it is
    needed and absent, lacks a key, or where there are more than 200 million.
    """
    import polars as pl

    if isinstance(partitions, PrivateKeys):
        return None
    if partitions.product:
        values = {name: _values(keys[name], which) for name, which in partitions.product.items()}
        if prod(map(len, values.values())) > MOST:
            raise UsageError(f"There are more than {MOST:,} partitions.", mend="Make keys coarser, or areas smaller.")
        frames = [pl.DataFrame({name: values[name]}) for name in keys]
        all_of_them = reduce(lambda made, one: made.join(one, how="cross"), frames)
    elif listed is None:
        raise UsageError("The table of partitions is not given.")
    elif absent := sorted(set(keys) - set(listed.column_names)):
        raise UsageError(f"The table of partitions has no column {', '.join(absent)}.")
    else:
        all_of_them = pl.DataFrame(pl.from_arrow(listed.select(list(keys))))
    if all_of_them.height > MOST:
        raise UsageError(f"There are more than {MOST:,} partitions.", mend="Make keys coarser, or list fewer.")
    return all_of_them.drop_nulls().unique().sort(list(keys)).to_arrow()


@untold
def partition_numbers(partitions: PublicKeys, keys: Mapping[str, Key]) -> tuple[pl.Expr, int] | None:
    """Return an expression for the row of ``public_partitions`` that a row lies in, and how many these are.

    It is null where there is none. Return None where arithmetic does not tell it: it knows boxes and times.
    """
    import polars as pl

    number, there, count = pl.lit(0, pl.Int64), [pl.lit(True)], 1
    for name, key in keys.items():
        digits = _digits(key, partitions.product.get(name))
        if not digits:
            return None
        for digit, which in digits:
            number = number * len(which) + (digit - which.start)
            there.append(digit.is_between(which.start, which.stop - 1))
            count *= len(which)
        if isinstance(key, GridKey):
            there.append(_on_globe(key))
    return pl.when(pl.all_horizontal(there)).then(number), count


def _digits(key: Key, which: Which | None) -> list[tuple[pl.Expr, range]]:
    """Return what a key's number is made of, the greatest first, each with the numbers that it may be."""
    if isinstance(key, GridKey) and isinstance(which, Box):
        return list(zip(_square(key), _squares(key, which), strict=True))
    if not isinstance(key, TimeKey):
        return []
    if isinstance(which, Numbers) and key.every in ("hour_of_day", "hour_of_week"):
        return [(_expression(key), range(which.first, which.last + 1))]
    if isinstance(which, Times):
        hours, count = (which.since - datetime(1970, 1, 1)) // timedelta(hours=1), len(_times(key, which))
        if key.every == "hour":
            return [(_hours(key), range(hours, hours + count))]
        return [(_hours(key) // 24, range(hours // 24, hours // 24 + count))]
    return []


def _values(key: Key, which: Which) -> Sequence[object]:
    if isinstance(which, Numbers):
        return range(which.first, which.last + 1)
    if isinstance(which, Times):
        return _times(key, which)
    if not isinstance(which, Box):
        return list(dict.fromkeys(which))
    if not isinstance(key, GridKey):
        raise UsageError("A box gives the partitions of a grid key only.")
    rows, columns = _squares(key, which)
    if len(rows) * len(columns) > MOST:
        raise UsageError(f"There are more than {MOST:,} partitions.", mend="Make keys coarser, or areas smaller.")
    return [ROW * row + column for row in rows for column in columns]


def _squares(key: GridKey, box: Box) -> tuple[range, range]:
    """Return the rows and the columns of the squares of a box: those from its one corner's to the other's."""
    import polars as pl

    corners = pl.DataFrame({key.latitude: [box.south, box.north], key.longitude: [box.west, box.east]})
    found = corners.select(number.alias(str(at)) for at, number in enumerate(_square(key)))
    rows, columns = (range(first, last + 1) for first, last in found.iter_columns())
    return rows, columns


def _times(key: Key, which: Times) -> list[datetime] | list[date]:
    if not isinstance(key, TimeKey) or key.every not in ("hour", "day"):
        raise UsageError("Times give the partitions of a key of hours or days only.")
    hour, day = timedelta(hours=1), timedelta(days=1)
    start = which.since.replace(minute=0, second=0, microsecond=0)
    if key.every == "hour":
        return [start + number * hour for number in range(-(-(which.until - start) // hour))]
    return [start.date() + number * day for number in range(-(-(which.until - start.replace(hour=0)) // day))]


def _expression(key: Key) -> pl.Expr:
    import polars as pl

    if isinstance(key, ColumnKey):
        return pl.col(key.column)
    if isinstance(key, GridKey):
        row, column = _square(key)
        return pl.when(_on_globe(key)).then(ROW * row + column)
    if isinstance(key, CellKey):
        return _parents(pl.col(key.column), key.resolution)
    hours = _hours(key)
    return {
        "hour": pl.col(key.column).dt.truncate("1h"),
        "day": pl.col(key.column).dt.date(),
        "hour_of_day": hours % 24,
        "hour_of_week": (hours + HOURS_TO_MONDAY) % 168,
    }[key.every]


def _square(key: GridKey) -> tuple[pl.Expr, pl.Expr]:
    """Return the row and the column of a place, whatever they are of one off the globe."""
    return _floored(key.latitude, 90, key.step), _floored(key.longitude, 180, key.step)


def _floored(column: str, most: int, step: float) -> pl.Expr:
    """Return how many steps lie between ``-most`` and a place; ``most`` itself lies in the last square.

    No operation turns the order of two places around, so that a place of a box lies between the squares of its corners.
    It is multiplied, as polars divides one row and many in two ways.
    """
    import polars as pl

    steps, per_degree = pl.col(column).cast(pl.Float64) + (most + NEAR), 1 / step
    last = ceil((2 * most - NEAR) * per_degree) - 1
    return (steps * per_degree).floor().clip(upper_bound=last).cast(pl.Int64, strict=False)


def _on_globe(key: GridKey) -> pl.Expr:
    import polars as pl

    return pl.col(key.latitude).is_between(-90, 90) & pl.col(key.longitude).is_between(-180, 180)


def _hours(key: TimeKey) -> pl.Expr:
    """Return the hours since the epoch."""
    import polars as pl

    return pl.col(key.column).dt.epoch("s") // 3600


def _parents(cells: pl.Expr, resolution: int) -> pl.Expr:
    import polars as pl

    def of_all(values: pl.Series) -> pl.Series:
        known = values.unique().drop_nulls()
        parents = pl.Series([_parent(cell, resolution) for cell in known], dtype=pl.String)
        return values.replace_strict(known, parents, default=None, return_dtype=pl.String)

    return cells.map_batches(of_all, return_dtype=pl.String)


def _parent(cell: str, resolution: int) -> str | None:
    import h3

    if not h3.is_valid_cell(cell) or h3.get_resolution(cell) < resolution:
        return None
    parent: str = h3.cell_to_parent(cell, resolution)
    return parent
