"""The contract of a noisy release's table follows from its declaration."""

from __future__ import annotations

import json

import pytest

from quality.contracts import CONTRACTS, Sensitivity, contract
from quality.contracts.declared import read_declared
from quality.contracts.errors import ConfigError
from quality.releases.contract_of import contract_of, declared_contracts, lake_releases, refuse_spending
from quality.releases.noisy import NoisyRelease

TOLD = lake_releases()["visits_noisy"].model_dump(mode="json")


def declared(**changed):
    return NoisyRelease.model_validate(TOLD | changed)


def test_kept_contracts_are_those_that_the_declarations_make():
    for path, text in declared_contracts().items():
        assert path.read_text(encoding="utf-8") == text, "run `python -m jobs.cli.documents`"
    assert {one.name for one in read_declared()} == {f"curated.{name}" for name in lake_releases()}


def test_a_kept_contract_is_the_one_it_was_written_of():
    for name, release in lake_releases().items():
        assert contract(f"curated.{name}") == contract_of(release)


def test_the_same_contract_is_one_object_wherever_it_is_asked_for():
    assert read_declared()[0] is CONTRACTS[read_declared()[0].name]


def test_a_change_of_the_loss_is_another_contract_so_that_tables_are_made_again():
    other = declared(loss={"accounting": "zcdp", "rho": "0.01"})

    assert contract_of(other).fingerprint != contract_of(declared()).fingerprint


KEYS = {
    "cell": ({"by": "h3", "column": "cell", "resolution": 5}, "string"),
    "square": ({"by": "grid", "latitude": "cell", "longitude": "cell", "step": 0.1}, "bigint"),
    "hour": ({"by": "time", "column": "event_time", "every": "hour"}, "timestamp"),
    "day": ({"by": "time", "column": "event_time", "every": "day"}, "date"),
    "hour_of_week": ({"by": "time", "column": "event_time", "every": "hour_of_week"}, "bigint"),
    "source": ({"by": "column", "column": "source"}, "string"),
}


@pytest.mark.parametrize("name", KEYS)
def test_each_kind_of_key_is_a_column_that_tells_of_nobody(name):
    key, type_ = KEYS[name]
    made = contract_of(declared(keys={name: key}, partitions={"product": {name: ["x"]}}))

    assert (made[name].type, made[name].required, made[name].sensitivity) == (type_, True, Sensitivity.NONE)
    assert made[name].source


VALUES = {"column": "speed_mps", "minimum": 0, "maximum": 9}


@pytest.mark.parametrize(
    ("measure", "type_", "sd"),
    [
        pytest.param({"measure": "count"}, "bigint", True, id="count"),
        pytest.param({"measure": "distinct_actors"}, "bigint", True, id="distinct"),
        pytest.param({"measure": "sum", **VALUES}, "double", True, id="sum"),
        pytest.param({"measure": "mean", **VALUES}, "double", False, id="mean-has-no-single-noise"),
        pytest.param({"measure": "quantile", "at": 0.5, **VALUES}, "double", False, id="quantile-has-none"),
    ],
)
def test_each_measure_is_a_column_and_its_noise_stands_beside_it_where_it_is_one(measure, type_, sd):
    made = contract_of(declared(measures={"figure": measure}))

    assert made["figure"].type == type_
    assert ("figure_sd" in made.column_names) == sd


def test_a_release_of_a_file_or_of_a_table_in_the_clear_is_none_of_the_lake():
    assert "wikimedia_style" not in lake_releases()
    assert all(release.reads.startswith(("protected.", "curated.")) for release in lake_releases().values())


def test_kept_contracts_are_plain_json():
    for text in declared_contracts().values():
        assert json.loads(text)["released"] is True


def test_a_release_of_the_lake_is_never_paid_for_anew_when_rows_change():
    with pytest.raises(ConfigError, match="would tell everybody that its rows changed"):
        refuse_spending(declared(changed_input="spend"))
    refuse_spending(declared())
