"""The entry point of `geoward`: the commands of `jobs`, and those that need Dagster."""

from __future__ import annotations

import jobs.cli.commands
from dagster_project import demo_command, run_command, ui_command
from jobs.cli.app import app, main

__all__ = ["app", "main"]

_ = (jobs.cli.commands, demo_command, run_command, ui_command)  # importing them adds their commands
