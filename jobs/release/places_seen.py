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

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 168
FINE = 1_000
"""Parts of a degree that tell raw places apart: about 100 m."""
AT_MOST = 1_000_000
"""Raw fixes that an attacker learns by heart; of more, every n-th."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Rows (m,) as published: ``ids`` are pseudonyms, or classes of equal rows; ``owners`` whose each truly is.

    ``point`` is cell, first hour and hours of each, ``visits`` the same in time (UTC), ``seconds`` when each truly was.
    ``features`` are codes that ``labelled`` shares: the fixes as they are told, by person. Days are halved: ``half``
    (m,) says which one a row is of, ``labelled_half`` the same of the fixes.
    """

    point: tuple[Ints, Ints, Ints]
    ids: Ints
    owners: Ints
    visits: Visits
    seconds: Ints
    features: tuple[Ints, ...]
    half: Mask
    labelled: Traces
    labelled_half: Mask

    def traces(self, some: Mask) -> Traces:
        """Return those of some rows (m,)."""
        return _some(Traces(self.ids, self.owners, self.features), some)

    def other_days(self) -> list[tuple[Traces, Traces]]:
        """Return, for either half of the days, its rows and labelled traces of the other half."""
        halves = ((self.half == one, self.labelled_half != one) for one in (False, True))
        return [(self.traces(rows), _some(self.labelled, known)) for rows, known in halves]

    def epochs(self, begins: float) -> tuple[Traces, Traces]:
        """Return the traces that begin before the second epoch ``begins``, and the others."""
        first = np.full(int(self.ids.max(initial=-1)) + 1, np.iinfo(np.int64).max)
        np.minimum.at(first, self.ids, self.seconds)
        early = (first < begins)[self.ids]
        return self.traces(early), self.traces(~early)

    def sightings(self) -> Sightings:
        """Return the rows by slots, each of which is followed by one of as many hours."""
        cells, slots, hours = self.point
        return Sightings(self.owners, (hours << 40) + slots // np.maximum(hours, 1), *centers(cells.astype(np.uint64)))


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """The epoch's ``fixes`` (n,) at full precision: ``trips`` (or days) and ``half`` (of days) of each.

    Of very many every n-th are enough, but for following somebody: that is done in the ``whole`` epoch.
    """

    fixes: Fixes
    trips: Ints
    half: Mask
    whole: Fixes

    @property
    def visits(self) -> Visits:
        """The fixes in squares of about 100 m, by person."""
        who = self.fixes.subjects.astype(np.int64)
        up, across = (np.round(each * FINE).astype(np.int64) for each in (self.fixes.latitudes, self.fixes.longitudes))
        return Visits(who, who, (up << 32) + across, self.fixes.seconds)

    def traces(self, some: Mask, *, by_trip: bool = False) -> Traces:
        """Return those of some fixes (n,), by person or by trip."""
        seen = self.visits
        hours = _hour_of_week(seen.seconds // HOUR)
        features = (seen.places, *(numbered(seen.places, part) for part in (hours, hours % 24)))
        return _some(Traces(self.trips if by_trip else seen.owners, seen.owners, features), some)

    def other_days(self) -> tuple[Traces, Traces]:
        """Return the trips of one half of the days, and labelled traces of the other half."""
        return self.traces(~self.half, by_trip=True), self.traces(self.half)

    def epochs(self, begins: float) -> tuple[Traces, Traces]:
        """Return each person's fixes before the second epoch ``begins``, and after."""
        early = np.asarray(self.fixes.seconds < begins)
        return self.traces(early), self.traces(~early)

    def sightings(self) -> Sightings:
        """Return one fix of each person and span, as far apart as fixes commonly are: one leads to the next."""
        fixes = self.whole
        slots = fixes.seconds // _span(fixes)
        changed = (np.diff(fixes.subjects, prepend=-1) != 0) | (np.diff(slots, prepend=-1) != 0)
        one = np.flatnonzero(changed)
        return Sightings(fixes.subjects[one].astype(np.int64), slots[one], fixes.latitudes[one], fixes.longitudes[one])


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is ``told``, and the ``raw`` rows; ``residents`` are the latter with the cells that may tell of each.

    ``utc_offset`` (hours) is the sun's time.
    """

    told: Told
    raw: Raw
    residents: Visits
    utc_offset: float

    @property
    def second_epoch(self) -> float:
        """When half of the rows were, in seconds since 1970."""
        return float(np.median(self.told.seconds)) if len(self.told.seconds) else 0.0


def see(release: PlacesRelease, prepared: Prepared, made: PublishedPlaces, tiling: AdaptiveTiling) -> Seen:
    """Return what an attacker of the release has, labelled rows of each other day among it.

    Days are everybody's: if each person had other ones, whoever is labelled in a slot would not be who is sought.
    """
    epoch = prepared.epoch
    days = np.arange(len(epoch.rows)) if release.hour else numbered(epoch.subjects, epoch.seconds // DAY)
    half = np.asarray(epoch.seconds // DAY % 2 == 1)
    trips = cut_trips(epoch, gap_minutes=release.trips.gap_minutes) if release.trips else days
    few = slice(None, None, _every(len(epoch.rows)))
    fixes = Fixes(*(getattr(epoch, name)[few] for name in Fixes.__slots__))
    raw = Raw(fixes, trips[few].astype(np.int64), half[few], epoch)
    who = fixes.subjects.astype(np.int64)
    residents = Visits(who, who, _told_by(tiling.tiles_of(fixes.cells), release), fixes.seconds)
    noon = float(np.median(epoch.longitudes)) / 15 if len(epoch.rows) else 0.0
    return Seen(_told(release, prepared, made, half), raw, residents, round(noon))


def _every(fixes: int) -> int:
    return max(1, -(-fixes // AT_MOST))


def _span(fixes: Fixes) -> int:
    gaps = np.diff(fixes.seconds)[np.diff(fixes.subjects) == 0]
    gaps = gaps[gaps > 0]
    return max(MINUTE, int(np.median(gaps))) if len(gaps) else MINUTE


def _told(release: PlacesRelease, prepared: Prepared, made: PublishedPlaces, half: Mask) -> Told:
    point = _point(made.table)
    cells, slots, hours = point
    ids = made.table["trip"].to_numpy() if release.pseudonym == "trip" else numbered(*point)
    owners = made.subjects.astype(np.int64)
    middle = (slots + hours // 2 - release.slots.utc_offset) * HOUR
    middle += MONDAY if release.slots.time == "hour_of_week" else 0
    features, labelled, told = _features(release, point, prepared.fixes, made)
    of, labels = (_row_of(prepared.epoch.rows, rows) for rows in (made.rows, prepared.fixes.rows[told]))
    return Told(
        point, ids, owners, Visits(ids, owners, cells, middle), prepared.epoch.seconds[of], features, half[of],
        labelled, half[labels],
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
    release: PlacesRelease, point: tuple[Ints, Ints, Ints], fixes: Fixes, made: PublishedPlaces
) -> tuple[tuple[Ints, ...], Traces, Ints]:
    """Return cell, and cell by slot of week and of day, of each row and of the fixes that are told, and which are."""
    told = np.flatnonzero(made.cells != NOWHERE)
    told = told[:: _every(len(told))]
    labels = made.cells[told].astype(np.int64), made.slots[told], made.slot_hours[told]
    cells, slots, hours = (np.concatenate(pair) for pair in zip(point, labels, strict=True))
    weekly = slots if release.slots.time == "hour_of_week" else _hour_of_week(slots)
    codes = (cells, *(numbered(cells, part, hours) for part in (weekly, weekly % 24)))
    who, rows = fixes.subjects[told].astype(np.int64), len(point[0])
    return tuple(code[:rows] for code in codes), Traces(who, who, tuple(code[rows:] for code in codes)), told


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


def _some(traces: Traces, some: Mask) -> Traces:
    return Traces(traces.ids[some], traces.owners[some], tuple(feature[some] for feature in traces.features))


def _hour_of_week(hours: Ints) -> Ints:
    return np.asarray((hours + 72) % WEEK)
