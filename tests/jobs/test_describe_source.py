from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from jobs.catalog import Catalog
from jobs.describe_source import basis_warning, describe_source, list_sources, rejects_all, rule_in_words
from jobs.land_files import land_files
from quality.sources.load_mapping import load_mapping, shipped_mappings
from quality.sources.rules import Rule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        pytest.param({"from": "lat"}, "lat", id="renamed"),
        pytest.param({"from": "t", "iso": True}, "t, read as ISO 8601", id="iso"),
        pytest.param({"from": "t", "epoch": "seconds"}, "t, seconds since 1970-01-01 UTC", id="epoch"),
        pytest.param(
            {"from": "t", "time": "yyyy-MM-dd", "zone": "UTC"}, "t, read as yyyy-MM-dd in UTC", id="pattern-and-zone"
        ),
        pytest.param({"from": "v", "unit": {"from": "ft", "to": "m"}}, "v, from ft to m", id="unit"),
        pytest.param({"from": "v", "null_if": [-777]}, "v, empty if -777", id="sentinel"),
        pytest.param({"from": "c", "enum": {0: "no", 1: "yes"}}, "c, 0 becomes no; 1 becomes yes", id="enum"),
        pytest.param({"join": ["d", "t"], "with": "T", "iso": True}, "d and t joined by 'T', read as ISO 8601", id="2"),
        pytest.param({"constant": "user"}, "always user", id="constant"),
        pytest.param({"key": ["a", "b"]}, "a | b, as one key", id="key"),
        pytest.param({"derive": ["a", "b"], "tag": "x"}, "id derived from a and b, tagged x", id="derive"),
        pytest.param(
            {"week_hour": {"weekday": "d", "hour": "h", "week_of": "2024-01-01", "zone": "UTC"}},
            "d and hour h in the week of 2024-01-01, UTC", id="week-hour",
        ),
    ],
)  # fmt: skip
def test_a_rule_is_told_in_words(rule, words):
    assert rule_in_words(TypeAdapter(Rule).validate_python(rule)) == words


def test_a_mapping_is_described_event_by_event():
    detail = describe_source(load_mapping("fraud_ecommerce_with_ip"))

    purchase = [c for c in detail.columns if c.when == "purchase_time has a value" and c.table == "raw.actions"]
    assert {c.column: c.rule for c in purchase}["amount"] == "purchase_value"
    assert detail.legal_basis == {"risk": "Legitimate interests"}


def test_every_shipped_mapping_can_be_described():
    for mapping in shipped_mappings().values():
        assert describe_source(mapping).columns


def test_sources_are_listed_with_the_regions_where_files_of_them_landed(home, mapping_file, log_file):
    path = mapping_file()
    file = log_file("1,a,2026-06-01T00:00:00Z,1,2,,")
    land_files(home, home.region("eu"), load_mapping(path), path.read_text(), [file])

    found = {source.name: source for source in list_sources(home)}

    assert (found["tiny"].shipped, found["tiny"].regions, found["tiny"].files) == (False, ["eu"], 1)
    assert (found["sample_pings"].shipped, found["sample_pings"].regions) == (True, [])


def test_listing_makes_no_catalog_where_nothing_landed(home):
    list_sources(home)

    assert not (home.region("eu").root / "catalog.sqlite").exists()
    assert Catalog(home.region("eu")).files() == []


def test_a_mapping_of_persons_without_a_legal_basis_is_told(mapping_file):
    known = ("analytics", "risk")
    assert rejects_all(load_mapping(mapping_file(basis="")), known)
    assert rejects_all(load_mapping(mapping_file()), ("research",))
    assert not rejects_all(load_mapping(mapping_file()), known)
    assert not rejects_all(load_mapping("fraud_ecommerce_ip_ranges"), known)


@pytest.mark.parametrize(
    ("basis", "rejected", "says"),
    [
        pytest.param(("risk",), False, "", id="known"),
        pytest.param((), True, "no legal basis is declared: rows about persons are rejected.", id="none"),
        pytest.param(
            ("marketing",), True,
            "legal basis for marketing: rows about persons are rejected. The policy knows analytics, risk.",
            id="unknown-alone",
        ),
        pytest.param(
            ("marketing", "risk"), False,
            "legal basis for marketing: the policy does not know it. The policy knows analytics, risk.",
            id="unknown-beside-known",
        ),
    ],
)  # fmt: skip
def test_a_legal_basis_for_a_purpose_that_the_policy_does_not_know_is_told(basis, rejected, says):
    assert basis_warning(basis, rejected, ("risk", "analytics")) == says
