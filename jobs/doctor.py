"""Whether this machine and this installation are fit. Each judgment takes its facts as arguments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jobs.java import INSTALL_JAVA, Java, java_problem
from jobs.listings import Finding
from jobs.lost_keys import LOST, RESTORE
from quality.contracts.errors import GeowardError

GIB = 1 << 30
WARN_FREE, FAIL_FREE = 10 * GIB, 1 * GIB
"""Free space in bytes: a night of a million rows with its scratch space fits in the first, no run in the second."""

PYTHONS = ((3, 11), (3, 12))


def ok(subject: str, found: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(subject=subject, status="ok", found=found, mend="")


def warn(subject: str, found: str, mend: str) -> Finding:
    """Return a finding that Geoward works with."""
    return Finding(subject=subject, status="warn", found=found, mend=mend)


def fault(subject: str, found: str, mend: str) -> Finding:
    """Return a finding that Geoward does not work with."""
    return Finding(subject=subject, status="fail", found=found, mend=mend)


def judge_java(java: Java | None) -> Finding:
    """Java must be 17 or newer."""
    if problem := java_problem(java):
        return fault("java", problem, INSTALL_JAVA)
    assert java is not None
    return ok("java", f"Java {java.version}, found by {java.found_by}")


def judge_python(version: tuple[int, int]) -> Finding:
    """Python must be 3.11 or 3.12."""
    found = f"Python {version[0]}.{version[1]}"
    if version in PYTHONS:
        return ok("python", found)
    return fault("python", found, "Install Python 3.11 and run `make setup PYTHON=python3.11`.")


def judge_packages(locked: Mapping[str, str], installed: Mapping[str, str]) -> Finding:
    """Main packages must be installed in the locked versions; another version warns."""
    if not locked:
        return warn("packages", "there is no lock beside this installation to compare with", "Run from a checkout.")
    if missing := sorted(set(locked) - set(installed)):
        return fault("packages", f"missing: {', '.join(missing)}", "Run `make setup`.")
    if other := sorted(name for name in locked if installed[name] != locked[name]):
        names = ", ".join(f"{name} {installed[name]} instead of {locked[name]}" for name in other)
        return warn("packages", f"not as locked: {names}", "Run `make setup`.")
    return ok("packages", f"{len(locked)} main packages as locked")


def judge_jars(total: int, wrong: list[str]) -> Finding:
    """Every JAR must have the bytes that the lock names."""
    if wrong:
        return fault("jars", f"absent or changed: {', '.join(wrong)}", "Run `make setup` with the registries in reach.")
    return ok("jars", f"{total} JARs with the locked SHA-256")


def judge_disk(where: str, free: int) -> Finding:
    """Free bytes at the home or a region's root."""
    subject, found = f"disk {where}", f"{free / GIB:.1f} GiB free"
    if free < FAIL_FREE:
        return fault(subject, found, "Make room: a run needs space for its tables and for scratch files.")
    return warn(subject, found, "Make room before a large run.") if free < WARN_FREE else ok(subject, found)


def judge_private(subject: str, file: str, mode: int | None, lost: bool, closed: GeowardError | None = None) -> Finding:
    """The keyset and the vaults must be closed to others and open to us: nobody else reads what they protect."""
    if lost:
        return fault(subject, LOST, RESTORE.format(file))
    if mode is None:
        return ok(subject, "none yet: the first run makes one")
    if mode & 0o077:
        return fault(subject, f"mode {mode:04o}: others can read it", f"Run `chmod 600` on {file}.")
    if closed:
        return fault(subject, closed.message, closed.mend)
    return ok(subject, f"present, mode {mode:04o}")


def judge_root(region: str, mode: int | None, writable: bool, lost: GeowardError | None = None) -> Finding:
    """A region's root must be writable, closed to others, and there if it was in use."""
    subject = f"region {region}"
    if lost:
        return fault(subject, lost.message, lost.mend)
    if not writable:
        return fault(subject, "its storage root is not writable", "Give this user the right to write there.")
    if mode is None:
        return ok(subject, "its storage root will be made at first use")
    if mode & 0o077:
        return fault(subject, f"its storage root has mode {mode:04o}: others can look in", "Run `chmod 700` on it.")
    return ok(subject, f"its storage root is writable, mode {mode:04o}")


def judge_port(port: int, free: bool) -> Finding:
    """The UI's port; another can be chosen."""
    if free:
        return ok("ui port", f"{port} is free")
    return warn("ui port", f"{port} is taken", f"Stop what uses it, or run `geoward ui --port {port + 1}`.")


def judge_config(problem: str, mend: str, found: str) -> Finding:
    """The configuration and the policy must load."""
    if problem:
        return fault("configuration", problem, mend or "Correct the file and field that are named.")
    return ok("configuration", found)


def nearest_existing(path: Path) -> Path:
    """Return the path itself or the first of its parents that exists."""
    return next(level for level in (path, *path.parents) if level.exists())
