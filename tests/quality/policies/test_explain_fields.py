from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from jobs.release.document_declarations import EXAMPLES
from quality.policies.explain_fields import explain_fields
from quality.releases.load_release import KINDS

INTERNALS = (
    "Value error",
    "function-after",
    "tagged-union",
    "Input",
    "inputs",
    "tuple[",
    "instance of",
    "tag ",
    "Extra",
)


def said(kind: str, **changed: object) -> str:
    declared = {**yaml.safe_load((EXAMPLES / f"{kind}.yaml").read_text()), **changed}
    with pytest.raises(ValidationError) as failed:
        KINDS[kind].model_validate(declared)
    return explain_fields(failed.value, KINDS[kind])


DIVERSE = {"model": "l_diversity", "column": "ill", "l": 2}
STEPS = {"build": "intervals", "levels": 2}
HOURS = {"by": "time", "column": "time", "every": "hour"}
CASES = [
    pytest.param("table", {"quasi_id": 1}, "quasi_id: there is no such key; did you mean quasi_ids", id="near"),
    pytest.param("places", {"zzz": 1}, "zzz: there is no such key; known are cell, description, epoch", id="far"),
    pytest.param(
        "table", {"models": [{**DIVERSE, "varaint": 1}]},
        "models.0.varaint: there is no such key; did you mean variant", id="in-a-list",
    ),
    pytest.param(
        "table", {"models": [{"model": "k_anon", "k": 1}]},
        "models.0: model says which it is, one of k_anonymity, k_map, l_diversity, t_closeness, delta_presence",
        id="unknown-model",
    ),
    pytest.param("table", {"models": [{**DIVERSE, "l": 2.5}]}, "l is a whole number, but for entropy", id="l"),
    pytest.param(
        "table", {"subject": "country"}, "the subject is never published, and country is published too: take country",
        id="the-whole",
    ),
    *(
        pytest.param(
            kind, {"name": "My Table"}, "name: must be a name of small letters, digits and _, and begin with a letter",
            id=f"a-name-of-{kind}",
        )
        for kind in KINDS
    ),
    pytest.param(
        "table", {"quasi_ids": {"age": {"kind": "numeric", "hierarchy": {**STEPS, "widht": 3}}}},
        "quasi_ids.age.hierarchy.width: it is missing; "
        "quasi_ids.age.hierarchy.widht: there is no such key; did you mean width",
        id="a-union-with-text",
    ),
    pytest.param(
        "table", {"quasi_ids": {"age": "numeric"}},
        "quasi_ids.age: must be a mapping of keys, of kind, hierarchy, weight, bottom, top", id="no-mapping",
    ),
    pytest.param(
        "noisy", {"partitions": {"tabel": "a"}}, "partitions.tabel: there is no such key; did you mean table",
        id="public-of-two",
    ),
    pytest.param(
        "noisy", {"partitions": {"are": "private", "shar": 2}},
        "partitions.shar: there is no such key; did you mean share", id="private-of-two",
    ),
    pytest.param(
        "noisy", {"partitions": {"product": {"hour": {"firs": 1, "last": 3}}}},
        "partitions.product.hour.first: it is missing; "
        "partitions.product.hour.firs: there is no such key; did you mean first",
        id="of-four",
    ),
    pytest.param("noisy", {"keys": {"column": {**HOURS, "by": "h"}}}, "keys.column: by says which it is, one", id="by"),
    pytest.param("noisy", {"loss": {"rho": 1}}, "accounting says which it is, one of zcdp, approximate", id="x"),
    pytest.param("places", {"trips": None}, "pseudonyms of trips need trips and sequences (`trips: {}`", id="trips"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changed", "told"), CASES)
def test_a_wrong_key_is_told_with_those_that_are_right(kind, changed, told):
    assert told in said(kind, **changed)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param(
            {"models": [{"model": "k_anonymity", "k": 1}]}, "models.0.k: must be greater than or equal to 2", id="k"
        ),
        pytest.param({"models": [{**DIVERSE, "l": 0}]}, "models.0.l: must be greater than or equal to 1", id="l"),
        pytest.param({"models": [{"model": "l_diversity", "l": 2}]}, "models.0.column: it is missing", id="column"),
        pytest.param({"models": []}, "models: at least one is needed", id="none-at-all"),
    ],
)
def test_one_mistake_is_told_once(changed, told):
    assert said("table", **changed) == told


@pytest.mark.parametrize(("kind", "changed", "told"), CASES)
def test_no_word_of_the_library_is_told_and_no_value(kind, changed, told):
    shown = said(kind, **changed)

    assert [word for word in INTERNALS if word in shown] == []
    assert "k_anon'" not in shown


def test_the_keys_of_a_declaration_that_are_told_are_all_of_the_page():
    page = (Path(__file__).parents[3] / "docs" / "release-declaration.md").read_text(encoding="utf-8")

    for kind, model in KINDS.items():
        assert [f for f in model.model_fields if f != "version" and f"| `{f}` |" not in page] == [], kind
