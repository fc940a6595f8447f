from __future__ import annotations

from quality.contracts.errors import UnknownDataset


def test_tables_are_listed_for_people_and_for_programs(geoward, publish, fits):
    publish("eu", "curated.mobility", [("Turin", 12)])

    shown, listed = geoward("tables", "list"), geoward("tables", "list", "--region", "eu", "--json")

    assert "curated.mobility" in shown.stdout
    assert fits(listed.document, "tables-list")
    rows = {table["name"]: table["rows"] for table in listed.document["tables"]}
    assert (rows["curated.mobility"], rows["raw.pings"]) == (1, 0)


def test_a_table_is_shown_with_columns_caveats_and_purposes(geoward, fits):
    shown, listed = geoward("tables", "show", "curated.mobility"), geoward("tables", "show", "raw.pings", "--json")

    assert "May be queried for analytics in eu" in shown.stdout
    assert "Note:" in shown.stdout
    assert fits(listed.document, "tables-show")
    assert listed.document["purposes"] == {}


def test_an_unknown_table_is_wrong_use(geoward):
    assert isinstance(geoward("tables", "show", "raw.people").exception, UnknownDataset)
