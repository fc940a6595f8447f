"""The command line, run in this process."""

from __future__ import annotations

import csv
import json

import pytest
import yaml
from typer.testing import CliRunner

from tests.jobs.cli.noisy_builds import DAYS, DECLARED


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


@pytest.fixture
def noisy(geoward, fits, tmp_path):
    """Build the figures of some visits; return the result and what was written, None if nothing."""

    def noisy(*arguments, people=3, consumer="city", out="out.csv", **declared):
        rows = [(f"p{one}", "park", f"2026-05-0{day}T10:00:00Z") for one in range(people) for day in (1, 2)]
        with (tmp_path / "visits.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("who", "place", "at", "size"), *(row + (1,) for row in rows)])
        path = tmp_path / "noisy.yaml"
        path.write_text(yaml.safe_dump({**DECLARED, **declared}))
        done = geoward(
            "release", "build", path, "-i", tmp_path / "visits.csv", "-o", tmp_path / out, "--consumer", consumer,
            *(arguments or DAYS), "--json",
        )  # fmt: skip
        if done.document:
            assert fits(done.document, "release-build-noisy")
        made = tmp_path / out
        return done, list(csv.DictReader(made.open())) if made.exists() else None

    return noisy


@pytest.fixture
def granted(geoward):
    assert geoward("budget", "make").exit_code == 0
    for consumer in ([], ["--consumer", "city"]):
        assert geoward("budget", "grant", "visits", "--unit", "user_day", "--rho", "0.5", *consumer).exit_code == 0
