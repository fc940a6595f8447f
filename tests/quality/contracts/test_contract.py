from __future__ import annotations

from dataclasses import replace

import pytest

from quality.contracts import CONTRACTS, contract
from quality.contracts.contract import Column, Contract, Layer, Sensitivity
from quality.contracts.errors import ContractViolation, UnknownDataset
from quality.contracts.shared_columns import EVENT_DATE

PLAIN = Column("note", "string", "A note.", Sensitivity.NONE)
IDENTIFYING = (Sensitivity.DIRECT_ID, Sensitivity.PSEUDONYM, Sensitivity.FREE_TEXT, Sensitivity.SENSITIVE)


def declared(*columns, **facts):
    return Contract("curated.things", "Things.", "one thing", columns, **facts)


@pytest.mark.parametrize(
    ("columns", "facts", "problem"),
    [
        pytest.param((PLAIN, PLAIN, EVENT_DATE), {}, "declares columns twice: note", id="a-column-twice"),
        pytest.param((PLAIN,), {}, "has no partition column: event_date", id="no-date"),
        pytest.param((PLAIN, EVENT_DATE), {"erasure_key": "who"}, "erasure key it does not have: who", id="no-key"),
        *(
            pytest.param(
                (replace(PLAIN, sensitivity=kind), EVENT_DATE), {"released": True}, "may not hold identifiers", id=kind
            )
            for kind in IDENTIFYING
        ),
    ],
)
def test_a_contract_that_contradicts_itself_is_refused(columns, facts, problem):
    with pytest.raises(ContractViolation, match=problem) as refused:
        declared(*columns, **facts)

    assert "curated.things" in refused.value.message


def test_a_release_may_hold_quasi_identifiers():
    assert declared(replace(PLAIN, sensitivity=Sensitivity.QUASI_ID), EVENT_DATE, released=True).personal


def test_columns_are_found_by_name_and_in_order():
    made = declared(PLAIN, EVENT_DATE)

    assert (made.column_names, made["note"], list(made), made.layer) == (
        ("note", "event_date"), PLAIN, [PLAIN, EVENT_DATE], Layer.CURATED,
    )  # fmt: skip
    with pytest.raises(KeyError):
        made["absent"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"description": "Others."}, id="description"),
        pytest.param({"columns": (replace(PLAIN, maximum=3.0), EVENT_DATE)}, id="a-bound"),
        pytest.param({"columns": (EVENT_DATE, PLAIN)}, id="the-order"),
        pytest.param({"caveats": ("Beware.",)}, id="a-caveat"),
    ],
)
def test_any_change_changes_the_fingerprint(change):
    made = declared(PLAIN, EVENT_DATE)

    assert replace(made, **change).fingerprint != made.fingerprint == declared(PLAIN, EVENT_DATE).fingerprint


def test_only_columns_that_tell_of_nobody_keep_statistics():
    tags = Column("tags", "array<string>", "Tags.", Sensitivity.NONE)
    name = Column("name", "string", "Name.", Sensitivity.PSEUDONYM, "user.name")
    made = declared(PLAIN, name, tags, EVENT_DATE)

    assert made.delta_properties["delta.dataSkippingStatsColumns"] == "note"
    assert made.delta_properties["geoward.contract"] == made.fingerprint
    assert made.categories == ("user.name",)


def test_an_unknown_dataset_is_named_with_those_that_exist():
    with pytest.raises(UnknownDataset, match=r"'raw\.nothing'.*raw\.pings"):
        contract("raw.nothing")
    assert contract("raw.pings") is CONTRACTS["raw.pings"]
