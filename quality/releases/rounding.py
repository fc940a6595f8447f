"""Floats on the safe side of exact numbers: noise is never a bit too small for its loss."""

from __future__ import annotations

from fractions import Fraction
from math import inf, nextafter, sqrt


def up(number: Fraction | float) -> float:
    """Return the least float that is not below a number."""
    near = float(number)
    return near if Fraction(near) >= Fraction(number) else nextafter(near, inf)


def down(number: Fraction | float) -> float:
    """Return the largest float that is not above a number."""
    return -up(-Fraction(number))


def root_up(square: Fraction | int) -> float:
    """Return the least float whose square is not below."""
    root = sqrt(square)
    while Fraction(root) ** 2 < square:
        root = nextafter(root, inf)
    return root
