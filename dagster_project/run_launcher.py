"""Dagster's own way to launch a run, which also tells whether the run's process still lives.

The code server tells of a run that dies under it. When both are gone, as after a restart of the machine or when a
`geoward run` was killed, nobody would: the run would count as running forever, and keep its place in the pool.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from dagster import DagsterEventType, DagsterRun, TextMetadataValue
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus


class WatchedLauncher(DefaultRunLauncher):
    """Launches runs in the code server and looks at the process that each run's log names."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """It does, so run monitoring asks."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Return FAILED if the process that the run named last is gone; one that named none yet counts as running."""
        for pid, moment in self._processes(run):
            if not is_alive(pid, moment):
                return CheckRunHealthResult(WorkerStatus.FAILED, f"its process {pid} is gone")
            break
        return CheckRunHealthResult(WorkerStatus.RUNNING)

    def _processes(self, run: DagsterRun) -> Iterator[tuple[int, float]]:
        """Return the process ids that the run's log names, with the moment, newest first."""
        for entry in reversed(self._instance.all_logs(run.run_id, of_type=DagsterEventType.ENGINE_EVENT)):
            named = entry.get_dagster_event().engine_event_data.metadata.get("pid")
            if isinstance(named, TextMetadataValue) and named.text:
                yield int(named.text), entry.timestamp


def is_alive(pid: int, since: float) -> bool:
    """Return whether a process of that id lives that was there at the moment ``since``, in seconds of the epoch."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    began = _began(pid)
    return began is None or began <= since + 1  # a later one was given the same id


def _began(pid: int) -> float | None:
    """Return when a process began, where the system tells (proc(5)); ``None`` elsewhere."""
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        boot = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime"))
    except (OSError, StopIteration):
        return None
    return int(boot.split()[1]) + int(ticks) / os.sysconf("SC_CLK_TCK")
