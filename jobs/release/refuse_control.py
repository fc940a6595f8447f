"""Refuse a control group of the original's own people: no attack would ever gain more on the one than on the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

ALIKE, LEAST = 0.9, 20
"""The share of rows, alone of their kind in the original, that no other people's file has; and how many must be."""

_MEND = (
    "Give rows of people whom the published file is not of: keep some back before you publish, or take another sample"
    " of the same population."
)


def refuse_same_file(original: Path, control: Path) -> None:
    """Raise ``UsageError`` if both are one file, by whatever name."""
    if original.exists() and control.exists() and original.samefile(control):
        raise UsageError(f"The control {control.name} is the original.", mend=_MEND)


def refuse_same_people(original: pa.Table, control: pa.Table) -> None:
    """Raise ``UsageError`` if nearly all rows that are alone of their kind in the original are in the control too.

    Rows that several people share are no sign: other people may be like them.
    """
    import polars as pl

    names = original.column_names
    ours, theirs = (cast("pl.DataFrame", pl.from_arrow(one.select(names))) for one in (original, control))
    alone = ours.filter(ours.is_unique())
    found = alone.join(theirs.unique(), on=names, how="semi", nulls_equal=True).height
    if alone.height >= LEAST and found >= ALIKE * alone.height:
        told = f"{found:,} of {alone.height:,} rows that are alone of their kind in the original are in the control"
        raise UsageError(f"{told}: it is of the same people.", mend=_MEND)
