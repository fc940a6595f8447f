"""Commands as processes of their own, as a shell or a service manager starts and ends them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from jobs import manifest
from jobs.home import open_home
from jobs.lake import Lake, no_spark
from jobs.land_files import land_files
from jobs.registry import JOBS
from quality.sources.load_mapping import load_mapping, mapping_text

pytestmark = [pytest.mark.e2e, pytest.mark.long]

GEOWARD = Path(sys.executable).with_name("geoward")
OLDER, NEWER = "2026-06-01", "2026-06-02"


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home").mkdir(mode=0o700)
    return open_home(tmp_path / "home")


@pytest.fixture
def geoward(home):
    def geoward(*arguments):
        return subprocess.run(
            [GEOWARD, *arguments], env={**os.environ, "GEOWARD_HOME": str(home.path)}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    return geoward


def test_a_dry_run_before_the_first_run_tells_of_new_files_and_leaves_them_to_it(geoward, tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text("entity_type,entity,label,label_source,time,observed\nactor,a1,fraud,me,2026-06-01T10:00:00Z,\n")
    assert geoward("ingest", "--source", "sample_labels", "--region", "eu", str(file)).returncode == 0
    planned = json.loads(geoward("run", "--dry-run", "--json").stdout)

    done = geoward("run", "--json")

    assert (planned["partitions"], planned["undated"]) == ([], [{"region": "eu", "files": 1}])
    assert done.returncode == 0, done.stderr
    (table,) = json.loads(done.stdout)["tables"]
    assert (table["table"], table["rows_in"], table["rows_out"], table["error"]) == ("raw.labels", 1, 1, None)


def test_a_late_file_of_an_older_day_makes_what_depends_on_that_day_again_and_nothing_else(geoward, home, tmp_path):
    labels = tmp_path / "labels.csv"
    lines = [f"actor,a1,fraud,me,{day}T10:00:00Z," for day in (OLDER, NEWER)]
    labels.write_text("\n".join(("entity_type,entity,label,label_source,time,observed", *lines)) + "\n")
    land(home, "sample_labels", labels)
    land(home, "sample_actions", actions(tmp_path / "both.jsonl", OLDER, NEWER))
    assert geoward("run").returncode == 0
    before = versions(home)
    late = actions(tmp_path / "late.jsonl", OLDER)
    assert geoward("ingest", "--source", "sample_actions", "--region", "eu", str(late)).returncode == 0

    done = geoward("run")

    chain = ("raw.actions", "clean.actions", "protected.actions", "curated.actor_features", "curated.actions_anonymous")
    due = {(table, OLDER) for table in chain}
    assert done.returncode == 0, done.stderr
    after = versions(home)
    assert before.keys() == {(table, day) for table in ("raw.labels", *dict(due)) for day in (OLDER, NEWER)}
    assert {one for one in after if after[one] != before.get(one)} == due
    raw = Lake(home.region("eu"), no_spark).rows("raw.actions")
    assert {str(day): rows for day, rows in raw.items()} == {OLDER: 2, NEWER: 1}


def land(home, source, file):
    (landed,) = land_files(home, home.region("eu"), load_mapping(source), mapping_text(source), [file])
    assert landed.outcome == "landed"


def actions(path, *days):
    """Write one action of each day."""
    noons = [int(datetime.fromisoformat(f"{day}T12:00:00Z").timestamp() * 1000) for day in days]
    lines = [json.dumps({"id": f"{path.stem}-{at}", "actor": "a1", "time_ms": at, "type": "view"}) for at in noons]
    path.write_text("\n".join(lines) + "\n")
    return path


def versions(home):
    """Return the version that published what each partition shows, by table and date, as the manifests tell."""
    return {
        (table, day): each.version
        for table in JOBS
        for each in manifest.history(home.region("eu").root.joinpath(*table.split(".")))
        for day in each.dates
    }


def test_the_web_pages_end_with_the_command_that_a_service_manager_ends(home, serving):
    with serving(home, "--read-only") as server:
        port = int(server.address.rpartition(":")[2])
        os.kill(server.process.pid, signal.SIGTERM)
        server.process.wait(30)

        with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            pass


def test_a_taken_port_is_told_before_anything_starts(geoward):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = geoward("ui", "--read-only", "--port", str(port))

    assert ended.returncode == 4
    assert f"Port {port} is taken." in ended.stderr
    assert f"--port {port + 1}" in ended.stderr
