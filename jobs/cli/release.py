"""`geoward release`: anonymous tables, with the proof that they are."""

from __future__ import annotations

import typer

from jobs.cli.app import app

release = typer.Typer(help="Make tables anonymous, verify that they are, and attack them before anybody else does.")
app.add_typer(release, name="release")
