from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from quality.releases.declaration import TableRelease


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
