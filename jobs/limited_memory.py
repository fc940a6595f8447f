"""Where the shell limits memory, a query runs in a process of its own: one that dies of the limit cannot say so."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from quality.contracts.errors import EnvironmentFault

APART = "GEOWARD_APART"
_HUNGRY = (b"ImportError", b"MemoryError", b"OutOfMemory", b"OpenBLAS")
"""What a process says that ended with code 1 because it could not get memory: libraries do not load, or give up."""

STALLED, BUSY = 30.0, 0.05
"""A query that used less than ``BUSY`` seconds of CPU in ``STALLED`` seconds hangs."""


def memory_limit() -> int | None:
    """Return how many bytes a process may have here, None if nothing limits it or this is the process set apart."""
    if APART in os.environ:
        return None
    limits = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    return min((limit for limit in limits if limit != resource.RLIM_INFINITY), default=None)


def run_apart(limit: int) -> int:
    """Run this very command in another process and return its code; raise ``EnvironmentFault`` if it died or hung.

    What it wrote to stderr is shown unless it died: libraries that get no memory write pages, and no way out.
    """
    command = [sys.executable, *sys.orig_argv[1:]]
    process = subprocess.Popen(command, env={**os.environ, APART: "1"}, stderr=subprocess.PIPE)
    said, code = _ended(process), process.returncode
    if code not in range(6) or (code == 1 and any(word in said for word in _HUNGRY)):
        raise EnvironmentFault(
            f"The query got too little memory: a process may have {limit >> 20:,} MiB here.",
            mend="Raise the limit (`ulimit -v unlimited; ulimit -d unlimited`); a query takes about 2,048 MiB.",
        )
    sys.stderr.write(said.decode(errors="replace"))
    return code


def _ended(process: subprocess.Popen[bytes]) -> bytes:
    """Return what it said when it ended. One that does nothing for long is killed: its libraries wait for each other.

    An allocator that gets no memory while it holds a lock leaves it locked.
    """
    spent = 0.0
    while True:
        try:
            return process.communicate(timeout=STALLED)[1]
        except subprocess.TimeoutExpired:
            before, spent = spent, _cpu_seconds(process.pid)
            if spent - before < BUSY:
                process.kill()


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
