"""A declaration that cannot be built is refused when it is read."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from quality.releases.declaration import TableRelease

AGE = {"age": {"kind": "numeric"}}
TREE = {"city": {"kind": "hierarchical", "hierarchy": "city.csv"}}
K_MAP = {"model": "k_map", "k": 2, "population": "all.csv"}
PRESENCE = {"model": "delta_presence", "maximum": 0.5, "population": "all.csv"}


def declared(models, quasi_ids=AGE, **more):
    return TableRelease(name="t", description="d", purpose="p", reads="f", quasi_ids=quasi_ids, models=models, **more)


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        pytest.param(
            {"models": [K_MAP, {**PRESENCE, "population": "b"}]},
            "all models count in one population",
            id="two-populations",
        ),
        pytest.param({"models": [K_MAP], "method": "microaggregation"}, "does not reach k_map", id="means"),
        pytest.param(
            {"models": [K_MAP], "quasi_ids": {"age": {"kind": "numeric", "top": 90}}}, "code both", id="coded"
        ),
        pytest.param({"models": [K_MAP], "keep": ["ill"]}, "nobody can be sought by it", id="kept-columns"),
        pytest.param({"models": [PRESENCE], "quasi_ids": TREE}, "classes by nodes overlap", id="overlapping-classes"),
    ],
)
def test_what_cannot_be_counted_in_a_population_is_refused(stated, says):
    with pytest.raises(ValidationError, match=says):
        declared(**stated)


def test_nodes_may_be_counted_where_they_do_not_overlap():
    assert declared([PRESENCE], TREE, method="full_domain").population == "all.csv"
    assert declared([K_MAP], TREE).population == "all.csv"


def test_what_nobody_can_know_may_be_kept_of_a_population():
    assert declared([K_MAP], keep=["note"], gates={"kept_alone": 1}).keep == ("note",)
