"""A dry run changes nothing, waits for nobody, and says what a run would make, what not, and what it cannot know."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from dagster_project.explain_run import explain
from jobs.documents import documents
from jobs.job_inputs import Workplace
from jobs.nightly import Scope
from jobs.run_ledger import RunLedger
from jobs.withdraw import withdraw
from quality.contracts.errors import UsageError
from tests.jobs.conftest import live_run  # noqa: F401  the fixture
from tests.jobs.publisher import TABLE, publish
from tests.jobs.test_plan import FILE, land
from tests.jobs.test_region_faults import gone

D1, D2 = date(2024, 5, 1), date(2024, 5, 2)


@pytest.fixture
def place(home, no_spark):
    """A region with a published date and a withdrawn one."""
    place = Workplace.open(home, home.region("eu"), no_spark)
    land(place, D1, D2)
    publish(place, "one", D1, D2, code="old")
    withdraw(place, TABLE.name, publish(place, "two", D2), "wrong zone")
    return place


def everything(folder):
    """Return all that is in a folder: names, modes, times and contents."""
    found = {}
    for path in sorted(folder.rglob("*")):
        stat = path.stat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path)] = (stat.st_mode, stat.st_mtime_ns, content)
    return found


def dry(home, capsys, code=0, **scope):
    assert explain(home, Scope(**scope), as_json=True) == code
    return json.loads(capsys.readouterr().out)


def kill_a_run(home, point):
    """Let another process be killed while it publishes D1."""
    environment = {**os.environ, "GEOWARD_HOME": str(home.path), "PYTHONPATH": str(Path(__file__).parents[2])}
    words = [sys.executable, "-m", "tests.jobs.publisher", point, "killed", str(D1)]
    assert subprocess.run(words, env=environment, check=False).returncode == -9


@pytest.mark.parametrize("point", ["staged-before-the-commit", "committed-before-the-manifest"])
def test_a_dry_run_changes_nothing_after_a_killed_run_and_with_new_files(home, place, capsys, point):
    begun = RunLedger(place.region).entered("r1", TABLE.name, [D1])
    begun.__enter__()
    kill_a_run(home, point)
    place.catalog.land(replace(FILE, file_id="e" * 64, name="new.csv"))
    before = everything(home.path)

    listing = dry(home, capsys)

    assert everything(home.path) == before
    assert listing["undated"] == [{"region": "eu", "files": 1}]


def test_a_dry_run_makes_nothing_where_nothing_ever_ran(home, capsys):
    before = everything(home.path)

    assert dry(home, capsys) == {"partitions": [], "withdrawn": [], "undated": [], "left_out": []}
    assert everything(home.path) == before


def test_what_was_withdrawn_is_told_apart_with_why_and_is_planned_only_if_asked_for(home, place, capsys):
    listing = dry(home, capsys, tables=(TABLE.name,))

    Draft202012Validator(json.loads(documents()["schemas/run-dry-run.json"])).validate(listing)
    held = {"table": TABLE.name, "region": "eu", "date": str(D2), "reason": "wrong zone"}
    assert (listing["withdrawn"], [one["date"] for one in listing["partitions"]]) == ([held], [str(D1)])
    forced = dry(home, capsys, tables=(TABLE.name,), force=True)
    assert (forced["withdrawn"], len(forced["partitions"])) == ([], 2)
    assert dry(home, capsys, tables=(TABLE.name,), last=D1)["withdrawn"] == []


def test_a_person_reads_all_of_it(home, place, capsys):
    place.catalog.land(replace(FILE, file_id="e" * 64, name="new.csv"))
    assert explain(home, Scope(tables=(TABLE.name,))) == 0

    said = " ".join(capsys.readouterr().out.split())
    assert "2024-05-01 the code changed" in said
    assert "eu: 1 landed file that no run has read yet; a run reads such files first" in said
    assert "Withdrawn, and not made again" in said and "wrong zone" in said


def test_a_bad_region_is_told_and_the_others_are_planned(home, place, no_spark, capsys):
    land(Workplace.open(home, home.region("us"), no_spark), D1)
    gone(place.region.root)

    listing = dry(home, capsys, code=4)

    assert {one["region"] for one in listing["partitions"]} == {"us"}
    assert [one["region"] for one in listing["left_out"]] == ["eu"]


def test_a_dry_run_waits_for_nobody(home, place, live_run, capsys):  # noqa: F811
    assert dry(home, capsys)["partitions"]


@pytest.mark.parametrize("scope", [{"tables": ("raw.pongs",)}, {"regions": ("mars",)}])
def test_a_table_or_region_that_is_unknown_is_refused(home, scope):
    with pytest.raises(UsageError):
        explain(home, Scope(**scope))
