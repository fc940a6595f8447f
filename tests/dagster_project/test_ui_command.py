"""How `geoward ui` ends; a stand-in is what it starts, so that no Dagster is waited for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

SERVER = """#!{python}
import signal, sys, time
def ended(*_):
    print("ended", flush=True)
    sys.exit(7)
if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as Dagster, it heeds what it did not inherit as ignored
    signal.signal(signal.SIGINT, ended)
print("ready", flush=True)
time.sleep(60)
"""
START = """
import sys
from dagster_project import instance, ui_command
instance.open_pool = lambda home: None
ui_command.sys.executable = sys.argv[1]
from jobs.cli.app import app
app(["ui", "--port", sys.argv[2]])
"""


@pytest.fixture
def server(tmp_path):
    file = tmp_path / "server"
    file.write_text(SERVER.format(python=sys.executable))
    file.chmod(0o700)
    return file


@pytest.mark.parametrize("ignored", [False, True], ids=["by-a-service-manager", "behind-a-script"])
def test_a_sigterm_ends_it_and_what_it_started_also_where_sigint_is_ignored(server, tmp_path, ignored):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-c", START, str(server), str(port)]
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *words] if ignored else words
    environment = {**os.environ, "GEOWARD_HOME": str(tmp_path / "home")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)

        said, _ = process.communicate(timeout=10)
        assert (said, process.returncode) == ("ended\n", 7)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
