from __future__ import annotations

import pytest

from quality.policies.jurisdiction import Jurisdiction, Precision
from quality.policies.law import Law, rules_of
from quality.policies.law_rules import PrecisionRule
from quality.policies.load_policy import load_policy
from quality.policies.strictest import precision_of, with_laws

SAYS = {"says": "-", "status": "VERIFIED"}


def law(name, **rules):
    return Law.model_validate({"law": name, "title": "-", "rules": {k: {**SAYS, **rule} for k, rule in rules.items()}})


CIRCLE = law("west", area={"kind": "precision", "circle": "100 m", "cites": "W. 1"})
RADIUS = law("east", wide={"kind": "precision", "radius": "500 ft", "cites": "E. 2", "sinks": ["transfer"]})
DEGREES = law("north", steps={"kind": "precision", "degrees": 0.001, "cites": "N. 3"})
HALF = Precision(time_minutes=60, min_radius_m=50, citation="own choice")


@pytest.mark.parametrize(
    ("laws", "sinks", "area", "radius", "citation", "rules"),
    [
        pytest.param((), ("use",), 0, 50, "own choice", (), id="no-law"),
        pytest.param((CIRCLE,), ("use",), 31_416, 50, "W. 1; own choice", ("west.area",), id="a-law-beside-one's-own"),
        pytest.param((RADIUS,), ("use",), 0, 50, "own choice", (), id="a-law-on-something-else"),
        pytest.param((RADIUS,), ("transfer",), 0, 152, "E. 2", ("east.wide",), id="a-stricter-law"),
        pytest.param((DEGREES,), ("use",), 0, 111, "N. 3", ("north.steps",), id="degrees"),
    ],
)
def test_the_stricter_of_policy_and_laws_holds_with_where_it_is_from(laws, sinks, area, radius, citation, rules):
    found = precision_of(HALF, laws, sinks)

    assert (round(found.min_area_m2), round(found.min_radius_m)) == (area, radius)
    assert (found.citation, found.rules) == (citation, rules)


def territory(**changed):
    eu = load_policy().jurisdictions["eu"]
    data = {**eu.model_dump(by_alias=True), "minor_below": 0, "laws": (), **changed}
    return Jurisdiction.model_validate(data)


def age(below):
    return law(f"age{below}", young={"kind": "age", "below": below, "consent_by": "parent", "cites": "-"})


@pytest.mark.parametrize(
    ("own", "laws", "minor"),
    [
        pytest.param(0, (age(13), age(16)), 16, id="the-highest-age-of-the-laws"),
        pytest.param(18, (age(13),), 18, id="one's-own-where-it-is-higher"),
        pytest.param(10, (age(13),), 13, id="never-below-a-law"),
    ],
)
def test_who_is_a_minor_is_what_the_strictest_says(own, laws, minor):
    assert with_laws(territory(minor_below=own, laws=laws)).minor_below == minor


def test_separate_consent_is_asked_for_where_a_law_asks_for_it():
    asks = law("far", apart={"kind": "consent", "form": "separate", "of": ["user.location"], "cites": "-"})
    other = law("far", apart={"kind": "consent", "form": "separate", "of": ["user.financial"], "cites": "-"})

    forms = [with_laws(territory(minor_below=16, laws=(one,))).uses["analytics"].consent.form for one in (asks, other)]

    assert forms == ["separate", "opt_in"]


def test_a_rule_counts_from_its_day_where_a_day_is_asked_for():
    from datetime import date

    later = law("soon", area={"kind": "precision", "circle": "9 m", "cites": "-", "since": "2027-05-01"})

    assert rules_of((later,), PrecisionRule, date(2027, 4, 30)) == {}
    assert (
        set(rules_of((later,), PrecisionRule, date(2027, 5, 1)))
        == {"soon.area"}
        == set(rules_of((later,), PrecisionRule))
    )
