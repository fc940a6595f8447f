"""A region or table that is gone is never told of as one that never was: each command says so, or refuses."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from jobs.catalog import Catalog
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.ingest import ingest
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.query import query
from jobs.status import problems, status
from quality.contracts.errors import EnvironmentFault
from tests.jobs import publisher
from tests.jobs.test_plan import land

DAY = date(2024, 5, 1)


@pytest.fixture
def us(home):
    """The region us, in which files landed and a table is published."""
    place = Workplace.open(home, home.region("us"), no_spark)
    land(place, DAY)
    publisher.publish(place, "one", DAY)
    return place


def moved(root):
    root.rename(root.with_name("elsewhere"))


def unmounted(root):
    moved(root)
    root.mkdir(mode=0o700)


GONE = pytest.mark.parametrize("harm", [moved, unmounted])


@GONE
@pytest.mark.parametrize(
    "command",
    [
        ("landed", "list"),
        ("quarantine", "list"),
        ("quarantine", "replay", "sample_pings"),
        ("tables", "list"),
    ],
    ids=" ".join,
)
def test_a_listing_says_which_region_is_gone_and_refuses_if_it_is_asked_for_it(geoward, us, harm, command):
    harm(us.region.root)

    for asked in ((), ("--region", "us")):
        told = geoward(*command, *asked)
        said = " ".join(told.stderr.split())
        assert told.exit_code == 4
        assert "us takes no part: Region us: its" in said and "which held 1 published table" in said


def test_what_is_well_is_told_without_a_word(geoward, us):
    for command in (("landed", "list"), ("quarantine", "list"), ("tables", "list")):
        assert "takes no part" not in geoward(*command).stderr


@GONE
def test_a_withdrawal_in_a_region_that_is_gone_is_refused_and_makes_nothing_there(geoward, us, harm):
    harm(us.region.root)

    for dry in ([], ["--dry-run"]):
        done = geoward("withdraw", "raw.pings", "--version", 1, "--region", "us", "--reason", "x", *dry)
        assert isinstance(done.exception, EnvironmentFault) and "Region us: its" in str(done.exception)
    assert not list(us.region.root.glob("*"))


@GONE
def test_the_doctor_fails_a_region_that_is_gone(geoward, us, harm):
    harm(us.region.root)

    [finding] = [one for one in geoward("doctor", "--json").document["findings"] if one["subject"] == "region us"]

    assert finding["status"] == "fail" and "which held 1 published table" in finding["found"]


@GONE
@pytest.mark.parametrize("published", [True, False])
def test_fsck_finds_that_a_region_is_gone(home, mapping_file, log_file, harm, published):
    ingest(home, str(mapping_file()), "us", [log_file("1,a,2024-05-01T10:00:00Z,1.0,2.0,,")])
    if published:
        place = Workplace.open(home, home.region("us"), no_spark)
        land(place, DAY)
        publisher.publish(place, "one", DAY)
    harm(home.region("us").root)

    [damage] = fsck(home, "us", checked=Checked())

    assert (damage.kind, damage.region) == ("table_missing", "us")
    assert ("1 published table" if published else "landed files") in damage.what


def test_a_query_says_which_region_it_leaves_out_and_refuses_if_it_is_asked_for_it(geoward, us, publish, fits):
    publish("eu", "curated.mobility", [("Turin", 12)])
    moved(us.region.root)
    ask = ("query", "-p", "analytics", "FROM curated.mobility", "-f", "json")

    done = geoward(*ask)

    assert "Left out: Region us: its storage root is gone" in done.stderr.replace("\n", " ")
    assert fits(done.document, "query") and done.document["regions"] == ["eu"]
    assert [one["region"] for one in done.document["left_out"]] == ["us"]
    assert isinstance(geoward(*ask, "-r", "us").exception, EnvironmentFault)


def test_a_query_of_a_table_that_is_gone_is_not_told_that_it_is_not_published_yet(home, us, publish):
    publish("us", "curated.mobility", [("Reno", 12)])
    Catalog(us.region).record("curated.mobility", DAY, 1, "digest", {}, {})
    moved(us.region.root / "curated" / "mobility")

    with pytest.raises(EnvironmentFault, match="curated.mobility in region us: it was published and its folder"):
        query("FROM curated.mobility", purpose="analytics", home=home)


def test_a_published_table_that_was_moved_aside_is_told_by_the_status_and_the_commands_that_need_it(geoward, home, us):
    moved(us.lake.path("raw.pings"))

    [raw] = [one for one in status(home) if one.table == "raw.pings"]
    assert raw.state == "failed"
    assert [(one.kind, one.table) for one in problems(home) if one.kind == "storage"] == [("storage", "raw.pings")]
    assert "raw.pings in region us: it was published" in geoward("tables", "list").stderr.replace("\n", " ")
    done = geoward("withdraw", "raw.pings", "--version", 1, "--region", "us", "--reason", "x", "--dry-run")
    assert isinstance(done.exception, EnvironmentFault)


def test_a_region_that_never_was_in_use_is_not_gone(geoward, home, us):
    shutil.rmtree(home.region("cn").root, ignore_errors=True)

    assert "ok" in [
        one["status"] for one in geoward("doctor", "--json").document["findings"] if one["subject"] == "region cn"
    ]
    assert "Left out" not in geoward("landed", "list", "--region", "cn").stderr
