"""Describe the machine that a figure was measured on, and time or watch a command as a whole process."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
GEOWARD = Path(sys.executable).with_name("geoward")


def machine() -> str:
    """Return cores, memory, load, Python and platform in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = next((line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")), "unknown CPU")
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, load {load:.1f}, Python {platform.python_version()}"


def run(arguments: Sequence[str], home: Path) -> tuple[float, dict[str, object]]:
    """Run `geoward` with ``arguments`` in ``home``; return seconds and its JSON. Fails loudly if the command fails."""
    started = time.monotonic()
    command = [str(GEOWARD), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "GEOWARD_HOME": str(home)}, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments[:2])} ended with {done.returncode}: {done.stderr.decode()[-800:]}")
    text = done.stdout.decode()
    return time.monotonic() - started, json.loads(text) if text.startswith("{") else {}


def peak_memory_gib() -> float:
    """Return the largest resident memory of any finished child process so far, in GiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []
