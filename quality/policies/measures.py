"""Lengths as laws write them, in meters: `1850 ft`, `1000 m`, `0.5 mi`."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import BeforeValidator, Field

METERS = {"m": 1.0, "km": 1_000.0, "ft": 0.3048, "mi": 1_609.344}
"""Meters of a unit; the foot is the international one (15 U.S.C. 205; NIST SP 811, appendix B)."""

EQUATOR_M_PER_DEGREE = 111_319.49
"""Meters of a degree of longitude on the equator (WGS 84: 6,378,137 m x pi / 180)."""


def meters(written: object) -> object:
    """Return a length such as ``1850 ft`` in meters; what is none is left for pydantic to refuse."""
    if not isinstance(written, str):
        return written
    number, _, unit = written.strip().replace(",", "").partition(" ")
    try:
        return float(number) * METERS[unit]
    except (ValueError, KeyError):
        raise ValueError(f"must be a length such as 1850 ft; units are {', '.join(METERS)}") from None


def circle_m2(radius_m: float) -> float:
    """Return the area of a circle in square meters."""
    return math.pi * radius_m**2


Length = Annotated[float, BeforeValidator(meters), Field(gt=0, allow_inf_nan=False)]
"""A length in meters, written with its unit."""
