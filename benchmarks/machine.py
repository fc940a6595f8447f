"""Describe the machine that a figure was measured on, and time or watch a command as a whole process."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
GEOWARD = Path(sys.executable).with_name("geoward")


def machine() -> str:
    """Return cores, memory, load, Python and platform in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = next((line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")), "unknown CPU")
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, load {load:.1f}, Python {platform.python_version()}"


class Peak:
    """Watches a process and all that it starts, twice a second: ``gib``, the most resident memory, and ``cpu`` seconds.

    Seconds of CPU tell what a run costs on a machine that others use too, where its time tells little.
    """

    def __init__(self) -> None:
        """Nothing is watched yet."""
        self.gib = self.cpu = 0.0

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Return when the process has ended."""
        while process.poll() is None:
            pages = sum(_pages(pid) for pid in _family(process.pid))
            self.gib = max(self.gib, pages * os.sysconf("SC_PAGE_SIZE") / 2**30)
            self.cpu = max(self.cpu, cpu_seconds(process.pid))
            time.sleep(0.5)


def run(
    arguments: Sequence[str], home: Path, peak: Peak | None = None, command: Sequence[str] = (str(GEOWARD),)
) -> tuple[float, dict[str, Any]]:
    """Run `geoward` with ``arguments`` in ``home``; return seconds and its JSON. Fails loudly if the command fails."""
    started = time.monotonic()
    environment = {**os.environ, "GEOWARD_HOME": str(home)}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen([*command, *arguments], cwd=ROOT, env=environment, stdout=out, stderr=err)
        if peak:
            peak.watch(process)
        code = process.wait()
        seconds = time.monotonic() - started
        texts = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
    if code:
        sys.exit(f"{' '.join(arguments[:2])} ended with {code}: {texts[1][-800:]}")
    return seconds, json.loads(texts[0]) if texts[0].startswith("{") else {}


def cpu_seconds(pid: int) -> float:
    """Return the seconds of CPU, user and system, of a process and all that it started, ended ones too."""
    return sum(_ticks(member) for member in _family(pid)) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        for children in Path(f"/proc/{found[-1]}/task").glob("*/children"):  # a child is its thread's: Java has many
            with contextlib.suppress(OSError):
                waiting += [int(child) for child in children.read_text().split()]
    return found


def _pages(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return 0


def _ticks(pid: int) -> int:
    """Return what /proc/PID/stat calls utime, stime, cutime and cstime, together."""
    with contextlib.suppress(OSError):
        return sum(int(ticks) for ticks in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15])
    return 0


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []
