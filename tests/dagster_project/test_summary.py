from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from dagster_project.summary import run_listing, run_tables
from jobs.documents import documents
from jobs.job_inputs import Workplace
from jobs.nightly import Scope

DAY = date(2026, 6, 1)
NEVER = "never published"


@pytest.fixture
def place(home, no_spark, report):
    """A region with two dates of raw pings, and a release with suppressed rows."""
    place = Workplace.open(home, home.region("eu"), no_spark)
    mobility = {"contributing": 8, "suppressed": 2, "suppressed_by": {"below_k": 2}, "quarantined": 0,
                "contributing_by": {"res_7": 5, "res_6": 3}}  # fmt: skip
    for made in (
        report("raw.pings", seconds=4.26),
        report("raw.pings", date=DAY + timedelta(days=1), rejected={}, seconds=1.5),
        report("curated.mobility", **mobility, quarantined_by={}, rejected={}),
    ):
        place.catalog.record(made.table, made.date, 1, "digest", {}, made.as_dict())
    return place


def listing_of(place, ran=None, errors=None, scope=Scope()):  # noqa: B008  frozen
    return run_listing([place], scope, ran or {}, errors or {}, ["run-1"], 1.26)


def text_of(listing) -> str:
    console = Console(file=io.StringIO(), width=200)
    for part in run_tables(listing):
        console.print(part)
    return console.file.getvalue()


def test_a_table_tells_the_sum_of_its_dates(place):
    (pings, mobility) = listing_of(place, {("eu", "raw.pings", DAY + timedelta(days=n)): NEVER for n in (0, 1)}).tables

    assert (pings.partitions, pings.rows_in, pings.rows_out, pings.quarantined) == (2, 20, 14, 4)
    assert (pings.quarantined_by, pings.rejected, pings.reason) == ({"bad_cell": 4}, {"no_consent": 1}, NEVER)
    assert (mobility.contributing, mobility.suppressed, mobility.ran) == (8, 2, False)
    assert (mobility.contributing_by, pings.contributing_by) == ({"res_7": 5, "res_6": 3}, {})


def test_a_table_tells_the_time_of_its_longest_run_and_not_a_sum_over_its_dates(place):
    (pings, _) = listing_of(place).tables

    assert pings.seconds == 4.3


def test_of_a_table_that_ran_only_the_dates_that_ran_are_counted(place):
    pings = listing_of(place, {("eu", "raw.pings", DAY): NEVER}).tables[0]

    assert (pings.ran, pings.partitions, pings.first_date, pings.last_date) == (True, 1, DAY, DAY)


def test_a_scope_limits_the_dates(place):
    assert [table.table for table in listing_of(place, scope=Scope(first=DAY + timedelta(days=1))).tables] == [
        "raw.pings"
    ]


def test_a_table_that_never_succeeded_is_listed_with_its_error(place):
    listing = listing_of(place, errors={("eu", "clean.pings"): "failed k"})

    (clean,) = [table for table in listing.tables if table.table == "clean.pings"]
    assert (listing.ok, clean.error, clean.ran, clean.partitions) == (False, "failed k", False, 0)


def test_the_json_fits_its_schema(place):
    listing = listing_of(place, {("eu", "raw.pings", DAY): NEVER}, {("eu", "clean.pings"): "failed k"})

    _fits("run", listing)


def test_a_person_reads_counts_reasons_and_whether_it_ran(place):
    text = text_of(listing_of(place, {("eu", "raw.pings", DAY): NEVER}))

    assert "raw.pings" in text
    assert "Quarantined" in text and "2 bad_cell" in text
    assert "Rejected" in text and "1 no_consent" in text
    assert "Suppressed" in text and "2 below_k" in text
    assert "1/1" in text and "fresh" in text
    assert "1 of 2 tables ran, 2026-06-01; 1.3 s." in text


def test_a_person_reads_that_nothing_was_stale(place):
    assert "Nothing was missing or stale" in text_of(listing_of(place))


def test_a_person_reads_that_something_failed(place):
    text = text_of(listing_of(place, errors={("eu", "clean.pings"): "failed k"}))

    assert "failed" in text
    assert "Not everything succeeded" in text


def _fits(name, listing):
    schema = json.loads(documents()[f"schemas/{name}.json"])
    Draft202012Validator(schema).validate(listing.model_dump(mode="json"))


def test_the_summary_fits_a_terminal_of_80_columns(place):
    console = Console(file=io.StringIO(), width=80)
    for part in run_tables(listing_of(place)):
        console.print(part)

    assert "quarantined rejected suppressed checks" in console.file.getvalue()
