"""Functions over arrays, compiled to machine code once and kept beside their source."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return ``function`` compiled by numba: its arguments are numbers and arrays, and it releases the GIL."""
    made: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
    return made
