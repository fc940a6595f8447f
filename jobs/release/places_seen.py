"""What an attacker sees of a release of places, and what he may know beside it: as numbers, which the attacks take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.checks.attacks.home_work import Visits
from quality.checks.attacks.points import Ints, numbered
from quality.checks.attacks.traces import Traces
from quality.checks.attacks.trajectory_recovery import Sightings
from quality.releases.places import PlacesRelease
from transforms.location.adaptive_tiling import AdaptiveTiling
from transforms.location.cut_trips import cut_trips
from transforms.location.fixes import MONDAY, Fixes
from transforms.location.h3_cells import NOWHERE, Cells, ancestors, centers, resolutions
from transforms.location.prepare_fixes import Prepared
from transforms.location.publish_places import PublishedPlaces

Mask = NDArray[np.bool_]

HOUR, DAY, WEEK = 3_600, 86_400, 168
FINE = 1_000
"""Parts of a degree that tell raw places apart: about 100 m."""
AT_MOST = 1_000_000
"""Raw fixes that an attacker is given; of more, every n-th."""
SEED = 20_261_127


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Rows (m,) as published: ``ids`` are pseudonyms, or classes of equal rows; ``owners`` whose each truly is.

    ``point`` is cell, first hour and hours of each, ``visits`` the same in time (UTC) and ``features`` as codes that
    ``labelled`` traces share: those of other days, as the release tells them. ``days_known`` (m,) says which rows are
    of a day that is in them, ``seconds`` (m,) when each truly was. ``residents`` are all fixes of the epoch with the
    cells that may tell of each. ``raw`` (n,) are the epoch's fixes at full precision: by ``raw_trips`` (or days),
    ``raw_known`` those of the labelled days. ``utc_offset`` (hours) is the sun's time.
    """

    point: tuple[Ints, Ints, Ints]
    ids: Ints
    owners: Ints
    visits: Visits
    features: tuple[Ints, ...]
    seconds: Ints
    days_known: Mask
    labelled: Traces
    residents: Visits
    raw: Visits
    raw_fixes: Fixes
    raw_trips: Ints
    raw_known: Mask
    minutes: int
    utc_offset: float

    @property
    def raw_cells(self) -> Ints:
        """The finest cells (n,) of the raw fixes."""
        return self.raw_fixes.cells.astype(np.int64)

    def other_days(self) -> tuple[Traces, Traces]:
        """Return the rows of days of which the attacker knows nothing, and his labelled traces of others."""
        return _traces(self.ids, self.owners, self.features, ~self.days_known), self.labelled

    def raw_other_days(self) -> tuple[Traces, Traces]:
        """Return the same of the raw fixes: by trip or day, and by person."""
        features = self._raw_features()
        return (
            _traces(self.raw_trips, self.raw.owners, features, ~self.raw_known),
            _traces(self.raw.owners, self.raw.owners, features, self.raw_known),
        )

    def epochs(self) -> tuple[Traces, Traces]:
        """Return the traces that begin in the first half of the rows' time, and those that begin later."""
        first = np.full(int(self.ids.max(initial=-1)) + 1, np.iinfo(np.int64).max)
        np.minimum.at(first, self.ids, self.seconds)
        early = (first < self._middle())[self.ids]
        return _traces(self.ids, self.owners, self.features, early), _traces(
            self.ids, self.owners, self.features, ~early
        )

    def raw_epochs(self) -> tuple[Traces, Traces]:
        """Return the raw fixes of either half, by person."""
        early, features = self.raw.seconds < self._middle(), self._raw_features()
        return _traces(self.raw.owners, self.raw.owners, features, early), _traces(
            self.raw.owners, self.raw.owners, features, ~early
        )

    def sightings(self) -> tuple[Sightings, Sightings]:
        """Return rows of slots of equal hours, and one raw fix of each person and minute (hour, if none is known)."""
        cells, slots, hours = self.point
        told = Sightings(self.owners, (hours << 40) + slots // np.maximum(hours, 1), *centers(cells.astype(np.uint64)))
        fixes, span = self.raw_fixes, self.minutes * 60
        _, one = np.unique(np.stack([fixes.subjects, fixes.seconds // span]), axis=1, return_index=True)
        raw = fixes.where(one)  # type: ignore[arg-type]
        return told, Sightings(raw.subjects.astype(np.int64), raw.seconds // span, raw.latitudes, raw.longitudes)

    def _middle(self) -> float:
        return float(np.median(self.seconds)) if len(self.seconds) else 0.0

    def _raw_features(self) -> tuple[Ints, ...]:
        return self.raw.places, numbered(self.raw.places, _hour_of_week(self.raw.seconds // HOUR))


def see(release: PlacesRelease, prepared: Prepared, made: PublishedPlaces, tiling: AdaptiveTiling) -> Seen:
    """Return what an attacker of the release has: half of all days (or fixes, if none has a date) are labelled."""
    epoch = prepared.epoch
    days = np.arange(len(epoch.rows)) if release.hour else numbered(epoch.subjects, epoch.seconds // DAY)
    known = (np.random.default_rng(SEED).random(int(days.max(initial=-1)) + 1) < 0.5)[days]
    trips = cut_trips(epoch, gap_minutes=release.trips.gap_minutes) if release.trips else days
    point = _point(made.table)
    ids = made.table["trip"].to_numpy() if release.pseudonym == "trip" else numbered(*point)
    owners = made.subjects.astype(np.int64)
    row_of = _row_of(epoch.rows, made.rows)
    features, labelled = _features(
        release, point, prepared.fixes, made, known[_row_of(epoch.rows, prepared.fixes.rows)]
    )
    cells, slots, hours = point
    middle = (slots + hours // 2 - release.slots.utc_offset) * HOUR
    middle += MONDAY if release.slots.time == "hour_of_week" else 0
    some = np.arange(0, len(epoch.rows), -(-len(epoch.rows) // AT_MOST) or 1)
    raw = epoch.where(some)  # type: ignore[arg-type]
    residents = _told_by(tiling.tiles_of(raw.cells), release)
    subjects = raw.subjects.astype(np.int64)
    return Seen(
        point, ids, owners, Visits(ids, owners, cells, middle), features, epoch.seconds[row_of], known[row_of],
        labelled, Visits(subjects, subjects, residents, raw.seconds),
        Visits(subjects, subjects, _fine(raw), raw.seconds),
        raw, trips[some].astype(np.int64), known[some], 60 if release.hour else 1,
        round(float(np.median(epoch.longitudes)) / 15) if len(epoch.rows) else 0,
    )  # fmt: skip


def _point(table: pa.Table) -> tuple[Ints, Ints, Ints]:
    """Return the cell, first hour and hours of each row, as they are published."""
    import h3.api.basic_int as h3

    cells = table["cell"].combine_chunks().dictionary_encode()
    known = np.array([h3.str_to_int(text) for text in cells.dictionary.to_pylist()], np.int64)
    slots = table["slot"]
    hours = slots.cast(pa.int64()).to_numpy() // (HOUR if pa.types.is_timestamp(slots.type) else 1)
    return known[cells.indices.to_numpy()], hours, table["slot_hours"].to_numpy().astype(np.int64)


def _features(
    release: PlacesRelease, point: tuple[Ints, Ints, Ints], fixes: Fixes, made: PublishedPlaces, known: Mask
) -> tuple[tuple[Ints, ...], Traces]:
    """Return the cell, and the cell in its slot of the week, of each row and of the ``known`` fixes that are told."""
    told = known & (made.cells != NOWHERE)
    labels = made.cells[told].astype(np.int64), made.slots[told], made.slot_hours[told]
    cells, slots, hours = (np.concatenate(pair) for pair in zip(point, labels, strict=True))
    weekly = slots if release.slots.time == "hour_of_week" else _hour_of_week(slots)
    codes = (cells, numbered(cells, weekly, hours))
    who, rows = fixes.subjects[told].astype(np.int64), len(point[0])
    return tuple(code[:rows] for code in codes), Traces(who, who, tuple(code[rows:] for code in codes))


def _told_by(tiles: Cells, release: PlacesRelease) -> Ints:
    """Return the cells (n, levels) that a release may tell of each tile: itself, then coarser ones; -1 for none."""
    levels = range(release.tiles.finest, release.tiles.coarsest - 1, -1)
    own = resolutions(tiles)
    told = [tiles.astype(np.int64)]
    for level in levels:
        told.append(np.where(level < own, ancestors(tiles, level).astype(np.int64), -1))
    return np.stack(told, axis=1)


def _row_of(rows: Ints, sought: Ints) -> Ints:
    """Return where each of ``sought`` is in ``rows``, which are distinct."""
    order = np.argsort(rows)
    return order[np.searchsorted(rows, sought, sorter=order)]


def _traces(ids: Ints, owners: Ints, features: tuple[Ints, ...], some: Mask) -> Traces:
    return Traces(ids[some], owners[some], tuple(feature[some] for feature in features))


def _fine(fixes: Fixes) -> Ints:
    up, across = (np.round(each * FINE).astype(np.int64) for each in (fixes.latitudes, fixes.longitudes))
    return (up << 32) + across


def _hour_of_week(hours: Ints) -> Ints:
    return np.asarray((hours + 72) % WEEK)
