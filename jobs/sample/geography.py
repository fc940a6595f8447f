"""Invented settlements around two real points. Places are complex numbers: meters east + 1j * meters north."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import numpy.typing as npt

from quality.contracts.errors import UsageError

Places = npt.NDArray[np.complex128]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

METERS_PER_DEGREE = 6_371_008.8 * np.pi / 180
"""Of latitude, on a sphere of the mean Earth radius (IUGG)."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """Residents spread evenly over a disk; ``users`` is the share of the app's users who live there."""

    name: str
    kind: str
    place: complex
    residents: int
    radius_m: float
    users: float


@dataclass(frozen=True, slots=True)
class Region:
    """One region. The first settlement is the center, the last one is where only the victim uses the app."""

    name: str
    latitude: float
    longitude: float
    utc_offset_h: int
    country: str
    neighbors: tuple[str, ...]
    currency: str
    opt_out_signal: bool
    settlements: tuple[Settlement, ...]

    @property
    def meters_per_degree_east(self) -> float:
        """Length of a degree of longitude at the region's center."""
        return float(METERS_PER_DEGREE) * cos(radians(self.latitude))

    def latitudes(self, places: Places) -> Floats:
        """Return degrees north (WGS 84, local equirectangular projection)."""
        return np.asarray(self.latitude + places.imag / METERS_PER_DEGREE, dtype=np.float64)

    def longitudes(self, places: Places) -> Floats:
        """Return degrees east (WGS 84, local equirectangular projection)."""
        return np.asarray(self.longitude + places.real / self.meters_per_degree_east, dtype=np.float64)

    def place(self, latitude: float, longitude: float) -> complex:
        """Return the place of a coordinate; the inverse of ``latitudes`` and ``longitudes``."""
        east = (longitude - self.longitude) * self.meters_per_degree_east
        return complex(east, (latitude - self.latitude) * float(METERS_PER_DEGREE))

    def homes(self, count: int, rng: np.random.Generator) -> Places:
        """Return ``count`` places where users live: settlements by their users, even within a disk."""
        shares = np.array([s.users for s in self.settlements])
        chosen = rng.choice(len(shares), size=count, p=shares / shares.sum())
        centers = np.array([s.place for s in self.settlements])[chosen]
        radii = np.array([s.radius_m for s in self.settlements])[chosen]
        return np.asarray(centers + in_disk(count, rng) * radii, dtype=np.complex128)


def in_disk(count: int, rng: np.random.Generator) -> Places:
    """Return places spread evenly over the unit disk."""
    angle = rng.uniform(0, 2 * np.pi, count)
    return np.asarray(np.sqrt(rng.random(count)) * np.exp(1j * angle), dtype=np.complex128)


def region(name: str) -> Region:
    """Return the region of that name; raise ``UsageError`` when the sample has none."""
    try:
        return _REGIONS[name]
    except KeyError:
        raise UsageError(f"The sample has no region {name!r}.", mend=f"Known: {', '.join(sorted(_REGIONS))}.") from None


def _polar(distance_m: float, bearing_degrees: float) -> complex:
    return complex(distance_m * np.exp(1j * np.radians(90 - bearing_degrees)))


def _settlements(names: tuple[str, ...], *, towns_m: float, far: complex) -> Iterator[Settlement]:
    """Yield a dense city, towns, hamlets, thin countryside and a far town where only the victim has the app."""
    name = iter(names)

    def settle(kind: str, place: complex, residents: int, radius_m: float, users: float = 1.0) -> Settlement:
        return Settlement(next(name), kind, place, residents, radius_m, users * residents)

    yield settle("city", 0j, 40_000, 1_000)
    yield from (settle("suburb", _polar(2_300, bearing), 12_000, 950) for bearing in (23, 83, 203, 263))
    yield from (settle("town", _polar(towns_m, bearing), 11_000, 900) for bearing in (140, 320))
    yield from (settle("village", _polar(d, bearing), 1_400, 500) for d, bearing in ((9_000, 20), (11_000, 240)))
    yield settle("countryside", 0j, 5_000, 13_000)
    yield settle("town", far, 19_000, 1_000, users=0)


_EU_NAMES = (
    "Veldhaven", "Noorderwijk", "Oosterbeemd", "Zuiderlaan", "Westerkade", "Lindemond", "Aldervoort", "Kleinbroek",
    "Oudewerf", "Veldhaven countryside", "Verrestede",
)  # fmt: skip
_US_NAMES = (
    "Marlow Falls", "North Marlow", "Eastgate", "Southmill", "Westbrook Park", "Fenton Ridge", "Hallam Springs",
    "Cobbs Corner", "Dry Fork", "Marlow County", "Lonely Oak",
)  # fmt: skip

_REGIONS: dict[str, Region] = {
    "eu": Region(
        "eu", 52.099219, 5.120490, 2, "NL", ("DE", "BE", "FR"), "EUR", opt_out_signal=False,
        settlements=tuple(_settlements(_EU_NAMES, towns_m=8_460, far=24_095 - 15_874j)),
    ),
    "us": Region(
        "us", 39.960448, -82.982058, -4, "US", ("CA", "MX"), "USD", opt_out_signal=True,
        settlements=tuple(_settlements(_US_NAMES, towns_m=7_500, far=23_243 - 17_402j)),
    ),
}  # fmt: skip
