from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from jobs.cli.app import app
from jobs.listings import LISTINGS

HEAVY = (
    "pyspark",
    "dagster",
    "great_expectations",
    "presidio_analyzer",
    "duckdb",
    "deltalake",
    "pyarrow",
    "pandas",
    "h3",
)


def _commands():
    import jobs.cli.commands

    assert jobs.cli.commands
    groups = [("", app), *((group.name, group.typer_instance) for group in app.registered_groups)]
    return {
        f"{prefix} {command.name or command.callback.__name__}".strip(): command.callback
        for prefix, group in groups
        for command in group.registered_commands
        if command.callback.__module__.startswith("jobs.cli.")
    }


COMMANDS = _commands()


def test_every_command_of_jobs_is_there():
    assert set(COMMANDS) >= {
        "audit list", "doctor", "ingest", "places import", "population import", "quarantine list", "quarantine show",
        "query", "sample", "source check", "source list", "source show", "tables list", "tables show",
    }  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_help_is_a_line_and_an_example_that_begins_with_geoward(command):
    text = command.__doc__

    assert text.splitlines()[0].endswith(".")
    assert "Example: `geoward " in text


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_listing_can_be_had_as_json(name):
    click_command = typer.main.get_command(app)
    for part in name.split():
        click_command = click_command.commands[part]
    options = {option for parameter in click_command.params for option in parameter.opts}

    assert options & {"--json", "--format"}


def test_importing_all_commands_imports_nothing_heavy():
    code = f"import sys, jobs.cli.commands; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_every_schema_is_of_something_that_a_command_prints():
    words = {name.replace("-", " ") for name in LISTINGS}
    known = {*COMMANDS, "run", "run dry run", "reveal list", "reference import", "check"}
    known |= {f"release {does} {kind}" for does in ("build", "tune") for kind in ("places", "noisy")}

    assert words <= known
