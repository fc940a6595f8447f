from __future__ import annotations

from datetime import UTC, datetime, timedelta

from jobs.withdraw import withdraw
from quality.contracts.errors import UnknownDataset
from tests.jobs.damaged import D1, D2, proof, twice_published
from tests.jobs.publisher import TABLE


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


def test_the_version_that_each_date_shows_is_listed_with_its_run_and_time(geoward, home, fits):
    place = twice_published(home)

    listed = geoward("tables", "show", TABLE.name, "--json").document
    shown = geoward("tables", "show", TABLE.name).stdout

    assert fits(listed, "tables-show")
    assert [(v["region"], v["date"], v["version"], v["run_id"], v["rows"]) for v in listed["versions"]] == [
        ("eu", str(D1), 1, "one", 1), ("eu", str(D2), 2, "two", 1),
    ]  # fmt: skip
    assert datetime.now(UTC) - datetime.fromisoformat(listed["versions"][0]["made_at"]) < timedelta(minutes=5)
    lines = [line.split() for line in shown.splitlines() if line.startswith("eu ") and "two" in line]
    assert [(words[1], words[2], words[-1]) for words in lines] == [(str(D2), "2", "two")]

    withdraw(place, TABLE.name, 2, "wrong")
    back = geoward("tables", "show", TABLE.name, "--json").document["versions"]
    assert [(v["date"], v["version"]) for v in back] == [(str(D1), 1), (str(D2), 1)]
    withdraw(place, TABLE.name, 1, "wrong too")
    assert geoward("tables", "show", TABLE.name, "--json").document["versions"] == []


def test_a_damaged_manifest_is_told_with_its_mend(geoward, home):
    proof(twice_published(home), 1).write_text("{")

    refused = geoward("tables", "show", TABLE.name)

    assert refused.exit_code == 4 and "geoward fsck --region eu" in refused.stderr.replace("\n", " ")
