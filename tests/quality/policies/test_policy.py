from __future__ import annotations

from datetime import date

import pydantic
import pytest

from quality.contracts.errors import PolicyBreach
from quality.policies.load_policy import load_policy

POLICY = load_policy()


def test_the_shipped_policy_holds_the_numbers_we_documented():
    circle = POLICY.use("us", "analytics").precision
    assert (circle.min_radius_m, round(circle.min_area_m2), circle.time_minutes) == (533.4, 998_903, 60)
    assert circle.min_radius_m == pytest.approx(1_750 * 0.3048), "1,750 ft, Va. Code 59.1-575"
    assert circle.min_area_m2 == pytest.approx(3.14159265 * 563.88**2), "1,850 ft, Cal. Civ. Code 1798.140(w)"
    assert {name: rules.minor_below for name, rules in POLICY.jurisdictions.items()} == {"eu": 16, "us": 18, "cn": 14}
    assert {rules.release.k for rules in POLICY.jurisdictions.values()} == {10}
    days = {layer: rule.days for layer, rule in POLICY.retention.items()}
    assert days == {"raw": 30, "clean": 30, "protected": 90, "quarantine": 14, "curated": 390}


def test_the_shipped_policy_never_releases_finer_than_the_strictest_limit():
    for rules in POLICY.jurisdictions.values():
        for use in rules.uses.values():
            assert (use.precision.min_area_m2, use.precision.min_radius_m) >= (998_902, 533.4)
            assert use.precision.citation
        assert rules.release.finest_resolution <= 7


@pytest.mark.parametrize(
    ("jurisdiction", "kind", "purposes"),
    [
        pytest.param("eu", "pings", {"analytics"}, id="no-positions-for-risk-in-the-eu"),
        pytest.param("eu", "actions", {"risk"}, id="actions-for-risk-in-the-eu"),
        pytest.param("us", "pings", {"analytics", "risk"}, id="positions-for-both-in-the-us"),
        pytest.param("cn", "actions", set(), id="no-actions-in-cn"),
    ],
)
def test_uses_are_by_territory_and_kind(jurisdiction, kind, purposes):
    assert set(POLICY.uses_of(jurisdiction, kind)) == purposes


def test_only_risk_in_the_us_may_use_rows_of_minors():
    lenient = {(j, p) for j, rules in POLICY.jurisdictions.items() for p, use in rules.uses.items() if use.allow_minors}

    assert lenient == {("us", "risk")}


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        pytest.param(lambda: POLICY.jurisdiction("atlantis"), "'atlantis'.*Known: cn, eu, us", id="territory"),
        pytest.param(lambda: POLICY.use("cn", "risk"), "'risk' in cn.*Allowed there: analytics", id="purpose"),
        pytest.param(lambda: POLICY.use("atlantis", "risk"), "nothing is allowed there", id="purpose-nowhere"),
        pytest.param(lambda: POLICY.uses_of("atlantis", "pings"), "nothing is allowed there", id="kind-nowhere"),
    ],
)
def test_what_the_policy_does_not_name_is_refused(ask, said):
    with pytest.raises(PolicyBreach, match=said):
        ask()


LINKING = POLICY.model_copy(
    update={
        "purposes": {
            "risk": POLICY.purposes["risk"].model_copy(update={"links": ("risk", "analytics")}),
            "analytics": POLICY.purposes["analytics"].model_copy(update={"links": ()}),
        }
    }
)


def test_a_purpose_links_pseudonyms_of_the_purposes_it_names():
    for ends in (("risk", "analytics"), ("analytics", "risk"), ("risk", "risk")):
        LINKING.allow_link("eu", "risk", ends)


@pytest.mark.parametrize(
    ("jurisdiction", "purpose", "ends", "said"),
    [
        pytest.param("eu", "analytics", ("analytics", "analytics"), "not let analytics link.*link none", id="none"),
        pytest.param("eu", "analytics", ("risk", "risk"), "of risk", id="what-another-may"),
        pytest.param("cn", "risk", ("analytics", "analytics"), "'risk' in cn", id="not-in-use-there"),
        pytest.param("us", "risk", ("risk", "art"), "'art' in us", id="an-end-not-in-use-there"),
        pytest.param("us", "art", ("risk", "risk"), "'art' in us", id="unknown-purpose"),
        pytest.param("atlantis", "risk", ("risk", "risk"), "nothing is allowed there", id="unknown-territory"),
    ],
)
def test_pseudonyms_that_the_policy_does_not_name_are_not_linked(jurisdiction, purpose, ends, said):
    with pytest.raises(PolicyBreach, match=said):
        LINKING.allow_link(jurisdiction, purpose, ends)


def test_by_the_shipped_policy_only_risk_links_and_only_its_own():
    assert {name: purpose.links for name, purpose in POLICY.purposes.items() if purpose.links} == {"risk": ("risk",)}


@pytest.mark.parametrize(
    ("clock", "until"),
    [pytest.param("landing", date(2024, 5, 31), id="landing"), pytest.param("event", date(2024, 1, 31), id="event")],
)
def test_days_are_kept_from_the_stated_clock(clock, until):
    rule = POLICY.retention["raw"].model_copy(update={"clock": clock})
    policy = POLICY.model_copy(update={"retention": {"raw": rule}})

    assert policy.retain_until("raw", landed=date(2024, 5, 1), event=date(2024, 1, 1)) == until


def test_a_layer_without_a_rule_has_no_last_day():
    with pytest.raises(KeyError):
        POLICY.retain_until("reference", landed=date(2024, 5, 1), event=date(2024, 5, 1))


def test_a_policy_cannot_be_changed_after_it_was_read():
    with pytest.raises(pydantic.ValidationError):
        POLICY.name = "other"
