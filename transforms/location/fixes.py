"""Fixes as the stages of a release see them: who was where and when, as numbers, by subject and time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.contracts.errors import UsageError
from quality.contracts.untold import untold
from quality.releases.places import PlacesRelease
from transforms.anonymity.unite_subjects import unite_subjects
from transforms.location.h3_cells import NOWHERE, Cells, cells_at, centers

Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONDAY = 4 * 86_400
"""1970-01-05, in seconds since 1970: the week that hours of the week are told in."""
SPREADSHEET_DAYS = 25_569.0
"""1970-01-01 as spreadsheets count days, from 1899-12-30."""


NO_ZONE = "no zone of its time"
"""Why a row is left out whose time is a text without a zone: which hour of which day it is meant is not known."""
_ZONELESS = tuple(f"%Y-%m-%d{between}%H:%M{seconds}" for between in " T" for seconds in ("", ":%S", ":%S%.f"))


@dataclass(frozen=True, slots=True, eq=False)
class Fixes:
    """All (n,), by ``subjects`` and then ``seconds``: the subject's number, seconds since 1970 (UTC), degrees.

    ``cells`` are of the finest resolution, ``rows`` say which row of the source each is, ``trips`` number the trips
    from 0 (all 0 before they are cut).
    """

    subjects: Codes
    seconds: Ints
    latitudes: Floats
    longitudes: Floats
    cells: Cells
    rows: Ints
    trips: Codes

    @untold
    def where(self, kept: Mask) -> Fixes:
        """Return the fixes that ``kept`` (n,) says."""
        return Fixes(*(getattr(self, name)[kept] for name in self.__slots__))

    @untold
    def at(self, cells: Cells) -> Fixes:
        """Return the fixes as if they were in the centers of ``cells``."""
        latitudes, longitudes = centers(cells)
        return replace(self, cells=cells, latitudes=latitudes, longitudes=longitudes)


@untold
def read_fixes(table: pa.Table, release: PlacesRelease) -> Fixes:
    """Return the table's fixes; those without a subject, a time or a position on earth are left out.

    Accounts that share a value of a link column are one subject.
    """
    return count_fixes(table, release)[0]


@untold
def count_fixes(table: pa.Table, release: PlacesRelease) -> tuple[Fixes, dict[str, int]]:
    """Return the table's fixes, and the number of other rows by the first thing that they lack.

    Raises ``UsageError`` for a column that holds what is no number where numbers must be, or no kind of time.
    """
    subjects = unite_subjects(table, release.subject, release.links)
    seconds, timed = _seconds(table, release)
    zoneless = _without_zone(table, release)
    latitudes, longitudes, cells = _places(table, release)
    known, lacking = np.ones(table.num_rows, bool), dict[str, int]()
    has = {
        "no subject": table[release.subject].is_valid().to_numpy(), **({NO_ZONE: ~zoneless} if zoneless.any() else {}),
        "no time": timed, "no place on earth": cells != NOWHERE,
    }  # fmt: skip
    for lack, there in has.items():
        lacking[lack] = int((known & ~there).sum())
        known &= there
    rows = np.flatnonzero(known)
    rows = rows[np.lexsort((seconds[rows], subjects[rows]))]
    trips = np.zeros(len(rows), np.int32)
    fixes = Fixes(subjects[rows], seconds[rows], latitudes[rows], longitudes[rows], cells[rows], rows, trips)
    return fixes, lacking


def _seconds(table: pa.Table, release: PlacesRelease) -> tuple[Ints, Mask]:
    column = table[release.time].combine_chunks()
    if release.hour is not None:
        days = pc.index_in(column.cast(pa.string()), value_set=pa.array(WEEKDAYS)).cast(pa.int64())
        hours = _cast(table[release.hour].combine_chunks(), pa.int64(), release.hour, "whole hours")
        column = pc.add(pc.multiply(days, 86_400), pc.add(pc.multiply(hours, 3_600), MONDAY))
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = _of_texts(column)
    elif pa.types.is_floating(column.type):
        column = pc.round(pc.multiply(pc.subtract(column, SPREADSHEET_DAYS), 86_400.0))
    elif pa.types.is_timestamp(column.type):
        column = pc.floor_temporal(column, unit="second").cast(pa.timestamp("s", column.type.tz))
    numbers = _cast(column, pa.int64(), release.time, "times")
    return numbers.fill_null(0).to_numpy(zero_copy_only=False), numbers.is_valid().to_numpy(zero_copy_only=False)


def _cast(column: pa.Array, kind: pa.DataType, name: str, are: str) -> pa.Array:
    """Return a column as numbers; raise ``UsageError`` if a value is none, which is not told."""
    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass  # what is raised here must not lead to Arrow's error, which tells the value
    raise UsageError(
        f"Column {name} holds values that are no {are}.", mend="Name the right column, or mend its values."
    )


def _of_texts(column: pa.Array) -> pa.Array:
    """Return the seconds of texts: whole seconds since 1970, or ISO 8601 with its zone; null where it is neither."""
    import polars as pl

    texts = pl.Series(column)
    numbers = texts.cast(pl.Int64, strict=False)
    return numbers.fill_null(texts.str.to_datetime("%+", time_zone="UTC", strict=False).dt.epoch("s")).to_arrow()


def _without_zone(table: pa.Table, release: PlacesRelease) -> Mask:
    """Return which rows' times are texts of a day and a clock that name no zone."""
    import polars as pl

    column = table[release.time].combine_chunks()
    if release.hour is not None or not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return np.zeros(table.num_rows, bool)
    texts = pl.Series(column)
    found = np.zeros(len(texts), bool)
    for form in _ZONELESS:
        found |= texts.str.to_datetime(form, strict=False).is_not_null().to_numpy()
    return found


def _places(table: pa.Table, release: PlacesRelease) -> tuple[Floats, Floats, Cells]:
    if release.cell is None:
        names = (release.latitude, release.longitude)
        latitudes, longitudes = (_cast(table[name], pa.float64(), name, "degrees").to_numpy() for name in names if name)
        return latitudes, longitudes, cells_at(latitudes, longitudes, release.tiles.finest)
    encoded = table[release.cell].combine_chunks().dictionary_encode()
    known = np.array([_cell(text) for text in encoded.dictionary.to_pylist()] + [0], np.uint64)
    cells = known[encoded.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)]
    return *centers(cells), cells


def _cell(text: str) -> int:
    import h3.api.basic_int as h3

    try:
        index = int(h3.str_to_int(text))
    except ValueError:
        return 0
    return index if h3.is_valid_cell(index) else 0
