"""Failures of the machine, told from their classes and a few known phrases: which fault it is and how to mend it.

The text of an error may hold a row's value, so it is only searched, never repeated.
"""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from traceback import walk_tb

from jobs.worker_faults import worker_fault
from quality.contracts.errors import UNEXPLAINED, EnvironmentFault, GeowardError

_OURS = ("jobs", "transforms", "quality", "dagster_project")
_AGAIN = "then run the same command again: nothing half-done was published."
_JAVA_IO = r"\b(?:IOException|FileNotFoundException|FileSystemException|FSError|AccessDeniedException): [^\n]*\b"
_THROWN = r"(?:^|Caused by: |: )(?:[\w.$]+\.)?"


@dataclass(frozen=True, slots=True)
class _Fault:
    """One fault of the machine, and how it shows: errno, SQLite's error name, class of exception, line of text."""

    message: str
    mend: str
    errnos: tuple[int, ...] = ()
    sqlite: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    text: str = r"(?!)"

    def shows_in(self, error: BaseException) -> bool:
        number = getattr(error, "errno", None) if isinstance(error, OSError) else None
        name = (getattr(error, "sqlite_errorname", None) or "") if isinstance(error, sqlite3.Error) else ""
        return (
            number in self.errnos
            or any(name.startswith(start) for start in self.sqlite)
            or type(error).__name__ in self.classes
            or re.search(self._lines, _text(error), re.MULTILINE) is not None
        )

    @property
    def _lines(self) -> str:
        numbers = "|".join(map(str, self.errnos)) or r"(?!)"
        return rf"{self.text}|\(os error (?:{numbers})\)"


def _java_io(phrase: str) -> str:
    """Return what Java writes of an operating system's error: a class of input and output, and the phrase last."""
    return rf"{_JAVA_IO}{phrase}\)?\s*$"


_FAULTS = (
    _Fault(
        "The disk is full, or a file reached the size that is allowed.",
        f"Free space on the disks of the Geoward home and of its regions' roots (see `df` and `ulimit -f`), {_AGAIN}",
        (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
        ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_SHM"),
        text=_java_io("(?:No space left on device|Disk quota exceeded|File too large)"),
    ),
    _Fault(
        "The file system is read-only.",
        f"Mount it writable, or move the Geoward home (GEOWARD_HOME) or the region's root, {_AGAIN}",
        (errno.EROFS,), ("SQLITE_READONLY",), text=_java_io("Read-only file system"),
    ),
    _Fault(
        "A file or a folder that is needed is closed to this user.",
        f"Run as the user who owns it, or correct owner and modes (`geoward doctor` names them), {_AGAIN}",
        (errno.EACCES, errno.EPERM), ("SQLITE_CANTOPEN", "SQLITE_PERM"), text=_java_io("Permission denied"),
    ),
    _Fault(
        "The disk reports an input or output error.",
        f"Look at the kernel's log (`dmesg`) and at the disk, {_AGAIN}",
        (errno.EIO,), ("SQLITE_IOERR",), text=_java_io("Input/output error"),
    ),
    _Fault(
        "Too many files are open.",
        f"Raise the limit (`ulimit -n`), {_AGAIN}",
        (errno.EMFILE, errno.ENFILE), text=_java_io("Too many open files"),
    ),
    _Fault(
        "The memory given to Java is too little to start with.",
        f"Set GEOWARD_DRIVER_MEMORY to 1g or more, or unset it, {_AGAIN}",
        text=r"\[INVALID_DRIVER_MEMORY\]|System memory \d+ must be at least \d+",
    ),
    _Fault(
        "Memory ran out.",
        f"Set GEOWARD_DRIVER_MEMORY to more, or end other programs if the machine itself is short (`free`), {_AGAIN}",
        (errno.ENOMEM,), ("SQLITE_NOMEM",), ("MemoryError",),
        rf"{_THROWN}(?:OutOfMemoryError|SparkOutOfMemoryError)\b",
    ),
    _Fault(
        "A Python worker of Spark was ended from outside.",
        f"Look in the kernel's log (`dmesg`) whether memory ran out, {_AGAIN}",
        text=rf"{_THROWN}(?:SparkException: [^\n]*)?Python worker exited unexpectedly",
    ),
    _Fault(
        "Spark, or a worker of its cluster, ended before its work was done.",
        f"Look whether master and workers are up (docs/cluster.md) and whether memory ran out (`dmesg`), {_AGAIN}",
        text=rf"{_THROWN}SparkException: Job[^\n]*(?:SparkContext was shut down|ExecutorLostFailure|Master removed our)"
        rf"|{_THROWN}IllegalStateException: Cannot call methods on a stopped SparkContext"
        rf"|{_THROWN}FetchFailedException",
    ),
    _Fault(
        "Java could not start.",
        f"See `geoward doctor`, GEOWARD_DRIVER_MEMORY and scratch/jvm.log in the Geoward home, {_AGAIN}",
        text=r"^\[JAVA_GATEWAY_EXITED\]",
    ),
    _Fault(
        "Java ended before its work was done.",
        f"Look for too little memory (GEOWARD_DRIVER_MEMORY, `geoward doctor`, `dmesg`), {_AGAIN}",
        classes=("Py4JNetworkError", "ConnectionRefusedError", "ConnectionResetError"),
    ),
    _Fault(
        "The catalog is in use by another command.",
        f"Wait until that one ends, {_AGAIN}",
        sqlite=("SQLITE_BUSY", "SQLITE_LOCKED"),
    ),
)  # fmt: skip
"""In the order of their causes: a full disk may well end Java, but not the other way round."""


def explain_failure(error: BaseException) -> EnvironmentFault | None:
    """Return the machine's fault that an error, or one it came from, tells of; None when it is none.

    Errors of Geoward explain themselves. Nothing of the error's text is repeated.
    """
    if isinstance(error, GeowardError):
        return None
    chain = list(_chain(error))
    if ours := next((found for one in chain if (found := worker_fault(_text(one)))), None):
        return ours
    for fault in _FAULTS:
        if any(fault.shows_in(one) for one in chain):
            return EnvironmentFault(fault.message, mend=fault.mend)
    return None


def as_told(error: Exception) -> GeowardError:
    """Return what may be said of an error: itself if Geoward explains it, else the machine's fault or only its kind."""
    if isinstance(error, GeowardError):
        return error
    return explain_failure(error) or GeowardError(f"failed with {kind_of(error)}.", mend=UNEXPLAINED)


def kind_of(error: BaseException) -> str:
    """Return an error's kind and the last line of Geoward's that it left: its text may hold a row's value."""
    lines = ((frame.f_globals.get("__name__", ""), line) for frame, line in walk_tb(error.__traceback__))
    ours = [f" at {module}:{line}" for module, line in lines if module.split(".")[0] in _OURS]
    return type(error).__name__ + "".join(ours[-1:])


@contextmanager
def explained() -> Iterator[None]:
    """Let an error that is a fault of the machine leave as one; all others leave as they are."""
    try:
        yield
    except Exception as error:
        if fault := explain_failure(error):
            raise fault from None
        raise


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all it came from: its cause, its context, and what SQLAlchemy and Spark wrap."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        found = (one.__cause__, one.__context__, getattr(one, "orig", None), getattr(one, "_cause", None))
        waiting += [other for other in found if isinstance(other, BaseException)]


def _text(error: BaseException) -> str:
    """Return the error's text, to be searched; an error that lives in a Java that has ended has none."""
    try:
        return str(error)
    except Exception:
        return ""
