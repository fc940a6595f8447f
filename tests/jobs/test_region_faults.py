"""One region is bad, in each of many ways: the others are planned, and what is wrong with it is told."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from jobs.audit_log import audit
from jobs.home import open_home
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.list_status import list_status
from jobs.nightly import Scope, Sessions, open_places, plan_all
from jobs.region_faults import RegionFaults
from jobs.region_keys import region_keys
from jobs.run_lock import give_run_lock
from jobs.status import problems, status
from jobs.take_over import take_over
from quality.contracts.errors import EnvironmentFault, UsageError
from tests.jobs.publisher import TABLE, publish
from tests.jobs.test_plan import land

DAY = date(2024, 5, 1)


def gone(root):
    shutil.rmtree(root)


def emptied(root):
    shutil.rmtree(root)
    root.mkdir()


def a_file(root):
    shutil.rmtree(root)
    root.write_text("")


def a_loop(root):
    shutil.rmtree(root)
    root.symlink_to(root)


def no_database(name):
    def damaged(root):
        (root / name).write_bytes(b"no database")

    return damaged


def closed(root):
    """The system refuses to open it, as when it is read-only or another's."""
    (root / "catalog.sqlite").unlink()
    (root / "catalog.sqlite").mkdir()


def damaged_log(root):
    for entry in (root / "raw" / "pings" / "_delta_log").glob("*.json"):
        entry.write_text("{")


BAD = [
    pytest.param(gone, id="its-root-is-gone"),
    pytest.param(emptied, id="its-disk-is-not-mounted"),
    pytest.param(a_file, id="its-root-is-a-file"),
    pytest.param(a_loop, id="its-root-is-a-link-to-itself"),
    pytest.param(no_database("catalog.sqlite"), id="its-catalog-is-damaged"),
    pytest.param(no_database("runs.sqlite"), id="its-ledger-is-damaged"),
    pytest.param(closed, id="its-catalog-is-closed"),
    pytest.param(damaged_log, id="a-table-s-log-is-damaged"),
]


@pytest.fixture
def both(home):
    """Two regions with a published date and one that waits."""
    for name in ("eu", "us"):
        place = Workplace.open(home, home.region(name), no_spark)
        land(place, DAY)
        publish(place, "one", DAY)
        land(place, DAY, digit="e")
        region_keys(home, place.region)
    return home


@pytest.mark.parametrize("harm", BAD)
def test_the_status_tells_of_the_bad_region_and_of_the_tables_of_the_other(both, harm):
    harm(both.region("eu").root)

    tables = status(both)
    told = problems(both, tables)
    listing = list_status(both, tables, told)

    assert [(one.region, one.table, one.kind) for one in told if one.region == "eu"] == [("eu", "", "storage")]
    assert [(one.table, one.state) for one in tables if one.region == "eu"] == [("", "failed")]
    assert "raw.pings" in {one.table for one in tables if one.region == "us"}
    assert not listing.ok


@pytest.mark.parametrize("harm", BAD)
def test_the_other_regions_are_cleared_up_sized_and_planned(both, harm):
    harm(both.region("eu").root)
    faults, both = RegionFaults(), open_home(both.path)
    try:
        take_over(both)
        places = open_places(both, Scope(), no_spark, faults.fence)
        planned = plan_all(places, Scope(), lambda text: None, faults.fence)
    finally:
        give_run_lock(both)

    assert {entry.table for entry in planned["us"]} >= {"raw.pings"}
    assert (planned.keys(), faults.keys()) == ({"us", "cn"}, {"eu"})
    assert Sessions(both).side_by_side == 2
    assert isinstance(faults["eu"], EnvironmentFault)


@pytest.mark.parametrize("harm", [gone, emptied])
def test_a_region_that_is_gone_is_not_made_anew(both, harm):
    harm(both.region("eu").root)

    problems(both)
    open_places(both, Scope(), no_spark, RegionFaults().fence)

    assert not (both.region("eu").root / "catalog.sqlite").exists()


def test_who_asks_for_one_region_is_told_why_it_takes_no_part(both):
    gone(both.region("eu").root)
    faults = RegionFaults()

    assert open_places(both, Scope(regions=("eu",)), no_spark, faults.fence) == []
    [told] = faults.told()
    assert told.message == "eu takes no part: Region eu: its storage root is gone, which held 1 published table."
    assert (told.exit_code, "geoward fsck --region eu" in told.mend) == (4, True)
    with pytest.raises(EnvironmentFault):
        open_places(both, Scope(regions=("eu",)), no_spark)


def test_a_region_that_nobody_configured_stops_the_command(both):
    with pytest.raises(UsageError):
        open_places(both, Scope(regions=("mars",)), no_spark, RegionFaults().fence)


def test_a_damaged_audit_log_keeps_out_what_it_alone_knows_of(both):
    audit(both, "run", TABLE.name, "killed", region="eu")
    for entry in (both.path / "audit" / "_delta_log").glob("*.json"):
        entry.write_text("{")
    gone(both.region("eu").root)

    assert {(one.region, one.table) for one in status(both) if not one.table} == {("eu", ""), ("cn", "")}
