"""Dagster's own way to launch a run, which also tells whether the run's process still lives.

The code server tells of a run that dies under it. When both are gone, as after a restart of the machine or when a
`geoward run` was killed, nobody would: the run would count as running forever, and keep its place in the pool.
"""

from __future__ import annotations

from collections.abc import Iterator

from dagster import DagsterEventType, DagsterRun
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus

from dagster_project.run_process import BEGAN, is_alive


class WatchedLauncher(DefaultRunLauncher):
    """Launches runs in the code server and looks at the process that each run's log names."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """It does, so run monitoring asks."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Return FAILED if the process that the run named last is gone; one that named none yet counts as running."""
        named = [event for event in self._events(run) if event[0]]
        if named:
            pid, _, moment = named[0]
            known = next((began for other, began, _ in named if other == pid and began), "")
            if not is_alive(int(pid), known, moment):
                return CheckRunHealthResult(WorkerStatus.FAILED, f"its process {pid} is gone")
        return CheckRunHealthResult(WorkerStatus.RUNNING)

    def _events(self, run: DagsterRun) -> Iterator[tuple[str, str, float]]:
        """Return the process id that each of the run's events names, when it began, and the moment; newest first."""
        for entry in reversed(self._instance.all_logs(run.run_id, of_type=DagsterEventType.ENGINE_EVENT)):
            told = entry.get_dagster_event().engine_event_data.metadata
            pid, began = (getattr(told.get(name), "text", None) or "" for name in ("pid", BEGAN))
            yield pid, began, entry.timestamp
