"""`geoward` with a stopwatch on the session's start and on Great Expectations; the seconds go to a file.

Run by `copy_ratio`: `python -m benchmarks.watched_run SECONDS.json run --json`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Seconds = dict[str, float]


def watched(function: Callable[..., Any], name: str, seconds: Seconds) -> Callable[..., Any]:
    """Return the function; what it takes is added to ``seconds`` under that name."""
    lock = threading.Lock()

    def call(*args: Any, **named: Any) -> Any:
        began = time.monotonic()
        try:
            return function(*args, **named)
        finally:
            with lock:
                seconds[name] = seconds.get(name, 0.0) + time.monotonic() - began

    return call


def main(out: Path, arguments: list[str]) -> None:
    """Run the command, then write the seconds; its exit code stays."""
    import jobs.audit_staged as audit
    import jobs.session as session
    from dagster_project import cli

    seconds: Seconds = {}
    session.start_session = watched(session.start_session, "session", seconds)
    audit.run_expectations = watched(audit.run_expectations, "great_expectations", seconds)
    sys.argv = ["geoward", *arguments]
    try:
        cli.main()
    finally:
        out.write_text(json.dumps(seconds), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
