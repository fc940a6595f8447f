from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from quality.releases.declaration import TableRelease
from quality.releases.places import PlacesRelease


@pytest.fixture
def suggested(geoward, fits, tmp_path):
    def suggested(text, *arguments):
        path = tmp_path / "my-table.csv"
        path.write_text(text)
        document = geoward("release", "suggest", path, *arguments, "--json").document
        assert fits(document, "release-suggest")
        return document

    return suggested


ROWS = "age,city,disease\n" + "".join(f"{at % 4},{'abcd'[at // 4]},{'xy'[at % 2]}\n" for at in range(16))


def test_columns_that_tell_rows_apart_together_are_found(suggested):
    assert suggested(ROWS)["keys"][0]["columns"] == ["age", "city"]


def test_the_suggested_declaration_is_one(suggested):
    stated = yaml.safe_load(suggested(ROWS)["declaration"])

    declared = TableRelease.model_validate(stated)

    assert declared.name == "my_table"
    assert {name: one.kind for name, one in declared.quasi_ids.items()} == {"age": "numeric", "city": "categorical"}
    assert declared.sensitive == ("disease",)


def test_people_are_told_to_ask_for_less_where_nothing_is_found(geoward, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n1\n2\n")

    assert "try a lower --alpha" in geoward("release", "suggest", path).stdout


def declared(document):
    return TableRelease.model_validate(yaml.safe_load(document["declaration"]))


def test_who_rows_are_about_is_the_column_that_says_it_of_every_row(suggested):
    rows = "".join(f"{'' if at % 5 else 'Ann'},{at % 4},p{at // 2}\n" for at in range(40))

    found = declared(suggested(f"name,age,pid\n{rows}"))

    assert (found.subject, list(found.quasi_ids)) == ("pid", ["age"])


def test_the_sample_is_suggested_without_its_names_and_what_is_suggested_can_be_built(geoward, tmp_path):
    table = Path(__file__).parents[3] / "data" / "sample" / "eu" / "actors.csv"
    document = geoward("release", "suggest", table, "--json").document
    (tmp_path / "it.yaml").write_text(document["declaration"])

    built = geoward(
        "release", "build", tmp_path / "it.yaml", "-i", table, "-o", tmp_path / "out.csv", "--json"
    ).document

    assert declared(document).subject == "actor"
    assert set(declared(document).quasi_ids) == {"kind", "country", "birth_year", "created"}
    assert built["k"] >= 10


def test_columns_that_hold_no_plain_values_are_left_out_and_refused_by_name(geoward, tmp_path):
    columns = {"age": [30 + at % 5 for at in range(40)], "lst": [[at % 3] for at in range(40)]}
    table = pa.table(columns).append_column("dur", pa.array([60 + at % 2 for at in range(40)], pa.duration("s")))
    table = table.append_column("st", pa.array([{"x": at % 2} for at in range(40)]))
    pq.write_table(table, tmp_path / "t.parquet")

    document = geoward("release", "suggest", tmp_path / "t.parquet", "--json").document
    stated = yaml.safe_load(document["declaration"])

    assert list(stated["quasi_ids"]) == ["age"]
    assert "# lst is left out: its type is list: no value that can be generalized." in document["declaration"]
    assert "# dur is left out: its type is duration" in document["declaration"]
    path = tmp_path / "it.yaml"
    path.write_text(
        yaml.safe_dump({**stated, "quasi_ids": {n: {"kind": "categorical"} for n in ("age", "lst", "dur")}})
    )
    built = geoward("release", "build", path, "-i", tmp_path / "t.parquet", "--dry-run")
    planned = geoward("release", "plan", path, "-i", tmp_path / "t.parquet", "--json").document
    assert built.exception.exit_code == 2
    assert "dur (duration), lst (list)" in str(built.exception)
    assert planned["problems"] == [str(built.exception)]


def test_texts_that_most_rows_have_their_own_of_are_left_out(suggested):
    rows = "".join(f'{at % 9},n{max(at, 300)}x,"{"many names, " * 9}{at % 7}"\n' for at in range(2000))

    document = suggested(f"age,names,aliases\n{rows}")

    assert list(yaml.safe_load(document["declaration"])["quasi_ids"]) == ["age"]
    assert "# names is left out: a text of its own in most rows" in document["declaration"]
    assert "# aliases is left out: long texts" in document["declaration"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("39,White,10115\n40,Black,10117\n", "2 of 3 columns have a number for a name", id="no-header"),
        pytest.param("age,town\n39,Ayr\n40,Ayr\n", "2 rows: too few", id="few-rows"),
        pytest.param("age\n39\n39\n", "nothing to declare", id="one-value"),
    ],
)
def test_a_file_that_says_little_is_told_to(suggested, text, told):
    declaration = suggested(text)["declaration"]

    assert told in declaration
    assert "quasi_ids: {}" not in declaration


@pytest.mark.realdata
def test_users_devices_and_labels_of_purchases_are_told(geoward, shared_data):
    document = geoward(
        "release", "suggest", shared_data / "fraud_ecommerce" / "fraud_data_with_ip_dev.csv.gz", "--json"
    ).document
    found = declared(document)

    assert (found.subject, found.links, found.sensitive) == ("user_id", ("device_id", "ip_address"), ("class",))
    assert set(found.quasi_ids) == {"purchase_value", "source", "browser", "sex", "age"}
    assert "# signup_time is left out: as ISO 8601" in document["declaration"]  # it is written as 2/24/2015 22:55


@pytest.mark.realdata
def test_census_takers_are_no_names_and_salaries_are_secret(geoward, shared_data):
    document = geoward("release", "suggest", shared_data / "k_anon_adult_arx" / "adult.csv.gz", "--json").document
    found = declared(document)

    assert (found.subject, found.links) == (None, ())
    assert {"age", "sex", "occupation"} <= set(found.quasi_ids)
    assert "salary-class" in found.sensitive


SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "eu"


def suggested_of(geoward, fits, tmp_path, file):
    """Suggest and plan a release of a file; return both documents and the declaration."""
    document = geoward("release", "suggest", file, "--json").document
    assert fits(document, "release-suggest")
    path = tmp_path / "it.yaml"
    path.write_text(document["declaration"])
    planned = geoward("release", "plan", path, "-i", file, "--json")
    return document, planned.document, PlacesRelease.model_validate(yaml.safe_load(document["declaration"]))


def test_whereabouts_are_suggested_as_places_that_a_plan_accepts(geoward, fits, tmp_path):
    document, planned, release = suggested_of(geoward, fits, tmp_path, SAMPLE / "pings.csv.gz")

    assert (document["kind"], planned["problems"]) == ("places", [])
    assert document["because"].endswith("who is actor, where lat, lon, when time.")
    assert (release.subject, release.links) == ("actor", ("device",))
    assert planned["read"]["in the epoch"] > planned["rows"] / 2
    assert "Is each a person?" in document["declaration"]


def test_tiles_can_be_made_of_the_rows_before_the_epoch_that_is_suggested(geoward, tmp_path):
    path, tiles, pings = tmp_path / "it.yaml", tmp_path / "tiles.json", SAMPLE / "pings.csv.gz"
    path.write_text(geoward("release", "suggest", pings, "--json").document["declaration"])
    geoward("release", "tile", path, "--historic", pings, "-o", tiles)

    built = geoward("release", "build", path, "-i", pings, "--tiling", tiles, "--dry-run", "--json").document

    assert [one["check"] for one in built["verdicts"] if not one["passed"] and "places" in one["check"]] == []


def test_a_table_is_said_to_be_one_and_whereabouts_without_a_zone_are_told_how_to_be_places(suggested):
    rows = "".join(f"u{n % 4},52.{n},5.{n},2026-05-01 10:{n}:00\n" for n in range(10, 40))

    document = suggested(f"user,lat,lon,seen\n{rows}")

    assert (suggested(ROWS)["kind"], document["kind"]) == ("table", "table")
    assert "# Rows tell where user was" in document["declaration"]
    assert "tell where" not in suggested(ROWS)["declaration"]


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "who", "when"),
    [
        pytest.param("geolife/geolife_1min_dev.parquet", "user_id", ("days_since_1899", None), id="geolife"),
        pytest.param("cabspotting/cabspotting_dev.parquet", "cab_id", ("unix_ts", None), id="cabs"),
        pytest.param("checkins_marc/brightkite_dev.parquet", "label", ("day", "hour"), id="brightkite"),
        pytest.param("checkins_marc/foursquare_nyc_dev.parquet", "label", ("day", "hour"), id="foursquare"),
        pytest.param("checkins_marc/gowalla_dev.parquet", "label", ("day", "hour"), id="gowalla"),
    ],
)
def test_moving_people_of_five_layouts_are_suggested_as_places(geoward, fits, tmp_path, shared_data, file, who, when):
    _, planned, release = suggested_of(geoward, fits, tmp_path, shared_data / file)

    assert (release.subject, (release.time, release.hour)) == (who, when)
    assert planned["problems"] == []


@pytest.mark.realdata
@pytest.mark.parametrize(
    "file",
    [
        "k_anon_adult_arx/adult.csv.gz", "fraud_ecommerce/fraud_data_with_ip_dev.csv.gz",
        "ad_clicks_talkingdata/train_sample_dev.csv.gz", "geo_reference/geonames_cities15000.parquet",
        "osm_pois/POI_NYC-2013.parquet", "twitter_bots_gilani/accounts_dev.csv.gz",
    ],
)  # fmt: skip
def test_tables_are_not_taken_for_places(geoward, shared_data, file):
    assert geoward("release", "suggest", shared_data / file, "--json").document["kind"] == "table"
