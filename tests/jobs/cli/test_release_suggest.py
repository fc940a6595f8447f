from __future__ import annotations

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
