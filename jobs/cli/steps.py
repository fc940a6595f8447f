"""Steps of long work on the terminal: each as it begins, and again every few seconds that it takes."""

from __future__ import annotations

import time
from threading import Event, Thread

from jobs.cli.app import err

EVERY = 5.0
"""Seconds after which a step that is still at it is told again."""


class Steps:
    """The step that a command is at; ``end`` it, or its thread tells of it for as long as the process lives."""

    def __init__(self) -> None:
        """Begin with no step."""
        self._done = Event()

    def tell(self, step: str) -> None:
        """Tell a step as it begins, and again while it takes."""
        self.end()
        err.print(step, markup=False, highlight=False)
        self._done = Event()
        Thread(target=_repeat, args=(step, self._done, EVERY), daemon=True).start()

    def end(self) -> None:
        """Tell no more of the last step."""
        self._done.set()


def _repeat(step: str, done: Event, every: float) -> None:
    began = time.monotonic()
    while not done.wait(every):
        err.print(f"{step}: {time.monotonic() - began:.0f} s so far", markup=False, highlight=False)
