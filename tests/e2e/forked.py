"""Processes to be killed, many and soon: forked from one that has imported everything and used nothing of it.

Nothing of deltalake may have run before a fork: its threads do not come along.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAZY = ("pandas", "pyarrow.dataset", "pyarrow.parquet", "deltalake.writer", "arro3.core", "deltalake.transaction")


class Processes:
    """Performs orders, each in a process of its own."""

    def __init__(self):
        words = [sys.executable, "-m", "tests.e2e.forked"]
        self._server = subprocess.Popen(
            words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONHASHSEED": "0", "RUST_BACKTRACE": "0"},
        )  # fmt: skip

    def perform(self, order):
        """Return (how the process ended, what it said): 0, or minus the signal that killed it."""
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        ended, said = json.loads(self._server.stdout.readline())
        return ended, [json.loads(line) for line in said.splitlines()]

    def close(self):
        self._server.stdin.close()
        self._server.wait()


def serve():
    for name in LAZY:
        importlib.import_module(name)
    from jobs import home
    from tests.e2e.perform import perform

    home.load_policy = lru_cache(home.load_policy)  # as deltalake is not to be used yet, but much else may
    home.load_policy(home.DEFAULT_POLICY)
    for line in sys.stdin:
        order, (heard, said) = json.loads(line), os.pipe()
        child = os.fork()
        if child == 0:
            _end(perform, order, said)
        os.close(said)
        if order.get("kill_after"):
            time.sleep(order["kill_after"])
            os.kill(child, signal.SIGKILL)
        with os.fdopen(heard) as file:
            words = file.read()
        sys.stdout.write(json.dumps([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), words]) + "\n")
        sys.stdout.flush()


def _end(perform, order, said):
    code = 1
    try:
        perform(order, lambda **facts: os.write(said, (json.dumps(facts) + "\n").encode()))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
