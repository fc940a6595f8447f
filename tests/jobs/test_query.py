from __future__ import annotations

import json
from datetime import date

import pytest

from jobs.audit_witness import audit_path
from jobs.query import answer, purposes_of, query
from quality.contracts import contract
from quality.contracts.errors import EnvironmentFault, PolicyBreach, UsageError
from tests.audited import audited

COUNT = "SELECT region, place, sum(persons) AS persons FROM curated.mobility GROUP BY ALL ORDER BY ALL"


@pytest.fixture
def released(home, publish):
    publish("eu", "curated.mobility", [("Turin", 12), ("Turin", 13), ("Lyon", 20)])
    publish("us", "curated.mobility", [("Reno", 15)])
    publish("eu", "raw.pings", [])
    return home


def test_an_analyst_gets_the_rows_of_all_regions_as_arrow(released):
    rows = query(COUNT, purpose="analytics")

    assert rows.to_pylist() == [
        {"region": "eu", "place": "Lyon", "persons": 20},
        {"region": "eu", "place": "Turin", "persons": 25},
        {"region": "us", "place": "Reno", "persons": 15},
    ]


def test_a_query_may_be_limited_to_a_region(released):
    rows = query(COUNT, purpose="analytics", home=released, regions=["us"])

    assert rows.column("place").to_pylist() == ["Reno"]


def test_the_example_of_every_released_table_fits_its_columns(released, publish):
    place = {"place": "Turin", "persons": 12, "status": "published", "k": 10}
    publish("eu", "curated.place_counts", [{**place, "event_date": date(2026, 6, 1)}])

    for name in ("curated.mobility", "curated.place_counts"):
        assert query(contract(name).example, purpose="analytics", home=released).num_rows > 0


@pytest.mark.parametrize(
    ("sql", "purpose", "rule"),
    [
        pytest.param(COUNT, "marketing", "purpose", id="purpose-nobody-declared"),
        pytest.param(COUNT, "risk", "purpose", id="purpose-that-releases-do-not-serve"),
        pytest.param(COUNT, "", "purpose", id="no-purpose"),
        pytest.param("FROM raw.pings", "analytics", "not_released:raw.pings", id="raw"),
        pytest.param("FROM clean.pings", "analytics", "not_released:clean.pings", id="clean"),
        pytest.param("FROM protected.pings", "analytics", "not_released:protected.pings", id="protected"),
        pytest.param(
            "FROM curated.actor_features", "analytics", "not_released:curated.actor_features", id="one-person-a-row"
        ),
        pytest.param("FROM quarantine.raw_pings", "analytics", "unknown_table", id="quarantine"),
        pytest.param("FROM mobility", "analytics", "unknown_table", id="without-schema"),
        pytest.param("FROM memory.curated.mobility", "analytics", "unknown_table", id="with-catalog"),
        pytest.param("FROM duckdb_tables", "analytics", "unknown_table", id="engine-view"),
        pytest.param("FROM information_schema.tables", "analytics", "unknown_table", id="information-schema"),
        pytest.param("FROM 'some.parquet'", "analytics", "unknown_table", id="file"),
        pytest.param(
            f"WITH x AS (FROM raw.pings) {COUNT}", "analytics", "not_released:raw.pings", id="hidden-in-an-unused-with"
        ),
        pytest.param("COPY (FROM curated.mobility) TO 'x'", "analytics", "not_one_select", id="not-a-select"),
    ],
)
def test_a_refusal_is_a_breach_and_is_audited_by_its_rule(released, sql, purpose, rule):
    with pytest.raises(PolicyBreach) as refused:
        query(sql, purpose=purpose, home=released)

    (entry,) = audited(released)
    assert (entry["kind"], entry["outcome"], entry["detail"]["rule"]) == ("decision", "refused", rule)
    assert refused.value.mend


def test_a_refused_table_is_refused_with_the_reason_of_its_contract(released):
    with pytest.raises(PolicyBreach, match="One row tells of one person"):
        query("FROM curated.actor_features", purpose="analytics", home=released)


def test_a_purpose_that_one_region_does_not_allow_is_refused_unless_regions_are_named(released):
    (released.path / "policy.yaml").write_text(_without_analytics_in("us", released.policy_path.read_text()))
    (released.path / "geoward.yaml").write_text(
        "regions:\n  eu: {root: warehouse/eu, jurisdiction: eu}\n  us: {root: warehouse/us, jurisdiction: us}\n"
        "policy: policy.yaml\n"
    )
    from jobs.home import open_home

    home = open_home(released.path)

    with pytest.raises(PolicyBreach, match="region us"):
        query(COUNT, purpose="analytics", home=home)
    assert query(COUNT, purpose="analytics", home=home, regions=["eu"]).num_rows == 2
    assert purposes_of(home, contract("curated.mobility")) == {"eu": ["analytics"]}


def test_every_read_is_audited_by_table_and_region_before_rows_are_handed_over(released):
    query(COUNT, purpose="analytics", home=released)

    entries = [(e["kind"], e["subject"], e["region"], e["outcome"], e["detail"]) for e in audited(released)]
    assert [entry[:4] for entry in entries] == [
        ("read", "curated.mobility", "eu", "answered"),
        ("read", "curated.mobility", "us", "answered"),
    ]
    assert entries[0][4]["rows_returned"] == 3
    assert entries[0][4]["purpose"] == "analytics"


def test_no_rows_are_handed_over_when_the_read_cannot_be_audited(released, monkeypatch):
    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr("jobs.query.audit_many", broken)
    with pytest.raises(OSError, match="disk full"):
        query(COUNT, purpose="analytics", home=released)


def test_the_audit_table_holds_neither_the_text_nor_an_unknown_purpose(released):
    query("SELECT count(*) FROM curated.mobility WHERE place = 'Ada Lovelace'", purpose="analytics", home=released)
    with pytest.raises(PolicyBreach):
        query("SELECT 'Ada Lovelace' FROM raw.pings", purpose="Ada Lovelace", home=released)

    assert "Ada" not in json.dumps(audited(released))
    assert all(b"Ada" not in path.read_bytes() for path in audit_path(released).rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("SELECT place::INT FROM curated.mobility", id="cast"),
        pytest.param("SELECT error(place) FROM curated.mobility", id="raised-on-purpose"),
        pytest.param("SELECT strptime(place, '%Y') FROM curated.mobility", id="time"),
        pytest.param("SELECT json_extract(place, '$') FROM curated.mobility", id="json"),
        pytest.param("SELECT persons::TINYINT * 100::TINYINT FROM curated.mobility", id="overflow"),
        pytest.param("SELECT (SELECT place FROM curated.mobility) FROM curated.mobility", id="more-than-one-row"),
        pytest.param("SELECT regexp_matches('x', '[' || place) FROM curated.mobility", id="pattern"),
        pytest.param("SELECT list_value(place)[place::UUID] FROM curated.mobility", id="uuid"),
    ],
)
def test_an_error_of_the_engine_never_repeats_a_value_and_is_audited(released, sql):
    with pytest.raises(UsageError) as failed:
        query(sql, purpose="analytics", home=released)

    assert not any(value in str(failed.value) for value in ("Turin", "Lyon", "Reno", "12", "13", "20", "15"))
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__
    assert {entry["outcome"] for entry in audited(released)} == {"failed"}


def test_a_misspelled_column_is_named(released):
    with pytest.raises(UsageError, match="persens"):
        query("SELECT persens FROM curated.mobility", purpose="analytics", home=released)


def test_a_table_that_is_not_published_names_the_run_that_makes_it(released):
    with pytest.raises(UsageError, match="geoward run curated.place_counts"):
        query("FROM curated.place_counts", purpose="analytics", home=released)


def test_a_query_without_a_table_is_wrong_use(released):
    with pytest.raises(UsageError, match="names no table"):
        query("SELECT 1", purpose="analytics", home=released)


def test_an_answer_tells_what_it_was_read_from(released):
    found = answer(released, COUNT, purpose="analytics")

    assert (found.tables, found.regions) == (("curated.mobility",), ("eu", "us"))


def _without_analytics_in(region, text):
    before, after = text.split(f"\n  {region}:\n", 1)
    head, tail = after.split("      analytics:\n", 1)
    lines = tail.split("\n")
    return before + f"\n  {region}:\n" + head + "\n".join(lines[3:])


def test_a_published_file_that_is_gone_is_told_by_its_table_and_date(released):
    table = released.region("eu").root / "curated" / "mobility"
    for file in table.rglob("*.parquet"):
        file.unlink()

    with pytest.raises(EnvironmentFault, match="curated.mobility in region eu.*2026-06-01.*gone.*geoward fsck"):
        query("FROM curated.mobility WHERE event_date = '2020-01-01'", purpose="analytics", home=released)
    assert {entry["outcome"] for entry in audited(released)} == {"failed"}


def test_a_published_table_whose_log_is_damaged_is_told(released):
    for entry in (released.region("eu").root / "curated" / "mobility" / "_delta_log").glob("*.json"):
        entry.write_text("{")

    with pytest.raises(EnvironmentFault, match="curated.mobility in region eu.*its log is damaged.*geoward fsck"):
        query(COUNT, purpose="analytics", home=released)
