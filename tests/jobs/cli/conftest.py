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


@pytest.fixture
def declared(tmp_path):
    """A declaration beside its table: 40 people of 20 ages and two towns, each with one of four illnesses.

    They are too few to be attacked, so no attack is tried unless ``gates`` say so.
    """

    def declared(town="Ayr", gates=None, **more):
        rows = [f"p{at},{20 + at % 20},{town if at % 2 else 'Bute'},{'abcd'[at % 4]},{at}" for at in range(40)]
        (tmp_path / "people.csv").write_text("\n".join(["who,age,town,ill,note", *rows]) + "\n")
        stated = {
            "name": "people", "description": "People of a town.", "purpose": "analytics", "reads": "people.csv",
            "subject": "who", "quasi_ids": {"age": {"kind": "numeric"}, "town": {"kind": "categorical"}},
            "models": [{"model": "k_anonymity", "k": 5}, {"model": "l_diversity", "column": "ill", "l": 2}],
            "gates": {"singling_out": None, "linkability": None, "inference": None, **(gates or {})}, **more,
        }  # fmt: skip
        path = tmp_path / "people.yaml"
        path.write_text(json.dumps(stated))  # JSON is YAML
        return path

    return declared
