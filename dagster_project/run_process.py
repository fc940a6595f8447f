"""Which process makes a run's tables, told so that it is known again: by its id and when it began since the boot.

A moment of the clock would not do: a clock that is set makes a living process look like another one, or the reverse.
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
from dagster._core.events import EngineEventData

BEGAN = "began"
"""Under which name an event's metadata hold it, beside Dagster's ``pid``."""

_TOLD: set[str] = set()


def tell_process(context: dg.AssetExecutionContext) -> None:
    """Enter this process in the run's log, once, with its first table."""
    if context.run.run_id not in _TOLD:
        _TOLD.add(context.run.run_id)
        pid = os.getpid()
        named = {"pid": dg.MetadataValue.text(str(pid)), BEGAN: dg.MetadataValue.text(began(pid))}
        context.instance.report_engine_event(f"Process {pid} makes the tables.", context.run, EngineEventData(named))


def began(pid: int) -> str:
    """Return the boot and the clock ticks after it at which a process began (proc(5)); empty where nothing tells."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[19]}"
    except OSError:
        return ""


def is_alive(pid: int, known: str, since: float) -> bool:
    """Return whether the process of that id lives that ``known`` tells of, as ``began`` said of it.

    If nothing is known, any process of that id will do, as long as the machine was not started after ``since``, in
    seconds of the epoch.
    """
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return began(pid) in ("", known) if known else _booted() <= since


def _booted() -> float:
    try:
        return next(float(line.split()[1]) for line in Path("/proc/stat").read_text().splitlines() if "btime" in line)
    except (OSError, StopIteration):
        return 0
