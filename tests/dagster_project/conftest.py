"""A temporary home, the assets of all jobs, and a job that needs no Spark."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from jobs.catalog import Catalog
from jobs.home import open_home
from jobs.job import Job
from jobs.landing_ledger import File
from jobs.report import RunReport
from quality.checks.verdict import Verdict
from quality.contracts import DATE, Column, Contract, Sensitivity
from quality.sources.load_mapping import mapping_text

DAY = date(2026, 6, 1)
FILE = File("tiny", "f" * 64, "v1", "a.csv", "csv", 1, (), (), datetime(2026, 6, 3, tzinfo=UTC))


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An installation; what opens an instance is put back afterwards."""
    monkeypatch.setenv("GEOWARD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", "")
    return open_home()


@pytest.fixture
def hold(home):
    """Enter a file that holds rows of some days into a region's catalog."""

    def hold(region, *days):
        catalog = Catalog(home.region(region))
        mapping = home.region(region).folder("mappings") / f"{FILE.mapping_version}.yaml"
        mapping.write_text(mapping_text("sample_pings"))
        catalog.land(FILE)
        catalog.set_dates([FILE], [(FILE.source, FILE.file_id, "raw.pings", day.isoformat(), 2, 1) for day in days])

    return hold


@pytest.fixture
def no_spark():
    """Sessions for what must not start Spark."""

    def refuse():
        raise AssertionError("Spark was asked for")

    return refuse


@pytest.fixture
def tiny_job():
    """A row-level job of a table that no contract file declares."""
    columns = (
        Column("cell", "string", "Where.", Sensitivity.QUASI_ID, "user.location", required=True, source=("a.b.c",)),
        Column("dwell", "double", "How long.", Sensitivity.NONE, unit="s"),
        Column(DATE, "date", "Day.", Sensitivity.NONE, required=True),
    )
    writes = Contract("clean.tiny", "Tiny rows.", "one row", columns, caveats=("Only for tests.",))

    def build_tiny(inputs):
        """Build tiny rows."""
        raise AssertionError("nothing builds it here")

    return Job(writes, (), build_tiny, "row")


@pytest.fixture
def report():
    """Make a report of one partition; keywords replace its fields."""

    def report(table="clean.tiny", **fields):
        facts = {
            "rows_in": 10, "rows_out": 7, "quarantined": 2, "quarantined_by": {"bad_cell": 2},
            "rejected": {"no_consent": 1}, "version": 3, "reason": "never published", "run_id": "r1",
            "checks": (Verdict("expectations", True, "All hold.", "Look."),),
            "contract": "c", "policy": "p", "code": "x",
        }  # fmt: skip
        return RunReport(**{"table": table, "region": "eu", "date": DAY, **facts, **fields})

    return report
