"""`geoward`, killing itself and all it started at a point: python -m tests.e2e.killed_geoward POINT run."""

from __future__ import annotations

import os
import signal
import sys

from dagster_project.cli import main
from tests.e2e.tripwires import arm


def kill_the_group():
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    arm(sys.argv.pop(1), 1, kill_the_group)
    main()
