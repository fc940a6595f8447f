"""An error boundary: what breaks on a value is told by kind and place, since its own text may hold the value."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from traceback import walk_tb
from typing import ParamSpec, TypeVar

from quality.contracts.errors import GeowardError

P = ParamSpec("P")
R = TypeVar("R")
_OURS = ("quality", "transforms", "jobs")


class ValueRefused(GeowardError):
    """A function over values broke; nothing of what it was given is told."""

    def __init__(self, error: BaseException) -> None:
        """Name the error's kind and the last line of Geoward's that it left."""
        lines = ((frame.f_globals.get("__name__", ""), line) for frame, line in walk_tb(error.__traceback__))
        ours = [f" at {module}:{line}" for module, line in lines if module.split(".")[0] in _OURS]
        what = type(error).__name__ + "".join(ours[-1:])
        mend = "Look for damage with `geoward fsck`; if that finds nothing, report a defect."
        super().__init__(f"A value cannot be worked on: {what}.", mend=mend)


def untold(function: Callable[P, R]) -> Callable[P, R]:
    """Return ``function`` that raises ``ValueRefused`` for any error but Geoward's own, which hold no value."""

    @wraps(function)
    def guarded(*values: P.args, **options: P.kwargs) -> R:
        try:
            return function(*values, **options)
        except (GeowardError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of a library in Rust is no Exception
            raise ValueRefused(error) from None

    return guarded
