"""Loops over arrays, compiled to machine code once and kept beside their source."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return ``function`` compiled by numba. A twin of the transforms' own: checks share no code with them."""
    made: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
    return made
