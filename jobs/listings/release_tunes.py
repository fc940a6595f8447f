"""What `geoward release tune` prints of releases of places and of noisy figures; of tables: see release_reports."""

from __future__ import annotations

from jobs.listings.listing import Listing


class TunedPlacesPoint(Listing):
    """One k and finest resolution; null where no release can be made (``why``).

    ``risk_highest`` is 1 over the least crowd, ``attacks`` what each that ran reached. ``kept`` is the share of the
    epoch's fixes that are told, ``displacement_m`` the mean and 95th percentile in meters.
    """

    finest: int
    k: int
    why: str
    risk_highest: float | None = None
    attacks: dict[str, float] = {}
    kept: float | None = None
    displacement_m: tuple[float, float] | None = None
    cells: int | None = None
    within_gates: bool = False
    frontier: bool = False
    proposed: bool = False


class TunePlacesListing(Listing):
    """`geoward release tune --json` of places. ``rule`` says how the point that is ``proposed`` was chosen, if any."""

    release: str
    version: str
    source: str
    historic: str
    points: list[TunedPlacesPoint]
    attacked: bool
    rule: str
    picture: str | None


class TunedNoisyPoint(Listing):
    """What is expected of one measure at one ``loss`` (rho or epsilon, as the release accounts).

    ``epsilon`` is of one unit, ``lifetime_epsilon`` of a person's. ``scale`` and ``half_width`` (95 %) are in the
    measure's unit, errors relative to the figures that were asked about; ``drop_rate`` and ``spurious_rate`` are null
    without a threshold on the measure.
    """

    loss: float
    measure: str
    epsilon: float
    lifetime_epsilon: float
    scale: float
    half_width: float
    relative_error: float | None
    drop_rate: float | None
    spurious_rate: float | None
    proposed: bool = False


class TuneNoisyListing(Listing):
    """`geoward release tune --json` of noisy figures. ``sizes`` says where the figures come from: never private rows.

    ``accounting`` says what a loss is; ``proposed`` is the loss that ``rule`` chooses, null if none does.
    """

    release: str
    version: str
    accounting: str
    sizes: str
    points: list[TunedNoisyPoint]
    not_told: list[str]
    proposed: float | None
    rule: str
    picture: str | None
