"""Change a keyset as a process, so that it can be killed at a chosen point.

`python -m tests.jobs.keys.keeper POINT NTH KEYSET KEK[,KEK] OPERATION [WORD ...]`; POINT ``-`` is never come to.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

from jobs.keys import keyset_file
from jobs.keys.keyset import KeyDomain
from jobs.keys.keyset_file import KeysetFile
from jobs.keys.local_file import LocalFile

POINTS = {
    "written-beside-it": (os, "replace"),
    "put-in-its-place": (keyset_file, "remember"),
}


def die_at(point, nth):
    module, name = POINTS[point]
    real, calls = getattr(module, name), count(1)

    def killed(*args):
        if next(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args)

    setattr(module, name, killed)


def main(point, nth, path, keks, operation, *words):
    if point in POINTS:
        die_at(point, int(nth))
    file = KeysetFile(Path(path), tuple(LocalFile(Path(kek)) for kek in keks.split(",")), Path(f"{path}.counter"))
    if operation == "rewrap":
        file.rewrap(at_once=1)
    elif operation in ("rotate", "new_key"):
        for _ in range(int(words[3]) if len(words) > 3 else 1):
            getattr(file, operation)(KeyDomain(*words[:3]))
    else:
        getattr(file, operation)(*words)


if __name__ == "__main__":
    main(*sys.argv[1:])
