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
    pytest.param("table", {"subject": "country"}, "the subject is never published", id="the-whole"),
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


@pytest.mark.parametrize(("kind", "changed", "told"), CASES)
def test_no_word_of_the_library_is_told_and_no_value(kind, changed, told):
    shown = said(kind, **changed)

    assert [word for word in INTERNALS if word in shown] == []
    assert "k_anon'" not in shown


def test_the_keys_of_a_declaration_that_are_told_are_all_of_the_page():
    page = (Path(__file__).parents[3] / "docs" / "release-declaration.md").read_text(encoding="utf-8")

    for kind, model in KINDS.items():
        assert [f for f in model.model_fields if f != "version" and f"| `{f}` |" not in page] == [], kind
