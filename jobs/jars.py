"""The JARs Spark needs beside its own: pinned by SHA-256, resolved once at set-up, offline afterwards."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

from quality.contracts.errors import EnvironmentFault

LOCK = Path(__file__).with_name("jars.lock")
FOLDER = Path(sys.prefix) / "jars"
_MEND = "Run `make setup` with the package registries in reach."


def locked_jars() -> dict[str, str]:
    """Return SHA-256 by Maven coordinate (group:artifact:version)."""
    lines = (line.split() for line in LOCK.read_text().splitlines() if line and not line.startswith("#"))
    return {coordinate: digest for coordinate, digest in lines}


def jar_paths() -> list[Path]:
    """Return the local paths of the locked JARs; raise ``EnvironmentFault`` when one is absent."""
    paths = [FOLDER / _file_name(coordinate) for coordinate in locked_jars()]
    if absent := [path.name for path in paths if not path.exists()]:
        raise EnvironmentFault(f"{len(absent)} JARs are missing, {absent[0]} first.", mend=_MEND)
    return paths


def wrong_jars() -> list[str]:
    """Return the file names whose bytes are absent or differ from the lock."""
    wrong = []
    for coordinate, expected in locked_jars().items():
        path = FOLDER / _file_name(coordinate)
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            wrong.append(path.name)
    return wrong


def resolve_jars() -> None:
    """Fetch the locked JARs with Spark's own resolver; raise ``EnvironmentFault`` if any differs from the lock."""
    if not wrong_jars():
        return
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory() as ivy:
        packages = ",".join(locked_jars())
        builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
        builder.config("spark.jars.ivy", ivy).config("spark.jars.packages", packages).getOrCreate().stop()
        FOLDER.mkdir(parents=True, exist_ok=True)
        for coordinate in locked_jars():
            group, artifact, version = coordinate.split(":")
            fetched = Path(ivy) / "jars" / f"{group}_{artifact}-{version}.jar"
            shutil.copyfile(fetched, FOLDER / _file_name(coordinate))
    if wrong := wrong_jars():
        raise EnvironmentFault(f"JARs differ from the lock: {', '.join(wrong)}.", mend="Do not use them; report it.")


def _file_name(coordinate: str) -> str:
    _, artifact, version = coordinate.split(":")
    return f"{artifact}-{version}.jar"
