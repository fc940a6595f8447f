from __future__ import annotations


def test_every_column_of_the_file_has_its_role_also_those_that_are_not_published(geoward, fits, declared):
    told = geoward("release", "plan", declared(), "--json").document

    assert fits(told, "release-plan")
    assert {one["name"]: (one["role"], one["published"]) for one in told["columns"]} == {
        "age": ("quasi_identifier", True),
        "town": ("quasi_identifier", True),
        "ill": ("sensitive", True),
        "who": ("subject", False),
        "note": ("not_published", False),
    }
    assert (told["rows"], told["problems"]) == (40, [])


def test_no_value_of_a_row_is_told(geoward, declared):
    done = geoward("release", "plan", declared())

    assert done.exit_code == 0
    assert "Bute" not in done.output
    assert "at least 5 people" in done.stdout


def test_what_a_build_would_stop_at_is_told_before_it_is_begun(geoward, declared, tmp_path):
    path = declared(
        keep=["height"],
        quasi_ids={"age": {"kind": "numeric"}, "town": {"kind": "hierarchical", "hierarchy": "towns.csv"}},
        models=[{"model": "k_anonymity", "k": 50}, {"model": "k_map", "k": 2, "population": "all.csv"}],
    )

    done = geoward("release", "plan", path, "--json")

    assert done.exit_code == 1
    assert done.document["problems"] == [
        "people.csv has no column height.",
        "Hierarchy towns.csv of town is not beside the declaration.",
        "Population all.csv is not beside the declaration.",
        "people.csv has 40 rows: no class of 50 can be made.",
    ]


def test_a_population_that_lacks_a_column_is_told(geoward, declared, tmp_path):
    (tmp_path / "all.csv").write_text("age,who\n1,a\n")

    done = geoward("release", "plan", declared(models=[{"model": "k_map", "k": 2, "population": "all.csv"}]), "--json")

    assert done.document["problems"] == ["Population all.csv has no column town."]


def test_without_a_file_the_declaration_is_told_all_the_same(geoward, declared, tmp_path):
    done = geoward("release", "plan", declared(), "--input", tmp_path / "absent.csv", "--json")

    assert (done.exit_code, done.document["rows"]) == (1, None)
    assert "--input" in done.document["problems"][0]
