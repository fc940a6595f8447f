"""Where the shell limits memory, a query runs in a process of its own: one that dies of the limit cannot say so."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

from quality.contracts.errors import EnvironmentFault

APART = "GEOWARD_APART"
_HUNGRY = (b"ImportError", b"MemoryError", b"OutOfMemory", b"OpenBLAS")
"""What a process says that ended with code 1 because it could not get memory: libraries do not load, or give up."""


def memory_limit() -> int | None:
    """Return how many bytes a process may have here, None if nothing limits it or this is the process set apart."""
    if APART in os.environ:
        return None
    limits = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    return min((limit for limit in limits if limit != resource.RLIM_INFINITY), default=None)


def run_apart(limit: int) -> int:
    """Run this very command in another process and return its code; raise ``EnvironmentFault`` if it died.

    What it wrote to stderr is shown unless it died: libraries that get no memory write pages, and no way out.
    """
    command = [sys.executable, *sys.orig_argv[1:]]
    done = subprocess.run(command, env={**os.environ, APART: "1"}, stderr=subprocess.PIPE, check=False)
    if done.returncode not in range(6) or (done.returncode == 1 and any(word in done.stderr for word in _HUNGRY)):
        raise EnvironmentFault(
            f"The query got too little memory: a process may have {limit >> 20:,} MiB here.",
            mend="Raise the limit (`ulimit -v unlimited; ulimit -d unlimited`); a query takes about 2,048 MiB.",
        )
    sys.stderr.write(done.stderr.decode(errors="replace"))
    return done.returncode
