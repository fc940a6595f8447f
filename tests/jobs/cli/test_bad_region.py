"""One region cannot be read: each command shows the others, names it and ends with a code of its own."""

from __future__ import annotations

import json

import pytest

from jobs.dismissals import Dismissals
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from tests.jobs.publisher import publish_as_a_run
from tests.jobs.test_plan import D1, land

COMMANDS = [
    pytest.param(("landed", "list"), "landed-list", id="landed-list"),
    pytest.param(("landed", "restore"), "landed-restore", id="landed-restore"),
    pytest.param(("quarantine", "list"), "quarantine-list", id="quarantine-list"),
    pytest.param(("quarantine", "show", "raw.pings"), "quarantine-show", id="quarantine-show"),
    pytest.param(("quarantine", "replay", "tiny"), "quarantine-replay", id="quarantine-replay"),
    pytest.param(("quarantine", "replay", "tiny", "--dry-run"), "quarantine-replay", id="quarantine-replay-dry"),
    pytest.param(("tables", "list"), "tables-list", id="tables-list"),
    pytest.param(("tables", "show", "raw.pings"), "tables-show", id="tables-show"),
    pytest.param(("source", "list"), "source-list", id="source-list"),
    pytest.param(("check",), "check", id="check"),
]
OF_A_REGION = [one for one in COMMANDS if one.values[0] not in (("tables", "show", "raw.pings"), ("source", "list"))]


@pytest.fixture
def bad(home, mapping_file):
    """Files landed in two regions; the catalog of one is garbage. Return the mapping."""
    for name in ("eu", "us"):
        land(Workplace.open(home, home.region(name), no_spark), D1)
    (home.region("eu").root / "catalog.sqlite").write_bytes(b"garbage" * 1000)
    return str(mapping_file())


def asked(geoward, bad, command, *more):
    return geoward(*(bad if word == "tiny" else word for word in command), *more)


@pytest.mark.parametrize(("command", "schema"), COMMANDS)
def test_the_bad_region_is_left_out_named_and_the_end_is_its_code(geoward, bad, fits, command, schema):
    done = asked(geoward, bad, command, "--json")

    assert done.exit_code == 4
    assert fits(json.loads(done.stdout), schema)
    assert [one["region"] for one in json.loads(done.stdout)["left_out"]] == ["eu"]
    told = " ".join(done.stderr.split())
    assert "eu takes no part" in told and "geoward fsck" in told and "unexpectedly" not in told


@pytest.mark.parametrize(("command", "schema"), OF_A_REGION)
def test_asked_for_the_bad_region_alone_it_says_what_to_do(geoward, bad, command, schema):
    done = asked(geoward, bad, command, "--region", "eu")

    told = " ".join(done.stderr.split())
    assert done.exit_code == 4 and "eu takes no part" in told and "geoward fsck" in told
    assert "Nothing" not in done.stdout and "every kept file" not in done.stdout


def test_the_others_are_listed(geoward, bad):
    landed = json.loads(geoward("landed", "list", "--json").stdout)
    assert [(one["region"], one["state"]) for one in landed["dates"]] == [("us", "waiting")]
    assert {one["region"] for one in json.loads(geoward("tables", "list", "--json").stdout)["tables"]} == {"us", "cn"}


def test_what_is_quarantined_elsewhere_is_dismissed(geoward, home, bad):
    place = Workplace.open(home, home.region("us"), no_spark)
    publish_as_a_run(place, "one", D1, quarantine=[D1])

    done = geoward("quarantine", "dismiss", "raw.pings", "--reason", "seen", "--json")

    assert (done.exit_code, len(Dismissals(place.region).known())) == (4, 1)
    assert [one["region"] for one in json.loads(done.stdout)["left_out"]] == ["eu"]
