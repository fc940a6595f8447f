"""Which groups of cell and slot lie within others: cells by H3's hierarchy, slots by the hours that they share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quality.contracts.untold import untold

if TYPE_CHECKING:
    import polars as pl


@untold
def count_overlapping(groups: pl.DataFrame) -> int:
    """Return how many of the distinct ``groups`` (texts cell, slot, slot_hours) share room and time with another.

    A slot is its first hour, of the week or ``YYYY-MM-DD HH:MM:SS``; one that is neither is taken to be any hour.
    """
    import polars as pl

    if groups.is_empty():
        return 0
    hours = _hours(groups)
    within = pl.DataFrame(list(_within(groups["cell"].unique().to_list())), ["cell", "outer"], orient="row")
    outer = hours.rename({"cell": "outer", "group": "other"})
    pairs = hours.join(within, on="cell").join(outer, on=["outer", "hour"])
    pairs = pairs.filter(pl.col("group") != pl.col("other"))
    return pl.concat([pairs["group"], pairs["other"]]).n_unique()


def _within(cells: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each cell with itself and with each of the others that it lies in."""
    import h3

    known = set(cells)
    for cell in cells:
        yield cell, cell
        if h3.is_valid_cell(cell):
            above = (h3.cell_to_parent(cell, at) for at in range(h3.get_resolution(cell)))
            yield from ((cell, one) for one in above if one in known)


def _hours(groups: pl.DataFrame) -> pl.DataFrame:
    """Return a row (group, cell, hour) for each hour of each group's slot."""
    import polars as pl

    slot, clock = pl.col("slot"), "%Y-%m-%d %H:%M:%S"
    dated = slot.str.to_datetime(clock, strict=False).dt.epoch("s") // 3_600
    first = pl.coalesce(slot.cast(pl.Int64, strict=False), dated, 0)
    last = first + pl.col("slot_hours").cast(pl.Int64, strict=False).fill_null(1).clip(1, 168)
    told = groups.with_row_index("group").select("group", "cell", pl.int_ranges(first, last).alias("hour"))
    return told.explode("hour")
