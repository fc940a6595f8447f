"""Run the jobs on a cluster: the spark-submit command, and the file of Spark's settings that it reads."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from jobs.cluster import SILENT
from jobs.home import Home
from jobs.jars import jar_paths
from jobs.run_lock import hand_over_writing
from quality.contracts.errors import ConfigError, EnvironmentFault

NO_PROPERTIES = "Add `spark: {properties: spark.conf}` to it, with the settings of your cluster: docs/cluster.md."
END_S = 20.0
"""How long an interrupted command may take to end."""

ENDED = "Look at what it said above; then check the cluster as docs/cluster.md tells, and run again."


def submit_command(home: Home, *arguments: str) -> list[str]:
    """Return the command that runs ``python -m jobs`` with ``arguments`` by spark-submit.

    No setting is on the command line, where others see it. Raises ``ConfigError`` if the installation names no file
    of settings, and ``EnvironmentFault`` if others can read it: it holds the cluster's secret.
    """
    if home.spark_properties is None:
        raise ConfigError(f"Configuration {home.path / 'geoward.yaml'} names no Spark settings.", mend=NO_PROPERTIES)
    _refuse_loose(home.spark_properties)
    return [
        str(_spark_home() / "bin" / "spark-submit"), "--deploy-mode", "client",
        "--properties-file", str(home.spark_properties), "--jars", ",".join(str(path) for path in jar_paths()),
        str(Path(__file__).with_name("__main__.py")), *arguments,
    ]  # fmt: skip


def submit_environment(home: Home) -> dict[str, str]:
    """Return what the command needs in its environment, beside what is there."""
    options = (os.environ.get("SPARK_SUBMIT_OPTS", ""), "-XX:-UsePerfData", SILENT)
    return {
        "GEOWARD_HOME": str(home.path),
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYSPARK_PYTHON": os.environ.get("PYSPARK_PYTHON", sys.executable),
        "SPARK_HOME": str(_spark_home()),
        "SPARK_SUBMIT_OPTS": " ".join(options).strip(),
    }


def date_on_cluster(home: Home, regions: Iterable[str]) -> None:
    """Learn there which dates new files hold, for the run of this process; raise ``EnvironmentFault`` if that fails."""
    named = [word for region in regions for word in ("--region", region)]
    hand_over_writing(home)
    process = start_submitted(home, "date", *named)
    try:
        process.wait()
    except BaseException:
        interrupt(process)
        raise
    if process.returncode:
        raise ended_badly(process.returncode)


def start_submitted(home: Home, *arguments: str, more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start the command, with ``more`` in its environment, as a process group that can be interrupted as one.

    What it says goes to stderr, beside our own progress.
    """
    environment = {**os.environ, **submit_environment(home), **(more or {})}
    return subprocess.Popen(submit_command(home, *arguments), env=environment, stdout=2, start_new_session=True)


def interrupt(process: subprocess.Popen[bytes]) -> None:
    """End the command as Ctrl-C does, or with force if it does not end: the next run clears up what it leaves."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def ended_badly(code: int) -> EnvironmentFault:
    """Return what to say when the command ended before it did what it was to do."""
    return EnvironmentFault(f"spark-submit ended with code {code}.", mend=ENDED)


def _spark_home() -> Path:
    if home := os.environ.get("SPARK_HOME"):
        return Path(home)
    spec = find_spec("pyspark")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def _refuse_loose(path: Path) -> None:
    if not path.is_file():
        raise ConfigError(f"There is no file of Spark settings at {path}.", mend=NO_PROPERTIES)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise EnvironmentFault(
            f"The file of Spark settings has mode {mode:04o}: others can read the cluster's secret.",
            mend=f"Run `chmod 600 {path}`.",
        )
