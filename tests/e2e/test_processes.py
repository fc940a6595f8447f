"""Commands as processes of their own, as a shell or a service manager starts and ends them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.home import open_home

pytestmark = [pytest.mark.e2e, pytest.mark.long]

GEOWARD = Path(sys.executable).with_name("geoward")


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


def test_what_a_dry_run_dated_is_run_by_a_later_process(geoward, tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text("entity_type,entity,label,label_source,time,observed\nactor,a1,fraud,me,2026-06-01T10:00:00Z,\n")
    assert geoward("ingest", "--source", "sample_labels", "--region", "eu", str(file)).returncode == 0
    planned = geoward("run", "--dry-run", "--json")

    done = geoward("run", "--json")

    assert [entry["table"] for entry in json.loads(planned.stdout)["partitions"]] == ["raw.labels"]
    assert done.returncode == 0, done.stderr
    (table,) = json.loads(done.stdout)["tables"]
    assert (table["table"], table["rows_in"], table["rows_out"], table["error"]) == ("raw.labels", 1, 1, None)


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
