"""Run a region's stale tables side by side, each as soon as what it is made from is done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import date

from jobs.batches import Batch
from jobs.explain_failure import as_told
from jobs.job_inputs import Workplace
from jobs.nightly import run_table
from jobs.plan import Stale
from jobs.registry import JOBS
from jobs.report import RunReport
from jobs.run import new_run_id
from quality.contracts.errors import GeowardError

LEFT_OUT = "left out: what it is made from failed"

Made = Future[list[RunReport]]

Dates = Mapping[str, Collection[date]]
"""Partitions to make, by table."""

Outcome = tuple[str, list[RunReport], GeowardError | None]
"""A table, and the reports of what it made or why it was not made."""


class LeftOut(GeowardError):
    """A table was not made because one it is made from failed, which says why itself."""

    def __init__(self) -> None:
        """Say it as every caller does."""
        super().__init__(LEFT_OUT)


class RunAhead:
    """Tables of one region, made in the order of the registry by a few threads that share one Spark session.

    Planning a small query keeps one core busy and running it another, so two tables at a time fill two cores. A table
    waits for those it reads; these were handed to the same pool before it, so no wait is in a circle.
    """

    def __init__(
        self, place: Workplace, dates: Dates, run_id: str, pool: ThreadPoolExecutor, after: Sequence[Made] = ()
    ) -> None:
        """Begin when ``after`` is done, well or not: the region's earlier batches of the same pool."""
        self._place, self._run_id, self._after = place, run_id, after
        self.made: dict[str, Made] = {}
        tables = [name for name in JOBS if name in dates]
        self._last = tables[-1] if tables else ""
        for table in tables:
            self.made[table] = pool.submit(self._make, table, dates[table])

    def result(self, table: str) -> list[RunReport]:
        """Wait for a table and return its reports, none if it was not stale; raise what its run raised."""
        return self.made[table].result() if table in self.made else []

    def _make(self, table: str, dates: Collection[date]) -> list[RunReport]:
        try:
            wait(self._after)
            sources = [self.made[read.table] for read in JOBS[table].reads if read.table in self.made]
            if any([source.exception() for source in sources]):  # a list, so that it waits for all of them
                raise LeftOut
            return run_table(self._place, table, dates, self._run_id)
        finally:
            if table == self._last:
                self._place.shared.forget()


def dates_by_table(stale: Iterable[Stale]) -> dict[str, set[date]]:
    """Return the partitions of a plan, by table."""
    dates: dict[str, set[date]] = {}
    for entry in stale:
        dates.setdefault(entry.table, set()).add(entry.date)
    return dates


def outcomes(place: Workplace, dates: Dates, run_id: str, *, side_by_side: int = 1) -> Iterator[Outcome]:
    """Make tables and yield how each went, in their order; those made from one that failed are left out."""
    with ThreadPoolExecutor(side_by_side) as pool, stopping(pool):
        ahead = RunAhead(place, dates, run_id, pool)
        for table in ahead.made:
            try:
                yield table, ahead.result(table), None
            except Exception as error:
                yield table, [], as_told(error)


def run_here(
    place: Workplace, batch: Batch, on_report: Callable[[str, list[RunReport], str], None], *, side_by_side: int = 1,
    on_error: Callable[[GeowardError], None] = lambda error: None,
) -> bool:  # fmt: skip
    """Run a batch without Dagster; tables made from one that failed are left out. Return whether all succeeded.

    ``on_error`` is given each error as what it is, beside the sentence that ``on_report`` is given.
    """
    good = True
    dates = dates_by_table(entry for entry in batch.stale if entry.table in batch.tables)
    for table, reports, error in outcomes(place, dates, new_run_id(), side_by_side=side_by_side):
        on_report(table, reports, str(error or ""))
        if error:
            on_error(error)
            good = False
    return good


@contextmanager
def stopping(pool: ThreadPoolExecutor) -> Iterator[None]:
    """Begin nothing more when the wait is interrupted, as by Ctrl-C; what runs ends, or its files are discarded."""
    try:
        yield
    except BaseException as stop:
        if not isinstance(stop, Exception):
            pool.shutdown(wait=False, cancel_futures=True)
        raise
