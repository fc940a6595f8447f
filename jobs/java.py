"""The Java that Spark starts: found as Spark finds it, and new enough."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from quality.contracts.errors import EnvironmentFault

LEAST_JAVA = 17
"""The oldest Java that Spark 4 runs on."""

INSTALL_JAVA = (
    "Install Java 17 or newer and put it on PATH or in JAVA_HOME; on Debian or Ubuntu: "
    "`apt-get install openjdk-17-jre-headless`."
)


@dataclass(frozen=True, slots=True)
class Java:
    """A Java: the command, how it was found, and its major version; 0 when it does not start or does not say."""

    command: str
    found_by: str
    version: int


def find_java() -> Java | None:
    """Return the Java that Spark would start: that of JAVA_HOME, else the one on PATH; None when there is neither."""
    if home := os.environ.get("JAVA_HOME"):
        return _ask(str(Path(home) / "bin" / "java"), "JAVA_HOME")
    command = shutil.which("java")
    return _ask(command, "PATH") if command else None


def java_problem(java: Java | None) -> str:
    """Return what is wrong with that Java in one sentence; empty when it will do."""
    if java is None:
        return f"Java is missing: neither JAVA_HOME nor PATH leads to one, and Spark needs Java {LEAST_JAVA} or newer."
    if not java.version:
        return f"The Java that {java.found_by} leads to does not start."
    if java.version < LEAST_JAVA:
        return f"Java {java.version}, found by {java.found_by}, is too old: Spark needs Java {LEAST_JAVA} or newer."
    return ""


def require_java() -> str:
    """Return the command of a usable Java; raise ``EnvironmentFault`` saying in one sentence what is wrong."""
    java = find_java()
    if problem := java_problem(java):
        raise EnvironmentFault(problem, mend=INSTALL_JAVA)
    assert java is not None
    return java.command


def version_in(banner: str) -> int:
    """Return the major version that ``java -version`` states, 0 if none: ``"17.0.15"`` is 17, ``"1.8.0_402"`` is 8."""
    found = re.search(r'version "(\d+)(?:\.(\d+))?', banner)
    if not found:
        return 0
    major, minor = int(found[1]), int(found[2] or 0)
    return minor if major == 1 else major


def _ask(command: str, found_by: str) -> Java:
    try:
        done = subprocess.run([command, "-version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return Java(command, found_by, 0)
    return Java(command, found_by, version_in(done.stderr + done.stdout) if done.returncode == 0 else 0)
