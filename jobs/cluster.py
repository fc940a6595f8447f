"""What a Spark that is more than this process needs: safe wires, our code and JARs on every worker, and executors."""

from __future__ import annotations

import os
import re
import site
import time
from collections.abc import Callable
from pathlib import Path

from jobs.jars import jar_paths
from quality.contracts.errors import EnvironmentFault

ATTEMPTS = 4
"""How often a task may run: a cluster's own default, for one machine too."""

EXECUTOR_WAIT_S = 120.0
"""How long to wait for the first executor, before saying that there is none."""

SILENT = f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties')}"
"""The option of a Java whose logs could hold rows."""

BETWEEN_MACHINES = {  # blocks, shuffles and the key that encrypts spills travel; executors log the rows of failed tasks
    "spark.authenticate": "true",
    "spark.network.crypto.enabled": "true",
    "spark.network.crypto.saslFallback": "false",
    "spark.executor.defaultJavaOptions": SILENT,
    "spark.executor.syncLogLevel.enabled": "true",
}

_MEND = "Check spark.master and spark.authenticate.secret, and that master and workers are up: docs/cluster.md."
_NO_EXECUTOR = "Check that workers are up and have the memory and cores that spark.executor.memory and .cores ask for."


def is_local(master: str) -> bool:
    """Return whether Spark runs in this one process."""
    return master == "local" or master.startswith("local[")


def with_attempts(master: str) -> str:
    """Return a local master that runs a failed task again, as a cluster does: a killed Python worker ends no run."""
    found = re.fullmatch(r"local(?:\[(\d+|\*)\])?", master)
    return f"local[{found[1] or 1},{ATTEMPTS}]" if found else master


def submitted_names() -> tuple[frozenset[str], str]:
    """Return the names of what spark-submit was told, and its master; nothing when it did not start this process.

    Only names: one of the values is the cluster's secret.
    """
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        return frozenset(), ""
    from pyspark import SparkConf
    from pyspark.java_gateway import launch_gateway

    told = SparkConf(_jvm=launch_gateway().jvm)  # type: ignore[no-untyped-call]
    return frozenset(name for name, _ in told.getAll()), told.get("spark.master") or ""


def on_workers() -> dict[str, str]:
    """Return what makes workers find the JARs, sent to them, and this very code, at its path."""
    code = Path(__file__).resolve().parents[1]
    found = {"spark.jars": ",".join(str(path) for path in jar_paths())}
    if str(code) not in site.getsitepackages():
        found["spark.executorEnv.PYTHONPATH"] = str(code)
    return found


def join_failed() -> EnvironmentFault:
    """Return what to say when the cluster does not take us; Spark's own message may hold a setting's value."""
    return EnvironmentFault("The Spark cluster could not be joined.", mend=_MEND)


def await_executor(executors: Callable[[], int], seconds: float = EXECUTOR_WAIT_S) -> None:
    """Wait for the first executor; raise ``EnvironmentFault`` if none comes. Spark itself would wait for ever."""
    end = time.monotonic() + seconds
    while executors() < 1:
        if time.monotonic() > end:
            raise EnvironmentFault("The Spark cluster gave no executor.", mend=_NO_EXECUTOR)
        time.sleep(0.1)
