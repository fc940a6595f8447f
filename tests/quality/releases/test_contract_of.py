"""The contract of the table that a release of the lake makes follows from its declaration."""

from __future__ import annotations

import json

import pytest

from quality.contracts import CONTRACTS, Sensitivity, contract
from quality.contracts.declared import read_declared
from quality.contracts.errors import ConfigError
from quality.releases.contract_of import (
    contract_of,
    declared_contracts,
    lake_releases,
    noisy_release,
    refuse_spending,
    refuse_unfit,
    table_release,
)
from quality.releases.declaration import TableRelease
from quality.releases.noisy import NoisyRelease

TOLD = noisy_release("visits_noisy").model_dump(mode="json")
ROWS = table_release("actions_anonymous").model_dump(mode="json")


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


def of_rows(**changed):
    return TableRelease.model_validate(ROWS | changed)


def test_a_table_of_rows_has_generalized_columns_those_kept_and_the_declaration():
    made = contract_of(of_rows(quasi_ids={"country": {"kind": "categorical"}}, keep=["amount"]))

    assert made.column_names == ("country", "amount", "declaration", "event_date")
    assert (made["country"].type, made["amount"].type, made["amount"].sensitivity) == (
        "string",
        "double",
        Sensitivity.NONE,
    )
    assert made.released and made.erasure_key == ""


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"subject": None, "links": []}, "must count the persons of protected.actions", id="no-subject"),
        pytest.param({"subject": "device_key", "links": []}, "must count the persons", id="devices-for-persons"),
        pytest.param({"keep": ["ip_key"]}, "would publish ip_key", id="a-pseudonym"),
        pytest.param({"keep": ["text"]}, "would publish text", id="free-text"),
        pytest.param({"keep": ["event_date"]}, "would publish event_date", id="the-partition"),
        pytest.param({"keep": ["purposes"]}, "would publish purposes", id="a-list"),
        pytest.param({"keep": ["mood"]}, "does not have: mood", id="no-such-column"),
        pytest.param(
            {"models": [{"model": "l_diversity", "column": "amount", "l": 2}]},
            "asks for no k",
            id="no-k",
        ),
        pytest.param({"gates": {"singling_out": None}}, "leaves attacks out: singling_out", id="not-attacked"),
        pytest.param(
            {"reads": "curated.actor_features", "quasi_ids": {"posts": {"kind": "numeric"}}, "links": []},
            "do not say which purposes",
            id="a-table-without-purposes",
        ),
        pytest.param(
            {"models": [{"model": "k_map", "k": 5, "population": "x.csv"}, {"model": "k_anonymity", "k": 5}]},
            "counts in a population",
            id="population",
        ),
    ],
)
def test_a_release_of_rows_that_does_not_know_persons_or_would_tell_of_them_is_refused(changed, why):
    with pytest.raises(ConfigError, match=why):
        refuse_unfit(of_rows(**changed))
    refuse_unfit(of_rows())
