"""Where commands that go through the rows of a file put them: into another file, or on standard output."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from jobs.write_rows import Write

_ENDS = (signal.SIGTERM, signal.SIGHUP)
_KILLED = 128
"""What a shell adds to the number of the signal that ended a process."""


def refuse_two_documents(*, as_json: bool, output: Path | None, dry_run: bool) -> None:
    """Raise ``UsageError`` if rows and counts would both be printed."""
    if as_json and output is None and not dry_run:
        raise UsageError("The counts and the rows cannot both be printed.", mend="Name a file with --output.")


@contextmanager
def rows_to(source: Path, output: Path | None, field: str) -> Iterator[Write]:
    """Give what writes rows of ``source`` with a new ``field`` to ``output``, or to standard output without one.

    Raises what ``output_file`` and ``to_stream`` do, before a row is asked for.
    """
    from jobs.redact_file import output_file, to_stream

    if output is not None:
        with _ended_by_an_error(), output_file(source, output, field) as write:
            yield write
    else:
        yield to_stream(source, sys.stdout.buffer, field)
        sys.stdout.buffer.flush()


@contextmanager
def _ended_by_an_error() -> Iterator[None]:
    """Turn what would end the process at once into an error, so that a file half written does not stay behind."""

    def leave(number: int, _: object) -> None:
        sys.exit(_KILLED + number)

    before = {one: signal.signal(one, leave) for one in _ENDS if signal.getsignal(one) == signal.SIG_DFL}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
