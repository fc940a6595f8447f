"""The reference of declarations: every key is explained, and each example is built of the shipped sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from jobs.release.document_declarations import EXAMPLES, declaration_page, parts_of, sentences
from quality.releases.load_release import KINDS, load_release

SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "eu"
SAYS_WHICH = {"kind", "model", "by", "are", "build", "measure", "accounting", "version"}
MODELS = {name: model for kind in KINDS.values() for name, model in [(kind.__name__, kind), *parts_of(kind)]}


@pytest.mark.parametrize("model", [pytest.param(model, id=name) for name, model in MODELS.items()])
def test_every_key_is_told_of_by_the_docstring_of_its_model(model: type[BaseModel]):
    assert [key for key in model.model_fields if key not in SAYS_WHICH and not sentences(model, key)] == []


def test_a_key_has_its_type_its_limits_and_its_default():
    page = declaration_page()

    assert "| `k` | whole number, from 2 | required | Every class of equal" in page
    assert "| `suppression` | number, from 0, to 1 | `0.0` |" in page
    assert "| `tiles` | [Tiles](#tiles) | required |" in page
    assert "| `nulls` | `category`, `suppress` | `category` |" in page
    assert "| `rho` | number, above 0 | required |" in page
    assert "function-after" not in page


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_example_of_each_kind_stands_on_the_page(kind):
    assert load_release(EXAMPLES / f"{kind}.yaml").kind == kind
    assert (EXAMPLES / f"{kind}.yaml").read_text() in declaration_page()


def test_the_example_of_a_table_is_built(geoward, tmp_path):
    out = tmp_path / "accounts.csv"

    done = geoward("release", "build", EXAMPLES / "table.yaml", "-i", SAMPLE / "actors.csv", "-o", out, "--json")

    assert done.exit_code == 0, done.stderr
    assert done.document["k"] >= 10
    assert "actor" not in out.read_text().splitlines()[0]


def test_the_example_of_places_is_built_in_the_tiles_of_the_days_before(geoward, tmp_path):
    pings, tiles, out = SAMPLE / "pings.csv.gz", tmp_path / "tiles.json", tmp_path / "trips.csv"

    geoward("release", "tile", EXAMPLES / "places.yaml", "--historic", pings, "-o", tiles)
    done = geoward("release", "build", EXAMPLES / "places.yaml", "-i", pings, "--tiling", tiles, "-o", out, "--json")

    assert done.exit_code == 0, done.stderr
    assert done.document["kept"] >= 0.05


def test_the_example_of_noisy_figures_is_built_for_a_consumer_with_a_budget(geoward, tmp_path):
    out = tmp_path / "figures.csv"
    grant = ("budget", "grant", "actors", "--unit", "user", "--rho", "0.5")
    days = ("--consumer", "city")
    for command in [("budget", "make"), grant, (*grant, "--consumer", "city")]:
        assert geoward(*command).exit_code == 0

    done = geoward("release", "build", EXAMPLES / "noisy.yaml", "-i", SAMPLE / "actors.csv", *days, "-o", out, "--json")

    assert done.exit_code == 0, done.stderr
    assert done.document["rows_out"] == len(out.read_text().splitlines()) - 1
