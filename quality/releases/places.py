"""A release of places and times as declared: how where people were may be published, and what must hold of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tiles(_Frozen):
    """Cells of H3, coarsened until ``least`` distinct devices (or residents) are in each; fixed for an epoch.

    ``finest`` and ``coarsest`` are resolutions of H3, of which the greater number is the finer cell.
    No cell is published that does not exceed ``min_area_m2`` (square meters) and ``min_radius_m`` (circumradius in
    meters); ``citation`` names the law or the reason. ``from_rows`` says what the devices are counted in.
    """

    finest: int = Field(ge=0, le=11)
    coarsest: int = Field(ge=0, le=11)
    least: int = Field(ge=1)
    min_area_m2: float = Field(default=0.0, ge=0)
    min_radius_m: float = Field(default=0.0, ge=0)
    citation: str = Field(default="no statute", min_length=1)
    from_rows: Literal["historic", "residents"] = "historic"

    @model_validator(mode="after")
    def _ordered(self) -> Tiles:
        if self.coarsest > self.finest:
            raise ValueError("coarsest must not be finer than finest")
        return self


class Slots(_Frozen):
    """Time as hours since 1970 or as hours of the week (0 is Monday, 00:00), both after adding ``utc_offset`` hours.

    ``time`` says which of the two.
    ``hours`` are the lengths of a slot to coarsen through before a coarser cell is tried.
    """

    time: Literal["hour", "hour_of_week"] = "hour"
    hours: tuple[Annotated[int, Field(ge=1, le=168)], ...] = Field(default=(1,), min_length=1)
    utc_offset: int = Field(default=0, ge=-12, le=14)

    @model_validator(mode="after")
    def _whole(self) -> Slots:
        if list(self.hours) != sorted(set(self.hours)):
            raise ValueError("hours must rise")
        if any(later % earlier for earlier, later in zip(self.hours, self.hours[1:], strict=False)):
            raise ValueError("each slot must hold whole slots of the length before it")
        if any((168 if self.time == "hour_of_week" else 24) % hours for hours in self.hours):
            raise ValueError("hours must divide a day, or the week if time is hour_of_week")
        return self


class Trips(_Frozen):
    """A gap longer than ``gap_minutes`` starts a trip. Both ends are trimmed.

    What is closer than ``trim_m`` meters or ``trim_minutes`` to either end of its trip is not published.
    """

    gap_minutes: float = Field(default=20.0, gt=0)
    trim_m: float = Field(default=0.0, ge=0)
    trim_minutes: float = Field(default=0.0, ge=0)


class Anchors(_Frozen):
    """Home and work are inferred, and nothing of a subject is published within ``radius_m`` of its own.

    Nights and working hours are told by the clock of ``utc_offset``.
    """

    radius_m: float = Field(gt=0)
    utc_offset: int = Field(default=0, ge=-12, le=14)


class StayPoints(_Frozen):
    """Only stays are published: at least ``minutes`` within ``radius_m`` meters of where they began."""

    radius_m: float = Field(default=200.0, gt=0)
    minutes: float = Field(default=20.0, gt=0)


class SensitivePlaces(_Frozen):
    """Whole regions around places of ``classes`` are coarsened or suppressed, whoever is in them and why.

    ``reads`` is a table with latitude, longitude and class, which is in ``class_column``. ``action`` says which of the
    two is done. A region is a cell, at least one level coarser than the finest, of which circles of ``radius_m`` around
    its places cover at most ``share``.
    """

    reads: str = Field(min_length=1)
    class_column: str = "fclass"
    classes: tuple[str, ...] = Field(min_length=1)
    radius_m: float = Field(default=100.0, gt=0)
    share: float = Field(default=0.1, gt=0, le=1)
    action: Literal["suppress", "coarsen"] = "coarsen"


class Sequences(_Frozen):
    """k^m-anonymity: who knows ``m`` points of a pseudonym matches at least k subjects (Terrovitis et al., 2008).

    A trip of more than ``points`` goes on under another pseudonym.
    """

    m: int = Field(ge=2, le=4)
    points: int = Field(default=8, ge=2, le=32)


class PlanarLaplace(_Frozen):
    """Geo-indistinguishability of ``epsilon_per_km`` for each cell that a subject is ever in (Andres et al., 2013).

    ``max_epsilon_per_km`` is what a subject may spend in an epoch: distinct cells times ``epsilon_per_km``. Epochs
    add up.
    """

    epsilon_per_km: float = Field(gt=0)
    max_epsilon_per_km: float | None = Field(default=None, gt=0)


class Epoch(_Frozen):
    """The first and the last day, ``start`` and ``end``, for which tiling, parameters and noise are fixed."""

    start: date
    end: date

    @model_validator(mode="after")
    def _ordered(self) -> Epoch:
        if self.start > self.end:
            raise ValueError("start must not be after end")
        return self


class PlaceGates(_Frozen):
    """What the attacks on the published rows may reach at most, and what must be left of the data at least.

    An attack whose limit is null is not tried, and the release says so; ``accept_too_small`` lets a release pass whose
    attacks are undecided for want of people. ``unicity`` is the share of trips that p known points single out, by p.
    The others are shares above chance: ``home_work`` and ``recovery`` may also reach 1 / k, which is what a crowd of k
    allows anyway; ``linkage`` (of two epochs) and ``trajectory_linking`` may not. ``visits_kept`` is a share of fixes,
    ``common_commuters`` the common part of commuters; a release below either fails as useless.
    """

    unicity: dict[Annotated[int, Field(ge=1, le=6)], Annotated[float, Field(ge=0, le=1)] | None] = {}
    home_work: float | None = Field(default=0.01, ge=0, le=1)
    linkage: float | None = Field(default=0.01, ge=0, le=1)
    trajectory_linking: float | None = Field(default=0.01, ge=0, le=1)
    recovery: float | None = Field(default=0.01, ge=0, le=1)
    accept_too_small: bool = False
    visits_kept: float = Field(default=0.5, ge=0, le=1)
    common_commuters: float = Field(default=0.0, ge=0, le=1)


class PlacesRelease(_Frozen):
    """Where and when people were, made anonymous: rows of cell, slot and maybe a trip's pseudonym, never the subject.

    ``name``, ``description``, ``purpose``, ``reads``, ``subject`` and ``links`` are as for a table. ``tiles`` are the
    cells and ``slots`` the hours; ``epoch`` is the days that they are for, and ``late_days`` says whether a day that
    was released before may be released again. ``trips`` are found and trimmed, ``stay_points`` leaves out what is no
    stay, and ``home_and_work`` and ``sensitive_places`` are kept out. ``pseudonym`` none links no rows; trip needs
    ``trips`` (``{}`` takes each default) and ``sequences``. ``noise`` moves each place instead of leaving it out.
    ``gates`` are what attacks may reach, and what must be left. A position is ``latitude`` and ``longitude`` in
    degrees, or ``cell``, an H3 cell's text. ``time`` is a timestamp, whole seconds since 1970, days since 1899-12-30
    with a fraction (UTC all), or ISO 8601 text with its zone; or, with ``hour``, an English weekday's name. At least
    ``k`` distinct subjects are in each published cell and slot. Without a pseudonym rows are unlinkable, and k in each
    is all that is to hold; with one a trip's rows are linked, which only ``sequences`` protects.
    """

    kind: Literal["places"]
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = Field(min_length=1)
    purpose: str = Field(min_length=1)
    reads: str = Field(min_length=1)
    subject: str = Field(min_length=1)
    links: tuple[str, ...] = ()
    latitude: str | None = None
    longitude: str | None = None
    cell: str | None = None
    time: str = Field(min_length=1)
    hour: str | None = None
    k: int = Field(ge=2)
    tiles: Tiles
    slots: Slots = Slots()
    trips: Trips | None = None
    home_and_work: Anchors | None = None
    stay_points: StayPoints | None = None
    sensitive_places: SensitivePlaces | None = None
    noise: PlanarLaplace | None = None
    pseudonym: Literal["none", "trip"] = "none"
    sequences: Sequences | None = None
    epoch: Epoch
    late_days: Literal["refuse", "allow"] = "refuse"
    gates: PlaceGates = PlaceGates()
    version: str = ""

    @model_validator(mode="after")
    def _coherent(self) -> PlacesRelease:
        if (self.latitude is None) != (self.longitude is None) or (self.latitude is None) == (self.cell is None):
            raise ValueError("name latitude and longitude, or cell")
        if self.pseudonym == "trip" and (self.trips is None or self.sequences is None):
            raise ValueError(
                "pseudonyms of trips need trips and sequences (`trips: {}` and `sequences: {m: 2}`, for example): "
                "linked rows are not protected by k alone"
            )
        if self.sequences is not None and self.pseudonym == "none":
            raise ValueError("sequences protect pseudonyms, of which there are none")
        if self.gates.common_commuters and self.pseudonym == "none":
            raise ValueError("common_commuters compares where trips begin and end, so it needs pseudonym: trip")
        if self.cell is not None and (self.home_and_work or self.stay_points or (self.trips and self.trips.trim_m)):
            raise ValueError("home_and_work, stay_points and trim_m need latitude and longitude")
        if self.hour is not None and self.slots.time == "hour":
            raise ValueError("weekday and hour say no date, so slots need time: hour_of_week")
        if self.sensitive_places is not None and self.tiles.coarsest == self.tiles.finest:
            raise ValueError("sensitive places need a coarser cell than the finest")
        return self
