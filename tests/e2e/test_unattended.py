"""Nights that nobody watches: workers are killed, shells are in the way. Daemon, code server and workers are real."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from dagster_project.partitions import partition_key
from jobs.catalog import Catalog, now
from jobs.home import open_home
from jobs.land_files import land_files
from jobs.reference import import_reference
from jobs.region_keys import region_keys
from jobs.registry import JOBS
from jobs.run_ledger import RunLedger
from jobs.run_lock import give_run_lock, take_run_lock
from jobs.sample.land_sample import SOURCES
from jobs.sample.write_sample import write_sample
from quality.sources.load_mapping import load_mapping, mapping_text
from tests.opened import comparable

pytestmark = pytest.mark.e2e

GEOWARD = Path(sys.executable).with_name("geoward")
DAY = now().date() - timedelta(days=1)
"""What the first night asks for."""
DONE = {"SUCCESS", "FAILURE", "CANCELED"}


def installation(folder):
    """Return an installation of two regions, whose Dagster looks after its runs often."""
    folder.mkdir(mode=0o700)
    (folder / "geoward.yaml").write_text(
        "regions:\n  eu: {root: warehouse/eu, jurisdiction: eu}\n  us: {root: warehouse/us, jurisdiction: us}\n"
    )
    (folder / "dagster.yaml").write_text("run_monitoring: {poll_interval_seconds: 2}\n")
    return open_home(folder)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """One day of both regions."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, actors=80, days=1, seed=7, start=DAY, regions=("eu", "us"))
    return folder


def land(home, sample, *files):
    """Land files of both regions; nobody knows yet which dates they hold."""
    for region in home.regions.values():
        for file in files:
            mapping = SOURCES[file]
            [landed] = land_files(
                home, region, load_mapping(mapping), mapping_text(mapping), [sample / region.name / file]
            )
            assert landed.outcome == "landed"


@pytest.fixture(scope="module")
def landed(sample, tmp_path_factory):
    """An installation where positions have landed."""
    home = installation(tmp_path_factory.mktemp("landed") / "home")
    for kind in ("places", "population"):
        import_reference(home, kind, sample / "reference" / f"{kind}.csv")
    land(home, sample, "pings.csv.gz", "consents.jsonl")
    for region in home.regions.values():
        region_keys(home, region)
    return home


@pytest.fixture
def home(landed, tmp_path):
    shutil.copytree(landed.path, tmp_path / "home")
    return open_home(tmp_path / "home")


@pytest.fixture(scope="module")
def undisturbed(landed, tmp_path_factory):
    """The rows of us after a night that nothing disturbed."""
    copy = tmp_path_factory.mktemp("undisturbed") / "home"
    shutil.copytree(landed.path, copy)
    shell(open_home(copy), "run", "--region", "us", "--date", str(DAY))
    return rows(open_home(copy))


def shell(home, *words):
    """Run a command to its end, which must be a good one."""
    environment = {**os.environ, "GEOWARD_HOME": str(home.path)}
    ended = subprocess.run([GEOWARD, *words], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def rows(home):
    """Return the published rows of us by table."""
    made = [name for name in JOBS if (home.region("us").root.joinpath(*name.split(".")) / "_delta_log").is_dir()]
    return {name: sorted(map(repr, comparable(home, "us", name))) for name in made}


def ledger(home, region="us"):
    """Return (table, state) of all lines of a region's ledger but those of reading new files' dates."""
    with RunLedger(home.region(region)).open() as db:
        lines = db.execute("SELECT dataset, state FROM runs ORDER BY id").fetchall()
    return [(table, state) for table, state in lines if table in JOBS]


def staged(home, table):
    """Wait until a run has staged rows of a table of us, and not published them; return its process and the files."""

    def found():
        run = RunLedger(home.region("us")).newest().get(table)
        files = [*home.region("us").root.joinpath(*table.split(".")).glob("stage-*/*/*.parquet")]
        return (run.pid, files) if run and run.state == "running" and files else ()

    return until(found)


class Dagster:
    """What the web pages ask of a running `geoward ui`."""

    def __init__(self, server):
        self.server = server

    def ask(self, query, **variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.server.address}/graphql", body, {"content-type": "application/json"})
        answer = json.load(urllib.request.urlopen(request, timeout=60))
        assert "errors" not in answer, answer
        return answer["data"]

    def launch(self, region, day=DAY):
        """Ask for what the schedule asks for: one region's date of the nightly job. Return the run's id."""
        where = self.ask("{workspaceOrError {... on Workspace {locationEntries {name}}}}")["workspaceOrError"]
        selector = {
            "repositoryLocationName": where["locationEntries"][0]["name"], "repositoryName": "__repository__",
            "jobName": "nightly",
        }  # fmt: skip
        tags = {
            "dagster/partition": str(partition_key(region, day)), "dagster/partition/date": str(day),
            "dagster/partition/region": region,
        }  # fmt: skip
        params = {
            "selector": selector, "executionMetadata": {"tags": [{"key": k, "value": v} for k, v in tags.items()]},
        }  # fmt: skip
        query = """mutation ($params: ExecutionParams!) {
            launchRun(executionParams: $params) {... on LaunchRunSuccess {run {runId}} ... on PythonError {message}}}"""
        return self.ask(query, params=params)["launchRun"]["run"]["runId"]

    def runs(self):
        """Return all runs, oldest first."""
        fields = "runId status parentRunId stepKeysToExecute startTime endTime"
        found = self.ask(f"{{runsOrError {{... on Runs {{results {{{fields}}}}}}}}}")["runsOrError"]["results"]
        return found[::-1]

    def messages(self, run_id):
        query = """query ($id: ID!) {logsForRun(runId: $id)
            {... on EventConnection {events {... on MessageEvent {message}}}}}"""
        events = self.ask(query, id=run_id)["logsForRun"]["events"]
        return [event["message"] for event in events if event.get("message")]

    def ended(self, count):
        """Wait until so many runs have ended, and all that began; return them."""

        def all_ended():
            runs = self.runs()
            return runs if len(runs) >= count and all(run["status"] in DONE for run in runs) else []

        return until(all_ended, seconds=240)


def until(answer, seconds=120):
    """Return what ``answer`` returns, as soon as that is anything."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := answer():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come")


def sparks(server):
    """Return how many Spark sessions live below a server; a Java that only makes one's command line is none."""
    found = [line.split() for line in server.programs().splitlines() if "org.apache.spark.deploy.SparkSubmit" in line]
    return sum(words[0].endswith("java") and "org.apache.spark.launcher.Main" not in words for words in found)


@pytest.mark.long
@pytest.mark.parametrize("whole_machine", [pytest.param(False, id="worker"), pytest.param(True, id="whole-machine")])
def test_a_killed_run_is_found_and_tried_again_from_where_it_stopped(home, serving, undisturbed, whole_machine):
    with serving(home) as server:
        Dagster(server).launch("us")
        worker, half_made = staged(home, "protected.pings")
        if whole_machine:
            server.kill()
        else:
            os.kill(worker, signal.SIGKILL)
            killed, retry = Dagster(server).ended(2)
    if whole_machine:
        with serving(home) as server:
            killed, retry = Dagster(server).ended(2)

    assert (killed["status"], retry["status"]) == ("FAILURE", "SUCCESS")
    assert retry["parentRunId"] == killed["runId"]
    assert "protected__pings" in retry["stepKeysToExecute"]
    assert not {"raw__pings", "raw__consents"} & {*retry["stepKeysToExecute"]}
    states = Counter(ledger(home))
    assert states.pop(("protected.pings", "killed")) == 1
    assert states == {(table, "published"): 1 for table in undisturbed}
    assert rows(home) == undisturbed
    assert [file for file in half_made if file.exists()] == []
    shell(home, "fsck")


@pytest.mark.long
def test_of_two_regions_at_once_one_has_spark_at_a_time(sample, tmp_path, serving):
    home = installation(tmp_path / "home")
    land(home, sample, "labels.csv")
    with serving(home) as server:
        dagster, seen = Dagster(server), []
        dagster.launch("us")
        dagster.launch("eu")

        def both_ended():
            seen.append(sparks(server))
            runs = dagster.runs()
            return runs if all(run["status"] in DONE for run in runs) else []

        first, second = sorted(until(both_ended, seconds=240), key=lambda run: run["startTime"])

    assert (first["status"], second["status"]) == ("SUCCESS", "SUCCESS")
    assert first["endTime"] <= second["startTime"]
    assert max(seen) >= 1
    assert all(min(pair) <= 1 for pair in pairwise(seen))  # a Java whose run has ended may be seen once more as it goes
    assert [ledger(home, region) for region in ("eu", "us")] == [[("raw.labels", "published")]] * 2


@pytest.mark.long
def test_a_run_that_waits_for_one_in_a_shell_says_for_whom_and_is_left_alone(tmp_path, serving):
    home = installation(tmp_path / "home")
    take_run_lock(home)
    try:
        with serving(home) as server:
            dagster = Dagster(server)
            run_id = dagster.launch("us", now().date())  # where nothing landed, the only partition there is
            until(lambda: any(f"(process {os.getpid()}" in text for text in dagster.messages(run_id)))
            time.sleep(8)  # run monitoring looks four times meanwhile
            [waiting] = dagster.runs()
            give_run_lock(home)
            [done] = dagster.ended(1)
    finally:
        give_run_lock(home)

    assert waiting["status"] == "STARTED"
    assert done["status"] == "SUCCESS"


@pytest.mark.long
def test_the_channels_are_told_of_a_run_that_is_gone_though_no_other_comes(tmp_path, serving, hook):
    home = installation(tmp_path / "home")
    with (home.path / "geoward.yaml").open("a") as settings:
        settings.write("alerts: [{webhook: {url_env: GEOWARD_ALERT_URL}}]\n")
    Catalog(home.region("us"))  # as every run makes it
    begun = RunLedger(home.region("us")).entered("r1", "raw.pings", [DAY])
    begun.__enter__()
    with serving(home, GEOWARD_ALERT_URL=hook.url) as server:
        [told] = until(lambda: hook.received)
        assert Dagster(server).runs() == []

    assert {problem["kind"] for problem in json.loads(told.body)["problems"]} == {"stuck", "late"}
    assert "planted-token" not in server.log.read_text()
