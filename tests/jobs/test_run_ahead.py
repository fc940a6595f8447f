"""Tables run side by side in the order of what they are made from; no Spark is needed to see it."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import pytest

from jobs import run_ahead
from jobs.batches import Batch
from jobs.explain_failure import kind_of
from jobs.job_inputs import Workplace
from jobs.plan import Stale
from jobs.run_ahead import LEFT_OUT, LeftOut, RunAhead, run_here, stopping
from quality.contracts.errors import UNEXPLAINED, UsageError

DAY = date(2026, 6, 1)
CHAIN = ("raw.pings", "raw.labels", "clean.pings", "protected.pings")


def stale(*tables):
    return tuple(Stale(table, DAY, "never published", "", {}) for table in tables)


def dates(*tables):
    return {table: {DAY} for table in tables}


@pytest.fixture
def place(home):
    return Workplace.open(home, home.region("eu"), lambda: None)


@pytest.fixture
def runs(monkeypatch):
    """Let ``run_table`` call a function of the table instead of Spark, and note the order of calls."""
    begun = []

    def runs(answer):
        def run_table(place, table, dates, run_id):
            begun.append(table)
            return answer(table)

        monkeypatch.setattr(run_ahead, "run_table", run_table)
        return begun

    return runs


@pytest.mark.parametrize("side_by_side", [1, 2, 4])
def test_a_table_begins_after_all_that_it_is_made_from(place, runs, side_by_side):
    ended = []
    begun = runs(lambda table: ended.append(table) or [table])

    with ThreadPoolExecutor(side_by_side) as pool:
        ahead = RunAhead(place, dates(*reversed(CHAIN)), "r1", pool)
        assert [ahead.result(table) for table in CHAIN] == [[table] for table in CHAIN]

    assert sorted(begun) == sorted(CHAIN)
    assert ended.index("raw.pings") < ended.index("clean.pings") < ended.index("protected.pings")


@pytest.mark.parametrize("fails", [None, "raw.pings"], ids=["well", "failed"])
def test_what_the_tables_share_is_freed_after_the_last(place, runs, monkeypatch, fails):
    seen = []
    monkeypatch.setattr(place.shared, "forget", lambda: seen.append("freed"))

    def make(table):
        seen.append(table)
        if table == fails:
            raise UsageError("A table failed.")
        return []

    runs(make)
    with ThreadPoolExecutor(1) as pool:
        ahead = RunAhead(place, dates(*CHAIN), "r1", pool)

    assert ahead.made["protected.pings"].done()
    assert (seen.count("freed"), seen[-1]) == (1, "freed")


def test_tables_that_do_not_need_each_other_run_at_the_same_time(place, runs):
    both = threading.Barrier(2, timeout=20)
    runs(lambda table: both.wait() >= 0 and [])

    with ThreadPoolExecutor(2) as pool:
        ahead = RunAhead(place, dates("raw.pings", "raw.labels"), "r1", pool)

        assert (ahead.result("raw.pings"), ahead.result("raw.labels")) == ([], [])


def test_what_a_failed_table_feeds_is_left_out_and_its_neighbors_go_on(place, runs):
    def answer(table):
        if table == "raw.pings":
            raise UsageError("Not to be had.")
        return [table]

    begun = runs(answer)
    with ThreadPoolExecutor(2) as pool:
        ahead = RunAhead(place, dates(*CHAIN), "r1", pool)
        for table, error in (("raw.pings", UsageError), ("clean.pings", LeftOut), ("protected.pings", LeftOut)):
            with pytest.raises(error):
                ahead.result(table)
        assert ahead.result("raw.labels") == ["raw.labels"]

    assert sorted(begun) == ["raw.labels", "raw.pings"]


def test_a_later_batch_of_the_region_waits_for_the_earlier_even_if_that_failed(place, runs):
    begun, earlier = runs(lambda table: [table]), Future()
    with ThreadPoolExecutor(1) as pool:
        ahead = RunAhead(place, dates("raw.labels"), "r2", pool, after=[earlier])
        assert begun == []
        earlier.set_exception(UsageError("Not to be had."))

        assert ahead.result("raw.labels") == ["raw.labels"]


def test_a_table_that_is_not_stale_has_no_reports(place, runs):
    begun = runs(lambda table: [table])
    with ThreadPoolExecutor(1) as pool:
        assert RunAhead(place, dates("raw.labels"), "r1", pool).result("raw.pings") == []
        assert begun in ([], ["raw.labels"])


def test_a_run_without_dagster_tells_each_table_in_order_and_names_an_unexpected_error_by_its_kind(place, runs):
    def answer(table):
        if table == "raw.pings":
            raise error
        return []

    runs(answer)
    told, error = [], ValueError("51.5007N planted")
    batch = Batch("eu", CHAIN, (DAY,), stale(*CHAIN))

    good = run_here(place, batch, lambda table, reports, problem: told.append((table, problem)), side_by_side=2)

    assert not good
    assert told == [
        ("raw.pings", f"failed with {kind_of(error)}. {UNEXPLAINED}"), ("raw.labels", ""),
        ("clean.pings", LEFT_OUT), ("protected.pings", LEFT_OUT),
    ]  # fmt: skip


def test_an_interrupted_wait_begins_no_further_table(place, runs):
    release = threading.Event()
    begun = runs(lambda table: release.wait(20) and [])
    with ThreadPoolExecutor(1) as pool:
        ahead = RunAhead(place, dates(*CHAIN), "r1", pool)
        with pytest.raises(KeyboardInterrupt), stopping(pool):
            raise KeyboardInterrupt
        release.set()

    assert begun == ["raw.pings"]
    assert all(ahead.made[table].cancelled() for table in CHAIN[1:])


def test_a_failure_of_one_table_stops_no_other(place, runs):
    runs(lambda table: [table])
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(UsageError), stopping(pool):
            raise UsageError("Not to be had.")

        assert RunAhead(place, dates("raw.labels"), "r1", pool).result("raw.labels") == ["raw.labels"]
