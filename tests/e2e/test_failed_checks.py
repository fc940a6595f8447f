"""Each check that stops a publication: planted, told with the runbook's entry, mended, gone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from jobs import manifest
from jobs.job import function_of
from jobs.job_inputs import Workplace
from jobs.nightly import run_table
from jobs.publications import Publishing
from jobs.registry import JOBS
from jobs.status import problems
from quality.contracts.errors import AuditFailed

pytestmark = [pytest.mark.e2e, pytest.mark.spark]

RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"(?m)^### (\w+)$", RUNBOOK)
DAY = date(2026, 6, 2)

PLANTS = {
    "expectations": ("clean.pings", "latitude", "91.0"),
    "retention_date_present": ("clean.pings", "retain_until", "date'2000-01-01'"),
    "pseudonym_well_formed": ("protected.pings", "actor_key", "'ada'"),
    "no_direct_identifier": ("protected.actions", "text", "'write to ada.lovelace@example.org'"),
    "consent_present": ("clean.pings", "purposes", "array('analytics', 'risk')"),
    "precision_ceiling": ("protected.pings", "cell", "'8c2a1072b59ffff'"),  # resolution 12: about 300 square meters
    "k_reached": ("curated.place_counts", "persons", "if(status = 'published', 2, null)"),
    "crowds_recounted": ("curated.mobility", "persons", "persons + 1000"),
    "figures_paid": ("curated.visits_noisy", "persons", "persons + 1"),
    "classes_hold": ("curated.actions_anonymous", "client", "uuid()"),
    "rows_proven": ("curated.actions_anonymous", "country", "'ZZ'"),
    "partitions_public": ("curated.visits_noisy", "cell", "if(rand(0) < 0.1, '861969087ffffff', cell)"),
}
"""By check: a table, one of its columns, and the SQL of a mistake that the check is there to stop."""


def planted(job, column, value):
    """Return the job with a mistake in what it builds."""

    def build(inputs):
        built = job.build(inputs)
        mistake = F.expr(value).cast(job.writes.spark_schema[column].dataType)
        return replace(built, frame=built.frame.withColumn(column, mistake))

    build.__module__ = function_of(job.build).__module__  # whose code the plan knows
    return replace(job, build=build)


def told(place, table):
    return [one for one in problems(place.home) if (one.kind, one.table) == ("check", table)]


def refused(place, table, check):
    """Try to publish; assert that readers see what they saw, nothing is left on disk, and the status tells of it."""
    rows, folder = place.lake.rows(table), place.lake.path(table)
    place.catalog.begin_publication(
        Publishing("other", table, ((DAY, "", {}, {}),))
    )  # as when its inputs changed: it is to be made again

    with pytest.raises(AuditFailed) as raised:
        run_table(place, table, [DAY])

    assert check in raised.value.message and raised.value.mend
    assert place.lake.rows(table) == rows and not manifest.begun(folder)
    [problem] = told(place, table)
    assert check in problem.what and problem.mend


def test_every_entry_of_the_runbook_about_a_check_is_exercised_here():
    warned_of = {"figures_of_these_rows", "days_released", "rows_as_they_are"}  # in tests/jobs/test_build_*_release.py

    assert sorted(ENTRIES) == sorted({*PLANTS, "region_stays_home", *warned_of})


@pytest.mark.parametrize("check", PLANTS)
def test_a_mistake_is_not_published_but_told_until_it_is_mended(place, monkeypatch, check):
    table, column, value = PLANTS[check]
    with monkeypatch.context() as patch:
        patch.setitem(JOBS, table, planted(JOBS[table], column, value))
        refused(place, table, check)

    run_table(place, table, [DAY])

    assert told(place, table) == []


def test_a_table_that_leads_out_of_its_region_is_not_published(place, tmp_path):
    folder, outside = place.lake.path("raw.labels"), tmp_path / "elsewhere"
    folder.rename(outside)
    folder.symlink_to(outside)
    refused(place, "raw.labels", "region_stays_home")

    folder.unlink()
    outside.rename(folder)
    mended = Workplace.open(place.home, place.region, place.lake.spark)
    run_table(mended, "raw.labels", [DAY])

    assert told(mended, "raw.labels") == []
