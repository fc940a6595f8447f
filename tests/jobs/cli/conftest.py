"""The command line, run in this process."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner


@pytest.fixture
def geoward(home):
    """Run a command; return its result, whose ``document`` is the JSON it printed, if any."""
    import jobs.cli.commands
    from jobs.cli.app import app

    assert jobs.cli.commands

    def run(*arguments, typed=None):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=typed)
        try:
            result.document = json.loads(result.stdout)
        except ValueError:
            result.document = None
        return result

    return run


@pytest.fixture
def fits():
    """Check a document against the schema of its listing, as ``docs/schemas`` publishes it."""
    from jsonschema import Draft202012Validator

    from jobs.documents import documents

    def fits(document, name):
        Draft202012Validator(json.loads(documents()[f"schemas/{name}.json"])).validate(document)
        return True

    return fits
