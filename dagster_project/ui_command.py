"""`geoward ui`: Dagster with everything loaded, on this machine only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Annotated

import typer

from jobs.cli.app import app, err
from jobs.examine import port_is_free
from jobs.home import open_home
from quality.contracts.errors import EnvironmentFault


@app.command()
def ui(
    read_only: Annotated[bool, typer.Option("--read-only", help="For auditors: look, but start nothing.")] = False,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Open Dagster: lineage, partitions, checks and reports of every table.

    It binds to 127.0.0.1 and has no log-in of its own: put it behind one before others may reach it.
    """
    from dagster_project.instance import dagster_home, open_pool

    home = open_home()
    environment = {**os.environ, "DAGSTER_HOME": str(dagster_home(home)), "GEOWARD_HOME": str(home.path)}
    command = [sys.executable, "-m", "dagster_webserver"] if read_only else [sys.executable, "-m", "dagster", "dev"]
    command += ["-m", "dagster_project.definitions", "-h", "127.0.0.1", "-p", str(port)]
    if read_only:
        command.append("--read-only")
    _refuse_taken(port)
    open_pool(home)
    err.print(f"Dagster at http://127.0.0.1:{port}/asset-groups (stop with Ctrl-C)")
    server = _start(command, environment)
    signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGINT))  # a service manager's way to stop
    while True:
        try:
            raise typer.Exit(server.wait())
        except KeyboardInterrupt:  # the server got it too, and ends what it started
            continue


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the server so that SIGINT ends it, also where a script's `&` has that ignored for all it starts.

    Then a Ctrl-C at the script is not meant for the server, which is therefore put into a group of its own.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what is ignored would stay so in the child
    try:
        return subprocess.Popen(command, env=environment, process_group=0 if before == signal.SIG_IGN else None)
    finally:
        signal.signal(signal.SIGINT, before)


def _refuse_taken(port: int) -> None:
    if not port_is_free(port):
        raise EnvironmentFault(
            f"Port {port} is taken.", mend=f"Stop what uses it, or run `geoward ui --port {port + 1}`."
        )
