"""Functions over arrays, compiled to machine code once and kept beside their source."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_MARK = b"@compiled"


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return ``function`` compiled by numba: its arguments are numbers and arrays, and it releases the GIL.

    What was compiled before is used again only while no compiled function of the whole package has changed: numba
    itself looks at the function's own file, and would go on calling the old text of one that it calls.
    """
    import numba

    try:
        made: Any = numba.njit(cache=True, nogil=True)(function)
    except (
        RuntimeError
    ):  # no folder is writable, neither beside the sources nor the user's own: compiled in each process
        uncached: Callable[P, R] = numba.njit(nogil=True)(function)
        return uncached
    made._cache._cache_file._source_stamp = source_stamp(function.__module__.partition(".")[0])
    kept: Callable[P, R] = made
    return kept


@lru_cache
def source_stamp(package: str) -> str:
    """Return a digest of all files of ``package`` that hold compiled functions."""
    return hashlib.sha256(b"\0".join(text for text in _sources(files(package)) if _MARK in text)).hexdigest()


def _sources(folder: Traversable) -> Iterator[bytes]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry.read_bytes()
